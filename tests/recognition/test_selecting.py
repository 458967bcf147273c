import numpy as np
import pandas as pd
import pytest

from workbench.recognition import DropRedundant


def test_of_features_that_say_the_same_the_first_is_kept():
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"a": rng.normal(size=50), "b": rng.normal(size=50)})
    table = table.assign(opposite=-2 * table["a"], near=table["b"] + 0.5 * rng.normal(size=50), constant=1.0)
    kept = DropRedundant(0.99).fit(table)
    assert kept.get_feature_names_out().tolist() == ["a", "b", "near", "constant"]
    assert DropRedundant(0.8).fit(table).get_feature_names_out().tolist() == ["a", "b", "constant"]
    assert DropRedundant(1.0).fit(table).get_feature_names_out().tolist() == list(table)


def test_no_two_kept_features_correlate_more():
    rng = np.random.default_rng(1)
    values = rng.normal(size=(40, 3)) @ rng.normal(size=(3, 30)) + 0.3 * rng.normal(size=(40, 30))
    chosen = DropRedundant(0.7).fit_transform(values)
    likeness = np.abs(np.corrcoef(chosen.T)) - np.eye(chosen.shape[1])
    assert likeness.max() <= 0.7


@pytest.mark.parametrize("above", [0, 1.5])
def test_a_bad_limit_is_refused(above):
    with pytest.raises(ValueError, match="above must be above 0 and at most 1"):
        DropRedundant(above).fit(np.eye(3))
