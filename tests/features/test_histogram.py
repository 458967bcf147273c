import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from workbench.features import histogram_features, intensity_features, volume_histogram_features

SEEDS = st.integers(0, 10**6)


@settings(deadline=None, max_examples=30)
@given(SEEDS)
def test_histogram_equals_scipy_and_numpy(seed):
    rng = np.random.default_rng(seed)
    levels = rng.integers(0, rng.integers(3, 20), (5, 6, 4))
    levels.flat[:2] = (1, 2)
    x = levels[levels > 0]
    counts = np.bincount(x)[1:]
    found = histogram_features(levels)
    assert found["histogram_entropy"] == pytest.approx(stats.entropy(counts, base=2))
    assert found["histogram_uniformity"] == pytest.approx(np.sum((counts / x.size) ** 2))
    slopes = np.gradient(counts.astype(float))
    assert found["histogram_maximum_gradient"] == slopes.max()
    assert found["histogram_minimum_gradient_level"] == slopes.argmin() + 1
    assert counts[int(found["histogram_mode"]) - 1] == counts.max()
    direct = intensity_features(levels, levels > 0)
    for name, value in found.items():
        same = name.replace("histogram", "intensity")
        if same in direct:
            assert value == pytest.approx(direct[same], rel=1e-9, nan_ok=True), name


def test_one_level_has_no_gradient_and_the_mode_lies_near_the_mean():
    one = histogram_features([[3, 3, 0]])
    assert np.isnan(histogram_features([[1, 1]])["histogram_maximum_gradient"])
    assert (one["histogram_entropy"], one["histogram_uniformity"], one["histogram_mode"]) == (0, 1, 3)
    assert histogram_features([[1, 1, 4, 4, 5]])["histogram_mode"] == 4


def test_levels_must_be_levels():
    for wrong in ([[0, 0]], [[-1, 1]], [[0.5, 1]]):
        with pytest.raises(ValueError, match="whole numbers from 1"):
            histogram_features(wrong)


def definition(x, low, high, grid):
    at_least = np.array([(x >= level).mean() for level in grid])
    fraction = (grid - low) / (high - low)
    volumes = [at_least[fraction >= share][0] for share in (0.1, 0.9)]
    intensities = [grid[at_least <= share] for share in (0.1, 0.9)]
    return volumes, [rare[0] if rare.size else grid[-1] for rare in intensities]


@settings(deadline=None, max_examples=30)
@given(SEEDS, st.sampled_from([None, (-1200.0, 800.0), (-np.inf, 900.0)]))
def test_volume_histogram_in_hu_equals_its_definition(seed, bounds):
    x = np.random.default_rng(seed).integers(-1000, 500, (6, 7))
    found = volume_histogram_features(x, np.ones_like(x), units="HU", bounds=bounds)
    low, high = (-np.inf, np.inf) if bounds is None else bounds
    low, high = (low if np.isfinite(low) else x.min()), (high if np.isfinite(high) else x.max())
    volumes, intensities = definition(x, low, high, np.arange(low, high + 1))
    assert [found["ivh_volume_at_intensity_10"], found["ivh_volume_at_intensity_90"]] == pytest.approx(volumes)
    assert [found["ivh_intensity_at_volume_10"], found["ivh_intensity_at_volume_90"]] == intensities
    assert found["ivh_volume_difference_10_90"] == pytest.approx(volumes[0] - volumes[1])
    assert found["ivh_intensity_difference_10_90"] == pytest.approx(intensities[0] - intensities[1])


@settings(deadline=None, max_examples=20)
@given(SEEDS)
def test_volume_histogram_is_the_tail_of_the_distribution(seed):
    x = np.random.default_rng(seed).gamma(2, 3, (40, 50))
    for units in ("SUV", ""):
        found = volume_histogram_features(x, np.ones_like(x), units=units)
        step = 0.1 if units else np.ptp(x) / 1000
        for share in (10, 90):
            edge = x.min() + share / 100 * np.ptp(x)
            near = [(x >= edge + side * 2 * step).mean() for side in (1, -1)]
            assert near[0] <= found[f"ivh_volume_at_intensity_{share}"] <= near[1]
            assert found[f"ivh_intensity_at_volume_{share}"] == pytest.approx(
                np.percentile(x, 100 - share), abs=3 * step
            )
        # The mean of a variable between 0 and 1 is the area under its tail.
        expected = ((x - x.min()) / np.ptp(x)).mean()
        assert found["ivh_area_under_curve"] == pytest.approx(expected, abs=4 * step / np.ptp(x))


def test_a_constant_region_fills_its_histogram():
    found = volume_histogram_features(np.full((2, 2), 0.3), np.ones((2, 2)))
    assert found["ivh_volume_at_intensity_90"] == found["ivh_area_under_curve"] == 1
    assert found["ivh_intensity_at_volume_10"] == 0.3
