"""What an audit can find, and how bad it is.

An **error** makes results wrong or training fail; a **warning** asks for a look.
"""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

ERROR, WARNING = "error", "warning"
SEVERITY = {
    "patient in two splits": ERROR,
    "identical images in two splits": ERROR,
    "identical images with different labels": ERROR,
    "unreadable file": ERROR,
    "mask of other geometry": ERROR,
    "box without area": ERROR,
    "box outside the image": ERROR,
    "malformed boxes": ERROR,
    "missing patient": ERROR,
    "missing image": ERROR,
    "near-identical images in two splits": WARNING,
    "identical images": WARNING,
    "near-identical images": WARNING,
    "reading problem": WARNING,
    "empty mask": WARNING,
    "constant image": WARNING,
    "intensity outlier": WARNING,
    "spacing outlier": WARNING,
    "one class only": WARNING,
    "prevalence shift": WARNING,
    "burned-in annotation": WARNING,
    "missing value": WARNING,
}
LEAKS = ("patient in two splits", "identical images in two splits")


class Finding(NamedTuple):
    """One thing that is, or may be, wrong with a study.

    Parameters
    ----------
    kind : str
        A key of `SEVERITY`.
    cases : tuple of str
        Those concerned.
    detail : str
        What was found.
    """

    kind: str
    cases: tuple[str, ...]
    detail: str


def tabulate(findings: list[Finding]) -> pd.DataFrame:
    """Put findings in a table, errors first.

    Parameters
    ----------
    findings : list of Finding
        In any order.

    Returns
    -------
    pandas.DataFrame
        Columns severity, kind, cases, detail, in the order of `SEVERITY`.

    Examples
    --------
    >>> tabulate([Finding("empty mask", ("a",), ""), Finding("unreadable file", ("b",), "")])["kind"].tolist()
    ['unreadable file', 'empty mask']
    """
    order = list(SEVERITY)
    ordered = sorted(findings, key=lambda finding: order.index(finding.kind))
    rows = [(SEVERITY[finding.kind], *finding) for finding in ordered]
    return pd.DataFrame(rows, columns=["severity", "kind", "cases", "detail"], dtype=object)


def listed(names: list[str], *, most: int = 5) -> str:
    """Write names in a sentence.

    Parameters
    ----------
    names : list of str
        Any number.
    most : int, optional
        How many to write out.

    Returns
    -------
    str
        The first names and the number of others.

    Examples
    --------
    >>> listed(["a", "b", "c"], most=2)
    'a, b and 1 more'
    """
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
