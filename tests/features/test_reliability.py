import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import distance_transform_edt

from workbench.features import arranged, ball, perturb, redundancy, stability
from workbench.images import Image

# Six persons judged by four judges: table 2 of Shrout and Fleiss (1979), which gives ICC(2,1) = .29 and
# ICC(3,1) = .71; the intervals are those that the R package psych prints for it.
JUDGES = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])


def judged():
    return [pd.DataFrame({"rating": column}, index=list("abcdef")) for column in JUDGES.T]


@pytest.mark.parametrize(
    ("kind", "icc", "interval"), [("agreement", 0.29, (0.019, 0.761)), ("consistency", 0.71, (0.342, 0.946))]
)
def test_equals_shrout_and_fleiss(kind, icc, interval):
    found = stability(*judged(), kind=kind).loc["rating"]
    assert found.icc == pytest.approx(icc, abs=0.005)
    assert (found.low, found.high) == pytest.approx(interval, abs=0.001)
    assert (found.regions, found.grade) == (6, "poor")


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10**6), st.floats(-100, 100))
def test_a_shift_counts_for_agreement_alone(seed, shift):
    rng = np.random.default_rng(seed)
    first = pd.DataFrame({"x": rng.normal(0, 10, 12)})
    second = first + rng.normal(0, 1, (12, 1))
    plain = {kind: stability(first, second, kind=kind).icc["x"] for kind in ("agreement", "consistency")}
    moved = {kind: stability(first, second + shift, kind=kind).icc["x"] for kind in plain}
    assert moved["consistency"] == pytest.approx(plain["consistency"])
    if abs(shift) > 10:
        assert moved["agreement"] < plain["agreement"]


def test_interval_holds_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(0)
    # Variance 3 between regions and 1 within: the true correlation is 3 / 4.
    between = rng.normal(0, np.sqrt(3), (20, 400))
    tables = [pd.DataFrame(between + rng.normal(0, 1, between.shape)) for _ in range(2)]
    for kind in ("agreement", "consistency"):
        found = stability(*tables, kind=kind)
        assert ((found.low < 0.75) & (found.high > 0.75)).mean() == pytest.approx(0.95, abs=0.03)


def test_what_cannot_be_told_is_not_a_number_and_perfect_is_one():
    first = pd.DataFrame({"same": [1.0, 2, 3], "constant": [5.0, 5, 5], "lost": [1.0, np.nan, np.nan]})
    found = stability(first, first)
    assert found.loc["same", ["icc", "low", "grade"]].tolist() == [1, 1, "excellent"]
    assert found.loc[["constant", "lost"], "icc"].isna().all()
    assert found.loc["constant", "grade"] == ""
    assert found.loc["lost", "regions"] == 1


def test_regions_are_matched_by_name():
    first = pd.DataFrame({"x": [1.0, 2, 3, 9]}, index=list("abcd"))
    second = pd.DataFrame({"x": [3.1, 2.1, 1.1], "y": 0}, index=list("cba"))
    assert stability(first, second).loc["x", "regions"] == 3
    assert stability(first, second, kind="consistency").loc["x", "icc"] == pytest.approx(1)


def test_tables_that_do_not_match_raise():
    table = pd.DataFrame({"x": [1.0, 2]})
    with pytest.raises(ValueError, match="at least two tables"):
        stability(table)
    with pytest.raises(ValueError, match="0 features"):
        stability(table, pd.DataFrame({"y": [1.0, 2]}))
    with pytest.raises(ValueError, match="one row"):
        stability(table, pd.concat([table, table]))
    with pytest.raises(ValueError, match="kind"):
        stability(table, table, kind="both")
    with pytest.raises(ValueError, match="confidence"):
        stability(table, table, confidence=95)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 10**6), st.sampled_from(["spearman", "pearson"]))
def test_every_pair_in_a_cluster_correlates(seed, method):
    rng = np.random.default_rng(seed)
    hidden = rng.normal(size=(25, 4))
    table = pd.DataFrame(
        hidden[:, rng.integers(0, 4, 15)] * rng.choice([-1, 1], 15) + rng.normal(0, 0.2, (25, 15))
    )
    found = redundancy(table, threshold=0.8, method=method)
    correlation = table.corr(method=method)
    for _, members in found.groupby("cluster"):
        assert (correlation.loc[members.index, members.index].abs() >= 0.8 - 1e-9).all(axis=None)
        assert members.representative.nunique() == 1
        chosen = members.representative.iloc[0]
        np.testing.assert_allclose(members.correlation, correlation.loc[members.index, chosen])
    sizes = found.cluster.value_counts().sort_index()
    assert sizes.is_monotonic_decreasing


def test_constant_and_missing_features_stand_apart():
    table = pd.DataFrame({"a": [1.0, 2, 3], "flat": [2.0, 2, 2], "gap": [1.0, np.nan, 3]})
    found = redundancy(table)
    assert found.cluster.to_dict() == {"a": 1, "flat": 0, "gap": 0}
    with pytest.raises(ValueError, match="three regions"):
        redundancy(table[:2])
    with pytest.raises(ValueError, match="varies"):
        redundancy(table[["flat"]])
    with pytest.raises(ValueError, match="threshold"):
        redundancy(table, threshold=1)


def test_a_perturbed_border_stays_near_and_another_seed_moves_it_otherwise():
    image = Image(np.zeros((60, 60)), spacing=(0.5, 0.5))
    mask = ball(image, centre=(30, 30), radius=10)
    drawn = [perturb(Image(mask, spacing=(0.5, 0.5)), distance=1, smoothness=5, seed=seed) for seed in range(20)]
    np.testing.assert_array_equal(drawn[3], perturb(mask, distance=1, smoothness=5, seed=3, spacing=(0.5, 0.5)))
    assert not np.array_equal(drawn[0], drawn[1])
    distance = distance_transform_edt(mask) + distance_transform_edt(~mask)
    for again in drawn:
        assert 0 < distance[again != mask].max() * 0.5 < 5
    areas = [again.sum() for again in drawn]
    assert np.mean(areas) == pytest.approx(mask.sum(), rel=0.08)


def test_a_region_never_vanishes():
    speck = np.zeros((9, 9))
    speck[4, 4] = 1
    assert all(perturb(speck, distance=3, smoothness=1, seed=seed).any() for seed in range(20))
    for wrong in ({"distance": 0, "smoothness": 1}, {"distance": 1, "smoothness": -1}):
        with pytest.raises(ValueError, match="must be positive"):
            perturb(speck, seed=0, **wrong)


def test_arranged_keeps_the_intensities_and_takes_the_order():
    rng = np.random.default_rng(0)
    mask = rng.random((9, 8)) < 0.6
    values, pattern = rng.random(mask.sum()), rng.random(mask.shape)
    made = arranged(values, mask, pattern)
    np.testing.assert_array_equal(np.sort(made[mask]), np.sort(values))
    assert (np.argsort(made[mask]) == np.argsort(pattern[mask])).all()
    assert not made[~mask].any()
    with pytest.raises(ValueError, match="one value for each"):
        arranged(values[1:], mask, pattern)
    with pytest.raises(ValueError, match="image's shape"):
        arranged(values, mask[1:], pattern)
