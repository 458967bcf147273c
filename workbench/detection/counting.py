"""How well boxes count what is in an image."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workbench.evaluation import patient_codes, weighted_bootstrap

from .matching import matched
from .precision import class_names
from .tables import case_numbers, patients_of

if TYPE_CHECKING:
    import pandas as pd


def counting_error(
    predictions: pd.DataFrame,
    truths: pd.DataFrame,
    *,
    cases: pd.Series | Iterable[Any],
    score: float = 0.5,
    iou: float = 0.5,
    resamples: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Compare the number of boxes of each class with the number of truths, image by image.

    Parameters
    ----------
    predictions, truths, cases
        As for `froc`.
    score : float, optional
        Boxes that score at least this are counted. Choose it on other cases than those on which it is reported.
    iou : float, optional
        A box with this share of its area in a region to be ignored is not counted.
    resamples, seed : int, optional
        As for `evaluation.bootstrap`.

    Returns
    -------
    pandas.DataFrame
        Indexed by class: exact (share of the images in which the numbers agree) with low and high, absolute_error
        (mean of the difference without sign) and bias (mean of counted minus true).

    Raises
    ------
    ValueError
        If a box is of another case, or as for `match`.

    Examples
    --------
    >>> import pandas as pd
    >>> cell = {"case": "a", "class": "cell", "top": 0, "left": 0, "bottom": 4, "right": 4}
    >>> found = pd.DataFrame([cell | {"score": 0.9}, cell | {"score": 0.8}])
    >>> counting_error(found, pd.DataFrame([cell]), cases=["a", "b"])[["exact", "absolute_error", "bias"]]
           exact  absolute_error  bias
    class
    cell     0.5             0.5   0.5
    """
    import pandas as pd

    patients = patients_of(cases)
    owners = patient_codes(patients, len(patients))
    matches = matched(predictions, truths, thresholds=(iou,), most=None)
    rows = []
    for kind in class_names(matches):
        one = matches.of(kind)
        shown = (one.predictions["score"] >= score).to_numpy() & (one.hit | one.false)[:, 0]
        counted = _per_case(one.predictions[shown], patients, name="predictions")
        true = _per_case(one.truths[one.counted], patients, name="truths")
        off = counted - true
        exact = weighted_bootstrap(partial(_share, off == 0), owners, resamples=resamples, seed=seed)
        rows.append([kind, *exact, np.abs(off).mean(), off.mean()])
    columns = ["class", "exact", "low", "high", "absolute_error", "bias"]
    return pd.DataFrame(rows, columns=columns).set_index("class")


def _per_case(table: pd.DataFrame, patients: pd.Series, *, name: str) -> NDArray[np.int64]:
    return np.bincount(case_numbers(table, patients, name=name), minlength=len(patients))


def _share(chosen: NDArray[np.bool_], weights: NDArray) -> float:
    return float(weights @ chosen / weights.sum())
