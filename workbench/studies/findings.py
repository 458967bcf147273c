"""What an audit found, what was done about it, and what remains."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

REMAINS = "remains: look at it"
DOUBT = "one patient or two"
UNFIT = "name does not fit"
ALIKE = "one patient or several"


def with_doubts(findings: pd.DataFrame, patients: pd.Series, doubtful: Iterable[tuple[str, str]]) -> pd.DataFrame:
    """Add the patients who may be one.

    Parameters
    ----------
    findings : pandas.DataFrame
        As from `Cohort.audit`.
    patients : pandas.Series
        Of each case.
    doubtful : iterable of (str, str)
        Patients taken for two; those who are no longer two are passed over.

    Returns
    -------
    pandas.DataFrame
        A row more for each pair.
    """
    of = {str(patient): list(cases) for patient, cases in patients.groupby(patients).groups.items()}
    rows = [
        {
            "severity": "warning",
            "kind": DOUBT,
            "cases": (*of[shorter], *of[longer]),
            "detail": f"{shorter} and {longer}: the name of one stands within the other's; taken for two",
        }
        for longer, shorter in doubtful
        if longer in of and shorter in of
    ]
    return _with(findings, rows)


def with_look_alikes(findings: pd.DataFrame, patients: pd.Series, alike: Iterable[Sequence[str]]) -> pd.DataFrame:
    """Add the cases whose names speak against a user who says that each is of another patient.

    Parameters
    ----------
    findings : pandas.DataFrame
        As from `Cohort.audit`.
    patients : pandas.Series
        Of each case.
    alike : iterable of sequence of str
        Cases that look like one patient's; those that have become one's are passed over.

    Returns
    -------
    pandas.DataFrame
        A row more for each such patient.
    """
    rows = [
        {
            "severity": "warning",
            "kind": ALIKE,
            "cases": tuple(cases),
            "detail": "by the names of their files one patient; each is taken for another",
        }
        for cases in alike
        if _apart(patients, cases)
    ]
    return _with(findings, rows)


def with_decided(findings: pd.DataFrame, patients: pd.Series, decided: Iterable[Sequence[str]]) -> pd.DataFrame:
    """Add the patients who might have been one, until the user said it.

    Parameters
    ----------
    findings : pandas.DataFrame
        As from `with_what_was_done`.
    patients : pandas.Series
        Of each case.
    decided : iterable of sequence of str
        Cases of each pair.

    Returns
    -------
    pandas.DataFrame
        A row more for each pair, so that one can look at them afterwards.
    """
    rows = [
        {
            "severity": "warning",
            "kind": DOUBT,
            "cases": tuple(cases),
            "detail": "the name of one stands within the other's",
            "done": f"{'kept apart' if _apart(patients, cases) else 'united'}, as you say",
        }
        for cases in decided
    ]
    return _with(findings, rows)


def with_unfit(findings: pd.DataFrame, unfit: Sequence[str], total: int) -> pd.DataFrame:
    """Add the cases whose names do not fit the user's expression.

    Parameters
    ----------
    findings : pandas.DataFrame
        As from `Cohort.audit`.
    unfit : sequence of str
        The cases.
    total : int
        Of all cases.

    Returns
    -------
    pandas.DataFrame
        A row more where there are any.
    """
    if not unfit:
        return findings
    detail = (
        f"{len(unfit)} of {total} names of files do not fit the expression for patients, and each is taken for a "
        "patient of its own"
    )
    row = {"severity": "warning", "kind": UNFIT, "cases": tuple(unfit), "detail": detail}
    return _with(findings, [row])


def with_what_was_done(findings: pd.DataFrame, left_out: pd.DataFrame, kinds: Iterable[str]) -> pd.DataFrame:
    """Add what was done about each finding.

    Parameters
    ----------
    findings : pandas.DataFrame
        As from `Cohort.audit`.
    left_out : pandas.DataFrame
        Indexed by case.
    kinds : iterable of str
        Of findings for which cases are left out.

    Returns
    -------
    pandas.DataFrame
        With a column ``done``: which cases were left out, or that the finding remains.
    """
    mended = set(kinds)
    done = [
        f"left out: {' '.join(case for case in cases if case in left_out.index)}" if kind in mended else REMAINS
        for kind, cases in zip(findings["kind"], findings["cases"], strict=True)
    ]
    return findings.assign(done=done)


def _apart(patients: pd.Series, cases: Sequence[str]) -> bool:
    return patients[patients.index.isin(cases)].nunique() > 1


def _with(findings: pd.DataFrame, rows: list[dict[str, Any]]) -> pd.DataFrame:
    if not rows:
        return findings
    return pd.concat([findings, pd.DataFrame(rows, columns=findings.columns)], ignore_index=True)
