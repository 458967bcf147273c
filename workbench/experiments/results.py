"""Results: a table rebuilt from executed notebooks alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from .chapters import ChapterError, below, load
from .parameters import parameters
from .recording import RESULTS
from .status import failure, status

if TYPE_CHECKING:
    import pandas as pd


def recorded(notebook: dict[str, Any]) -> dict[str, float | int | str | bool]:
    """Return what a notebook recorded, in full precision.

    Parameters
    ----------
    notebook : dict
        Content of an executed notebook.

    Returns
    -------
    dict
        Name to value; of a name recorded twice, the last.

    Examples
    --------
    >>> output = {"output_type": "display_data", "metadata": {RESULTS: {"dice": 0.987}}}
    >>> recorded({"cells": [{"outputs": [output]}]})
    {'dice': 0.987}
    """
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    return {
        name: value for output in outputs for name, value in output.get("metadata", {}).get(RESULTS, {}).items()
    }


def results(folder: str | Path = "runs") -> pd.DataFrame:
    """Tabulate all runs below a folder.

    Parameters
    ----------
    folder : str or Path, optional
        Searched with its subfolders; notebooks that are not the record of a run are passed over.

    Returns
    -------
    pandas.DataFrame
        One row per run: ``notebook``, ``chapter``, ``version``, ``status``, ``failure``, ``started``, ``seconds``,
        then ``parameters.*`` (defaults included) and ``results.*``.

    Raises
    ------
    FileNotFoundError
        If there is no such folder.

    Examples
    --------
    >>> import tempfile
    >>> len(results(tempfile.mkdtemp()))
    0
    """
    import pandas as pd

    folder = Path(folder)
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder}: no such folder; run a chapter first (workbench run 02_processing)")
    rows = [row for path in below(folder) if (row := _row(path)) is not None]
    return pd.DataFrame(rows)


def _row(path: Path) -> dict[str, Any] | None:
    try:
        notebook = load(path)
    except ChapterError as error:
        return {"notebook": str(path), "chapter": path.stem, "status": "failed", "failure": str(error)}
    about = notebook.get("metadata", {}).get("workbench", {})
    if "run" not in about:
        return None
    run = about["run"]
    defaults = {name: parameter.default for name, parameter in parameters(path).items()}
    return (
        {
            "notebook": str(path),
            "chapter": path.stem,
            "version": about.get("version", ""),
            "status": status(notebook),
            "failure": failure(notebook),
            "started": run["started"],
            "seconds": run.get("seconds", float("nan")),
        }
        | {f"parameters.{name}": value for name, value in (defaults | run["parameters"]).items()}
        | {f"results.{name}": value for name, value in recorded(notebook).items()}
    )
