"""Cases of a study, and how they were understood."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.cohorts import Cohort


@dataclass(frozen=True)
class Gathered:
    """Cases of a study, and how they were understood.

    Parameters
    ----------
    cohort : Cohort
        The cases, under their own names.
    assumed : tuple of str
        What nobody said and was taken for granted, in sentences.
    named : bool
        Whether the names of cases were chosen for the purpose; names of files may tell who a patient is.
    examples : tuple of str
        Names of files that show how patients were told apart; for the user's eyes, not for a report.
    doubtful : tuple of (str, str)
        Patients taken for two who may be one.
    unite : str
        The expression that takes each such pair for one; empty where there is none.
    unfit : tuple of str
        Cases whose names do not fit the user's expression.
    alike : tuple of tuple of str
        Cases whose names look like several images of one patient, where the user says that each is of another.
    decided : tuple of tuple of str
        Cases of each pair of patients who may be one, where the user's word decides.
    """

    cohort: Cohort
    assumed: tuple[str, ...]
    named: bool = False
    examples: tuple[str, ...] = ()
    doubtful: tuple[tuple[str, str], ...] = ()
    unite: str = ""
    unfit: tuple[str, ...] = ()
    alike: tuple[tuple[str, ...], ...] = ()
    decided: tuple[tuple[str, ...], ...] = ()
