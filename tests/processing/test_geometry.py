"""Crop and resize: the same place in the patient keeps the same value."""

import numpy as np
import pytest
import skimage.transform
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench import processing
from workbench.images import Image

thorough = settings(deadline=None, max_examples=50)


def oblique(shape):
    """An image whose value is a linear function of its place in mm: 2 x - 3 y + 0.5 z."""
    turn, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))
    affine = np.eye(4)
    affine[:3, :3] = turn * (4.0, 0.7, 0.9)
    affine[:3, 3] = (-120, 30, 55)
    return Image(places(shape, affine) @ (2, -3, 0.5), affine=affine)


def places(shape, affine):
    index = np.moveaxis(np.indices((1,) * (3 - len(shape)) + tuple(shape)), 0, -1)
    return (index @ affine[:3, :3].T + affine[:3, 3]).reshape((*shape, 3))


@thorough
@given(st.data(), st.lists(st.integers(1, 9), min_size=2, max_size=3))
def test_crop_keeps_every_voxel_in_its_place(data, shape):
    image = oblique(shape)
    start = tuple(data.draw(st.integers(0, n - 1)) for n in shape)
    stop = tuple(data.draw(st.integers(low + 1, n)) for low, n in zip(start, shape, strict=True))
    cropped = processing.crop(image, start=start, stop=stop)
    assert cropped.shape == tuple(high - low for low, high in zip(start, stop, strict=True))
    np.testing.assert_allclose(places(cropped.shape, cropped.affine) @ (2, -3, 0.5), cropped, atol=1e-9)
    assert str(cropped.history[-1]) == f"processing.geometry.crop(start={start}, stop={stop})"


@thorough
@given(st.data(), st.lists(st.integers(1, 9), min_size=2, max_size=3))
def test_resize_covers_the_same_extent(data, shape):
    image = oblique(shape)
    resized = processing.resize(image, shape=tuple(data.draw(st.integers(1, 12)) for _ in shape), order=0)
    for corner in np.ndindex(*(2,) * len(shape)):
        ends = [outer_corner(im, corner) for im in (image, resized)]
        np.testing.assert_allclose(*ends, atol=1e-9)


def outer_corner(image, which):
    index = [side * n - 0.5 for side, n in zip(which, image.shape, strict=True)]
    return (image.affine @ [*[0.0] * (3 - len(index)), *index, 1])[:3]


@pytest.mark.parametrize("order", [1, 3])
@pytest.mark.parametrize("shape", [(13, 11, 12), (40, 35, 36), (20, 35, 11)])
def test_resize_gives_the_value_of_the_new_place(shape, order):
    image = oblique((20, 22, 24))
    resized = processing.resize(image, shape=shape, order=order)
    inner = tuple(slice(n // 4, -(n // 4)) for n in shape)  # the border is continued, not the linear function
    truth = (places(shape, resized.affine) @ (2, -3, 0.5))[inner]
    np.testing.assert_allclose(resized.pixels[inner], truth, atol=2e-2)


@thorough
@given(
    st.lists(st.integers(2, 12), min_size=2, max_size=3).flatmap(
        lambda shape: st.tuples(st.just(shape), st.tuples(*[st.integers(2, 15)] * len(shape)))
    ),
    st.sampled_from([0, 1, 2, 3, 5]),
    st.sampled_from([np.float32, np.float64]),
)
def test_resize_of_an_array_equals_scikit_image(shapes, order, dtype):
    old, new = shapes
    array = np.random.default_rng(0).normal(0, 1000, old).astype(dtype)
    exact = array.astype(np.float64)
    truth = skimage.transform.resize(
        exact, new, order=order, mode="edge", preserve_range=True, anti_aliasing=order > 0
    )
    tolerance = 1e-6 if dtype == np.float32 else {0: 0, 1: 1e-12}.get(order, 1e-8)
    result = processing.resize(array, shape=new, order=order)
    np.testing.assert_allclose(result, truth, rtol=0, atol=tolerance * np.abs(exact).max())


def test_resizing_labels_makes_no_new_ones_and_keeps_the_dtype():
    labels = np.random.default_rng(0).choice(np.array([0, 3, 7], np.uint8), (10, 12))
    larger = processing.resize(labels, shape=(33, 17), order=0)
    assert larger.dtype == np.uint8
    assert set(np.unique(larger)) == {0, 3, 7}
    np.testing.assert_array_equal(processing.resize(labels, shape=(30, 36), order=0)[1::3, 1::3], labels)
    mask = processing.resize(labels > 0, shape=(5, 6), order=0)
    assert mask.dtype == bool


def test_resize_by_half_averages_and_cubic_stays_in_range():
    image = np.random.default_rng(0).integers(-1000, 1000, (32, 32)).astype(np.int16)
    assert processing.resize(image, shape=(16, 16)).dtype == np.float64
    cubic = processing.resize(image.astype(np.float32), shape=(90, 90), order=3)
    assert cubic.dtype == np.float32
    assert image.min() <= cubic.min()
    assert cubic.max() <= image.max()


def test_channels_stay_whole():
    colours = np.random.default_rng(0).random((8, 9, 3))
    image = Image(colours, spacing=(2, 3), channel_axis=-1)
    assert processing.crop(image, start=(1, 2), stop=(5, 6)).shape == (4, 4, 3)
    assert processing.resize(image, shape=(4, 4)).shape == (4, 4, 3)
    array = processing.resize(np.moveaxis(colours, -1, 0), shape=(4, 4), channel_axis=0)
    np.testing.assert_allclose(np.moveaxis(array, 0, -1), processing.resize(image, shape=(4, 4)), atol=1e-12)


def test_images_without_geometry_are_cropped_and_resized_too():
    image = Image(np.eye(4))
    assert processing.crop(image, start=(0, 0), stop=(2, 2)).affine is None
    assert processing.resize(image, shape=(2, 2)).spacing is None


def test_the_crop_is_a_copy():
    array = np.zeros((3, 3))
    processing.crop(array, start=(0, 0), stop=(2, 2))[:] = 1
    assert array.sum() == 0


@pytest.mark.parametrize(
    ("start", "stop"), [((0, 0), (0, 2)), ((0, 0), (5, 2)), ((-1, 0), (2, 2)), ((3, 0), (2, 2))]
)
def test_boxes_outside_are_refused(start, stop):
    with pytest.raises(ValueError, match=r"must lie within the image of shape \(4, 4\)"):
        processing.crop(np.eye(4), start=start, stop=stop)


def test_bad_options_are_refused():
    with pytest.raises(ValueError, match="start must be 2 integers, one for each spatial axis"):
        processing.crop(np.eye(4), start=(0,), stop=(2, 2))
    with pytest.raises(ValueError, match="stop must be 2 integers"):
        processing.crop(np.eye(4), start=(0, 0), stop=(2.5, 2))
    with pytest.raises(ValueError, match="shape must be 3 integers"):
        processing.resize(np.ones((4, 4, 3)), shape=(2, 2))
    with pytest.raises(ValueError, match="shape must hold positive lengths"):
        processing.resize(np.eye(4), shape=(0, 2))
    with pytest.raises(ValueError, match="order must be 0"):
        processing.resize(np.eye(4), shape=(2, 2), order=6)
    with pytest.raises(ValueError, match="channel_axis must name an axis"):
        processing.resize(np.eye(4), shape=(2,), channel_axis=2)
    with pytest.raises(ValueError, match="the image declares channel_axis=2, received 0"):
        processing.crop(Image(np.ones((4, 4, 3)), channel_axis=2), start=(0, 0), stop=(2, 2), channel_axis=0)
    with pytest.raises(ValueError, match="image must be finite"):
        processing.resize([[np.nan, 1.0]], shape=(2, 2))


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("index", [None, 0, 2])
def test_a_plane_stays_in_its_place(axis, index):
    volume = oblique((5, 6, 7))
    chosen = processing.plane(volume, axis=axis, index=index)
    assert chosen.shape == tuple(np.delete(volume.shape, axis))
    np.testing.assert_allclose(places(chosen.shape, chosen.affine) @ (2, -3, 0.5), chosen, atol=1e-9)
    number = volume.shape[axis] // 2 if index is None else index
    np.testing.assert_array_equal(chosen, np.take(volume.pixels, number, axis))


def test_a_plane_of_colours_keeps_them_and_a_slice_is_a_plane():
    first = Image(np.random.default_rng(0).random((3, 4, 5, 6)), channel_axis=0)
    chosen = processing.plane(first, axis=2, index=1)
    assert (chosen.channel_axis, chosen.shape) == (0, (3, 4, 5))
    np.testing.assert_array_equal(chosen, first.pixels[..., 1])
    last = Image(np.zeros((4, 5, 6, 3)), channel_axis=-1)
    assert processing.plane(last).channel_axis == 2
    assert processing.plane(chosen) is chosen


def test_bad_planes_are_refused():
    volume = oblique((5, 6, 7))
    with pytest.raises(TypeError, match="image must be an Image, received ndarray"):
        processing.plane(np.ones((3, 3, 3)))
    with pytest.raises(ValueError, match="axis must be 0, 1 or 2"):
        processing.plane(volume, axis=3)
    with pytest.raises(ValueError, match="index must be from 0 to 4, received 5"):
        processing.plane(volume, index=5)
