"""What a study says of its own doubts: what remains of its audit, and where its network looks."""

from __future__ import annotations

import re
from typing import Any

from workbench.experiments.chapters import OPENING, joined, source, tagged

from .record import Record
from .writing import Sentence, plural

# What is read here stands in the words of others, whom the tests call: `studies.notebook.opening_of`,
# `studies.too_good_in_words`, `cnn.border_in_words`, and the stored study.
SEVERITY = re.compile(r"^(error|warning|note): ")
MAPS = re.compile(r"\d% of the heat\b|: hardly any heat\b")
FOUND = re.compile(r"^([0-9]+) images were found, and ([0-9]+) of them left out", re.MULTILINE)
# What the opening says to who started the study, as its author would write it.
AUTHORED = (
    ("^By the names of the files", "Patients were identified by the names of the files"),
    (" and your expression (“.*?”)", r", with the regular expression \1"),
    (",? there are ([0-9]+ patients)", r": \1"),
    ("decided by your expression", "decided by the expression"),
    ("^Each image is of another patient, as you say", "Each image was taken for one of another patient"),
)
WARNING, ALONE, DISTRUSTED = "WARNING", "of Grad-CAM alone", "is to be distrusted"


def doubts(notebook: dict[str, Any]) -> list[str]:
    """Say what speaks against the figures of a run by its own account.

    Parameters
    ----------
    notebook : dict
        Content of an executed notebook.

    Returns
    -------
    list of str
        Plain sentences; empty where the audit left nothing and no map warns.
    """
    return [*_remaining(notebook), *_warned(notebook)]


def beginnings(notebook: dict[str, Any]) -> list[Sentence]:
    """Say how a study began: images found and left out, and how patients were told.

    Parameters
    ----------
    notebook : dict
        Content of an executed notebook.

    Returns
    -------
    list of Sentence
        For the methods; empty where the notebook tells nothing of it.
    """
    why = "; ".join(_plain(one).rstrip(".") for one in _opening(notebook, "Left out"))
    counted = next((found for cell in notebook["cells"] if (found := FOUND.search(_printed(cell)))), None)
    said = []
    if counted:
        reasons = f" ({why})" if why else ""
        said.append(f"{plural(int(counted[1]), 'image')} were found, and {counted[2]} of them left out{reasons}.")
    elif why:
        said.append(f"Images were left out: {why}.")
    for how in map(_plain, _opening(notebook, "Patients")):
        for words, authored in AUTHORED:
            how = re.sub(words, authored, how)  # noqa: PLW2901
        said.append(how)
    return [Sentence(text, (f"cells tagged {OPENING}",)) for text in said]


def _opening(notebook: dict[str, Any], lead: str) -> list[str]:
    text = "\n".join(source(cell) for cell in tagged(notebook, OPENING))
    return re.findall(rf"^- {lead}: (.+)$", text, re.MULTILINE)


def _remaining(notebook: dict[str, Any]) -> list[str]:
    kept = [one for one in _opening(notebook, "Remains") if not one.startswith("nothing")]
    return [f"Found when the study was started: {_plain(SEVERITY.sub('', one))}" for one in kept]


def _warned(notebook: dict[str, Any]) -> list[str]:
    lines = [line for cell in notebook["cells"] for line in _printed(cell).splitlines()]
    maps = [line for line in lines if MAPS.search(line)]
    warned = [line for line in maps if WARNING in line]
    margin = Record(notebook).parameters.get("margin")
    cut = f" The border was already cut by {margin} %; compare with the run with margin=0." if margin else ""
    told = []
    if warned:
        weaker = " Of two methods, only the coarser says so." if all(ALONE in line for line in warned) else ""
        told.append(
            f"In {len(warned)} of {len(maps)} pictures of where the network looks, more than half of the heat "
            f"lies along the border of the image. "
            f"The network may go by something there, and not by the disease.{weaker}{cut}"
        )
    if any(DISTRUSTED in line for line in lines):
        things = "letters or markers" if margin else "letters, markers or borders"
        told.append(
            "So good a result is to be distrusted until it is known that nothing else gives the answer away, such "
            f"as {things}.{'' if warned else cut}"
        )
    others = [line.partition(WARNING)[0].strip(" :") for line in lines if WARNING in line and line not in maps]
    return told + [f"A warning of the run: {_plain(text)}" for text in others if text]


def _printed(cell: dict[str, Any]) -> str:
    return "".join(joined(one["text"]) for one in cell.get("outputs", []) if one.get("name") == "stdout")


def _plain(text: str) -> str:
    bare = re.sub(r"`+ ?(.+?) ?`+", r"“\1”", re.sub(r"\\([^\w\s])", r"\1", text))
    # Files, and numbers of cases, are for who works with the study.
    bare = re.sub(r" \(\w+\.csv[^)]*\)| \[[^\]]*\](?=\.?$)", "", bare).strip().rstrip(".")
    return f"{bare[:1].upper()}{bare[1:]}."
