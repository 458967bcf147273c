import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.exceptions import NotFittedError

from workbench import recognition, samples


@pytest.fixture(scope="module")
def wisconsin():
    table = samples.wisconsin()
    return table.drop(columns=["patient", "label"]), table["label"]


def fitted(features, labels):
    return recognition.models("bayes")["bayes"].fit(features, labels).pipeline_


def test_posteriors_are_scikit_learns(wisconsin):
    features, labels = wisconsin
    model = fitted(features[100:], labels[100:])
    for row in range(0, 100, 9):
        explanation = recognition.explain_bayes(model, features.iloc[row])
        assert explanation.classes["posterior"].to_numpy() == pytest.approx(
            model.predict_proba(features.iloc[[row]])[0], abs=1e-12
        )
        assert list(explanation.classes.index) == list(model.classes_)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**32 - 1), st.integers(2, 4))
def test_every_term_of_bayes_rule_adds_up(seed, classes):
    rng = np.random.default_rng(seed)
    labels = np.arange(40) % classes
    features = pd.DataFrame(rng.normal(size=(40, 3)) + labels[:, None], columns=list("abc"))
    model = fitted(features, labels)
    case = pd.Series(rng.normal(size=3), index=list("abc"))
    made = recognition.explain_bayes(model, case)
    assert made.classes["prior"].to_numpy() == pytest.approx(np.bincount(labels) / 40)
    joint = made.classes["prior"] * np.exp(made.classes["log_likelihood"])
    assert np.exp(made.log_evidence) == pytest.approx(joint.sum())
    assert made.classes["posterior"].to_numpy() == pytest.approx((joint / joint.sum()).to_numpy())
    assert made.classes["posterior"].to_numpy() == pytest.approx(model.predict_proba(case.to_frame().T)[0])
    likelihoods = made.features.drop(columns="value").sum()
    assert likelihoods.to_numpy() == pytest.approx(made.classes["log_likelihood"].to_numpy())
    assert made.features["value"].tolist() == case.tolist()


def test_densities_are_those_of_each_class_in_the_measured_units():
    rng = np.random.default_rng(0)
    features = pd.DataFrame(rng.normal(5, 2, size=(30, 1)), columns=["radius"])
    labels = np.where(np.arange(30) % 3 == 0, "ill", "well")
    made = recognition.explain_bayes(fitted(features, labels), pd.Series({"radius": 6.5}))
    radius = features["radius"].to_numpy()
    # The pipeline scales by the standard deviation, which shifts all log densities alike.
    for name in ("ill", "well"):
        inside = radius[labels == name]
        expected = stats.norm.logpdf(6.5, inside.mean(), inside.std()) + np.log(radius.std())
        assert made.features.loc["radius", name] == pytest.approx(expected, abs=1e-6)


def test_weights_and_priors_make_the_log_odds(wisconsin):
    features, labels = wisconsin
    made = recognition.explain_bayes(fitted(features[1:], labels[1:]), features.iloc[0])
    prior, joint = made.classes["prior"], made.classes["log_joint"]
    odds = np.log(prior["malignant"] / prior["benign"]) + made.weights("malignant").sum()
    assert odds == pytest.approx(joint["malignant"] - joint["benign"])
    assert made.weights("benign").to_numpy() == pytest.approx(-made.weights("malignant").to_numpy())


def test_dropped_and_missing_features_are_handled_as_the_pipeline_does():
    features = pd.DataFrame({"same": 1.0, "size": [1.0, 2.0, 8.0, 9.0]})
    model = recognition.models("bayes")["bayes"].pipeline.fit(features, ["a", "a", "b", "b"])
    made = recognition.explain_bayes(model, pd.DataFrame({"size": [np.nan], "same": [1.0], "other": [3.0]}))
    assert list(made.features.index) == ["size"]
    assert made.classes["posterior"].to_numpy() == pytest.approx([0.5, 0.5])


def test_what_cannot_be_explained_is_refused(wisconsin):
    features, labels = wisconsin
    model = fitted(features, labels)
    with pytest.raises(TypeError, match="ends in GaussianNB, received dict"):
        recognition.explain_bayes({}, features.iloc[0])
    with pytest.raises(TypeError, match="ends in GaussianNB"):
        recognition.explain_bayes(recognition.models()["logistic"], features.iloc[0])
    with pytest.raises(NotFittedError):
        recognition.explain_bayes(recognition.models()["bayes"], features.iloc[0])
    with pytest.raises(ValueError, match="expected one case, received 3"):
        recognition.explain_bayes(model, features.iloc[:3])
    with pytest.raises(ValueError, match="missing: 'mean radius'"):
        recognition.explain_bayes(model, features.iloc[0].drop("mean radius"))
    with pytest.raises(ValueError, match="positive must be one of"):
        recognition.explain_bayes(model, features.iloc[0]).weights("ill")


def test_of_a_recognizer_the_posterior_is_that_before_calibration(wisconsin):
    features, labels = wisconsin
    model = recognition.models("bayes")["bayes"].fit(features[100:], labels[100:])
    said = recognition.explain_bayes(model, features.iloc[3]).classes["posterior"].to_numpy()
    assert said == pytest.approx(model.pipeline_.predict_proba(features.iloc[[3]])[0], abs=1e-12)
