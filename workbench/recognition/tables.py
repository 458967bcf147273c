"""Tables of features: reading them, and refusing those from which nothing honest can be learnt."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from workbench import samples
from workbench.cohorts import CohortError

WISCONSIN = "wisconsin"


def load_table(cohort: str | Path) -> pd.DataFrame:
    """Load a table of features with a patient and a label in each row.

    Parameters
    ----------
    cohort : str or Path
        ``"wisconsin"``, or a ``.csv`` file with columns ``patient``, ``label``, at least one numeric feature, and
        optionally ``case``. An empty field of a feature is a gap, which the models fill.

    Returns
    -------
    pandas.DataFrame
        One row per case, indexed by ``case`` (numbered where the file names none): patient, label, features.

    Raises
    ------
    CohortError
        If there is no such file, a column is missing, a patient or label is missing, a feature is not numeric, a
        case is named twice, or there is but one class.

    Examples
    --------
    >>> load_table("wisconsin").shape
    (569, 32)
    """
    if cohort == WISCONSIN:
        return samples.wisconsin().rename_axis("case")
    path = Path(cohort).expanduser()
    if not path.is_file() or path.suffix != ".csv":
        raise CohortError(f"{cohort}: expected 'wisconsin' or a .csv table; there is no such file")
    table = read_features(path)
    missing = {"patient", "label"} - set(table.columns)
    if missing:
        raise CohortError(
            f"{path}: expected columns patient and label, missing: {', '.join(sorted(missing))}; "
            f"received {', '.join(table.columns[:20])}"
        )
    for column in ("patient", "label"):
        gaps = table.index[table[column].isna()]
        if len(gaps):
            raise CohortError(
                f"{path}: {len(gaps)} row{'s' * (len(gaps) > 1)} without {column}, first case {gaps[0]!r}; "
                "fill in or drop"
            )
    if table["label"].nunique() < 2:
        raise CohortError(
            f"{path}: expected at least two classes of label, received {list(table['label'].unique())}"
        )
    try:
        features_array(table.drop(columns=["patient", "label"]))
    except ValueError as error:
        raise CohortError(f"{path}: {error}") from None
    return table


def read_features(path: str | Path) -> pd.DataFrame:
    r"""Read a table of features of new cases, whose labels nobody knows.

    Parameters
    ----------
    path : str or Path
        A ``.csv`` file with features, and optionally ``case`` and ``patient``.

    Returns
    -------
    pandas.DataFrame
        One row per case, indexed by ``case`` (numbered where the file names none).

    Raises
    ------
    CohortError
        If there is no such file, or it is no table.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "new.csv"
    >>> _ = path.write_text("case,size\n007,1.5\n")
    >>> read_features(path).index.tolist()
    ['007']
    """
    path = Path(path).expanduser()
    if not path.is_file() or path.suffix != ".csv":
        raise CohortError(f"{path}: expected a .csv table; there is no such file")
    try:
        table = pd.read_csv(path, dtype={"case": str, "patient": str, "label": str})
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise CohortError(f"{path}: expected a comma-separated table in UTF-8; {error}") from None
    return table.set_index("case") if "case" in table else table.rename_axis("case")


def features_array(features: pd.DataFrame) -> NDArray:
    """Return the features as numbers, or say which column or row is none.

    Parameters
    ----------
    features : pandas.DataFrame
        One row per case, one numeric column per feature; NaN is a gap.

    Returns
    -------
    (n, m) ndarray of float

    Raises
    ------
    ValueError
        If a column is not numeric, infinite or named twice, a case has two rows, or there is no row or no column.
    """
    if features.empty:
        raise ValueError(f"expected at least one case and one feature, received a table of shape {features.shape}")
    text = [name for name, kind in features.dtypes.items() if not pd.api.types.is_numeric_dtype(kind)]
    if text:
        raise ValueError(
            f"features must be numeric, received text in {_listed(text)}; "
            "drop such columns or encode them as numbers"
        )
    for what, names in (("case", features.index), ("feature", features.columns)):
        twice = names[names.duplicated()]
        if len(twice):
            raise ValueError(f"each {what} must occur once, received {twice[0]!r} more than once")
    values = features.to_numpy(dtype=float, na_value=np.nan)
    infinite = list(features.columns[np.isinf(values).any(axis=0)])
    if infinite:
        raise ValueError(f"features must be finite or missing, received infinite values in {_listed(infinite)}")
    return values


def aligned(values: ArrayLike | pd.Series, index: pd.Index, *, name: str) -> NDArray:
    """Return one value for each case, or say why that cannot be.

    Parameters
    ----------
    values : (n,) array_like or Series
        A Series must have the features' index, in the same order.
    index : pandas.Index
        Of the features.
    name : str
        What the error message calls the values.

    Returns
    -------
    (n,) ndarray

    Raises
    ------
    ValueError
        If their number or index differs, or one is missing.
    """
    if isinstance(values, pd.Series) and not values.index.equals(index):
        raise ValueError(f"{name} must have the index of the features; align them: {name}.loc[features.index]")
    array = np.asarray(values)
    if array.shape != (len(index),):
        raise ValueError(f"{name} must hold one value for each of {len(index)} cases, received {array.shape}")
    gaps = index[pd.isna(array)]
    if len(gaps):
        raise ValueError(
            f"{name} must not be missing, received {len(gaps)} gaps, first in case {gaps[0]!r}; drop those cases"
        )
    return array


def _listed(names: Sequence[Hashable]) -> str:
    return ", ".join(repr(name) for name in names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
