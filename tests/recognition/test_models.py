import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from workbench import recognition


def table(seed=0, count=60):
    rng = np.random.default_rng(seed)
    features = pd.DataFrame(rng.normal(size=(count, 3)), columns=["size", "shape", "texture"])
    labels = np.where(features["size"] + 0.3 * rng.normal(size=count) > 0, "ill", "well")
    return features, labels


@pytest.mark.parametrize("name", list(recognition.models()))
def test_each_model_is_a_cloneable_pipeline_whose_probabilities_sum_to_one(name):
    features, labels = table()
    features.iloc[3, 1] = np.nan
    features["constant"] = 1.0
    features["empty"] = np.nan
    features["copy"] = 2 * features["size"] + 1
    model = clone(recognition.models(name, seed=1)[name]).fit(features, labels)
    probabilities = model.predict_proba(features)
    assert probabilities.sum(axis=1) == pytest.approx(1)
    assert list(model.pipeline_[:-1].get_feature_names_out()) == ["size", "shape", "texture"]
    if name != "majority":
        assert np.mean(model.predict(features) == labels) > 0.85


def test_preparation_learns_from_the_training_rows_alone():
    features, labels = table()
    model = recognition.models("logistic")["logistic"].fit(features[:40], labels[:40]).pipeline_
    assert model["impute"].statistics_ == pytest.approx(features[:40].median().to_numpy())
    assert model["scale"].mean_ == pytest.approx(features[:40].mean().to_numpy())


@pytest.mark.parametrize("name", list(recognition.models()))
def test_the_same_seed_gives_the_same_model(name):
    features, labels = table()
    twice = [recognition.models(seed=5)[name].fit(features, labels).predict_proba(features) for _ in range(2)]
    assert (twice[0] == twice[1]).all()


def test_models_are_chosen_by_name():
    assert list(recognition.models(" svm ,bayes")) == ["svm", "bayes"]
    assert list(recognition.models(["forest"])) == ["forest"]
    with pytest.raises(ValueError, match=r"models must be one of 'bayes'.*received 'svn'"):
        recognition.models("svn")
