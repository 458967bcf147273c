import numpy as np
import pandas as pd
import pytest
from scipy import stats

from workbench import plots


def test_densities_are_the_gaussians_of_the_classes_and_gaps_are_left_out():
    rng = np.random.default_rng(0)
    features = pd.DataFrame(rng.normal(size=(40, 2)), columns=["radius (mm)", "texture"])
    features.iloc[0, 0] = np.nan
    labels = np.repeat(["benign", "malignant"], 20)
    made = plots.show_densities(features, labels, case=[0.5, 1.5], alt="Two classes.")
    top, _, plane, side = made.axes
    inside = features["radius (mm)"][1:20]
    x, y = top.lines[0].get_data()
    assert y == pytest.approx(stats.norm.pdf(x, inside.mean(), inside.std(ddof=0)))
    inside = features["texture"][20:]
    density, x = side.lines[1].get_data()
    assert density == pytest.approx(stats.norm.pdf(x, inside.mean(), inside.std(ddof=0)))
    assert len(plane.lines[0].get_xdata()) == 19
    assert plane.lines[-1].get_xydata().tolist() == [[0.5, 1.5]]
    assert [text.get_text() for text in plane.get_legend().get_texts()] == ["benign", "malignant", "the case"]
    assert made.alt == "Two classes."


def test_densities_want_two_features():
    with pytest.raises(ValueError, match=r"two columns and 2 rows, received a table of \(2, 1\)"):
        plots.show_densities(pd.DataFrame({"a": [1.0, 2.0]}), ["x", "y"], alt="None.")


def test_the_posterior_at_the_case_is_bayes_rule():
    gaussians = pd.DataFrame({"mean": [10.0, 14.0], "std": [1.0, 2.0], "prior": [0.7, 0.3]}, index=["a", "b"])
    made = plots.show_bayes(gaussians, 11.5, feature="radius", alt="Bells.")
    joint = [0.7 * stats.norm.pdf(11.5, 10, 1), 0.3 * stats.norm.pdf(11.5, 14, 2)]
    heights = [line.get_ydata()[0] for line in made.axes[2].lines if line.get_marker() == "o"]
    assert heights == pytest.approx([joint[0] / sum(joint), joint[1] / sum(joint)])
    assert "posterior" in made.axes[2].get_title(loc="left")


def test_weights_are_ranked_and_none_is_lost():
    weights = pd.Series({"a": 0.5, "b": -3.0, "c": 1.0, "d": 0.25})
    made = plots.show_weights(weights, positive="ill", alt="Bars.", count=2)
    axes = made.axes[0]
    assert [text.get_text() for text in axes.get_yticklabels()] == ["b", "c", "2 others"]
    assert [bar.get_width() for bar in axes.patches] == [-3.0, 1.0, 0.75]
    assert "ill" in axes.get_title(loc="left")
