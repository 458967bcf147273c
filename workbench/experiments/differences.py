"""The difference between two records: parameters, results, figures, source and versions."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .chapters import joined, load, source
from .parameters import declared
from .results import recorded
from .status import status

if TYPE_CHECKING:
    import pandas as pd

LINE, BEFORE = 60, 20  # characters of a text that are shown, and of these before what differs


def diff(first: str | Path, second: str | Path) -> pd.DataFrame:
    """Compare two executed notebooks.

    Parameters
    ----------
    first, second : str or Path
        Records, or the folders of single runs.

    Returns
    -------
    pandas.DataFrame
        One row for each difference: ``kind`` (``"parameter"``, ``"result"``, ``"figure"``, ``"text"``,
        ``"source"``, ``"version"``, ``"status"``, ``"data"``), ``name``, ``first`` and ``second``; empty if they
        say the same.

    Raises
    ------
    ChapterError
        If one is no notebook.
    """
    import pandas as pd

    one, other = (load(_record(Path(path))) for path in (first, second))
    rows = [
        (kind, name, a, b)
        for kind, of in (
            ("status", lambda notebook: {"status": status(notebook)}),
            ("data", lambda notebook: {"fingerprint": _run(notebook).get("data", "")}),
            ("parameter", _parameters),
            ("result", recorded),
            ("source", _sources),
            ("version", lambda notebook: _run(notebook).get("versions", {})),
            ("text", _texts),
        )
        for name, a, b in _unequal(of(one), of(other))
    ]
    rows += [("figure", name, *_pixels(a, b)) for name, a, b in _unequal(_figures(one), _figures(other))]
    return pd.DataFrame(rows, columns=["kind", "name", "first", "second"])


def _record(path: Path) -> Path:
    from .chapters import ChapterError

    if not path.is_dir():
        return path
    found = [notebook for notebook in path.glob("*.ipynb") if not notebook.name.startswith(".")]
    if len(found) != 1:
        raise ChapterError(f"{path}: expected a folder with one executed notebook, found {len(found)}")
    return found[0]


def _unequal(first: dict[str, Any], second: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    names = list(first) + [name for name in second if name not in first]
    return [(name, first.get(name), second.get(name)) for name in names if first.get(name) != second.get(name)]


def _run(notebook: dict[str, Any]) -> dict[str, Any]:
    return notebook.get("metadata", {}).get("workbench", {}).get("run", {})


def _parameters(notebook: dict[str, Any]) -> dict[str, Any]:
    defaults = {name: parameter.default for name, parameter in declared(notebook, "the record").items()}
    return defaults | _run(notebook).get("parameters", {})


def _code(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    injected = "injected-parameters"
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    return [cell for cell in code if injected not in cell.get("metadata", {}).get("tags", [])]


def _sources(notebook: dict[str, Any]) -> dict[str, str]:
    return {f"code cell {number}": source(cell) for number, cell in enumerate(_code(notebook), start=1)}


def _outputs(notebook: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"code cell {number}, output {place}", output)
        for number, cell in enumerate(_code(notebook), start=1)
        for place, output in enumerate(cell.get("outputs", []), start=1)
    ]


def _figures(notebook: dict[str, Any]) -> dict[str, str]:
    return {
        name: "".join(output["data"]["image/png"])
        for name, output in _outputs(notebook)
        if "image/png" in output.get("data", {})
    }


def _texts(notebook: dict[str, Any]) -> dict[str, str]:
    texts = {}
    for name, output in _outputs(notebook):
        text = output.get("text") or output.get("data", {}).get("text/plain", "")
        if "image/png" not in output.get("data", {}) and text:
            texts[name] = joined(text)
    return texts


def _pixels(first: str | None, second: str | None) -> tuple[str, str]:
    import numpy as np
    from PIL import Image

    if first is None or second is None:
        return ("there" if first else "missing"), ("there" if second else "missing")
    one, other = (
        np.asarray(Image.open(io.BytesIO(base64.b64decode(text))).convert("RGB"), dtype=int)
        for text in (first, second)
    )
    if one.shape != other.shape:
        return f"{one.shape[1]} x {one.shape[0]}", f"{other.shape[1]} x {other.shape[0]}"
    distance = abs(one - other).max(axis=-1)
    share = 100 * float((distance > 0).mean())
    return "", f"{share:.3g} % of the pixels differ, by up to {distance.max()} of 255"


def told(first: Any, second: Any) -> tuple[str, str]:
    """Write both values of a difference in a line each, so that they are seen to differ.

    Parameters
    ----------
    first, second : object
        Of a row of the table.

    Returns
    -------
    tuple of str
        Numbers with as many digits as tell them apart, three at least; of long texts, where they begin to differ.

    Examples
    --------
    >>> told(0.9869777, 0.9818222), told(0.99021, 0.99018), told(3, 10)
    (('0.987', '0.982'), ('0.99021', '0.99018'), ('3', '10'))
    """
    if isinstance(first, float) and isinstance(second, float):
        return _numbers(first, second)
    one, other = (" ".join((one if isinstance(one, str) else json.dumps(one)).split()) for one in (first, second))
    letters = enumerate(zip(one, other, strict=False))
    same = next((place for place, (a, b) in letters if a != b), min(len(one), len(other)))
    start = max(same - BEFORE, 0) if max(len(one), len(other)) > LINE else 0
    return _cut(one, start), _cut(other, start)


def _numbers(first: float, second: float) -> tuple[str, str]:
    for digits in range(3, 17):
        one, other = (f"{number:#.{digits}g}" for number in (first, second))
        if one != other:
            break
    return one, other


def _cut(text: str, start: int) -> str:
    end = start + LINE
    return f"{'...' * (start > 0)}{text[start:end]}{'...' * (end < len(text))}"
