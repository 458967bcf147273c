"""Every metric of a classification in each resample, and the intervals that follow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .cases import Cases
from .intervals import spread_interval
from .resampling import ranking, sums

if TYPE_CHECKING:
    import pandas as pd

#: In this order are the columns of `measures`.
METRICS = (
    "accuracy",
    "balanced_accuracy",
    "recall",
    "precision",
    "specificity",
    "f1",
    "mcc",
    "auc",
    "average_precision",
    "brier",
    "calibration_slope",
    "calibration_intercept",
)
#: In these the classes count alike, so they are as uncertain as the smallest class makes them.
OF_EVERY_CLASS = frozenset({"balanced_accuracy", "mcc", "auc", "average_precision"})
#: Probabilities of 0 and 1 have no log odds; for the calibration's sake they are taken for this far from them.
CLOSEST = 1e-6


def measures(parts: Sequence[Cases], counts: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Take every metric in each resample.

    Parameters
    ----------
    parts : sequence of Cases
        What was decided and what was true, in each repeat; the metrics are means over repeats.
    counts : (R, G) ndarray of uint8
        As from `drawn_patients`.

    Returns
    -------
    (R, 12) ndarray of float64
        In the order of `METRICS`. Of more than two classes, the rates, areas and calibrations are plain means over
        the classes, each against the rest. NaN where a metric is not defined.
    """
    return np.mean([_measures(cases, counts) for cases in parts], axis=0)


def metric_intervals(
    drawn: NDArray,
    *,
    classes: int,
    patients: int,
    fewest: int,
    difference: bool = False,
    level: float,
) -> pd.DataFrame:
    """Make an interval of each metric.

    Parameters
    ----------
    drawn : (1 + R, 12) ndarray
        As from `measures`: of the patients at hand, and of each resample; or of two models, the difference.
    classes, patients : int
        How many there are.
    fewest : int
        Patients of the smallest class.
    difference : bool, optional
        Whether they are differences, which may be as large as the range of the metric, in either direction.
    level : float
        As for `spread_interval`.

    Returns
    -------
    pandas.DataFrame
        Indexed by metric: value, low, high.

    Examples
    --------
    >>> table = metric_intervals(np.ones((3, 12)), classes=2, patients=60, fewest=30, level=0.95)
    >>> table.loc["auc"].round(3).tolist()
    [1.0, 0.878, 1.0]
    """
    import pandas as pd

    rows = {}
    for name, column in zip(METRICS, drawn.T, strict=True):
        bounds = metric_bounds(name, classes)
        if bounds is not None and difference:
            bounds = (bounds[0] - bounds[1], bounds[1] - bounds[0])
        found = spread_interval(
            column[0],
            column[1:],
            patients=fewest if name in OF_EVERY_CLASS else patients,
            fewest=fewest,
            bounds=bounds,
            level=level,
        )
        rows[name] = found._asdict()
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("metric")


def metric_bounds(metric: str, classes: int) -> tuple[float, float] | None:
    """Return the least and greatest value of a metric, or None.

    Parameters
    ----------
    metric : str
        One of `METRICS`.
    classes : int
        How many there are.

    Returns
    -------
    (float, float) or None

    Examples
    --------
    >>> metric_bounds("mcc", 2), metric_bounds("calibration_slope", 2)
    ((-1.0, 1.0), None)
    """
    if metric.startswith("calibration"):
        return None
    return (-1.0, 1.0) if metric == "mcc" else (0.0, 2.0 if metric == "brier" and classes > 2 else 1.0)


def _measures(cases: Cases, counts: NDArray) -> NDArray[np.float64]:
    k = cases.probabilities.shape[1]
    outcome = np.eye(k)[cases.truth]
    squares = ((cases.probabilities - outcome) ** 2).sum(axis=1) / (2 if k == 2 else 1)
    table = np.column_stack([np.eye(k * k)[cases.truth * k + cases.decided], squares])
    totals = sums(counts, cases.patients, table)
    confusion, whole = totals[:, :-1].reshape(-1, k, k), totals[:, :-1].sum(axis=1)
    areas, fits = np.mean([_of_class(cases, counts, index) for index in cases.judged], axis=0)
    return np.column_stack([_rates(confusion, cases.judged), areas, totals[:, -1] / whole, fits])


def _rates(confusion: NDArray, judged: range) -> NDArray:
    with np.errstate(invalid="ignore", divide="ignore"):
        right = np.einsum("rkk->rk", confusion)
        true, said, whole = confusion.sum(axis=2), confusion.sum(axis=1), confusion.sum(axis=(1, 2))
        recall, precision, f1 = right / true, right / said, 2 * right / (true + said)
        others = whole[:, None] - true
        specificity = (others - said + right) / others
        covariance = right.sum(axis=1) * whole - (true * said).sum(axis=1)
        mcc = covariance / np.sqrt((whole**2 - (true**2).sum(axis=1)) * (whole**2 - (said**2).sum(axis=1)))
        means = [rate[:, judged].mean(axis=1) for rate in (recall, precision, specificity, f1)]
        return np.column_stack([right.sum(axis=1) / whole, recall.mean(axis=1), *means, mcc])


def _of_class(cases: Cases, counts: NDArray, index: int) -> tuple[NDArray, NDArray]:
    from workbench.compiled import draws

    positive, probability = cases.truth == index, cases.probabilities[:, index]
    kept = np.clip(probability, CLOSEST, 1 - CLOSEST)
    return (
        draws.areas(counts, *ranking(probability, cases.patients, positive)),
        draws.calibrations(counts, cases.patients, positive, np.log(kept / (1 - kept))),
    )
