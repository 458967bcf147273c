import pandas as pd
import pytest

from workbench.studies import patients_in_names
from workbench.studies.patients import by_pattern


def names(*made):
    return pd.Series(list(made))


@pytest.mark.parametrize(
    ("pattern", "first"),
    [
        ("person{}_virus_{}", "person0"),
        ("IM-{:04}-{:04}", "IM-0000"),
        ("{:03}({})", "000"),
        ("{:03}_left_scan{}", "000"),
        ("case {} {}", "case 0"),
    ],
)
def test_two_images_of_one_patient_are_found(pattern, first):
    made = names(*(pattern.format(patient, view) for patient in range(20) for view in (1, 2)))
    found = patients_in_names(made)
    assert found.nunique() == 20
    assert found[0] == found[1] == first


@pytest.mark.parametrize(
    "made",
    [
        [f"NORMAL_{number}" for number in range(40)],
        [f"scan{number}" for number in range(40)],
        [f"{number:05}" for number in range(40)],
        [f"2021-{number:05}" for number in range(40)],
    ],
)
def test_names_that_tell_no_patient(made):
    assert patients_in_names(names(*made)) is None


def test_a_part_that_two_classes_share_is_no_patient():
    made = [f"ward{number % 20}_{label}" for number, label in enumerate(["a"] * 20 + ["b"] * 20)]
    assert patients_in_names(names(*made), ["ill"] * 20 + ["well"] * 20) is None


def test_an_expression_of_the_user():
    found = by_pattern(names("p01-front", "p01-side", "p02-front", "odd"), r"(p\d+)-.*")
    assert found.tolist() == ["p01", "p01", "p02", "odd"]


@pytest.mark.parametrize(
    ("pattern", "message"),
    [("(p", "no regular expression"), (r"p\d+", "needs a group"), (r"(q\d+)_.*", r"fits no name, such as 'p1_a'")],
)
def test_an_expression_that_does_not_fit(pattern, message):
    with pytest.raises(ValueError, match=message):
        by_pattern(names("p1_a", "p1_b"), pattern)


def test_all_that_one_number_has_is_one_patient_whatever_follows():
    others = [f"p{number}_c_{number}" for number in range(3, 40)]
    made = names("p1_a_1", "p1_a_2", "p1_b_77", "p1_b_78_2", "p2_a_3", *others)
    found = patients_in_names(made)
    assert found[:5].tolist() == ["p1"] * 4 + ["p2"]


def test_words_with_other_names_are_cut_at_another_part():
    old = [f"IM-{patient:04}-{view:04}" for patient in range(30) for view in (1, 2)]
    new = [f"NORMAL2-IM-{patient:04}-{view:04}" for patient in range(30) for view in (1, 2)]
    found = patients_in_names(names(*old, *new))
    assert sorted(found.unique())[::30] == ["IM-0000", "NORMAL2-IM-0000"]
    assert found.value_counts().tolist() == [2] * 60


def test_people_without_numbers():
    made = names(*(f"{name}-{view}" for name in "abcdefghijkl" for view in (1, 2)))
    assert patients_in_names(made).nunique() == 12


def test_one_patient_with_images_of_both_classes_does_not_hide_the_others():
    made = [f"eye{number:02}_{side}" for number in range(20) for side in ("left", "right")]
    labels = ["ill", "well"] + ["ill"] * 38
    assert patients_in_names(names(*made), labels).nunique() == 20
