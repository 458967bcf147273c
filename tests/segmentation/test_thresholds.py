from itertools import combinations

import hypothesis.extra.numpy as arrays
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from skimage.filters import threshold_li, threshold_multiotsu, threshold_otsu, threshold_triangle

from workbench.compiled.histograms import count_bins
from workbench.segmentation import li, multi_otsu, otsu, threshold, triangle

SETTINGS = settings(deadline=None, max_examples=40)
GREY = arrays.arrays(np.uint8, st.tuples(st.integers(1, 12), st.integers(2, 12)))
FLOATS = arrays.arrays(np.float64, (6, 7), elements=st.floats(-1000, 1000, width=32))


def between_class_variance(values, t):
    dark, bright = values[values <= t], values[values > t]
    return len(dark) * len(bright) * (dark.mean() - bright.mean()) ** 2


@SETTINGS
@given(GREY)
def test_otsu_has_the_greatest_variance_between_classes(image):
    assume(image.min() < image.max())
    values = image.astype(float).ravel()
    best = max(between_class_variance(values, t) for t in np.unique(values)[:-1])
    assert between_class_variance(values, otsu(image)) == pytest.approx(best, rel=1e-9)


@SETTINGS
@given(FLOATS, st.sampled_from([16, 256]))
def test_otsu_of_floats_equals_scikit_image(image, bins):
    assume(np.ptp(image) > 1e-3)
    assert otsu(image, bins=bins) == threshold_otsu(image, nbins=bins)


@SETTINGS
@given(FLOATS, st.sampled_from([np.float32, np.float64]), st.integers(1, 300))
def test_counts_equal_numpys(image, dtype, bins):
    values = image.astype(dtype)
    assume(values.min() < values.max())
    counts, edges = np.histogram(values, bins, range=(values.min(), values.max()))
    assert np.array_equal(count_bins(values, edges.astype(dtype)), counts)


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint16, np.int32, np.float32, np.float64])
@pytest.mark.parametrize("seed", range(5))
def test_thresholds_equal_scikit_images(dtype, seed):
    rng = np.random.default_rng(seed)
    image = np.concatenate([rng.normal(60, 9, 30_000), rng.normal(160, 20, 9_000)]).clip(0, 255).astype(dtype)
    if dtype in (np.int16, np.int32):
        image -= 100
    assert otsu(image) == threshold_otsu(image)
    assert triangle(image) == threshold_triangle(image)
    assert triangle(image.max() - image) == threshold_triangle(image.max() - image)
    assert li(image) == pytest.approx(threshold_li(image), rel=1e-5)
    assert multi_otsu(image) == pytest.approx(tuple(threshold_multiotsu(image)))


@SETTINGS
@given(GREY)
def test_li_and_triangle_of_few_values_equal_scikit_images(image):
    assume(image.min() < image.max())
    assert li(image) == pytest.approx(threshold_li(image), rel=1e-4)
    assert triangle(image) == threshold_triangle(image)


@SETTINGS
@given(GREY, st.integers(2, 4))
def test_multi_otsu_has_the_greatest_variance_between_classes(image, classes):
    values = np.unique(image)
    assume(len(values) >= classes)

    def within(cuts):
        kinds = np.digitize(image, cuts, right=True)
        return sum(((image[kinds == kind] - image[kinds == kind].mean()) ** 2).sum() for kind in range(classes))

    best = min(within(cuts) for cuts in combinations(values[:-1][:10], classes - 1)) if len(values) <= 11 else None
    found = multi_otsu(image, classes=classes)
    theirs = threshold_multiotsu(image, classes=classes)
    assert within(found) <= within(theirs) * (1 + 1e-5) + 1e-9
    if best is not None:
        assert within(found) == pytest.approx(best, rel=1e-9, abs=1e-9)


def test_otsu_follows_a_change_of_units():
    image = np.random.default_rng(0).gamma(2, size=(40, 40))
    assert otsu(3 * image - 5) == pytest.approx(3 * otsu(image) - 5, abs=0.1)


def test_otsu_of_a_boolean_image_parts_false_from_true():
    mask = np.array([[True, False]])
    assert threshold(mask.astype(int), low=otsu(mask)).tolist() == mask.tolist()


def test_otsu_of_integers_in_a_wide_range_does_not_count_every_value():
    image = np.array([-(2**40), -(2**40) + 1, 2**40, 2**40 - 7])
    assert threshold(image, low=otsu(image)).tolist() == [False, False, True, True]


def test_multi_otsu_equals_scikit_image_and_parts_three_tissues():
    rng = np.random.default_rng(0)
    image = np.concatenate([rng.normal(mean, 1, 500) for mean in (20, 60, 90)])
    assert multi_otsu(image, classes=3) == tuple(threshold_multiotsu(image, classes=3, nbins=256))
    low, high = multi_otsu(image, classes=3)
    assert image[:500].max() < low < image[500:1000].min()
    # The threshold is the middle of a bin of which the upper half belongs to the lower class.
    assert image[500:1000].max() < high + np.ptp(image) / 256 < image[1000:].min()


@SETTINGS
@given(FLOATS, st.floats(-999, 998))
def test_threshold_parts_an_image_without_overlap_or_gap(image, cut):
    middle = threshold(image, low=cut, high=cut + 1)
    count = threshold(image, high=cut).astype(int) + middle.astype(int) + threshold(image, low=cut + 1).astype(int)
    assert (count == 1).all()
    assert np.array_equal(middle, (image > cut) & (image <= cut + 1))


@pytest.mark.parametrize("find", [otsu, multi_otsu, li, triangle])
@pytest.mark.parametrize(
    ("image", "message"),
    [
        (np.full((3, 3), 7), "different intensities"),
        (np.array([1.0, np.nan]), "finite"),
        (np.zeros((0, 3)), "at least one element"),
    ],
)
def test_a_threshold_needs_sound_intensities(find, image, message):
    with pytest.raises(ValueError, match=message):
        find(image)


def test_options_out_of_range():
    with pytest.raises(ValueError, match="bins must be"):
        otsu([1, 2], bins=1)
    with pytest.raises(ValueError, match="2 or more"):
        multi_otsu([1, 2, 3], classes=1)
    with pytest.raises(ValueError, match="as many different"):
        multi_otsu([1, 2, 3], classes=4)
    with pytest.raises(ValueError, match="received neither"):
        threshold([1, 2])
    with pytest.raises(ValueError, match="low must be below high"):
        threshold([1, 2], low=2, high=2)
    with pytest.raises(ValueError, match="low must be below high"):
        threshold([1, 2], low=float("nan"))
    with pytest.raises(TypeError, match="real numbers"):
        threshold(["a"], low=0)
