"""Runs on a Dask cluster that is there already."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from threading import Lock
from typing import Any

from .executing import KILLED, Job, execute
from .identity import data_fingerprint, source_digest
from .nursery import FORKS, Nursery, imported
from .places import Place, place
from .planning import record_of
from .pool import Run, done, publish

_nurseries: dict[Any, Nursery] = {}
_choosing = Lock()


class ClusterError(RuntimeError):
    """The cluster cannot be reached, or its workers are not like this machine; the message says what differs."""


def finish_on(
    scheduler: str,
    jobs: Sequence[Job],
    folder: str | Path,
    *,
    force: bool = False,
    retries: int = 2,
    progress: bool = True,
) -> list[Run]:
    """Do what is not done yet, on the workers of a Dask cluster.

    Records travel back to this process, which writes them, so the workers need no folder in common with it;
    studies that are files must be at the same path everywhere.

    Parameters
    ----------
    scheduler : str
        Its address, such as ``"tcp://127.0.0.1:8786"``.
    jobs : sequence of Job
        See `planning.plan`.
    folder : str or Path
        Of the records; a path or a URL.
    force, retries, progress
        See `pool.finish`. A run whose worker was killed is given to another by Dask itself.

    Returns
    -------
    list of Run
        In the order of `jobs`.

    Raises
    ------
    ClusterError
        If the scheduler does not answer.
    """
    try:
        from distributed import Client, as_completed
    except ImportError as error:
        raise ClusterError("a cluster needs Dask: pip install 'medical-imaging-workbench[cluster]'") from error
    from tqdm.auto import tqdm

    where = place(folder)
    found = {job.digest: None if force else done(job, where) for job in jobs}
    todo = {job.digest: job for job in jobs if found[job.digest] is None}
    runs = {digest: run for digest, run in found.items() if run is not None}
    bar = tqdm(total=len(jobs), initial=len(jobs) - len(todo), unit="run", disable=not progress)
    try:
        client = Client(scheduler, timeout=10, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterError(f"no Dask scheduler answers at {scheduler}: {error}") from error
    with client, bar:
        futures = {
            client.submit(_on_worker, json.dumps(asdict(job)), retries, key=f"{job.name}-{digest}"): job
            for digest, job in todo.items()
        }
        try:
            for future in as_completed(list(futures), loop=client.loop):
                job = futures[future]
                runs[job.digest] = _received(future, job, where)
                future.release()
                bar.set_postfix(failed=sum(run.status != "complete" for run in runs.values()), refresh=False)
                bar.update()
        except KeyboardInterrupt:
            client.cancel(list(futures))
            raise
    return [runs[job.digest] for job in jobs]


def _received(future: Any, job: Job, folder: Place) -> Run:
    from .notebooks import nbformat

    if future.status == "finished":
        return publish(job, folder, nbformat.reads(future.result(), as_version=4))
    error = future.exception()
    return Run(record_of(job, folder), "failed", f"{type(error).__name__}: {error}", 0.0)


def _on_worker(text: str, retries: int) -> str:
    from .notebooks import nbformat

    job = Job(**json.loads(text))
    if source_digest() != job.source:
        raise ClusterError("the worker has another version of the workbench than the one that asked for the run")
    if data_fingerprint(job.values) != job.data:
        raise ClusterError("the worker sees other data: a study must be at the same path on every machine")
    for attempt in range(1, retries + 2):
        record = asyncio.run(execute(job, nursery=_nursery_of(job) if FORKS else None))
        run = record["metadata"]["workbench"]["run"]
        if attempt > 1:
            run["attempts"] = attempt
        if run.get("stopped") != KILLED:
            break
    return nbformat.writes(record)


def _nursery_of(job: Job) -> Nursery:
    # A worker lives long and its threads share it.
    from .kernels import environment

    needs = (imported(job.notebook), job.threads)
    with _choosing:
        if needs in _nurseries and not _nurseries[needs].alive:
            _nurseries.pop(needs).close()
        if needs not in _nurseries:
            _nurseries[needs] = Nursery(needs[0], environment(job.threads))
        return _nurseries[needs]
