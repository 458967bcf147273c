"""Scores and probabilities: one number of their quality, and thresholds."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array

from .classification import label_pair


def auc(labels: ArrayLike, scores: ArrayLike, *, positive: Any = None, classes: ArrayLike | None = None) -> float:
    """Area under the ROC curve: the chance that a positive case scores higher than a negative one.

    Parameters
    ----------
    labels : (n,) array_like
        True class of each case.
    scores : (n,) or (n, k) array_like of float
        Higher means more likely positive. With `classes`, one column per class: the macro average, one class
        against the rest.
    positive : optional
        The class to be found, for scores of one column.
    classes : (k,) array_like, optional
        The classes of the columns.

    Returns
    -------
    float
        From 0 to 1, ties count half; 0.5 is chance. NaN if a class has no case, or every case.

    Raises
    ------
    ValueError
        If neither or both of `positive` and `classes` are given, shapes do not fit, or a value is missing.

    References
    ----------
    Hanley JA, McNeil BJ. The meaning and use of the area under a receiver operating characteristic (ROC) curve.
    Radiology 143 (1982) 29-36.

    Examples
    --------
    >>> auc(["ill", "ill", "well", "well"], [0.9, 0.4, 0.5, 0.1], positive="ill")
    0.75
    """
    if (positive is None) == (classes is None):
        raise ValueError("expected either positive (one column of scores) or classes (one column for each)")
    if classes is None:
        return _mann_whitney(*_scored(labels, scores, positive))
    names, columns = np.asarray(classes), np.asarray(scores)
    if columns.ndim != 2 or columns.shape[1] != len(names):
        raise ValueError(f"scores must have one column for each of {len(names)} classes, received {columns.shape}")
    areas = [_mann_whitney(*_scored(labels, columns[:, k], name)) for k, name in enumerate(names)]
    return float(np.mean(areas))


def threshold_for_recall(labels: ArrayLike, scores: ArrayLike, *, positive: Any, recall: float = 0.95) -> float:
    """Find the highest threshold at which at least this share of the positive cases is found.

    Parameters
    ----------
    labels : (n,) array_like
        True class of each case.
    scores : (n,) array_like of float
        Higher means more likely positive.
    positive
        The class to be found.
    recall : float, optional
        Share of the positive cases to find, above 0 and at most 1.

    Returns
    -------
    float
        A score of one of the positive cases: call a case positive where its score is at least this. Choose it on
        other cases than those on which the result is reported.

    Raises
    ------
    ValueError
        If there is no positive case, or `recall` is out of range.

    Examples
    --------
    >>> threshold_for_recall(["ill", "ill", "well"], [0.9, 0.4, 0.5], positive="ill", recall=1.0)
    0.4
    """
    if not 0 < recall <= 1:
        raise ValueError(f"recall must be above 0 and at most 1, received {recall}")
    is_positive, values = _scored(labels, scores, positive)
    ranked = np.sort(values[is_positive])[::-1]
    if not len(ranked):
        raise ValueError(f"expected at least one case of class {positive!r}, received none")
    # The tolerance keeps 0.95 of 20 cases at 19, whatever its binary rounding.
    return float(ranked[int(np.ceil(recall * len(ranked) - 1e-9)) - 1])


def brier(labels: ArrayLike, probabilities: ArrayLike, *, positive: Any) -> float:
    """Brier score: the mean squared difference between probability and outcome.

    Parameters
    ----------
    labels : (n,) array_like
        True class of each case.
    probabilities : (n,) array_like of float
        Of the positive class, from 0 to 1.
    positive
        The class whose probabilities they are.

    Returns
    -------
    float
        From 0 (certain and right) to 1 (certain and wrong).

    Raises
    ------
    ValueError
        If a probability is not from 0 to 1, or a value is missing.

    References
    ----------
    Brier GW. Verification of forecasts expressed in terms of probability. Monthly Weather Review 78 (1950) 1-3.

    Examples
    --------
    >>> brier(["ill", "well"], [0.5, 0.5], positive="ill")
    0.25
    """
    is_positive, values = _probable(labels, probabilities, positive)
    return float(np.mean((values - is_positive) ** 2))


def _scored(labels: ArrayLike, scores: ArrayLike, positive: Any) -> tuple[NDArray, NDArray]:
    true, values = label_pair(labels, real_array(scores, name="scores"), name="scores")
    return true == positive, values.astype(float, copy=False)


def _probable(labels: ArrayLike, probabilities: ArrayLike, positive: Any) -> tuple[NDArray, NDArray]:
    is_positive, values = _scored(labels, probabilities, positive)
    if values.min() < 0 or values.max() > 1:
        raise ValueError(
            f"probabilities must be from 0 to 1, received {values.min():g} to {values.max():g}; "
            "scores of another scale can be ranked (auc) but not calibrated"
        )
    return is_positive, values


def _mann_whitney(is_positive: NDArray, values: NDArray) -> float:
    ill, well = values[is_positive], np.sort(values[~is_positive])
    pairs = len(ill) * len(well)
    if not pairs:
        return float("nan")
    beaten_twice = np.searchsorted(well, ill, side="left") + np.searchsorted(well, ill, side="right")
    return float(beaten_twice.sum() / (2 * pairs))
