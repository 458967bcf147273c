"""Cohorts from a table: ``cases.csv``, ``cases.parquet`` or any other of these kinds."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pandas as pd

from workbench import samples

from .cohort import Cohort
from .errors import CohortError
from .locations import Location
from .parts import from_text

NAMES = ("cases.csv", "cases.parquet")
SUFFIXES = (".csv", ".parquet")


def read_table(path: Path) -> Cohort:
    """Read a table of cases whose paths are relative to it.

    Parameters
    ----------
    path : Path
        A ``.csv`` or ``.parquet`` file with columns ``case``, ``patient``, ``image`` (and more beginning with
        ``image_``), optionally ``mask``, ``label``, ``split``, ``boxes`` (JSON) and others, which are kept. An
        image is a path, or a part of what it names, see `cohorts.parts`.

    Returns
    -------
    Cohort
        No image is read.

    Raises
    ------
    CohortError
        If the table cannot be read, has no case, or names one twice.
    """
    table = _load(path)
    if "case" not in table or table.empty:
        raise CohortError(f"{path}: expected a column 'case' and at least one row, received {list(table.columns)}")
    if table["case"].isna().any():
        raise CohortError(f"{path}: row {int(table['case'].isna().argmax()) + 2} has no case; name each")
    for column in filter(_is_location, table.columns):
        table[column] = table[column].map(partial(_beside, path), na_action="ignore")
    try:
        return Cohort(table.set_index("case"), root=path.parent)
    except CohortError as error:
        raise CohortError(f"{path}: {error}") from None


def _load(path: Path) -> pd.DataFrame:
    try:
        if path.suffix.lower() == ".parquet":
            table = pd.read_parquet(path)
            table = table.reset_index() if table.index.name == "case" else table
            texts = [str(name) for name in table if _is_text(str(name))]
            return table.assign(**{name: table[name].map(str, na_action="ignore") for name in texts})
        header = pd.read_csv(path, nrows=0)
        return pd.read_csv(path, dtype={str(name): str for name in header if _is_text(str(name))})
    except (ValueError, OSError) as error:
        kind = "parquet" if path.suffix.lower() == ".parquet" else "comma-separated values in UTF-8"
        raise CohortError(f"{path}: not a table of {kind} ({error})") from error


def _is_text(column: str) -> bool:
    # A patient 007 must not become the number 7.
    return column in {"case", "patient", "split", "boxes"} or _is_location(column)


def _is_location(column: str) -> bool:
    return column in {"image", "mask"} or column.startswith(("image_", "mask_"))


def _beside(table: Path, location: str) -> str | Location:
    return location if location.startswith(samples.PREFIXES) else from_text(str(table.parent / location))
