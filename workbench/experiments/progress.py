"""How far a run is: its cells by their weights, and within a cell by the clock."""

from __future__ import annotations

import math
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

from .chapters import source
from .status import REPLY

if TYPE_CHECKING:
    from tqdm import tqdm

BEGAN = "iopub.status.busy"
PATIENCE = 10.0  # seconds between two lines of a log, which cannot be overwritten


def bar_of(runs: int, *, shown: bool) -> tqdm:
    """Make the progress bar of several runs, or of how far a single one is.

    Parameters
    ----------
    runs : int
        How many.
    shown : bool
        Whether it is to be seen.

    Returns
    -------
    tqdm
        Its total is the number of runs.
    """
    from tqdm.auto import tqdm

    options: dict[str, Any] = {"unit": "run"}
    if runs == 1:
        options = {"bar_format": "{percentage:3.0f}%|{bar}| {elapsed}{postfix}", "miniters": 0}
        options["mininterval"] = 0.1 if sys.stderr.isatty() else PATIENCE
    return tqdm(total=runs, disable=not shown, **options)


def share_done(notebook: dict[str, Any], now: datetime) -> float:
    """Estimate how much of a running notebook is done.

    A cell counts as its metadata ``weight`` says, or as 1. The one that is being executed is taken to need as long
    for its weight as those before it did; the closer it comes to its end, the slower the estimate grows.

    Parameters
    ----------
    notebook : dict
        Content of a notebook that a kernel is filling.
    now : datetime
        With its time zone.

    Returns
    -------
    float
        0 to 1; never less than before.

    Examples
    --------
    >>> times = {"iopub.status.busy": "2026-01-01T00:00:00Z", "shell.execute_reply": "2026-01-01T00:00:04Z"}
    >>> ended = {"cell_type": "code", "source": "1", "metadata": {"execution": times}}
    >>> asked = {"cell_type": "code", "source": "2", "metadata": {"weight": 3}}
    >>> share_done({"cells": [ended, asked]}, datetime.fromisoformat("2026-01-01T00:00:04Z"))
    0.25
    """
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code" and source(cell).strip()]
    whole = sum(map(_weight, cells))
    done = spent = 0.0
    for cell in cells:
        times = cell.get("metadata", {}).get("execution", {})
        if BEGAN not in times:
            break
        began = datetime.fromisoformat(times[BEGAN])
        if REPLY not in times:
            expected = _weight(cell) * (spent / done if spent else 1.0)
            passed = max(0.0, (now - began).total_seconds())
            return (done + _weight(cell) * (1 - math.exp(-passed / expected))) / whole
        done += _weight(cell)
        spent += max(0.0, (datetime.fromisoformat(times[REPLY]) - began).total_seconds())
    return done / whole if whole else 1.0


def _weight(cell: dict[str, Any]) -> float:
    weight = cell.get("metadata", {}).get("weight", 1)
    return float(weight) if isinstance(weight, int | float) and weight > 0 else 1.0
