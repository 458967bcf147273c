"""Curves of a binary classification, with bands from resampled patients.

The bands hold point by point: at each place of the horizontal axis the curve of all patients is inside with the
level's chance, not everywhere at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array

from .cases import cases_of
from .classification import label_pair
from .intervals import spread_interval
from .resampling import Cases, drawn_patients, patient_codes, ranking, sums

if TYPE_CHECKING:
    import pandas as pd

#: Bands are found at so many places and interpolated between.
PLACES = 101


def roc_curve(
    labels: ArrayLike,
    scores: ArrayLike,
    *,
    positive: Any,
    groups: ArrayLike | None,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    """Receiver operating characteristic: recall against false alarms at every threshold.

    Parameters
    ----------
    labels : (n,) array_like
        True class of each case.
    scores : (n,) array_like of float
        Higher means more likely positive; a case is called positive where its score is at least the threshold.
    positive
        The class to be found.
    groups : (n,) array_like or None
        Patient of each case; None where each case is one patient.
    level, resamples, seed
        Of the band, as for `classification`.

    Returns
    -------
    pandas.DataFrame
        One row per threshold, falling from infinity (no alarm): threshold, false_positive_rate, recall, and low
        and high of the recall at that false positive rate.

    Raises
    ------
    ValueError
        If there is not at least one positive and one negative case, or a value is missing.

    References
    ----------
    Fawcett T. An introduction to ROC analysis. Pattern Recognition Letters 27 (2006) 861-874.

    Examples
    --------
    >>> roc_curve(["ill", "well", "ill"], [0.9, 0.5, 0.3], positive="ill", groups=None).iloc[:, :3]
       threshold  false_positive_rate  recall
    0        inf                  0.0     0.0
    1        0.9                  0.0     0.5
    2        0.5                  1.0     0.5
    3        0.3                  1.0     1.0
    """
    return _ranked(labels, scores, positive, groups, 0, level=level, resamples=resamples, seed=seed)


def precision_recall_curve(
    labels: ArrayLike,
    scores: ArrayLike,
    *,
    positive: Any,
    groups: ArrayLike | None,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    """Precision against recall at every threshold.

    Parameters
    ----------
    labels, scores, positive, groups, level, resamples, seed
        As for `roc_curve`.

    Returns
    -------
    pandas.DataFrame
        One row per threshold, falling: threshold, recall, precision, and low and high of the precision at that
        recall. Precision holds for the share of positives among these cases alone.

    Raises
    ------
    ValueError
        If there is not at least one positive and one negative case, or a value is missing.

    References
    ----------
    Davis J, Goadrich M. The relationship between precision-recall and ROC curves. Proceedings of the 23rd
    International Conference on Machine Learning (2006) 233-240.

    Examples
    --------
    >>> labels, scores = ["ill", "well", "ill"], [0.9, 0.5, 0.3]
    >>> precision_recall_curve(labels, scores, positive="ill", groups=None).iloc[:, :3].round(3)
       threshold  recall  precision
    0        0.9     0.5      1.000
    1        0.5     0.5      0.500
    2        0.3     1.0      0.667
    """
    return _ranked(labels, scores, positive, groups, 1, level=level, resamples=resamples, seed=seed)


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
    band = [
        spread_interval(column[0], column[1:], patients=len(counts[0]), fewest=owner, level=level)
        for column, owner in zip(shares.T, owners, strict=True)
    ]
    return pd.DataFrame(
        {
            "lower": edges[:-1],
            "upper": edges[1:],
            "cases": whole[0].astype(int),
            "predicted": predicted,
            "observed": shares[0],
            "low": [interval.low for interval in band],
            "high": [interval.high for interval in band],
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
    band = [
        spread_interval(
            column[0], column[1:], patients=len(counts[0]), bounds=(-cost, 1.0), fewest=len(counts[0]), level=level
        )
        for column, cost in zip(benefit.T, price, strict=True)
    ]
    return pd.DataFrame(
        {
            "threshold": limits,
            "net_benefit": benefit[0],
            "low": [interval.low for interval in band],
            "high": [interval.high for interval in band],
            "treat_all": worth.mean(axis=0),
        }
    )


def _binary(labels: ArrayLike, probabilities: ArrayLike, positive: Any, groups: ArrayLike | None) -> Cases:
    patients = patient_codes(groups, len(np.asarray(labels)))
    return cases_of(labels, probabilities, patients, positive, None, 0.5)[0]


def _ranked(
    labels: ArrayLike, scores: ArrayLike, positive: Any, groups: ArrayLike | None, kind: int, **options: Any
) -> pd.DataFrame:
    import pandas as pd

    from workbench.compiled import draws

    true, values = label_pair(labels, real_array(scores, name="scores"), name="scores")
    is_positive, patients = true == positive, patient_codes(groups, len(true))
    if is_positive.all() or not is_positive.any():
        raise ValueError(
            f"expected positive and negative cases, received {int(is_positive.sum())} of class {positive!r} "
            f"among {len(values)}"
        )
    order = np.argsort(-values.astype(float), kind="stable")
    owners, hits, last = ranking(values.astype(float), patients, is_positive)
    found, alarms = np.cumsum(hits)[last], np.cumsum(~hits)[last]
    recall, false_alarms = found / found[-1], alarms / alarms[-1]
    thresholds = values[order][last].astype(float)
    level = options.pop("level")
    counts = drawn_patients(int(patients.max()) + 1, **options)
    grid = np.linspace(0, 1, PLACES)
    drawn = draws.ranked_curves(counts, owners, hits, last, grid)[kind]
    # A precision of one at a low recall stands on the few positives found.
    found_there = np.ones(PLACES) if kind == 0 else grid
    fewest = np.ceil(found_there * len(np.unique(patients[is_positive]))).clip(1)
    low, high = _band(drawn, patients=len(counts[0]), fewest=fewest, level=level)
    if kind == 1:
        table = pd.DataFrame({"threshold": thresholds, "recall": recall, "precision": found / (found + alarms)})
        across = recall
    else:
        across = np.append(0.0, false_alarms)
        table = pd.DataFrame(
            {
                "threshold": np.append(np.inf, thresholds),
                "false_positive_rate": across,
                "recall": np.append(0.0, recall),
            }
        )
    return table.assign(low=np.interp(across, grid, low), high=np.interp(across, grid, high))


def _band(draws: NDArray, *, patients: int, fewest: NDArray, level: float) -> tuple[NDArray, NDArray]:
    ends = [
        spread_interval(column[0], column[1:], patients=patients, fewest=int(count), level=level)[1:]
        for column, count in zip(draws.T, fewest, strict=True)
    ]
    low, high = np.array(ends).T
    return low, high
