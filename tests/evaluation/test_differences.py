import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from workbench import evaluation

# 58 normal and 51 abnormal CT images, rated from 1 to 5: table I of Hanley JA, McNeil BJ. Radiology 143 (1982)
# 29-36, which gives the area as 0.893. The first example of the manual of Stata's roctab has the same images: area
# 0.8932, standard error (DeLong's, its default) 0.0307.
NORMAL, ABNORMAL = [33, 6, 6, 11, 2], [3, 2, 2, 11, 33]


def ratings():
    scores = np.concatenate([np.repeat(np.arange(1, 6), NORMAL), np.repeat(np.arange(1, 6), ABNORMAL)])
    return np.repeat([False, True], [58, 51]), scores


def kernel(ill, well):
    return (ill[:, None] > well) + 0.5 * (ill[:, None] == well)


def obuchowski(positive, scores, patients):
    """Written out from the paper, pair by pair."""
    names, k = np.unique(patients), scores.shape[1]
    wins = [kernel(scores[positive, r], scores[~positive, r]) for r in range(k)]
    areas = [win.mean() for win in wins]
    m, n = positive.sum(), (~positive).sum()
    owner_ill, owner_well = patients[positive], patients[~positive]
    i10, i01, total = len(np.unique(owner_ill)), len(np.unique(owner_well)), len(names)
    covariance = np.zeros((k, k))
    for r in range(k):
        for s in range(k):
            s10 = s01 = s11 = s11_turned = 0.0
            for name in names:
                a = [np.sum(wins[c].mean(axis=1)[owner_ill == name] - areas[c]) for c in (r, s)]
                b = [np.sum(wins[c].mean(axis=0)[owner_well == name] - areas[c]) for c in (r, s)]
                s10 += a[0] * a[1] * i10 / ((i10 - 1) * m)
                s01 += b[0] * b[1] * i01 / ((i01 - 1) * n)
                s11 += a[0] * b[1] * total / (total - 1)
                s11_turned += a[1] * b[0] * total / (total - 1)
            covariance[r, s] = s10 / m + s01 / n + (s11 + s11_turned) / (m * n)
    return np.array(areas), covariance


def two_models(seed, patients=40, apart=(1.2, 0.8)):
    rng = np.random.default_rng(seed)
    owner = np.repeat(np.arange(patients), rng.integers(1, 4, size=patients))
    truth = (rng.random(len(owner)) < 0.45).astype(int)
    common = rng.normal(size=len(owner)) + rng.normal(size=patients)[owner]
    scores = [1 / (1 + np.exp(-(common + rng.normal(size=len(owner)) + a * (2 * truth - 1)) / 2)) for a in apart]
    return truth, *scores, owner


def test_delong_equals_the_published_example():
    positive, scores = ratings()
    areas, covariance = evaluation.auc_covariance(positive, scores[:, None], range(109))
    assert areas[0] == pytest.approx(0.8932, abs=5e-5)
    assert np.sqrt(covariance[0, 0]) == pytest.approx(0.0307, abs=5e-5)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**32 - 1))
def test_covariance_is_obuchowskis_definition(seed):
    truth, first, second, owner = two_models(seed, patients=12)
    scores = np.column_stack([first, second]).round(1)
    if len(np.unique(owner[truth == 1])) > 1 and len(np.unique(owner[truth == 0])) > 1:
        areas, covariance = evaluation.auc_covariance(truth == 1, scores, owner)
        expected = obuchowski(truth == 1, scores, owner)
        assert areas == pytest.approx(expected[0])
        assert covariance == pytest.approx(expected[1], abs=1e-12)


def test_covariance_of_single_cases_is_delongs_definition():
    rng = np.random.default_rng(0)
    positive = np.arange(50) < 20
    scores = (rng.normal(size=(50, 2)) + positive[:, None]).round(1)
    wins = [kernel(scores[positive, k], scores[~positive, k]) for k in range(2)]
    expected = np.cov([win.mean(axis=1) for win in wins]) / 20 + np.cov([win.mean(axis=0) for win in wins]) / 30
    assert evaluation.auc_covariance(positive, scores, range(50))[1] == pytest.approx(expected)


def test_the_bootstrap_and_delong_tell_the_same_error():
    truth, first, second, owner = two_models(3, patients=300)
    found = evaluation.compare(truth, first, second, groups=owner, positive=1)
    half = (found.table.loc["auc", "high"] - found.table.loc["auc", "low"]) / 2
    by_delong = stats.norm.ppf(0.975) * abs(found.delong.difference / found.delong.statistic)
    assert half == pytest.approx(by_delong, rel=0.1)
    assert found.delong.difference == pytest.approx(found.table.loc["auc", "difference"])


def test_tests_of_equal_models_are_right_about_as_often_as_they_say():
    p = []
    for seed in range(150):
        truth, first, second, owner = two_models(seed, apart=(1.0, 1.0))
        found = evaluation.compare(truth, first, second, groups=owner, positive=1, resamples=2)
        p.append((found.delong.p, found.mcnemar.p))
    # Of 150 tests at 0.1, a right one rejects 5 to 27, but in 1 of 500 tries.
    rejected = np.sum(np.array(p) < 0.1, axis=0)
    assert stats.binom(150, 0.1).ppf([0.001, 0.999]).tolist() == [5, 27]
    assert ((rejected >= 5) & (rejected <= 27)).all()


def test_mcnemar_is_the_binomial_test_of_the_disagreements():
    truth = np.array([1, 0] * 20)
    right, said = np.where(truth == 1, 0.9, 0.1), np.where(truth == 1, 0.9, 0.1)
    worse = said.copy()
    worse[:7] = 1 - worse[:7]
    better = right.copy()
    better[30:32] = 1 - better[30:32]
    found = evaluation.compare(truth, better, worse, groups=None, positive=1, resamples=10).mcnemar
    assert found.p == pytest.approx(stats.binomtest(7, 9).pvalue)
    assert found.difference == pytest.approx(5 / 40)


def test_mcnemar_of_patients_is_the_plain_one_where_copies_add_nothing():
    truth, first, second, _ = two_models(5)
    alone = np.arange(len(truth))
    found = evaluation.compare(
        np.tile(truth, 3), np.tile(first, 3), np.tile(second, 3), groups=np.tile(alone, 3), positive=1, resamples=5
    )
    better = np.sum(((first >= 0.5) == truth) & ((second >= 0.5) != truth))
    worse = np.sum(((first >= 0.5) != truth) & ((second >= 0.5) == truth))
    assert found.mcnemar.statistic == pytest.approx((better - worse) / np.sqrt(better + worse))
    once = evaluation.compare(truth, first, second, groups=None, positive=1, resamples=5).delong
    assert found.delong.statistic == pytest.approx(once.statistic)


def test_a_model_does_not_differ_from_itself():
    truth, first, _, owner = two_models(1)
    found = evaluation.compare(truth, first, first, groups=owner, positive=1, resamples=20)
    assert (found.table[["difference", "low", "high"]].fillna(0) == 0).all(axis=None)
    assert found.delong.p == found.mcnemar.p == 1


def predictions(truth, said, owner):
    label = np.where(truth == 1, "ill", "well")
    return pd.DataFrame({"patient": owner, "label": label, "p_ill": said, "p_well": 1 - said}).rename_axis("case")


def test_tables_compare_as_their_arrays_do_in_whatever_order():
    truth, first, second, owner = two_models(2)
    tables = [predictions(truth, said, owner) for said in (first, second)]
    found = evaluation.compare_predictions(tables[0], tables[1].iloc[::-1], positive="ill", resamples=30)
    expected = evaluation.compare(truth, first, second, groups=owner, positive=1, resamples=30)
    pd.testing.assert_frame_equal(found.table, expected.table)
    assert found.delong == expected.delong


def test_tables_of_other_cases_are_refused():
    truth, first, second, owner = two_models(2)
    one, two = (predictions(truth, said, owner) for said in (first, second))
    for wrong in (two.iloc[1:], two.assign(label="ill"), pd.concat([two, two])):
        with pytest.raises(ValueError, match="tables of the same cases"):
            evaluation.compare_predictions(one, wrong, positive="ill")


def test_many_classes_have_no_delong():
    truth = np.array(["a", "b", "c"] * 5)
    said = np.full((15, 3), 0.2) + 0.4 * (truth[:, None] == ["a", "b", "c"])
    found = evaluation.compare(truth, said, said[:, [1, 0, 2]], groups=None, classes=["a", "b", "c"], resamples=20)
    assert found.delong is None
    assert found.table.loc["accuracy", "difference"] == pytest.approx(2 / 3)


def test_external_validation_combines_both_intervals_and_knows_shared_patients():
    truth, first, second, owner = two_models(4, patients=60)
    home = evaluation.classification(truth, first, groups=owner, positive=1, resamples=200)
    away = evaluation.classification(truth, second, groups=owner + 100, positive=1, resamples=200)
    row = evaluation.external_validation(home, away).loc["auc"]
    assert row["difference"] == pytest.approx(away["auc"].value - home["auc"].value)
    arm = np.hypot(away["auc"].value - away["auc"].low, home["auc"].high - home["auc"].value)
    assert row["difference"] - row["low"] == pytest.approx(arm)
    with pytest.raises(ValueError, match="shares no patient, but 60 are in both"):
        evaluation.external_validation(home, home)
    with pytest.raises(ValueError, match="same classes"):
        evaluation.external_validation(
            home, evaluation.classification(truth, second, groups=owner + 100, positive=0, resamples=5)
        )
