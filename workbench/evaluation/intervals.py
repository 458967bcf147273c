"""How sure a number is: intervals from resampled patients."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .resampling import drawn_patients, patient_codes

#: Width of the middle half of a normal distribution, in standard deviations.
MIDDLE_HALF = 1.3489795


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


def spread_interval(
    value: float,
    draws: ArrayLike,
    *,
    patients: int,
    fewest: int | None = None,
    bounds: tuple[float, float] | None = (0.0, 1.0),
    level: float = 0.95,
) -> Interval:
    """Make an interval of a value and of what resampled patients gave instead.

    Percentiles of the draws are too narrow for a few dozen patients. The draws' standard deviation is not, once
    the scale and the quantile are right. A metric with bounds is taken for a share: the draws tell of how many
    independent cases (effective sample size), and Wilson's score interval follows, with the quantile of Student's
    t for as many, though not for more than there are patients. One without bounds gets a symmetric interval, its
    standard deviation told by the middle half of the draws, because a resample may have a calibration slope of
    any size.

    Parameters
    ----------
    value : float
        Of the patients at hand.
    draws : (R,) array_like of float
        In each resample; NaN where undefined, which is left out.
    patients : int
        How many the metric rests on: all that were resampled, or those of the smallest class for a metric in which
        the classes count alike.
    fewest : int, optional
        How many a value without any error stands on: those of the smallest class. As `patients` by default.
    bounds : (float, float) or None, optional
        Least and greatest value that the metric can have.
    level : float, optional
        Share of studies whose interval is to hold the truth.

    Returns
    -------
    Interval
        NaN ends with a single patient, or if all draws are NaN.

    Raises
    ------
    ValueError
        If `level` makes no sense.

    References
    ----------
    Wilson EB. Probable inference, the law of succession, and statistical inference. Journal of the American
    Statistical Association 22 (1927) 209-212.

    Korn EL, Graubard BI. Confidence intervals for proportions with small expected number of positive counts
    estimated from survey data. Survey Methodology 24 (1998) 193-201.

    Saha KK, Miller D, Wang S. A comparison of some approximate confidence intervals for a single proportion for
    clustered binary outcome data. International Journal of Biostatistics 12 (2016) 20150024.

    Examples
    --------
    Thirty of thirty patients right is no certainty:

    >>> str(spread_interval(1.0, [1.0, 1.0, 1.0], patients=30))
    '1.000 [0.878, 1.000]'
    """
    from scipy import special

    if not 0 < level < 1:
        raise ValueError(f"level must be between 0 and 1, received {level}; write 95 % as 0.95")
    drawn = np.asarray(draws, float)
    drawn = drawn[np.isfinite(drawn)]
    if np.isnan(value) or patients < 2 or len(drawn) < 2:
        return Interval(float(value), np.nan, np.nan)
    if bounds is None:
        spread = np.subtract(*np.quantile(drawn, [0.75, 0.25])) / MIDDLE_HALF
        half = _unbiased(patients) * special.stdtrit(patients - 1, (1 + level) / 2) * spread
        return Interval(float(value), float(value - half), float(value + half))
    low, width = bounds[0], bounds[1] - bounds[0]
    share, spread = (value - low) / width, drawn.std(ddof=1) / width
    inside = share * (1 - share)
    if spread < 1e-12 and inside > 1e-12:
        return Interval(float(value), float(value), float(value))
    if inside > 1e-12:
        independent = np.clip(inside / spread**2, 2, patients)
        effective = inside / (_unbiased(independent) * spread) ** 2
    else:
        independent, effective = patients, float(fewest or patients)
    middle, half = _wilson(share, effective, special.stdtrit(independent - 1, (1 + level) / 2))
    ends = low + width * np.clip([middle - half, middle + half], 0, 1)
    # Rounding must not put a value without error outside its own interval.
    return Interval(float(value), float(min(ends[0], value)), float(max(ends[1], value)))


def spread_band(
    drawn: NDArray,
    *,
    patients: int,
    fewest: Iterable[int] | None = None,
    bounds: Iterable[tuple[float, float]] | None = None,
    level: float = 0.95,
) -> tuple[NDArray, NDArray]:
    """Make an interval of each place of a curve.

    Parameters
    ----------
    drawn : (1 + R, t) ndarray of float
        The curve of the patients at hand, and that of each resample.
    patients, level
        As for `spread_interval`.
    fewest, bounds : optional
        The same for each place.

    Returns
    -------
    low, high : (t,) ndarray

    Examples
    --------
    >>> low, high = spread_band(np.ones((3, 2)), patients=30, fewest=[30, 5])
    >>> low.round(2), high
    (array([0.88, 0.54]), array([1., 1.]))
    """
    columns = drawn.T
    each = zip(columns, fewest or [patients] * len(columns), bounds or [(0.0, 1.0)] * len(columns), strict=True)
    ends = [
        spread_interval(column[0], column[1:], patients=patients, fewest=count, bounds=limits, level=level)[1:]
        for column, count, limits in each
    ]
    low, high = np.array(ends).T
    return low, high


def bootstrap(
    metric: Callable[[NDArray, NDArray], float],
    labels: ArrayLike,
    scores: ArrayLike,
    *,
    groups: ArrayLike | None,
    bounds: tuple[float, float] | None = (0.0, 1.0),
    resamples: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> Interval:
    """Give a metric of your own an interval by drawing patients, not cases, with replacement.

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
    bounds : (float, float) or None, optional
        Least and greatest value that the metric can have: (-1, 1) for a difference of shares, None for none.
    resamples : int, optional
        How often to draw.
    level : float, optional
        Share of studies whose interval is to hold the truth.
    seed : int, optional
        Of the draws: the same seed gives the same interval.

    Returns
    -------
    Interval
        Value, low, high, as `spread_interval` makes them. Resamples in which the metric is NaN are left out. It
        tells how the value would vary with other patients for the same trained models, not with other training
        data.

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
    '0.900 [0.824, 0.945]'
    """
    true, values = np.asarray(labels), np.asarray(scores)
    if true.ndim != 1 or not len(true) or len(values) != len(true):
        raise ValueError(f"labels and scores must have one length, received {true.shape} and {values.shape}")
    patients = patient_codes(groups, len(true))

    def repeated(weights: NDArray) -> float:
        rows = np.repeat(np.arange(len(true)), weights)
        return metric(true[rows], values[rows])

    return weighted_bootstrap(repeated, patients, bounds=bounds, resamples=resamples, level=level, seed=seed)


def weighted_bootstrap(
    metric: Callable[[NDArray], float],
    patients: NDArray[np.intp],
    *,
    bounds: tuple[float, float] | None = (0.0, 1.0),
    resamples: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> Interval:
    """Give a metric that takes weights an interval by drawing patients with replacement.

    Parameters
    ----------
    metric : callable
        Takes how often each case is drawn, (n,) ndarray of int, and returns a number.
    patients : (n,) ndarray of int
        As from `patient_codes`.
    bounds, resamples, level, seed
        As for `bootstrap`.

    Returns
    -------
    Interval
        As from `bootstrap`.

    Raises
    ------
    ValueError
        If `resamples` or `level` make no sense.

    Examples
    --------
    >>> found = np.repeat([1.0, 0.0], [90, 10])
    >>> str(weighted_bootstrap(lambda weights: weights @ found / weights.sum(), np.arange(100)))
    '0.900 [0.824, 0.945]'
    """
    count = int(patients.max()) + 1
    counts = drawn_patients(count, resamples=resamples, seed=seed)
    drawn = np.array([metric(row.astype(int)[patients]) for row in counts], float)
    return spread_interval(drawn[0], drawn[1:], patients=count, bounds=bounds, level=level)


def _wilson(share: float, count: float, quantile: float) -> tuple[float, float]:
    square = quantile**2 / count
    half = quantile * np.sqrt(share * (1 - share) / count + square / (4 * count)) / (1 + square)
    return (share + square / 2) / (1 + square), half


def _unbiased(count: float) -> float:
    """The bootstrap divides by the number of patients, where an unbiased variance divides by one less."""
    return float(np.sqrt(count / (count - 1)))
