"""Where records stand: in folders, or under any URL that fsspec understands."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from workbench.files import replacing

Place = Path | str


def place(where: str | Path) -> Place:
    """Tell a URL from a path.

    Parameters
    ----------
    where : str or Path
        As given by a user.

    Returns
    -------
    Path or str
        A URL stays text.

    Examples
    --------
    >>> place("memory://runs"), place("runs").name
    ('memory://runs', 'runs')
    """
    return str(where) if "://" in str(where) else Path(where)


def beside(folder: Place, *names: str) -> Place:
    """Name a place in a folder.

    Parameters
    ----------
    folder : Path or str
        A path or a URL.
    *names : str
        Folders, and the file at last.

    Returns
    -------
    Path or str
        Of the folder's kind.

    Examples
    --------
    >>> beside("memory://runs/", "a", "b.ipynb")
    'memory://runs/a/b.ipynb'
    """
    return "/".join([folder.rstrip("/"), *names]) if isinstance(folder, str) else folder.joinpath(*names)


def write(target: Place, text: str) -> None:
    """Write a file that is whole at any moment.

    Parameters
    ----------
    target : Path or str
        A path or a URL.
    text : str
        Its content.
    """
    if isinstance(target, str):
        system, path = _system(target)
        system.makedirs(path.rpartition("/")[0], exist_ok=True)
        system.pipe_file(path, text.encode())  # appears when it is complete, on object stores too
        return
    with replacing(target) as temporary:
        temporary.write_text(text, encoding="utf-8")


def read(source: Place) -> str:
    """Read a file.

    Parameters
    ----------
    source : Path or str
        A path or a URL.

    Returns
    -------
    str
        Its content.

    Raises
    ------
    FileNotFoundError
        If there is none.
    """
    if isinstance(source, str):
        system, path = _system(source)
        return system.cat_file(path).decode()
    return source.read_text(encoding="utf-8")


def notebooks(folder: Place) -> Iterator[tuple[str, str]]:
    """List the notebooks below a folder, and a mark of each that changes when the file does.

    Parameters
    ----------
    folder : Path or str
        A path or a URL.

    Yields
    ------
    tuple of str
        Relative to the folder, without hidden files, which a killed run can leave half-written; and its mark.

    Raises
    ------
    FileNotFoundError
        If there is no such folder.
    """
    if isinstance(folder, str):
        system, root = _system(folder)
        for path, about in system.find(root, detail=True).items():
            name = path.rpartition("/")[2]
            if name.startswith(".") or not name.endswith(".ipynb"):
                continue
            changed = about.get("mtime") or about.get("LastModified") or about.get("created")
            yield path[len(root) :].strip("/"), f"{changed} {about['size']}"
        return
    yield from _below(folder, "")


@contextmanager
def alone(folder: Place) -> Iterator[bool]:
    """Try to be the only process that writes a run's folder.

    Parameters
    ----------
    folder : Path or str
        Of one run. Under a URL nothing is locked.

    Yields
    ------
    bool
        False if another process holds it. The lock ends with the process, however that ends.
    """
    if isinstance(folder, str) or os.name == "nt":
        yield True
        return
    import fcntl

    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def standing(status: str, folder: Path) -> str:
    """Tell how a run stands now: what looks interrupted may be running still.

    Parameters
    ----------
    status : str
        As from `status` of its notebook.
    folder : Path
        Of the run.

    Returns
    -------
    str
        ``"running"`` where an interrupted run's folder is held, else `status`.

    Examples
    --------
    >>> standing("interrupted", Path("nowhere"))
    'interrupted'
    """
    return "running" if status == "interrupted" and _is_held(folder) else status


def _is_held(folder: Path) -> bool:
    # False, too, where that cannot be known.
    lock = folder / ".lock"
    if os.name == "nt" or not lock.is_file():
        return False
    import fcntl

    with lock.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def _below(folder: Path, prefix: str) -> Iterator[tuple[str, str]]:
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _below(Path(entry.path), f"{prefix}{entry.name}/")
            elif entry.name.endswith(".ipynb"):
                with suppress(FileNotFoundError):  # replaced at this moment
                    about = entry.stat()
                    yield prefix + entry.name, f"{about.st_mtime_ns} {about.st_size}"


def _system(url: str) -> tuple[Any, str]:
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        raise ImportError(f"{url} needs fsspec: pip install 'medical-imaging-workbench[cluster]'") from error
    return url_to_fs(url)
