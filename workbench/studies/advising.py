"""What a study's notebook says of its own figures: what remains in doubt, and what is too good to be believed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from workbench.cohorts import Cohort

from .findings import ALIKE, DOUBT, REMAINS, UNFIT
from .tables import AUDIT

#: Above it a first look at small images is to be distrusted.
TOO_GOOD = 0.97


def remains_in_words(folder: Path | None) -> str:
    """Say what a study's audit found in the names of files and nobody has settled.

    Parameters
    ----------
    folder : Path or None
        Of the study, with its ``audit.csv``.

    Returns
    -------
    str
        Empty where nothing remains, or there is no such audit.

    Examples
    --------
    >>> remains_in_words(None)
    ''
    """
    kinds = _remaining(folder)["kind"].tolist()
    pairs, unfit = kinds.count(DOUBT), UNFIT in kinds
    said = [f"{pairs} {'pairs' if pairs > 1 else 'pair'} of patients that may be one patient"] if pairs else []
    said += ["names of files that look like several images of one patient"] if ALIKE in kinds else []
    said += ["names of files that do not fit the expression for patients"] if unfit else []
    shown = (
        " The rows below show such pairs; README.md says what to type if they are one patient." if pairs else ""
    )
    return f"Found at the start, and not settled: {' and '.join(said)} (audit.csv).{shown}" if said else ""


def pairs_in_doubt(cohort: Cohort) -> list[str]:
    """List cases that show side by side the patients of a study who may be one.

    Parameters
    ----------
    cohort : Cohort
        Of the study's ``cases.csv``, beside which its ``audit.csv`` lies.

    Returns
    -------
    list of str
        A case of either patient of each pair that nobody has settled, one pair after the other.
    """
    found = _remaining(cohort.root)
    patients = cohort.table["patient"].astype(str)
    pairs = [
        patients[patients.index.isin(str(cases).split())].drop_duplicates().index.tolist()
        for cases in found.loc[found["kind"] == DOUBT, "cases"]
    ]
    return [case for pair in pairs if len(pair) == 2 for case in pair]


def too_good_in_words(areas: Mapping[str, float], *, size: int, feature: str, margin: int = 0) -> str:
    """Say that a very high AUC is to be distrusted, and where to look.

    Parameters
    ----------
    areas : mapping of str to float
        Model to AUC.
    size : int
        Pixels along each side of the images.
    feature : str
        The one that the classical model needs most.
    margin : int, optional
        Per cent that were cut off each side of every image.

    Returns
    -------
    str
        Empty where no AUC is above 0.97.

    Examples
    --------
    >>> too_good_in_words({"CNN": 0.9}, size=48, feature="mean")
    ''
    >>> too_good_in_words({"CNN": 0.991}, size=48, feature="mean").partition(" is to be")[0]
    'An AUC of 0.991 (CNN) from images of 48 pixels along each side'
    """
    high = {model: area for model, area in areas.items() if area > TOO_GOOD}
    if not high:
        return ""
    cut = f" The border was already cut by {margin} %: compare with the run with margin=0." if margin else ""
    things = "markers and letters" if margin else "markers, letters and borders"
    said = " and ".join(f"{area:.3f} ({model})" for model, area in high.items())
    return (
        f"An AUC of {said} from images of {size} pixels along each side is to be distrusted until leaks are ruled "
        f"out. Look at {things}, in the sheet of cases above and better in the files, which "
        f"cases.csv lists by number; and at the feature {feature}, which the classical model needs most: does "
        f"it tell the disease, or how the images were made?{cut}"
    )


def _remaining(folder: Path | None) -> pd.DataFrame:
    path = None if folder is None else folder / AUDIT
    audit = pd.DataFrame() if path is None or not path.is_file() else pd.read_csv(path)
    audit = audit.reindex(columns=["kind", "cases", "done"])
    return audit[audit["done"] == REMAINS]
