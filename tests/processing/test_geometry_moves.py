"""Pad, crop to a mask, flip, resample, rotate, tile: every place in the patient keeps its value."""

import numpy as np
import pytest
import SimpleITK as sitk
import skimage.transform
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from workbench import processing
from workbench.images import Image

thorough = settings(deadline=None, max_examples=50)
shapes = st.lists(st.integers(1, 9), min_size=2, max_size=3)
volumes = st.lists(st.integers(2, 9), min_size=3, max_size=3)
orders = st.sampled_from([0, 1, 2, 3])
precisions = st.sampled_from([np.float32, np.float64])


def oblique(shape, spacing=(4.0, 0.7, 0.9)):
    """An image whose value is a linear function of its place in mm: 2 x - 3 y + 0.5 z."""
    turn, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))
    affine = np.eye(4)
    affine[:3, :3] = turn * spacing
    affine[:3, 3] = (-120, 30, 55)
    return Image(values_at(shape, affine), affine=affine)


def values_at(shape, affine):
    index = np.moveaxis(np.indices((1,) * (3 - len(shape)) + tuple(shape)), 0, -1)
    return (index @ affine[:3, :3].T + affine[:3, 3]).reshape((*shape, 3)) @ (2, -3, 0.5)


def noise(shape, seed=0):
    return np.random.default_rng(seed).normal(0, 100, shape)


@thorough
@given(st.data(), shapes)
def test_padding_keeps_every_voxel_in_its_place(data, shape):
    image = oblique(shape)
    before, after = (tuple(data.draw(st.integers(0, 3)) for _ in shape) for _ in range(2))
    padded = processing.pad(image, before=before, after=after, fill=-7)
    inner = tuple(slice(b, b + n) for b, n in zip(before, shape, strict=True))
    np.testing.assert_array_equal(padded.pixels[inner], image)
    np.testing.assert_allclose(values_at(padded.shape, padded.affine)[inner], image, atol=1e-9)
    assert np.count_nonzero(padded.pixels == -7) == padded.pixels.size - image.pixels.size
    back = processing.crop(padded, start=before, stop=np.add(before, shape))
    np.testing.assert_allclose(back.affine, image.affine, atol=1e-12)


@pytest.mark.parametrize(
    ("border", "mode"),
    [("reflect", "symmetric"), ("mirror", "reflect"), ("nearest", "edge"), ("wrap", "wrap")],
)
def test_padding_continues_as_numpy_does(border, mode):
    image = np.arange(12).reshape(3, 4).astype(np.uint8)
    padded = processing.pad(image, before=(1, 2), border=border)
    np.testing.assert_array_equal(padded, np.pad(image, ((1, 1), (2, 2)), mode=mode))
    assert padded.dtype == np.uint8


def test_air_comes_in_where_no_fill_is_given():
    ct = Image(np.array([[-1000, 40], [60, 80]], np.int16), units="HU")
    assert processing.pad(ct, before=(1, 1)).pixels[0, 0] == -1000
    assert processing.rotate(ct, angle=45, order=0).units == "HU"
    assert processing.rotate(np.pad(ct, 3, constant_values=50), angle=45)[0, 0] == -1000


@thorough
@given(st.data(), shapes, st.integers(0, 3))
def test_crop_to_mask_is_the_smallest_box(data, shape, margin):
    image = oblique(shape)
    mask = np.zeros(shape, bool)
    for _ in range(3):
        mask[tuple(data.draw(st.integers(0, n - 1)) for n in shape)] = True
    tight = processing.crop_to_mask(mask, mask=mask)
    assert all(tight.any(axis=tuple(set(range(mask.ndim)) - {axis}))[[0, -1]].all() for axis in range(mask.ndim))
    assert tight.sum() == mask.sum()
    loose = processing.crop_to_mask(image, mask=mask, margin=margin)
    np.testing.assert_allclose(values_at(loose.shape, loose.affine), loose, atol=1e-9)
    wanted = ndimage.find_objects(ndimage.maximum_filter(mask, 2 * margin + 1).astype(int))[0]
    np.testing.assert_array_equal(loose, image.pixels[wanted])


@thorough
@given(shapes, st.data())
def test_flipping_turns_the_array_and_not_the_patient(shape, data):
    image = oblique(shape)
    axis = data.draw(st.integers(0, len(shape) - 1))
    flipped = processing.flip(image, axis=axis)
    np.testing.assert_array_equal(flipped, np.flip(image.pixels, axis))
    np.testing.assert_allclose(values_at(shape, flipped.affine), flipped, atol=1e-9)
    again = processing.flip(flipped, axis=axis)
    np.testing.assert_array_equal(again, image)
    np.testing.assert_allclose(again.affine, image.affine, atol=1e-9)


@thorough
@given(volumes, st.tuples(*[st.floats(0.3, 4)] * 3), orders, precisions)
def test_resample_is_scipys_interpolation_at_the_new_places(shape, to, order, dtype):
    image, spacing = noise(shape).astype(dtype), (2.0, 0.7, 1.1)
    result = processing.resample(image, to=to, spacing=spacing, order=order)
    scale = np.divide(to, spacing)
    lengths = np.maximum(np.ceil(shape / scale - 1e-6), 1).astype(int)
    assert result.shape == tuple(lengths)
    places = [
        (n - 1) / 2 + k * (np.arange(m) - (m - 1) / 2) for n, m, k in zip(shape, lengths, scale, strict=True)
    ]
    if order == 0 and any(np.abs((p + 0.5) % 1).min() < 1e-9 for p in places):
        return  # halfway between two voxels, rounding decides
    places = [np.clip(p, 0, n - 1) if order < 2 else p for p, n in zip(places, shape, strict=True)]
    exact = image.astype(np.float64)
    truth = ndimage.map_coordinates(exact, np.meshgrid(*places, indexing="ij"), order=order, mode="nearest")
    truth = np.clip(truth, exact.min(), exact.max())
    tolerance = 1e-6 if dtype == np.float32 else 1e-12 if order < 2 else 1e-8
    np.testing.assert_allclose(result, truth, rtol=0, atol=tolerance * np.abs(exact).max())


@pytest.mark.parametrize(("order", "name"), [(0, sitk.sitkNearestNeighbor), (1, sitk.sitkLinear)])
def test_resample_agrees_with_simpleitk(order, name):
    image = oblique((9, 20, 17)).replace(pixels=noise((9, 20, 17)))
    result = processing.resample(image, to=(1.31, 1.03, 0.67), order=order)
    affines = [np.array(each.affine)[:, [2, 1, 0, 3]] for each in (image, result)]
    picture = sitk.GetImageFromArray(image.pixels)
    picture.SetSpacing(image.spacing[::-1])
    picture.SetOrigin(affines[0][:3, 3])
    # An improper rotation is a direction to ITK as well.
    picture.SetDirection((affines[0][:3, :3] / image.spacing[::-1]).ravel())
    truth = sitk.GetArrayFromImage(
        sitk.Resample(
            picture,
            result.shape[::-1],
            sitk.Transform(),
            name,
            tuple(affines[1][:3, 3]),
            result.spacing[::-1],
            tuple((affines[1][:3, :3] / result.spacing[::-1]).ravel()),
            1e9,
        )
    )
    known = truth < 1e8  # ITK leaves out what lies beyond its outermost voxels
    assert known.mean() > 0.8
    assert np.mean(np.abs(result.pixels - truth)[known] > 1e-6) < (0.01 if order == 0 else 1e-9)


@thorough
@given(volumes, st.tuples(*[st.floats(0.4, 3)] * 3))
def test_resample_keeps_every_place(shape, to):
    image = oblique(shape)
    result = processing.resample(image, to=to)
    np.testing.assert_allclose(result.spacing, to, rtol=1e-9)
    centres = [each.affine @ [*(np.subtract(each.shape, 1) / 2), 1] for each in (image, result)]
    np.testing.assert_allclose(*centres, atol=1e-9)
    index = np.linalg.inv(image.affine) @ result.affine @ [*[0.0] * 3, 1]
    index, step = index[:3], np.divide(to, image.spacing)
    lines = [i + k * np.arange(m) for i, k, m in zip(index, step, result.shape, strict=True)]
    inside = np.all(
        [(line >= 0) & (line <= n - 1) for line, n in zip(np.meshgrid(*lines, indexing="ij"), shape, strict=True)],
        axis=0,
    )
    np.testing.assert_allclose(result.pixels[inside], values_at(result.shape, result.affine)[inside], atol=1e-8)


def test_resampling_there_and_back_and_labels():
    labels = np.random.default_rng(0).choice(np.array([0, 3, 7], np.uint8), (4, 10, 12))
    image = Image(labels, spacing=(2, 1, 1))
    fine = processing.resample(image, to=(1, 0.5, 0.5), order=0)
    assert (fine.dtype, fine.shape) == (np.uint8, (8, 20, 24))
    np.testing.assert_array_equal(processing.resample(fine, to=(2, 1, 1), order=0), labels)
    np.testing.assert_array_equal(processing.resample(image, to=(2, 1, 1)), labels)


@thorough
@given(st.tuples(*[st.integers(1, 40)] * 2), st.tuples(*[st.integers(1, 90)] * 2))
def test_resize_in_single_precision_is_that_in_double(shape, new):
    image = noise(shape).astype(np.float32)
    result = processing.resize(image, shape=new, antialias=False)
    assert (result.dtype, result.shape) == (np.float32, new)
    truth = processing.resize(image.astype(float), shape=new, antialias=False)
    np.testing.assert_allclose(result, truth, rtol=0, atol=1e-6 * np.abs(image).max())


def test_antialiasing_is_that_of_resize():
    image = noise((32, 30))
    smoothed = processing.resample(image, to=2, spacing=(1, 1), antialias=True)
    np.testing.assert_allclose(smoothed, processing.resize(image, shape=(16, 15)), atol=1e-9)
    assert smoothed.std() < 0.9 * processing.resample(image, to=2, spacing=(1, 1)).std()
    np.testing.assert_allclose(
        processing.resize(image, shape=(16, 15), antialias=False),
        skimage.transform.resize(image, (16, 15), order=1, mode="edge", anti_aliasing=False),
        atol=1e-9,
    )


# Multiples of 30 and 45 degrees put voxels just between two others, where a last bit chooses the nearest.
angles = st.integers(-400, 400).filter(lambda angle: angle % 30 and angle % 45)


@thorough
@given(volumes, angles, st.integers(0, 2), orders, precisions)
def test_rotation_is_scipys(shape, angle, axis, order, dtype):
    image = noise(shape).astype(dtype)
    exact = image.astype(np.float64)
    first, second = (other for other in range(3) if other != axis)
    truth = ndimage.rotate(
        exact, angle, axes=(second, first), reshape=False, order=order, mode="constant", cval=-9
    )
    result = processing.rotate(image, angle=angle, axis=axis, order=order, fill=-9)
    tolerance = 1e-6 if dtype == np.float32 else 1e-12
    np.testing.assert_allclose(result, truth, rtol=0, atol=tolerance * max(np.abs(exact).max(), 9))


@thorough
@given(st.integers(2, 9), st.integers(-5, 5), orders)
def test_quarter_turns_are_exact(side, quarters, order):
    image = noise((side, side))
    result = processing.rotate(image, angle=90 * quarters, order=order, fill=0)
    np.testing.assert_allclose(result, np.rot90(image, quarters), atol=1e-9)


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("angle", [12.0, -77.0])
def test_a_place_keeps_its_value_when_the_grid_turns(axis, angle):
    image = oblique((15, 16, 17), spacing=(2.0, 0.7, 0.9))
    turned = processing.rotate(image, angle=angle, axis=axis, fill=1e6)
    np.testing.assert_allclose(turned.spacing, image.spacing)
    known = turned.pixels < 1e5
    assert known.mean() > 0.3
    np.testing.assert_allclose(turned.pixels[known], values_at(turned.shape, turned.affine)[known], atol=1e-8)


def test_a_slice_turns_counter_clockwise_and_in_millimetres():
    image = np.zeros((5, 5))
    image[2, 4] = 1  # three o'clock
    assert processing.rotate(image, angle=90, order=0)[0, 2] == 1
    flat = Image(np.zeros((9, 9)), spacing=(2.0, 1.0))
    flat = flat.replace(pixels=np.where(np.indices((9, 9))[1] >= 8, 1.0, 0.0) * (np.indices((9, 9))[0] == 4))
    assert processing.rotate(flat, angle=90, order=0).pixels[2, 4] == 1  # 4 mm to the right, 2 rows up


def test_colours_turn_and_resample_with_their_channels():
    colours = noise((6, 7, 3))
    image = Image(colours, spacing=(1, 1), channel_axis=-1)
    for change in (
        lambda each: processing.rotate(each, angle=20, fill=0),
        lambda each: processing.rotate(each, angle=20, order=3, fill=0),
        lambda each: processing.resample(each, to=0.5, spacing=(1, 1)),
        lambda each: processing.flip(each, axis=1),
        lambda each: processing.pad(each, before=(1, 2), fill=5),
    ):
        whole = change(image)
        for channel in range(3):
            np.testing.assert_allclose(whole.pixels[..., channel], change(colours[..., channel]), atol=1e-9)
    labels = processing.rotate(image.replace(pixels=(colours > 0)), angle=20, order=0)
    assert labels.dtype == bool


@thorough
@given(st.data(), shapes)
def test_untile_is_the_exact_inverse(data, shape):
    image = oblique(shape)
    size = tuple(data.draw(st.integers(1, n)) for n in shape)
    overlap = tuple(data.draw(st.integers(0, s - 1)) for s in size)
    tiles = processing.tile(image.pixels, size=size, overlap=overlap)
    assert tiles.shape[1:] == size
    np.testing.assert_array_equal(processing.untile(tiles, shape=shape, overlap=overlap), image)
    pieces = processing.tile(image, size=size, overlap=overlap)
    for piece, pixels in zip(pieces, tiles, strict=True):
        np.testing.assert_array_equal(piece, pixels)
        np.testing.assert_allclose(values_at(piece.shape, piece.affine), piece, atol=1e-9)
    whole = processing.untile(pieces, shape=shape, overlap=overlap)
    np.testing.assert_array_equal(whole, image)
    np.testing.assert_allclose(whole.affine, image.affine, atol=1e-9)


def test_a_filter_of_tiles_with_enough_overlap_is_the_filter_of_the_image():
    image = noise((40, 37))
    tiles = processing.tile(image, size=(16, 16), overlap=8)
    smoothed = np.stack([processing.median(each, size=5) for each in tiles])
    whole = processing.untile(smoothed, shape=image.shape, overlap=8)
    np.testing.assert_array_equal(whole, processing.median(image, size=5))


def test_channels_of_tiles_stay_whole():
    colours = noise((3, 8, 9))
    tiles = processing.tile(colours, size=(4, 5), overlap=1, channel_axis=0)
    assert tiles.shape[1:] == (3, 4, 5)
    np.testing.assert_array_equal(processing.untile(tiles, shape=(8, 9), overlap=1, channel_axis=0), colours)


@pytest.mark.parametrize(
    ("function", "options"),
    [
        (processing.flip, {"axis": 0}),
        (processing.rotate, {"angle": 180}),
        (processing.resize, {"shape": (4, 4)}),
        (processing.crop, {"start": (0, 0), "stop": (4, 4)}),
        (processing.pad, {"before": (0, 0)}),
    ],
)
def test_map_refuses_what_moves_voxels(function, options):
    with pytest.raises(
        ValueError, match="moves voxels, so the geometry would be wrong; call it on the image itself"
    ):
        Image(np.eye(4), spacing=(1, 1)).map(function, **options)


def test_a_step_of_history_can_be_done_again():
    image = oblique((4, 8, 9))
    changed = [
        processing.pad(image, before=(0, 1, 2)),
        processing.pad(image, before=(0, 1, 2), border="mirror"),
        processing.flip(image, axis=2),
        processing.resample(image, to=(1.5, 1, 1), order=3, antialias=True),
        processing.resize(image, shape=(2, 3, 4), antialias=False),
        processing.rotate(image, angle=30, axis=1, order=0),
        processing.crop_to_mask(image, mask=image.pixels > np.median(image), margin=1),
    ]
    for result in changed:
        (step,) = result.history
        again = getattr(processing, step.function.rpartition(".")[2])(image, **step.options)
        np.testing.assert_array_equal(again, result)
        np.testing.assert_array_equal(again.affine, result.affine)
    joined = processing.untile(processing.tile(image, size=(2, 4, 5)), shape=image.shape)
    assert str(joined.history[-1]) == "processing.geometry.untile(shape=(4, 8, 9), overlap=0)"


def test_where_only_the_spacing_is_known_it_follows():
    image = Image(np.zeros((8, 8)), spacing=(2, 1))
    assert processing.resample(image, to=4).spacing == (4, 4)
    assert processing.rotate(image, angle=30).spacing == pytest.approx((2, 1))
    assert processing.pad(image, before=(1, 1)).affine is None
    unknown = Image(np.zeros((8, 8)))
    assert processing.resample(unknown, to=2, spacing=(1, 1)).spacing is None


def test_bad_options_are_refused():
    image = np.eye(4)
    for call, message in (
        (lambda: processing.pad(image, before=(-1, 0)), "must not be negative"),
        (lambda: processing.pad(image, before=(1, 0), border="edge"), "border must be one of"),
        (lambda: processing.pad(image.astype(np.uint8), before=(1, 0), fill=-1), "a number that uint8 can hold"),
        (lambda: processing.pad(image, before=(1, 0), fill=np.nan), "a number that float64 can hold"),
        (lambda: processing.crop_to_mask(image, mask=np.zeros((4, 4))), "hold at least one voxel"),
        (lambda: processing.crop_to_mask(image, mask=np.ones((4, 3))), "mask must have shape"),
        (lambda: processing.crop_to_mask(image, mask=image, margin=-1), "margin must not be negative"),
        (lambda: processing.flip(image, axis=2), "axis must be from 0 to 1, received 2"),
        (lambda: processing.resample(image, to=1), "spacing must say how far apart"),
        (lambda: processing.resample(image, to=0, spacing=(1, 1)), "to must be positive"),
        (lambda: processing.resample(image, to=1, spacing=(-1, 1)), "spacing must be positive"),
        (lambda: processing.resample(oblique((4, 4)), to=1, spacing=(1, 1)), "received .1.0, 1.0.; leave it out"),
        (lambda: processing.rotate(oblique((4, 4)), angle=1, spacing=(1, 1)), "leave it out"),
        (lambda: processing.resample(image, to=1e-9, spacing=(1, 1)), "is it in mm"),
        (lambda: processing.resample(image, to=1, spacing=(1, 1), order=7), "order must be 0"),
        (lambda: processing.rotate(image, angle=np.inf), "angle must be finite"),
        (lambda: processing.rotate(image, angle=1, axis=1), "received axis 1 for 2 axes"),
        (lambda: processing.rotate(np.ones((3, 3, 3)), angle=1, axis=3), "about axis 0, 1 or 2"),
        (lambda: processing.rotate(image, angle=1, order=9), "order must be 0"),
        (lambda: processing.tile(image, size=(5, 4)), "size must be at most"),
        (lambda: processing.tile(image, size=(2, 2), overlap=2), "more than the overlap"),
        (lambda: processing.untile(np.ones((3, 2, 2)), shape=(4, 4)), "has 4 tiles of size"),
    ):
        with pytest.raises(ValueError, match=message):
            call()


def test_inputs_stay_as_they_are():
    image = noise((6, 6))
    kept = image.copy()
    for result in (
        processing.flip(image, axis=0),
        processing.pad(image, before=(0, 0)),
        processing.resample(image, to=1, spacing=(1, 1)),
        processing.rotate(image, angle=0),
        processing.tile(image, size=(6, 6)),
    ):
        assert result.flags.writeable
        result[...] = 0
        np.testing.assert_array_equal(image, kept)
