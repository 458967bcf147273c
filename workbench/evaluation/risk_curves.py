"""Curves of predicted probabilities: whether they mean what they say, and whether to act on them is of use.

Their bands hold point by point, as those of the other curves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from workbench.checks import real_array

from .cases import Cases, cases_of
from .intervals import spread_band
from .resampling import drawn_patients, patient_codes, sums

if TYPE_CHECKING:
    import pandas as pd


def calibration_curve(
    labels: ArrayLike,
    probabilities: ArrayLike,
    *,
    positive: Any,
    groups: ArrayLike | None,
    bins: int = 10,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    """Compare predicted probabilities with observed shares, bin by bin.

    Parameters
    ----------
    labels : (n,) array_like
        True class of each case.
    probabilities : (n,) array_like of float
        Of the positive class, from 0 to 1.
    positive
        The class whose probabilities they are.
    groups : (n,) array_like or None
        Patient of each case; None where each case is one patient.
    bins : int, optional
        Number of bins of equal width from 0 to 1.
    level, resamples, seed
        Of the band, as for `classification`.

    Returns
    -------
    pandas.DataFrame
        One row per bin: lower and upper bound, cases, mean predicted probability, observed share of positives, and
        low and high of that share; the last four are NaN in an empty bin. A bin holds its lower bound, the last
        bin both.

    Raises
    ------
    ValueError
        If a probability is not from 0 to 1, a value is missing, or there is no bin.

    Examples
    --------
    >>> calibration_curve(["ill", "ill", "well"], [0.9, 0.8, 0.2], positive="ill", groups=None, bins=2).round(2)
       lower  upper  cases  predicted  observed  low  high
    0    0.0    0.5      1       0.20       0.0  0.0  0.95
    1    0.5    1.0      2       0.85       1.0  0.1  1.00
    """
    import pandas as pd

    if bins < 1:
        raise ValueError(f"bins must be a positive integer, received {bins}")
    cases = _binary(labels, probabilities, positive, groups)
    values = cases.probabilities[:, 1]
    edges = np.linspace(0, 1, bins + 1)
    place = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, bins - 1)
    member = np.eye(bins)[place]
    counts = drawn_patients(int(cases.patients.max()) + 1, resamples=resamples, seed=seed)
    totals = sums(
        counts, cases.patients, np.hstack([member, member * cases.truth[:, None], member * values[:, None]])
    )
    whole, found, said = np.split(totals, 3, axis=1)
    with np.errstate(invalid="ignore"):
        shares, predicted = found / whole, said[0] / whole[0]
    owners = [len(np.unique(cases.patients[place == index])) for index in range(bins)]
    low, high = spread_band(shares, fewest=owners, patients=counts.shape[1], level=level)
    return pd.DataFrame(
        {
            "lower": edges[:-1],
            "upper": edges[1:],
            "cases": whole[0].astype(int),
            "predicted": predicted,
            "observed": shares[0],
            "low": low,
            "high": high,
        }
    )


def decision_curve(
    labels: ArrayLike,
    probabilities: ArrayLike,
    *,
    positive: Any,
    groups: ArrayLike | None,
    thresholds: ArrayLike | None = None,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    """Net benefit of acting on the prediction, at each risk from which on one would act.

    Who acts from a risk t on holds a needless act for t / (1 - t) times as bad as a missed one. The net benefit is
    the share of true alarms, minus that of false ones at this price.

    Parameters
    ----------
    labels, probabilities, positive, groups, level, resamples, seed
        As for `calibration_curve`.
    thresholds : (t,) array_like of float, optional
        Risks above 0 and below 1; 0.01, 0.02 to 0.99 by default.

    Returns
    -------
    pandas.DataFrame
        One row per threshold: threshold, net_benefit, low, high, and treat_all, that of acting on everyone. Acting
        on nobody has none. A model is of use only where it is above both.

    Raises
    ------
    ValueError
        If a threshold or a probability is out of range, or a value is missing.

    References
    ----------
    Vickers AJ, Elkin EB. Decision curve analysis: a novel method for evaluating prediction models. Medical
    Decision Making 26 (2006) 565-574.

    Examples
    --------
    >>> labels, said = ["ill", "well", "well", "well"], [0.9, 0.6, 0.2, 0.1]
    >>> decision_curve(labels, said, positive="ill", groups=None, thresholds=[0.5])[["net_benefit", "treat_all"]]
       net_benefit  treat_all
    0          0.0       -0.5
    """
    import pandas as pd

    limits = (
        np.arange(1, 100) / 100 if thresholds is None else real_array(thresholds, name="thresholds").astype(float)
    )
    if limits.ndim != 1 or limits.min() <= 0 or limits.max() >= 1:
        raise ValueError(f"thresholds must be a vector of risks above 0 and below 1, received {limits.tolist()}")
    cases = _binary(labels, probabilities, positive, groups)
    price = limits / (1 - limits)
    alarm = cases.probabilities[:, 1:] >= limits
    worth = np.where(cases.truth[:, None] == 1, 1.0, -price)
    counts = drawn_patients(int(cases.patients.max()) + 1, resamples=resamples, seed=seed)
    whole = sums(counts, cases.patients, np.ones((len(worth), 1)))
    benefit = sums(counts, cases.patients, alarm * worth) / whole
    bounds = [(-cost, 1.0) for cost in price]
    low, high = spread_band(benefit, bounds=bounds, patients=counts.shape[1], level=level)
    return pd.DataFrame(
        {
            "threshold": limits,
            "net_benefit": benefit[0],
            "low": low,
            "high": high,
            "treat_all": worth.mean(axis=0),
        }
    )


def _binary(labels: ArrayLike, probabilities: ArrayLike, positive: Any, groups: ArrayLike | None) -> Cases:
    patients = patient_codes(groups, len(np.asarray(labels)))
    return cases_of(labels, probabilities, patients, positive, None, 0.5)[0]
