"""Tests of whether two classifiers differ on the same cases: DeLong's and McNemar's, patients kept whole."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .cases import Cases


class PairedTest(NamedTuple):
    """A difference between two classifiers and the test of whether it is zero.

    Parameters
    ----------
    difference : float
        First minus second.
    statistic : float
        Standard normal where the truth is no difference; NaN for an exact test.
    p : float
        Two-sided.
    """

    difference: float
    statistic: float
    p: float


def auc_covariance(positive: ArrayLike, scores: ArrayLike, patients: ArrayLike) -> tuple[NDArray, NDArray]:
    """Estimate areas under ROC curves of the same cases, and their covariance without resampling.

    Parameters
    ----------
    positive : (n,) array_like of bool
        Outcome of each case.
    scores : (n, k) array_like of float
        Of k classifiers.
    patients : (n,) array_like of int
        Patient of each case, from 0. Where each has one case, this is the covariance of DeLong and others.

    Returns
    -------
    areas : (k,) ndarray
    covariance : (k, k) ndarray
        NaN with fewer than two patients in a class.

    References
    ----------
    Obuchowski NA. Nonparametric analysis of clustered ROC curve data. Biometrics 53 (1997) 567-578.

    Examples
    --------
    >>> areas, covariance = auc_covariance([True, True, False, False], [[0.9], [0.4], [0.5], [0.1]], range(4))
    >>> areas.tolist(), covariance.tolist()
    ([0.75], [[0.125]])
    """
    is_positive, values, owner = np.asarray(positive, bool), np.asarray(scores, float), np.asarray(patients)
    ill, well = is_positive.nonzero()[0], (~is_positive).nonzero()[0]
    beaten = np.column_stack([_share_below(column[well], column[ill]) for column in values.T])
    beating = np.column_stack([1 - _share_below(column[ill], column[well]) for column in values.T])
    areas = beaten.mean(axis=0)
    total = int(owner.max()) + 1
    deviations = []
    for rows, components in ((ill, beaten), (well, beating)):
        centred = components - areas
        deviations.append(
            np.stack([np.bincount(owner[rows], column, total) for column in centred.T], axis=1) / len(rows)
        )
    correction = [_bessel(len(np.unique(owner[rows]))) for rows in (ill, well)]
    a, b = deviations
    cross = a.T @ b
    together = _bessel(total) * (cross + cross.T)
    return areas, correction[0] * a.T @ a + correction[1] * b.T @ b + together


def delong(first: Cases, second: Cases) -> PairedTest:
    """Test the difference of the areas under two ROC curves, by their covariance.

    Parameters
    ----------
    first, second : Cases
        The same cases of two classes, as two classifiers judge them.

    Returns
    -------
    PairedTest
        NaN where a class is missing, or the difference has no spread to be judged by.

    References
    ----------
    DeLong ER, DeLong DM, Clarke-Pearson DL. Comparing the areas under two or more correlated receiver operating
    characteristic curves: a nonparametric approach. Biometrics 44 (1988) 837-845.

    Examples
    --------
    >>> truth, owner = np.array([0, 0, 1, 1]), np.arange(4)
    >>> said = np.array([[0.1, 0.5, 0.4, 0.9], [0.1, 0.3, 0.2, 0.4]])
    >>> pair = [Cases(truth, truth, np.column_stack([1 - p, p]), owner) for p in said]
    >>> delong(*pair).difference
    0.0
    """
    from scipy import stats

    if len(np.unique(first.truth)) < 2:
        return PairedTest(np.nan, np.nan, np.nan)
    scores = np.column_stack([first.probabilities[:, 1], second.probabilities[:, 1]])
    areas, covariance = auc_covariance(first.truth == 1, scores, first.patients)
    difference = float(areas[0] - areas[1])
    variance = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    if variance <= 1e-15:
        # Both rank every pair alike, or the difference has no spread to be judged by.
        return PairedTest(difference, np.nan, 1.0 if difference == 0 else np.nan)
    statistic = float(difference / np.sqrt(variance))
    return PairedTest(difference, statistic, float(2 * stats.norm.sf(abs(statistic))))


def mcnemar(first: Cases, second: Cases) -> PairedTest:
    """Test the difference of the shares of right decisions.

    Parameters
    ----------
    first, second : Cases
        The same cases, as two classifiers judge them.

    Returns
    -------
    PairedTest
        Exact (binomial) where each patient has one case; else by the sums of each patient's disagreements.

    References
    ----------
    McNemar Q. Note on the sampling error of the difference between correlated proportions or percentages.
    Psychometrika 12 (1947) 153-157.

    Yang Z, Sun X, Hardin JW. A note on the tests for clustered matched-pair binary data. Biometrical Journal 52
    (2010) 638-652.

    Examples
    --------
    >>> truth, said, owner = np.array([0, 1, 1, 1]), np.full((4, 2), 0.5), np.arange(4)
    >>> mcnemar(Cases(truth, truth, said, owner), Cases(truth, 1 - truth, said, owner)).p == 2 / 2**4
    True
    """
    from scipy import stats

    gain = (first.decided == first.truth).astype(int) - (second.decided == second.truth)
    difference = float(gain.mean())
    of_patient = np.bincount(first.patients, gain)
    better, worse = int(np.sum(gain > 0)), int(np.sum(gain < 0))
    if len(of_patient) == len(gain):
        p = stats.binomtest(better, better + worse).pvalue if better + worse else 1.0
        return PairedTest(difference, np.nan, float(p))
    spread = float(np.sum(of_patient**2))
    if not spread:
        return PairedTest(difference, np.nan, 1.0)
    statistic = float(of_patient.sum() / np.sqrt(spread))
    return PairedTest(difference, statistic, float(2 * stats.norm.sf(abs(statistic))))


def _bessel(count: int) -> float:
    return count / (count - 1) if count > 1 else np.nan


def _share_below(references: NDArray, values: NDArray) -> NDArray:
    ranked = np.sort(references)
    twice = np.searchsorted(ranked, values, side="left") + np.searchsorted(ranked, values, side="right")
    return twice / (2 * len(ranked))
