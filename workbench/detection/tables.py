"""Tables of boxes: what was found, what is there, and which cases there are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .boxes import box_array

if TYPE_CHECKING:
    import pandas as pd

EDGES = ["top", "left", "bottom", "right"]
VOLUME_EDGES = ["front", "top", "left", "back", "bottom", "right"]


def truth_table(cohort: Any) -> pd.DataFrame:
    """Return all boxes of a cohort in one table.

    Parameters
    ----------
    cohort : Cohort
        Or any iterable of names of cases with a method ``boxes(case)`` that returns a table of top, left, bottom,
        right and label.

    Returns
    -------
    pandas.DataFrame
        One row per box: case, class (the box's label), top, left, bottom, right.

    Examples
    --------
    >>> import pandas as pd
    >>> from workbench.cohorts import Cohort
    >>> cell = '[{"top": 0, "left": 0, "bottom": 2, "right": 3, "label": "cell"}]'
    >>> table = pd.DataFrame({"patient": ["p"], "image": ["a.png"], "boxes": [cell]}, index=["a"])
    >>> truth_table(Cohort(table))
      case class  top  left  bottom  right
    0    a  cell  0.0   0.0     2.0    3.0
    """
    import pandas as pd

    columns = ["case", "class", *EDGES]
    tables = [cohort.boxes(case).rename(columns={"label": "class"}).assign(case=case) for case in cohort]
    return pd.concat([pd.DataFrame(columns=columns), *(table for table in tables if len(table))])[columns]


def box_rows(table: pd.DataFrame, *, name: str, scored: bool) -> tuple[pd.DataFrame, NDArray[np.float64]]:
    """Return a table of boxes with a fresh index, and its boxes as an array, both checked.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns case, class, edges, and score if `scored`.
    name : str
        What the error message calls it.
    scored : bool
        Whether there must be scores.

    Returns
    -------
    table : pandas.DataFrame
        The same rows, numbered from 0.
    boxes : (n, 4) or (n, 6) ndarray of float64
        Of volumes where there is a column front.

    Raises
    ------
    ValueError
        If a column is missing, a value is missing, or a box has no area.
    """
    edges = VOLUME_EDGES if "front" in table else EDGES
    needed = ["case", "class", *(["score"] if scored else []), *edges]
    absent = [column for column in needed if column not in table]
    if absent:
        raise ValueError(f"{name} must have the columns {', '.join(needed)}; missing: {', '.join(absent)}")
    missing = table[needed].isna().any()
    if missing.any():
        raise ValueError(f"{name} must have no gaps, received some in {', '.join(missing.index[missing])}")
    if scored and not np.isfinite(table["score"].to_numpy(float)).all():
        raise ValueError(f"the scores of {name} must be finite, received an infinite one")
    rows = table.reset_index(drop=True)
    return rows, box_array(rows[edges].to_numpy(float), name=name)


def patients_of(cases: pd.Series | Iterable[Any]) -> pd.Series:
    """Return the patient of each case.

    Parameters
    ----------
    cases : pandas.Series or iterable
        Patients, indexed by case; or names of cases, each of a patient of its own.

    Returns
    -------
    pandas.Series
        Patients, indexed by case.

    Raises
    ------
    ValueError
        If there is no case, one is named twice, or a patient is missing.

    Examples
    --------
    >>> patients_of(["a", "b"]).to_dict()
    {'a': 'a', 'b': 'b'}
    """
    import pandas as pd

    if isinstance(cases, pd.Series):
        patients = cases
    else:
        names = list(cases)
        patients = pd.Series(names, index=names)
    if patients.empty or patients.index.has_duplicates or patients.isna().any():
        raise ValueError("cases must name each case once, with its patient, received none, one twice, or a gap")
    return patients


def case_numbers(table: pd.DataFrame, patients: pd.Series, *, name: str) -> NDArray[np.intp]:
    """Return the number of the case of each row.

    Parameters
    ----------
    table : pandas.DataFrame
        With a column case.
    patients : pandas.Series
        Indexed by case.
    name : str
        What the error message calls the table.

    Returns
    -------
    (n,) ndarray of int
        Positions in `patients`.

    Raises
    ------
    ValueError
        If a case is not among `patients`.
    """
    import pandas as pd

    numbers = patients.index.get_indexer(pd.Index(table["case"]))
    if (numbers < 0).any():
        strange = table["case"].tolist()[(numbers < 0).argmax()]
        raise ValueError(f"{name} must be of the given cases, received case {strange!r}")
    return numbers
