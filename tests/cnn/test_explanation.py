import numpy as np
import pytest
from scipy.ndimage import zoom

from workbench import cnn
from workbench.cnn.backend import keras
from workbench.cnn.explanation.evidence import log_odds, logits

L = keras.layers
RNG = np.random.default_rng(0)
EXPLAIN = {
    "grad_cam": cnn.grad_cam,
    "integrated_gradients": lambda *a, **k: cnn.integrated_gradients(*a, baseline=0, **k),
    "occlusion": lambda *a, **k: cnn.occlusion(*a, size=4, fill=0, **k),
}


def linear_model(shape=(6, 5), channels=1, classes=3):
    image = keras.Input((*shape, channels))
    return keras.Model(image, L.Dense(classes, activation="softmax")(L.Flatten()(image)))


def looks_at_patch(shape=(12, 12), patch=(slice(2, 5), slice(6, 9))):
    """A model that adds up the pixels of one known patch and nothing else."""
    model = linear_model(shape, classes=2)
    kernel = np.zeros((*shape, 2), np.float32)
    kernel[(*patch, 1)] = 1
    model.layers[-1].set_weights([kernel.reshape(-1, 2), np.zeros(2)])
    return model


def trained(ndim=2):
    rng = np.random.default_rng(1)
    labels = np.arange(48) % 2
    images = rng.normal(0, 1, (48, *(16,) * ndim)).astype(np.float32)
    images[labels == 1, 3:8, 9:14] += 2
    model = cnn.classifier((16,) * ndim, 2, width=4, depth=2)
    cnn.fit(model, images, labels, epochs=10, learning_rate=1e-2, progress=False)
    return model, images, labels


@pytest.fixture(scope="module")
def square():
    return trained()


def odds_of(model, images, classes):
    batch = np.asarray(images, np.float32)
    batch = batch[..., np.newaxis] if batch.ndim == len(model.input_shape) - 1 else batch
    sums = keras.Model(model.input, logits(model))(batch, training=False)
    return np.asarray(log_odds(sums, np.asarray(classes)))


@pytest.mark.parametrize("classes", [2, 4])
def test_log_odds_are_those_of_the_probabilities(classes):
    sums = RNG.normal(size=(5, classes))
    chosen = RNG.integers(0, classes, 5)
    p = np.exp(sums) / np.exp(sums).sum(axis=1, keepdims=True)
    p = p[np.arange(5), chosen]
    np.testing.assert_allclose(np.asarray(log_odds(sums, chosen)), np.log(p / (1 - p)), rtol=1e-4, atol=1e-5)


def test_log_odds_do_not_saturate():
    assert float(log_odds(np.array([[0.0, 90.0]]), np.array([1]))[0]) == pytest.approx(90)


@pytest.mark.parametrize("ending", ["inside", "activation", "softmax"])
def test_however_the_softmax_is_written_the_sums_are_found(ending):
    image = keras.Input((4, 4, 1))
    flat = L.Flatten()(image)
    if ending == "inside":
        out = L.Dense(3, activation="softmax")(flat)
    else:
        out = {"activation": L.Activation("softmax"), "softmax": L.Softmax()}[ending](L.Dense(3)(flat))
    model = keras.Model(image, out)
    pixels = RNG.normal(size=(2, 4, 4, 1)).astype(np.float32)
    sums = np.asarray(keras.Model(image, logits(model))(pixels))
    p = np.exp(sums) / np.exp(sums).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(p, np.asarray(model(pixels)), rtol=1e-5)
    assert not np.allclose(sums.sum(axis=1), 1)


def test_an_average_of_classifiers_is_explained_as_one():
    members = [linear_model((4, 4)) for _ in range(2)]
    image = keras.Input((4, 4, 1))
    ensemble = keras.Model(image, L.Average()([member(image) for member in members]))
    pixels = RNG.normal(size=(2, 4, 4))
    p = cnn.predict(ensemble, pixels)[:, 1]
    np.testing.assert_allclose(odds_of(ensemble, pixels, [1, 1]), np.log(p / (1 - p)), rtol=1e-3, atol=1e-5)
    assert cnn.integrated_gradients(ensemble, pixels, baseline=0).any()
    with pytest.raises(ValueError, match="members of an ensemble"):
        cnn.grad_cam(ensemble, pixels)


def test_integrated_gradients_of_a_linear_model_are_gradient_times_input():
    model = linear_model(classes=2)
    images = RNG.normal(size=(3, 6, 5))
    kernel = model.layers[-1].get_weights()[0].reshape(6, 5, 2)
    maps = cnn.integrated_gradients(model, images, classes=1, baseline=0.5, steps=3)
    np.testing.assert_allclose(maps, (kernel[..., 1] - kernel[..., 0]) * (images - 0.5), rtol=1e-4, atol=1e-6)


def test_integrated_gradients_are_complete(square):
    model, images, labels = square
    mean = float(model.get_layer("intensities").moving_mean[0])
    for classes in (labels[:6], 1 - labels[:6]):
        maps = cnn.integrated_gradients(model, images[:6], classes=classes, steps=200)
        expected = odds_of(model, images[:6], classes) - odds_of(model, np.full_like(images[:6], mean), classes)
        np.testing.assert_allclose(maps.sum(axis=(1, 2)), expected, rtol=0.02, atol=0.02)


def test_completeness_holds_for_colour_and_volumes():
    for shape, channels in (((8, 8), 3), ((8, 8, 8), 1)):
        model = cnn.classifier(shape, 3, channels=channels, width=2, depth=1)
        images = RNG.normal(size=(2, *shape, channels))
        maps = cnn.integrated_gradients(model, images, classes=[0, 2], baseline=images[::-1].mean(), steps=400)
        assert maps.shape == (2, *shape)
        empty = np.full(images.shape, images.mean())
        expected = odds_of(model, images, [0, 2]) - odds_of(model, empty, [0, 2])
        np.testing.assert_allclose(maps.reshape(2, -1).sum(axis=1), expected, rtol=0.03, atol=0.01)


def test_occlusion_finds_the_patch_that_a_model_looks_at():
    images = np.ones((2, 12, 12))
    maps = cnn.occlusion(looks_at_patch(), images, classes=1, size=3, stride=1, fill=0)
    assert np.unravel_index(maps[0].argmax(), maps[0].shape) == (3, 7)
    assert maps[0, 3, 7] == pytest.approx(np.mean([9, 6, 6, 6, 6, 4, 4, 4, 4]), rel=1e-4)
    far = np.ones((12, 12), bool)
    far[0:7, 4:11] = False
    np.testing.assert_allclose(maps[:, far], 0, atol=1e-5)
    np.testing.assert_allclose(cnn.occlusion(looks_at_patch(), images, classes=0, size=3, stride=1, fill=0), -maps)


def test_occlusion_of_single_pixels_of_a_linear_model_is_exact():
    model = linear_model((4, 4), channels=2, classes=2)
    images = RNG.normal(size=(2, 4, 4, 2))
    kernel = model.layers[-1].get_weights()[0].reshape(4, 4, 2, 2)
    expected = ((kernel[..., 1] - kernel[..., 0]) * (images - [1, 2])).sum(axis=-1)
    maps = cnn.occlusion(model, images, classes=1, size=1, fill=[1, 2])
    np.testing.assert_allclose(maps, expected, rtol=1e-3, atol=1e-5)


def test_occlusion_covers_every_pixel_of_a_volume_whatever_the_stride():
    model = linear_model((5, 7, 6), classes=2)
    maps = cnn.occlusion(model, RNG.normal(size=(1, 5, 7, 6)), size=3, stride=3, fill=0)
    assert maps.shape == (1, 5, 7, 6)
    assert np.isfinite(maps).all()


def test_grad_cam_by_hand():
    image = keras.Input((4, 4, 1))
    maps = L.Conv2D(2, 1, use_bias=False, name="maps")(image)
    pooled = L.MaxPooling2D(2, name="pool")(maps)
    output = L.Dense(2, activation="softmax")(L.GlobalAveragePooling2D()(pooled))
    model = keras.Model(image, output)
    model.get_layer("maps").set_weights([np.array([1.0, -1.0]).reshape(1, 1, 1, 2)])
    model.layers[-1].set_weights([np.array([[0.0, 4.0], [0.0, 2.0]]), np.array([0.5, 0.0])])
    pixels = np.arange(16.0).reshape(1, 4, 4)
    # Four of 16 positions win a pooling; each passes 1/4 of the weight on: mean gradients of 4/16 and 2/16.
    np.testing.assert_allclose(cnn.grad_cam(model, pixels, classes=1), pixels * (4 - 2) / 16, rtol=1e-5)
    np.testing.assert_allclose(cnn.grad_cam(model, pixels, classes=0), 0)
    largest = pixels.reshape(1, 2, 2, 2, 2).max(axis=(2, 4))
    smallest = pixels.reshape(1, 2, 2, 2, 2).min(axis=(2, 4))
    by_hand = largest * 4 / 4 - smallest * 2 / 4
    enlarged = zoom(by_hand[0], 2, order=1, mode="nearest", grid_mode=True)
    np.testing.assert_allclose(cnn.grad_cam(model, pixels, classes=1, layer="pool")[0], enlarged, rtol=1e-5)


@pytest.mark.parametrize("ndim", [2, 3])
def test_grad_cam_of_the_last_maps_adds_up_to_the_log_odds_without_bias(ndim):
    shape = (8,) * ndim
    image = keras.Input((*shape, 1))
    maps = getattr(L, f"Conv{ndim}D")(3, 3, padding="same", activation="relu", name="maps")(image)
    average = getattr(L, f"GlobalAveragePooling{ndim}D")()(maps)
    model = keras.Model(image, L.Dense(2, activation="softmax", name="out")(average))
    kernel, _ = model.get_layer("out").get_weights()
    # With positive evidence alone nothing is cut off.
    model.get_layer("out").set_weights([np.abs(kernel) * [0, 1], np.array([0.0, 0.7])])
    images = RNG.normal(size=(2, *shape))
    sums = cnn.grad_cam(model, images, classes=1).reshape(2, -1).sum(axis=1)
    np.testing.assert_allclose(sums, odds_of(model, images, [1, 1]) - 0.7, rtol=1e-4)


def test_all_methods_find_what_a_trained_classifier_has_learned(square):
    model, images, labels = square
    inside = np.zeros((16, 16), bool)
    inside[3:8, 9:14] = True
    of_class_1 = images[labels == 1][:4]
    for name, options in (("grad_cam", {"layer": "level0"}), ("integrated_gradients", {}), ("occlusion", {})):
        maps = getattr(cnn, name)(model, of_class_1, classes=1, **options).mean(axis=0)
        assert maps[inside].mean() > 2 * np.abs(maps[~inside].mean()), name


def test_maps_of_the_most_probable_class_are_the_default(square):
    model, images, _ = square
    likely = cnn.predict(model, images[:4]).argmax(-1)
    np.testing.assert_array_equal(cnn.grad_cam(model, images[:4]), cnn.grad_cam(model, images[:4], classes=likely))


@pytest.mark.parametrize("explain", EXPLAIN.values(), ids=EXPLAIN)
def test_batches_do_not_matter_and_nothing_is_changed(square, explain):
    model, images, _ = square
    before, weights = images[:5].copy(), model.get_weights()
    maps = explain(model, images[:5], classes=1, batch_size=2)
    np.testing.assert_allclose(
        maps, explain(model, images[:5, ..., np.newaxis], classes=1, batch_size=5), atol=1e-4
    )
    assert maps.shape == (5, 16, 16)
    assert maps.dtype == np.float32
    np.testing.assert_array_equal(before, images[:5])
    assert all(np.array_equal(a, b) for a, b in zip(weights, model.get_weights(), strict=True))


@pytest.mark.parametrize("explain", EXPLAIN.values(), ids=EXPLAIN)
def test_maps_pass_the_randomization_check(square, explain):
    model, images, labels = square
    weights = model.get_weights()
    check = cnn.sanity_check(model, images[:8], explain, classes=labels[:8], stages=2)
    assert check.passed
    assert list(check.table.index) == ["trained", "probabilities", "level0_conv1"] == list(check.maps)
    assert check.table.shape == (3, 8)
    np.testing.assert_allclose(check.table.loc["trained"], 1)
    assert all(np.array_equal(a, b) for a, b in zip(weights, model.get_weights(), strict=True))


def test_a_map_that_shows_the_image_alone_fails_the_check(square):
    model, images, _ = square
    check = cnn.sanity_check(model, images[:4], lambda model, batch, *, classes: np.abs(batch[..., 0]))
    assert not check.passed
    np.testing.assert_allclose(check.table, 1)
    blank = cnn.sanity_check(model, images[:4], lambda model, batch, *, classes: 0 * batch[..., 0], stages=1)
    assert (blank.table == 0).all(axis=None)


def test_the_seed_decides_the_shuffling(square):
    model, images, _ = square
    tables = [cnn.sanity_check(model, images[:2], cnn.grad_cam, stages=1, seed=s).table for s in (0, 0, 1)]
    assert tables[0].equals(tables[1])
    assert not tables[0].equals(tables[2])


MODEL = linear_model((4, 4), classes=2)
IMAGES = np.zeros((2, 4, 4))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: cnn.occlusion(MODEL, IMAGES, size=2), ValueError, "fill must be given: the model has no layer"),
        (lambda: cnn.integrated_gradients(MODEL, IMAGES), ValueError, "baseline must be given"),
        (lambda: cnn.integrated_gradients(MODEL, IMAGES, baseline=np.nan), ValueError, "baseline must be finite"),
        (
            lambda: cnn.integrated_gradients(MODEL, IMAGES, baseline=0, steps=0),
            ValueError,
            "steps must be 1 or more",
        ),
        (lambda: cnn.occlusion(MODEL, IMAGES, size=5, fill=0), ValueError, "shortest side of 4"),
        (lambda: cnn.occlusion(MODEL, IMAGES, size=2, stride=3, fill=0), ValueError, "stride from 1 to size"),
        (lambda: cnn.occlusion(MODEL, IMAGES, size=0, fill=0), ValueError, "received size=0"),
        (
            lambda: cnn.occlusion(MODEL, IMAGES, size=2, fill=0, classes=2),
            ValueError,
            "classes must lie from 0 to 1",
        ),
        (
            lambda: cnn.occlusion(MODEL, IMAGES, size=2, fill=0, classes=[0]),
            ValueError,
            "one for each of 2 images",
        ),
        (lambda: cnn.occlusion(MODEL, IMAGES, size=2, fill=0, classes=0.5), TypeError, "whole numbers"),
        (lambda: cnn.occlusion(MODEL, IMAGES, size=2, fill=0, batch_size=0), ValueError, "batch_size must be 1"),
        (lambda: cnn.grad_cam(MODEL, IMAGES), ValueError, "layer whose maps have positions"),
        (lambda: cnn.grad_cam(MODEL, IMAGES * np.nan), ValueError, "images must be finite"),
        (
            lambda: cnn.grad_cam(cnn.classifier((8, 8), 2), np.zeros((1, 8, 8)), layer="no"),
            ValueError,
            "received 'no'",
        ),
        (lambda: cnn.grad_cam(cnn.unet((8, 8), 2, depth=1), np.zeros((1, 8, 8))), ValueError, "by softmax"),
        (lambda: cnn.sanity_check(MODEL, IMAGES, cnn.occlusion, stages=0), ValueError, "stages of 1 or more"),
    ],
)
def test_what_cannot_be_explained_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_embed_makes_a_table_of_a_layer(square):
    model, images, _ = square
    cases = [f"case-{i}" for i in range(5)]
    table = cnn.embed(model, images[:5], cases=cases)
    assert list(table.index) == cases
    assert table.index.name == "case"
    assert table.columns[0] == "average_0"
    assert (table.dtypes == np.float64).all()
    dense = model.get_layer("probabilities").get_weights()
    sums = table.to_numpy() @ dense[0] + dense[1]
    p = np.exp(sums) / np.exp(sums).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(p, cnn.predict(model, images[:5]), atol=1e-5)


def test_maps_are_averaged_over_their_positions(square):
    model, images, _ = square
    table = cnn.embed(model, images[:2], layer="level0")
    maps = cnn.feature_maps(model, images[:2], layer="level0")
    np.testing.assert_allclose(table, maps.mean(axis=(1, 2)), rtol=1e-5)
    assert list(table.index) == [0, 1]


def test_embeddings_of_other_cases_can_be_recognized_and_their_own_give_themselves_away(square):
    from workbench import recognition

    model, images, labels = square
    patients = np.arange(48)
    with pytest.raises(ValueError, match="tells the classes apart without a single error"):
        recognition.cross_validate(cnn.embed(model, images), labels, patients)
    others = np.random.default_rng(9).normal(0, 1, (48, 16, 16))
    others[labels == 1, 3:8, 9:14] += 0.3
    table = cnn.embed(model, others)
    found = recognition.cross_validate(table, labels, patients, recognition.models("logistic"), outer=3)
    assert found.of("logistic")["p_1"].between(0, 1).all()


def test_what_cannot_be_embedded_is_refused(square):
    model, images, _ = square
    with pytest.raises(ValueError, match="cases must name each of the 3 images, received 1"):
        cnn.embed(model, images[:3], cases=["a"])
    with pytest.raises(ValueError, match="layer must be one of"):
        cnn.embed(model, images[:3], layer="nothing")
