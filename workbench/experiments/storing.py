"""Stored notebooks: executed with their default parameters and cleaned, so that git sees only real changes."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from workbench.files import replacing

from .chapters import find
from .running import run_all
from .status import status

KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}


class StoringError(Exception):
    """A notebook could not be executed, so the stored one was left as it was."""


def store(chapters: Sequence[str | Path], *, jobs: int = 1, progress: bool = True) -> None:
    """Execute notebooks with their default parameters and replace each by its cleaned result.

    Parameters
    ----------
    chapters : sequence of str or Path
        Names of chapters or paths of notebooks. Changed on disk; where one fails it stays as it was.
    jobs : int, optional
        How many run at a time.
    progress : bool, optional
        Show a progress bar.

    Raises
    ------
    StoringError
        If a cell fails.
    """
    from .notebooks import nbformat

    notebooks = [find(chapter) for chapter in chapters]
    with tempfile.TemporaryDirectory() as folder:
        runs = run_all(notebooks, folder=folder, jobs=jobs, progress=progress)
        for path, run in zip(notebooks, runs, strict=True):
            if run.status != "complete":
                raise StoringError(f"{path}: {run.failure}; the stored notebook was left as it was")
            with replacing(path) as temporary:
                nbformat.write(clean(nbformat.read(run.notebook, as_version=4)), temporary)


def clean(notebook: Any) -> Any:
    """Remove from an executed notebook what differs from run to run or from machine to machine.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Not changed.

    Returns
    -------
    nbformat.NotebookNode
        Without timings, run record, interpreter version, progress bars and widget state. Outputs, tags and cell
        identities stay.

    Raises
    ------
    StoringError
        If the notebook was not executed to its end.

    Examples
    --------
    >>> import nbformat
    >>> notebook = nbformat.v4.new_notebook(metadata={"widgets": {}})
    >>> clean(notebook).metadata["kernelspec"]["name"]
    'python3'
    """
    from copy import deepcopy

    notebook = deepcopy(notebook)
    if status(notebook) != "complete":
        raise StoringError("only a notebook that was executed to its end can be stored")
    about = {key: value for key, value in notebook.metadata.get("workbench", {}).items() if key != "run"}
    notebook.metadata = notebook.metadata.__class__(
        KERNEL | {"language_info": {"name": "python"}, "workbench": about}
    )
    for cell in notebook.cells:
        kept = {key: cell.metadata[key] for key in ("tags", "jupyter", "weight") if cell.metadata.get(key)}
        kept.get("jupyter", {}).pop("outputs_hidden", None)
        cell.metadata = cell.metadata.__class__(kept)
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if not is_fleeting(output)]
    return notebook


def is_fleeting(output: Any) -> bool:
    """Tell whether an output lives only while its kernel does: progress, warnings, widgets without a still.

    Parameters
    ----------
    output : dict
        Of a code cell.

    Returns
    -------
    bool
        True for standard error and for widgets that hold no picture.

    Examples
    --------
    >>> is_fleeting({"output_type": "stream", "name": "stderr"})
    True
    """
    data = output.get("data", {})
    is_widget = "application/vnd.jupyter.widget-view+json" in data and "image/png" not in data
    return is_widget or output.get("name") == "stderr"
