import numpy as np
import pandas as pd
import pytest

from workbench.evaluation import (
    classification,
    compare,
    difference_in_words,
    external_validation,
    falls_in_words,
    figures_in_words,
    in_short,
    readable,
)

LABELS = np.tile(["ill", "well"], 50)
GOOD, BAD = np.tile([0.9, 0.1], 50), np.tile([0.4, 0.6], 50)


@pytest.mark.parametrize(
    ("first", "second", "metric", "words"),
    [
        (GOOD, GOOD, "auc", "by AUC these patients cannot tell the two apart"),
        (GOOD, BAD, "auc", "by AUC A is better"),
        (BAD, GOOD, "auc", "B is better"),
        (GOOD, BAD, "brier", "A is better"),
        (BAD, GOOD, "brier", "B is better"),
    ],
)
def test_the_sentence_says_what_the_interval_says(first, second, metric, words):
    found = compare(LABELS, first, second, groups=None, positive="ill", resamples=200)
    said = difference_in_words(found, "A", "B", metric=metric)
    assert words in said
    assert f"{found.table.at[metric, 'difference']:+.2f}" in said


def test_an_undefined_difference_tells_nothing():
    found = compare(LABELS, GOOD, GOOD, groups=None, positive="ill", resamples=50)
    found.table.loc["auc"] = np.nan
    assert "cannot tell" in difference_in_words(found, "A", "B")
    with pytest.raises(KeyError):
        difference_in_words(found, "A", "B", metric="luck")


@pytest.mark.parametrize(
    ("numbers", "metric", "expected"),
    [
        ([-0.1, -0.2, -0.003], "auc", "-0.100 (95 % interval -0.200 to -0.003)"),
        ([-0.1, -0.2, -1e-17], "auc", "-0.100 (95 % interval -0.200 to +0.000)"),
        ([0.004, -0.1, 0.2], "brier", "+0.004 (95 % interval -0.100 to +0.200)"),
        ([0.1, -0.00004, 0.2], "auc", "+0.1000 (95 % interval +0.0000 to +0.2000)"),
    ],
)
def test_decimals_tell_on_which_side_of_nothing_an_end_lies(numbers, metric, expected):
    found = compare(LABELS, GOOD, BAD, groups=None, positive="ill", resamples=50)
    found.table.loc[metric, ["difference", "low", "high"]] = numbers
    assert expected in difference_in_words(found, "A", "B", metric=metric)


def test_a_table_for_readers_holds_no_negative_nothing():
    index = pd.MultiIndex.from_product([["CNN"], ["auc", "brier", "recall"]])
    table = pd.DataFrame([[-0.0, 0.5], [0.25, -1e-12], [np.nan, 0.5]], index=index, columns=["low", "high"])
    said = readable(table)
    assert said.to_numpy().tolist() == [["0.00", "0.50"], ["0.250", "0.000"], ["nan", "0.50"]]
    assert said.index.tolist() == [("CNN", "AUC"), ("CNN", "Brier score"), ("CNN", "recall")]


def test_a_column_for_readers_has_one_number_of_decimals():
    index = pd.MultiIndex.from_product([["CNN", "logistic"], ["auc", "recall"]])
    columns = ["CNN", "difference", "low"]
    numbers = [[0.972, 0.1, 0.001], [0.9, 0.2, 0.1], [0.99, 0.3, 0.2], [0.5, 0.004, -0.1]]
    said = readable(pd.DataFrame(numbers, index, columns))
    assert {len(text) for text in said["CNN"]} == {len("0.972")}
    assert said["difference"].tolist() == ["0.100", "0.200", "0.300", "0.004"]


def judged(p, first):
    return classification(LABELS, p, groups=range(first, first + len(LABELS)), positive="ill", resamples=100)


def test_the_short_table_and_the_sentence_say_what_was_found():
    home, away = judged(GOOD, 0), judged(BAD, 100)
    short = in_short({"held out": {"CNN": home}, "set aside": {"CNN": away}})
    assert short.index.tolist() == [("CNN", "held out"), ("CNN", "set aside")]
    assert short.columns.tolist() == ["AUC", "sensitivity", "specificity"]
    assert [text[:4] for text in short.loc[("CNN", "set aside")]] == ["0.00", "0.00", "0.00"]
    said = figures_in_words({"held out": {"CNN": home}, "set aside": {"CNN": away}}).splitlines()
    assert [line.partition(": AUC ")[0] for line in said] == ["CNN, held out", "CNN, set aside"]
    assert f"sensitivity {short.loc[('CNN', 'set aside'), 'sensitivity']}, specificity 0.00" in said[1]
    fallen = falls_in_words({"CNN": external_validation(home, away)}, "patients set aside")
    assert [line.split(": ")[1].split(",")[0] for line in fallen.splitlines()] == [
        "AUC of CNN",
        "sensitivity of CNN",
        "specificity of CNN",
        "Brier score of CNN",
    ]
    # Unsure answers on the same sides of 0.5 are worse by the Brier score alone: (1 - 0.504)² is 0.246.
    unsure = falls_in_words({"CNN": external_validation(home, judged(0.5 + 0.01 * (GOOD - 0.5), 100))}, "others")
    assert unsure.startswith("Clearly worse in the others: Brier score of CNN, 0.246 against 0.010 while held out")
    for pair in ((home, judged(GOOD, 100)), (judged(BAD, 0), judged(GOOD, 100))):
        assert falls_in_words({"CNN": external_validation(*pair)}, "others").startswith("No figure of either")
