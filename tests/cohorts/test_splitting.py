import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.cohorts import Cohort, CohortError

PATIENTS = st.lists(st.tuples(st.integers(0, 14), st.sampled_from("xyz")), min_size=1, max_size=60)


def cohort(pairs):
    patients, labels = zip(*pairs, strict=True)
    index = [f"c{number}" for number in range(len(pairs))]
    return Cohort(pd.DataFrame({"patient": patients, "image": "x.png", "label": labels}, index=index))


def imbalance(table, shares):
    wanted = pd.Series(shares)
    columns = [*(table["label"] == label for label in table["label"].unique()), table["label"].notna()]
    return sum(
        float(
            (
                ((table["split"][rows].value_counts() / rows.sum()).reindex(wanted.index, fill_value=0) - wanted)
                ** 2
            ).sum()
        )
        for rows in columns
    )


@settings(deadline=None, max_examples=50)
@given(pairs=PATIENTS, test=st.floats(0.05, 0.6), validation=st.sampled_from([0.0, 0.2]), seed=st.integers(0, 99))
def test_no_patient_is_ever_parted(pairs, test, validation, seed):
    try:
        divided = cohort(pairs).split(test=test, validation=validation, seed=seed).table
    except CohortError as error:
        assert "cannot fill" in str(error) or "is left for" in str(error)
        return
    assert (divided.groupby("patient")["split"].nunique() == 1).all()
    assert set(divided["split"]) == {"train", "test"} | ({"validation"} if validation else set())
    assert list(divided.index) == list(cohort(pairs))


@settings(deadline=None, max_examples=30)
@given(pairs=st.lists(st.tuples(st.integers(0, 6), st.sampled_from("xy")), min_size=4, max_size=20))
def test_no_move_and_no_exchange_of_patients_would_be_better(pairs):
    shares = {"train": 0.7, "test": 0.3}
    try:
        table = cohort(pairs).split(test=0.3).table
    except CohortError:
        return
    reached = imbalance(table, shares)
    patients = list(table["patient"].unique())
    for chosen in [(p,) for p in patients] + list(itertools.combinations(patients, 2)):
        other = table.copy()
        rows = other["patient"].isin(chosen)
        sides = set(other["split"][rows])
        if len(chosen) == 2 and len(sides) == 1:
            continue
        other.loc[rows, "split"] = other["split"][rows].map({"train": "test", "test": "train"})
        assert imbalance(other, shares) >= reached - 1e-9


@pytest.mark.parametrize("seed", range(3))
def test_single_images_are_stratified_to_one_case(seed):
    labels = np.random.default_rng(seed).choice(list("abc"), size=1000, p=[0.7, 0.25, 0.05])
    table = cohort(list(enumerate(labels))).split(test=0.2, validation=0.1, seed=seed).table
    counts = pd.crosstab(table["label"], table["split"])
    total = counts.sum(axis=1)
    assert (abs(counts["test"] - 0.2 * total) <= 1).all()
    assert (abs(counts["validation"] - 0.1 * total) <= 1).all()


def test_the_seed_draws_and_repeats():
    study = cohort([(patient, "xy"[patient % 2]) for patient in range(40)])
    one, again, other = (study.split(seed=seed).table["split"].tolist() for seed in (1, 1, 2))
    assert one == again
    assert one != other


def test_errors():
    study = cohort([(1, "x"), (2, "y")])
    with pytest.raises(CohortError, match="no column 'site' to split by"):
        study.split(by="site")
    with pytest.raises(CohortError, match="no column 'grade'"):
        study.split(stratify="grade")
    with pytest.raises(CohortError, match="2 different patient cannot fill train, validation, test"):
        study.split(test=0.3, validation=0.3)
    with pytest.raises(ValueError, match="shares must lie between 0 and 1"):
        study.split(test=1.0)
    with pytest.raises(ValueError, match="leave some for training"):
        study.split(test=0.5, validation=0.5)
    with pytest.raises(CohortError, match="case 'c1' has no patient"):
        cohort([(1.0, "x"), (np.nan, "y")]).split()


def test_without_labels():
    table = Cohort(pd.DataFrame({"patient": range(10), "image": "x.png"})).split(test=0.3, stratify=None).table
    assert table["split"].value_counts().to_dict() == {"train": 7, "test": 3}
