"""Contrast against scikit-image, DICOM's definition of a window and hand-made answers."""

from functools import partial

import numpy as np
import pytest
import skimage
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from workbench import processing
from workbench.images import PRESETS, Image, Window
from workbench.images.picture import to_bytes

thorough = settings(deadline=None, max_examples=50)
floats = hnp.arrays(
    st.sampled_from([np.float32, np.float64]),
    hnp.array_shapes(min_dims=2, max_dims=3, min_side=2, max_side=8),
    elements=st.floats(-2000, 2000, width=16),
)
ints = hnp.arrays(
    st.sampled_from([np.uint8, np.int16, np.int32]),
    hnp.array_shapes(min_dims=2, max_dims=3, min_side=2, max_side=8),
    elements=st.integers(0, 255),
)


@thorough
@given(hnp.arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.sampled_from([3, 4]))))
def test_grayscale_equals_scikit_image(colours):
    rgb = skimage.color.rgba2rgb(colours) if colours.shape[-1] == 4 else colours
    truth = 255 * skimage.color.rgb2gray(rgb)
    result = processing.grayscale(colours, channel_axis=-1)
    np.testing.assert_allclose(result, truth, rtol=0, atol=1e-10)
    first = processing.grayscale(np.moveaxis(colours, -1, 0), channel_axis=0)
    np.testing.assert_allclose(first, truth, rtol=0, atol=1e-10)


def test_grayscale_of_an_image_keeps_its_geometry_and_history():
    image = Image(np.full((4, 5, 3), 7, np.uint8), spacing=(2, 3), channel_axis=-1)
    gray = processing.grayscale(image)
    assert (gray.shape, gray.spacing, gray.channel_axis) == ((4, 5), (2, 3), None)
    assert str(gray.history[-1]) == "processing.contrast.grayscale(channel_axis=2)"
    np.testing.assert_allclose(gray, 7)


def test_grayscale_never_guesses():
    with pytest.raises(ValueError, match="give channel_axis=-1 if it is the last"):
        processing.grayscale(np.ones((4, 4, 3)))
    with pytest.raises(ValueError, match="must hold 3 or 4 channels"):
        processing.grayscale(np.ones((4, 4, 2)), channel_axis=-1)
    with pytest.raises(ValueError, match="must hold 3 or 4 channels"):
        processing.grayscale(np.ones((4, 4, 3)), channel_axis=3)


@thorough
@given(floats, st.floats(-500, 500), st.floats(1, 3000))
def test_window_is_the_linear_exact_function_of_dicom(image, level, width):
    result = processing.window(image, level=level, width=width, output_range=(10, 30))
    assert result.dtype == image.dtype
    for value, mapped in zip(image.ravel(), result.ravel(), strict=True):
        if value <= level - width / 2:
            truth = 10
        elif value > level + width / 2:
            truth = 30
        else:
            truth = ((float(value) - level) / width + 0.5) * 20 + 10
        assert mapped == pytest.approx(truth, abs=1e-2 if image.dtype == np.float32 else 1e-9)


def test_window_agrees_with_pictures():
    image = np.arange(-1200, 1300)
    for level, width in PRESETS.values():
        shown = to_bytes(image, Window(level, width))
        result = processing.window(image, level=level, width=width, output_range=(0, 255))
        np.testing.assert_array_equal(np.rint(result), shown)


@thorough
@given(ints, st.tuples(st.floats(0, 40), st.floats(60, 100)))
def test_stretch_equals_scikit_image(image, percentiles):
    low, high = np.percentile(image, percentiles)
    if low == high:
        with pytest.raises(ValueError, match="there is no contrast between them"):
            processing.stretch(image, percentiles=percentiles)
        return
    truth = skimage.exposure.rescale_intensity(image.astype(float), in_range=(low, high), out_range=(-1.0, 5.0))
    result = processing.stretch(image, percentiles=percentiles, output_range=(-1, 5))
    np.testing.assert_allclose(result, truth, atol=1e-9)
    given = processing.stretch(image, limits=(low, high), output_range=(-1, 5))
    np.testing.assert_array_equal(given, result)


@thorough
@given(floats, st.sampled_from(["z-score", "percentile", "min-max"]))
def test_normalize_reaches_its_goal(image, method):
    mask = np.arange(image.size).reshape(image.shape) % 3 > 0
    inside = image[mask].astype(float)
    if np.ptp(np.percentile(inside, (1, 99))) < 1:
        return
    result = processing.normalize(image, method=method, mask=mask).astype(float)
    assert result.dtype == float
    found = {
        "z-score": (result[mask].mean(), result[mask].std()),
        "percentile": tuple(np.percentile(result[mask], (1, 99))),
        "min-max": (result[mask].min(), result[mask].max()),
    }[method]
    assert found == pytest.approx((0, 1), abs=1e-3 if image.dtype == np.float32 else 1e-9)
    slope = np.polyfit(image.ravel().astype(float), result.ravel(), 1)
    np.testing.assert_allclose(
        np.polyval(slope, image.astype(float)), result, atol=1e-3 * (1 + np.abs(result).max())
    )


def test_normalize_keeps_the_dtype_of_floats():
    image = np.array([[1, 2]], np.float32)
    assert processing.normalize(image).dtype == np.float32
    assert processing.normalize(image.astype(int)).dtype == np.float64


@pytest.mark.parametrize(
    "change",
    [
        processing.equalize,
        processing.clahe,
        processing.stretch,
        processing.normalize,
        lambda image: processing.normalize(image, method="min-max"),
    ],
)
def test_constant_images_are_refused(change):
    with pytest.raises(ValueError, match=r"constant|no contrast"):
        change(np.full((16, 16), 0.1))


@pytest.mark.parametrize("change", [processing.equalize, processing.normalize])
def test_bad_masks_are_refused(change):
    with pytest.raises(ValueError, match="mask must hold at least one pixel"):
        change(np.eye(3), mask=np.zeros((3, 3)))
    with pytest.raises(ValueError, match="must have the same shape"):
        change(np.eye(3), mask=np.ones(3))


@thorough
@given(hnp.arrays(np.float64, hnp.array_shapes(max_dims=3), elements=st.floats(0, 1)), st.floats(0.1, 5))
def test_gamma_is_scikit_images_between_0_and_1(image, exponent):
    truth = skimage.exposure.adjust_gamma(image, exponent)
    np.testing.assert_allclose(processing.gamma(image, exponent=exponent, limits=(0, 1)), truth, atol=1e-12)


def test_gamma_keeps_the_ends_and_clips_to_limits():
    image = np.array([-1000, -500, 0, 500], np.int16)
    np.testing.assert_allclose(processing.gamma(image, exponent=1), image)
    thirds = np.array([0, 1, 2, 3]) / 3
    np.testing.assert_allclose(processing.gamma(image, exponent=2), -1000 + 1500 * thirds**2)
    result = processing.gamma(image, exponent=0.5, limits=(-500, 0))
    np.testing.assert_allclose(result, [-500, -500, 0, 0])
    with pytest.raises(ValueError, match="exponent must be positive"):
        processing.gamma(image, exponent=0)


@pytest.mark.parametrize(
    ("change", "options"),
    [
        (processing.window, {"level": 40, "width": 400}),
        (processing.stretch, {}),
        (processing.equalize, {}),
        (processing.clahe, {}),
        (processing.normalize, {}),
        (processing.gamma, {"exponent": 0.5}),
    ],
)
def test_what_has_no_units_any_more_says_so(change, options):
    ct = Image(np.arange(256).reshape(16, 16), units="HU", modality="CT")
    assert ct.map(change, **options).units == ""
    assert ct.map(partial(change, **options)).units == ""
    assert ct.map(processing.gaussian, sigma=1).units == "HU"
    assert ct.map(lambda pixels: pixels > 3).units == ""


def test_bad_options_are_refused():
    image = np.random.default_rng(0).random((16, 16))
    with pytest.raises(ValueError, match="width positive, received level=0, width=0"):
        processing.window(image, level=0, width=0)
    with pytest.raises(ValueError, match="output_range must be two finite numbers, the lower first"):
        processing.window(image, level=0, width=1, output_range=(1, 1))
    with pytest.raises(ValueError, match="limits must be two finite numbers"):
        processing.stretch(image, limits=(3, 2))
    with pytest.raises(ValueError, match="percentiles must be from 0 to 100"):
        processing.stretch(image, percentiles=(-1, 50))
    with pytest.raises(ValueError, match="method must be one of"):
        processing.normalize(image, method="zscore")
    with pytest.raises(ValueError, match="image must be finite"):
        processing.equalize([[np.inf, 1]])


@pytest.mark.parametrize(
    "change", [processing.equalize, processing.clahe, processing.stretch, processing.normalize]
)
def test_input_stays_and_images_map(change):
    image = Image(np.arange(256).reshape(16, 16).astype(np.int16), spacing=(1, 1))
    assert image.map(change).spacing == (1, 1)
    np.testing.assert_array_equal(image, np.arange(256).reshape(16, 16))
