"""The notebook of a study: the cells of the stored study of one's own, with its parameters filled in."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.cohorts.external import SET_ASIDE
from workbench.experiments.chapters import OPENING, PACKAGE, load, source, tagged
from workbench.experiments.parameters import declared
from workbench.files import replacing

from .findings import ALIKE, DOUBT, UNFIT
from .telling import found, in_classes
from .wording import plain

if TYPE_CHECKING:
    from .starting import Started

TEMPLATE = "notebooks/studies/own.ipynb"
PASSAGE = re.compile(r"<!-- if ([^>]+?) -->(.*?)<!-- end -->", re.DOTALL)
OWN = re.compile(r"<!-- own: (.*?) -->", re.DOTALL)

#: How it is said that nobody but the names of files, or none at all, tells patients apart.
DOUBTFUL = ("patients: nothing says", "patients: by the names")


def write_notebook(started: Started, path: Path) -> bool:
    """Write the notebook of a study, unless the user has changed the one that is there.

    Parameters
    ----------
    started : Started
        The study.
    path : Path
        The notebook.

    Returns
    -------
    bool
        False if the user's own was kept.
    """
    if path.exists() and not _untouched(path):
        return False
    notebook = _template()
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
        else:
            cell["source"] = fitting(source(cell), conditions(started))
    (opening,), (parameters,) = tagged(notebook, OPENING), tagged(notebook, "parameters")
    opening["source"] = opening_of(started)
    parameters["source"] = filled(source(parameters), parameters_of(started))
    title = source(opening).partition("\n")[0].lstrip("# ")
    notebook["metadata"]["workbench"] = {"title": title, "version": "1.0.0", "made": _digest(notebook)}
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return True


def opening_of(started: Started) -> str:
    """Write the first cell: the question, the cases, and what was taken for granted.

    Parameters
    ----------
    started : Started
        The study.

    Returns
    -------
    str
        Markdown.
    """
    table = started.cohort.table
    labels = table["label"].astype(str)
    others = sorted(set(labels) - {started.positive})
    rival = others[0] if len(others) == 1 else "all others"
    lines = [
        plain(f"# {started.positive} or {rival}?"),
        "",
        plain(
            f"A study of {len(table)} images of {table['patient'].nunique()} patients ({in_classes(labels)}): "
            f"can images tell {started.positive} from {rival}, and how surely?"
        ),
        "",
        "**Taken for granted when the study was started.** Whoever knows better changes `cases.csv`.",
        "",
        *(f"- {_sentence(text)}" for text in started.assumed),
        "",
        "**Found, and what was done about it.** `audit.csv` tells it case by case.",
        "",
        *(f"- {_sentence(text)}" for text in found(started)),
    ]
    return "\n".join([*lines, "", "For research and teaching; not a medical device."])


def conditions(started: Started) -> set[str]:
    """Say which passages of the stored study are about this one.

    Parameters
    ----------
    started : Started
        The study.

    Returns
    -------
    set of str
        See `fitting`.
    """
    said, kinds = " ".join(started.assumed), set(started.remaining["kind"])
    return {
        *(["patients in doubt"] if DOUBT in kinds else []),
        *(["patients alike"] if ALIKE in kinds else []),
        *(["unfit names"] if UNFIT in kinds else []),
        *(["more remains"] if kinds - {DOUBT, ALIKE, UNFIT} else []),
        *(["stretched"] if "which stretches" in said else []),
        *(["doubtful patients"] if any(mark in said for mark in DOUBTFUL) else []),
    }


def fitting(text: str, true: Collection[str]) -> str:
    r"""Leave out the passages that are about another study.

    Parameters
    ----------
    text : str
        Markdown; a passage begins with ``<!-- if CONDITION -->`` and ends with ``<!-- end -->``. What is in a
        comment that begins with ``own:`` comes to light, as it is about any study but the stored one.
    true : collection of str
        The conditions that hold.

    Returns
    -------
    str
        Markdown without marks.

    Examples
    --------
    >>> fitting("Look.<!-- if simulated --> Nobody was scanned.<!-- end --> <!-- own: At yours. -->", set())
    'Look. At yours.'
    """
    return OWN.sub(r"\1", PASSAGE.sub(lambda passage: passage[2] if passage[1] in true else "", text))


def standard_size() -> int:
    """Read from the stored study to how many pixels along each side it brings images.

    Returns
    -------
    int
        Pixels.

    Examples
    --------
    >>> standard_size() > 16
    True
    """
    return int(declared(_template(), TEMPLATE)["size"].default)


def parameters_of(started: Started) -> dict[str, Any]:
    """Choose the parameters of a study by its cases.

    Parameters
    ----------
    started : Started
        The study.

    Returns
    -------
    dict
        Name to value.
    """
    table = started.cohort.table
    labels = table["label"].astype(str)
    others = sorted(set(labels) - {started.positive})
    two = table.assign(label=labels == started.positive)
    fewest = int(two.groupby("label")["patient"].nunique().min())
    return {
        # Beside the notebook, so that both can be moved, and run from anywhere.
        "cohort": "cases.csv",
        "external_cohort": "",
        "positive": started.positive,
        "negative": others[0] if len(others) == 1 else "",
        "folds": max(2, min(5, int((1 - SET_ASIDE) * fewest))),
    }


def filled(cell: str, values: dict[str, Any]) -> str:
    r"""Put values into the lines of a parameters cell.

    Parameters
    ----------
    cell : str
        Lines ``name: type = value  # help``.
    values : dict
        Name to value.

    Returns
    -------
    str
        The cell.

    Examples
    --------
    >>> filled('size: int = 3  # odd\nname: str = ""', {"size": 5})
    'size: int = 5  # odd\nname: str = ""'
    """
    for name, value in values.items():
        written = json.dumps(value, ensure_ascii=False)
        line = re.compile(rf"^({name}: \w+ = ).*?(?=  #|$)", re.MULTILINE)
        if not line.search(cell):
            raise ValueError(f"the cell has no parameter {name!r}")
        cell = line.sub(_Line(written), cell, count=1)
    return cell


def _template() -> dict[str, Any]:
    # Beside the package in a checkout, inside it where it was installed: never the user's own notebooks.
    places = [folder / TEMPLATE for folder in (PACKAGE, PACKAGE.parent)]
    return load(next((place for place in places if place.is_file()), places[0]))


class _Line:
    def __init__(self, value: str) -> None:
        self.value = value

    def __call__(self, found: re.Match[str]) -> str:
        return found[1] + self.value


def _sentence(text: str) -> str:
    # What to type instead is for who starts a study, not for who reads its page.
    told = re.sub(r" \((if not, add|a column patient in) [^)]*\)", "", text)
    return plain(told[:1].upper() + told[1:]) + "."


def _untouched(path: Path) -> bool:
    notebook = load(path)
    return notebook.get("metadata", {}).get("workbench", {}).get("made") == _digest(notebook)


def _digest(notebook: dict[str, Any]) -> str:
    sources = [source(cell) for cell in notebook["cells"]]
    return hashlib.sha256(json.dumps(sources).encode()).hexdigest()[:16]
