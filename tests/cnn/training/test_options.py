"""Options of training, each against what it says."""

import time

import numpy as np
import pytest

from workbench import cnn
from workbench.cnn.backend import keras

RNG = np.random.default_rng(0)
IMAGES = RNG.normal(size=(16, 8, 8))
LABELS = np.arange(16) % 4 // 3


def model(**options):
    return cnn.classifier((8, 8), 2, width=2, depth=1, **options)


def fit(net, **options):
    return cnn.fit(net, IMAGES, LABELS, **({"epochs": 2, "progress": False} | options))


def linear():
    image = keras.Input((2, 2, 1))
    output = keras.layers.Dense(2, activation="softmax", kernel_initializer="zeros")(keras.layers.Flatten()(image))
    return keras.Model(image, output)


def test_a_training_by_hand_gives_the_same_weights():
    images, labels = RNG.normal(size=(4, 2, 2)), np.array([0, 1, 1, 0])
    net = linear()
    cnn.fit(net, images, labels, epochs=3, batch_size=4, learning_rate=0.1, warm_up=1 / 3, progress=False)
    x, y = np.hstack([images.reshape(4, 4), np.ones((4, 1))]), np.eye(2)[labels]
    weights, first, second = np.zeros((5, 2)), 0.0, 0.0
    for step in range(3):
        rate = 0.1 * step if step < 1 else 0.1 * 0.5 * (1 + np.cos(np.pi * (step - 1) / 2))
        scores = x @ weights
        probabilities = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        gradient = x.T @ (probabilities - y) / 4
        first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2
        weights -= rate * first / (1 - 0.9 ** (step + 1)) / (np.sqrt(second / (1 - 0.999 ** (step + 1))) + 1e-7)
    kernel, bias = net.get_weights()
    np.testing.assert_allclose(kernel, weights[:4], atol=1e-4)
    np.testing.assert_allclose(bias, weights[4], atol=1e-4)


def test_the_average_of_the_weights_is_the_written_out_one():
    images, labels = RNG.normal(size=(4, 2, 2)), np.array([0, 1, 1, 0])
    paths = []
    for epochs in (1, 2, 3):
        net = linear()
        cnn.fit(
            net, images, labels, epochs=3, batch_size=4, learning_rate=0.1, progress=False,
            watch=lambda table, epochs=epochs: len(table) < epochs,
        )  # fmt: skip
        paths.append(net.get_weights()[0])
    net = linear()
    cnn.fit(net, images, labels, epochs=3, batch_size=4, learning_rate=0.1, average=0.5, progress=False)
    mean = np.zeros((4, 2))
    for step, kernel in enumerate(paths, start=1):
        decay = min(0.5, (1 + step) / (10 + step))
        mean = decay * mean + (1 - decay) * kernel
    np.testing.assert_allclose(net.get_weights()[0], mean, atol=1e-6)


def test_weight_decay_takes_from_kernels_and_not_from_biases():
    images, labels = np.zeros((4, 2, 2)), np.array([0, 1, 1, 0])
    images[0, 0, 0] = 1e-9
    net = linear()
    net.layers[-1].set_weights([np.ones((4, 2)), np.ones(2)])
    cnn.fit(net, images, labels, epochs=1, batch_size=4, learning_rate=0.1, weight_decay=0.5, progress=False)
    kernel, bias = net.get_weights()
    assert kernel.mean() == pytest.approx(0.95, abs=1e-3)
    assert bias.mean() == pytest.approx(1.0, abs=1e-3)


def test_balanced_weights_give_each_class_the_same_in_all():
    weights = [16 / (2 * 12), 16 / (2 * 4)]
    nets = [model(), model()]
    fit(nets[0], class_weights="balanced")
    fit(nets[1], class_weights=weights)
    for one, other in zip(*(net.get_weights() for net in nets), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("loss", ["cross_entropy", "focal", "dice", "tversky", "cross_entropy_dice"])
def test_each_loss_is_made_smaller(loss):
    images = IMAGES + 2 * LABELS[:, np.newaxis, np.newaxis]
    training = cnn.fit(model(), images, LABELS, loss=loss, epochs=8, learning_rate=1e-2, progress=False)
    assert training.table["loss"].iloc[-1] < training.table["loss"].iloc[0]


def test_mixed_precision_works_and_leaves_an_ordinary_model():
    single, mixed = model(), model()
    tables = [fit(net, precision=name).table for net, name in ((single, "single"), (mixed, "mixed"))]
    np.testing.assert_allclose(tables[0]["loss"], tables[1]["loss"], rtol=0.05)
    assert not (tables[0]["loss"] == tables[1]["loss"]).all()
    assert {layer.dtype_policy.name for layer in mixed.layers} == {"float32"}
    assert {str(weight.dtype) for weight in mixed.weights} == {"float32"}
    assert cnn.predict(mixed, IMAGES).dtype == np.float32


def test_watch_sees_the_table_and_may_stop():
    lengths = []
    training = fit(model(), epochs=9, watch=lambda table: lengths.append(len(table)) or len(table) < 3)
    assert lengths == [1, 2, 3]
    assert (training.ended, len(training.table)) == ("interrupted", 3)


def test_a_live_training_answers_and_stops():
    net = model()
    live = cnn.fit_live(net, IMAGES, LABELS, epochs=100_000)
    while len(live.table) < 2:
        assert live.running
        time.sleep(0.01)
    with pytest.raises(TimeoutError):
        live.result(timeout=0.01)
    live.stop()
    training = live.result(timeout=60)
    assert training.ended == "interrupted"
    assert not live.running
    assert len(live.table) == len(training.table) >= 2


def test_a_live_training_is_the_same_training():
    one, other = model(), model()
    fit(one, augment=cnn.Augmentation())
    cnn.fit_live(other, IMAGES, LABELS, epochs=2, augment=cnn.Augmentation()).result(timeout=60)
    for a, b in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_what_goes_wrong_live_is_raised_at_the_end():
    live = cnn.fit_live(model(), IMAGES, LABELS[:3])
    with pytest.raises(ValueError, match="targets must have shape"):
        live.result(timeout=60)


def test_an_ensemble_is_the_mean_of_members_trained_alone(tmp_path):
    found = cnn.ensemble(model, IMAGES, LABELS, members=2, seed=5, epochs=2, progress=False, checkpoint=tmp_path)
    assert len(found.members) == len(found.trainings) == 2
    alone = model(seed=6)
    fit(alone, seed=6)
    probabilities = [cnn.predict(member, IMAGES) for member in found.members]
    np.testing.assert_allclose(probabilities[1], cnn.predict(alone, IMAGES), atol=1e-6)
    np.testing.assert_allclose(cnn.predict(found.model, IMAGES), np.mean(probabilities, axis=0), atol=1e-6)
    cnn.save(found.model, tmp_path / "both.keras")
    np.testing.assert_allclose(
        cnn.predict(cnn.load(tmp_path / "both.keras"), IMAGES), np.mean(probabilities, axis=0), atol=1e-6
    )
    assert sorted(path.name for path in tmp_path.glob("member*")) == ["member0", "member1"]


def test_an_ensemble_has_two_members_at_least_of_one_shape():
    with pytest.raises(ValueError, match="members must be 2 or more"):
        cnn.ensemble(model, IMAGES, LABELS, members=1)
    with pytest.raises(ValueError, match="one input and output shape"):
        cnn.join([model(), cnn.classifier((8, 8), 3, width=2, depth=1)])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"warm_up": 1.0}, "warm_up is a share"),
        ({"average": 1.0}, "average is a share"),
        ({"average": -0.1}, "average must be 0 or more"),
        ({"weight_decay": -1.0}, "weight_decay must be 0 or more"),
        ({"precision": "half"}, "precision"),
        ({"seed": -1}, "seed must be from 0"),
        ({"class_weights": "even"}, "class_weights"),
        ({"class_weights": [1.0]}, "must be 2 numbers"),
        ({"class_weights": [1.0, -1.0]}, "0 or more"),
        ({"class_weights": "balanced", "loss": "mean_squared_error"}, "class_weights go with"),
    ],
)
def test_impossible_options_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        fit(model(), **options)
