import hypothesis.extra.numpy as arrays
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage
from skimage import measure, morphology

from workbench.compiled import components
from workbench.images import Image
from workbench.segmentation import fill_holes, label, largest_region, remove_small

SETTINGS = settings(deadline=None, max_examples=50)
MASKS = arrays.arrays(np.bool_, arrays.array_shapes(min_dims=1, max_dims=3, max_side=7))


@pytest.fixture(params=["one thread", "threads"])
def threads(request, monkeypatch):
    if request.param == "threads":
        monkeypatch.setattr(components, "LEAST_VOXELS", 0)


@pytest.mark.usefixtures("threads")
def test_labels_equal_scipys_and_scikit_images():
    rng = np.random.default_rng(0)
    for _ in range(150):
        mask = rng.random(rng.integers(1, 9, rng.integers(1, 4))) < rng.random()
        for connectivity in range(1, mask.ndim + 1):
            expected, _ = ndimage.label(mask, ndimage.generate_binary_structure(mask.ndim, connectivity))
            assert np.array_equal(label(mask, connectivity=connectivity), expected)
            if mask.ndim > 1:
                assert np.array_equal(expected, measure.label(mask, connectivity=connectivity))


@SETTINGS
@given(MASKS)
def test_holes_equal_scipys(mask):
    before = mask.copy()
    filled = fill_holes(mask)
    assert np.array_equal(filled, ndimage.binary_fill_holes(mask))
    assert (mask <= filled).all()
    assert np.array_equal(fill_holes(filled), filled)
    assert np.array_equal(mask, before)


@SETTINGS
@given(MASKS, st.integers(0, 6), st.integers(1, 3))
def test_small_regions_go_as_scikit_image_says(mask, size, connectivity):
    connectivity = min(connectivity, mask.ndim)
    labels, _ = ndimage.label(mask, ndimage.generate_binary_structure(mask.ndim, connectivity))
    expected = mask & (np.bincount(labels.ravel())[labels] >= size)
    assert np.array_equal(remove_small(mask, size=size, connectivity=connectivity), expected)
    if size and mask.ndim > 1:
        theirs = morphology.remove_small_objects(mask, max_size=size - 1, connectivity=connectivity)
        assert np.array_equal(expected, theirs)


@pytest.mark.parametrize("shape", [(20, 20), (9, 9, 9)])
def test_the_largest_region_is_scikit_images(shape):
    mask = np.random.default_rng(1).random(shape) < 0.35
    labels = measure.label(mask, connectivity=1)
    sizes = np.bincount(labels[mask])
    assert np.array_equal(largest_region(mask), labels == sizes.argmax())


@SETTINGS
@given(MASKS, st.integers(0, 2))
def test_a_flipped_mask_has_as_many_regions(mask, axis):
    assert label(mask).max() == label(np.flip(mask, axis % mask.ndim)).max()


def test_regions_that_touch_at_corners_are_two():
    assert largest_region(np.eye(3)).tolist() == [[True, False, False], [False] * 3, [False] * 3]
    assert largest_region(np.eye(3), connectivity=2).sum() == 3


def test_holes_are_filled_and_bays_are_not():
    ring = np.ones((5, 5), bool)
    ring[1:4, 1:4] = False
    assert fill_holes(ring).all()
    ring[0, 2] = False
    assert np.array_equal(fill_holes(ring), ring)
    leak = np.ones((4, 4), bool)
    leak[1, 1] = leak[0, 0] = False
    assert fill_holes(leak)[1, 1]
    assert not fill_holes(leak, connectivity=2)[1, 1]


def test_a_volume_is_in_millimetres():
    mask = np.array([[1, 0, 1, 1]])
    assert remove_small(Image(mask, spacing=(0.5, 2.0)), volume=2.0).sum() == 2
    assert remove_small(mask, volume=1.0, spacing=(0.5, 2.0)).sum() == 3
    # Three voxels of 0.1 are 0.30000000000000004, and 0.3 is meant to keep them.
    assert remove_small(np.ones((1, 3)), volume=0.3, spacing=(0.1, 1)).sum() == 3


def test_bad_input():
    with pytest.raises(ValueError, match="empty mask"):
        largest_region(np.zeros((3, 3)))
    with pytest.raises(ValueError, match="finite"):
        fill_holes([[np.nan]])
    with pytest.raises(ValueError, match="1 to 3 axes"):
        label(np.ones((2, 2, 2, 2)))
    for connectivity in (0, 3, 1.5):
        with pytest.raises(ValueError, match="connectivity must be"):
            label(np.ones((2, 2)), connectivity=connectivity)
    for options in ({}, {"size": 2, "volume": 2.0}):
        with pytest.raises(ValueError, match="expected size"):
            remove_small(np.ones((2, 2)), **options)
    with pytest.raises(ValueError, match="zero or positive"):
        remove_small(np.ones((2, 2)), size=-1)
    with pytest.raises(ValueError, match="give spacing"):
        remove_small(np.ones((2, 2)), volume=1.0)
    with pytest.raises(ValueError, match="spacing must be"):
        remove_small(np.ones((2, 2)), volume=1.0, spacing=(1.0,))
