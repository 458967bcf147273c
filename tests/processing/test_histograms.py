"""Histograms: equalised, tile by tile, matched: against scikit-image and written-out definitions."""

import numpy as np
import pytest
import skimage
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from workbench import processing
from workbench.images import Image

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
@given(ints)
def test_equalize_equals_scikit_image_on_integers(image):
    if image.min() == image.max():
        with pytest.raises(ValueError, match="constant image cannot be equalised"):
            processing.equalize(image)
        return
    truth = skimage.exposure.equalize_hist(image.ravel()).reshape(image.shape)
    np.testing.assert_allclose(processing.equalize(image), truth, atol=1e-12)


@thorough
@given(floats)
def test_equalized_values_are_fractions_at_or_below(image):
    if image.min() == image.max():
        return
    result = processing.equalize(image)
    for value, fraction in zip(image.ravel(), result.ravel(), strict=True):
        assert fraction == pytest.approx(np.mean(image <= value))


def test_equalize_counts_inside_a_mask():
    image = np.array([[0, 1, 2, 3], [9, 9, 9, -9]])
    mask = np.array([[1, 1, 1, 1], [0, 0, 0, 0]])
    np.testing.assert_array_equal(processing.equalize(image, mask=mask), [[0.25, 0.5, 0.75, 1], [1, 1, 1, 0]])


@thorough
@given(
    st.lists(st.integers(5, 24), min_size=2, max_size=3),
    st.data(),
    st.sampled_from([0.001, 0.01, 0.05, 0.5, 1.0]),
    st.sampled_from([2, 16, 128, 256, 1000]),
)
def test_clahe_is_scikit_images_to_the_last_bit(shape, data, clip_limit, bins):
    image = np.random.default_rng(data.draw(st.integers(0, 99))).gamma(1, 1, shape)
    image = processing.stretch(image, percentiles=(0, 100))
    tile = tuple(data.draw(st.integers(1, 12)) for _ in shape)
    options = {"kernel_size": tile, "clip_limit": clip_limit, "nbins": bins}
    truth = skimage.exposure.equalize_adapthist(image, **options)
    np.testing.assert_array_equal(processing.clahe(image, tile=tile, clip_limit=clip_limit, bins=bins), truth)


def test_clahe_equals_scikit_image_and_units_do_not_matter():
    random = np.random.default_rng(0)
    for shape in [(60, 50), (20, 24, 18)]:
        image = random.random(shape)
        scaled = (image - image.min()) / np.ptp(image)
        tile = (8,) * len(shape)
        truth = skimage.exposure.equalize_adapthist(scaled, kernel_size=tile, clip_limit=0.02, nbins=128)
        result = processing.clahe(3000 * image - 1000, tile=8, clip_limit=0.02, bins=128)
        assert np.mean(np.abs(result - truth) > 1e-6) < 0.01  # a value at the edge of a bin may change sides
        assert (result.min(), result.max()) == (0, 1)


def test_clahe_lifts_local_contrast():
    image = np.add.outer(np.linspace(0, 1000, 64), np.tile([0.0, 20.0], 32))
    low = processing.stretch(image, percentiles=(0, 100))
    assert np.abs(np.diff(processing.clahe(image), axis=1)).mean() > 2 * np.abs(np.diff(low, axis=1)).mean()


@thorough
@given(ints, ints)
def test_matched_histograms_are_scikit_images(image, reference):
    truth = skimage.exposure.match_histograms(image.ravel(), reference.ravel()).reshape(image.shape)
    result = processing.match_histogram(image, reference=reference)
    assert result.dtype == np.float64
    whole = np.trunc(result + 1e-9) if truth.dtype.kind in "iu" else result
    np.testing.assert_allclose(whole, truth, atol=1e-9)


def test_matching_inside_masks():
    random = np.random.default_rng(0)
    body = np.indices((40, 40)).sum(axis=0) > 30
    image = np.where(body, random.normal(100, 10, body.shape), 0)
    reference = np.where(body.T, random.normal(500, 80, body.shape), 0)
    result = processing.match_histogram(image, reference=reference, mask=body, reference_mask=body.T)
    found, goal = result[body], reference[body.T]
    assert (found.mean(), found.std()) == pytest.approx((goal.mean(), goal.std()), rel=1e-6)
    np.testing.assert_array_equal(np.sort(found), np.sort(goal))
    assert (result[~body] == goal.min()).all()


def test_a_matched_image_has_the_units_of_its_reference():
    image = Image(np.arange(16.0).reshape(4, 4), units="a.u.")
    reference = Image(np.arange(16.0).reshape(4, 4) * 7, units="HU")
    assert image.map(processing.match_histogram, reference=reference).units == "HU"
    assert image.map(processing.match_histogram, reference=reference.pixels).units == ""
    np.testing.assert_allclose(image.map(processing.match_histogram, reference=reference), reference)


def test_counts_of_many_voxels_are_exact(monkeypatch):
    image = np.random.default_rng(0).integers(0, 5, (60, 50)).astype(np.int16)
    whole = processing.equalize(image)
    monkeypatch.setattr("workbench.processing.histograms.EXACT_COUNT", 7)
    np.testing.assert_array_equal(processing.equalize(image), whole)


@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.uint16, np.int32, np.int64, bool, np.float32])
def test_equalizing_any_dtype_counts_each_value(dtype):
    image = np.random.default_rng(0).integers(-40, 80, (20, 11)).astype(dtype)
    truth = np.searchsorted(np.sort(image.ravel()), image, side="right") / image.size
    np.testing.assert_allclose(processing.equalize(image), truth, atol=1e-15)
    far = np.array([[np.iinfo(np.int64).min, 0, np.iinfo(np.int64).max]])
    np.testing.assert_allclose(processing.equalize(far), [[1 / 3, 2 / 3, 1]])


def test_bad_options_are_refused():
    image = np.random.default_rng(0).random((16, 16))
    with pytest.raises(ValueError, match="clip_limit must be above 0"):
        processing.clahe(image, clip_limit=0)
    with pytest.raises(ValueError, match="bins must be from 2"):
        processing.clahe(image, bins=1)
    with pytest.raises(ValueError, match="tile must be one positive length or 2"):
        processing.clahe(image, tile=(4, 4, 4))
    with pytest.raises(ValueError, match="turn colour into grey first"):
        processing.clahe(np.ones((16, 16, 3)))
    with pytest.raises(ValueError, match="reference must be finite"):
        processing.match_histogram(image, reference=[np.nan, 1])
    with pytest.raises(ValueError, match="reference_mask must hold at least one pixel"):
        processing.match_histogram(image, reference=image, reference_mask=np.zeros((16, 16)))
