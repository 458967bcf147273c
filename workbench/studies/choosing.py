"""Which of several runs of a study is the one to report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from workbench.experiments.chapters import STUDY, ChapterError, load, source, tagged
from workbench.experiments.status import status

from .remembering import MEMORY


def is_study(folder: Path) -> bool:
    """Tell whether a folder is a study that was started, or that of its runs.

    Parameters
    ----------
    folder : Path
        Such as ``my_study`` or ``my_study/runs``.

    Returns
    -------
    bool
        True where `start` has left its memory in it or in the folder above.

    Examples
    --------
    >>> is_study(Path("no such folder"))
    False
    """
    return _study_of(folder, levels=2) is not None


def chosen(notebooks: Sequence[Path]) -> tuple[Path, str]:
    """Choose the run of a study to report.

    Parameters
    ----------
    notebooks : sequence of Path
        Records of runs of one notebook.

    Returns
    -------
    path : Path
        The newest of the complete ones; where the study's notebook is in a folder above, of the runs of its
        present cells, if there are any.
    told : str
        Which it is, and why.

    Raises
    ------
    ValueError
        If there is no record.

    Examples
    --------
    >>> chosen([])
    Traceback (most recent call last):
    ValueError: expected at least one executed notebook, received none
    """
    records = {path: found for path in notebooks if (found := _record(path)) is not None}
    if not records:
        raise ValueError("expected at least one executed notebook, received none")
    complete = {path: record for path, record in records.items() if status(record) == "complete"}
    folder = _study_of(next(iter(records)).parent, levels=3)
    present = _cells(load(folder / STUDY)) if folder and (folder / STUDY).is_file() else None
    current = {path: record for path, record in complete.items() if _cells(record) == present}
    among = current or complete or records
    path = max(among, key=lambda path: (_started(among[path]), path.stat().st_mtime))
    kind = "newest complete run" if complete else "newest run, and none is complete"
    of_now = (
        "" if present is None else " of the study as it is now" if current else ", of the study as it was before"
    )
    if complete and present is not None and not current:
        of_now += ": run it again"
    return path, f"{len(records)} runs are there; this is the {kind}{of_now}: {path}"


def _study_of(folder: Path, *, levels: int) -> Path | None:
    above = [folder, *folder.absolute().parents][:levels]
    return next((place for place in above if (place / MEMORY).is_file()), None)


def _record(path: Path) -> dict[str, Any] | None:
    try:
        return load(path)
    except ChapterError:
        return None


def _started(record: dict[str, Any]) -> str:
    return str(record.get("metadata", {}).get("workbench", {}).get("run", {}).get("started", ""))


def _cells(notebook: dict[str, Any]) -> list[str]:
    given = tagged(notebook, "injected-parameters")
    return [source(cell) for cell in notebook["cells"] if cell not in given]
