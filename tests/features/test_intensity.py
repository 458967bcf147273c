import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from workbench.features import intensity_features, peak_features
from workbench.features.intensity import PEAK_RADIUS

SEEDS = st.integers(0, 10**6)


def region(seed, shape=(5, 6, 7)):
    rng = np.random.default_rng(seed)
    mask = rng.random(shape) < 0.5
    mask.flat[:3] = True
    return rng.gamma(2, 50, shape), mask


@settings(deadline=None, max_examples=30)
@given(SEEDS)
def test_equals_scipy(seed):
    image, mask = region(seed)
    found = intensity_features(image, mask)
    x = image[mask]
    robust = x[(x >= np.percentile(x, 10)) & (x <= np.percentile(x, 90))]
    q1, q3 = stats.scoreatpercentile(x, [25, 75])
    expected = {
        "mean": stats.tmean(x),
        "variance": stats.moment(x, 2),
        "skewness": stats.skew(x),
        "kurtosis": stats.kurtosis(x),
        "median": np.median(x),
        "minimum": stats.tmin(x),
        "maximum": stats.tmax(x),
        "percentile_10": stats.scoreatpercentile(x, 10),
        "percentile_90": stats.scoreatpercentile(x, 90),
        "interquartile_range": stats.iqr(x),
        "range": np.ptp(x),
        "mean_absolute_deviation": np.abs(x - x.mean()).mean(),
        "robust_mean_absolute_deviation": np.abs(robust - robust.mean()).mean(),
        "median_absolute_deviation": np.abs(x - np.median(x)).mean(),
        "coefficient_of_variation": stats.variation(x),
        "quartile_coefficient_of_dispersion": (q3 - q1) / (q3 + q1),
        "energy": x @ x,
        "root_mean_square": stats.pmean(x, 2),
    }
    assert {f"intensity_{name}" for name in expected} == set(found)
    for name, value in expected.items():
        assert found[f"intensity_{name}"] == pytest.approx(value, rel=1e-9), name


@settings(deadline=None, max_examples=20)
@given(SEEDS, st.floats(-1000, 1000))
def test_shift_moves_location_and_leaves_spread(seed, shift):
    image, mask = region(seed)
    before, after = intensity_features(image, mask), intensity_features(image + shift, mask)
    for name in ("mean", "median", "minimum", "maximum", "percentile_10", "percentile_90"):
        assert after[f"intensity_{name}"] == pytest.approx(before[f"intensity_{name}"] + shift, abs=1e-9)
    for name in ("variance", "skewness", "kurtosis", "interquartile_range", "mean_absolute_deviation"):
        assert after[f"intensity_{name}"] == pytest.approx(before[f"intensity_{name}"], rel=1e-6, abs=1e-9)


def test_voxels_outside_do_not_matter_and_input_is_kept():
    image, mask = region(1)
    kept = image.copy()
    before = intensity_features(image, mask)
    np.testing.assert_array_equal(image, kept)
    image[~mask] = 1e9
    assert intensity_features(image, mask) == before


def test_constant_region_has_no_spread_and_zero_skewness():
    found = intensity_features(np.full((3, 3), 0.1), np.ones((3, 3)))
    assert found["intensity_variance"] == found["intensity_skewness"] == found["intensity_kurtosis"] == 0
    assert found["intensity_mean"] == 0.1


def test_ratio_to_zero_is_not_a_number():
    found = intensity_features([[-1, 1]], [[1, 1]])
    assert np.isnan(found["intensity_coefficient_of_variation"])
    assert np.isnan(found["intensity_quartile_coefficient_of_dispersion"])
    assert np.isnan(found["intensity_robust_mean_absolute_deviation"])


def test_bad_input_raises():
    with pytest.raises(ValueError, match="at least one voxel"):
        intensity_features(np.ones((2, 2)), np.zeros((2, 2)))
    with pytest.raises(ValueError, match="shape"):
        intensity_features(np.ones((2, 2)), np.ones((2, 3)))
    with pytest.raises(ValueError, match="finite"):
        intensity_features([[1.0, np.nan]], [[1, 0]])


def peaks_by_definition(image, mask, spacing):
    places = np.argwhere(np.ones(image.shape, bool)) * spacing
    means = []
    for index in np.argwhere(mask):
        near = ((places - index * spacing) ** 2).sum(axis=1) <= PEAK_RADIUS**2
        means.append(image.reshape(-1)[near].mean())
    means, values = np.array(means), image[mask]
    return means[values == values.max()].max(), means.max()


@settings(deadline=None, max_examples=20)
@given(SEEDS, st.sampled_from([(2, 2, 2), (5, 1.5, 2), (3, 4, 7)]))
def test_peaks_equal_their_definition(seed, spacing):
    image, mask = region(seed)
    image = np.round(image / 50)  # several voxels share the maximum
    local, highest = peaks_by_definition(image, mask, np.array(spacing))
    found = peak_features(image, mask, spacing=spacing)
    assert found["peak_local"] == pytest.approx(local, abs=1e-9)
    assert found["peak_global"] == pytest.approx(highest, abs=1e-9)


def test_peaks_need_a_volume():
    assert 4 / 3 * np.pi * PEAK_RADIUS**3 == pytest.approx(1000)
    with pytest.raises(ValueError, match="volume"):
        peak_features(np.ones((3, 3)), np.ones((3, 3)), spacing=(1, 1))
