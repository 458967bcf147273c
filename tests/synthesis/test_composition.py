import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image as Picture

from workbench.images import Image
from workbench.images.geometry import affine_from_spacing
from workbench.synthesis import blend, checkerboard, composite, soft_ball, stitch

RNG = np.random.default_rng(0)
SHAPES = hnp.array_shapes(min_dims=2, max_dims=3, max_side=6)
VALUES = st.floats(-1e4, 1e4, width=32)


@st.composite
def stacks(draw, count, dtype=np.float64, elements=VALUES):
    return draw(hnp.arrays(dtype, (count, *draw(SHAPES)), elements=elements))


@given(stacks(2), st.data())
@settings(deadline=None, max_examples=50)
def test_composite_is_its_formula_and_never_leaves_the_range(pair, data):
    first, second = pair
    mask = data.draw(hnp.arrays(np.float64, first.shape, elements=st.floats(0, 1)))
    before = first.copy(), second.copy(), mask.copy()
    composed = composite(first, second, mask)
    np.testing.assert_allclose(composed, first * mask + second * (1 - mask), rtol=1e-12, atol=1e-8)
    assert (composed >= np.minimum(first, second)).all()
    assert (composed <= np.maximum(first, second)).all()
    for array, old in zip((first, second, mask), before, strict=True):
        np.testing.assert_array_equal(array, old)


@given(stacks(2))
@settings(deadline=None, max_examples=30)
def test_exchanging_images_and_inverting_the_mask_changes_nothing(pair):
    mask = checkerboard(pair[0].shape, size=2)
    np.testing.assert_array_equal(composite(pair[0], pair[1], mask), composite(pair[1], pair[0], ~mask))
    np.testing.assert_array_equal(composite(pair[0], pair[0], np.full(pair[0].shape, 0.3)), pair[0])


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.float32, np.float64, bool])
def test_a_hard_mask_keeps_dtype_and_values(dtype):
    first, second = (RNG.random((2, 5, 6)) * 200).astype(dtype)
    mask = RNG.random((5, 6)) > 0.5
    for kind in (bool, np.uint8, int):
        composed = composite(first, second, mask.astype(kind))
        assert composed.dtype == dtype
        np.testing.assert_array_equal(composed[mask], first[mask])
        np.testing.assert_array_equal(composed[~mask], second[~mask])


def test_a_soft_mask_equals_pillows_on_bytes():
    first, second, mask = RNG.integers(0, 256, (3, 30, 40), dtype=np.uint8)
    expected = Picture.composite(*(Picture.fromarray(array) for array in (first, second, mask)))
    composed = composite(first, second, mask / 255)
    assert composed.dtype == np.float64
    np.testing.assert_allclose(composed, np.asarray(expected), atol=1)


def test_small_integers_do_not_wrap():
    assert composite(np.uint8([[200]]), np.uint8([[250]]), [[0.5]]) == 225
    assert composite(np.int8([[-100]]), np.int8([[100]]), [[0.25]]) == 50


def test_channels_share_one_mask():
    first, second = RNG.integers(0, 256, (2, 4, 5, 3), dtype=np.uint8)
    mask = RNG.random((4, 5)) > 0.5
    expected = np.where(mask[..., None], first, second)
    np.testing.assert_array_equal(composite(first, second, mask, channel_axis=-1), expected)
    coloured = composite(first, Image(second, channel_axis=-1), mask)
    np.testing.assert_array_equal(coloured, expected)
    assert coloured.channel_axis == 2
    with pytest.raises(ValueError, match="same shape"):
        composite(first, second, mask)


@pytest.mark.parametrize("mask", [[[1.5]], [[-0.1]], [[2]], [[np.nan]]])
def test_a_mask_outside_0_to_1_is_refused(mask):
    with pytest.raises(ValueError, match=r"mask must (lie from 0 to 1|be finite)"):
        composite([[1.0]], [[2.0]], mask)


@given(stacks(3), st.tuples(*[st.floats(0, 1)] * 3).filter(lambda w: sum(w) > 0.1))
@settings(deadline=None, max_examples=50)
def test_blend_is_the_average_of_numpy_and_keeps_the_mean(images, weights):
    weights = np.array(weights) / sum(weights)
    blended = blend(images, weights)
    np.testing.assert_allclose(blended, np.average(images, axis=0, weights=weights), rtol=1e-9, atol=1e-6)
    np.testing.assert_allclose(blended.mean(), weights @ [image.mean() for image in images], rtol=1e-9, atol=1e-6)


def test_blend_equals_pillows_on_bytes():
    first, second = RNG.integers(0, 256, (2, 30, 40), dtype=np.uint8)
    expected = np.asarray(Picture.blend(Picture.fromarray(second), Picture.fromarray(first), 0.3))
    np.testing.assert_allclose(blend([first, second], (0.3, 0.7)), expected, atol=1)


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [(np.uint8, "f4"), (np.int16, "f4"), (np.int32, "f8"), (np.float32, "f4"), (np.float64, "f8"), (bool, "f4")],
)
def test_blend_is_floating(dtype, expected):
    ones = np.ones((2, 2), dtype)
    assert blend([ones, ones], (0.5, 0.5)).dtype == expected


def test_one_image_blends_to_itself():
    np.testing.assert_array_equal(blend([[[1.0, 2.0]]], [1]), [[1, 2]])


@pytest.mark.parametrize("weights", [(0.5, 0.6), (1.5, -0.5), (1,), (np.nan, 1), (0, 0), (0.2, 0.3, 0.5)])
def test_weights_that_are_no_shares_are_refused(weights):
    with pytest.raises(ValueError, match="weights must"):
        blend(np.ones((2, 2, 2)), weights)


@pytest.mark.parametrize("function", [lambda images: blend(images, []), stitch])
def test_nothing_is_refused(function):
    with pytest.raises(ValueError, match="at least one image"):
        function([])


@given(
    st.lists(st.integers(1, 5), min_size=1, max_size=4),
    st.integers(0, 3),
    st.sampled_from([(0, 2), (1, 2), (-1, 2), (0, 3), (2, 3), (-2, 3)]),
)
@settings(deadline=None, max_examples=50)
def test_stitched_parts_come_back_unchanged(lengths, gap, where):
    axis, ndim = where
    images = []
    for length in lengths:
        shape = [3] * ndim
        shape[axis] = length
        images.append(RNG.integers(0, 100, shape).astype(np.int16))
    stitched = stitch(images, axis=axis, gap=gap, background=-7)
    assert stitched.dtype == np.int16
    assert stitched.shape[axis] == sum(lengths) + gap * (len(lengths) - 1)
    start = 0
    for image in images:
        part = stitched.take(range(start, start + image.shape[axis]), axis=axis)
        np.testing.assert_array_equal(part, image)
        start += image.shape[axis] + gap
    assert (stitched == -7).sum() == gap * (len(lengths) - 1) * 3 ** (ndim - 1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"gap": 1}, "needs a background"),
        ({"gap": -1}, "0 or more"),
        ({"gap": 1, "background": 300}, "cannot be held by uint8"),
        ({"gap": 1, "background": -1}, "cannot be held by uint8"),
        ({"gap": 1, "background": 0.5}, "cannot be held by uint8"),
        ({"gap": 1, "background": np.nan}, "cannot be held by uint8"),
        ({"axis": 2}, "axis must name"),
    ],
)
def test_stitch_refuses(options, message):
    with pytest.raises(ValueError, match=message):
        stitch([np.ones((2, 2), np.uint8)] * 2, **options)


def test_other_heights_are_not_scaled():
    with pytest.raises(ValueError, match="crop, pad or resize them first"):
        stitch([np.ones((2, 2)), np.ones((3, 2))])
    with pytest.raises(ValueError, match="crop, pad or resize them first"):
        stitch([np.ones((2, 2)), np.ones((2, 2, 2))])


def at(shift=0.0, **fields):
    affine = affine_from_spacing((5, 2, 1))
    affine[0, 3] = shift
    return Image(RNG.random((3, 4)), affine=affine, **({"modality": "CT", "units": "HU"} | fields))


def test_images_on_one_grid_give_an_image():
    mask = Image(np.ones((3, 4)), affine=at().affine)
    for made in (
        composite(at(), at(), mask),
        blend([at(), at()], (0.5, 0.5)),
        composite(np.ones((3, 4)), at(), mask),
    ):
        np.testing.assert_array_equal(made.affine, at().affine)
        assert (made.modality, made.units) == ("CT", "HU")
        assert made.history[-1].function.startswith("synthesis.")


def test_other_grids_and_units_are_refused():
    functions = (
        lambda a, b: composite(a, b, np.ones((3, 4))),
        lambda a, b: blend([a, b], (0.5, 0.5)),
    )
    for function in functions:
        with pytest.raises(ValueError, match="one grid"):
            function(at(), at(shift=1))
        with pytest.raises(ValueError, match="same units"):
            function(at(), at(units="SUV"))
    with pytest.raises(ValueError, match="one grid"):
        composite(at(), at(), Image(np.ones((3, 4)), affine=at(shift=1).affine))


def test_two_modalities_make_a_third():
    assert blend([at(), at(modality="PT")], (0.5, 0.5)).modality == "OT"


def test_a_mask_alone_makes_no_image():
    made = composite(np.ones((3, 4)), np.zeros((3, 4)), Image(np.ones((3, 4)), affine=at().affine))
    assert isinstance(made, np.ndarray)


def test_halves_are_stitched_with_their_affine():
    whole = at(shift=7)
    halves = [whole.replace(pixels=whole.pixels[:, :1]), at(shift=8).replace(pixels=whole.pixels[:, 1:])]
    stitched = stitch(halves)
    np.testing.assert_array_equal(stitched, whole)
    np.testing.assert_array_equal(stitched.affine, whole.affine)
    assert stitched.units == "HU"


@pytest.mark.parametrize("options", [{}, {"gap": 2, "background": 0}])
def test_pictures_side_by_side_have_no_affine(options):
    stitched = stitch([at(), at()], **options)
    assert (stitched.affine, stitched.spacing, stitched.modality) == (None, None, "CT")
    assert isinstance(stitch([at(), np.ones((3, 4))]), Image)


@pytest.mark.parametrize("field", [{"modality": "MR"}, {"units": ""}, {"affine": None}, {"spacing": (2, 3)}])
def test_stitch_refuses_other_kinds(field):
    with pytest.raises(ValueError, match="must have the same"):
        stitch([at(), at().replace(**field)])


def test_channels_are_not_stitched_along():
    coloured = Image(np.ones((2, 2, 3)), channel_axis=-1)
    assert stitch([coloured, coloured]).shape == (2, 4, 3)
    for images, axis in (([coloured, coloured], 2), ([coloured, Image(np.ones((2, 2, 3)))], 0)):
        with pytest.raises(ValueError, match="axis must be spatial"):
            stitch(images, axis=axis)


@given(hnp.array_shapes(min_dims=1, max_dims=3, max_side=9), st.integers(1, 5))
@settings(deadline=None, max_examples=40)
def test_checkerboard_is_its_definition(shape, size):
    board = checkerboard(shape, size=size)
    assert (board.shape, board.dtype) == (shape, bool)
    for index in np.ndindex(shape):
        assert board[index] == (sum(i // size for i in index) % 2 == 0)


def test_checkerboard_refuses():
    with pytest.raises(ValueError, match="positive number of voxels"):
        checkerboard((2, 2), size=0)


@pytest.mark.parametrize(("shape", "center"), [((20, 30), (8, 12.5)), ((9, 10, 11), (4, 5, 6))])
def test_a_soft_ball_is_its_definition(shape, center):
    mask = soft_ball(shape, center=center, radius=3, softness=0.7)
    for index in np.ndindex(shape):
        distance = np.linalg.norm(np.subtract(index, center))
        assert mask[index] == pytest.approx(1 / (1 + np.exp((distance - 3) / 0.7)))


def test_a_very_thin_border_is_a_hard_one():
    mask = soft_ball((9, 9), center=(4, 4), radius=2.5, softness=1e-9)
    rows, columns = np.indices((9, 9))
    np.testing.assert_array_equal(mask, np.hypot(rows - 4, columns - 4) < 2.5)


@pytest.mark.parametrize(
    "wrong", [{"softness": 0}, {"softness": np.nan}, {"radius": -1}, {"center": (1,)}, {"center": (1, 2, 3)}]
)
def test_soft_ball_refuses(wrong):
    with pytest.raises(ValueError, match=r"must (be a positive number of voxels|have one entry)"):
        soft_ball((4, 4), **({"center": (1, 1), "radius": 1, "softness": 1} | wrong))
