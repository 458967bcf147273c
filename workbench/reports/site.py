"""A set of runs as a site: a page each, and an index that can be searched, without a server."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from workbench.files import replacing
from workbench.privacy import PrivacyError

from .outline import plain
from .overview import labels, overview
from .page import read, write_sections
from .rendering import TEMPLATES, render
from .sections import Section


def write_site(notebooks: Sequence[Path], folder: Path, *, title: str = "", code: bool = False) -> Path:
    """Write a page for each executed notebook and an index beside them.

    Parameters
    ----------
    notebooks : sequence of Path
        In the order they are to be read.
    folder : Path
        Where the HTML files go.
    title : str, optional
        Of the index.
    code : bool, optional
        Show the code, too.

    Returns
    -------
    Path
        The index.

    Raises
    ------
    ValueError
        If there is no notebook.
    PrivacyError
        If a page tells who the patients are; all pages are written then, and marked in the index.
    """
    if not notebooks:
        raise ValueError("expected at least one executed notebook, received none; run a chapter first")
    names = _names(notebooks)
    links = {notebook.name: name for notebook, name in zip(notebooks, names, strict=True)}
    sections = [read([notebook], links=links)[0] for notebook in notebooks]
    titles = labels(sections)
    leaks = {}
    for place, ((before, name), (_, after)) in enumerate(pairwise(pairwise(["", *names, ""]))):
        around = {"index": "index.html", "previous": before, "following": after}
        try:
            write_sections(
                [sections[place]], [notebooks[place]], folder / name, title=titles[place], code=code, around=around
            )
        except PrivacyError as error:
            leaks[name] = str(error)
            sections[place] = replace(sections[place], leak="tells who the patients are")
    _write_index(folder / "index.html", sections, names, title or _title(sections))
    if leaks:
        raise PrivacyError("; ".join(leaks.values()))
    return folder / "index.html"


def _write_index(path: Path, sections: Sequence[Section], names: Sequence[str], title: str) -> None:
    script = (TEMPLATES / "search.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    html = render(
        "index.html.j2",
        title=title,
        count=len(sections),
        wrong=sum(section.wrong for section in sections),
        overview=overview(sections, names),
        places=_json(list(_places(sections, names))),
        script=script,
        script_hash=f"sha256-{digest}",
    )
    with replacing(path) as temporary:
        temporary.write_text(html, encoding="utf-8")


def _places(sections: Sequence[Section], names: Sequence[str]) -> Iterator[dict[str, str]]:
    # Of what several runs say alike, the first is found.
    known: set[tuple[str, str]] = set()
    for section, name, label in zip(sections, names, labels(sections), strict=True):
        if section.status == "leaking":
            continue
        for heading, anchor, text in _parts(section):
            if (heading, text) not in known:
                title = f"{label} › {heading}" if heading else label
                yield {"href": f"{name}#{anchor}", "title": title, "words": _words(f"{title} {text}")}
            known.add((heading, text))


def _parts(section: Section) -> Iterator[tuple[str, str, str]]:
    heading, anchor, text = "", "", " ".join(section.results)
    for block in section.blocks:
        if block.heading:
            yield heading, anchor, text
            heading, anchor, text = plain(block.html), block.heading.anchor, ""
        elif block.kind != "code":
            text += f" {block.caption}" if block.kind == "figure" else f" {plain(block.html)}"
    yield heading, anchor, text


def _words(text: str) -> str:
    folded = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    return " ".join(sorted(set(re.findall(r"\w{2,}", folded))))


def _json(value: object) -> str:
    # "</script>" would end the element that holds it.
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")


def _title(sections: Sequence[Section]) -> str:
    titles = {section.title for section in sections}
    return f"{titles.pop()}: {len(sections)} runs" if len(titles) == 1 and len(sections) > 1 else "Reports"


def _names(notebooks: Sequence[Path]) -> list[str]:
    stems = [notebook.stem for notebook in notebooks]
    return [
        f"{stem}.html" if stems.count(stem) == 1 else f"{stem}-{number}.html"
        for number, stem in enumerate(stems, start=1)
    ]
