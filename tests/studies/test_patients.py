import pandas as pd
import pytest

from workbench.studies import patients_in_names
from workbench.studies.patients import by_pattern


def names(*made):
    return pd.Series(list(made))


@pytest.mark.parametrize(
    ("pattern", "first"),
    [
        ("person{}_virus_{}", "person0_virus"),
        ("IM-{:04}-{:04}", "IM-0000"),
        ("{:03}({})", "000"),
        ("{:03}_left_scan{}", "000"),
        ("case {} {}", "case 0"),
    ],
)
def test_two_images_of_one_patient_are_found(pattern, first):
    made = names(*(pattern.format(patient, view) for patient in range(20) for view in (1, 2)))
    found = patients_in_names(made)
    assert found.patients.nunique() == 20
    assert found.patients[0] == found.patients[1] == first


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
