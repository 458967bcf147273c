import hypothesis.extra.numpy as arrays
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage import filters

from workbench.segmentation import local_threshold, sauvola

SETTINGS = settings(deadline=None, max_examples=40)
IMAGES = arrays.arrays(
    np.float64,
    st.one_of(st.tuples(*[st.integers(4, 10)] * 2), st.tuples(*[st.integers(4, 6)] * 3)),
    elements=st.floats(0, 100, width=16),
)


@SETTINGS
@given(
    IMAGES, st.sampled_from([3, 5]), st.sampled_from(["mean", "gaussian", "median"]), st.sampled_from([0, -7.5])
)
def test_local_thresholds_equal_scikit_images(image, size, method, offset):
    before = image.copy()
    expected = filters.threshold_local(image, size, method=method, offset=offset)
    np.testing.assert_allclose(
        local_threshold(image, size=size, method=method, offset=offset), expected, atol=1e-9
    )
    assert np.array_equal(image, before)


@SETTINGS
@given(IMAGES, st.sampled_from([3, 5]), st.floats(0, 0.5))
def test_sauvola_equals_scikit_images(image, size, weight):
    expected = filters.threshold_sauvola(image, size, k=weight, r=50.0)
    # The variance is a difference of squares of up to 1e4, the deviation its root.
    ours = sauvola(image, size=size, weight=weight, deviation=50.0)
    np.testing.assert_allclose(ours, expected, atol=1e-5)


def test_a_shading_that_no_single_threshold_parts():
    columns = np.arange(200.0)
    squares = np.kron(np.indices((10, 20)).sum(axis=0) % 2, np.ones((10, 10)))
    image = squares * 10 + columns
    assert ((image > local_threshold(image, size=41)) == squares)[:, 20:-20].mean() > 0.95
    assert ((image > filters.threshold_otsu(image)) == squares).mean() < 0.6


def test_integers_are_not_rounded():
    assert local_threshold([[0, 1, 1]], size=(1, 3))[0, 1] == pytest.approx(2 / 3)
    assert sauvola(np.array([[200, 250]], np.uint8)).dtype == np.float64


@pytest.mark.parametrize("find", [local_threshold, sauvola])
@pytest.mark.parametrize(
    ("image", "options", "message"),
    [
        (np.ones(5), {}, "2 or 3 axes"),
        (np.eye(5), {"size": 4}, "odd positive"),
        (np.array([[np.nan, 1]]), {}, "finite"),
        (np.eye(5), {"border": "periodic"}, "border must be"),
    ],
)
def test_bad_input(find, image, options, message):
    with pytest.raises(ValueError, match=message):
        find(image, **options)


def test_options_out_of_range():
    with pytest.raises(ValueError, match="method must be"):
        local_threshold(np.eye(3), method="otsu")
    with pytest.raises(ValueError, match="zero or above"):
        sauvola(-np.eye(3))
    with pytest.raises(ValueError, match="deviation must be positive"):
        sauvola(np.ones((3, 3)))
