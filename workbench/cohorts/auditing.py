"""Auditing a study before it is analysed, and refusing to train across a leak."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from .comparing import identical, nearly_identical, outliers
from .errors import LeakError
from .findings import LEAKS, Finding, listed, tabulate
from .inspecting import Inspector, Looked
from .parallel import run
from .tabulated import classes, missing_values, patients_in_two_splits

if TYPE_CHECKING:
    from .cohort import Cohort


def audit(cohort: Cohort, *, jobs: int = 1, progress: bool = False) -> pd.DataFrame:
    """Look for what is wrong with a study; see `Cohort.audit`.

    Parameters
    ----------
    cohort : Cohort
        Each image and mask is read once.
    jobs : int, optional
        Processes; -1 for all cores.
    progress : bool, optional
        Whether to show how far it is.

    Returns
    -------
    pandas.DataFrame
        Columns severity, kind, cases, detail.
    """
    looked, findings = _inspected(cohort, masks=cohort.masks, jobs=jobs, progress=progress)
    findings += patients_in_two_splits(cohort.table)
    findings += missing_values(cohort.table, images=cohort.images, masks=cohort.masks)
    findings += classes(cohort.table)
    findings += identical(looked, cohort.table)
    findings += nearly_identical(looked, cohort.table, lambda one: cohort.image(one.case, one.column))
    findings += outliers(looked)
    return tabulate(_together(findings, cohort.table))


def check_leak(cohort: Cohort, *, across: str = "split", allow_leak: bool = False, jobs: int = 1) -> pd.DataFrame:
    """Refuse a cohort whose splits share a patient or an image: its test would flatter.

    Parameters
    ----------
    cohort : Cohort
        Without the column `across` there is nothing to check.
    across : str, optional
        The column whose values must share nothing: ``"split"``, or ``"patient"`` where the patients are yet to be
        divided, for then an image that two of them share may end on both sides.
    allow_leak : bool, optional
        Whether to go on all the same.
    jobs : int, optional
        Processes that read images; -1 for all cores.

    Returns
    -------
    pandas.DataFrame
        The leaks, as `Cohort.audit` lists them; empty if there are none.

    Raises
    ------
    LeakError
        If there is a leak, unless it is allowed.

    Examples
    --------
    >>> from workbench import cohorts
    >>> len(check_leak(cohorts.read("samples")))
    0
    """
    if across not in cohort.table or cohort.table[across].nunique() < 2:
        return tabulate([])
    looked, _ = _inspected(cohort, masks=[], jobs=jobs, progress=False)
    table = cohort.table.assign(split=cohort.table[across])
    found = patients_in_two_splits(table) + identical(looked, table)
    leaks = tabulate([finding for finding in found if finding.kind in LEAKS])
    if len(leaks) and not allow_leak:
        kinds = [f"{kind} ({number})" for kind, number in leaks["kind"].value_counts().items()]
        cases = list(dict.fromkeys(case for named in leaks["cases"] for case in named))
        raise LeakError(
            f"{across}s share what they must not: {', '.join(kinds)}: {listed(cases)}; split again with "
            "cohort.split(by='patient'), drop these cases, or pass allow_leak=True to see what it does"
        )
    return leaks


def _together(findings: list[Finding], table: pd.DataFrame) -> list[Finding]:
    """Tell of all empty masks at once, for where nothing is to be found they are right."""
    empty = [finding for finding in findings if finding.kind == "empty mask"]
    if not empty:
        return findings
    cases = tuple(dict.fromkeys(case for finding in empty for case in finding.cases))
    detail = f"no pixel is marked in {len(empty)} of {len(table)} cases"
    if "label" in table:
        labels = table.loc[list(cases), "label"].dropna().unique()
        detail += f", labelled {listed(sorted(map(str, labels)))}" if len(labels) else ""
    return [finding for finding in findings if finding.kind != "empty mask"] + [
        Finding("empty mask", cases, detail)
    ]


def _inspected(
    cohort: Cohort, *, masks: list[str], jobs: int, progress: bool
) -> tuple[list[Looked], list[Finding]]:
    columns = [*cohort.images, *masks, *({"boxes"} & set(cohort.table))]
    records: list[dict[str, Any]] = cohort.table[columns].to_dict("records")  # type: ignore[assignment]
    tasks: list[tuple[str, dict[str, Any]]] = list(zip(cohort, records, strict=True))
    inspected = run(Inspector(cohort.reader, cohort.images, masks), tasks, jobs=jobs, progress=progress)
    looked = [one for found, _ in inspected.values() for one in found]
    return looked, [finding for _, told in inspected.values() for finding in told]
