"""The identity of a run: equal digests promise equal results."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

from workbench.files import nearest

from .chapters import PACKAGE, source
from .parameters import Value

DATA = ("cohort", "external_cohort", "study")  # the parameters that may name files
#: Files whose fingerprint holds all that a run reads of them, wherever they are seen from.
WHOLE = (".csv", ".parquet", ".npz")


def digest(
    notebook: dict[str, Any],
    values: Mapping[str, Value],
    *,
    data: str,
    threads: int | None = None,
    package: str | None = None,
) -> str:
    """Name a run by all that determines its results.

    Parameters
    ----------
    notebook : dict
        Its content; outputs play no part.
    values : mapping of str to object
        All parameters, defaults included; of a table of cases or a file of arrays that is there its name alone
        counts, as `data` tells the content.
    data : str
        See `data_fingerprint`.
    threads : int, optional
        Of the libraries, which round differently with another number.
    package : str, optional
        See `source_digest`; taken now by default.

    Returns
    -------
    str
        64 hexadecimal digits.

    Examples
    --------
    >>> digest({"cells": []}, {"a": 1}, data="") == digest({"cells": []}, {"a": 2}, data="")
    False
    """
    cells = [
        [cell["cell_type"], cell.get("metadata", {}).get("tags", []), source(cell)] for cell in notebook["cells"]
    ]
    told = [(name, _seen_from_anywhere(name, value) if data else value) for name, value in sorted(values.items())]
    parts = [cells, told, package or source_digest(), data, threads]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _seen_from_anywhere(name: str, value: Value) -> Value:
    if name not in DATA or not isinstance(value, str) or not value.lower().endswith(WHOLE):
        return value
    file = nearest(value)
    return file.name if file.is_file() else value


def source_digest() -> str:
    """Take the fingerprint of the workbench's own source.

    Returns
    -------
    str
        16 hexadecimal digits, read anew each time, because the source may be edited while Python runs.

    Examples
    --------
    >>> len(source_digest())
    16
    """
    total = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        total.update(path.relative_to(PACKAGE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()[:16]


def data_fingerprint(values: Mapping[str, Value]) -> str:
    """Take the fingerprint of the files that the parameters ``cohort`` and ``study`` name.

    Parameters
    ----------
    values : mapping of str to object
        All parameters.

    Returns
    -------
    str
        16 hexadecimal digits from the files' contents and places in the study, of a table with those that its
        cells name; empty if no files are named, as with ``"samples"``, whose content follows from the versions.

    Examples
    --------
    >>> data_fingerprint({"cohort": "samples", "size": 3})
    ''
    """
    named = [nearest(text) for name in DATA if isinstance(text := values.get(name), str) and text]
    files = [(str(path), file) for root in named if root.exists() for path, file in _files(root)]
    if not files:
        return ""
    with ThreadPoolExecutor() as pool:
        digests = pool.map(_of_file, (file for _, file in files))
    listed = [[path, found] for (path, _), found in zip(files, digests, strict=True)]
    return hashlib.sha256(json.dumps(listed).encode()).hexdigest()[:16]


def _files(root: Path) -> Iterator[tuple[Path, Path]]:
    if root.is_dir():
        yield from ((path.relative_to(root), path) for path in sorted(root.rglob("*")) if path.is_file())
        return
    yield Path(root.name), root
    for cell in sorted({cell.partition("::")[0] for cell in _cells(root)}):
        # A path too long for the system is a long text, not a file.
        if not 0 < len(cell) < 255:
            continue
        path = root.parent / cell
        yield from ((Path(cell) / file.name, file) for file in ([path] if path.is_file() else _inside(path)))


def _inside(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []


def _cells(table: Path) -> set[str]:
    if table.suffix == ".csv":
        with table.open(newline="", encoding="utf-8", errors="replace") as file:
            return {cell for row in csv.reader(file) for cell in row}
    if table.suffix == ".parquet":
        import pandas as pd

        return {cell for _, column in pd.read_parquet(table).items() for cell in column if isinstance(cell, str)}
    return set()


def _of_file(path: Path) -> str:
    about = path.stat()
    return _of_content(path, about.st_size, about.st_mtime_ns)


@lru_cache(maxsize=100_000)
def _of_content(path: Path, size: int, modified: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
