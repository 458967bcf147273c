import numpy as np

from workbench.explorers import Canvas
from workbench.explorers.opening import describe, eight_bit, fitting_window, presets
from workbench.explorers.pixels import upright
from workbench.images import PRESETS, Image, default_window


def test_colours_of_any_type_are_shown_alike():
    colors = np.random.default_rng(0).integers(0, 256, (4, 5, 3), np.uint8)
    for pixels in (colors, colors.astype(np.uint16) * 257, colors / 255):
        image = Image(pixels, channel_axis=-1)
        np.testing.assert_array_equal(eight_bit(image), colors)
        np.testing.assert_array_equal(Canvas(image).picture(), colors)


def test_a_large_volume_opens_in_nearly_the_same_window():
    values = np.random.default_rng(0).gamma(3, 100, (40, 300, 300)).astype(np.float32)
    image = Image(values)
    np.testing.assert_allclose(fitting_window(image), default_window(image), rtol=0.02)
    small = Image(values[:2])
    assert fitting_window(small) == default_window(small)


def test_presets_are_those_of_the_modality():
    ct = Image([[0, 1000]], modality="CT", units="HU")
    assert set(presets(ct, (0, 1000))) == {"default", *PRESETS}
    assert presets(Image([[3, 5]]), (3, 5))["full range"] == (4, 2)
    assert set(presets(Image(np.zeros((2, 2, 3)), channel_axis=-1), (0, 255))) == {"default"}


def test_a_description_names_no_more_than_is_known():
    assert describe(upright(np.zeros((4, 5)))) == "image 4 x 5"
    assert describe(upright(Image(np.zeros((3, 4, 5)), modality="MR", name="head"))) == "MR image head 3 x 4 x 5"
