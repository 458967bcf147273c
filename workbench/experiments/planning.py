"""Planning runs: what is asked for, checked and named before a kernel starts."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from .chapters import find, load
from .executing import Job
from .identity import DATA, data_fingerprint, digest, source_digest
from .machine import git_revision
from .parameters import Parameter, Value, check_against, declared
from .places import Place, beside


def plan(
    wanted: Iterable[tuple[str | Path, Mapping[str, Any]]],
    *,
    timeout: float | None = None,
    threads: int | None = None,
) -> list[Job]:
    """Check the runs that are wanted.

    Parameters
    ----------
    wanted : iterable of (str or Path, mapping)
        Chapter or notebook, and parameters that differ from its own. A file that the notebook itself names as its
        data, and that lies beside it, is taken wherever this is called.
    timeout : float, optional
        Seconds after which a run is stopped.
    threads : int, optional
        Of the libraries in each run.

    Returns
    -------
    list of Job
        In the same order.

    Raises
    ------
    ChapterError
        If there is no such chapter.
    ParameterError
        If a parameter is unknown, of the wrong type or out of range.

    Examples
    --------
    >>> [job.given for job in plan([("02_processing", {"filter_size": "7"})])]
    [{'filter_size': 7}]
    """
    source = source_digest()
    notebooks = cache(lambda path: (content := load(path), declared(content, path)))
    data = cache(lambda items: data_fingerprint(dict(items)))
    jobs = []
    for chapter, parameters in wanted:
        path = find(chapter)
        notebook, known = notebooks(path)
        given = _beside(path, known) | check_against(known, parameters, chapter=path.stem)
        values = {name: parameter.default for name, parameter in known.items()} | given
        named = data(tuple((name, value) for name, value in values.items() if isinstance(value, str)))
        job = Job(
            name=path.stem,
            notebook=notebook,
            given={name: given[name] for name in known if name in given},
            values=values,
            digest=digest(notebook, values, data=named, threads=threads, package=source),
            data=named,
            source=source,
            revision=git_revision(path.parent),
            timeout=timeout,
            threads=threads,
        )
        jobs.append(job)
    return jobs


def _beside(path: Path, known: Mapping[str, Parameter]) -> dict[str, Value]:
    """Name the files that a notebook means beside itself as they are seen from here."""
    found: dict[str, Value] = {}
    for name in DATA:
        named = str(known[name].default) if name in known else ""
        if named and (file := path.parent / named).is_file() and not Path(named).is_absolute():
            seen = _from_here(file)
            found |= {name: seen} if seen != named else {}
    return found


def _from_here(file: Path) -> str:
    try:
        return Path(os.path.relpath(file)).as_posix()
    except ValueError:  # on another drive
        return file.resolve().as_posix()


def record_of(job: Job, folder: Place) -> Place:
    """Name the place of a run's record.

    Parameters
    ----------
    job : Job
        The run.
    folder : Path or str
        Of all runs; a path or a URL.

    Returns
    -------
    Path or str
        Of the executed notebook, in a folder named by the run's digest.
    """
    return beside(folder, f"{job.name}-{job.digest[:12]}", f"{job.name}.ipynb")
