import numpy as np
import pytest

from workbench import cnn

IMAGES = np.random.default_rng(0).normal(size=(5, 16, 16))


def open_unet():
    return cnn.unet((None, None), 3, width=2, depth=2)


def test_predictions_are_those_of_the_model_for_any_batch_size():
    model = open_unet()
    expected = np.asarray(model(IMAGES[..., np.newaxis].astype(np.float32), training=False))
    for size in (1, 2, 5, 100):
        np.testing.assert_allclose(cnn.predict(model, IMAGES, batch_size=size), expected, atol=1e-6)


def test_a_model_with_open_sides_takes_other_sizes():
    assert cnn.predict(open_unet(), np.zeros((1, 24, 32))).shape == (1, 24, 32, 3)


def test_sides_that_do_not_fit_are_explained():
    with pytest.raises(ValueError, match=r"multiples of 2\*\*depth"):
        cnn.predict(open_unet(), np.zeros((1, 18, 16)))


@pytest.mark.parametrize("shape", [(16, 16), (1, 16, 16, 2), (1, 1, 16, 16, 1)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(ValueError, match=r"model's shape \(n, any, any, 1\)"):
        cnn.predict(open_unet(), np.zeros(shape))


def test_an_image_with_nan_is_refused():
    with pytest.raises(ValueError, match="images must be finite"):
        cnn.predict(open_unet(), np.full((1, 16, 16), np.nan))


def test_a_batch_holds_an_image():
    with pytest.raises(ValueError, match="batch_size must be 1 or more"):
        cnn.predict(open_unet(), IMAGES, batch_size=0)


def test_feature_maps_lead_to_the_prediction():
    model = open_unet()
    inside = cnn.feature_maps(model, IMAGES, layer="up0")
    kernel, bias = model.get_layer("probabilities").get_weights()
    scores = np.exp(inside @ kernel[0, 0] + bias)
    np.testing.assert_allclose(scores / scores.sum(axis=-1, keepdims=True), cnn.predict(model, IMAGES), atol=1e-5)


def test_an_unknown_layer_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="down0"):
        cnn.feature_maps(open_unet(), IMAGES, layer="down9")


def test_an_ensemble_is_the_mean_of_its_members():
    models = [cnn.classifier((16, 16), 2, width=2, depth=2, seed=seed) for seed in range(3)]
    expected = np.mean([cnn.predict(model, IMAGES) for model in models], axis=0)
    np.testing.assert_allclose(cnn.predict(models, IMAGES), expected, atol=1e-6)
    with pytest.raises(ValueError, match="at least one model"):
        cnn.predict([], IMAGES)
    with pytest.raises(ValueError, match="one input and output shape"):
        cnn.predict([models[0], cnn.classifier((16, 16), 3, width=2, depth=2)], IMAGES)


def test_mirrored_images_are_turned_back_before_the_mean():
    model = open_unet()
    there = cnn.predict(model, IMAGES)
    back = cnn.predict(model, IMAGES[:, :, ::-1])[:, :, ::-1]
    np.testing.assert_allclose(cnn.predict(model, IMAGES, mirror=(-1,)), (there + back) / 2, atol=1e-6)
    twice = cnn.predict(model, IMAGES[:, :, ::-1], mirror=(-1,))[:, :, ::-1]
    np.testing.assert_allclose(twice, cnn.predict(model, IMAGES, mirror=(-1,)), atol=1e-6)
    classes = cnn.classifier((16, 16), 2, width=2, depth=2)
    np.testing.assert_allclose(
        cnn.predict(classes, IMAGES, mirror=(0, 1)),
        cnn.predict(classes, IMAGES[:, ::-1, ::-1], mirror=(0, 1)),
        atol=1e-6,
    )


def test_a_temperature_goes_into_the_prediction():
    model = open_unet()
    expected = cnn.apply_temperature(cnn.predict(model, IMAGES), 2.0)
    np.testing.assert_allclose(cnn.predict(model, IMAGES, temperature=2.0), expected, atol=1e-6)


@pytest.mark.parametrize("mirror", [(2,), (-3,), (0, 0), (0, -2)])
def test_axes_to_mirror_are_the_images_own(mirror):
    with pytest.raises(ValueError, match="mirror must name different axes from -2 to 1"):
        cnn.predict(open_unet(), IMAGES, mirror=mirror)
