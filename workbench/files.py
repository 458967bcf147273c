"""Writing files so that a failure leaves what was there before, and telling which of them was meant."""

import difflib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Give a temporary path beside `path`, which replaces `path` when the block succeeds.

    Parameters
    ----------
    path : str or Path
        The file to write. Its folder is created.

    Yields
    ------
    Path
        The file to write instead; it has the same suffixes as `path`.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "result.txt"
    >>> with replacing(path) as temporary:
    ...     _ = temporary.write_text("42")
    >>> path.read_text()
    '42'
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix="".join(path.suffixes) or ".tmp")
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def nearest(path: str | Path) -> Path:
    """Find a file or folder from the working folder, or else from the nearest folder above it that has it.

    So a path that is right at the top of a project is right in its folder of notebooks too.

    Parameters
    ----------
    path : str or Path
        ``~`` is the user's home.

    Returns
    -------
    Path
        As given, where nothing of that name is found.

    Examples
    --------
    >>> nearest("no such file").name
    'no such file'
    """
    path = Path(path).expanduser()
    if path.is_absolute() or path.exists():
        return path
    return next((above / path for above in Path.cwd().parents if (above / path).exists()), path)


def meant(path: str | Path) -> Path | None:
    """Guess which file or folder was meant by the path of one that is not there.

    Parameters
    ----------
    path : str or Path
        ``~`` is the user's home.

    Returns
    -------
    Path or None
        One that is there, and each part of which is called as in `path` or nearly so; None where there is none.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> (folder / "images" / "PNEUMONIA").mkdir(parents=True)
    >>> meant(folder / "imags" / "pneumona") == folder / "images" / "PNEUMONIA"
    True
    """
    place = Path()
    for part in Path(path).expanduser().parts:
        if not (place / part).exists():
            known: dict[str, str] = {}
            with suppress(OSError):  # of a file, or of a folder that is closed to us
                known = {one.name.lower(): one.name for one in place.iterdir() if not one.name.startswith(".")}
            near = difflib.get_close_matches(part.lower(), known, n=1)
            if not near:
                return None
            part = known[near[0]]  # noqa: PLW2901
        place /= part
    return place


def not_there(path: str | Path) -> str:
    """Say that nothing is at a path, and which was meant.

    Parameters
    ----------
    path : str or Path
        As typed.

    Returns
    -------
    str
        A sentence.

    Examples
    --------
    >>> not_there("no such file")
    'no such file is not there.'
    """
    near = meant(path)
    return f"{path} is not there" + (f"; did you mean {near}?" if near else ".")
