"""Precision and recall of boxes, and the area between: average precision after COCO."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .matching import Matches, matched

if TYPE_CHECKING:
    import pandas as pd

#: COCO's thresholds of overlap, .50 to .95, and recalls at which it reads the precision.
COCO = tuple(np.linspace(0.5, 0.95, 10).round(2).tolist())
RECALLS = np.linspace(0, 1, 101)


def average_precision(
    predictions: pd.DataFrame,
    truths: pd.DataFrame,
    *,
    iou: float | Sequence[float] = COCO,
    most: int = 100,
) -> pd.Series:
    r"""Average precision of each class, as COCO defines it.

    .. math:: \text{AP} = \frac{1}{101} \sum_{r = 0, 0.01, \ldots, 1} \max_{\text{recall} \ge r} \text{precision}

    and the mean of it over the thresholds of overlap.

    Parameters
    ----------
    predictions, truths : pandas.DataFrame
        As for `match`.
    iou : float or sequence of float, optional
        Least overlap of a match; by default the mean over COCO's ten, .50, .55 ... .95.
    most : int, optional
        Of the predictions of each case and class, so many of the best count (COCO: 100).

    Returns
    -------
    pandas.Series
        From 0 to 1, one for each class, NaN for one without truth; ``.mean()`` is COCO's mAP.

    Raises
    ------
    ValueError
        If there is no truth, or as for `match`.

    References
    ----------
    Lin T-Y et al. Microsoft COCO: common objects in context. European Conference on Computer Vision (2014)
    740-755.

    Examples
    --------
    One of two cells is found, and nothing else:

    >>> import pandas as pd
    >>> cell = {"case": "a", "class": "cell", "top": 0, "left": 0, "bottom": 4, "right": 4}
    >>> truths = pd.DataFrame([cell, cell | {"left": 10, "right": 14}])
    >>> average_precision(pd.DataFrame([cell | {"score": 0.9}]), truths, iou=0.5).round(3).to_dict()
    {'cell': 0.505}
    """
    import pandas as pd

    thresholds = tuple(iou) if isinstance(iou, Sequence) else (iou,)
    if most < 1:
        raise ValueError(f"most must be at least 1, received {most}")
    matches = with_truth(matched(predictions, truths, thresholds=thresholds, most=most))
    areas = {}
    for kind in class_names(matches):
        one = matches.of(kind)
        weights = np.ones(len(one.hit))
        areas[kind] = area(one.hit, one.false, weights, one.counted.sum())
    return pd.Series(areas, name="average_precision", dtype=float).rename_axis("class")


def precision_recall(predictions: pd.DataFrame, truths: pd.DataFrame, *, iou: float = 0.5) -> pd.DataFrame:
    """Precision and recall of each class at every threshold of the score.

    Parameters
    ----------
    predictions, truths : pandas.DataFrame
        As for `match`.
    iou : float, optional
        Least overlap of a match.

    Returns
    -------
    pandas.DataFrame
        One row per class and threshold (boxes that score at least this count), falling: class, threshold, recall,
        precision. Precision is NaN where none of the boxes counts, recall where the class has no truth.

    Raises
    ------
    ValueError
        If there is no truth, or as for `match`.

    Examples
    --------
    >>> import pandas as pd
    >>> cell = {"case": "a", "class": "cell", "top": 0, "left": 0, "bottom": 4, "right": 4}
    >>> found = pd.DataFrame([cell | {"score": 0.9}, cell | {"score": 0.6}])
    >>> precision_recall(found, pd.DataFrame([cell]))
      class  threshold  recall  precision
    0  cell        0.9     1.0        1.0
    1  cell        0.6     1.0        0.5
    """
    import pandas as pd

    matches = with_truth(matched(predictions, truths, thresholds=(iou,), most=None))
    curves = [pd.DataFrame(columns=["class", "threshold", "recall", "precision"])]
    for kind in class_names(matches):
        one = matches.of(kind)
        scores = one.predictions["score"].to_numpy(float)
        last = np.flatnonzero(np.diff(scores, append=-np.inf))
        hits, false = (np.cumsum(told[:, 0])[last] for told in (one.hit, one.false))
        recall, precision = ratio(hits, one.counted.sum(), np.nan), ratio(hits, hits + false, np.nan)
        curve = pd.DataFrame({"threshold": scores[last], "recall": recall, "precision": precision})
        curves.append(curve.assign(**{"class": kind})[curves[0].columns])
    filled = [curve for curve in curves if len(curve)]
    return pd.concat(filled, ignore_index=True) if filled else curves[0]


def area(hit: NDArray[np.bool_], false: NDArray[np.bool_], weights: NDArray, total: float) -> float:
    """Return COCO's average precision, the mean over the thresholds.

    Parameters
    ----------
    hit, false : (n, t) ndarray of bool
        Of predictions of one class, best first, at each threshold of overlap.
    weights : (n,) ndarray
        How often each counts.
    total : float
        How many truths there are, counted so too.

    Returns
    -------
    float
        NaN if there is no truth.

    Examples
    --------
    >>> yes = np.array([[True], [False]])
    >>> round(area(yes, ~yes, np.ones(2), 2), 3)
    0.505
    """
    if not total:
        return np.nan
    if not len(hit):
        return 0.0
    hits, alarms = (np.cumsum(told * weights[:, None], axis=0) for told in (hit, false))
    precision = ratio(hits, hits + alarms, 0.0)
    highest = np.maximum.accumulate(precision[::-1], axis=0)[::-1]
    highest = np.concatenate([highest, np.zeros((1, hit.shape[1]))])
    recall = hits / total
    columns = range(hit.shape[1])
    return float(np.mean([highest[np.searchsorted(recall[:, c], RECALLS), c] for c in columns]))


def ratio(part: NDArray, whole: Any, empty: float) -> NDArray[np.float64]:
    """Return `part` over `whole`, `empty` where the whole is 0.

    Examples
    --------
    >>> ratio(np.array([1.0, 0.0]), np.array([2.0, 0.0]), np.nan)
    array([0.5, nan])
    """
    whole = np.broadcast_to(whole, np.shape(part))
    return np.divide(part, whole, out=np.full(np.shape(part), empty), where=whole > 0)


def with_truth(matches: Matches) -> Matches:
    """Return the matches if a truth is among them that counts; raise ValueError otherwise."""
    if not matches.counted.any():
        raise ValueError("expected at least one truth that counts, received none: there is nothing to be found")
    return matches


def class_names(matches: Matches) -> list[Any]:
    """Return all classes of truths and predictions in order."""
    return sorted({*matches.truths["class"], *matches.predictions["class"]})
