"""Executing one notebook: from its source and parameters to a record that is true whatever happens."""

from __future__ import annotations

import asyncio
import json
import platform
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from .chapters import tagged
from .machine import machine, peak_memory, versions
from .nursery import Nursery, NurseryError
from .parameters import Value

KILLED = "the kernel was killed"
PRINTED_AT_MOST = 1_000_000  # characters of one cell's streams
TICK = 1.0  # seconds between two looks at a running kernel


@dataclass(frozen=True)
class Job:
    """A run to be done: plain values, which can travel to another machine.

    Parameters
    ----------
    name : str
        Of the notebook, without suffix.
    notebook : dict
        Its content.
    given : dict
        Parameters that differ from the notebook's cell.
    values : dict
        All parameters.
    digest : str
        See `identity.digest`.
    data : str
        See `identity.data_fingerprint`.
    source : str
        See `identity.source_digest`.
    revision : str
        See `machine.git_revision`.
    timeout : float, optional
        Seconds after which the run is stopped.
    threads : int, optional
        Of the libraries.
    """

    name: str
    notebook: dict[str, Any]
    given: dict[str, Value]
    values: dict[str, Value]
    digest: str
    data: str
    source: str
    revision: str
    timeout: float | None = None
    threads: int | None = None


async def execute(
    job: Job,
    *,
    nursery: Nursery | None = None,
    save: Callable[[Any], None] | None = None,
    watch: Callable[[int], None] | None = None,
) -> dict[str, Any]:
    """Execute a notebook in a kernel of its own.

    Parameters
    ----------
    job : Job
        What to run.
    nursery : Nursery, optional
        Forks the kernel; a cold one is started by default.
    save : callable, optional
        Called with the notebook as it is, before the kernel starts and at most once a second while it runs.
    watch : callable, optional
        Called once a second with the most bytes of memory that the kernel has held.

    Returns
    -------
    nbformat.NotebookNode
        The record, complete or not.

    Raises
    ------
    OSError
        If the first `save` fails; no kernel is started then.
    """
    from nbclient.exceptions import CellExecutionError, DeadKernelError

    from .client import Client
    from .kernels import KernelManager, environment

    notebook = prepared(job)
    run = notebook.metadata.workbench.run
    if save:
        save(notebook)
    clock = time.monotonic()
    # A nursery has the environment since it started; a cold kernel gets the same now.
    manager = KernelManager(environment=environment(job.threads), nursery=nursery)
    client = Client(
        notebook, km=manager, printed_at_most=PRINTED_AT_MOST, told=partial(run.__setitem__, "methods")
    )
    running = asyncio.ensure_future(client.async_execute())
    deadline = clock + job.timeout if job.timeout else float("inf")
    try:
        while not running.done():
            await asyncio.wait({running}, timeout=min(TICK, max(deadline - time.monotonic(), 0.01)))
            peak = peak_memory(manager.process)
            run["peak_mb"] = max(run.get("peak_mb", 0), round(peak / 1e6))
            if watch:
                watch(peak)
            if time.monotonic() > deadline and not running.done():
                run["stopped"] = f"it took longer than {job.timeout:g} s"
                break
            if save and client.changed():
                with suppress(OSError):  # the last save will tell
                    save(notebook)
        if running.done():
            running.result()
    except CellExecutionError:
        pass  # the notebook says it better
    except (DeadKernelError, NurseryError):
        run["stopped"] = KILLED
    except asyncio.CancelledError:
        run["stopped"] = "the sweep was stopped"
        raise
    except Exception as error:
        # Whatever it was, the other runs go on and the record says so.
        run["stopped"] = f"{type(error).__name__}: {error}"
    finally:
        await _end(running, client, now="stopped" in run)
        run["seconds"] = round(time.monotonic() - clock, 2)
        if "stopped" in run and save:
            with suppress(OSError):
                save(notebook)
    return notebook


def prepared(job: Job) -> Any:
    """Make the notebook that is going to be executed.

    Parameters
    ----------
    job : Job
        What to run.

    Returns
    -------
    nbformat.NotebookNode
        With the given parameters in a cell of their own, without outputs, and with what the record says from the
        beginning.
    """
    from papermill.translators import PythonTranslator

    from .notebooks import nbformat

    notebook = nbformat.reads(json.dumps(job.notebook), as_version=4)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        cell.metadata.pop("papermill", None)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    # What another program wrote about another run: paths of a machine, a status that can be wrong.
    notebook.metadata.pop("papermill", None)
    notebook.metadata.pop("widgets", None)
    if job.given:
        source = PythonTranslator.codify(job.given)
        cell = nbformat.v4.new_code_cell(source, id=f"given-{job.digest[:12]}")
        cell.metadata["tags"] = ["injected-parameters"]
        notebook.cells.insert(notebook.cells.index(tagged(notebook, "parameters")[-1]) + 1, cell)
    about = {
        "digest": job.digest,
        "parameters": job.given,
        "seed": job.values.get("seed"),
        "data": job.data,
        "source": job.source,
        "revision": job.revision,
        "threads": job.threads,
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "platform": platform.platform(terse=True),
        "machine": machine(),
        "versions": versions(),
    }
    known = {name: value for name, value in about.items() if value not in (None, "")}
    chapter = notebook.metadata.get("workbench", {})
    notebook.metadata["workbench"] = nbformat.from_dict({**chapter, "run": known})
    return notebook


async def _end(running: asyncio.Future[Any], client: Any, *, now: bool) -> None:
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await client.end_watch()
    client.shutdown_kernel = "immediate" if now else "graceful"
    with suppress(Exception):  # a kernel that is gone already is what we want
        await client._async_cleanup_kernel()
