import hypothesis.extra.numpy as arrays
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from skimage.filters import threshold_multiotsu, threshold_otsu

from workbench.segmentation import multi_otsu, otsu, threshold

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


@pytest.mark.parametrize("find", [otsu, multi_otsu])
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
    with pytest.raises(ValueError, match="from 2 to 5"):
        multi_otsu([1, 2, 3], classes=6)
    with pytest.raises(ValueError, match="received neither"):
        threshold([1, 2])
    with pytest.raises(ValueError, match="low must be below high"):
        threshold([1, 2], low=2, high=2)
    with pytest.raises(ValueError, match="low must be below high"):
        threshold([1, 2], low=float("nan"))
    with pytest.raises(TypeError, match="real numbers"):
        threshold(["a"], low=0)
