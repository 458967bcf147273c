import numpy as np
import pytest
from PIL import Image as Picture

from workbench.plots.palettes import smallest_mode


def off(picture):
    made = smallest_mode(picture)
    exact = np.asarray(picture, dtype=int)
    return made.mode, np.abs(np.asarray(made.convert("RGB"), dtype=int) - exact).max(axis=-1)


def test_greys_stay_exact():
    ramp = np.tile(np.arange(256, dtype=np.uint8)[:, np.newaxis, np.newaxis], (1, 9, 3))
    mode, difference = off(Picture.fromarray(ramp))
    assert mode == "L"
    assert not difference.any()


def test_the_most_frequent_colours_stay_exact_beside_all_greys():
    pixels = np.tile(np.arange(256, dtype=np.uint8)[:, np.newaxis, np.newaxis], (1, 90, 3))
    patches = np.random.default_rng(0).integers(0, 256, (60, 1, 1, 3)).repeat(4, axis=2)
    pixels[: 60 * 4, :4] = patches.repeat(4, axis=1).reshape(240, 4, 3)
    pixels[100:150, 50:52] = np.random.default_rng(1).integers(100, 110, (50, 2, 3))
    mode, difference = off(Picture.fromarray(pixels))
    assert mode == "P"
    colourful = np.ptp(patches, axis=-1).max(axis=(1, 2)) > 4
    assert not difference[:240, :4][colourful.repeat(4)].any()
    assert difference.max() <= 5


def test_a_photograph_is_left_as_it_is():
    photograph = Picture.fromarray(np.random.default_rng(0).integers(0, 256, (99, 99, 3), dtype=np.uint8))
    mode, difference = off(photograph)
    assert mode == "RGB"
    assert not difference.any()


@pytest.mark.parametrize("color", ["white", "black", "orange"])
def test_one_colour_is_enough(color):
    mode, difference = off(Picture.new("RGB", (3, 2), color))
    assert mode == ("P" if color == "orange" else "L")
    assert not difference.any()


def test_a_line_of_a_legend_keeps_its_colour_beside_a_photograph():
    rng = np.random.default_rng(0)
    pixels = np.full((300, 300, 3), 255, np.uint8)
    pixels[:200] = rng.normal((200, 60, 120), (12, 4, 8), (200, 300, 3)).clip(0, 255)
    pixels[250, 100:160] = rng.integers((0, 150, 110), (40, 190, 150), (60, 3))
    mode, difference = off(Picture.fromarray(pixels))
    assert difference[250].max() <= 48, mode
