import numpy as np
import pytest

from workbench.evaluation import compare, difference_in_words

LABELS = np.tile(["ill", "well"], 50)
GOOD, BAD = np.tile([0.9, 0.1], 50), np.tile([0.4, 0.6], 50)


@pytest.mark.parametrize(
    ("first", "second", "metric", "words"),
    [
        (GOOD, GOOD, "auc", "cannot tell the two apart"),
        (GOOD, BAD, "auc", "A is better"),
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
