import dataclasses
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra import numpy as hnp

from workbench.images import Image, Step
from workbench.images.geometry import affine_from_spacing
from workbench.images.history import function_name

SLICE = np.arange(6, dtype=np.int16).reshape(2, 3)


def test_pixels_cannot_be_written():
    image = Image(SLICE)
    with pytest.raises(ValueError, match="read-only"):
        image.pixels[0, 0] = 9
    with pytest.raises(ValueError, match="read-only"):
        np.asarray(image)[0, 0] = 9


def test_fields_cannot_be_set():
    image = Image(SLICE, affine=affine_from_spacing((1, 1)))
    with pytest.raises(dataclasses.FrozenInstanceError):
        image.units = "HU"
    with pytest.raises(ValueError, match="read-only"):
        image.affine[0, 0] = 2


def test_the_callers_array_stays_writeable_and_its_affine_is_copied():
    pixels, affine = SLICE.copy(), affine_from_spacing((1, 1, 1))
    image = Image(pixels, affine=affine)
    pixels[0, 0] = 5
    affine[0, 3] = 9
    assert image.affine[0, 3] == 0


def test_array_protocol_obeys_dtype_and_copy():
    image = Image(SLICE)
    assert np.shares_memory(np.asarray(image), image.pixels)
    assert np.asarray(image, dtype=float).dtype == np.float64
    copied = np.array(image)
    assert copied.flags.writeable
    assert not np.shares_memory(copied, image.pixels)
    assert np.shares_memory(np.array(image, copy=False), image.pixels)
    with pytest.raises(ValueError, match=r"[Uu]nable to avoid copy"):
        np.array(image, dtype=float, copy=False)


@given(
    hnp.arrays(hnp.scalar_dtypes().filter(lambda t: t.kind in "buif"), hnp.array_shapes(min_dims=2, max_dims=3))
)
@settings(deadline=None, max_examples=50)
def test_any_real_dtype_keeps_its_values_in_native_order(pixels):
    image = Image(pixels)
    assert image.dtype.isnative
    assert image.dtype == pixels.dtype.newbyteorder("=")
    np.testing.assert_array_equal(image, pixels)


@pytest.mark.parametrize("pixels", [[["a"]], [[1j]], [[None]], np.zeros((2, 2), "datetime64[s]")])
def test_pixels_must_be_real(pixels):
    with pytest.raises(TypeError, match="real numbers"):
        Image(pixels)


@pytest.mark.parametrize("shape", [(), (3,), (0, 3), (2, 2, 2, 2)])
def test_there_must_be_two_or_three_axes_that_are_not_empty(shape):
    with pytest.raises(ValueError, match="2 or 3 spatial axes"):
        Image(np.zeros(shape))


def test_channel_axis_is_never_guessed():
    assert Image(np.zeros((4, 5, 3))).ndim == 3
    image = Image(np.zeros((4, 5, 3)), channel_axis=-1)
    assert (image.ndim, image.channel_axis, image.shape) == (2, 2, (4, 5, 3))
    assert image.spatial_shape == (4, 5)
    assert Image(np.zeros((2, 4, 5, 3)), channel_axis=0).spatial_shape == (4, 5, 3)
    with pytest.raises(ValueError, match="channel_axis must name an axis"):
        Image(np.zeros((4, 5, 3)), channel_axis=3)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"spacing": (1, 1, 1)}, "spacing must have 2 entries"),
        ({"spacing": (0, 1)}, "positive"),
        ({"affine": np.eye(3)}, "invertible"),
        ({"affine": np.zeros((4, 4))}, "invertible"),
        ({"affine": np.full((4, 4), np.inf)}, "invertible"),
        ({"affine": affine_from_spacing((1, 2, 3)), "spacing": (2, 4)}, "contradicts the affine"),
    ],
)
def test_malformed_geometry_is_refused(fields, message):
    with pytest.raises(ValueError, match=message):
        Image(SLICE, **fields)


def test_geometry_of_the_smallest_voxels():
    assert Image(np.zeros((2, 2, 2)), spacing=(1e-4, 1e-4, 1e-4)).spacing == pytest.approx((1e-4, 1e-4, 1e-4))


def test_spacing_and_affine_agree():
    affine = affine_from_spacing((5, 2, 1))
    assert Image(SLICE, affine=affine, spacing=(2, 1)).spacing == (2, 1)
    assert Image(SLICE, affine=affine).orientation == "PL"
    bare = Image(SLICE)
    assert (bare.spacing, bare.affine, bare.orientation) == (None, None, None)


def test_map_records_and_keeps_geometry():
    image = Image(SLICE, spacing=(2, 3), modality="CT", units="HU", name="case")
    mapped = image.map(np.clip, a_min=1, a_max=4).map(partial(np.add, 1))
    np.testing.assert_array_equal(mapped, np.clip(SLICE, 1, 4) + 1)
    assert [str(step) for step in mapped.history] == ["numpy.clip(a_min=1, a_max=4)", "numpy.add()"]
    np.testing.assert_array_equal(mapped.affine, image.affine)
    assert (mapped.units, mapped.name, image.history) == ("HU", "case", ())


@pytest.mark.parametrize("function", [np.transpose, np.ravel, np.max])
def test_map_refuses_another_shape(function):
    with pytest.raises(ValueError, match="changed the shape"):
        Image(SLICE, spacing=(1, 1)).map(function)


def test_replaced_spacing_keeps_directions_and_origin():
    affine = affine_from_spacing((5, 2, 1)) @ np.diag([-1, 1, 1, 1])
    affine[:3, 3] = 7, 8, 9
    volume = Image(np.zeros((2, 2, 2)), affine=affine)
    changed = volume.replace(spacing=(1, 1, 1))
    assert (changed.orientation, changed.spacing) == (volume.orientation, (1, 1, 1))
    np.testing.assert_array_equal(changed.affine[:3, 3], (7, 8, 9))
    assert volume.replace(spacing=None).affine is None
    assert volume.replace(affine=None).spacing is None


def test_a_slice_taken_of_a_volume_keeps_the_in_plane_spacing():
    volume = Image(np.zeros((4, 3, 2)), spacing=(5, 2, 1))
    assert volume.replace(pixels=volume.pixels[0]).spacing == (2, 1)


@pytest.mark.parametrize(
    "image",
    [Image(SLICE, spacing=(1, 1)), Image(np.zeros((2, 2, 2))), Image(np.zeros((3, 2, 2, 2)), channel_axis=0)],
)
def test_only_a_volume_with_an_affine_is_reordered(image):
    with pytest.raises(ValueError, match="volume with an affine"):
        image.oriented("SPL")


def test_repr_shows_what_is_known():
    image = Image(np.zeros((2, 3, 4), np.uint8), spacing=(5, 0.5, 0.5), modality="MR")
    assert repr(image) == "Image(2 x 3 x 4 uint8, 5 x 0.5 x 0.5 mm, MR)"
    assert repr(Image(SLICE)) == "Image(2 x 3 int16, OT)"


def test_long_arrays_are_brief_in_the_history():
    step = Step("f", {"mask": np.zeros((40, 50)), "kernel": np.ones(2), "other": Image(np.zeros((9, 9)))})
    assert str(step) == "f(mask=<40x50 array>, kernel=array([1., 1.]), other=<9x9 array>)"


def test_function_names():
    assert function_name(partial(partial(np.median))) == "numpy.median"
    assert function_name(affine_from_spacing) == "images.geometry.affine_from_spacing"


def test_save_writes(tmp_path):
    assert Image(SLICE).save(tmp_path / "a.npy").is_file()


def test_the_notebook_gets_a_png():
    assert Image(SLICE)._repr_png_().startswith(b"\x89PNG")


def test_a_spacing_alone_says_nothing_of_place_and_sides():
    image = Image(SLICE, spacing=(2, 3))
    assert (image.spacing, image.affine, image.orientation) == ((2, 3), None, None)


@pytest.mark.parametrize(
    ("fields", "other", "expected"),
    [
        ({}, {"spacing": (9, 9)}, True),
        ({"spacing": (1, 1)}, {"spacing": (1, 1)}, True),
        ({"spacing": (1, 1)}, {"affine": affine_from_spacing((1, 2))}, False),
        ({"affine": affine_from_spacing((1, 2))}, {"affine": affine_from_spacing((1, 2))}, True),
        ({"affine": np.diag([1.0, 1, -1, 1])}, {"affine": np.eye(4)}, False),
    ],
)
def test_may_lie_on(fields, other, expected):
    one, two = Image(SLICE, **fields), Image(SLICE, **other)
    assert one.may_lie_on(two) is two.may_lie_on(one) is expected
