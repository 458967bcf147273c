"""Results: a table rebuilt from executed notebooks alone."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .identity import source_digest
from .parameters import declared
from .places import Place, beside, notebooks, place, read, write
from .recording import RESULTS
from .status import failure, status

if TYPE_CHECKING:
    import pandas as pd

CACHE = ".results.json"


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
        Searched with its subfolders; notebooks that are not the record of a run, by us or by papermill itself, are
        passed over. A URL that fsspec understands will do.

    Returns
    -------
    pandas.DataFrame
        One row per run: ``notebook``, ``chapter``, ``version``, ``status``, ``failure``, ``started``, ``seconds``,
        ``peak_mb``, ``digest``, ``revision``, ``data``, then ``parameters.*`` (defaults included) and
        ``results.*``. Rows of notebooks that did not change since the last call come from a hidden file in the
        folder, which may be deleted at any time.

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

    where = place(folder)
    if isinstance(where, Path) and not where.is_dir():
        raise FileNotFoundError(f"{folder}: no such folder; run a chapter first (workbench run 02_processing)")
    known = _known(where)
    rows = {
        path: known[path] if path in known and known[path][0] == mark else [mark, _row(beside(where, path))]
        for path, mark in notebooks(where)
    }
    if rows != known:
        with suppress(OSError):  # in a folder that cannot be written all goes well, only slower
            write(beside(where, CACHE), json.dumps({"source": source_digest(), "rows": rows}))
    runs: list[tuple[str, Any]] = [(path, row) for path, (_, row) in rows.items() if row is not None]
    found = [{"notebook": str(beside(where, path)), **row} for path, row in runs]
    return pd.DataFrame(found)


def _known(folder: Place) -> dict[str, list[Any]]:
    try:
        cached = json.loads(read(beside(folder, CACHE)))
        return cached["rows"] if cached["source"] == source_digest() else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _row(path: Place) -> dict[str, Any] | None:
    name = str(path).replace("\\", "/").rpartition("/")[2].removesuffix(".ipynb")
    try:
        notebook = json.loads(read(path))
        about = notebook["metadata"].get("workbench", {})
        run = about.get("run") or _by_papermill(notebook)
        if run is None:
            return None
        defaults = {name: parameter.default for name, parameter in declared(notebook, path).items()}
        facts = {
            "chapter": name,
            "version": about.get("version", ""),
            "status": status(notebook),
            "failure": failure(notebook),
            "started": run["started"],
            "seconds": run.get("seconds", float("nan")),
            "peak_mb": run.get("peak_mb", float("nan")),
            "digest": run.get("digest", "")[:12],
            "revision": run.get("revision", ""),
            "data": run.get("data", ""),
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        message = f"{path}: not a notebook ({type(error).__name__}: {error})"
        return {"chapter": name, "status": "failed", "failure": message}
    return (
        facts
        | {f"parameters.{name}": value for name, value in (defaults | run["parameters"]).items()}
        | {f"results.{name}": value for name, value in recorded(notebook).items()}
    )


def _by_papermill(notebook: dict[str, Any]) -> dict[str, Any] | None:
    about = notebook["metadata"].get("papermill", {})
    if "start_time" not in about:
        return None
    return {
        "started": about["start_time"],
        "seconds": about.get("duration") or float("nan"),
        "parameters": about.get("parameters", {}),
    }
