"""Under which circumstances objects are found, and which are missed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.detection import iou as overlap
from workbench.detection import match
from workbench.detection.tables import EDGES

#: In this order the first that holds is an object's circumstance.
CIRCUMSTANCES = ("cut by the border", "crowded", "small", "alone")


def circumstances(
    truths: pd.DataFrame, *, shape: tuple[int, int], crowded: float = 0.1, small: float = 12.0, border: float = 1.5
) -> pd.Series:
    """Say of each object what may make it hard to find.

    Parameters
    ----------
    truths : pandas.DataFrame
        One row per box: case, class, top, left, bottom, right in pixels.
    shape : (int, int)
        Rows and columns of the images.
    crowded : float, optional
        Least intersection over union with another object.
    small : float, optional
        The longer side is shorter than so many pixels.
    border : float, optional
        An edge is so near to the image's border, in pixels.

    Returns
    -------
    pandas.Series
        One of `CIRCUMSTANCES` for each row of `truths`, the first that holds.

    Examples
    --------
    >>> cell = {"case": "a", "class": "cell", "top": 4, "left": 4, "bottom": 24, "right": 24}
    >>> table = pd.DataFrame([cell, cell | {"top": 40, "bottom": 60}, cell | {"top": 50, "bottom": 64}])
    >>> circumstances(table, shape=(64, 64)).tolist()
    ['alone', 'crowded', 'cut by the border']
    """
    edges = truths[EDGES].to_numpy(float)
    at_border = (edges[:, :2] <= border).any(axis=1) | (edges[:, 2:] >= np.subtract(shape, border)).any(axis=1)
    is_small = (edges[:, 2:] - edges[:, :2]).max(axis=1, initial=0) < small
    is_crowded = np.zeros(len(truths), bool)
    for rows in truths.reset_index(drop=True).groupby("case").indices.values():
        shared = overlap(edges[rows], edges[rows])
        np.fill_diagonal(shared, 0)
        is_crowded[rows] = shared.max(axis=1) >= crowded
    kinds = np.select([at_border, is_crowded, is_small], CIRCUMSTANCES[:3], CIRCUMSTANCES[3])
    return pd.Series(kinds, index=truths.index, name="circumstance", dtype=object)


def outcomes(predictions: pd.DataFrame, truths: pd.DataFrame, *, iou: float = 0.5) -> pd.DataFrame:
    """Say of each box what came of it: a hit, a false one, or a truth that was missed.

    Parameters
    ----------
    predictions, truths : pandas.DataFrame
        As for `workbench.detection.match`.
    iou : float, optional
        Least overlap of a match.

    Returns
    -------
    pandas.DataFrame
        The predictions with a column outcome, ``"hit"`` or ``"false"``, and below them the truths ``"missed"``.

    Examples
    --------
    >>> cell = {"case": "a", "class": "cell", "top": 4, "left": 4, "bottom": 24, "right": 24}
    >>> truths = pd.DataFrame([cell, cell | {"top": 40, "bottom": 60}])
    >>> outcomes(pd.DataFrame([cell | {"score": 0.9}]), truths)["outcome"].tolist()
    ['hit', 'missed']
    """
    matched = match(predictions, truths, iou=iou)
    missed = truths[~truths.index.isin(matched.loc[matched["outcome"] == "hit", "truth"])]
    return pd.concat([matched.drop(columns="truth"), missed.assign(outcome="missed")], ignore_index=True)


def recall_by(
    predictions: pd.DataFrame, truths: pd.DataFrame, kinds: pd.Series, *, score: float = 0.3, iou: float = 0.5
) -> pd.DataFrame:
    """Count how many objects of each kind are found.

    Parameters
    ----------
    predictions, truths : pandas.DataFrame
        As for `workbench.detection.match`.
    kinds : pandas.Series
        One for each row of `truths`, such as `circumstances` gives.
    score : float, optional
        Boxes that score at least this count.
    iou : float, optional
        Least overlap of a match.

    Returns
    -------
    pandas.DataFrame
        Indexed by class and kind: truths, found, recall.

    Raises
    ------
    ValueError
        If `kinds` has another length than `truths`, or as for `match`.

    Examples
    --------
    >>> cell = {"case": "a", "class": "cell", "top": 4, "left": 4, "bottom": 24, "right": 24}
    >>> truths = pd.DataFrame([cell, cell | {"top": 40, "bottom": 60}])
    >>> recall_by(pd.DataFrame([cell | {"score": 0.9}]), truths, pd.Series(["alone", "alone"]))
                 truths  found  recall
    class kind
    cell  alone       2      1     0.5
    """
    if len(kinds) != len(truths):
        raise ValueError(f"expected one kind for each of {len(truths)} truths, received {len(kinds)}")
    numbered = truths.reset_index(drop=True)
    matched = match(predictions[predictions["score"] >= score], numbered, iou=iou)
    hits = matched.loc[matched["outcome"] == "hit", "truth"].astype(int)
    table = numbered.assign(kind=kinds.to_numpy(), found=numbered.index.isin(hits))
    counts = table.groupby(["class", "kind"])["found"].agg(truths="size", found="sum")
    return counts.assign(recall=counts["found"] / counts["truths"])
