import numpy as np
import pytest

from workbench import samples
from workbench.explorers import Canvas
from workbench.explorers.drawing import color, combine, paint_labels
from workbench.explorers.pixels import encode
from workbench.images import Image, Window, affine_from_spacing, default_window
from workbench.images.picture import to_bytes


@pytest.fixture
def volume():
    rng = np.random.default_rng(0)
    return Image(rng.integers(-1000, 2000, (6, 8, 10)).astype(np.int16), affine=affine_from_spacing((5, 1, 2)))


def grey(values, window):
    return to_bytes(values, window)[..., None].repeat(3, -1)


def test_traits_in_pixels_out(volume):
    canvas = Canvas(volume)
    canvas.crosshair = [2, 3, 4]
    canvas.level, canvas.width = 100, 700
    np.testing.assert_array_equal(canvas.picture(0), grey(volume.pixels[2], Window(100, 700)))
    np.testing.assert_array_equal(canvas.picture(1), grey(volume.pixels[::-1, 3], Window(100, 700)))
    np.testing.assert_array_equal(canvas.picture(2), grey(volume.pixels[::-1, :, 4], Window(100, 700)))


def test_it_opens_in_the_window_of_its_modality():
    image = samples.load("head_ct")
    canvas = Canvas(image)
    assert canvas.window == default_window(image)
    assert canvas.presets["lung"] == (-600, 1500)
    assert "HU" not in str(canvas.presets)
    assert "lung" not in Canvas(samples.load("abdomen_mr")).presets


def test_mask_second_image_and_colours_are_those_of_the_pure_functions(volume):
    mask = volume.pixels > 1000
    canvas = Canvas(volume, mask, opacity=0.6)
    index = canvas.crosshair[0]
    below = grey(volume.pixels[index], canvas.window)
    np.testing.assert_array_equal(canvas.picture(), paint_labels(below, mask[index], 0.6))
    other = np.random.default_rng(1).normal(size=volume.shape)
    canvas.show_second(other, mode="checkerboard", window=(0, 3))
    canvas.tiles, canvas.other_colormap = 3, "viridis"
    pixels = encode(other)
    above = color(pixels, pixels.stored[index], Window(0, 3), "viridis")
    expected = combine(below, above, mode="checkerboard", tiles=3, spacing=(1, 2))
    np.testing.assert_array_equal(canvas.picture(), paint_labels(expected, mask[index], 0.6))
    canvas.hide_second()
    canvas.set_mask(None)
    np.testing.assert_array_equal(canvas.picture(), below)


def test_colour_images_are_shown_as_they_are():
    image = samples.load("retina")
    np.testing.assert_array_equal(Canvas(image).picture(), image.pixels)


@pytest.mark.parametrize("code", ["SPL", "RAS", "AIL"])
def test_masks_clicks_and_the_crosshair_are_in_the_axes_of_the_image_as_given(volume, code):
    turned = volume.oriented(code)
    mask = np.zeros(turned.shape, np.uint8)
    place = tuple(length - 2 for length in turned.shape)
    mask[place] = 3
    canvas = Canvas(turned, mask)
    np.testing.assert_array_equal(canvas.mask, mask)
    canvas.crosshair = [int(at) for at in np.argwhere(canvas.labels)[0]]
    assert canvas.index == place
    clicks = []
    canvas.on_click(clicks.append)
    canvas._receive(None, {"kind": "click", "index": canvas.crosshair}, [])
    assert clicks[0].index == place
    np.testing.assert_allclose(clicks[0].mm, (turned.affine @ (*place, 1))[:3])


def test_a_stroke_changes_the_mask_and_nothing_beside_it(volume):
    canvas = Canvas(volume, np.zeros(volume.shape, bool))
    painted = []
    canvas.on_paint(lambda: painted.append(canvas.mask.sum()))
    patch = np.arange(1, 5, dtype=np.uint8)
    canvas._receive(None, {"kind": "paint", "origin": [2, 3, 4], "shape": [1, 2, 2]}, [memoryview(patch)])
    assert painted == [10]
    np.testing.assert_array_equal(canvas.mask[2, 3:5, 4:6], [[1, 2], [3, 4]])
    assert (canvas.mask > 0).sum() == 4


def test_other_pixels_of_the_same_shape_keep_the_view_and_others_begin_anew(volume):
    canvas = Canvas(volume, volume.pixels > 0, zoom=2.0)
    canvas.crosshair = [1, 2, 3]
    canvas.show(volume.pixels + 1)
    assert (canvas.crosshair, canvas.zoom) == ([1, 2, 3], 2.0)
    np.testing.assert_array_equal(
        canvas.picture(),
        paint_labels(grey(volume.pixels[1] + 1, canvas.window), volume.pixels[1] > 0, canvas.opacity),
    )
    canvas.show(np.zeros((4, 4)))
    assert (canvas.crosshair, canvas.zoom, canvas.mask) == ([0, 2, 2], 1.0, None)


def test_what_does_not_fit_is_refused(volume):
    canvas = Canvas(volume)
    with pytest.raises(ValueError, match="shape"):
        canvas.set_mask(np.zeros((2, 2)))
    with pytest.raises(ValueError, match="0 to 255"):
        canvas.set_mask(np.full(volume.shape, 256))
    with pytest.raises(ValueError, match="one shape"):
        canvas.show_second(np.zeros((2, 2)))
    with pytest.raises(ValueError, match="finite"):
        Canvas([[np.nan, 1.0]])


def test_pixels_are_sent_when_asked_for_and_never_are_state(volume):
    canvas = Canvas(volume, volume.pixels > 0)
    sent = []
    canvas.send = lambda content, buffers=None: sent.append((content, buffers))
    canvas.show(volume.pixels)
    assert sent == []
    canvas._receive(None, {"kind": "ready"}, [])
    assert [content["layer"] for content, _ in sent] == ["image", "other", "mask"]
    assert bytes(sent[0][1][0]) == volume.pixels.tobytes()
    assert sent[1][0]["grid"] is None
    state = canvas.get_state()
    heavy = {name for name, value in state.items() if len(str(value)) > 1000} - {"_esm", "_css", "_colortables"}
    assert heavy == set()
    assert sum(len(str(value)) for value in state.values()) < 100_000


def test_a_still_has_all_planes_at_one_scale(volume):
    still = Canvas(volume, panes=(0, 1, 2)).still(height=300, width=2000)
    # 8 x 20 mm axial, 30 x 20 mm coronal and 30 x 8 mm sagittal: 10 screen pixels for a millimetre.
    assert still.size == (200 + 6 + 200 + 6 + 80, 300)
