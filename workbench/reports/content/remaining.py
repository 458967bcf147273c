"""What a study says of its own doubts: what remains of its audit, and where its network looks."""

from __future__ import annotations

import re
from typing import Any

from workbench.experiments.chapters import source, tagged

from .writing import Sentence, plural

OPENING = "opening"  # tag of the cell that tells what was found
REMAINS = re.compile(r"^- Remains: (.+)$", re.MULTILINE)
SEVERITY = re.compile(r"^(error|warning|note): ")
MAPS = re.compile(r"\d% of the heat\b|: hardly any heat\b")  # lines on where a network looks
FOUND = re.compile(r"^([0-9]+) images were found, and ([0-9]+) of them left out", re.MULTILINE)
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
    text = "\n".join(source(cell) for cell in tagged(notebook, OPENING))
    why = [_plain(one).rstrip(".") for one in re.findall(r"^- Left out: (.+)$", text, re.MULTILINE)]
    written = []
    counted = next((found for cell in notebook["cells"] if (found := FOUND.search(_printed(cell)))), None)
    if counted:
        reasons = f" ({'; '.join(why)})" if why else ""
        said = f"{plural(int(counted[1]), 'image')} were found, and {counted[2]} of them left out{reasons}."
        written.append(Sentence(said, (f"cells tagged {OPENING}",)))
    elif why:
        written.append(Sentence(f"Images were left out: {'; '.join(why)}.", (f"cells tagged {OPENING}",)))
    patients = re.search(r"^- Patients: (.+)$", text, re.MULTILINE)
    if patients:
        how = _plain(patients[1])
        said = f"When the study was started, patients were told so: {how[0].lower()}{how[1:]}"
        written.append(Sentence(said, (f"cells tagged {OPENING}",)))
    return written


def _remaining(notebook: dict[str, Any]) -> list[str]:
    text = "\n".join(source(cell) for cell in tagged(notebook, OPENING))
    kept = [_plain(SEVERITY.sub("", one)) for one in REMAINS.findall(text) if not one.startswith("nothing")]
    return [f"Found when the study was started: {one}" for one in kept]


def _warned(notebook: dict[str, Any]) -> list[str]:
    lines = [line for cell in notebook["cells"] for line in _printed(cell).splitlines()]
    maps = [line for line in lines if MAPS.search(line)]
    warned = [line for line in maps if WARNING in line]
    told = []
    if warned:
        weaker = " Of two methods, only the coarser says so." if all(ALONE in line for line in warned) else ""
        told.append(
            f"In {len(warned)} of {len(maps)} pictures of where the network looks, more than half of the heat "
            f"lies along the border of the image. "
            f"The network may go by something there, and not by the disease.{weaker}"
        )
    if any(DISTRUSTED in line for line in lines):
        told.append(
            "So good a result is to be distrusted until it is known that nothing else gives the answer away, such "
            "as letters, markers or borders."
        )
    others = [line.partition(WARNING)[0].strip(" :") for line in lines if WARNING in line and line not in maps]
    return told + [f"A warning of the run: {_plain(text)}" for text in others if text]


def _printed(cell: dict[str, Any]) -> str:
    texts = [output["text"] for output in cell.get("outputs", []) if output.get("name") == "stdout"]
    return "".join(text if isinstance(text, str) else "".join(text) for text in texts)


def _plain(text: str) -> str:
    bare = re.sub(r"`+ ?(.+?) ?`+", r"“\1”", re.sub(r"\\([^\w\s])", r"\1", text))
    # Files, and numbers of cases, are for who works with the study.
    bare = re.sub(r" \(\w+\.csv[^)]*\)| \[[^\]]*\](?=\.?$)", "", bare).strip().rstrip(".")
    return f"{bare[:1].upper()}{bare[1:]}."
