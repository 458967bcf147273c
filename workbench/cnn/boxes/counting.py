"""From which score on a box counts: chosen where the counts come out right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from workbench.detection.tables import case_numbers, patients_of


def counting_scores(
    predictions: pd.DataFrame, truths: pd.DataFrame, *, cases: pd.Series | Iterable[Any]
) -> pd.Series:
    """Choose for each class the score from which boxes count, so that the numbers in the images are right.

    That is where the most images are counted exactly; of such scores the one with the least absolute error, and of
    those the middle one. Choose it on images other than those on which the counts are reported.

    Parameters
    ----------
    predictions, truths : pandas.DataFrame
        As for `workbench.detection.match`.
    cases : pandas.Series or iterable
        As for `workbench.detection.froc`.

    Returns
    -------
    pandas.Series
        Score of each class that occurs.

    Examples
    --------
    >>> cell = {"case": "a", "class": "cell", "top": 0, "left": 0, "bottom": 4, "right": 4}
    >>> found = pd.DataFrame([cell | {"score": 0.9}, cell | {"score": 0.3}])
    >>> counting_scores(found, pd.DataFrame([cell]), cases=["a", "b"]).round(3).to_dict()
    {'cell': 0.605}
    """
    patients = patients_of(cases)
    grid = np.round(np.arange(0.01, 1.0, 0.01), 2)
    chosen = {}
    for kind in sorted({*truths["class"], *predictions["class"]}):
        found, there = (table[table["class"] == kind] for table in (predictions, truths))
        true = np.bincount(case_numbers(there, patients, name="truths"), minlength=len(patients))
        numbers = case_numbers(found, patients, name="predictions")
        above = found["score"].to_numpy(float)[:, None] >= grid
        counted = np.stack([np.bincount(numbers, column, len(patients)) for column in above.T], axis=1)
        off = np.abs(counted - true[:, None])
        # An image more counted exactly outweighs any error: the mean error stays below this.
        worth = (off == 0).sum(axis=0) - off.mean(axis=0) / (off.mean() * len(grid) + 1)
        best = grid[worth >= worth.max() - 1e-12]
        chosen[kind] = float((best[0] + best[-1]) / 2)
    return pd.Series(chosen, name="score").rename_axis("class")


def at_scores(predictions: pd.DataFrame, scores: Mapping[Any, float] | pd.Series) -> pd.DataFrame:
    """Keep the boxes that count.

    Parameters
    ----------
    predictions : pandas.DataFrame
        With columns class and score.
    scores : mapping or pandas.Series
        Class to least score, such as from `counting_scores`.

    Returns
    -------
    pandas.DataFrame
        These rows; classes that have no score are left out.

    Examples
    --------
    >>> found = pd.DataFrame({"class": ["a", "a", "b"], "score": [0.9, 0.3, 0.9]})
    >>> at_scores(found, {"a": 0.5}).index.tolist()
    [0]
    """
    least = predictions["class"].map(dict(scores)).astype(float)
    return predictions[predictions["score"] >= least]
