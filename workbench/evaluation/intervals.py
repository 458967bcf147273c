"""How sure a number is: intervals from resampled patients."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray


class Interval(NamedTuple):
    """A value with the interval that other patients might have given it.

    Parameters
    ----------
    value : float
        Of the cases at hand.
    low, high : float
        Ends of the interval.
    """

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def bootstrap(
    metric: Callable[[NDArray, NDArray], float],
    labels: ArrayLike,
    scores: ArrayLike,
    *,
    groups: ArrayLike | None,
    resamples: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> Interval:
    """Give a metric an interval by drawing patients, not cases, with replacement (percentile bootstrap).

    Parameters
    ----------
    metric : callable
        Takes labels and scores (or predictions), returns a number.
    labels : (n,) array_like
        True class of each case.
    scores : (n,) or (n, k) array_like
        Scores, probabilities or predictions of each case; columns for a metric that compares two models.
    groups : (n,) array_like or None
        Patient of each case; all cases of a patient are drawn together. None where each case is one patient.
    resamples : int, optional
        How often to draw.
    level : float, optional
        Share of the resampled values that the interval holds.
    seed : int, optional
        Of the draws: the same seed gives the same interval.

    Returns
    -------
    Interval
        Value, low, high. Resamples in which the metric is NaN are left out; NaN if all are. It tells how the value
        would vary with other patients for the same trained models, not with other training data.

    Raises
    ------
    ValueError
        If lengths differ, a group is missing, or `resamples` or `level` make no sense.

    References
    ----------
    Efron B. Bootstrap methods: another look at the jackknife. Annals of Statistics 7 (1979) 1-26.

    Examples
    --------
    >>> from workbench.evaluation import accuracy
    >>> str(bootstrap(accuracy, ["ill", "well"] * 50, ["ill", "well"] * 45 + ["well", "ill"] * 5, groups=None))
    '0.900 [0.840, 0.960]'
    """
    true, values = np.asarray(labels), np.asarray(scores)
    if true.ndim != 1 or not len(true) or len(values) != len(true):
        raise ValueError(f"labels and scores must have one length, received {true.shape} and {values.shape}")
    if resamples < 1 or not 0 < level < 1:
        raise ValueError(f"expected resamples >= 1 and 0 < level < 1, received {resamples} and {level}")
    order, first, sizes = _members(groups, len(true))
    rng = np.random.default_rng(seed)
    drawn = np.full(resamples, np.nan)
    for index in range(resamples):
        chosen = rng.integers(len(sizes), size=len(sizes))
        rows = order[_runs(first[chosen], sizes[chosen])]
        drawn[index] = metric(true[rows], values[rows])
    drawn = drawn[~np.isnan(drawn)]
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2]) if len(drawn) else (np.nan, np.nan)
    return Interval(float(metric(true, values)), float(low), float(high))


def _members(groups: ArrayLike | None, count: int) -> tuple[NDArray, NDArray, NDArray]:
    import pandas as pd

    if groups is None:
        return np.arange(count), np.arange(count), np.ones(count, dtype=int)
    codes, _ = pd.factorize(np.asarray(groups))
    if codes.shape != (count,) or (codes < 0).any():
        raise ValueError(f"groups must name the patient of each of {count} cases, received {codes.shape} or a gap")
    sizes = np.bincount(codes)
    return np.argsort(codes, kind="stable"), np.cumsum(sizes) - sizes, sizes


def _runs(first: NDArray, sizes: NDArray) -> NDArray:
    """Concatenate ``first[k], first[k] + 1, ...`` of each length, without a loop over thousands of patients."""
    ends = np.cumsum(sizes)
    return np.arange(ends[-1]) + np.repeat(first - (ends - sizes), sizes)
