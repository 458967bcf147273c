"""The tables in a study's folder."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd

from workbench import cohorts
from workbench.cohorts import Cohort, CohortError
from workbench.cohorts.parts import BETWEEN, to_text
from workbench.files import replacing

CASES, AUDIT, LEFT_OUT, DOUBTS = "cases.csv", "audit.csv", "left_out.csv", "doubts.csv"


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table, whole or not at all.

    Parameters
    ----------
    table : pandas.DataFrame
        Its index is not written.
    path : Path
        The file.
    """
    with replacing(path) as temporary:
        table.to_csv(temporary, index=False, lineterminator="\n")


def as_text(cohort: Cohort, folder: Path) -> pd.DataFrame:
    """Write cases with their images as seen from the study's folder.

    Parameters
    ----------
    cohort : Cohort
        The cases.
    folder : Path
        The study's.

    Returns
    -------
    pandas.DataFrame
        With a column ``case``.

    Raises
    ------
    CohortError
        If the files of one image lie in several folders.
    """
    table = cohort.table.copy()
    for column in (*cohort.images, *cohort.masks):
        table[column] = [seen_from(cell, folder) for cell in table[column]]
        unsaid = table.index[table[column].isna() & cohort.table[column].notna()]
        if len(unsaid) and column in cohort.images:
            raise CohortError(
                f"case {unsaid[0]!r}: its files lie in several folders; put those of a series in one"
            )
    return table.reset_index(names="case")


def seen_from(cell: object, folder: Path) -> str | None:
    """Write a place as seen from the study's folder.

    Parameters
    ----------
    cell : object
        A path, an address, arrays, or nothing.
    folder : Path
        The study's.

    Returns
    -------
    str or None
        None where it cannot be written.
    """
    text = to_text(cell)
    if text is None or not cohorts.locations.is_path(text):
        return text
    path, between, part = text.partition(BETWEEN)
    try:
        return Path(os.path.relpath(Path(path).resolve(), folder.resolve())).as_posix() + between + part
    except ValueError:  # on another drive
        return Path(path).resolve().as_posix() + between + part
