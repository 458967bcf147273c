"""The true state of an executed notebook, read from the kernel's own replies.

papermill marks every cell "completed" once it has passed, also when the kernel was killed in it.
"""

from typing import Any

from .chapters import source

REPLY = "shell.execute_reply"


def status(notebook: dict[str, Any]) -> str:
    """Tell whether a notebook was executed to its end.

    Parameters
    ----------
    notebook : dict
        Content of an executed notebook.

    Returns
    -------
    str
        ``"complete"``: every code cell was answered; ``"failed"``: a cell raised;
        ``"interrupted"``: a cell was stopped, or has no answer because the kernel or the run was killed;
        ``"leaking"``: it tells who the patients are;
        ``"stored"``: a cleaned notebook, which is no run.

    Examples
    --------
    >>> cell = {"cell_type": "code", "source": "1", "metadata": {"execution": {"shell.execute_reply": "..."}}}
    >>> status({"cells": [cell]}), status({"cells": [cell, {"cell_type": "code", "source": "2"}]})
    ('complete', 'interrupted')
    """
    if _leak(notebook):
        return "leaking"
    errors = [error["ename"] for cell in notebook["cells"] if (error := _error(cell))]
    if errors:
        return "interrupted" if errors[-1] == "KeyboardInterrupt" else "failed"
    if all(map(_answered, _code(notebook))):
        return "complete"
    return "stored" if is_stored(notebook) else "interrupted"


def is_stored(notebook: dict[str, Any]) -> bool:
    """Tell whether a notebook is a cleaned one, with outputs but without the traces of a run.

    Parameters
    ----------
    notebook : dict
        Content of a notebook.

    Returns
    -------
    bool
        True where every code cell is numbered in order and none holds a kernel's answer.

    Examples
    --------
    >>> is_stored({"cells": [{"cell_type": "code", "source": "1", "execution_count": 1}]})
    True
    """
    code = _code(notebook)
    in_order = [cell.get("execution_count") for cell in code] == list(range(1, len(code) + 1))
    return in_order and not any(map(_answered, code))


def is_untouched(notebook: dict[str, Any]) -> bool:
    """Tell whether a notebook was never run.

    Parameters
    ----------
    notebook : dict
        Content of a notebook.

    Returns
    -------
    bool
        True where it holds code, but no output, number or record of a run.

    Examples
    --------
    >>> is_untouched({"cells": [{"cell_type": "code", "source": "1", "outputs": []}]})
    True
    """
    done = [cell.get("execution_count") or cell.get("outputs") or _answered(cell) for cell in _code(notebook)]
    return bool(done) and not any(done) and not _run(notebook)


def failure(notebook: dict[str, Any]) -> str:
    """Say which cell stopped a run, and why; or what in it tells who the patients are.

    Parameters
    ----------
    notebook : dict
        Content of an executed notebook.

    Returns
    -------
    str
        Empty for a complete run and for a stored notebook.

    Examples
    --------
    >>> error = {"output_type": "error", "ename": "ValueError", "evalue": "no"}
    >>> failure({"cells": [{"cell_type": "code", "source": "f()", "outputs": [error]}]})
    'code cell 1 (f()) raised ValueError: no'
    """
    if _leak(notebook):
        return _leak(notebook)
    if is_stored(notebook):
        return ""
    for number, cell in enumerate(_code(notebook), start=1):
        line = source(cell).strip().split("\n")[0]
        error = _error(cell)
        if error:
            return f"code cell {number} ({line}) raised {error['ename']}: {error['evalue']}"
        if not _answered(cell):
            stopped = _run(notebook).get("stopped", "the kernel or the run was killed in it")
            return f"code cell {number} ({line}) was not finished: {stopped}"
    return ""


def under_way(notebook: dict[str, Any]) -> str:
    """Say which cell of a running notebook is being executed.

    Parameters
    ----------
    notebook : dict
        Content of a notebook that a kernel is filling.

    Returns
    -------
    str
        Its number among the code cells and the heading above it; empty if none is.

    Examples
    --------
    >>> asked = {"cell_type": "code", "source": "1", "metadata": {"execution": {}}}
    >>> under_way({"cells": [{"cell_type": "markdown", "source": "## Why"}, asked]})
    'cell 1 of 1, Why'
    """
    heading, number = "", 0
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            lines = [line for line in source(cell).splitlines() if line.startswith("#")]
            heading = lines[-1].lstrip("# ") if lines else heading
        elif source(cell).strip():
            number += 1
            if "execution" in cell.get("metadata", {}) and not _answered(cell):
                return f"cell {number} of {len(_code(notebook))}" + (f", {heading}" if heading else "")
    return ""


def _leak(notebook: dict[str, Any]) -> str:
    return str(_run(notebook).get("leak", ""))


def _run(notebook: dict[str, Any]) -> dict[str, Any]:
    return notebook.get("metadata", {}).get("workbench", {}).get("run", {})


def _code(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code" and source(cell).strip()]


def _answered(cell: dict[str, Any]) -> bool:
    return REPLY in cell.get("metadata", {}).get("execution", {})


def _error(cell: dict[str, Any]) -> dict[str, Any] | None:
    return next((output for output in cell.get("outputs", []) if output["output_type"] == "error"), None)
