"""Sensitivity against false positives per image: the curve of medical detection."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workbench.evaluation import Interval, patient_codes, weighted_bootstrap

from .matching import matched
from .precision import ratio, with_truth
from .tables import case_numbers, patients_of

if TYPE_CHECKING:
    import pandas as pd

#: False positives per image at which the LUNA16 challenge reads the sensitivity.
LUNA16 = (0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)


def froc(
    predictions: pd.DataFrame, truths: pd.DataFrame, *, cases: pd.Series | Iterable[Any], iou: float = 0.5
) -> pd.DataFrame:
    """Free-response operating characteristic: the share of truths found against false positives per image.

    Parameters
    ----------
    predictions, truths : pandas.DataFrame
        As for `match`; give those of one class for the curve of this class.
    cases : pandas.Series or iterable
        All images that were looked at, also those where there is nothing: patients indexed by case
        (``cohort.table["patient"]``), or names of cases.
    iou : float, optional
        Least overlap of a match.

    Returns
    -------
    pandas.DataFrame
        One row per threshold of the score, falling from infinity (no box): threshold, false_positives (per image),
        sensitivity.

    Raises
    ------
    ValueError
        If there is no truth, a box is of another case, or as for `match`.

    References
    ----------
    Bunch PC et al. A free-response approach to the measurement and characterization of radiographic-observer
    performance. Journal of Applied Photographic Engineering 4 (1978) 166-171.

    Examples
    --------
    >>> import pandas as pd
    >>> nodule = {"case": "a", "class": "nodule", "top": 0, "left": 0, "bottom": 4, "right": 4}
    >>> found = pd.DataFrame([nodule | {"score": 0.9}, nodule | {"case": "b", "score": 0.6}])
    >>> froc(found, pd.DataFrame([nodule]), cases=["a", "b"])
       threshold  false_positives  sensitivity
    0        inf              0.0          0.0
    1        0.9              0.0          1.0
    2        0.6              0.5          1.0
    """
    import pandas as pd

    one = _Marks.of(predictions, truths, patients_of(cases), iou)
    alarms, found = one.curve(np.ones(one.cases))
    thresholds = np.append(np.inf, one.scores[one.last])
    return pd.DataFrame({"threshold": thresholds, "false_positives": alarms, "sensitivity": found})


def sensitivity_at(
    predictions: pd.DataFrame,
    truths: pd.DataFrame,
    *,
    cases: pd.Series | Iterable[Any],
    false_positives: Sequence[float] = LUNA16,
    iou: float = 0.5,
    resamples: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Sensitivity at given false positives per image, and their mean, with intervals by drawing patients.

    Parameters
    ----------
    predictions, truths, cases, iou
        As for `froc`.
    false_positives : sequence of float, optional
        Per image; by default those of the LUNA16 challenge, whose score is the mean.
    resamples, seed : int, optional
        As for `evaluation.bootstrap`.

    Returns
    -------
    pandas.DataFrame
        Indexed by false positives per image and, last, ``"mean"``: sensitivity, low, high. A sensitivity is the
        highest at a threshold with at most so many false positives; nothing is interpolated between thresholds.

    Raises
    ------
    ValueError
        As for `froc`, or if a number of false positives is negative.

    References
    ----------
    Setio AAA et al. Validation, comparison, and combination of algorithms for automatic detection of pulmonary
    nodules in computed tomography images: the LUNA16 challenge. Medical Image Analysis 42 (2017) 1-13.

    Examples
    --------
    >>> import pandas as pd
    >>> nodule = {"case": "a", "class": "nodule", "top": 0, "left": 0, "bottom": 4, "right": 4}
    >>> found = pd.DataFrame([nodule | {"case": "b", "score": 0.9}, nodule | {"score": 0.6}])
    >>> table = sensitivity_at(found, pd.DataFrame([nodule]), cases=["a", "b"], false_positives=(0, 0.5))
    >>> table["sensitivity"].to_dict()
    {0: 0.0, 0.5: 1.0, 'mean': 0.5}
    """
    import pandas as pd

    if not len(false_positives) or min(false_positives) < 0:
        raise ValueError(f"false_positives must be numbers of at least 0, received {false_positives}")
    patients = patients_of(cases)
    one = _Marks.of(predictions, truths, patients, iou)
    owners = patient_codes(patients, one.cases)

    def interval(chosen: Sequence[float]) -> Interval:
        def mean(weights: NDArray) -> float:
            return one.sensitivity(weights, chosen)

        return weighted_bootstrap(mean, owners, resamples=resamples, seed=seed)

    rows = [interval(chosen) for chosen in (*([rate] for rate in false_positives), list(false_positives))]
    index = pd.Index([*false_positives, "mean"], dtype=object, name="false_positives")
    return pd.DataFrame(rows, index=index, columns=["sensitivity", "low", "high"])


@dataclass(frozen=True)
class _Marks:
    """Marks and truths by case, so that cases can be weighted without matching again."""

    scores: NDArray[np.float64]
    hit: NDArray[np.bool_]
    false: NDArray[np.bool_]
    case: NDArray[np.intp]
    truths: NDArray[np.int64]

    @classmethod
    def of(cls, predictions: pd.DataFrame, truths: pd.DataFrame, patients: pd.Series, iou: float) -> _Marks:
        matches = with_truth(matched(predictions, truths, thresholds=(iou,), most=None))
        there = case_numbers(matches.truths[matches.counted], patients, name="truths")
        return cls(
            matches.predictions["score"].to_numpy(float),
            matches.hit[:, 0],
            matches.false[:, 0],
            case_numbers(matches.predictions, patients, name="predictions"),
            np.bincount(there, minlength=len(patients)),
        )

    @property
    def cases(self) -> int:
        return len(self.truths)

    @cached_property
    def last(self) -> NDArray[np.intp]:
        """The last mark of each score: marks of equal score are shown together."""
        return np.flatnonzero(np.diff(self.scores, append=-np.inf))

    def curve(self, weights: NDArray) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return false positives per image and sensitivity at no mark and at each score, falling."""
        each = weights[self.case]
        alarms, found = (np.append(0, np.cumsum(told * each)[self.last]) for told in (self.false, self.hit))
        return alarms / weights.sum(), ratio(found, (weights * self.truths).sum(), np.nan)

    def sensitivity(self, weights: NDArray, rates: Sequence[float]) -> float:
        """Return the mean of the highest sensitivities at these false positives per image."""
        alarms, found = self.curve(weights)
        return float(found[np.searchsorted(alarms, rates, side="right") - 1].mean())
