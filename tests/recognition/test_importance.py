import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from workbench import recognition
from workbench.recognition.importance import _areas


def test_what_counts_is_found_and_what_does_not_has_an_interval_around_nought():
    rng = np.random.default_rng(0)
    features = pd.DataFrame(rng.normal(size=(120, 3)), columns=["strong", "weak", "none"])
    score = 2 * features["strong"] + 0.7 * features["weak"] + 0.5 * rng.normal(size=120)
    labels = np.where(score > 0, "ill", "well")
    model = recognition.models("logistic")["logistic"]
    table = recognition.permutation_importance(features, labels, np.arange(120) // 2, model, positive="ill")
    assert table.index.tolist() == ["strong", "weak", "none"]
    assert (table["low"] <= table["value"]).all()
    assert (table["value"] <= table["high"]).all()
    assert table.loc["weak", "low"] > 0
    assert table.loc["none", "low"] <= 0.01
    again = recognition.permutation_importance(
        features, labels, np.arange(120) // 2, model, positive="ill", jobs=2
    )
    pd.testing.assert_frame_equal(table, again)


def test_areas_are_those_of_scikit_learn_with_repeated_cases():
    rng = np.random.default_rng(1)
    positive, scores = rng.random(40) < 0.4, rng.integers(0, 8, 40) / 8
    counts = rng.integers(0, 4, size=(6, 40))
    for weights, area in zip(counts, _areas(positive, scores, counts), strict=True):
        assert area == pytest.approx(roc_auc_score(positive.repeat(weights), scores.repeat(weights)))


def test_a_class_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="positive must be one of 'a', 'b', received 'c'"):
        recognition.permutation_importance(
            pd.DataFrame({"x": [1.0, 2.0]}), ["a", "b"], None, recognition.models("lda")["lda"], positive="c"
        )
