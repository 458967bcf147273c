import numpy as np
import pandas as pd
import pytest

from workbench import samples
from workbench.cohorts import Cohort
from workbench.images import Image
from workbench.plots import show_failures
from workbench.plots.failures import LONGEST, WRONG, decided_wrongly, own_probability


@pytest.fixture(scope="module")
def study():
    return samples.lesion_study("nodule", patients=6, size=24)


def said(study, p):
    table = study.table[["patient", "label"]]
    return table.assign(p_benign=1 - np.asarray(p), p_malignant=p)


def test_the_worst_come_first_one_of_each_patient(study):
    p = np.random.default_rng(0).uniform(size=len(study))
    own = np.where(study.table["label"] == "malignant", p, 1 - p)
    made = show_failures(study, {"CNN": said(study, p)}, columns=3, alt="Six lesions.")
    rows = [axes.get_title(loc="left") for axes in made.axes]
    for number, label in enumerate(("benign", "malignant")):
        best = pd.Series(own, study.table["patient"])[(study.table["label"] == label).to_numpy()]
        expected = sorted(best.groupby(level=0).min())
        assert rows[3 * number : 3 * number + 3] == [f"CNN {value:.2f}" for value in expected]
    assert made.axes[0].get_ylabel() == "truth: benign"


def test_wrong_ones_are_marked_and_the_other_models_word_is_there(study):
    p = np.where(study.table["label"] == "malignant", 0.8, 0.7)
    made = show_failures(study, {"CNN": said(study, p), "svm": said(study, p)}, columns=1, alt="Two lesions.")
    assert [axes.title.get_text() or axes.get_title(loc="left") for axes in made.axes] == [
        "CNN 0.30\nsvm 0.30",
        "CNN 0.80\nsvm 0.80",
    ]
    assert [axes._left_title.get_color() for axes in made.axes] == [WRONG, "black"]


def test_names_of_cases_are_written_only_when_asked_for(study):
    worst = study.table.index[(study.table["label"] == "benign").to_numpy()][0]
    p = np.where(study.table.index == worst, 0.9, 0.5)
    named, plain = (
        show_failures(study, {"CNN": said(study, p)}, columns=1, names=names, alt="Two lesions.")
        for names in (True, False)
    )
    assert named.axes[0].get_title(loc="left").splitlines()[0][-4:] == worst[-4:]
    assert len(named.axes[0].get_title(loc="left").splitlines()[0]) <= LONGEST
    assert plain.axes[0].get_title(loc="left") == "CNN 0.10"


def test_the_masks_are_outlined(study):
    p = np.full(len(study), 0.5)
    with_masks, without = (
        show_failures(study, {"CNN": said(study, p)}, columns=2, masks=masks, alt="Lesions.")
        for masks in (True, False)
    )
    assert all(axes.collections for axes in with_masks.axes) and not any(axes.collections for axes in without.axes)


def test_volumes_show_a_slice():
    images = [Image(np.random.default_rng(n).normal(size=(5, 8, 8))) for n in range(2)]
    table = pd.DataFrame({"patient": list("xy"), "label": ["benign", "malignant"]}, index=["a", "b"])
    study = Cohort(table.assign(image=pd.Series(images, index=table.index, dtype=object)))
    made = show_failures(study, {"CNN": said(study, [0.5, 0.5])}, columns=2, alt="Two volumes.")
    np.testing.assert_array_equal(made.axes[0].images[0].get_array(), images[0].pixels[2])
    assert len(made.axes) == 2


def test_repeats_are_averaged():
    table = pd.DataFrame({"label": ["a", "a"], "p_a": [0.2, 0.6], "p_b": [0.8, 0.4]}, index=["x", "x"])
    assert own_probability(table).to_dict() == {"x": pytest.approx(0.4)}
    assert decided_wrongly(table, "x")


def test_what_cannot_be_shown_is_refused(study):
    with pytest.raises(ValueError, match="at least one model"):
        show_failures(study, {}, alt="Nothing.")
    with pytest.raises(ValueError, match="no column 'p_benign'"):
        show_failures(study, {"CNN": said(study, np.full(12, 0.5)).drop(columns="p_benign")}, alt="Nothing.")
