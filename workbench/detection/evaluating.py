"""All measures of a detector in one table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workbench.evaluation import Interval, patient_codes, weighted_bootstrap

from .counting import counting_error
from .froc import sensitivity_at
from .matching import Matches, matched
from .precision import COCO, area, average_precision, class_names, with_truth
from .tables import case_numbers, patients_of

if TYPE_CHECKING:
    import pandas as pd


def evaluate(
    predictions: pd.DataFrame,
    truths: pd.DataFrame,
    *,
    cases: pd.Series | Iterable[Any],
    score: float = 0.5,
    false_positives: float = 1.0,
    resamples: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Say how good a detector is: average precision, sensitivity and counts, of each class and of all.

    Parameters
    ----------
    predictions : pandas.DataFrame
        One row per box: case, class, score, top, left, bottom, right (of volumes also front and back).
    truths : pandas.DataFrame
        The same without score, and optionally ``ignore``, as for `match`.
    cases : pandas.Series or iterable
        All images that were looked at, also those where there is nothing: patients indexed by case
        (``cohort.table["patient"]``), or names of cases.
    score : float, optional
        Boxes that score at least this are counted.
    false_positives : float, optional
        Per image, where the sensitivity is read.
    resamples, seed : int, optional
        As for `evaluation.bootstrap`, by patient.

    Returns
    -------
    pandas.DataFrame
        Indexed by class: truths, predictions (their numbers), ap50 with ap50_low and ap50_high (average precision
        at an overlap of .5), ap (COCO's mean from .5 to .95), sensitivity with its interval (at an overlap of .5),
        exact (share of the images counted exactly) with its interval, absolute_error (of the counts). The row
        ``"all"`` holds sums of numbers and means of the rest over the classes with truth; its ap50 has an interval
        of its own. Classes without truth have NaN in place of precision and sensitivity.

    Raises
    ------
    ValueError
        If there is no truth, a class is called ``"all"``, a box is of another case, or as for `match`.

    Examples
    --------
    >>> import pandas as pd
    >>> cell = {"case": "a", "class": "cell", "top": 0, "left": 0, "bottom": 4, "right": 4}
    >>> table = evaluate(pd.DataFrame([cell | {"score": 0.9}]), pd.DataFrame([cell]), cases=["a"])
    >>> table.loc["cell", ["ap50", "ap", "sensitivity", "exact"]].tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    import pandas as pd

    patients = patients_of(cases)
    matches = with_truth(matched(predictions, truths, thresholds=(0.5,), most=100))
    names = class_names(matches)
    if "all" in names:
        raise ValueError('no class may be called "all": the last row of the table is')
    options: dict[str, Any] = {"resamples": resamples, "seed": seed}
    table = pd.DataFrame(index=pd.Index([*names, "all"], name="class"))
    table["truths"] = [*(int(matches.of(kind).counted.sum()) for kind in names), int(matches.counted.sum())]
    table["predictions"] = [*(int((predictions["class"] == kind).sum()) for kind in names), len(predictions)]
    intervals = [_precision(matches, chosen, patients, options) for chosen in (*([kind] for kind in names), names)]
    table[["ap50", "ap50_low", "ap50_high"]] = np.array(intervals)
    table["ap"] = average_precision(predictions, truths, iou=COCO)
    found = {}
    for kind in table.index[table["truths"] > 0].drop("all"):
        ofkind = [boxes[boxes["class"] == kind] for boxes in (predictions, truths)]
        found[kind] = sensitivity_at(*ofkind, cases=patients, false_positives=[false_positives], **options).iloc[0]
    table[["sensitivity", "sensitivity_low", "sensitivity_high"]] = pd.DataFrame(found).T
    counts = counting_error(predictions, truths, cases=patients, score=score, **options)
    counts = counts.rename(columns={"low": "exact_low", "high": "exact_high"}).drop(columns="bias")
    table[counts.columns] = counts
    means = ["ap", "sensitivity", "exact", "absolute_error"]
    table.loc["all", means] = table.loc[table["truths"] > 0, means].mean()
    return table


def _precision(matches: Matches, kinds: list[Any], patients: pd.Series, options: dict[str, Any]) -> Interval:
    parts = [matches.of(kind) for kind in kinds]
    shown = [case_numbers(part.predictions, patients, name="predictions") for part in parts]
    there = [case_numbers(part.truths[part.counted], patients, name="truths") for part in parts]

    def mean_area(weights: NDArray) -> float:
        areas = [
            area(part.hit, part.false, weights[cases], weights[true].sum())
            for part, cases, true in zip(parts, shown, there, strict=True)
        ]
        known = [value for value in areas if not np.isnan(value)]
        return float(np.mean(known)) if known else np.nan

    return weighted_bootstrap(mean_area, patient_codes(patients, len(patients)), **options)
