import numpy as np
import pandas as pd
import pytest

from workbench import plots


def compared():
    index = pd.MultiIndex.from_product([["mean", "median"], [3, 5]], names=["smoothing", "size"])
    verdict = ["worse", "cannot be told from the best", "best", "unknown: one run"]
    return pd.DataFrame({"mean": [1.0, 3.5, 4.0, 2.0], "verdict": verdict}, index)


def test_settings_show_means_and_verdicts():
    made = plots.show_settings(compared(), title="t", metric="dB", alt="a")
    axes = made.axes[0]
    assert [text.get_text() for text in axes.texts] == ["1", "≈ 3.5", "4", "2"]
    (frame,) = axes.patches
    assert (round(frame.get_x() + 0.48), round(frame.get_y() + 0.46)) == (0, 1)
    assert [label.get_text() for label in axes.get_yticklabels()] == ["mean", "median"]
    assert made.axes[1].get_ylabel() == "dB"


def test_a_setting_that_was_not_run_is_said_so():
    made = plots.show_settings(compared().iloc[:3], title="t", metric="dB", alt="a")
    assert "no run" in [text.get_text() for text in made.axes[0].texts]


def test_a_heat_map_needs_two_parameters():
    with pytest.raises(ValueError, match="two parameters that vary, received \\['size'\\]"):
        plots.show_settings(compared().droplevel(0), title="", metric="", alt="")


def test_wall_times_and_seams_are_drawn_as_given():
    made = plots.show_wall_times([1, 2, 4], {"a": [8, 4, 2], "b": [9, 5, 3]}, title="t", alt="a")
    assert [line.get_ydata().tolist() for line in made.axes[0].lines] == [[8, 4, 2], [9, 5, 3]]
    made = plots.show_seams({"cut": np.zeros(5), "worse": np.arange(5)}, title="t", ylabel="HU", alt="a")
    assert made.axes[0].get_ylabel() == "HU" and len(made.axes[0].lines) == 2
