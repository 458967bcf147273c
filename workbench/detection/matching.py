"""Which prediction found which truth."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .boxes import overlaps
from .tables import box_rows

if TYPE_CHECKING:
    import pandas as pd


class Matches(NamedTuple):
    """Predictions, best first, with what each found at each threshold of overlap.

    Parameters
    ----------
    predictions, truths : pandas.DataFrame
        As given, numbered from 0; predictions in falling order of score.
    counted : (m,) ndarray of bool
        Which truths count: all but those to be ignored.
    truth : (n, t) ndarray of int
        The truth that each prediction found; -1 for none.
    hit, false : (n, t) ndarray of bool
        Whether it found one that counts, or none; where neither, it found one to be ignored.
    """

    predictions: pd.DataFrame
    truths: pd.DataFrame
    counted: NDArray[np.bool_]
    truth: NDArray[np.intp]
    hit: NDArray[np.bool_]
    false: NDArray[np.bool_]

    def of(self, kind: object) -> Matches:
        """Return those of one class; `truth` still counts all truths."""
        rows = (self.predictions["class"] == kind).to_numpy()
        there = (self.truths["class"] == kind).to_numpy()
        return self._replace(
            predictions=self.predictions[rows],
            truths=self.truths[there],
            counted=self.counted[there],
            truth=self.truth[rows],
            hit=self.hit[rows],
            false=self.false[rows],
        )


def match(predictions: pd.DataFrame, truths: pd.DataFrame, *, iou: float = 0.5) -> pd.DataFrame:
    """Match predictions to truths of the same case and class, the highest score first, as COCO does.

    Each takes the truth that it overlaps most among those that are free and overlap it enough. A second prediction
    of a truth is a false one.

    Parameters
    ----------
    predictions : pandas.DataFrame
        One row per box: case, class, score, top, left, bottom, right (of volumes also front and back).
    truths : pandas.DataFrame
        The same without score. An optional column ``ignore`` (bool) marks regions that hold what nobody counted
        (COCO's iscrowd): a prediction with so much of its own area in one is neither right nor wrong.
    iou : float, optional
        Least intersection over union of a match, above 0 and at most 1.

    Returns
    -------
    pandas.DataFrame
        The predictions with columns truth (the label of the row in `truths`, None where there is none) and outcome
        (``hit``, ``false`` or ``ignored``), in the order given.

    Raises
    ------
    ValueError
        If a column or a value is missing, a box has no area, or `iou` is out of range.

    References
    ----------
    Lin T-Y et al. Microsoft COCO: common objects in context. European Conference on Computer Vision (2014)
    740-755.

    Examples
    --------
    >>> import pandas as pd
    >>> cell = {"case": "a", "class": "cell", "top": 0, "left": 0, "bottom": 4, "right": 4}
    >>> found = pd.DataFrame([cell | {"score": 0.6}, cell | {"score": 0.9, "right": 5}])
    >>> match(found, pd.DataFrame([cell]))[["score", "truth", "outcome"]]
       score truth outcome
    0    0.6  None   false
    1    0.9     0     hit
    """
    import pandas as pd

    matches = matched(predictions, truths, thresholds=(iou,), most=None)
    outcome = np.where(matches.hit[:, 0], "hit", np.where(matches.false[:, 0], "false", "ignored"))
    labels = [truths.index[row] if row >= 0 else None for row in matches.truth[:, 0]]
    order = np.argsort(matches.predictions.index)
    taken = np.array([*labels, None], dtype=object)[:-1]
    return predictions.assign(truth=pd.Series(taken[order], predictions.index, object), outcome=outcome[order])


def matched(
    predictions: pd.DataFrame, truths: pd.DataFrame, *, thresholds: tuple[float, ...], most: int | None
) -> Matches:
    """Match as `match` does, at several thresholds.

    Parameters
    ----------
    predictions, truths : pandas.DataFrame
        As for `match`.
    thresholds : tuple of float
        Least overlaps.
    most : int or None
        Of the predictions of each case and class, only so many of the best take part.

    Returns
    -------
    Matches
        Of equal scores those of the first case by name come first, then the first row, as in COCO.

    Raises
    ------
    ValueError
        As for `match`.
    """
    if not thresholds or not all(0 < threshold <= 1 for threshold in thresholds):
        received = ", ".join(map(str, thresholds)) or "none"
        raise ValueError(f"iou must be above 0 and at most 1, received {received}")
    found, boxes = box_rows(predictions, name="predictions", scored=True)
    real, true_boxes = box_rows(truths, name="truths", scored=False)
    order = np.lexsort((found["case"].to_numpy(), -found["score"].to_numpy(float)))
    found, boxes = found.iloc[order], boxes[order]
    if most is not None:
        best = (found.groupby(["case", "class"]).cumcount() < most).to_numpy()
        found, boxes = found[best], boxes[best]
    ignore = real["ignore"].to_numpy(bool) if "ignore" in real else np.zeros(len(real), bool)
    truth = np.full((len(found), len(thresholds)), -1)
    there = real.groupby(["case", "class"]).indices
    for key, rows in found.groupby(["case", "class"]).indices.items():
        if key in there:
            candidates = there[key]
            shared = overlaps(boxes[rows], true_boxes[candidates], regions=ignore[candidates])
            chosen = _greedy(shared, ignore[candidates], np.array(thresholds))
            truth[rows] = np.where(chosen < 0, -1, candidates[chosen])
    ignored = (truth >= 0) & np.append(ignore, False)[truth]
    return Matches(found, real, ~ignore, truth, (truth >= 0) & ~ignored, truth < 0)


def _greedy(
    shared: NDArray[np.float64], ignore: NDArray[np.bool_], thresholds: NDArray[np.float64]
) -> NDArray[np.intp]:
    """Return the column that each row takes at each threshold, -1 for none; COCO's order breaks ties."""
    chosen = np.full((len(shared), len(thresholds)), -1)
    taken = np.zeros((len(thresholds), len(ignore)), bool)
    for row, values in enumerate(shared):
        # COCO's tolerance: an overlap of 1 that rounding made smaller is still 1.
        free = ~taken & (values >= np.minimum(thresholds, 1 - 1e-10)[:, None])
        # What counts comes before what is ignored, then the larger overlap, then the later of equal ones.
        rank = np.where(free, values - 2 * ignore, -np.inf)
        best = len(ignore) - 1 - rank[:, ::-1].argmax(axis=1)
        at = np.flatnonzero(free.any(axis=1))
        chosen[row, at] = best[at]
        taken[at, best[at]] = ~ignore[best[at]]
    return chosen
