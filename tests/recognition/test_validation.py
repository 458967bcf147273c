import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

from workbench import evaluation, recognition, samples


def cohort(seed=0, patients=30, per_patient=3, shift=1.5):
    rng = np.random.default_rng(seed)
    groups = np.repeat([f"p{k:02d}" for k in range(patients)], per_patient)
    ill = np.repeat(np.arange(patients) % 2 == 0, per_patient)
    values = rng.normal(size=(len(groups), 4)) + shift * ill[:, None]
    index = pd.Index([f"case {k}" for k in rng.permutation(len(groups))], name="case")
    features = pd.DataFrame(values, index=index, columns=list("abcd"))
    return features, np.where(ill, "ill", "well"), groups


def bayes():
    return {"bayes": GaussianNB()}


def plain():
    """Without calibration, what scikit-learn says itself."""
    return {"bayes": recognition.Recognizer(GaussianNB(), calibrate=False)}


def tossed():
    """A model that tosses coins of its own."""
    return {"forest": RandomForestClassifier(10, random_state=2)}


class Spy(TransformerMixin, BaseEstimator):
    """Remembers which rows it was fitted on and which it transformed since."""

    seen: list = []  # noqa: RUF012 - clones must share it

    def fit(self, features, labels=None):
        Spy.seen.append((set(features.index), set()))
        self.fitted_ = True
        return self

    def transform(self, features):
        Spy.seen[-1][1].update(features.index)
        return features


def test_nothing_is_fitted_on_cases_of_the_patients_that_are_predicted():
    features, labels, groups = cohort()
    Spy.seen.clear()
    result = recognition.cross_validate(
        features, labels, groups=groups, models={"spy": make_pipeline(Spy(), GaussianNB())}, outer=5, inner=3
    )
    patient = pd.Series(groups, index=features.index)
    assert len(Spy.seen) == 5 * (3 + 1)
    for fitted, transformed in Spy.seen:
        held_out = transformed - fitted
        assert held_out
        assert not set(patient[list(fitted)]) & set(patient[list(held_out)])
    for fold in range(5):
        held_out = set(result.predictions.index[result.predictions["fold"] == fold])
        inner = Spy.seen[4 * fold : 4 * fold + 3]
        final, predicted = Spy.seen[4 * fold + 3]
        assert final == set(features.index) - held_out
        assert predicted - final == held_out
        assert not any((fitted | transformed) & held_out for fitted, transformed in inner)


@settings(deadline=None, max_examples=12)
@given(st.lists(st.integers(2, 6), min_size=12, max_size=20), st.integers(2, 4), st.integers(0, 99))
def test_no_patient_straddles_folds_and_each_case_is_predicted_once(sizes, folds, seed):
    groups = np.repeat(np.arange(len(sizes)), sizes)
    features = pd.DataFrame({"a": np.random.default_rng(seed).normal(size=len(groups))})
    result = recognition.cross_validate(
        features,
        np.arange(len(groups)) % 2,
        groups=groups,
        models=plain(),
        outer=folds,
        inner=2,
        repeats=2,
        seed=seed,
    )
    for _, repeat in result.predictions.groupby("repeat"):
        assert repeat.index.tolist() == list(features.index)
        assert (repeat.groupby("patient")["fold"].nunique() == 1).all()
        assert repeat["fold"].nunique() == folds


def test_predictions_are_those_of_scikit_learn():
    features, labels, groups = cohort()
    result = recognition.cross_validate(features, labels, groups=groups, models=plain(), outer=4, seed=7)
    parts = StratifiedGroupKFold(4, shuffle=True, random_state=7)
    expected = cross_val_predict(GaussianNB(), features, labels, groups=groups, cv=parts, method="predict_proba")
    table = result.of("bayes")
    assert table.index.tolist() == list(features.index)
    assert table["patient"].tolist() == list(groups)
    assert table["label"].tolist() == list(labels)
    assert table[["p_ill", "p_well"]].to_numpy() == pytest.approx(expected)
    assert table["prediction"].tolist() == np.array(["ill", "well"])[expected.argmax(axis=1)].tolist()
    pooled = result.summary(positive="ill", resamples=5).loc[("bayes", "auc"), "pooled"]
    assert pooled == pytest.approx(roc_auc_score(labels == "ill", expected[:, 0]))


def test_inputs_are_not_changed():
    features, labels, groups = cohort()
    before = features.copy(), labels.copy(), groups.copy()
    recognition.cross_validate(features, labels, groups=groups, models=bayes())
    pd.testing.assert_frame_equal(features, before[0])
    assert (labels == before[1]).all()
    assert (groups == before[2]).all()


def test_the_same_seed_gives_the_same_result_and_another_seed_another():
    features, labels, groups = cohort()
    made = [
        recognition.cross_validate(
            features, labels, groups=groups, models=tossed(), outer=3, seed=seed
        ).predictions
        for seed in (4, 4, 5)
    ]
    pd.testing.assert_frame_equal(made[0], made[1])
    assert not made[0]["fold"].equals(made[2]["fold"])


def test_two_processes_give_the_result_of_one():
    features, labels, groups = cohort(patients=12)
    made = [
        recognition.cross_validate(
            features, labels, groups=groups, models=recognition.models("logistic, bayes"), outer=3, jobs=jobs
        ).predictions
        for jobs in (1, 2)
    ]
    pd.testing.assert_frame_equal(made[0], made[1])


def test_permuted_labels_give_chance():
    table = samples.wisconsin()
    features = table.drop(columns=["patient", "label"])
    areas = []
    for seed in range(5):
        labels = np.random.default_rng(seed).permutation(table["label"])
        result = recognition.cross_validate(
            features, labels, groups=table["patient"], models=recognition.models("logistic"), seed=seed
        )
        said = result.probability("logistic", "malignant")
        areas.append(evaluation.auc(labels, said, positive="malignant"))
    assert np.mean(areas) == pytest.approx(0.5, abs=0.05)


def test_wisconsin_is_recognised_as_in_the_literature():
    table = samples.wisconsin()
    result = recognition.cross_validate(
        table.drop(columns=["patient", "label"]),
        table["label"],
        groups=table["patient"],
        models=recognition.models("logistic, svm, majority"),
    )
    pooled = result.summary(positive="malignant", resamples=10)["pooled"]
    assert pooled["logistic", "auc"] >= 0.99
    assert pooled["svm", "auc"] >= 0.99
    assert pooled["majority", "accuracy"] == pytest.approx(357 / 569)
    assert np.isnan(pooled["majority", "precision"])


def test_patients_split_at_random_would_leak_and_grouped_ones_do_not():
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(40), 5)
    faces = rng.normal(size=(40, 20))[groups] + 0.1 * rng.normal(size=(200, 20))
    coin = rng.permutation(np.arange(40) % 2)[groups]
    features = pd.DataFrame(faces)
    # It remembers: each case is called what its nearest neighbour is.
    model = {"nearest": recognition.Recognizer(KNeighborsClassifier(1), calibrate=False)}

    def area(patients):
        result = recognition.cross_validate(features, coin, groups=patients, models=model)
        return evaluation.auc(coin, result.probability("nearest", 1), positive=1)

    assert area(None) == 1
    # Of 40 patients with coins, the area's standard deviation is 0.09.
    assert abs(area(groups) - 0.5) < 0.25


def test_without_patients_the_result_says_so():
    features, labels, groups = cohort(per_patient=1)
    assumed = recognition.cross_validate(features, labels, groups=None, models=bayes())
    named = recognition.cross_validate(features, labels, groups=groups, models=bayes())
    assert not assumed.grouped
    assert named.grouped
    assert "each taken for one patient (groups=None)" in repr(assumed)
    assert "30 patients" in repr(named)
    assert assumed.predictions["patient"].tolist() == list(features.index)


def test_a_patient_may_have_cases_of_both_classes_and_cases_may_have_gaps():
    features, labels, groups = cohort()
    labels = labels.copy()
    labels[0] = "well"
    features.iloc[5, 2] = np.nan
    result = recognition.cross_validate(
        features, labels, groups=groups, models=recognition.models("bayes"), outer=3
    )
    assert result.of("bayes")[["p_ill", "p_well"]].notna().all(axis=None)


def broken(**changes):
    features, labels, groups = cohort()
    given_ = {"features": features, "labels": labels, "groups": groups} | changes
    return lambda: recognition.cross_validate(
        given_["features"],
        given_["labels"],
        groups=given_["groups"],
        models=changes.get("models", bayes()),
        outer=changes.get("outer", 3),
        inner=changes.get("inner", 3),
        repeats=changes.get("repeats", 1),
    )


FEATURES, LABELS, GROUPS = cohort()
ALONE = np.arange(90)
STAGE = np.where(LABELS == "ill", ALONE % 3 + 5, 1)
TWINS = FEATURES.iloc[[0, 0, *range(2, 90)]].set_axis(FEATURES.index)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (broken(outer=16), "class 'ill' has 15 patients, fewer than the 16 folds; use fewer folds"),
        (broken(outer=1), "folds must be at least 2, received 1"),
        (broken(repeats=0), "repeats must be a positive"),
        (broken(models={}), "at least one model"),
        (broken(labels=np.where(LABELS == "ill", None, LABELS)), "labels must not be missing, received 45 gaps"),
        (broken(labels=LABELS[:-1]), "one value for each of 90 cases"),
        (broken(labels=["ill"] * 90), "at least two classes"),
        (broken(labels=pd.Series(LABELS, FEATURES.index[::-1])), "labels must have the index of the features"),
        (broken(groups=np.where(GROUPS == "p00", None, GROUPS)), "groups must not be missing, received 3 gaps"),
        (broken(features=FEATURES.set_axis(["x"] * 90)), "each case must occur once, received 'x'"),
        (broken(features=FEATURES.set_axis(list("abca"), axis=1)), "each feature must occur once, received 'a'"),
        (broken(features=FEATURES.assign(sex="f")), "features must be numeric, received text in 'sex'"),
        (broken(features=FEATURES.assign(a=np.inf)), "infinite values in 'a'"),
        (broken(features=FEATURES.iloc[:, :0]), "at least one case and one feature"),
        (
            broken(features=FEATURES.assign(code=np.where(LABELS == "ill", 7, 3))),
            "'code' is the label in disguise",
        ),
        (broken(features=FEATURES.assign(flag=LABELS == "ill")), "'flag' is the label in disguise"),
        (
            broken(features=FEATURES.assign(stage=STAGE)),
            "'stage' is the label",
        ),
        (
            broken(features=FEATURES.assign(drug=np.where(LABELS == "ill", ALONE, np.nan))),
            "'drug' is the label",
        ),
        (
            broken(features=FEATURES.assign(dose=ALONE / 999 + (LABELS == "ill"))),
            "'dose' alone tells the classes apart without a single error in 90 cases",
        ),
        (
            broken(features=TWINS, groups=ALONE),
            "several patients",
        ),
        (broken(outer=ALONE % 3), "each patient must be in one fold, received patient 'p00' in 3"),
        (broken(outer=np.zeros(90)), "folds must be at least 2"),
        (broken(outer=np.zeros(9)), "the fold of each of 90 cases"),
        (broken(outer=np.repeat([0, 1], 45), repeats=2), "cannot be dealt anew"),
        (broken(inner=12), "class 'ill' has 10 patients, fewer than the 12 folds"),
        (broken(features=FEATURES.assign(id=pd.factorize(GROUPS)[0])), "'id' is the patient in disguise"),
    ],
)
def test_what_would_give_a_wrong_answer_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_feature_without_ties_is_no_disguise_where_each_case_is_a_patient():
    features, labels, groups = cohort(per_patient=1)
    assert recognition.cross_validate(features, labels, groups=groups, models={"l": LogisticRegression()}).grouped


def test_a_leak_is_let_through_only_when_told():
    features, labels, groups = cohort()
    leaky = features.assign(code=np.where(labels == "ill", 7.0, 3.0))
    result = recognition.cross_validate(leaky, labels, groups, bayes(), allow_leak=True)
    assert evaluation.auc(labels, result.probability("bayes", "ill"), positive="ill") > 0.999


def test_the_folds_of_another_model_are_taken():
    features, labels, groups = cohort()
    folds = np.arange(90) // 3 % 5
    result = recognition.cross_validate(features, labels, groups, plain(), outer=folds, repeats=1)
    assert result.of("bayes")["fold"].tolist() == folds.tolist()


def test_three_classes_of_which_one_is_rare_have_calibrated_probabilities():
    rng = np.random.default_rng(0)
    labels = np.repeat(["a", "b", "c"], [300, 150, 40])
    centre = np.array([[0, 0], [1.5, 0], [0, 2]])[np.repeat([0, 1, 2], [300, 150, 40])]
    features = pd.DataFrame(centre + rng.normal(size=(490, 2)), columns=["x", "y"])
    chosen = recognition.models("bayes, linear_svm, svm, knn")
    result = recognition.cross_validate(features, labels, None, chosen)
    for model in chosen:
        table = result.of(model)
        probabilities = table[["p_a", "p_b", "p_c"]]
        assert probabilities.sum(axis=1).to_numpy() == pytest.approx(1)
        assert probabilities.mean().to_numpy() == pytest.approx([300 / 490, 150 / 490, 40 / 490], abs=0.04)
        for name in "abc":
            sure = table[table[f"p_{name}"] > 0.6]
            told, found = sure[f"p_{name}"].sum(), (sure["label"] == name).sum()
            assert abs(found - told) < 3 * np.sqrt(len(sure) / 4) + 1


def test_calibration_mends_bayes():
    table = samples.wisconsin()
    features, labels = table.drop(columns=["patient", "label"]), table["label"]
    raw = recognition.Recognizer(recognition.models("bayes")["bayes"].pipeline, calibrate=False)
    result = recognition.cross_validate(
        features, labels, None, {"raw": raw, "calibrated": recognition.models("bayes")["bayes"]}
    )
    loss = {}
    for name in result.models:
        rows = result.of(name)
        own = np.where(rows["label"] == "malignant", rows["p_malignant"], rows["p_benign"])
        loss[name] = -np.log(np.maximum(own, 1e-15)).mean()
    assert loss["calibrated"] < loss["raw"] / 2


@pytest.mark.parametrize("model", ["logistic", "linear_svm", "lda", "knn", "bayes"])
def test_labels_shuffled_give_an_area_of_one_half_in_each_fold(model):
    rng = np.random.default_rng(3)
    features = pd.DataFrame(rng.normal(size=(120, 5)))
    areas = []
    for seed in range(8):
        labels = rng.permutation(np.arange(120) % 2)
        rows = recognition.cross_validate(features, labels, None, recognition.models(model), seed=seed).of(model)
        areas += [roc_auc_score(fold["label"], fold["p_1"]) for _, fold in rows.groupby("fold")]
    assert np.mean(areas) == pytest.approx(0.5, abs=0.07)
