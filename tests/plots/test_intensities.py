import numpy as np
import pytest

from workbench.images import Image
from workbench.plots import show_histograms, show_windows


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.float64, bool])
def test_each_voxel_is_counted_once(dtype):
    values = (np.random.default_rng(0).random((40, 50)) * 255).astype(dtype)
    made = show_histograms({"a": values}, bins=30, alt="One histogram.")
    counts, _, _ = made.axes[0].patches[0].get_data()
    assert counts.sum() == 2000


def test_whole_numbers_have_no_comb():
    made = show_histograms({"a": np.arange(256)}, bins=100, alt="A flat histogram.")
    counts, _, _ = made.axes[0].patches[0].get_data()
    assert set(counts[:-1]) == {3}


def test_colours_have_three_curves_and_units_are_named():
    pixels = np.random.default_rng(0).integers(0, 256, (3, 9, 9), dtype=np.uint8)
    made = show_histograms({"c": Image(pixels, channel_axis=0), "ct": Image(pixels[0], units="HU")}, alt="Two.")
    assert [len(axes.patches) for axes in made.axes] == [3, 1]
    assert [axes.get_xlabel() for axes in made.axes] == ["intensity", "intensity (HU)"]


@pytest.mark.parametrize("images", [{}, {"a": [[np.nan]]}])
def test_histograms_refuse(images):
    with pytest.raises(ValueError, match=r"at least one image|a must be finite"):
        show_histograms(images, alt="None.")


def test_a_constant_image_has_a_histogram():
    for value in (0.0, 7, 1e6):
        made = show_histograms({"a": np.full((4, 4), value)}, alt="One bar.")
        assert made.axes[0].patches[0].get_data()[0].sum() == 16


def test_windows_are_ramps():
    made = show_windows({"brain": (40, 80), "bone": (400, 1800)}, units="HU", alt="Two ramps.")
    for line, (low, high) in zip(made.axes[0].lines, ((0, 80), (-500, 1300)), strict=True):
        np.testing.assert_array_equal(line.get_xdata()[1:3], (low, high))
        np.testing.assert_array_equal(line.get_ydata(), (0, 0, 255, 255))
    assert made.axes[0].get_legend().get_texts()[0].get_text() == "brain: level 40, width 80"


@pytest.mark.parametrize("width", [0, -1, np.nan])
def test_a_window_without_width_is_refused(width):
    with pytest.raises(ValueError, match="width of window 'a' must be positive"):
        show_windows({"a": (0, width)}, units="HU", alt="None.")
