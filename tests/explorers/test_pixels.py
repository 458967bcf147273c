import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from workbench import samples
from workbench.explorers.pixels import LEVELS, encode, grid, planes, upright
from workbench.images import Image, affine_from_spacing

EXACT = ("bool", "uint8", "int8", "uint16", "int16")


@settings(deadline=None, max_examples=50)
@given(st.sampled_from(EXACT).flatmap(lambda kind: arrays(kind, array_shapes(max_dims=3))))
def test_narrow_integers_come_back_exactly(values):
    pixels = encode(values)
    assert pixels.error == 0
    assert pixels.stored.itemsize <= 2
    np.testing.assert_array_equal(pixels.values(), values)


@settings(deadline=None, max_examples=50)
@given(arrays("float64", array_shapes(), elements=st.floats(-1e6, 1e6)))
def test_other_values_come_back_within_the_error_that_is_said(values):
    pixels = encode(values)
    assert np.abs(pixels.values() - values).max() <= pixels.error * (1 + 1e-6) + 1e-9
    assert pixels.error <= (values.max() - values.min()) / LEVELS


@pytest.mark.parametrize("base", [-1024, 0, 40_000, 10**6])
@pytest.mark.parametrize("kind", ["float32", "float64", "int32", "int64"])
def test_whole_numbers_of_a_ct_are_exact_in_any_type(kind, base):
    values = (np.arange(4096).reshape(64, 64) + base).astype(kind)
    pixels = encode(values)
    assert pixels.error == 0
    np.testing.assert_array_equal(pixels.values(), values)


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(ValueError, match="finite"):
        encode([1.0, np.nan])
    with pytest.raises(TypeError, match="real numbers"):
        encode([1j])


@pytest.mark.parametrize("code", ["SPL", "RAS", "LPI", "ASL", "IRP"])
def test_a_volume_is_held_the_same_way_however_it_is_stored(code):
    volume = samples.load("mni152_t1")
    again = upright(volume.oriented(code))
    np.testing.assert_array_equal(again, volume)
    assert again.orientation == "SPL"
    assert [plane["name"] for plane in planes(again)] == ["axial", "coronal", "sagittal"]
    assert [plane["flip"] for plane in planes(again)] == [False, True, True]


def test_a_slice_becomes_a_volume_of_one():
    image = samples.load("head_ct")
    held = upright(image)
    assert held.shape == (1, 512, 512)
    assert held.spacing[1:] == image.spacing
    assert planes(held)[0]["letters"] == "ALPR"


def test_unknown_orientation_has_no_letters_and_nothing_is_turned():
    held = upright(Image(np.zeros((3, 4, 5)), spacing=(5, 1, 1)))
    assert [(plane["letters"], plane["flip"]) for plane in planes(held)] == [("", False)] * 3
    assert grid(held, encode(held.pixels))["affine"] is None
    assert grid(held, encode(held.pixels))["spacing"] == [5, 1, 1]


@pytest.mark.parametrize(
    ("channels", "axis", "shape"), [(3, -1, (1, 4, 5, 3)), (4, 0, (1, 4, 5, 3)), (2, 0, (1, 4, 5))]
)
def test_channels_go_last_and_more_than_colours_are_not_mixed(channels, axis, shape):
    pixels = np.moveaxis(np.zeros((4, 5, channels), np.uint8), -1, axis)
    image = Image(pixels, channel_axis=axis, affine=affine_from_spacing((1, 1)))
    assert upright(image).shape == shape
