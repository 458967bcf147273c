"""Boxes around what is to be found in an image, as a table."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd

from .errors import CohortError

EDGES = ["top", "left", "bottom", "right"]
COLUMNS = [*EDGES, "label"]


def parse_boxes(cell: Any) -> pd.DataFrame:
    """Return the boxes that a cell of a cohort's table holds.

    Parameters
    ----------
    cell : str, DataFrame, (n, 4) array_like or None
        JSON text (a list of ``{"top": 1, "left": 2, "bottom": 5, "right": 6, "label": "cell"}``, or of four
        numbers in that order), the table itself, an array of edges, or nothing.

    Returns
    -------
    pandas.DataFrame
        One row per box: columns top, left, bottom, right (edges in pixels from the upper left corner of the image,
        so that bottom - top is the height) and label (empty where there is none).

    Raises
    ------
    CohortError
        If the cell is none of these.

    Examples
    --------
    >>> parse_boxes('[[0, 0, 2, 3]]')
       top  left  bottom  right label
    0  0.0   0.0     2.0    3.0
    """
    if (
        cell is None
        or (isinstance(cell, float) and np.isnan(cell))
        or (isinstance(cell, str) and not cell.strip())
    ):
        cell = []
    if isinstance(cell, str):
        try:
            cell = json.loads(cell)
        except ValueError as error:
            raise CohortError(f"boxes must be JSON text such as [[top, left, bottom, right]]: {error}") from error
    try:
        rows = cell.to_dict("records") if isinstance(cell, pd.DataFrame) else list(cell)
        rows = [row if isinstance(row, dict) else dict(zip(EDGES, row, strict=True)) for row in rows]
        table = pd.DataFrame(
            {edge: np.array([row[edge] for row in rows], dtype=float) for edge in EDGES}
            | {"label": np.array([str(row.get("label", "")) for row in rows], dtype=object)}
        )
    except (KeyError, TypeError, ValueError) as error:
        raise CohortError(
            f"each box needs {', '.join(EDGES)} as numbers, received {str(cell)[:60]}: {error}"
        ) from error
    return table


def boxes_text(boxes: list[dict[str, Any]]) -> str:
    """Return boxes as the text that a cohort's table holds.

    Parameters
    ----------
    boxes : list of dict
        Keys top, left, bottom, right and optionally label.

    Returns
    -------
    str
        JSON, as `parse_boxes` reads it.

    Examples
    --------
    >>> boxes_text([{"top": 0, "left": 0, "bottom": 2, "right": 3, "label": "cell"}])
    '[{"top": 0, "left": 0, "bottom": 2, "right": 3, "label": "cell"}]'
    """
    return json.dumps(boxes)
