import numpy as np
import pandas as pd
import pytest

from workbench import evaluation, plots

LABELS = np.array(["ill", "ill", "ill", "well", "well", "well"])
SCORES = np.array([0.9, 0.8, 0.3, 0.4, 0.2, 0.1])


def test_confusion_writes_counts_and_shares_of_each_true_class():
    table = evaluation.confusion(LABELS, np.where(SCORES > 0.35, "ill", "well"))
    made = plots.show_confusion({"first": table, "second": table}, alt="Two tables.")
    assert [text.get_text() for text in made.axes[1].texts] == ["2\n67 %", "1\n33 %", "1\n33 %", "2\n67 %"]
    assert [text.get_text() for text in made.axes[0].get_yticklabels()] == ["ill", "well"]
    assert made.axes[0].get_ylabel() == "true"


def test_confusion_survives_a_class_that_never_occurs():
    table = evaluation.confusion(["a"], ["b"], classes=["a", "b"])
    made = plots.show_confusion({"t": table}, alt="One table.")
    assert [text.get_text() for text in made.axes[0].texts][2:] == ["0\n0 %", "0\n0 %"]


def test_intervals_reach_from_low_to_high():
    index = pd.MultiIndex.from_product([["svm", "bayes"], ["auc", "recall"]], names=["model", "metric"])
    rows = [(0.81, 0.8, 0.7, 0.95), (0.5, 0.5, 0.4, 0.6), (0.61, 0.6, 0.5, 0.7), (np.nan,) * 4]
    summary = pd.DataFrame(rows, index, columns=["mean", "pooled", "low", "high"])
    made = plots.show_intervals(summary, metrics=["auc", "recall"], alt="Dots.")
    ends = made.axes[0].collections[0].get_segments()
    assert ends[0][:, 0] == pytest.approx([0.7, 0.95])
    assert ends[1][:, 0] == pytest.approx([0.5, 0.7])
    assert [text.get_text() for text in made.axes[0].get_yticklabels()] == ["svm", "bayes"]
    assert [axes.get_title(loc="left") for axes in made.axes] == ["AUC", "Recall"]


def test_people_are_all_drawn_once():
    table = evaluation.natural_frequencies(recall=0.8, specificity=0.9, prevalence=0.1)
    made = plots.show_people({"clinic": table}, alt="Dots.")
    axes = made.axes[0]
    points = np.concatenate([line.get_xydata() for line in axes.lines])
    assert len(np.unique(points, axis=0)) == len(points) == 1000
    assert [len(line.get_xdata()) for line in axes.lines] == [80, 20, 90, 810]
    assert axes.get_legend().get_texts()[0].get_text() == "80 ill, found"


def test_studies_are_dots_around_their_mean():
    aucs = pd.DataFrame({"outside": [0.9, 1.0], "inside": [0.4, 0.5]})
    axes = plots.show_studies(aucs, title="Simulated: noise", alt="Dots.").axes[0]
    assert axes.lines[0].get_xdata().tolist() == [0.9, 1.0]
    assert axes.lines[3].get_xdata() == pytest.approx([0.45])
    assert axes.get_title(loc="left") == "Simulated: noise"


def test_a_forest_has_a_row_for_each_subgroup():
    frame = pd.DataFrame({"patient": range(6), "label": LABELS, "p_ill": SCORES, "p_well": 1 - SCORES})
    table = evaluation.subgroups(frame, [*"xxyxyy"], positive="ill", resamples=20)
    axes = plots.show_forest(table, metric="accuracy", alt="Dots.").axes[0]
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == ["x (3 cases of 3)", "y (3 cases of 3)", "all (6 cases of 6)"]
    assert axes.get_xlabel() == "Accuracy"
    with pytest.raises(ValueError, match="metric must be one of"):
        plots.show_forest(table, metric="area", alt="Dots.")


@pytest.mark.parametrize("draw", [plots.show_confusion, plots.show_people])
def test_nothing_cannot_be_drawn(draw):
    with pytest.raises(ValueError, match="at least one table"):
        draw({}, alt="Nothing.")
