"""The pool: many runs on this machine, none lost and none twice."""

from __future__ import annotations

import asyncio
import tempfile
import threading
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .executing import KILLED, Job, execute
from .machine import free_memory
from .nursery import FORKS, Nursery, imported
from .places import Place, alone, place, read, write
from .planning import record_of
from .progress import bar_of, share_done
from .status import failure, status, under_way
from .watching import leak

LOOK = 0.5  # seconds between two looks at a lock or at the memory


@dataclass(frozen=True)
class Run:
    """What became of one run.

    Parameters
    ----------
    notebook : Path or str
        The executed notebook, complete or partial: the record. A URL is text.
    status : str
        ``"complete"``, ``"failed"``, ``"interrupted"`` or ``"leaking"``: it tells who the patients are.
    failure : str
        Which cell failed and why, or what leaks; empty for a complete run.
    seconds : float
        Wall time.
    fresh : bool
        False if the record was there already.
    """

    notebook: Any
    status: str
    failure: str
    seconds: float
    fresh: bool = True


def finish(
    jobs: Sequence[Job],
    folder: str | Path,
    *,
    jobs_at_a_time: int,
    force: bool = False,
    retries: int = 2,
    warm: bool = True,
    progress: bool = True,
) -> list[Run]:
    """Do what is not done yet.

    Parameters
    ----------
    jobs : sequence of Job
        See `planning.plan`.
    folder : str or Path
        Of the records; a path or a URL.
    jobs_at_a_time : int
        How many run in parallel; fewer while memory is short.
    force : bool, optional
        Do also what is done.
    retries : int, optional
        How often a run is begun anew because its kernel was killed. A cell that fails is not run again.
    warm : bool, optional
        Fork the kernels of runs with the same imports from one process that has imported them (on Linux).
    progress : bool, optional
        Show a progress bar: of several runs with the number of failures, of one with how far it is.

    Returns
    -------
    list of Run
        In the order of `jobs`.

    Raises
    ------
    KeyboardInterrupt
        If the user stops it: kernels are ended and unfinished records say so; the same call finishes the rest.
    """
    with bar_of(len(jobs), shown=progress) as bar:
        pool = _Pool(place(folder), jobs_at_a_time, force, retries, bar)
        try:
            return wait_for(pool.finish(jobs, warm=warm and FORKS))
        finally:
            pool.close()


def wait_for(work: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine to its end, also in a notebook, whose own event loop is running.

    Parameters
    ----------
    work : coroutine
        Cancelled if the user interrupts.

    Returns
    -------
    object
        What it returns.

    Examples
    --------
    >>> wait_for(asyncio.sleep(0, result=42))
    42
    """
    loop = asyncio.new_event_loop()
    task = loop.create_task(work)
    ended = threading.Event()

    def work_in_loop() -> None:
        try:
            loop.run_until_complete(asyncio.wait({task}))
            loop.close()
        finally:
            ended.set()

    threading.Thread(target=work_in_loop).start()
    try:
        # An event, because a thread whose `join` is interrupted counts as ended although it runs.
        while not ended.wait(LOOK):
            pass
    except BaseException:
        loop.call_soon_threadsafe(task.cancel)
        ended.wait()
        raise
    return task.result()


def publish(job: Job, folder: Place, record: Any) -> Run:
    """Write a record where it belongs.

    Parameters
    ----------
    job : Job
        The run.
    folder : Path or str
        Of all runs.
    record : nbformat.NotebookNode
        The executed notebook; marked if it tells who the patients are.

    Returns
    -------
    Run
        Failed if the record could not be written.
    """
    from .notebooks import nbformat

    run = record["metadata"]["workbench"]["run"]
    target = record_of(job, folder)
    try:
        if job.data:
            with tempfile.TemporaryDirectory() as private:
                copy = Path(private) / f"{job.name}.ipynb"
                copy.write_text(nbformat.writes(record), encoding="utf-8")
                if found := leak(copy, copy):
                    run["leak"] = found
        write(target, nbformat.writes(record) + "\n")
    except OSError as error:
        return Run(target, "failed", f"the record could not be written: {error}", run.get("seconds", 0.0))
    return Run(target, status(record), failure(record), run.get("seconds", 0.0))


def done(job: Job, folder: Place) -> Run | None:
    """Find the complete record of a run.

    Parameters
    ----------
    job : Job
        The run.
    folder : Path or str
        Of all runs.

    Returns
    -------
    Run or None
        None if it was not done, or not to its end.
    """
    import json

    target = record_of(job, folder)
    try:
        record = json.loads(read(target))
        run = record["metadata"]["workbench"]["run"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if run.get("digest") != job.digest or status(record) != "complete":
        return None
    return Run(target, "complete", "", run.get("seconds", 0.0), fresh=False)


@dataclass
class _Pool:
    folder: Place
    limit: int
    force: bool
    retries: int
    bar: Any
    _nurseries: dict[Any, Nursery] = field(default_factory=dict)
    _memory: dict[str, int] = field(default_factory=dict)
    _peak: int = 0

    async def finish(self, jobs: Sequence[Job], *, warm: bool) -> list[Run]:
        shared = [_needs(job) for job in jobs]
        forked = [warm and shared.count(needs) > 1 for needs in shared]
        finished: list[Run | None] = [None] * len(jobs)
        running: dict[asyncio.Task[Run], int] = {}
        waiting = list(reversed(range(len(jobs))))
        failed = 0
        try:
            while waiting or running:
                while waiting and len(running) < self.limit and (not running or self._has_room()):
                    number = waiting.pop()
                    task = asyncio.create_task(self._finish_one(jobs[number], warm=forked[number]))
                    running[task] = number
                ended, _ = await asyncio.wait(running, timeout=LOOK, return_when=asyncio.FIRST_COMPLETED)
                for task in ended:
                    run = finished[running.pop(task)] = task.result()
                    failed += run.status != "complete"
                    self._ended(failed)
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
        return [run for run in finished if run is not None]

    def _ended(self, failed: int) -> None:
        if self.bar.total > 1:
            self.bar.set_postfix(failed=failed, refresh=False)
            self.bar.update()
        elif not failed:
            self.bar.set_postfix_str("", refresh=False)
            self.bar.update(1 - self.bar.n)

    def close(self) -> None:
        for nursery in self._nurseries.values():
            nursery.close()

    def _has_room(self) -> bool:
        # Each run may grow as large as the largest seen, those under way included.
        self._peak = max([self._peak, *self._memory.values()])
        promised = sum(self._peak - held for held in self._memory.values())
        return free_memory() > promised + self._peak

    async def _finish_one(self, job: Job, *, warm: bool) -> Run:
        target = record_of(job, self.folder)
        try:
            while True:
                with alone(target.parent if isinstance(target, Path) else target) as free:
                    if free:
                        _sweep_up(target)
                        found = None if self.force else done(job, self.folder)
                        return found or await self._execute(job, target, warm=warm)
                await asyncio.sleep(LOOK)  # another process is at it
        except OSError as error:
            return Run(target, "failed", f"the record could not be written: {error}", 0.0)

    async def _execute(self, job: Job, target: Place, *, warm: bool) -> Run:
        from .notebooks import nbformat

        running: dict[str, Any] = {}

        def save(notebook: Any) -> None:
            running.update(notebook)
            if isinstance(target, Path):
                write(target, nbformat.writes(notebook) + "\n")

        def watch(peak: int) -> None:
            self._memory[job.digest] = peak
            if self.bar.total == 1:
                self.bar.set_postfix_str(under_way(running), refresh=False)
                self.bar.update(share_done(running, datetime.now(UTC)) - self.bar.n)

        for attempt in range(1, self.retries + 2):
            nursery = await self._nursery(job) if warm else None
            try:
                record = await execute(job, nursery=nursery, save=save, watch=watch)
            finally:
                self._peak = max(self._peak, self._memory.pop(job.digest, 0))
            run = record["metadata"]["workbench"]["run"]
            if attempt > 1:
                run["attempts"] = attempt
            if run.get("stopped") != KILLED:
                break
        return await asyncio.to_thread(publish, job, self.folder, record)

    async def _nursery(self, job: Job) -> Nursery:
        from .kernels import environment

        needs = _needs(job)
        if needs in self._nurseries and not self._nurseries[needs].alive:
            self._nurseries.pop(needs).close()
        if needs not in self._nurseries:
            self._nurseries[needs] = Nursery(imported(job.notebook), environment(job.threads))
        return self._nurseries[needs]


def _sweep_up(target: Place) -> None:
    # A kill between the writing of a file and its renaming leaves the hidden one.
    if isinstance(target, Path):
        for left in target.parent.glob(f".*{target.suffix}"):
            left.unlink(missing_ok=True)


def _needs(job: Job) -> Any:
    return imported(job.notebook), job.threads
