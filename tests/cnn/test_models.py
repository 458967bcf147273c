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


@pytest.mark.parametrize(
    ("shape", "levels"), [((28, 28), 3), ((64, 64), 4), ((224, 224), 5), ((32, 32, 32), 2), ((None, None), 3)]
)
def test_the_classifier_has_as_many_levels_as_the_image_has_room_for(shape, levels):
    model = cnn.classifier(shape, 2, width=2)
    names = {layer.name for layer in model.layers}
    assert {f"level{level}_pool" for level in range(levels)} <= names
    assert f"level{levels}" not in names
    assert ("stem" in names) == (shape in {(224, 224), (32, 32, 32)})
    assert model.output_shape == (None, 2)


def test_dropout_is_a_layer_of_its_own():
    names = [layer.name for layer in cnn.classifier((8, 8), 2, width=2, dropout=0.2).layers]
    assert names.index("dropout") == names.index("average") + 1
    with pytest.raises(ValueError, match="dropout must be from 0"):
        cnn.classifier((8, 8), 2, dropout=1.0)


@pytest.mark.filterwarnings("ignore:__array__ implementation")
@pytest.mark.parametrize("name", ["a.weights.h5", "a.keras"])
def test_a_classifier_begins_with_weights_learned_before(tmp_path, name):
    learned = cnn.classifier((16, 16), 2, width=4, seed=1)
    if name == "a.keras":
        cnn.save(learned, tmp_path / name)
    else:
        learned.save_weights(tmp_path / name)
    same = cnn.classifier((16, 16), 2, width=4, weights=tmp_path / name)
    for one, other in zip(learned.get_weights(), same.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    other = cnn.classifier((16, 16), 5, width=4, weights=tmp_path / name)
    for layer in other.layers[:-1]:
        for mine, theirs in zip(layer.get_weights(), learned.get_layer(layer.name).get_weights(), strict=True):
            np.testing.assert_array_equal(mine, theirs)


def test_weights_of_another_network_or_none_are_refused(tmp_path):
    cnn.save(cnn.classifier((16, 16), 2, width=3), tmp_path / "narrow.keras")
    with pytest.raises(ValueError, match="no layer of it fits"):
        cnn.classifier((16, 16), 5, width=4, channels=2, depth=1, weights=tmp_path / "narrow.keras")
    (tmp_path / "bad.weights.h5").write_bytes(b"no")
    with pytest.raises(ValueError, match=r"bad\.weights\.h5 holds no weights"):
        cnn.classifier((16, 16), 2, weights=tmp_path / "bad.weights.h5")
    with pytest.raises(FileNotFoundError, match="no weights at"):
        cnn.classifier((16, 16), 2, weights=tmp_path / "absent.keras")
    with pytest.raises(ValueError, match="go with a backbone="):
        cnn.classifier((16, 16), 2, weights="imagenet")


@pytest.mark.filterwarnings("ignore:__array__ implementation")
def test_a_backbone_of_keras_begins_with_a_file_of_weights(tmp_path):
    model = cnn.classifier((32, 32), 2, backbone="MobileNetV3Small", seed=1)
    path = tmp_path / "backbone.weights.h5"
    model.get_layer("backbone").save_weights(path)
    other = cnn.classifier((32, 32), 3, backbone="MobileNetV3Small", weights=path, seed=2)
    for one, two in zip(
        model.get_layer("backbone").get_weights(), other.get_layer("backbone").get_weights(), strict=True
    ):
        np.testing.assert_array_equal(one, two)
    assert cnn.predict(other, np.zeros((2, 32, 32))).shape == (2, 3)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"backbone": "ResNet7"}, ValueError, "backbone must be 'residual' or one of .*ResNet50"),
        ({"backbone": "ResNet50", "weights": "imagenet"}, FileNotFoundError, "download=True"),
        ({"backbone": "ResNet50", "channels": 2}, ValueError, "1 or 3 channels"),
        ({"backbone": "MobileNetV2", "weights": "absent.h5"}, FileNotFoundError, "no weights at"),
    ],
)
def test_a_backbone_that_is_not_there_is_refused(options, error, message):
    with pytest.raises(error, match=message):
        cnn.classifier((32, 32), 2, **options)
