import numpy as np
import pandas as pd
import pytest

from workbench import recognition


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


@pytest.mark.parametrize(
    ("low", "end"), [(0.0005, "of an AUC of 0.990."), (-0.0005, "0.990, which may be nothing.")]
)
def test_what_a_feature_costs_is_told_with_its_interval(low, end):
    table = pd.DataFrame({"value": [0.00204, 0.001], "low": low, "high": 0.0036}, index=["maximum", "mean"])
    said = recognition.loss_in_words(table, 0.9903)
    assert said.startswith(f"Shuffled, maximum costs 0.0020 (95 % interval {low:.4f} to 0.0036) ")
    assert said.endswith(end)


def test_a_class_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="positive must be one of 'a', 'b', received 'c'"):
        recognition.permutation_importance(
            pd.DataFrame({"x": [1.0, 2.0]}), ["a", "b"], None, recognition.models("lda")["lda"], positive="c"
        )
