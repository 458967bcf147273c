"""Which cases can be analysed, and whether they are enough."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from workbench.cohorts import Cohort
from workbench.cohorts.locations import is_given, is_path

from .tables import CASES

#: What a case cannot be analysed with.
UNUSABLE = ("unreadable file", "missing image", "constant image", "identical images with different labels")
#: What all but one case are left out for.
COPIES = ("identical images", "identical images in two splits")
#: Patients of each class that it takes to set some aside and divide the others twice.
FEWEST = 6


def unusable(cohort: Cohort, findings: pd.DataFrame) -> pd.DataFrame:
    """Find the cases that cannot be analysed, and all but one of those that are the same.

    Parameters
    ----------
    cohort : Cohort
        All cases.
    findings : pandas.DataFrame
        As from `Cohort.audit`.

    Returns
    -------
    pandas.DataFrame
        Indexed by case: image, reason.
    """
    reasons: dict[str, str] = {}
    for kind in UNUSABLE:
        for cases in findings.loc[findings["kind"] == kind, "cases"]:
            reasons |= {case: kind for case in cases if case not in reasons}
    same = findings["kind"].isin(COPIES)
    classed = (
        cohort.table["label"].notna() if "label" in cohort.table else pd.Series(True, index=cohort.table.index)
    )
    for twins in findings.loc[same, "cases"]:
        first, *others = sorted(twins, key=lambda case: not classed[case])
        reasons |= {case: f"the same image as {first}" for case in others if case not in reasons}
    if "label" in cohort.table and cohort.table["label"].notna().any():
        unlabelled = cohort.table.index[cohort.table["label"].isna()]
        reasons |= {case: "no class" for case in unlabelled if case not in reasons}
    table = pd.DataFrame({"reason": reasons}, dtype=object).rename_axis("case")
    images: list[Any] = [cohort.table.at[case, cohort.images[0]] for case in table.index]
    table.insert(0, "image", images)
    return table


def not_found(cohort: Cohort) -> list[Path]:
    """List the files of images that are not where the table of cases says.

    Parameters
    ----------
    cohort : Cohort
        The cases.

    Returns
    -------
    list of Path
        In the order of the cases.

    Examples
    --------
    >>> table = pd.DataFrame({"patient": ["p", "q"], "image": ["sample:cell", "gone.png"]}, index=["a", "b"])
    >>> [path.name for path in not_found(Cohort(table))]
    ['gone.png']
    """
    cells = [cell for column in cohort.images for cell in cohort.table[column] if is_given(cell)]
    named = [getattr(cell, "path", cell) for cell in cells]
    return [Path(path).resolve() for path in named if is_path(path) and not Path(path).exists()]


def moved(files: list[Path], table: str = CASES) -> str:
    """Say that images are not where a table says, and from where it counts.

    Parameters
    ----------
    files : list of Path
        As from `not_found`.
    table : str, optional
        Its name.

    Returns
    -------
    str
        Without a full stop.

    Examples
    --------
    >>> moved([Path("gone.png")])
    "images are not where cases.csv says: gone.png is not found; paths in it count from the study's folder"
    """
    such = f"{files[0]} is not found" + (f", nor are {len(files) - 1} more" if len(files) > 1 else "")
    study = "the study's folder" if table == CASES else "the folder it is in"
    return f"images are not where {table} says: {such}; paths in it count from {study}"


def lacking_in(table: pd.DataFrame, labels: pd.Series) -> str:
    """Say what a study needs before it can be analysed.

    Parameters
    ----------
    table : pandas.DataFrame
        Of the cases.
    labels : pandas.Series
        Of those with a class.

    Returns
    -------
    str
        Empty if nothing.
    """
    if not len(labels):
        return f"classes: fill in a column label in {CASES}, or put the images into a folder for each class"
    if labels.nunique() == 1:
        return f"a second class: all {len(labels)} cases are {labels.iloc[0]!r}; add images of those without it"
    patients = table.loc[labels.index].groupby(labels)["patient"].nunique()
    few = patients[patients < FEWEST]
    if len(few) and len(patients) - len(few) < 2:
        return f"more patients: {few.index[0]!r} has {few.iloc[0]}, and {FEWEST} of each class are the least"
    return ""
