import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics
from sklearn.calibration import calibration_curve

from workbench import evaluation

scored = st.lists(
    st.tuples(st.sampled_from(["ill", "well"]), st.integers(0, 8).map(lambda k: k / 8)), min_size=4, max_size=60
).filter(lambda cases: len({label for label, _ in cases}) == 2)
ILL = {"positive": "ill", "groups": None, "resamples": 50}
CURVES = [
    (evaluation.roc_curve, "recall"),
    (evaluation.precision_recall_curve, "precision"),
    (evaluation.calibration_curve, "observed"),
    (evaluation.decision_curve, "net_benefit"),
]


def arrays(cases):
    labels, scores = zip(*cases, strict=True)
    return np.array(labels), np.array(scores)


def study(seed=0, count=300):
    rng = np.random.default_rng(seed)
    said = rng.random(count)
    return np.where(rng.random(count) < said, "ill", "well"), said


def copies(draw, labels, scores, groups, **options):
    return draw(np.tile(labels, 4), np.tile(scores, 4), groups=groups, positive="ill", resamples=400, **options)


@settings(deadline=None, max_examples=50)
@given(scored)
def test_roc_is_scikit_learns_with_our_area_below_it(cases):
    labels, scores = arrays(cases)
    curve = evaluation.roc_curve(labels, scores, **ILL)
    alarms, found, thresholds = metrics.roc_curve(labels == "ill", scores, drop_intermediate=False)
    expected = np.column_stack([thresholds, alarms, found])
    assert curve[["threshold", "false_positive_rate", "recall"]].to_numpy() == pytest.approx(expected)
    area = np.trapezoid(curve["recall"], curve["false_positive_rate"])
    assert evaluation.auc(labels, scores, positive="ill") == pytest.approx(area)


@settings(deadline=None, max_examples=30)
@given(scored)
def test_each_point_of_the_curve_is_what_its_threshold_does(cases):
    labels, scores = arrays(cases)
    for row in evaluation.roc_curve(labels, scores, **ILL).itertuples():
        said = np.where(scores >= row.threshold, "ill", "well")
        assert row.recall == pytest.approx(evaluation.recall(labels, said, positive="ill"))
        assert row.false_positive_rate == pytest.approx(1 - evaluation.specificity(labels, said, positive="ill"))


@settings(deadline=None, max_examples=30)
@given(scored)
def test_precision_and_recall_are_scikit_learns(cases):
    labels, scores = arrays(cases)
    curve = evaluation.precision_recall_curve(labels, scores, **ILL)
    precision, recall, thresholds = metrics.precision_recall_curve(labels == "ill", scores)
    assert curve["threshold"].to_numpy() == pytest.approx(thresholds[::-1])
    assert curve["recall"].to_numpy() == pytest.approx(recall[-2::-1])
    assert curve["precision"].to_numpy() == pytest.approx(precision[-2::-1])


def test_calibration_is_scikit_learns():
    labels, scores = study(count=500)
    table = evaluation.calibration_curve(labels, scores, bins=7, **ILL)
    observed, predicted = calibration_curve(labels == "ill", scores, n_bins=7)
    assert table["observed"].to_numpy() == pytest.approx(observed)
    assert table["predicted"].to_numpy() == pytest.approx(predicted)
    assert table["cases"].sum() == 500


def test_calibration_keeps_the_ends_and_says_where_there_is_nothing():
    table = evaluation.calibration_curve(["well", "ill", "ill"], [0.0, 0.5, 1.0], bins=4, **ILL)
    assert table["cases"].tolist() == [1, 0, 1, 1]
    assert np.isnan(table.loc[1, ["predicted", "observed", "low", "high"]].astype(float)).all()
    assert table["observed"].dropna().tolist() == [0, 1, 1]


def test_net_benefit_is_its_definition():
    labels, scores = study()
    curve = evaluation.decision_curve(labels, scores, thresholds=[0.1, 0.25, 0.8], **ILL)
    ill = labels == "ill"
    for row in curve.itertuples():
        alarm, price = scores >= row.threshold, row.threshold / (1 - row.threshold)
        assert row.net_benefit == pytest.approx((np.sum(alarm & ill) - price * np.sum(alarm & ~ill)) / len(ill))
        assert row.treat_all == pytest.approx(ill.mean() - price * (~ill).mean())


@pytest.mark.parametrize(("draw", "column"), CURVES)
def test_bands_hold_the_curve_and_copies_of_cases_do_not_narrow_them(draw, column):
    labels, scores = study()
    alone = draw(labels, scores, groups=None, positive="ill", resamples=400)
    # At one false positive rate the band is about the highest recall there.
    top = alone.groupby("false_positive_rate").max() if "false_positive_rate" in alone else alone
    inside = (top["low"] - 1e-9 <= top[column]) & (top[column] <= top["high"] + 1e-9)
    assert inside[top["low"].notna()].mean() > 0.9
    copied = copies(draw, labels, scores, np.tile(np.arange(300), 4))
    bands = ["low", "high"]
    assert copied[bands].to_numpy() == pytest.approx(alone[bands].to_numpy(), abs=1e-9, nan_ok=True)
    fooled = copies(draw, labels, scores, None)
    assert (fooled["high"] - fooled["low"]).mean() < 0.6 * (alone["high"] - alone["low"]).mean()


def test_the_band_holds_the_true_curve_as_often_as_it_says():
    held = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        labels = np.repeat(["ill", "well"], 60)
        curve = evaluation.roc_curve(
            labels, rng.normal(size=120) + (labels == "ill"), positive="ill", groups=None, resamples=100
        )
        place = (curve["false_positive_rate"] - 0.3).abs().argmin()
        held.append(curve["low"][place] <= 0.683 <= curve["high"][place])  # Phi(1 + Phi^-1(0.3))
    assert np.mean(held) >= 0.88


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: evaluation.roc_curve(["a", "a"], [0.1, 0.2], positive="a", groups=None), "positive and negative"),
        (lambda: evaluation.roc_curve(["a", "b"], [0.1, np.nan], positive="a", groups=None), "must be finite"),
        (lambda: evaluation.calibration_curve(["a"], [-0.1], positive="a", groups=None), "from 0 to 1"),
        (lambda: evaluation.calibration_curve(["a"], [0.1], positive="a", groups=None, bins=0), "bins"),
        (lambda: evaluation.decision_curve(["a"], [0.1], positive="a", groups=None, thresholds=[1.0]), "below 1"),
    ],
)
def test_bad_input_is_refused_in_words(call, message):
    with pytest.raises(ValueError, match=message):
        call()
