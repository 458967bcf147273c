"""Curves of every threshold of a score, with bands from resampled patients.

The bands hold point by point: at each place of the horizontal axis the curve of all patients is inside with the
level's chance, not everywhere at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array

from .classification import label_pair
from .intervals import spread_band
from .resampling import drawn_patients, patient_codes, ranking

if TYPE_CHECKING:
    import pandas as pd

#: Bands are found at these places and interpolated between.
GRID = np.linspace(0, 1, 101)


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
    import pandas as pd

    ranked = _ranked(labels, scores, positive, groups, resamples=resamples, seed=seed)
    low, high = spread_band(ranked.recalls, fewest=[ranked.ill] * len(GRID), patients=ranked.patients, level=level)
    across = np.append(0.0, ranked.alarms / ranked.alarms[-1])
    return pd.DataFrame(
        {
            "threshold": np.append(np.inf, ranked.thresholds),
            "false_positive_rate": across,
            "recall": np.append(0.0, ranked.found / ranked.found[-1]),
            "low": np.interp(across, GRID, low),
            "high": np.interp(across, GRID, high),
        }
    )


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
    import pandas as pd

    ranked = _ranked(labels, scores, positive, groups, resamples=resamples, seed=seed)
    # A precision of one at a low recall stands on the few positives found.
    found = np.ceil(GRID * ranked.ill).clip(1).astype(int).tolist()
    low, high = spread_band(ranked.precisions, fewest=found, patients=ranked.patients, level=level)
    recall = ranked.found / ranked.found[-1]
    return pd.DataFrame(
        {
            "threshold": ranked.thresholds,
            "recall": recall,
            "precision": ranked.found / (ranked.found + ranked.alarms),
            "low": np.interp(recall, GRID, low),
            "high": np.interp(recall, GRID, high),
        }
    )


@dataclass(frozen=True, eq=False)
class _Ranked:
    """What is found and falsely alarmed from each threshold on, and the curves of each resample on the grid."""

    thresholds: NDArray[np.float64]
    found: NDArray[np.int64]
    alarms: NDArray[np.int64]
    recalls: NDArray[np.float64]
    precisions: NDArray[np.float64]
    patients: int
    ill: int


def _ranked(
    labels: ArrayLike,
    scores: ArrayLike,
    positive: Any,
    groups: ArrayLike | None,
    *,
    resamples: int,
    seed: int,
) -> _Ranked:
    from workbench.compiled import draws

    true, values = label_pair(labels, real_array(scores, name="scores"), name="scores")
    is_positive, patients = true == positive, patient_codes(groups, len(true))
    if is_positive.all() or not is_positive.any():
        raise ValueError(
            f"expected positive and negative cases, received {int(is_positive.sum())} of class {positive!r} "
            f"among {len(values)}"
        )
    values = values.astype(float)
    owners, hits, last = ranking(values, patients, is_positive)
    counts = drawn_patients(int(patients.max()) + 1, resamples=resamples, seed=seed)
    return _Ranked(
        np.sort(values)[::-1][last],
        np.cumsum(hits)[last],
        np.cumsum(~hits)[last],
        *draws.ranked_curves(counts, owners, hits, last, GRID),
        patients=counts.shape[1],
        ill=len(np.unique(patients[is_positive])),
    )
