import numpy as np
import pandas as pd
import pytest

from workbench import plots


def test_thresholds_stand_where_they_are():
    made = plots.show_thresholds(
        np.arange(100), {"low": 20.0, "high": 60.0}, units="HU", alt="Two lines.", bins=10
    )
    axes = made.axes[0]
    assert [line.get_xdata()[0] for line in axes.lines] == [20.0, 60.0]
    assert [patch.get_height() for patch in axes.patches] == [10] * 10
    with pytest.raises(ValueError, match="finite"):
        plots.show_thresholds([np.nan], {}, units="HU", alt="")


def test_energies_are_drawn_as_they_are():
    made = plots.show_energies({"1": [3.0, 2.0, 1.0], "2": [4.0, 2.0]}, marks=[0, 2], alt="Two curves.")
    first, second = made.axes[0].lines
    assert first.get_ydata().tolist() == [3.0, 2.0, 1.0]
    assert first.get_markevery() == [0, 2]
    assert second.get_markevery() == [0]


def test_agreement_has_a_dot_for_each_method_and_class():
    scores = pd.DataFrame({"grey": {"a": 0.9, "b": 0.8}, "white": {"a": 0.7, "b": 0.6}})
    axes = plots.show_agreement(scores, label="Dice", alt="Four dots.").axes[0]
    assert [line.get_xdata().tolist() for line in axes.lines] == [[0.9, 0.8], [0.7, 0.6]]
    assert axes.yaxis_inverted()
