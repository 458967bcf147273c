"""Runs: a chapter executed headless, whose notebook is the record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from .parameters import Value
from .planning import plan
from .pool import Run, finish

RUNS = Path("runs")


def run(
    chapter: str | Path,
    *,
    folder: str | Path = RUNS,
    force: bool = False,
    timeout: float | None = None,
    threads: int | None = None,
    **parameters: Value,
) -> Run:
    """Run a chapter headless with other parameters, unless that very run was done before.

    Parameters
    ----------
    chapter : str or Path
        Its name, or the path of any notebook.
    folder : str or Path, optional
        Holds a folder for each run, named by a digest of notebook, parameters, the workbench's own source and the
        data; a URL that fsspec understands will do.
    force : bool, optional
        Run also what was done before.
    timeout : float, optional
        Seconds after which the run is stopped.
    threads : int, optional
        Of the libraries; another number rounds differently, so it is part of the digest.
    **parameters
        Values for the names in the notebook's ``parameters`` cell.

    Returns
    -------
    Run
        Also when a cell fails: look at its status.

    Raises
    ------
    ParameterError
        If a parameter is unknown, has the wrong type or is out of range; no kernel is started then.
    ChapterError
        If there is no such chapter.
    """
    jobs = plan([(chapter, parameters)], timeout=timeout, threads=threads)
    return finish(jobs, folder, jobs_at_a_time=1, force=force, progress=False)[0]


def run_all(
    chapters: Iterable[str | Path],
    *,
    folder: str | Path = RUNS,
    parameters: Mapping[str, Any] | None = None,
    jobs: int = 1,
    force: bool = False,
    timeout: float | None = None,
    threads: int | None = None,
    progress: bool = True,
) -> list[Run]:
    """Run several chapters, in parallel, each in a kernel of its own.

    Parameters
    ----------
    chapters : iterable of str or Path
        Names, or paths of notebooks.
    folder : str or Path, optional
        See `run`.
    parameters : mapping of str to object, optional
        Values for every chapter.
    jobs : int, optional
        How many run at a time.
    force, timeout, threads
        See `run`.
    progress : bool, optional
        Show a progress bar.

    Returns
    -------
    list of Run
        In the order of `chapters`, failed ones included.

    Raises
    ------
    ParameterError, ChapterError
        As for `run`; nothing is started then.
    """
    planned = plan(((chapter, parameters or {}) for chapter in chapters), timeout=timeout, threads=threads)
    return finish(planned, folder, jobs_at_a_time=jobs, force=force, progress=progress)
