"""Patients whom nobody listed, but who stand in the names of the files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

#: What may stand for a patient in a name, the finest division first.
PATTERNS = (
    r"(.+?)(?:[ _.-]+\d{1,3}|[ _.-]*\(\d{1,3}\))",
    r"(.*?\d.*?)[ _.-].*",
)
#: A patient has a small part of the images, and most have few.
LARGEST_SHARE, LARGEST_COUNT = 0.1, 40


class Named(NamedTuple):
    """Patients found in names.

    Parameters
    ----------
    patients : pandas.Series
        One for each name.
    pattern : str
        The regular expression whose first group is the patient.
    """

    patients: pd.Series
    pattern: str


def patients_in_names(names: pd.Series, labels: Sequence | pd.Series | None = None) -> Named | None:
    r"""Find what may stand for a patient in names such as ``person12_bacteria_3``.

    A division counts if some names share a patient, none has more than a tenth of the names, and none has images
    of two classes.

    Parameters
    ----------
    names : pandas.Series of str
        Names of files without suffix, in the order of the cases.
    labels : sequence, optional
        Their classes.

    Returns
    -------
    Named or None
        None if no division counts: then nobody knows whose the images are.

    Examples
    --------
    >>> names = pd.Series([f"person{number}_virus_{view}" for number in range(20) for view in (1, 2)])
    >>> patients_in_names(names).patients.unique()[:2].tolist()
    ['person0_virus', 'person1_virus']
    >>> patients_in_names(pd.Series([f"NORMAL_{number}" for number in range(40)])) is None
    True
    """
    for pattern in PATTERNS:
        found = by_pattern(names, pattern)
        sizes = found.value_counts()
        if sizes.max() < 2 or sizes.max() > min(LARGEST_SHARE * len(names), LARGEST_COUNT):
            continue
        if labels is None or pd.Series(list(labels)).groupby(found.to_numpy()).nunique().max() == 1:
            return Named(found, pattern)
    return None


def by_pattern(names: pd.Series, pattern: str) -> pd.Series:
    r"""Take the part of each name that a regular expression names as the patient.

    Parameters
    ----------
    names : pandas.Series of str
        Names of files without suffix.
    pattern : str
        A regular expression for the whole name, with one group for the patient.

    Returns
    -------
    pandas.Series
        The group; the whole name where it does not fit.

    Raises
    ------
    ValueError
        If it is no regular expression, has no group, or fits no name.

    Examples
    --------
    >>> by_pattern(pd.Series(["p1_a", "p1_b", "x"]), r"(p\d+)_.*").tolist()
    ['p1', 'p1', 'x']
    """
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}") from None
    if compiled.groups < 1:
        raise ValueError(f"{pattern!r} needs a group in parentheses for the patient, such as '(person[0-9]+)_.*'")
    matches = [compiled.fullmatch(name) for name in names]
    if not any(matches) and pattern not in PATTERNS:
        raise ValueError(f"{pattern!r} fits no name, such as {names.iloc[0]!r}; it must fit the whole of it")
    return pd.Series(
        [match.group(1) if match and match.group(1) else name for match, name in zip(matches, names, strict=True)],
        index=names.index,
    )
