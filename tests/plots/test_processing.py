"""Figures of processing show the numbers they are given."""

import numpy as np
import pytest

from workbench import plots, processing
from workbench.images import Image


def test_histograms_hold_all_pixels():
    image = np.random.default_rng(0).normal(size=(30, 40))
    made = plots.show_with_histograms({"a": image, "b": 2 * image}, alt="Two.", bins=10)
    above, _, below = made.axes[0], made.axes[1], made.axes[2]
    assert above.get_title(loc="left") == "a"
    bars = below.patches[0].get_data().values
    assert bars.sum() == pytest.approx(100)
    assert len(bars) == 10
    assert made.axes[4].lines[0].get_ydata()[-1] == pytest.approx(100)


def test_profiles_are_in_millimetres_where_known():
    image = Image(np.arange(20).reshape(2, 10), spacing=(1, 0.5))
    line = plots.show_profiles({"a": image}, row=1, start=2, stop=6, alt="A line.", units="HU").axes[0].lines[0]
    np.testing.assert_array_equal(line.get_xdata(), [1, 1.5, 2, 2.5])
    np.testing.assert_array_equal(line.get_ydata(), [12, 13, 14, 15])
    mixed = plots.show_profiles({"a": image, "b": image.pixels}, row=0, alt="Two lines.")
    np.testing.assert_array_equal(mixed.axes[0].lines[0].get_xdata(), range(10))
    assert mixed.axes[0].get_xlabel() == "column"


def test_bad_pictures_are_refused():
    with pytest.raises(ValueError, match="at least one picture"):
        plots.show_profiles({}, row=0, alt="")
    with pytest.raises(ValueError, match="at least one picture"):
        plots.show_with_histograms({}, alt="")
    with pytest.raises(ValueError, match="a must be a slice with a row 5"):
        plots.show_profiles({"a": np.eye(3)}, row=5, alt="")
    with pytest.raises(ValueError, match="columns 3 to None"):
        plots.show_profiles({"a": np.eye(3)}, row=0, start=3, alt="")
    with pytest.raises(ValueError, match="a must be finite"):
        plots.show_with_histograms({"a": [[np.nan]]}, alt="")


def test_a_comparison_shows_the_numbers_of_its_table():
    truth = np.where(np.indices((24, 30))[1] < 15, 0.0, 100.0)
    noisy = Image(processing.add_noise(truth, noise=20, seed=0), spacing=(1, 1))
    compared = processing.compare(noisy, {"mean": processing.mean, "median": processing.median}, reference=truth)
    made = plots.show_comparison(compared, alt="Three.", start=(2, 3), stop=(20, 25))
    assert [axes.get_title(loc="left") for axes in made.axes] == ["as it is", "mean", "median"]
    for axes, (_, row) in zip(made.axes, compared.table.iterrows(), strict=True):
        assert axes.images[0].get_array().shape[:2] == (18, 22)
        assert axes.texts[-1].get_text().startswith(f"{row['PSNR [dB]']:.1f} dB   SSIM {row['SSIM']:.2f}")
    with pytest.raises(ValueError, match="must lie within the image"):
        plots.show_comparison(compared, alt="Beyond.", start=(0, 0), stop=(99, 99))
