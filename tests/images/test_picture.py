import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Picture

from workbench.images import PRESETS, Image, Window, affine_from_spacing, default_window, render
from workbench.images.picture import planes, to_bytes

from .test_geometry import CODES


def picture_of(image, **options):
    return np.asarray(Picture.open(io.BytesIO(render(image, **options))))


@given(st.floats(-2000, 2000), st.floats(1, 4000), st.floats(-5000, 5000))
@settings(deadline=None, max_examples=50)
def test_window_is_the_linear_map_of_its_definition(level, width, value):
    low = level - width / 2
    expected = 0 if value <= low else 255 if value >= low + width else 255 * (value - low) / width
    assert abs(int(to_bytes(np.array([value]), Window(level, width))[0]) - expected) <= 0.5 + 1e-6


def test_default_windows():
    noise = np.random.default_rng(0).normal(size=(50, 50))
    assert default_window(Image(noise, modality="CT", units="HU")) == PRESETS["soft tissue"]
    assert default_window(Image(noise.astype(np.uint8))) == (127.5, 255)
    assert default_window(Image(noise > 0)) == (0.5, 1)
    assert default_window(Image(np.zeros((2, 2, 3), np.uint16), channel_axis=-1)) == (32767.5, 65535)
    assert default_window(Image(np.zeros((2, 2, 3), np.float32), channel_axis=-1)) == (0.5, 1)
    low, high = np.percentile(noise, (0.5, 99.5))
    assert default_window(Image(noise, modality="CT")) == pytest.approx(((low + high) / 2, high - low))


def test_default_window_of_a_nearly_constant_image_shows_the_exception():
    pixels = np.zeros((50, 50))
    pixels[3, 3] = 8
    assert default_window(Image(pixels)) == (4, 8)


@pytest.mark.parametrize("value", [0.0, -1e6, 3.0])
def test_a_constant_image_is_middle_grey(value):
    assert set(np.unique(picture_of(Image(np.full((4, 4), value))))) == {128}


@pytest.mark.parametrize("code", CODES)
def test_planes_do_not_depend_on_the_storage_order(code):
    volume = Image(np.arange(105).reshape(3, 5, 7), affine=affine_from_spacing((5, 2, 1)))
    for expected, shown in zip(planes(volume), planes(volume.oriented(code)), strict=True):
        np.testing.assert_array_equal(shown[0], expected[0])
        assert shown[1:] == expected[1:]


def test_planes_follow_the_radiological_convention():
    volume = np.zeros((3, 5, 7))
    volume[2, 2, 3] = 1  # towards the head
    volume[1, 0, 3] = 2  # towards the face
    volume[1, 2, 0] = 3  # on the patient's right
    axial, coronal, sagittal = planes(Image(volume, affine=affine_from_spacing((5, 2, 1))))
    assert [letters for *_, letters in (axial, coronal, sagittal)] == ["ALPR", "SLIR", "SPIA"]
    assert axial[0][0, 3] == 2
    assert axial[0][2, 0] == 3
    assert coronal[0][0, 3] == 1
    assert coronal[0][1, 0] == 3
    assert sagittal[0][0, 2] == 1
    assert sagittal[0][1, 0] == 2


@pytest.mark.parametrize("code", CODES)
def test_letters_of_a_slice_name_its_edges(code):
    affine = Image(np.zeros((2, 2, 2)), affine=affine_from_spacing((1, 1, 1))).oriented(code).affine
    opposite = dict(zip("RLAPIS", "LRPASI", strict=True))
    (_, _, letters), *others = planes(Image(np.zeros((2, 2)), affine=affine))
    assert not others
    assert letters == opposite[code[1]] + code[2] + code[1] + opposite[code[2]]


def test_voxels_have_their_true_aspect():
    volume = np.zeros((20, 50, 80))
    volume[5:15, 10:40, 20:60] = 1  # 50 x 30 x 40 mm
    shown = picture_of(Image(volume, affine=affine_from_spacing((5, 1, 1))), window=Window(0.5, 1), height=200)
    assert shown.shape == (200, 160 + 6 + 160 + 6 + 100)
    axial, coronal, sagittal = shown[:, :160], shown[:, 166:326], shown[:, 332:]
    for panel, height, width in ((axial[67:133], 60, 80), (coronal[25:175], 100, 80), (sagittal[25:175], 100, 60)):
        box = np.argwhere(panel[:, 18:-18] > 127)
        assert np.ptp(box, axis=0) + 1 == pytest.approx((height, width), abs=1)


def test_letters_are_drawn_at_the_edges():
    bare = picture_of(Image(np.zeros((50, 50))), window=Window(1, 1), height=200)
    placed = picture_of(
        Image(np.zeros((50, 50)), affine=affine_from_spacing((1, 1))), window=Window(1, 1), height=200
    )
    assert bare.max() == 0
    for edge in (placed[:20, 90:110], placed[-20:, 90:110], placed[90:110, :20], placed[90:110, -20:]):
        assert edge.max() == 255
    assert placed[30:170, 30:170].max() == 0


def test_colour_is_shown_as_colour():
    pixels = np.zeros((20, 20, 3), np.uint16)
    pixels[..., 1] = 65535
    for channels, image in ((pixels, -1), (np.moveaxis(pixels, -1, 0), 0)):
        shown = picture_of(Image(channels, channel_axis=image))
        assert shown.shape[-1] == 3
        assert (shown == (0, 255, 0)).all()


@pytest.mark.parametrize("shape", [(1, 1), (1, 4000), (4000, 1), (1, 1, 1), (3, 1, 900)])
def test_extreme_shapes_give_pictures_of_bounded_size(shape):
    shown = picture_of(Image(np.arange(np.prod(shape)).reshape(shape), spacing=(1.0,) * len(shape)))
    assert 1 <= shown.shape[0] <= 384
    assert shown.shape[1] <= 3 * 8 * 384 + 12


def test_few_channels_show_the_first():
    pixels = np.stack([np.full((4, 4), 255, np.uint8), np.zeros((4, 4), np.uint8)], axis=-1)
    assert picture_of(Image(pixels, channel_axis=-1)).min() == 255
