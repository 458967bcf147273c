import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.ndimage import affine_transform, shift

from workbench.images import Image
from workbench.images.geometry import affine_from_spacing
from workbench.registration import Alignment, Deformation, Grid, RegistrationError, load

RNG = np.random.default_rng(0)
SMALL = st.floats(-0.4, 0.4)


def alignment(matrix, shape, **fields):
    grid = Grid.of(np.zeros(shape))
    return Alignment(np.asarray(matrix, float), fixed=grid, moving=grid, **fields)


@st.composite
def bent(draw):
    """An affine map and a deformation that cannot fold: its coefficients stay below 0.4 of the knots' distance."""
    ndim = draw(st.sampled_from([2, 3]))
    matrix = np.eye(ndim + 1)
    matrix[:ndim] += 0.3 * draw(hnp.arrays(float, (ndim, ndim + 1), elements=SMALL))
    step = draw(st.floats(4, 9))
    coefficients = step * draw(hnp.arrays(float, (ndim, *(6,) * ndim), elements=SMALL))
    field = Deformation(coefficients, origin=np.full(ndim, -step), step=np.full(ndim, step))
    return alignment(matrix, (20,) * ndim, deformation=field, transform="deformable")


@given(bent(), st.integers(0, 99))
@settings(deadline=None, max_examples=30)
def test_inverse_and_alignment_undo_each_other(one, seed):
    points = np.random.default_rng(seed).uniform(-5, 25, (20, one.fixed.ndim))
    there = one.apply_points(points)
    np.testing.assert_allclose(one.inverse().apply_points(there), points, atol=1e-2)
    np.testing.assert_allclose(one.inverse().inverse().apply_points(points), there, atol=1e-9)
    assert (one.jacobian() * np.linalg.det(one.matrix) > 0).all()


@given(bent())
@settings(deadline=None, max_examples=15)
def test_saved_and_loaded_are_equal_to_the_last_bit(tmp_path_factory, one):
    path = one.save(tmp_path_factory.mktemp("saved") / "one.json")
    again = load(path)
    image = RNG.random(one.moving.shape)
    np.testing.assert_array_equal(again.apply(image), one.apply(image))
    np.testing.assert_array_equal(again.matrix, one.matrix)
    assert again.deformation is not None
    assert (again.transform, again.inverted) == (one.transform, one.inverted)


@pytest.mark.parametrize("interpolation", ["nearest", "linear", "cubic"])
@pytest.mark.parametrize("ndim", [2, 3])
def test_a_whole_shift_moves_every_value_exactly(ndim, interpolation):
    image = RNG.random((9, 8, 7)[:ndim])
    matrix = np.eye(ndim + 1)
    matrix[:ndim, ndim] = (2, -1, 3)[:ndim]
    made = alignment(matrix, image.shape).apply(image, interpolation=interpolation, fill=-1)
    np.testing.assert_allclose(made, shift(image, (2, -1, 3)[:ndim], order=0, cval=-1), atol=1e-6)


@pytest.mark.parametrize("interpolation", ["linear", "cubic"])
def test_values_between_voxels_equal_scipys(interpolation):
    image = RNG.random((30, 34))
    matrix = np.array([[0.9, 0.2, 2], [-0.15, 1.1, -3], [0, 0, 1]])
    order = {"linear": 1, "cubic": 3}[interpolation]
    back = np.linalg.inv(matrix)
    expected = affine_transform(image, back[:2, :2], back[:2, 2], order=order, mode="mirror", cval=0)
    made = alignment(matrix, image.shape).apply(image, interpolation=interpolation)
    inside = affine_transform(np.ones_like(image), back[:2, :2], back[:2, 2], order=1) > 0.999
    np.testing.assert_allclose(made[inside], expected.clip(image.min(), image.max())[inside], atol=1e-6)


def test_a_deformation_and_the_matrix_agree_on_a_shift():
    image = RNG.random((16, 16))
    field = Deformation(np.full((2, 30, 30), 1.25), origin=np.full(2, -30.0), step=np.full(2, 3.0))
    matrix = np.eye(3)
    matrix[:2, 2] = -1.25
    one, other = alignment(np.eye(3), (16, 16), deformation=field), alignment(matrix, (16, 16))
    for interpolation in ("linear", "nearest"):
        np.testing.assert_allclose(
            one.apply(image, interpolation=interpolation),
            other.apply(image, interpolation=interpolation),
            atol=1e-6,
        )
    np.testing.assert_allclose(one.apply_points([[5.0, 6]]), [[3.75, 4.75]], atol=1e-3)
    np.testing.assert_allclose(one.jacobian(), 1, atol=1e-6)


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int16, np.int64, np.float32, np.float16])
def test_masks_keep_their_dtype_and_values(dtype):
    image = (RNG.random((8, 8)) * 3).astype(dtype)
    made = alignment(np.eye(3), (8, 8)).apply(image, interpolation="nearest")
    np.testing.assert_array_equal(made, image)
    assert made.dtype == dtype


def test_channels_move_together():
    image = RNG.random((8, 9, 3))
    one = alignment([[1, 0, 1], [0, 1, 0], [0, 0, 1]], (8, 9))
    made = one.apply(image, channel_axis=-1)
    assert made.shape == image.shape
    np.testing.assert_allclose(made[..., 1], one.apply(image[..., 1], fill=image.min()))


def test_an_image_gets_the_grid_it_was_asked_for():
    moving = Image(RNG.random((6, 7, 8)), affine=affine_from_spacing((3, 2, 1)), units="HU", modality="CT")
    like = Image(np.zeros((3, 7, 16)), affine=affine_from_spacing((6, 2, 0.5)))
    grid = Grid.of(moving)
    made = Alignment(np.eye(4), fixed=grid, moving=grid).apply(moving, like=like)
    np.testing.assert_array_equal(made.affine, like.affine)
    np.testing.assert_allclose(made.pixels[:, :, ::2], moving.pixels[::2])
    assert (made.units, made.history[-1].function) == ("HU", "registration.Alignment.apply")


def test_other_worlds_are_refused():
    one = alignment(np.eye(3), (8, 8))
    placed = Image(np.ones((8, 8)), affine=np.eye(4))
    with pytest.raises(ValueError, match="moving image's shape"):
        one.apply(np.ones((9, 8)))
    with pytest.raises(ValueError, match="moving image's shape"):
        one.apply(placed)
    with pytest.raises(ValueError, match="like has an affine"):
        one.apply(np.ones((8, 8)), like=placed)
    with pytest.raises(ValueError, match="2 spatial axes"):
        one.apply(np.ones((8, 8)), like=np.ones((8, 8, 8)))
    with pytest.raises(ValueError, match="interpolation must be"):
        one.apply(np.ones((8, 8)), interpolation="sinc")
    for points in ([[1, 2, 3]], [1, 2], [[np.nan, 1]]):
        with pytest.raises(ValueError, match="points must be"):
            one.apply_points(points)


def test_a_slice_stays_in_its_plane():
    affine = np.array([[0, 0, 1.0, 0], [0, 1, 0, 0], [5, 0, 0, 10], [0, 0, 0, 1]])
    image = Image(RNG.random((8, 8)), affine=affine)
    above = affine.copy()
    above[2, 3] += 5
    grid = Grid.of(image)
    one = Alignment(np.eye(4), fixed=grid, moving=grid)
    np.testing.assert_allclose(one.apply(image), image)
    with pytest.raises(ValueError, match="another plane"):
        one.apply(image, like=Image(np.ones((8, 8)), affine=above))


def test_a_folding_deformation_says_so():
    steep = Deformation(
        np.where(np.indices((2, 9, 9))[0] % 2, 9.0, -9.0), origin=np.zeros(2), step=np.full(2, 2.0)
    )
    with pytest.raises(RegistrationError, match="cannot be inverted"):
        steep.undo(RNG.uniform(2, 12, (50, 2)))


def test_other_files_are_refused(tmp_path):
    path = tmp_path / "other.json"
    for text in ("{}", "[1]", "no json", json.dumps({"format": "workbench alignment 1", "fixed": 3})):
        path.write_text(text)
        with pytest.raises(ValueError, match=r"other\.json is not an alignment"):
            load(path)
    with pytest.raises(ValueError, match=r"saved as \.json"):
        alignment(np.eye(3), (8, 8)).save(tmp_path / "one.pkl")
