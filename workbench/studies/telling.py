"""What was found in a user's images, what was done about it and what remains: one story for all who tell it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

import pandas as pd

from workbench import cohorts

from .findings import ALIKE, DOUBT, UNFIT
from .tables import DOUBTS, LEFT_OUT

if TYPE_CHECKING:
    from .starting import Started

#: Findings of one kind that are told; the table has all.
MOST_OF_A_KIND = 3
NUMBERED = r"case-\d+"


def told(started: Started) -> list[str]:
    """Say in lines what was started.

    Parameters
    ----------
    started : Started
        The study.

    Returns
    -------
    list of str
        Counts, assumptions, what was left out, and what remains.
    """
    lines = [counted(started)]
    lines += [f"assumed: {text}" for text in started.assumed]
    lines += [f"example: {text}" for text in started.examples]
    return lines + found(started)


def counted(started: Started) -> str:
    """Count images, cases, patients and classes.

    Parameters
    ----------
    started : Started
        The study.

    Returns
    -------
    str
        A line.
    """
    table, left = started.cohort.table, started.left_out["reason"]
    copies = int(left.str.startswith("the same image").sum())
    lines = [f"{len(left) + len(started.cohort)} images found"] if len(left) else []
    lines += [f"{copies} {'copy' if copies == 1 else 'copies'} left out"] if copies else []
    lines += [f"{len(left) - copies} left out for other reasons"] if len(left) > copies else []
    classes = f": {in_classes(table['label'])}" if "label" in table and table["label"].notna().any() else ""
    lines.append(f"{len(table)} cases of {table['patient'].nunique()} patients{classes}")
    return ", ".join(lines)


def in_classes(labels: pd.Series) -> str:
    """Count the cases of each class.

    Parameters
    ----------
    labels : pandas.Series
        Of all cases.

    Returns
    -------
    str
        Class and count, in the order of the names.

    Examples
    --------
    >>> in_classes(pd.Series(["b", "a", "b", None]))
    'a 1, b 2'
    """
    counts = labels.dropna().astype(str).value_counts().sort_index()
    return ", ".join(f"{name} {number}" for name, number in counts.items())


def found(started: Started) -> list[str]:
    """Say what was found, what was done about it, and what remains.

    Parameters
    ----------
    started : Started
        The study.

    Returns
    -------
    list of str
        Lines that begin with ``left out:`` or ``remains:``.
    """
    reasons = started.left_out["reason"].str.replace(r" as .*", " as another", regex=True).value_counts()
    lines = [f"left out: {number} x {reason}" for reason, number in reasons.items()]
    if lines:
        lines[-1] += f" ({numbers(started)})"
    for (severity, kind), rows in started.remaining.groupby(["severity", "kind"], sort=False):
        if kind == DOUBT:
            lines.append(f"remains: {severity}: {doubt(len(rows))} ({DOUBTS} has their files side by side)")
            continue
        if kind == ALIKE:
            total = len(started.cohort) + len(started.left_out)
            lines.append(f"remains: {severity}: {look_alike(rows['cases'], total)} (audit.csv says which)")
            continue
        if kind == UNFIT:
            lines.append(f"remains: {severity}: {rows['detail'].iloc[0]} (audit.csv says which)")
            continue
        for cases, detail in rows[["cases", "detail"]].head(MOST_OF_A_KIND).itertuples(index=False):
            named = f" [{cohorts.listed(list(cases))}]" if cases else ""
            lines.append(f"remains: {severity}: {kind}: {detail}{named}")
        if len(rows) > MOST_OF_A_KIND:
            lines.append(f"remains: {severity}: {kind}: {len(rows) - MOST_OF_A_KIND} more in audit.csv")
    return (
        lines if len(started.remaining) else [*lines, f"remains: nothing; the audit finds nothing {_else(lines)}"]
    )


def doubt(pairs: int) -> str:
    """Say that patients may be one.

    Parameters
    ----------
    pairs : int
        How many pairs.

    Returns
    -------
    str
        Without a full stop.
    """
    many = (
        f"{pairs} pairs of patients may each be one patient"
        if pairs > 1
        else "one pair of patients may be one patient"
    )
    return f"{many}, as the name of one stands within the other's; they are taken for two"


def look_alike(patients: Iterable[Collection[str]], total: int) -> str:
    """Say that images may be of one patient, against the user's word.

    Parameters
    ----------
    patients : iterable of collection of str
        Cases of each patient whom names of files tell.
    total : int
        Of all cases.

    Returns
    -------
    str
        Without a full stop.

    Examples
    --------
    >>> look_alike([["case-1", "case-2"]], 9).partition(", such")[0]
    '2 of 9 names of files look like several images of one patient'
    """
    sizes = [len(cases) for cases in patients]
    whom = f"{len(sizes)} patients" if len(sizes) > 1 else "one patient"
    return (
        f"{sum(sizes)} of {total} names of files look like several images of {whom}, such as two views, and each "
        "image is taken for another patient; if the names are right, a model is judged on patients from whom it "
        "has learned (leakage), and all figures are too good"
    )


def numbers(started: Started) -> str:
    """Say where what was left out stands, and which numbers the others have.

    Parameters
    ----------
    started : Started
        The study.

    Returns
    -------
    str
        Without a full stop.
    """
    told = f"{LEFT_OUT} says which"
    if not all(re.fullmatch(NUMBERED, str(case)) for case in started.cohort):
        return told
    return f"{told}; the other cases keep their numbers, which go to {len(started.cohort) + len(started.left_out)}"


def _else(lines: list[str]) -> str:
    return "else" if lines else "wrong"
