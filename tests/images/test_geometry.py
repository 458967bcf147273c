import itertools

import nibabel
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.images import Image
from workbench.images.geometry import (
    OPPOSITE,
    affine_from_spacing,
    is_affine,
    orientation_code,
    reorder,
    respaced,
    spacing_of,
)

CODES = [
    "".join(letters)
    for order in itertools.permutations(("RL", "AP", "IS"))
    for letters in itertools.product(*order)
]
OBLIQUE = nibabel.affines.from_matvec(
    nibabel.eulerangles.euler2mat(0.2, -0.3, 0.1) @ [[0, 0, 0.7], [0, 0.8, 0], [2.5, 0, 0]], (-10, 20, -30)
)


def place(affine, index):
    return (affine @ (*index, 1))[:3]


def test_there_are_48_codes():
    assert len(CODES) == len(set(CODES)) == 48


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("affine", [affine_from_spacing((5, 2, 1)), OBLIQUE], ids=["straight", "oblique"])
def test_reordering_keeps_each_voxel_at_its_place(code, affine):
    volume = Image(np.arange(24).reshape(2, 3, 4), affine=affine)
    moved = volume.oriented(code)
    assert moved.orientation == code
    for value in (0, 7, 23):
        before = place(volume.affine, np.argwhere(volume.pixels == value)[0])
        after = place(moved.affine, np.argwhere(moved.pixels == value)[0])
        np.testing.assert_allclose(after, before, atol=1e-9)


@pytest.mark.parametrize("code", CODES)
def test_reordering_back_is_exact(code):
    volume = Image(np.arange(24).reshape(2, 3, 4), affine=OBLIQUE)
    back = volume.oriented(code).oriented(volume.orientation)
    np.testing.assert_array_equal(back, volume)
    np.testing.assert_allclose(back.affine, volume.affine, atol=1e-9)
    assert [str(step) for step in back.history] == [
        f"Image.oriented(code={code!r})",
        f"Image.oriented(code={volume.orientation!r})",
    ]


@pytest.mark.parametrize("code", CODES)
def test_reordering_equals_nibabels_closest_canonical(code):
    volume = Image(np.arange(24).reshape(2, 3, 4), affine=affine_from_spacing((5, 2, 1))).oriented(code)
    flip, reverse = np.diag([-1.0, -1.0, 1.0, 1.0]), np.eye(4)[[2, 1, 0, 3]]
    canonical = nibabel.as_closest_canonical(
        nibabel.Nifti1Image(volume.pixels.T, flip @ volume.affine @ reverse, dtype=np.int64)
    )
    ours = volume.oriented("SAR")
    np.testing.assert_array_equal(ours.pixels, np.asarray(canonical.dataobj).T)
    np.testing.assert_allclose(flip @ ours.affine @ reverse, canonical.affine)


def test_channels_travel_with_their_voxel():
    pixels = np.arange(72).reshape(2, 3, 4, 3)
    moved = Image(pixels, affine=affine_from_spacing((5, 2, 1)), channel_axis=-1).oriented("RPI")
    assert (moved.shape, moved.channel_axis, moved.spacing) == ((4, 3, 2, 3), 3, (1, 2, 5))
    np.testing.assert_array_equal(moved.pixels[0, 0, 0], pixels[1, 0, 3])


@pytest.mark.parametrize("code", ["", "SP", "SPLS", "SPS", "spl", "XYZ", "SIL"])
def test_reorder_refuses_a_code_that_is_no_orientation(code):
    with pytest.raises(ValueError, match="R/L, A/P and I/S"):
        reorder(np.zeros((1, 1, 1)), np.eye(4), code)


@given(
    st.sampled_from(CODES),
    st.tuples(*[st.floats(1e-4, 1e3)] * 3),
    st.tuples(*[st.floats(-0.6, 0.6)] * 3),
)
@settings(deadline=None, max_examples=50)
def test_code_names_the_dominant_direction(code, spacing, angles):
    axes = np.array([[{"L": 0, "R": 0, "P": 1, "A": 1}.get(c, 2), 1 if c in "LPS" else -1] for c in code])
    straight = np.zeros((3, 3))
    straight[axes[:, 0], range(3)] = axes[:, 1] * np.array(spacing)
    affine = nibabel.affines.from_matvec(nibabel.eulerangles.euler2mat(*(0.5 * a for a in angles)) @ straight)
    assert orientation_code(affine) == code
    np.testing.assert_allclose(spacing_of(affine), spacing)
    assert is_affine(affine)


@pytest.mark.parametrize("spacing", [(1,), (1, 1, 1, 1), (0, 1), (-1, 1), (np.nan, 1), (np.inf, 1), ()])
def test_affine_from_spacing_refuses(spacing):
    with pytest.raises(ValueError, match="2 or 3 positive numbers in mm"):
        affine_from_spacing(spacing)


@pytest.mark.parametrize(
    "matrix",
    [
        np.eye(3),
        np.zeros((4, 4)),
        np.full((4, 4), np.nan),
        np.diag([1.0, 1, 0, 1]),
        np.diag([1.0, 1, 1, 2]),
        [[1.0, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]],
    ],
)
def test_is_affine_refuses(matrix):
    assert not is_affine(np.asarray(matrix))


def test_respaced_keeps_directions_and_origin():
    changed = respaced(OBLIQUE, (1, 2, 3))
    np.testing.assert_allclose(spacing_of(changed), (1, 2, 3))
    np.testing.assert_allclose(changed[:3, 3], OBLIQUE[:3, 3])
    for axis in range(3):
        np.testing.assert_allclose(np.cross(changed[:3, axis], OBLIQUE[:3, axis]), 0, atol=1e-12)
        assert changed[:3, axis] @ OBLIQUE[:3, axis] > 0


def test_opposites():
    assert all(OPPOSITE[OPPOSITE[letter]] == letter != OPPOSITE[letter] for letter in "RLAPIS")
