import numpy as np
import pytest

from workbench import cnn
from workbench.cnn.backend import keras


def parameters_of_unet_by_hand(width, depth, classes, channels=1, ndim=2):
    def pair(before, after):
        return 3**ndim * (before + after) * after + 2 * after + 4 * after

    count, before = 2 * channels, channels
    for level in range(depth + 1):
        count += pair(before, width * 2**level)
        before = width * 2**level
    for level in reversed(range(depth)):
        filters = width * 2**level
        count += 2**ndim * before * filters + filters + pair(2 * filters, filters)
        before = filters
    return count + before * classes + classes


@pytest.mark.parametrize(("width", "depth", "classes"), [(2, 1, 2), (4, 2, 3), (3, 3, 5)])
def test_a_unet_has_the_parameters_counted_by_hand(width, depth, classes):
    model = cnn.unet((16, 16), classes, width=width, depth=depth)
    assert model.count_params() == parameters_of_unet_by_hand(width, depth, classes)


def test_a_unet_of_volumes():
    model = cnn.unet((8, 8, 8), 2, width=2, depth=1)
    assert model.output_shape == (None, 8, 8, 8, 2)
    assert model.count_params() == parameters_of_unet_by_hand(2, 1, 2, ndim=3)


@pytest.mark.parametrize("shape", [(16, 16), (8, 8, 8)])
def test_a_classifier_gives_probabilities(shape):
    model = cnn.classifier(shape, 3, channels=2, width=2, depth=2)
    images = np.random.default_rng(0).normal(size=(5, *shape, 2))
    probabilities = cnn.predict(model, images)
    assert probabilities.shape == (5, 3)
    np.testing.assert_allclose(probabilities.sum(axis=-1), 1, rtol=1e-5)


@pytest.mark.parametrize("make", [cnn.classifier, cnn.unet])
def test_the_seed_determines_the_weights_and_nothing_else_does(make):
    first, same, other = (make((8, 8), 2, width=2, depth=1, seed=seed).get_weights() for seed in (3, 3, 4))
    assert all(np.array_equal(a, b) for a, b in zip(first, same, strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(first, other, strict=True))


def test_models_are_ordinary_keras_models_with_layers_found_by_name():
    model = cnn.unet((16, 16), 2, width=2, depth=2)
    assert isinstance(model, keras.Model)
    names = {layer.name for layer in model.layers}
    assert {"image", "intensities", "down0", "down1", "bottom", "up1", "up0", "probabilities"} <= names


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"shape": (16,)}, "2 or 3 sides"),
        ({"classes": 1}, "classes must be 2 or more, received 1"),
        ({"width": 0}, "width must be 1 or more"),
        ({"depth": 0}, "depth must be 1 or more"),
        ({"channels": 0}, "channels must be 1 or more"),
        ({"depth": 5}, "sides must be at least 2\\*\\*depth = 32"),
    ],
)
@pytest.mark.parametrize("make", [cnn.classifier, cnn.unet])
def test_impossible_models_are_refused(make, options, message):
    with pytest.raises(ValueError, match=message):
        make(**({"shape": (16, 16), "classes": 2} | options))


def test_a_unet_wants_sides_that_can_be_halved():
    with pytest.raises(ValueError, match=r"multiples of 2\*\*depth = 8, received shape \(20, 16\)"):
        cnn.unet((20, 16), 2, depth=3)
