import numpy as np
import pytest

from workbench import evaluation, plots

LABELS = np.array(["ill", "ill", "ill", "well", "well", "well"])
SCORES = np.array([0.9, 0.8, 0.3, 0.4, 0.2, 0.1])


def legend(made):
    return [text.get_text() for text in made.legends[0].get_texts()]


def test_roc_draws_each_curve_whole_and_at_its_corner():
    curve = evaluation.roc_curve(LABELS, SCORES[[0, 1, 3, 2, 4, 5]], positive="ill", groups=None)
    made = plots.show_roc({"svm": curve}, points={"chosen": (1 / 3, 2 / 3)}, alt="One curve.")
    for axes in made.axes:
        assert (axes.lines[0].get_xydata() == curve[["false_positive_rate", "recall"]].to_numpy()).all()
        assert axes.lines[-1].get_xydata().tolist() == [[1 / 3, 2 / 3]]
    assert legend(made) == ["svm", "chance", "chosen"]
    assert made.axes[1].get_xlim()[1] < made.axes[0].get_xlim()[1]


def test_a_corner_that_no_curve_passes_through_is_left_out():
    curve = evaluation.roc_curve(LABELS, SCORES, positive="ill", groups=None)
    assert len(plots.show_roc({"svm": curve}, alt="One curve.").axes) == 1


def test_reliability_draws_filled_bins_and_counts_all():
    table = evaluation.calibration_curve(LABELS, SCORES, positive="ill", groups=None, bins=5)
    made = plots.show_reliability({"svm": table}, positive="ill", alt="One curve.")
    curve, bars = made.axes
    filled = table[table["cases"] > 0]
    assert (curve.lines[1].get_xydata() == filled[["predicted", "observed"]].to_numpy()).all()
    assert sum(bar.get_height() for bar in bars.patches) == 6
    assert "ill" in curve.get_xlabel()


def test_bands_are_drawn_from_low_to_high():
    options = {"positive": "ill", "groups": None, "resamples": 20}
    curve = evaluation.precision_recall_curve(LABELS, SCORES, **options)
    axes = plots.show_precision_recall({"svm": curve}, prevalence=0.5, alt="A curve.").axes[0]
    heights = axes.collections[0].get_paths()[0].vertices[:, 1]
    assert heights.min() == pytest.approx(curve["low"].min())
    assert heights.max() == pytest.approx(curve["high"].max())
    assert axes.lines[-1].get_ydata() == [0.5, 0.5]


def test_decision_shows_everyone_and_nobody_beside_the_model():
    curve = evaluation.decision_curve(LABELS, SCORES, positive="ill", groups=None, resamples=20)
    axes = plots.show_decision({"svm": curve}, upto=0.5, alt="A curve.").axes[0]
    assert axes.lines[0].get_xdata().max() == 0.5
    assert axes.lines[1].get_ydata()[0] == pytest.approx(0.5 - 0.5 * 0.01 / 0.99)
    assert axes.lines[2].get_ydata() == [0, 0]
    with pytest.raises(ValueError, match="at least one curve"):
        plots.show_decision({}, alt="Nothing.")
