import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import recall_score, roc_auc_score
from sklearn.naive_bayes import GaussianNB

from workbench import evaluation, recognition


@pytest.fixture(scope="module")
def result():
    rng = np.random.default_rng(0)
    labels = np.arange(150) % 3
    features = pd.DataFrame(rng.normal(size=(150, 2)) + labels[:, None], columns=["a", "b"])
    names = np.array(["mild", "none", "severe"])[labels]
    models = recognition.models("bayes, majority") | {"weak": GaussianNB(var_smoothing=10)}
    return recognition.cross_validate(features, names, groups=np.arange(150) // 3, models=models, repeats=2)


def test_summary_is_made_of_the_folds_and_of_all_cases(result):
    rows = result.of("bayes")
    folds = [
        recall_score(fold["label"] == "severe", fold["p_severe"] >= 0.5)
        for _, fold in rows.groupby(["repeat", "fold"])
    ]
    row = result.summary(positive="severe").loc[("bayes", "recall")]
    assert row["folds"] == 10
    assert row["mean"] == pytest.approx(np.mean(folds))
    assert row["std"] == pytest.approx(np.std(folds, ddof=1))
    assert row["pooled"] == pytest.approx(np.mean(rows["p_severe"][rows["label"] == "severe"] >= 0.5))
    assert row["low"] < row["pooled"] < row["high"]


def test_without_a_positive_class_the_summary_is_macro(result):
    rows = result.of("bayes")
    areas = [
        roc_auc_score(one["label"], one[["p_mild", "p_none", "p_severe"]], multi_class="ovr")
        for _, one in rows.groupby("repeat")
    ]
    pooled = result.summary(resamples=5)["pooled"]["bayes"]
    assert pooled["auc"] == pytest.approx(np.mean(areas))
    assert pooled["recall"] == pytest.approx(recall_score(rows["label"], rows["prediction"], average="macro"))
    assert pooled["accuracy"] == pytest.approx(np.mean(rows["label"] == rows["prediction"]))


def test_the_interval_is_that_of_evaluation(result):
    judged = evaluation.evaluate(result.of("bayes"), positive="mild", resamples=50, seed=3)
    row = result.summary(positive="mild", resamples=50, seed=3).loc[("bayes", "auc")]
    assert tuple(row[["pooled", "low", "high"]]) == pytest.approx(tuple(judged["auc"]))


def test_a_metric_that_is_nowhere_defined_is_nan(result):
    row = result.summary(positive="severe", resamples=5).loc[("majority", "precision")]
    assert not (result.of("majority")["prediction"] == "severe").any()
    assert row["folds"] == 0
    assert row.drop("folds").isna().all()


def test_compare_is_the_difference_on_the_same_patients(result):
    pooled = result.summary(positive="severe", resamples=5)["pooled"]
    difference = result.compare("bayes", "weak", positive="severe", metric="recall")
    assert difference.value == pytest.approx(pooled["bayes", "recall"] - pooled["weak", "recall"])
    assert difference.low <= difference.value <= difference.high
    assert result.compare("bayes", "bayes") == (0, 0, 0)
    assert result.compare("bayes", "majority", positive="severe").low > 0
    swapped = result.compare("weak", "bayes", positive="severe", metric="recall")
    assert swapped == pytest.approx((-difference.value, -difference.high, -difference.low))


def test_decide_chooses_each_threshold_on_the_training_cases_alone(result):
    decided = result.decide("bayes", positive="severe", recall=0.9)
    known = result.training[result.training["model"] == "bayes"]
    for (repeat, fold), part in decided.groupby(["repeat", "fold"]):
        rows = known[(known["repeat"] == repeat) & (known["fold"] == fold)]
        assert not set(rows["patient"]) & set(part["patient"])
        found = rows["p_severe"][rows["label"] == "severe"] >= part["threshold"].iloc[0]
        assert part["threshold"].nunique() == 1
        assert found.mean() >= 0.9
        assert ((part["prediction"] == "severe") == (part["p_severe"] >= part["threshold"])).all()
    assert set(decided["label"]) == {"severe", "not severe"}
    assert evaluation.recall(decided["label"], decided["prediction"], positive="severe") > 0.8


def test_unknown_names_are_refused(result):
    with pytest.raises(ValueError, match="model must be one of 'bayes', 'majority', 'weak', received 'svm'"):
        result.of("svm")
    with pytest.raises(ValueError, match="positive must be one of 'mild', 'none', 'severe', received 'Severe'"):
        result.summary(positive="Severe")
    with pytest.raises(ValueError, match="positive must be"):
        result.probability("bayes", "Severe")
    with pytest.raises(ValueError, match="metric must be one of"):
        result.compare("bayes", "weak", metric="kappa")
    with pytest.raises(ValueError, match="recall must be above 0"):
        result.decide("bayes", positive="severe", recall=0)
