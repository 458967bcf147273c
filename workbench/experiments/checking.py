"""Checking notebooks against the chapter standard before they are passed on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .chapters import ChapterError, load, source, tagged
from .parameters import ParameterError, declared
from .watching import leak

ABSOLUTE = re.compile(
    r"""(?<![\w.:/~])(?:/(?:home|root|Users|work|tmp|usr|mnt|media|data|var|private|opt|scratch)/|[A-Z]:\\\\?)[\w.-]+"""
)
PATIENT = re.compile(
    r"\(0010,\s?(?:0010|0020|0030|1000|1001|1040|2154)\)|\bPatient'?s (?:Name|Birth Date)\b", re.I
)
LARGEST = 600_000


def check_notebook(path: str | Path, *, largest: int = LARGEST) -> list[str]:
    """Look for what a notebook that is passed on must not have.

    Parameters
    ----------
    path : str or Path
        The notebook.
    largest : int, optional
        Bytes that it may have.

    Returns
    -------
    list of str
        What is wrong, and where: parameters that cannot be read, absolute paths, patient data, cells executed out
        of order, errors, warnings, widgets without a picture, size. Empty if nothing is.

    Examples
    --------
    >>> from workbench.experiments import find
    >>> check_notebook(find("02_processing"))
    []
    """
    path = Path(path)
    try:
        notebook = load(path)
    except ChapterError as error:
        return [str(error).removeprefix(f"{path}: ")]
    found = [*_format(notebook), *_parameters(notebook), *_order(notebook)]
    for number, cell in enumerate(notebook["cells"], start=1):
        found += [f"cell {number}: {problem}" for problem in _cell(cell)]
    size = path.stat().st_size
    if size > largest:
        found.append(f"{size / 1e3:.0f} kB, expected at most {largest / 1e3:.0f}: make figures smaller or fewer")
    if not found and (telling := leak(path, path)):
        found.append(telling)
    return found


def _format(notebook: dict[str, Any]) -> Iterator[str]:
    import warnings

    from .notebooks import nbformat

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what is wrong with the notebook, which is what we ask
            nbformat.validate(nbformat.from_dict(notebook))
    except nbformat.ValidationError as error:
        yield f"not a valid notebook: {str(error).splitlines()[0]}"


def _parameters(notebook: dict[str, Any]) -> Iterator[str]:
    cells = tagged(notebook, "parameters")
    if len(cells) != 1:
        yield f"expected one cell tagged 'parameters', found {len(cells)}"
        return
    try:
        known = declared(notebook, "its parameters cell")
    except ParameterError as error:
        yield str(error)
        return
    yield from (
        f"parameter {name} has no comment that says what it does" for name in known if not known[name].help
    )


def _order(notebook: dict[str, Any]) -> Iterator[str]:
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code" and source(cell).strip()]
    counts = [cell.get("execution_count") for cell in code]
    if any(count is not None for count in counts) and counts != list(range(1, len(counts) + 1)):
        yield f"cells were executed in the order {counts}; run all from the top (workbench store)"


def _cell(cell: dict[str, Any]) -> Iterator[str]:
    for text in (source(cell), *(text for output in cell.get("outputs", []) for text in _texts(output))):
        if path := ABSOLUTE.search(text):
            yield f"an absolute path, {path[0]}...: it exists on one machine only; make it a parameter"
        if element := PATIENT.search(text):
            yield f"patient data may be shown ({element[0]}); print no headers"
    for output in cell.get("outputs", []):
        kinds = output.get("data", {})
        if output["output_type"] == "error":
            yield f"an error is stored: {output.get('ename')}"
        if output.get("name") == "stderr":
            yield "a warning or log is stored"
        if "application/vnd.jupyter.widget-view+json" in kinds and "image/png" not in kinds:
            yield "a widget without a picture: it is blank where no kernel runs"


def _texts(output: dict[str, Any]) -> Iterator[str]:
    # Pictures are left out: by chance their letters say anything.
    shown = {kind: text for kind, text in output.get("data", {}).items() if not kind.startswith("image/")}
    for text in [output.get("text", ""), *shown.values(), *output.get("traceback", [])]:
        if isinstance(text, str | list):
            yield text if isinstance(text, str) else "".join(map(str, text))
