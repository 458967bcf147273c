"""What is wrong with a cohort's table, to be seen without reading an image."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pandas as pd

from .findings import Finding, listed
from .locations import is_given

#: A shift is told where it is as large as this, and chance alone makes one as large once in a thousand times.
SHIFT, CHANCE = 0.05, 0.001


def patients_in_two_splits(table: pd.DataFrame) -> list[Finding]:
    """Find patients with cases in more than one split.

    Parameters
    ----------
    table : pandas.DataFrame
        Of a cohort.

    Returns
    -------
    list of Finding
        None, or one with all their cases.

    Examples
    --------
    >>> table = pd.DataFrame({"patient": ["p", "p"], "split": ["train", "test"]}, index=["a", "b"])
    >>> patients_in_two_splits(table)[0].detail
    '1 patient: p (train, test)'
    """
    if "split" not in table:
        return []
    known = table.dropna(subset=["patient", "split"])
    splits = known.groupby("patient", sort=False)["split"].unique()
    torn = splits[splits.map(len) > 1]
    if torn.empty:
        return []
    named = [f"{patient} ({', '.join(map(str, found))})" for patient, found in torn.items()]
    cases = tuple(known.index[known["patient"].isin(torn.index)])
    number = f"{len(named)} patient{'s' * (len(named) > 1)}"
    return [Finding("patient in two splits", cases, f"{number}: {listed(named)}")]


def missing_values(table: pd.DataFrame, *, images: list[str], masks: list[str]) -> list[Finding]:
    """Find empty cells.

    Parameters
    ----------
    table : pandas.DataFrame
        Of a cohort.
    images, masks : list of str
        Its columns of locations.

    Returns
    -------
    list of Finding
        One for each column with empty cells.

    Examples
    --------
    >>> table = pd.DataFrame({"patient": ["p", None], "image": "x.png"}, index=["a", "b"])
    >>> missing_values(table, images=["image"], masks=[])
    [Finding(kind='missing patient', cases=('b',), detail='patient is empty in 1 of 2 cases')]
    """
    findings = []
    for column in table:
        given = table[column].map(is_given) if column in {*images, *masks} else table[column].map(_is_known)
        if given.all():
            continue
        kind = (
            "missing patient" if column == "patient" else "missing image" if column in images else "missing value"
        )
        cases = tuple(table.index[~given])
        findings.append(Finding(kind, cases, f"{column} is empty in {len(cases)} of {len(table)} cases"))
    return findings


def classes(table: pd.DataFrame) -> list[Finding]:
    """Find splits without a class, and shares of classes that differ between splits.

    Parameters
    ----------
    table : pandas.DataFrame
        Of a cohort.

    Returns
    -------
    list of Finding
        By Pearson's chi-squared test of each pair of splits.

    Examples
    --------
    >>> classes(pd.DataFrame({"label": ["a", "a"]}))[0].detail
    'label is a in all 2 cases'
    """
    if "label" not in table or table["label"].notna().sum() == 0:
        return []
    known = table.dropna(subset=["label"])
    if known["label"].nunique() == 1:
        label = f"label is {known['label'].iloc[0]} in all {len(known)} cases"
        return [Finding("one class only", (), label)]
    if "split" not in known:
        return []
    counts = pd.crosstab(known["split"], known["label"])
    findings = []
    for split, row in counts.iterrows():
        absent = [str(label) for label in row.index[row == 0]]
        if absent:
            kind = "one class only" if (row > 0).sum() == 1 else "prevalence shift"
            findings.append(Finding(kind, (), f"no case of {listed(absent)} in {split}"))
    for one, other in combinations(counts.index, 2):
        findings += _shift(counts.loc[[one, other]])
    return findings


def _shift(counts: pd.DataFrame) -> list[Finding]:
    from scipy.stats import chi2_contingency

    counts = counts.loc[:, counts.sum() > 0]
    if counts.shape[1] < 2:
        return []
    shares = counts.div(counts.sum(axis=1), axis="index")
    difference = (shares.iloc[0] - shares.iloc[1]).abs()
    if difference.max() < SHIFT or chi2_contingency(counts).pvalue >= CHANCE:
        return []
    label = difference.idxmax()
    told = " and ".join(f"{share:.1%} of {split}" for split, share in shares[label].items())
    return [Finding("prevalence shift", (), f"{label} is {told}")]


def _is_known(value: Any) -> bool:
    return not (isinstance(value, str) and value == "") and not (pd.api.types.is_scalar(value) and pd.isna(value))
