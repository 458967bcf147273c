import pytest

from workbench.evaluation import classification
from workbench.plots import show_external

LABELS = ["ill", "well"] * 20


def judged(*p):
    return classification(LABELS, list(p) * (40 // len(p)), groups=None, positive="ill", resamples=50)


def test_each_metric_has_both_places_and_an_arrow_between_them():
    pair = (judged(0.9, 0.1), judged(0.9, 0.1, 0.2, 0.8))
    made = show_external({"CNN": pair, "svm": pair}, alt="Four dots.")
    assert [axes.get_title(loc="left") for axes in made.axes] == ["AUC", "Recall", "Specificity"]
    auc = made.axes[0]
    assert [label.get_text() for label in auc.get_yticklabels()] == ["CNN", "svm"]
    dots = [line.get_xdata()[0] for line in auc.get_lines() if line.get_marker() in {"o", "D"}]
    assert dots == [pair[0]["auc"].value, pair[1]["auc"].value] * 2
    assert [text.xy[0] for text in auc.texts] == [pair[1]["auc"].value] * 2


def test_the_places_are_named_as_wanted():
    pair = (judged(0.9, 0.1), judged(0.9, 0.1, 0.2, 0.8))
    made = show_external({"CNN": pair}, metrics=["auc"], places=("held out", "set aside"), alt="Two dots.")
    labels = [text.get_text() for text in made.legends[0].get_texts()]
    assert labels == ["held out, 95 % interval", "set aside, 95 % interval"]


def test_what_is_undefined_has_no_arrow():
    nobody = classification(LABELS, [0.1] * 40, groups=None, positive="ill", resamples=50)
    made = show_external({"CNN": (judged(0.9, 0.1), nobody)}, metrics=["precision"], alt="One dot.")
    assert not made.axes[0].texts


def test_what_there_is_not_is_refused():
    with pytest.raises(ValueError, match="at least one model"):
        show_external({}, alt="Nothing.")
    with pytest.raises(ValueError, match="luck"):
        show_external({"CNN": (judged(0.9, 0.1),) * 2}, metrics=["luck"], alt="Nothing.")
