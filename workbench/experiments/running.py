"""Runs: a chapter executed headless, whose notebook is the record."""

from __future__ import annotations

import os
import platform
import threading
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from .chapters import find, load
from .parameters import Value, check
from .status import failure, status
from .watching import leak

PACKAGES = ("keras", "matplotlib", "numpy", "pandas", "scikit-image", "scikit-learn", "scipy", "tensorflow")


@dataclass(frozen=True)
class Run:
    """What became of one run.

    Parameters
    ----------
    notebook : Path
        The executed notebook, complete or partial: the record.
    status : str
        ``"complete"``, ``"failed"``, ``"interrupted"`` or ``"leaking"``: it tells who the patients are.
    failure : str
        Which cell failed and why, or what leaks; empty for a complete run.
    seconds : float
        Wall time.
    """

    notebook: Path
    status: str
    failure: str
    seconds: float


def run(chapter: str | Path, *, folder: str | Path | None = None, **parameters: Value) -> Run:
    """Run a chapter headless with other parameters.

    Parameters
    ----------
    chapter : str or Path
        Its name, or the path of any notebook.
    folder : str or Path, optional
        Where the executed notebook goes; a new folder in ``runs`` by default.
    **parameters
        Values for the names in the notebook's ``parameters`` cell.

    Returns
    -------
    Run
        Also when a cell fails: look at its status.

    Raises
    ------
    ParameterError
        If a parameter is unknown or has the wrong type; no kernel is started then.
    ChapterError
        If there is no such chapter.
    FileExistsError
        If the folder holds this notebook already: results are never overwritten.
    """
    return run_all([chapter], folder=folder, parameters=parameters, jobs=1, progress=False)[0]


def run_all(
    chapters: Iterable[str | Path],
    *,
    folder: str | Path | None = None,
    parameters: Mapping[str, Any] | None = None,
    jobs: int = 1,
    progress: bool = True,
) -> list[Run]:
    """Run several chapters, in parallel, each in a process and a kernel of its own.

    Parameters
    ----------
    chapters : iterable of str or Path
        Names, or paths of notebooks.
    folder : str or Path, optional
        Where the executed notebooks go; a new folder in ``runs`` by default.
    parameters : mapping of str to object, optional
        Values for every chapter.
    jobs : int, optional
        How many run at a time.
    progress : bool, optional
        Show a progress bar.

    Returns
    -------
    list of Run
        In the order of `chapters`, failed ones included.

    Raises
    ------
    ParameterError, ChapterError, FileExistsError
        As for `run`; nothing is started then.
    """
    from tqdm.auto import tqdm

    paths = [find(chapter) for chapter in chapters]
    given = [check(path, parameters or {}) for path in paths]
    folder = Path(folder) if folder is not None else new_folder(paths)
    targets = [folder / path.name for path in paths]
    for target in targets:
        if target.exists():
            raise FileExistsError(f"{target} exists, and results are never overwritten; choose another folder")
    folder.mkdir(parents=True, exist_ok=True)
    # Spawned, not forked: a fork of a process with TensorFlow's threads can hang.
    context = get_context("spawn")
    receiver, lifeline = context.Pipe(duplex=False)
    workers = min(jobs, len(paths))
    with ProcessPoolExecutor(workers, context, initializer=_die_with, initargs=(receiver,)) as pool, lifeline:
        futures = {pool.submit(_execute, *job): job[1] for job in zip(paths, targets, given, strict=True)}
        bar = tqdm(as_completed(futures), total=len(futures), unit="chapter", disable=not progress)
        runs = {}
        for future in bar:
            runs[futures[future]] = future.result()
            bar.set_postfix_str(futures[future].stem)
    return [runs[target] for target in targets]


def new_folder(paths: list[Path]) -> Path:
    """Name a folder in ``runs`` for a run that starts now.

    Parameters
    ----------
    paths : list of Path
        The notebooks to run.

    Returns
    -------
    Path
        It does not exist yet.

    Examples
    --------
    >>> new_folder([Path("02_processing.ipynb")]).name[16:]
    '02_processing'
    """
    label = paths[0].stem if len(paths) == 1 else "chapters"
    stem = f"{datetime.now().astimezone():%Y%m%d-%H%M%S}-{label}"
    candidates = [stem] + [f"{stem}-{number}" for number in range(2, 1000)]
    return next(Path("runs") / name for name in candidates if not (Path("runs") / name).exists())


def _die_with(receiver: Connection) -> None:
    # When the other end closes, because this process's parent was interrupted or killed, nobody waits for the run
    # any more. The kernel dies with its parent, and the notebook keeps what was saved up to the last second.
    def wait() -> None:
        with suppress(EOFError):
            receiver.recv()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def _execute(source: Path, target: Path, given: dict[str, Value]) -> Run:
    import papermill

    from .kernels import KernelManager
    from .saving import save_whole

    about: dict[str, Any] = {
        "parameters": given,
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "platform": platform.platform(terse=True),
        "versions": versions(),
    }
    clock = time.monotonic()
    cause = ""
    try:
        _annotate(source, target, about)
        save_whole(target)
        papermill.execute_notebook(
            target,
            target,
            parameters=given,
            kernel_name="python3",
            language="python",
            kernel_manager_class=KernelManager,
            progress_bar=False,
            autosave_cell_every=1,
        )
    except papermill.PapermillExecutionError:
        pass  # the notebook says it better
    except Exception as error:
        # A killed kernel, a full disk: whatever it was, the other runs go on and the record says so.
        cause = f"{type(error).__name__}: {error}"
    seconds = time.monotonic() - clock
    if not target.exists():
        return Run(target, "failed", cause or "nothing was written", seconds)
    _annotate(target, target, about | {"seconds": round(seconds, 2)})
    notebook = _watched(target)
    return Run(target, status(notebook), failure(notebook) or cause, seconds)


def _annotate(source: Path, target: Path, run: dict[str, Any]) -> None:
    import nbformat

    from workbench.files import replacing

    notebook = nbformat.read(source, as_version=4)
    notebook.metadata.pop("papermill", None)  # its paths are this machine's, its status can be wrong
    notebook.metadata.setdefault("workbench", {})["run"] = run
    with replacing(target) as temporary:
        nbformat.write(notebook, temporary)


def _watched(target: Path) -> dict[str, Any]:
    import json

    from workbench.files import replacing

    notebook = load(target)
    found = leak(target, target)
    if found:
        notebook["metadata"]["workbench"]["run"]["leak"] = found
        with replacing(target) as temporary:
            temporary.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return notebook


def versions() -> dict[str, str]:
    """Return the versions of the workbench and of the libraries that determine its numbers.

    Returns
    -------
    dict of str to str
        Package to version.

    Examples
    --------
    >>> "numpy" in versions()
    True
    """
    from importlib.metadata import version

    from workbench import __version__

    return {"workbench": __version__} | {name: version(name) for name in PACKAGES}
