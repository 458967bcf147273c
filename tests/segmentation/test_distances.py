import hypothesis.extra.numpy as arrays
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import ndimage

from workbench.compiled import distances
from workbench.images import Image
from workbench.segmentation import distance_transform

SETTINGS = settings(deadline=None, max_examples=50)
MASKS = arrays.arrays(np.bool_, arrays.array_shapes(min_dims=1, max_dims=3, max_side=9))


@SETTINGS
@given(MASKS, st.tuples(*[st.sampled_from([0.3, 0.7, 1.0, 2.5])] * 3))
def test_distances_equal_scipys(mask, spacing):
    assume(not mask.all())
    before = mask.copy()
    assert np.array_equal(distance_transform(mask), ndimage.distance_transform_edt(mask))
    spacing = spacing[: mask.ndim]
    expected = ndimage.distance_transform_edt(mask, spacing)
    np.testing.assert_allclose(distance_transform(mask, spacing=spacing), expected, rtol=1e-12)
    assert np.array_equal(mask, before)


def test_threads_change_nothing(monkeypatch):
    mask = np.random.default_rng(0).random((9, 10, 37)) < 0.95
    expected = distance_transform(mask, spacing=(2.0, 0.5, 1.0))
    monkeypatch.setattr(distances, "LEAST_VOXELS", 0)
    assert np.array_equal(distance_transform(mask, spacing=(2.0, 0.5, 1.0)), expected)


def test_one_voxel_outside_gives_the_distance_to_it():
    mask = np.ones((20, 30), bool)
    mask[5, 7] = False
    rows, columns = np.indices(mask.shape)
    assert np.allclose(distance_transform(mask), np.hypot(rows - 5, columns - 7), rtol=1e-14)


def test_the_border_of_the_image_is_not_the_border_of_the_mask():
    mask = np.ones((3, 9), bool)
    mask[:, 0] = False
    assert np.array_equal(distance_transform(mask), np.broadcast_to(np.arange(9.0), (3, 9)))


def test_an_image_brings_its_spacing():
    mask = np.array([[0, 1], [1, 1]])
    expected = [[0.0, 0.5], [2.0, np.hypot(2, 0.5)]]
    assert np.allclose(distance_transform(Image(mask, spacing=(2.0, 0.5))), expected)


def test_bad_input():
    with pytest.raises(ValueError, match="full mask"):
        distance_transform(np.ones((2, 2)))
    with pytest.raises(ValueError, match="1 to 3 axes"):
        distance_transform(np.zeros((1, 1, 1, 1)))
    for spacing in ((1.0,), (1.0, 0.0), (1.0, np.inf)):
        with pytest.raises(ValueError, match="spacing must be 2 positive"):
            distance_transform(np.zeros((2, 2)), spacing=spacing)
