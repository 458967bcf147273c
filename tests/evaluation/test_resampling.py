import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import linear_model, metrics
from sklearn.preprocessing import label_binarize

from workbench import evaluation
from workbench.compiled import draws
from workbench.evaluation.cases import Cases
from workbench.evaluation.metrics import measures

SEEDS = st.integers(0, 2**32 - 1)


def binary_cases(seed, count=60, patients=25, steps=12):
    rng = np.random.default_rng(seed)
    truth = rng.integers(2, size=count)
    probability = np.clip(rng.integers(1, steps, size=count) / steps + 0.15 * (truth - 0.5), 0.02, 0.98).round(2)
    owner = evaluation.patient_codes(rng.integers(patients, size=count), count)
    decided = (probability >= 0.5).astype(int)
    return Cases(truth, decided, np.column_stack([1 - probability, probability]), owner)


def sklearns(cases, weight):
    truth, decided, said = cases.truth, cases.decided, cases.probabilities[:, 1]
    options = {"sample_weight": weight}
    return {
        "accuracy": metrics.accuracy_score(truth, decided, **options),
        "balanced_accuracy": metrics.balanced_accuracy_score(truth, decided, **options),
        "recall": metrics.recall_score(truth, decided, **options),
        "precision": metrics.precision_score(truth, decided, zero_division=np.nan, **options),
        "specificity": metrics.recall_score(truth, decided, pos_label=0, **options),
        "f1": metrics.f1_score(truth, decided, **options),
        "mcc": metrics.matthews_corrcoef(truth, decided, **options),
        "auc": metrics.roc_auc_score(truth, said, **options),
        "average_precision": metrics.average_precision_score(truth, said, **options),
        "brier": metrics.brier_score_loss(truth, said, **options),
    }


@settings(deadline=None, max_examples=30)
@given(SEEDS)
def test_every_metric_of_every_resample_is_scikit_learns(seed):
    cases = binary_cases(seed)
    counts = evaluation.drawn_patients(cases.patients.max() + 1, resamples=5, seed=seed)
    for row, drawn in zip(measures([cases], counts), counts, strict=True):
        weight = drawn[cases.patients]
        if len(np.unique(cases.truth[weight > 0])) < 2 or len(np.unique(cases.decided[weight > 0])) < 2:
            continue
        ours = dict(zip(evaluation.METRICS, row, strict=True))
        for name, value in sklearns(cases, weight).items():
            assert ours[name] == pytest.approx(value, abs=1e-12), name


def test_a_weight_is_a_repeated_row():
    cases = binary_cases(1)
    counts = evaluation.drawn_patients(cases.patients.max() + 1, resamples=8, seed=0)
    for row, drawn in zip(measures([cases], counts), counts, strict=True):
        rows = np.repeat(np.arange(len(cases.truth)), drawn[cases.patients])
        repeated = Cases(
            cases.truth[rows], cases.decided[rows], cases.probabilities[rows], np.zeros(len(rows), int)
        )
        assert measures([repeated], np.ones((1, 1), np.uint8))[0] == pytest.approx(row, abs=1e-8, nan_ok=True)


@settings(deadline=None, max_examples=20)
@given(SEEDS)
def test_many_classes_are_scikit_learns_macro_averages(seed):
    rng = np.random.default_rng(seed)
    truth = np.append(rng.integers(3, size=50), [0, 1, 2])
    said = rng.dirichlet([1, 1, 1], size=53) + 0.3 * np.eye(3)[truth]
    said /= said.sum(axis=1, keepdims=True)
    decided = said.argmax(axis=1)
    row = measures([Cases(truth, decided, said, np.arange(53))], np.ones((1, 53), np.uint8))[0]
    ours = dict(zip(evaluation.METRICS, row, strict=True))
    macro = {"average": "macro", "zero_division": np.nan}
    assert ours["recall"] == pytest.approx(metrics.recall_score(truth, decided, **macro))
    assert ours["balanced_accuracy"] == pytest.approx(metrics.balanced_accuracy_score(truth, decided))
    assert ours["precision"] == pytest.approx(metrics.precision_score(truth, decided, **macro), nan_ok=True)
    assert ours["f1"] == pytest.approx(metrics.f1_score(truth, decided, **macro))
    assert ours["mcc"] == pytest.approx(metrics.matthews_corrcoef(truth, decided))
    assert ours["auc"] == pytest.approx(metrics.roc_auc_score(truth, said, multi_class="ovr"))
    each = label_binarize(truth, classes=[0, 1, 2])
    assert ours["average_precision"] == pytest.approx(metrics.average_precision_score(each, said, average="macro"))
    assert ours["brier"] == pytest.approx(np.mean(np.sum((said - each) ** 2, axis=1)))


@settings(deadline=None, max_examples=15)
@given(SEEDS)
def test_calibration_is_an_unpenalized_logistic_regression(seed):
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 1.5, size=300)
    truth = (rng.random(300) < 1 / (1 + np.exp(0.4 - 0.7 * logits))).astype(int)
    owner = evaluation.patient_codes(rng.integers(100, size=300), 300)
    counts = evaluation.drawn_patients(owner.max() + 1, resamples=3, seed=0)
    for (slope, intercept), drawn in zip(
        draws.calibrations(counts, owner, truth == 1, logits), counts, strict=True
    ):
        weight = drawn[owner].astype(float)
        fit = linear_model.LogisticRegression(C=1e12, tol=1e-12, max_iter=1000, solver="newton-cholesky")
        fit.fit(logits[:, None], truth, sample_weight=weight)
        assert slope == pytest.approx(fit.coef_[0, 0], rel=1e-6)
        # The intercept at a slope of one is where the predicted and the observed number of ill are equal.
        assert weight @ (1 / (1 + np.exp(-logits - intercept))) == pytest.approx(weight @ truth, rel=1e-9)


def test_a_calibration_known_by_hand():
    logits = np.log(3) * np.repeat([-1.0, 1.0], 10)
    truth = np.repeat([True, False, True, False], [1, 9, 9, 1])
    slope, intercept = draws.calibrations(np.ones((1, 20), np.uint8), np.arange(20), truth, logits)[0]
    assert slope == pytest.approx(2)
    assert intercept == pytest.approx(0, abs=1e-12)


def test_a_calibration_that_does_not_exist_is_nan():
    once, owner = np.ones((1, 4), np.uint8), np.arange(4)
    truth = np.array([False, False, True, True])
    separated = draws.calibrations(once, owner, truth, np.array([-2.0, -1.0, 1.0, 2.0]))[0]
    assert np.isnan(separated[0])
    assert separated[1] == pytest.approx(0, abs=1e-9)
    constant = draws.calibrations(once, owner, truth, np.full(4, 0.5))[0]
    assert np.isnan(constant[0])
    assert constant[1] == pytest.approx(-0.5)
    assert np.isnan(draws.calibrations(once, owner, np.ones(4, bool), np.array([-2.0, -1.0, 1.0, 2.0]))[0]).all()


@pytest.mark.parametrize("steepness", [0.01, 0.3, 5.0, 12.0])
def test_a_far_start_still_finds_the_slope(steepness):
    rng = np.random.default_rng(0)
    linear = rng.normal(0, 2, size=2000)
    truth = rng.random(2000) < 1 / (1 + np.exp(-linear))
    slope, _ = draws.calibrations(np.ones((1, 2000), np.uint8), np.arange(2000), truth, linear * steepness)[0]
    assert slope * steepness == pytest.approx(1, abs=0.2)


def test_patients_are_drawn_evenly_and_by_seed():
    counts = evaluation.drawn_patients(20, resamples=4000, seed=1)
    assert (counts[0] == 1).all()
    assert (counts.sum(axis=1) == 20).all()
    assert counts[1:].mean(axis=0) == pytest.approx(np.ones(20), abs=0.08)
    assert counts[1:].var() == pytest.approx(0.95, abs=0.03)
    assert (evaluation.drawn_patients(20, resamples=4000, seed=1) == counts).all()
    assert (evaluation.drawn_patients(20, resamples=4000, seed=2) != counts).any()


@settings(deadline=None, max_examples=20)
@given(SEEDS)
def test_resampled_auc_is_scikit_learns(seed):
    cases = binary_cases(seed)
    counts = evaluation.drawn_patients(cases.patients.max() + 1, resamples=3, seed=seed)
    said = cases.probabilities[:, 1]
    for area, drawn in zip(
        evaluation.resampled_auc(cases.truth == 1, said, counts, cases.patients), counts, strict=True
    ):
        weight = drawn[cases.patients]
        if len(np.unique(cases.truth[weight > 0])) == 2:
            assert area == pytest.approx(metrics.roc_auc_score(cases.truth, said, sample_weight=weight))
        else:
            assert np.isnan(area)


def test_bad_input_is_refused_in_words():
    with pytest.raises(ValueError, match="resamples must be a positive integer, received 0"):
        evaluation.drawn_patients(3, resamples=0, seed=0)
    with pytest.raises(ValueError, match="patient of each of 2 cases"):
        evaluation.patient_codes(["a"], 2)
    with pytest.raises(ValueError, match="or a gap"):
        evaluation.patient_codes(["a", None], 2)
