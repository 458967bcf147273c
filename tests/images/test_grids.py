import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.images.geometry import reorder
from workbench.images.grids import displacement, in_order_of, matched, nearest

from .test_geometry import CODES, OBLIQUE
from .test_writing import affines


@pytest.mark.parametrize("code", CODES)
def test_every_order_of_axes_is_undone_exactly(code):
    pixels = np.arange(24).reshape(2, 3, 4)
    stored, affine = reorder(pixels, OBLIQUE, code)
    ordered, own = in_order_of(stored, affine, OBLIQUE)
    np.testing.assert_array_equal(ordered, pixels)
    np.testing.assert_allclose(own, OBLIQUE, atol=1e-9)
    np.testing.assert_array_equal(matched(stored, affine, OBLIQUE, (2, 3, 4)), pixels)


def test_displacement_is_that_of_the_farthest_voxel():
    other = OBLIQUE.copy()
    other[:3, 2] *= 1.01
    assert displacement(OBLIQUE, other, (2, 3, 101)) == pytest.approx(np.linalg.norm(OBLIQUE[:3, 2]))
    assert displacement(OBLIQUE, OBLIQUE, (2, 3, 101)) == 0


def test_what_does_not_match_says_by_how_much():
    with pytest.raises(ValueError, match=r"its shape is \(1, 2, 4\) .* that of like \(1, 2, 3\)"):
        matched(np.zeros((1, 2, 4)), OBLIQUE, OBLIQUE, (1, 2, 3))
    shifted = OBLIQUE.copy()
    shifted[0, 3] += 0.0021
    with pytest.raises(ValueError, match=r"up to 0\.0021 mm away"):
        matched(np.zeros((1, 2, 3)), shifted, OBLIQUE, (1, 2, 3))
    shifted[0, 3] = OBLIQUE[0, 3] + 0.0009
    matched(np.zeros((1, 2, 3)), shifted, OBLIQUE, (1, 2, 3))


@given(affines(), st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=50)
def test_nearest_is_the_voxel_whose_cell_holds_the_centre(affine, seed):
    rng = np.random.default_rng(seed)
    pixels = rng.integers(1, 200, (3, 4, 5), dtype=np.uint8)
    between = np.diag([*rng.uniform(0.4, 1.5, 3), 1]) + np.pad(rng.uniform(-0.2, 0.2, (3, 4)), ((0, 1), (0, 0)))
    found = nearest(pixels, affine, affine @ between, (4, 3, 4))
    for index in np.ndindex(found.shape):
        at = np.linalg.solve(affine, affine @ between @ (*index, 1))[:3]
        if np.abs(at - np.floor(at) - 0.5).min() < 1e-6:
            continue
        cell = np.rint(at).astype(int)
        inside = ((cell >= 0) & (cell < pixels.shape)).all()
        assert found[index] == (pixels[tuple(cell)] if inside else 0)


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int16, np.uint16, np.int32, np.int64])
def test_resampling_keeps_labels_and_dtype(dtype):
    pixels = np.array([[[0, 1], [1, 0]]], dtype=dtype)
    found = nearest(pixels, OBLIQUE, OBLIQUE, pixels.shape)
    np.testing.assert_array_equal(found, pixels)
    assert found.dtype == dtype


def test_nothing_left_is_an_error():
    far = OBLIQUE.copy()
    far[:3, 3] += 1000
    with pytest.raises(ValueError, match="no labelled voxel"):
        nearest(np.ones((1, 2, 3), bool), OBLIQUE, far, (1, 2, 3))
    assert not nearest(np.zeros((1, 2, 3), bool), OBLIQUE, far, (1, 2, 3)).any()
