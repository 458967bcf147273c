"""Compiled formulas of texture features: matrices are so small that most of numpy's time would go into its calls.

Each gives one row for each feature, in the order of the standard, and one column for each matrix.
"""

import numpy as np
from numpy.typing import NDArray

from .slabs import compiled


@compiled
def emphases(counts: NDArray, amounts: NDArray, voxels: int) -> NDArray:
    """Measure (matrix, level - 1, column) counts, where columns stand for `amounts`.

    Sixteen features that the families share, and the energy, which only dependence has.
    """
    found = np.empty((17, counts.shape[0]))
    levels = np.arange(1.0, counts.shape[1] + 1)
    low, high = 1 / (levels * levels), levels * levels
    small, large = 1 / (1.0 * amounts * amounts), 1.0 * amounts * amounts
    for k in range(counts.shape[0]):
        by_level, by_amount = np.zeros(levels.size), np.zeros(amounts.size)
        small_low, small_high, large_low, large_high, n_log_n, squares = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        for i in range(levels.size):
            for j in range(amounts.size):
                n = float(counts[k, i, j])
                if n > 0:
                    by_level[i] += n
                    by_amount[j] += n
                    small_low += n * small[j] * low[i]
                    small_high += n * small[j] * high[i]
                    large_low += n * large[j] * low[i]
                    large_high += n * large[j] * high[i]
                    n_log_n += n * np.log2(n)
                    squares += n**2
        total = by_level.sum()
        level, amount = _dot(by_level, levels) / total, _dot(by_amount, amounts) / total
        uneven_levels, uneven_amounts = _dot(by_level, by_level) / total, _dot(by_amount, by_amount) / total
        rows = (
            _dot(by_amount, small) / total,
            _dot(by_amount, large) / total,
            _dot(by_level, low) / total,
            _dot(by_level, high) / total,
            small_low / total,
            small_high / total,
            large_low / total,
            large_high / total,
            uneven_levels,
            uneven_levels / total,
            uneven_amounts,
            uneven_amounts / total,
            total / voxels,
            _spread(by_level, levels, level) / total,
            _spread(by_amount, amounts, amount) / total,
            _bits(n_log_n, total),
            squares / total**2,
        )
        for row, value in enumerate(rows):
            found[row, k] = value
    return found


@compiled
def cooccurrences(counts: NDArray) -> NDArray:
    """Measure (matrix, level, level) counts of pairs in one order; NaN where a matrix has none.

    Row and column 0 are left out. Correlation and information correlation 1 are NaN where there is one level.
    """
    found = np.full((25, counts.shape[0]), np.nan)
    highest = counts.shape[1] - 1
    levels = np.arange(1.0, highest + 1)
    steps = np.arange(0.0, highest)
    for k in range(counts.shape[0]):
        by_level, by_step, by_sum = np.zeros(highest), np.zeros(highest), np.zeros(2 * highest - 1)
        most, n_log_n, squares = 0.0, 0.0, 0.0
        for i in range(highest):
            for j in range(i + 1):
                n = float(counts[k, i + 1, j + 1] + counts[k, j + 1, i + 1])
                if n > 0:
                    times = 1 + (i != j)
                    by_level[i] += n
                    by_level[j] += n * (times - 1)
                    by_step[i - j] += n * times
                    by_sum[i + j] += n * times
                    most = max(most, n)
                    n_log_n += times * n * np.log2(n)
                    squares += times * n**2
        total = by_level.sum()
        if total == 0:
            continue
        p, p_step, p_sum = by_level / total, by_step / total, by_sum / total
        mean, step = (p * levels).sum(), (p_step * steps).sum()
        variance = (p * (levels - mean) ** 2).sum()
        contrast = (p_step * steps**2).sum()
        centred = np.arange(2.0, 2 * highest + 1) - 2 * mean
        tendency = (p_sum * centred**2).sum()
        # (i - mean)(j - mean) is a quarter of (i + j - 2 mean)^2 - (i - j)^2.
        covariance = (tendency - contrast) / 4
        joint, alone = _bits(n_log_n, total), _entropy(p)
        # With both marginals equal, IBSI's HXY1 and HXY2 are both twice the marginal entropy.
        dependence = 2 * alone - joint
        varied = (by_level > 0).sum() > 1
        rows = (
            most / total,
            mean,
            variance,
            joint,
            step,
            (p_step * (steps - step) ** 2).sum(),
            _entropy(p_step),
            2 * mean,
            tendency,
            _entropy(p_sum),
            squares / total**2,
            contrast,
            step,
            (p_step / (1 + steps)).sum(),
            (p_step / (1 + steps / highest)).sum(),
            (p_step / (1 + steps**2)).sum(),
            (p_step / (1 + (steps / highest) ** 2)).sum(),
            (p_step[1:] / steps[1:] ** 2).sum(),
            covariance / variance if varied else np.nan,
            covariance + mean**2,
            tendency,
            (p_sum * centred**3).sum(),
            (p_sum * centred**4).sum(),
            -dependence / alone if varied else np.nan,
            np.sqrt(1 - np.exp(-2 * max(dependence, 0.0))),
        )
        for row, value in enumerate(rows):
            found[row, k] = value
    return found


@compiled
def tone_differences(voxels: NDArray, differences: NDArray) -> NDArray:
    """Measure voxels with neighbours and their summed differences, by level - 1; NaN where there are no voxels."""
    total, summed = voxels.sum(), differences.sum()
    if total == 0:
        return np.full((5, 1), np.nan)
    p = voxels / total
    weighted = (p * differences).sum()
    present = np.flatnonzero(voxels)
    contrast, busy, complexity, strength = 0.0, 0.0, 0.0, 0.0
    for i in present:
        for j in present:
            step = abs(i - j)
            contrast += p[i] * p[j] * step**2
            busy += abs((i + 1) * p[i] - (j + 1) * p[j])
            complexity += step * (p[i] * differences[i] + p[j] * differences[j]) / (p[i] + p[j])
            strength += (p[i] + p[j]) * step**2
    pairs = max(present.size * (present.size - 1), 1)
    return np.array(
        [
            # The IBSI sets the coarseness of a region without differences to this.
            [1 / weighted if weighted > 0 else 1e6],
            [contrast / pairs * summed / total],
            [weighted / busy if busy > 0 else 0.0],
            [complexity / total],
            [strength / summed if summed > 0 else 0.0],
        ]
    )


@compiled
def _dot(weights: NDArray, values: NDArray) -> float:
    found = 0.0
    for n in range(weights.size):
        found += weights[n] * values[n]
    return found


@compiled
def _spread(weights: NDArray, values: NDArray, mean: float) -> float:
    found = 0.0
    for n in range(weights.size):
        found += weights[n] * (values[n] - mean) ** 2
    return found


@compiled
def _bits(n_log_n: float, total: float) -> float:
    """Entropy of counts n that sum to `total`, from the sum of n log2 n."""
    return max(np.log2(total) - n_log_n / total, 0.0)


@compiled
def _entropy(p: NDArray) -> float:
    found = 0.0
    for share in p:
        if share > 0:
            found -= share * np.log2(share)
    return found
