import pandas as pd
import pytest

from workbench.cohorts import Cohort, CohortError, two_classes


@pytest.fixture
def cohort():
    labels = ["glioma", "normal", "metastasis", None, "normal", "glioma"]
    table = pd.DataFrame({"patient": list("abcdef"), "image": "x.png", "label": labels})
    return Cohort(table.set_index(pd.Index([f"c{number}" for number in range(6)], name="case")))


def test_one_class_against_another(cohort):
    found = two_classes(cohort, positive="glioma", negative="normal")
    assert found.table["label"].to_dict() == {"c0": "glioma", "c1": "normal", "c4": "normal", "c5": "glioma"}


def test_one_class_against_all_others(cohort):
    found = two_classes(cohort, positive="glioma")
    assert found.table["label"].tolist() == ["glioma", "not glioma", "not glioma", "not glioma", "glioma"]


def test_the_only_other_class_keeps_its_name(cohort):
    two = cohort.select(["c0", "c1"])
    assert two_classes(two, positive="glioma").table["label"].tolist() == ["glioma", "normal"]


def test_numbers_are_labels_too(cohort):
    numbered = Cohort(cohort.table.assign(label=[0, 1, 2, 0, 1, 2]))
    assert set(two_classes(numbered, positive="1").table["label"]) == {"1", "not 1"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"positive": "gliom"}, "no case is labelled 'gliom'; there are glioma, metastasis, normal"),
        ({"positive": "glioma", "negative": "x"}, "no case is labelled 'x'"),
        ({"positive": "glioma", "negative": "glioma"}, "expected two classes"),
    ],
)
def test_classes_that_do_not_occur(cohort, options, message):
    with pytest.raises(CohortError, match=message):
        two_classes(cohort, **options)


def test_no_labels(cohort):
    with pytest.raises(CohortError, match="no column label"):
        two_classes(Cohort(cohort.table.drop(columns="label")), positive="a")
