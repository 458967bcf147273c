"""Chapters: the notebooks there are, and what their metadata says."""

import difflib
import json
from pathlib import Path
from typing import Any

from workbench.files import meant, not_there

STUDY = "study.ipynb"  # in the folder of a study of one's own
OPENING = "opening"  # tag of its cell that tells what was found and what was taken for granted
PACKAGE = Path(__file__).resolve().parents[1]


class ChapterError(Exception):
    """A chapter is missing or not a notebook; the message names it and what there is."""


def folder() -> Path:
    """Return the folder of the chapters.

    Returns
    -------
    Path
        ``notebooks`` in the current folder if it holds chapters, else those that came with the package.

    Raises
    ------
    ChapterError
        If there are none.

    Examples
    --------
    >>> folder().name
    'notebooks'
    """
    for place in (Path("notebooks"), PACKAGE / "notebooks", PACKAGE.parent / "notebooks"):
        if any(place.glob("[0-9][0-9]_*.ipynb")):
            return place
    raise ChapterError("no chapters here: expected a folder 'notebooks' with files such as 01_images.ipynb")


def available() -> list[Path]:
    """List the chapters in order.

    Returns
    -------
    list of Path
        Notebooks whose names begin with two digits.

    Examples
    --------
    >>> [path.stem for path in available()][0]
    '00_start_here'
    """
    return sorted(folder().glob("[0-9][0-9]_*.ipynb"))


def find(chapter: str | Path) -> Path:
    """Find a chapter by name, or any notebook by path.

    Parameters
    ----------
    chapter : str or Path
        ``"02_processing"``, ``"studies/denoising"`` of the same folder, or the path of a notebook, or of a folder
        with a ``study.ipynb``.

    Returns
    -------
    Path
        The notebook.

    Raises
    ------
    ChapterError
        If there is no such chapter or file.

    Examples
    --------
    >>> find("02_processing").name
    '02_processing.ipynb'
    """
    path = Path(chapter)
    if (path / STUDY).is_file():
        return path / STUDY
    if path.suffix == ".ipynb" and path.is_file():
        return path
    by_name = {known.stem: known for known in available()}
    if path.name.removesuffix(".ipynb") in by_name and path.parent == Path():
        return by_name[path.name.removesuffix(".ipynb")]
    below_chapters = folder() / path.with_suffix(".ipynb")
    if path.parent != Path() and not path.is_absolute() and below_chapters.is_file():
        return below_chapters
    near = meant(path)
    if near is not None and (near.suffix == ".ipynb" or (near / STUDY).is_file()):
        raise ChapterError(not_there(chapter))
    studies = {study.stem: f"studies/{study.stem}" for study in below(folder() / "studies")}
    raise ChapterError(
        f"no chapter or notebook {str(chapter)!r}; {_meant(path, {name: name for name in by_name} | studies)} "
        f"chapters are {', '.join(by_name)}; the studies are {', '.join(studies.values())}, or a folder that "
        "workbench new made"
    )


def _meant(typed: Path, known: dict[str, str]) -> str:
    near = difflib.get_close_matches(typed.name.removesuffix(".ipynb"), known)
    return f"did you mean {' or '.join(known[name] for name in near)}? The" if near else "the"


def below(folder: Path) -> list[Path]:
    """List the notebooks below a folder.

    Parameters
    ----------
    folder : Path
        Searched with its subfolders.

    Returns
    -------
    list of Path
        In order of their names, without hidden files, which a killed run can leave half-written.

    Examples
    --------
    >>> below(folder())[0].stem
    '00_start_here'
    """
    return [path for path in sorted(folder.rglob("*.ipynb")) if not path.name.startswith(".")]


def load(path: Path) -> dict[str, Any]:
    """Read a notebook as plain JSON.

    Parameters
    ----------
    path : Path
        The notebook.

    Returns
    -------
    dict
        Its content.

    Raises
    ------
    ChapterError
        If it is not a notebook.
    """
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ChapterError(f"{path}: not a notebook ({error})") from error
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise ChapterError(f"{path}: not a notebook: expected a list of cells")
    return notebook


def source(cell: dict[str, Any]) -> str:
    r"""Return a cell's text, which notebooks store as one string or as lines.

    Parameters
    ----------
    cell : dict
        Of a notebook's JSON.

    Returns
    -------
    str
        Its source.

    Examples
    --------
    >>> source({"source": ["a = 1\n", "b = 2"]})
    'a = 1\nb = 2'
    """
    return joined(cell.get("source", ""))


def joined(text: str | list[str]) -> str:
    r"""Return a text whole, which notebooks store as one string or as lines.

    Parameters
    ----------
    text : str or list of str
        Of a notebook's JSON.

    Returns
    -------
    str
        In one piece.

    Examples
    --------
    >>> joined(["a\n", "b"])
    'a\nb'
    """
    return text if isinstance(text, str) else "".join(text)


def tagged(notebook: dict[str, Any], tag: str) -> list[dict[str, Any]]:
    """Return the cells that carry a tag.

    Parameters
    ----------
    notebook : dict
        Content of a notebook.
    tag : str
        Such as ``"parameters"``.

    Returns
    -------
    list of dict
        The cells, in order.

    Examples
    --------
    >>> tagged({"cells": [{"metadata": {"tags": ["results"]}}]}, "parameters")
    []
    """
    return [cell for cell in notebook["cells"] if tag in cell.get("metadata", {}).get("tags", [])]
