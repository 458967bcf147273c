import numpy as np
import pytest
from skimage.measure import label

from workbench.segmentation import fill_holes, largest_region


@pytest.mark.parametrize("shape", [(20, 20), (9, 9, 9)])
def test_the_largest_region_is_scikit_images(shape):
    mask = np.random.default_rng(1).random(shape) < 0.35
    labels = label(mask, connectivity=1)
    sizes = np.bincount(labels[mask])
    assert np.array_equal(largest_region(mask), labels == sizes.argmax())


def test_regions_that_touch_at_corners_are_two():
    assert largest_region(np.eye(3)).tolist() == [[True, False, False], [False] * 3, [False] * 3]


def test_holes_are_filled_and_bays_are_not():
    ring = np.ones((5, 5), bool)
    ring[1:4, 1:4] = False
    assert fill_holes(ring).all()
    ring[0, 2] = False
    assert np.array_equal(fill_holes(ring), ring)


def test_an_empty_mask_has_no_largest_region():
    with pytest.raises(ValueError, match="empty mask"):
        largest_region(np.zeros((3, 3)))
    with pytest.raises(ValueError, match="finite"):
        fill_holes([[np.nan]])
