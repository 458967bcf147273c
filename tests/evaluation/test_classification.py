import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from workbench import evaluation

CLASSES = ["benign", "malignant", "normal"]
RATES = {"recall": metrics.recall_score, "precision": metrics.precision_score, "f1": metrics.f1_score}
pairs = st.lists(st.tuples(st.sampled_from(CLASSES), st.sampled_from(CLASSES)), min_size=1, max_size=60)


def arrays(pair):
    labels, predictions = zip(*pair, strict=True)
    return np.array(labels), np.array(predictions)


@settings(deadline=None, max_examples=50)
@given(pairs, st.sampled_from(sorted(RATES)))
def test_rates_equal_scikit_learns_for_one_class_and_for_all(pair, name):
    labels, predictions = arrays(pair)
    rate, reference = getattr(evaluation, name), RATES[name]
    each = reference(labels, predictions, average=None, zero_division=np.nan)
    assert rate(labels, predictions) == pytest.approx(np.mean(each), nan_ok=True)
    for positive, expected in zip(np.union1d(labels, predictions), each, strict=True):
        assert rate(labels, predictions, positive=positive) == pytest.approx(expected, nan_ok=True)


@settings(deadline=None, max_examples=50)
@given(pairs)
def test_specificity_is_the_recall_of_the_others(pair):
    labels, predictions = arrays(pair)
    for positive in np.union1d(labels, predictions):
        expected = metrics.recall_score(labels != positive, predictions != positive, zero_division=np.nan)
        assert evaluation.specificity(labels, predictions, positive=positive) == pytest.approx(
            expected, nan_ok=True
        )


@settings(deadline=None, max_examples=50)
@given(pairs)
def test_counts_and_accuracy_equal_scikit_learns(pair):
    labels, predictions = arrays(pair)
    table = evaluation.confusion(labels, predictions, classes=CLASSES)
    assert (table.to_numpy() == metrics.confusion_matrix(labels, predictions, labels=CLASSES)).all()
    assert evaluation.accuracy(labels, predictions) == metrics.accuracy_score(labels, predictions)
    assert evaluation.accuracy(labels, predictions) == np.trace(table.to_numpy()) / len(labels)


def test_rates_by_hand():
    labels = ["ill"] * 4 + ["well"] * 6
    predictions = ["ill"] * 3 + ["well"] + ["ill"] * 2 + ["well"] * 4
    assert evaluation.recall(labels, predictions, positive="ill") == 3 / 4
    assert evaluation.precision(labels, predictions, positive="ill") == 3 / 5
    assert evaluation.specificity(labels, predictions, positive="ill") == 4 / 6
    assert evaluation.f1(labels, predictions, positive="ill") == 6 / 9
    assert evaluation.recall(labels, predictions) == (3 / 4 + 4 / 6) / 2


def test_what_is_undefined_is_nan_and_not_zero():
    assert np.isnan(evaluation.recall(["well"], ["ill"], positive="ill"))
    assert np.isnan(evaluation.precision(["ill"], ["well"], positive="ill"))
    assert np.isnan(evaluation.specificity(["ill"], ["ill"], positive="ill"))
    assert np.isnan(evaluation.precision(["ill", "well"], ["well", "well"]))


@pytest.mark.parametrize("name", ["recall", "precision", "specificity", "f1"])
def test_a_misspelt_class_is_never_a_good_result(name):
    assert np.isnan(getattr(evaluation, name)(["ill", "well"], ["ill", "well"], positive="Ill"))


def test_pandas_series_are_welcome_and_stay_as_they_are():
    labels, predictions = pd.Series(["a", "b"], index=[7, 3]), pd.Series(["a", "a"], index=[7, 3])
    assert evaluation.accuracy(labels, predictions) == 0.5
    assert labels.tolist() == ["a", "b"]


@pytest.mark.parametrize(
    ("labels", "predictions", "message"),
    [
        (["a"], ["a", "b"], r"one length, received shapes \(1,\) and \(2,\)"),
        ([], [], "at least one case"),
        ([["a"]], [["a"]], "two vectors"),
        (["a", None], ["a", "b"], "labels must not be missing, received 1 of 2"),
        ([0.0, 1.0], [0.0, np.nan], "predictions must not be missing"),
    ],
)
def test_cases_that_cannot_be_counted_are_refused(labels, predictions, message):
    for metric in (evaluation.accuracy, evaluation.recall, evaluation.confusion):
        with pytest.raises(ValueError, match=message):
            metric(labels, predictions)


def test_confusion_refuses_a_class_that_has_no_place():
    with pytest.raises(ValueError, match="add 'normal'"):
        evaluation.confusion(["benign", "normal"], ["benign", "benign"], classes=["benign", "malignant"])


shares = st.floats(0, 1)


@settings(deadline=None, max_examples=50)
@given(shares, shares, shares, st.integers(1, 5000))
def test_natural_frequencies_count_every_person_once(recall, specificity, prevalence, people):
    table = evaluation.natural_frequencies(
        recall=recall, specificity=specificity, prevalence=prevalence, people=people
    )
    assert table.to_numpy().sum() == people
    assert (table.to_numpy() >= 0).all()
    assert abs(table.loc["ill"].sum() - people * prevalence) <= 0.5


def test_natural_frequencies_agree_with_bayes_rule():
    table = evaluation.natural_frequencies(recall=0.8, specificity=0.904, prevalence=0.01, people=1_000_000)
    posterior = 0.8 * 0.01 / (0.8 * 0.01 + 0.096 * 0.99)
    assert table.loc["ill", "alarm"] / table["alarm"].sum() == pytest.approx(posterior, abs=1e-5)


def test_natural_frequencies_refuse_percentages_and_nobody():
    with pytest.raises(ValueError, match="recall must be from 0 to 1, received 90"):
        evaluation.natural_frequencies(recall=90, specificity=0.9, prevalence=0.1)
    with pytest.raises(ValueError, match="people"):
        evaluation.natural_frequencies(recall=0.9, specificity=0.9, prevalence=0.1, people=0)
