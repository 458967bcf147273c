"""Metrics that need the cases in order, or a fit, for thousands of resamples: each is a vector of counts."""

import numpy as np
from numpy.typing import NDArray

from .slabs import compiled, over_slabs

#: Newton steps before a fit is given up: where the classes are separated, the slope is infinite.
STEPS = 40
#: A last step of this size leaves an error of its square.
SETTLED = 1e-6


def areas(counts: NDArray, patients: NDArray, positive: NDArray, last: NDArray) -> NDArray[np.float64]:
    """Take the area under the ROC curve and the average precision of each resample.

    Parameters
    ----------
    counts : (R, G) ndarray of uint8
        How often each patient was drawn.
    patients : (n,) ndarray of int
        Of the cases in falling order of their scores.
    positive, last : (n,) ndarray of bool
        Whether the case is positive, and whether the next one has a lower score.

    Returns
    -------
    (R, 2) ndarray of float64
        NaN without a positive (or, for the area, a negative) case.

    Examples
    --------
    >>> positive, last = np.array([True, False, True]), np.ones(3, bool)
    >>> areas(np.ones((1, 3), np.uint8), np.arange(3), positive, last).round(3)
    array([[0.5  , 0.833]])
    """
    result = np.empty((len(counts), 2))
    over_slabs(_areas, len(counts), counts, patients, positive, last, result)
    return result


def ranked_curves(
    counts: NDArray, patients: NDArray, positive: NDArray, last: NDArray, grid: NDArray
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Take recall at each false positive rate of a grid, and precision at each recall, for each resample.

    Parameters
    ----------
    counts, patients, positive, last
        As for `areas`.
    grid : (T,) ndarray of float64
        Rates from 0 to 1, rising.

    Returns
    -------
    recall, precision : (R, T) ndarray of float64
        Recall is interpolated between the curve's corners, and the highest where it rises straight up; precision
        is that of the highest threshold with such a recall, as it stands. NaN where a class is missing.

    Examples
    --------
    >>> once, positive, last = np.ones((1, 3), np.uint8), np.array([True, False, True]), np.ones(3, bool)
    >>> for curve in ranked_curves(once, np.arange(3), positive, last, np.array([0.0, 0.5, 1.0])):
    ...     print(curve.round(3))
    [[0.5 0.5 1. ]]
    [[1.    1.    0.667]]
    """
    recall, precision = np.empty((2, len(counts), len(grid)))
    over_slabs(_curves, len(counts), counts, patients, positive, last, grid, recall, precision)
    return recall, precision


def calibrations(counts: NDArray, patients: NDArray, positive: NDArray, logits: NDArray) -> NDArray[np.float64]:
    """Fit calibration slope and intercept in each resample, by Newton's method.

    Parameters
    ----------
    counts : (R, G) ndarray of uint8
        How often each patient was drawn.
    patients : (n,) ndarray of int
        Of each case.
    positive : (n,) ndarray of bool
        Outcome of each case.
    logits : (n,) ndarray of float64
        Log odds of the predicted probabilities.

    Returns
    -------
    (R, 2) ndarray of float64
        Slope of the outcome's log odds on the predicted, and intercept where the slope is held at one. NaN where
        there is no finite one.

    Examples
    --------
    Of three cases called 1 in 3, one is ill; of three called 2 in 3, two are:

    >>> logits = np.log(2) * np.array([-1.0, -1, -1, 1, 1, 1])
    >>> once, positive = np.ones((1, 6), np.uint8), np.array([1, 0, 0, 1, 1, 0], bool)
    >>> calibrations(once, np.arange(6), positive, logits).round(6) + 0.0
    array([[1., 0.]])
    """
    result = np.empty((len(counts), 2))
    # Resamples differ little from all cases, so their fits start from there; that one from where nothing is known.
    everyone, plain = np.ones(counts.shape[1], np.uint8), np.array([[0.0, 1.0], [0.0, 0.0]])
    fitted = np.array([_fit(everyone, patients, positive, logits, free, *plain[free]) for free in range(2)])
    starts = np.where(np.isnan(fitted), plain, fitted)
    over_slabs(_calibrations, len(counts), counts, patients, positive, logits, starts, result)
    return result


@compiled
def _areas(start, stop, counts, patients, positive, last, result):
    for index in range(start, stop):
        drawn = counts[index]
        found = alarms = area = before = within = 0.0
        precision = 0.0
        for case in range(len(patients)):
            weight = float(drawn[patients[case]])
            if positive[case]:
                within += weight
            else:
                alarms += weight
            if last[case]:
                if within > 0:
                    precision += within * (found + within) / (found + within + alarms)
                area += (alarms - before) * (found + 0.5 * within)
                found += within
                before = alarms
                within = 0.0
        result[index, 0] = area / (found * alarms) if found * alarms > 0 else np.nan
        result[index, 1] = precision / found if found > 0 else np.nan


@compiled
def _curves(start, stop, counts, patients, positive, last, grid, recall, precision):
    for index in range(start, stop):
        drawn = counts[index]
        ill = well = 0.0
        for case in range(len(patients)):
            if positive[case]:
                ill += drawn[patients[case]]
            else:
                well += drawn[patients[case]]
        if ill * well == 0:
            recall[index] = np.nan
            precision[index] = np.nan
            continue
        found = alarms = found_before = alarms_before = 0.0
        across = up = 0
        for case in range(len(patients)):
            if positive[case]:
                found += drawn[patients[case]]
            else:
                alarms += drawn[patients[case]]
            if not last[case] or found + alarms == found_before + alarms_before:
                continue
            while across < len(grid) and grid[across] * well < alarms:
                share = (grid[across] * well - alarms_before) / (alarms - alarms_before)
                recall[index, across] = (found_before + share * (found - found_before)) / ill
                across += 1
            while up < len(grid) and found > 0 and grid[up] * ill <= found * (1 + 1e-12):
                precision[index, up] = found / (found + alarms)
                up += 1
            found_before, alarms_before = found, alarms
        recall[index, across:] = 1.0


@compiled
def _calibrations(start, stop, counts, patients, positive, logits, starts, result):
    for index in range(start, stop):
        for free in range(2):
            intercept, slope = starts[free]
            fitted = _fit(counts[index], patients, positive, logits, free, intercept, slope)
            result[index, 1 - free] = fitted[free]


@compiled
def _fit(drawn, patients, positive, logits, free, intercept, slope):
    """Newton's method for the intercept and, where `free` is 1, the slope.

    The likelihood is concave: where its derivative along a step has turned round and grown, the step is halved.
    """
    step = step_of_slope = rise = 0.0
    for _ in range(STEPS):
        a = b = aa = ab = bb = 0.0
        for case in range(len(patients)):
            weight = float(drawn[patients[case]])
            if weight == 0:
                continue
            x = logits[case]
            linear = intercept + slope * x
            small = np.exp(-abs(linear))
            chance = 1 / (1 + small) if linear >= 0 else small / (1 + small)
            residual = weight * (positive[case] - chance)
            spread = weight * chance * (1 - chance)
            a += residual
            b += residual * x
            aa += spread
            ab += spread * x
            bb += spread * x * x
        if a * step + b * step_of_slope < -rise:
            step, step_of_slope = step / 2, step_of_slope / 2
            intercept, slope = intercept - step, slope - step_of_slope
            continue
        if free == 1:
            determinant = aa * bb - ab * ab
            if determinant <= 1e-12 * aa * bb or determinant <= 0:
                return np.nan, np.nan
            step, step_of_slope = (bb * a - ab * b) / determinant, (aa * b - ab * a) / determinant
        else:
            if aa <= 0:
                return np.nan, np.nan
            step = a / aa
        rise = a * step + b * step_of_slope if free == 1 else a * step
        intercept, slope = intercept + step, slope + step_of_slope
        if abs(step) + abs(step_of_slope) < SETTLED * (1 + abs(intercept) + abs(slope)):
            return intercept, slope
    return np.nan, np.nan
