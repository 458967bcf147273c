"""Circumstances, outcomes and counting scores on tables whose answers are counted by hand."""

import pandas as pd
import pytest

from workbench.cnn import at_scores, circumstances, counting_scores, outcomes, recall_by


def boxes(*rows: tuple, **columns: object) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["case", "class", "top", "left", "bottom", "right"])
    return table.assign(**columns)


TRUTHS = boxes(
    ("a", "cell", 10, 10, 30, 30),
    ("a", "cell", 10, 20, 30, 40),  # shares a third with the first
    ("a", "cell", 50, 50, 58, 58),
    ("a", "cell", 50, 0, 70, 14),
    ("b", "cell", 10, 10, 30, 30),  # where the first lies, in another image
)


def test_each_object_has_one_circumstance():
    kinds = circumstances(TRUTHS, shape=(100, 100))
    assert kinds.tolist() == ["crowded", "crowded", "small", "cut by the border", "alone"]
    assert circumstances(TRUTHS, shape=(100, 100), crowded=0.5, small=5, border=-1).unique().tolist() == ["alone"]
    assert circumstances(TRUTHS.iloc[:0], shape=(100, 100)).empty


def test_the_index_of_the_truths_is_kept():
    turned = TRUTHS.iloc[::-1]
    assert circumstances(turned, shape=(100, 100)).equals(circumstances(TRUTHS, shape=(100, 100)).iloc[::-1])


def test_recall_by_circumstance():
    found = TRUTHS.iloc[[0, 3, 4]].assign(score=[0.9, 0.9, 0.2])
    table = recall_by(found, TRUTHS, circumstances(TRUTHS, shape=(100, 100)), score=0.5)
    assert table["truths"].to_dict() == {
        ("cell", "alone"): 1,
        ("cell", "crowded"): 2,
        ("cell", "cut by the border"): 1,
        ("cell", "small"): 1,
    }
    assert table["recall"].tolist() == [0, 0.5, 1, 0]
    with pytest.raises(ValueError, match="each of 5 truths"):
        recall_by(found, TRUTHS, pd.Series(["x"]))


def test_outcomes_are_hits_false_boxes_and_misses():
    found = pd.concat([TRUTHS.iloc[[0, 0, 4]], boxes(("b", "cell", 60, 60, 70, 70))]).assign(
        score=[0.9, 0.8, 0.7, 0.6]
    )
    table = outcomes(found, TRUTHS)
    assert table["outcome"].value_counts().to_dict() == {"missed": 3, "hit": 2, "false": 2}
    assert table.loc[table["outcome"] == "missed", "top"].tolist() == [10, 50, 50]


def test_counting_scores_make_the_counts_right():
    truths = boxes(*[("a", "red", 0, 0, 9, 9)] * 2, ("b", "red", 0, 0, 9, 9), ("b", "white", 0, 0, 9, 9))
    found = boxes(
        *[("a", "red", 0, 0, 9, 9)] * 3, *[("b", "red", 0, 0, 9, 9)] * 2, ("b", "white", 0, 0, 9, 9)
    ).assign(score=[0.9, 0.8, 0.4, 0.7, 0.5, 0.2])
    scores = counting_scores(found, truths, cases=["a", "b", "c"])
    assert 0.5 < scores["red"] <= 0.7 and scores["white"] < 0.2
    kept = at_scores(found, scores)
    assert kept.groupby(["case", "class"]).size().to_dict() == {
        ("a", "red"): 2,
        ("b", "red"): 1,
        ("b", "white"): 1,
    }


def test_a_class_that_is_never_found_still_has_a_score():
    scores = counting_scores(TRUTHS.iloc[:0].assign(score=[]), TRUTHS, cases=["a", "b"])
    assert 0 < scores["cell"] < 1
