import hypothesis.extra.numpy as arrays
import numpy as np
import pytest
import SimpleITK
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.segmentation import flood

from workbench.segmentation import confidence_growing, region_growing

SETTINGS = settings(deadline=None, max_examples=50)
SHAPES = st.one_of(st.tuples(*[st.integers(1, 9)] * 2), st.tuples(*[st.integers(1, 5)] * 3))
IMAGES = st.one_of(arrays.arrays(np.uint8, SHAPES, elements=st.integers(0, 9)), arrays.arrays(np.int16, SHAPES))


@SETTINGS
@given(IMAGES, st.integers(0, 10**6), st.integers(0, 300), st.integers(1, 3))
def test_a_tolerance_equals_scikit_images_flood(image, place, tolerance, connectivity):
    seed = np.unravel_index(place % image.size, image.shape)
    connectivity = min(connectivity, image.ndim)
    expected = flood(image.astype(np.int64), seed, tolerance=tolerance, connectivity=connectivity)
    ours = region_growing(image, seeds=seed, tolerance=tolerance, connectivity=connectivity)
    assert np.array_equal(ours, expected)
    assert ours[seed]


@SETTINGS
@given(IMAGES, st.lists(st.integers(0, 10**6), min_size=1, max_size=3), st.integers(-50, 50), st.integers(0, 60))
def test_a_range_equals_simpleitks(image, places, low, width):
    image = image.astype(np.float64)
    seeds = [tuple(int(i) for i in np.unravel_index(place % image.size, image.shape)) for place in places]
    expected = SimpleITK.ConnectedThreshold(
        SimpleITK.GetImageFromArray(image), [seed[::-1] for seed in seeds], low, low + width
    )
    ours = region_growing(image, seeds=seeds, low=low, high=low + width)
    assert np.array_equal(ours, SimpleITK.GetArrayFromImage(expected) == 1)


@pytest.mark.parametrize("shape", [(30, 40), (10, 12, 14)])
@pytest.mark.parametrize("multiplier", [1.5, 2.5])
@pytest.mark.parametrize("steps", [0, 1, 4])
def test_confidence_equals_simpleitks(shape, multiplier, steps):
    rng = np.random.default_rng(0)
    image = rng.normal(0, 1, shape)
    image[tuple(slice(n // 4, -n // 4) for n in shape)] += 8
    seeds = [tuple(n // 2 for n in shape), tuple(n // 3 for n in shape)]
    expected = SimpleITK.ConfidenceConnected(
        SimpleITK.GetImageFromArray(image), [seed[::-1] for seed in seeds], steps, multiplier, 2, 1
    )
    ours = confidence_growing(image, seeds=seeds, multiplier=multiplier, steps=steps, radius=2)
    assert np.array_equal(ours, SimpleITK.GetArrayFromImage(expected) == 1)


def test_several_seeds_have_each_their_own_range():
    image = np.array([[0, 1, 9, 10, 4]])
    assert region_growing(image, seeds=[(0, 0), (0, 3)], tolerance=1).tolist() == [[True] * 4 + [False]]


def test_unsigned_differences_do_not_wrap():
    image = np.array([[250, 3]], np.uint8)
    assert region_growing(image, seeds=(0, 0), tolerance=10).tolist() == [[True, False]]


def test_a_seed_out_of_range_has_no_region():
    assert not region_growing([[1, 2]], seeds=(0, 0), low=2).any()


def test_confidence_of_a_constant_region_is_that_region():
    assert confidence_growing(np.kron(np.eye(2), np.ones((5, 5))), seeds=(2, 2)).sum() == 25


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"seeds": (0, 0)}, "tolerance or a range"),
        ({"seeds": (0, 0), "tolerance": 1, "low": 0}, "tolerance or a range"),
        ({"seeds": (0, 0), "tolerance": -1}, "zero or positive"),
        ({"seeds": (0, 0), "low": 2, "high": 1}, "must not be above"),
        ({"seeds": (0, 3), "tolerance": 1}, "inside the image"),
        ({"seeds": (0, -1), "tolerance": 1}, "inside the image"),
        ({"seeds": (0,), "tolerance": 1}, "2 integers"),
        ({"seeds": (0, 1.5), "tolerance": 1}, "2 integers"),
        ({"seeds": (0, 0), "tolerance": 1, "connectivity": 3}, "connectivity"),
    ],
)
def test_bad_input(options, message):
    with pytest.raises(ValueError, match=message):
        region_growing(np.zeros((3, 3)), **options)


def test_bad_input_of_confidence():
    with pytest.raises(ValueError, match="2 or 3 axes"):
        confidence_growing(np.zeros(3), seeds=(0,))
    with pytest.raises(ValueError, match="radius"):
        confidence_growing(np.zeros((3, 3)), seeds=(0, 0), radius=0)
