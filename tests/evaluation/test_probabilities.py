import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from workbench import evaluation

# Few distinct values, so that ties occur.
scored = st.lists(
    st.tuples(st.sampled_from(["ill", "well"]), st.integers(0, 8).map(lambda k: k / 8)), min_size=2, max_size=60
).filter(lambda cases: len({label for label, _ in cases}) == 2)


def arrays(cases):
    labels, scores = zip(*cases, strict=True)
    return np.array(labels), np.array(scores)


@settings(deadline=None, max_examples=50)
@given(scored)
def test_auc_equals_scikit_learns(cases):
    labels, scores = arrays(cases)
    area = evaluation.auc(labels, scores, positive="ill")
    assert area == pytest.approx(metrics.roc_auc_score(labels == "ill", scores))


@settings(deadline=None, max_examples=30)
@given(scored)
def test_auc_is_the_share_of_pairs_in_the_right_order(cases):
    labels, scores = arrays(cases)
    ill, well = scores[labels == "ill"][:, None], scores[labels == "well"]
    area = evaluation.auc(labels, scores, positive="ill")
    assert area == pytest.approx(np.mean((ill > well) + 0.5 * (ill == well)))
    assert evaluation.auc(labels, -scores, positive="ill") == pytest.approx(1 - area)
    assert evaluation.auc(labels, 3 * scores**3 - 7, positive="ill") == pytest.approx(area)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**32 - 1))
def test_auc_of_many_classes_is_scikit_learns_macro_average(seed):
    rng = np.random.default_rng(seed)
    labels = np.append(rng.integers(3, size=40), [0, 1, 2])
    scores = rng.dirichlet([1, 1, 1], size=43).round(2)
    scores = scores / scores.sum(axis=1, keepdims=True)
    expected = metrics.roc_auc_score(labels, scores, multi_class="ovr", average="macro")
    assert evaluation.auc(labels, scores, classes=[0, 1, 2]) == pytest.approx(expected)


def test_auc_without_both_classes_is_nan():
    assert np.isnan(evaluation.auc(["well", "well"], [0.1, 0.2], positive="ill"))
    assert np.isnan(evaluation.auc(["ill", "ill"], [0.1, 0.2], positive="ill"))
    assert np.isnan(evaluation.auc([0, 1], [[0.5, 0.5, 0.0], [0.2, 0.8, 0.0]], classes=[0, 1, 2]))


@settings(deadline=None, max_examples=50)
@given(scored, st.floats(0.01, 1))
def test_the_threshold_is_the_highest_that_reaches_the_recall(cases, wanted):
    labels, scores = arrays(cases)
    threshold = evaluation.threshold_for_recall(labels, scores, positive="ill", recall=wanted)
    ill = scores[labels == "ill"]
    assert np.mean(ill >= threshold) >= wanted - 1e-9
    assert np.mean(ill > threshold) < wanted
    assert threshold in ill


def test_the_threshold_is_not_misled_by_binary_rounding():
    scores = np.arange(100, 0, -1) / 100
    for wanted in (0.07, 0.29, 0.55, 0.57, 0.95, 0.99):
        threshold = evaluation.threshold_for_recall(["ill"] * 100, scores, positive="ill", recall=wanted)
        assert np.sum(scores >= threshold) == round(100 * wanted)


@settings(deadline=None, max_examples=50)
@given(scored)
def test_brier_equals_scikit_learns(cases):
    labels, scores = arrays(cases)
    expected = metrics.brier_score_loss(labels == "ill", scores)
    assert evaluation.brier(labels, scores, positive="ill") == pytest.approx(expected)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: evaluation.auc(["a", "b"], [0.1, 0.2]), "either positive"),
        (lambda: evaluation.auc(["a", "b"], [0.1, 0.2], positive="a", classes=["a", "b"]), "either positive"),
        (lambda: evaluation.auc(["a", "b"], [0.1, 0.2], classes=["a", "b"]), "one column for each of 2 classes"),
        (lambda: evaluation.auc(["a", "b"], [0.1, np.nan], positive="a"), "scores must be finite"),
        (lambda: evaluation.auc(["a", "b"], [0.1], positive="a"), "one length"),
        (lambda: evaluation.threshold_for_recall(["b"], [0.1], positive="a"), "at least one case of class 'a'"),
        (lambda: evaluation.threshold_for_recall(["a"], [0.1], positive="a", recall=0), "above 0 and at most 1"),
        (lambda: evaluation.brier(["a"], [1.2], positive="a"), "from 0 to 1, received 1.2"),
    ],
)
def test_bad_input_is_refused_in_words(call, message):
    with pytest.raises(ValueError, match=message):
        call()
