"""Networks trained one after the other by one compiled step come out as if each had been trained alone."""

import numpy as np
import pytest

from workbench import cnn
from workbench.cnn.backend import keras
from workbench.cnn.training.sharing import Stand

OPTIONS = {"epochs": 2, "batch_size": 4, "learning_rate": 0.01, "progress": False}


def network(seed, **options):
    return cnn.classifier((8, 8), 2, width=2, depth=1, seed=seed, **options)


@pytest.mark.parametrize(
    "options",
    [{"average": 0.9, "warm_up": 0.2}, {"class_weights": "balanced", "weight_decay": 0.01}],
    ids=["averaged", "weighted"],
)
def test_a_network_in_anothers_place_comes_out_as_trained_alone(options):
    rng = np.random.default_rng(0)
    images = rng.normal(size=(18, 8, 8)) + (np.arange(18) % 2)[:, np.newaxis, np.newaxis]
    classes = np.arange(18) % 2
    stand, places = Stand(), []
    # The second has more images, and so more steps.
    for seed, count in ((0, 10), (1, 18)):
        own, shared = network(seed, dropout=0.2), network(seed, dropout=0.2)
        held = images[:4], classes[:4]
        given = images[:count], classes[:count]
        alone = cnn.fit(own, *given, validation=held, seed=seed, **options, **OPTIONS)
        with stand.holding(shared) as model:
            places.append(model)
            found = cnn.fit(
                model, images[:count], classes[:count], validation=held, seed=seed, **options, **OPTIONS
            )
        assert found.table.equals(alone.table)
        for ours, theirs in zip(shared.get_weights(), own.get_weights(), strict=True):
            assert np.array_equal(ours, theirs)
    assert places[0] is places[1]


def test_what_is_built_otherwise_has_a_place_of_its_own():
    stand, places = Stand(), []
    for model in (network(0), network(1), network(1, dropout=0.5)):
        with stand.holding(model) as place:
            places.append(place)
    assert places[0] is places[1] is not places[2]


def test_a_network_that_its_configuration_does_not_tell_is_trained_itself():
    class Own(keras.layers.Layer):
        def call(self, maps):
            return maps

    start = keras.Input((8, 8, 1))
    pooled = keras.layers.GlobalAveragePooling2D()(Own()(start))
    model = keras.Model(start, keras.layers.Dense(2, activation="softmax")(pooled))
    with Stand().holding(model) as place:
        assert place is model
