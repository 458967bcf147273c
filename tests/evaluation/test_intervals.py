import numpy as np
import pytest
from scipy import stats

from workbench import evaluation


def two_samples(seed, count=200, shift=1.0):
    rng = np.random.default_rng(seed)
    labels = np.repeat(["ill", "well"], count)
    return labels, rng.normal(size=2 * count) + shift * (labels == "ill")


def auc(labels, scores):
    return evaluation.auc(labels, scores, positive="ill")


def test_the_interval_of_a_share_is_the_binomial_one():
    labels, said = np.ones(400, int), np.repeat([1, 0], [300, 100])
    interval = evaluation.bootstrap(evaluation.accuracy, labels, said, groups=None, resamples=4000)
    half = stats.norm.ppf(0.975) * np.sqrt(0.75 * 0.25 / 400)
    assert interval == pytest.approx((0.75, 0.75 - half, 0.75 + half), abs=0.004)


def test_the_interval_of_an_auc_is_delongs():
    labels, scores = two_samples(0)
    ill, well = scores[labels == "ill"], scores[labels == "well"]
    wins = (ill[:, None] > well).astype(float)
    spread = np.sqrt(wins.mean(axis=1).var(ddof=1) / len(ill) + wins.mean(axis=0).var(ddof=1) / len(well))
    interval = evaluation.bootstrap(auc, labels, scores, groups=None, resamples=4000)
    assert interval.value == pytest.approx(wins.mean())
    assert (interval.high - interval.low) / 2 == pytest.approx(stats.norm.ppf(0.975) * spread, rel=0.1)


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    truth = stats.norm.cdf(1 / np.sqrt(2))
    held = 0
    for seed in range(100):
        interval = evaluation.bootstrap(auc, *two_samples(seed, count=50), groups=None, resamples=200, level=0.8)
        held += interval.low <= truth <= interval.high
    # Of 100 intervals of 80 %, right ones hold 67 to 91, but in 1 of 500 tries.
    assert stats.binom(100, 0.8).ppf([0.001, 0.999]).tolist() == [67, 91]
    assert 67 <= held <= 91


def test_copies_of_a_patient_add_no_certainty():
    labels, scores = two_samples(1, count=60)
    once = evaluation.bootstrap(auc, labels, scores, groups=None)
    patients = np.tile(np.arange(120), 4)
    copied = evaluation.bootstrap(auc, np.tile(labels, 4), np.tile(scores, 4), groups=patients)
    fooled = evaluation.bootstrap(auc, np.tile(labels, 4), np.tile(scores, 4), groups=None)
    assert copied == pytest.approx(once)
    assert fooled.high - fooled.low < 0.6 * (once.high - once.low)


def test_patients_are_drawn_whole():
    patients = np.array(["a", "b", "a", "c", "b", "a"])
    seen = []

    def metric(labels, rows):
        seen.append(np.bincount(rows, minlength=6))
        return 0.0

    evaluation.bootstrap(metric, np.zeros(6), np.arange(6), groups=patients, resamples=50)
    for counts in seen:
        assert counts[0] == counts[2] == counts[5]
        assert counts[1] == counts[4]
        assert counts[0] + counts[1] + counts[3] == 3


def test_the_seed_decides_and_nothing_else():
    labels, scores = two_samples(2, count=30)
    first = evaluation.bootstrap(auc, labels, scores, groups=None, seed=3)
    np.random.default_rng(0).random(5)
    assert evaluation.bootstrap(auc, labels, scores, groups=None, seed=3) == first
    assert evaluation.bootstrap(auc, labels, scores, groups=None, seed=4) != first


def test_resamples_in_which_the_metric_is_undefined_are_left_out():
    interval = evaluation.bootstrap(auc, ["ill", "well", "well"], [0.9, 0.2, 0.1], groups=None)
    assert interval[0] == interval[2] == 1
    assert interval.low < 0.5
    assert np.isnan(evaluation.bootstrap(auc, ["well", "well"], [0.2, 0.1], groups=None)).all()


def test_a_share_without_error_gets_wilsons_interval():
    quantile = stats.t.ppf(0.975, 39)
    interval = evaluation.spread_interval(1.0, np.ones(100), patients=40)
    assert interval == pytest.approx((1, 40 / (40 + quantile**2), 1))
    assert evaluation.spread_interval(0.0, np.zeros(100), patients=40).high == pytest.approx(1 - interval.low)
    few = evaluation.spread_interval(1.0, np.ones(100), patients=40, fewest=5)
    assert few.low < interval.low


def test_bounds_turn_the_interval_with_them():
    draws = np.random.default_rng(0).normal(0.8, 0.05, size=500)
    share = evaluation.spread_interval(0.8, draws, patients=50)
    twice = evaluation.spread_interval(0.6, 2 * draws - 1, patients=50, bounds=(-1, 1))
    assert twice == pytest.approx([2 * end - 1 for end in share])
    assert share.high - 0.8 < 0.8 - share.low


def test_one_wild_draw_does_not_widen_an_interval_without_bounds():
    draws = np.random.default_rng(0).normal(1, 0.2, size=1000)
    calm = evaluation.spread_interval(1.0, draws, patients=50, bounds=None)
    wild = evaluation.spread_interval(1.0, np.append(draws, 1e9), patients=50, bounds=None)
    assert wild == pytest.approx(calm, rel=0.01)
    half = stats.t.ppf(0.975, 49) * 0.2 * np.sqrt(50 / 49)
    assert (calm.high - calm.low) / 2 == pytest.approx(half, rel=0.1)


def test_a_share_of_few_patients_has_their_quantile_however_many_were_drawn():
    """The recall of 12 ill among a thousand patients, by their number alone."""
    draws = 0.75 + np.sqrt(0.75 * 0.25 / 12) * stats.norm.ppf((np.arange(4000) + 0.5) / 4000)
    found = evaluation.spread_interval(0.75, draws, patients=1000)
    quantile, count = stats.t.ppf(0.975, 11), 11
    middle = (0.75 + quantile**2 / (2 * count)) / (1 + quantile**2 / count)
    half = quantile * np.sqrt(0.75 * 0.25 / count + quantile**2 / (4 * count**2)) / (1 + quantile**2 / count)
    assert found == pytest.approx((0.75, middle - half, middle + half), abs=0.002)
    assert evaluation.spread_interval(0.75, draws, patients=8).low < found.low


def test_a_band_is_the_interval_of_each_place():
    draws = np.random.default_rng(0).normal([0.5, 0.8], 0.05, size=(300, 2))
    low, high = evaluation.intervals.spread_band(draws, patients=40, bounds=[(0, 1), (-1, 1)], level=0.9)
    for place, bounds in enumerate([(0, 1), (-1, 1)]):
        column = draws[:, place]
        expected = evaluation.spread_interval(column[0], column[1:], patients=40, bounds=bounds, level=0.9)
        assert (low[place], high[place]) == expected[1:]


def test_weights_are_repeated_rows():
    labels, scores = two_samples(3, count=20)
    patients = np.arange(40) // 2
    by_rows = evaluation.bootstrap(
        evaluation.accuracy, labels, np.where(scores > 0.5, "ill", "well"), groups=patients
    )
    right = (scores > 0.5) == (labels == "ill")
    assert evaluation.weighted_bootstrap(lambda weights: np.average(right, weights=weights), patients) == by_rows


def test_a_single_patient_has_no_interval():
    assert np.isnan(evaluation.spread_interval(0.5, [0.5, 0.5], patients=1)[1:]).all()


def test_bad_input_is_refused_in_words():
    with pytest.raises(ValueError, match="one length"):
        evaluation.bootstrap(auc, ["ill"], [0.1, 0.2], groups=None)
    with pytest.raises(ValueError, match="groups must name the patient of each of 2 cases"):
        evaluation.bootstrap(auc, ["ill", "well"], [0.1, 0.2], groups=["a", None])
    with pytest.raises(ValueError, match="resamples"):
        evaluation.bootstrap(auc, ["ill", "well"], [0.1, 0.2], groups=None, resamples=0)
    with pytest.raises(ValueError, match="level must be between 0 and 1, received 95"):
        evaluation.bootstrap(auc, ["ill", "well"], [0.1, 0.2], groups=None, level=95)
