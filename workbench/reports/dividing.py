"""A notebook divided into the blocks of a section."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import bs4

from workbench.experiments.chapters import source

from .cleaning import cleaned
from .content.intervals import Recorded
from .content.results import intervals as recorded_intervals
from .markdown import to_html
from .outline import Outline
from .outputs import shown
from .sections import Block, Section

ADDED = {"parameters": "Parameters", "results": "Recorded results"}  # what no cell may have a heading for
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def section(
    notebook: dict[str, Any],
    *,
    name: str,
    folder: Path = Path(),
    top: int = 1,
    prefix: str = "",
    links: Mapping[str, str] | None = None,
) -> Section:
    """Turn a notebook into a section.

    Parameters
    ----------
    notebook : dict
        Its content.
    name : str
        Stands for a title where it has none.
    folder : Path, optional
        Where it lies, with pictures that its text names.
    top : int, optional
        Level of its title.
    prefix : str, optional
        Of all addresses in it; its figures are numbered with it, too.
    links : mapping, optional
        See `cleaning.clean`.

    Returns
    -------
    Section
        With all code; whether it is shown is the page's choice.
    """
    outline = Outline(top, prefix)
    blocks: list[Block] = []
    figures = 0
    intervals = recorded_intervals(notebook)
    title = ""
    for cell in notebook["cells"]:
        for block in _blocks(cell, outline, folder, links or {}, intervals):
            if block.kind == "title" and not title:
                title = block.caption
                continue
            if block.kind in ADDED and not _named(blocks, ADDED[block.kind]):
                heading = outline.add(2, ADDED[block.kind])
                blocks.append(Block("heading", heading.text, heading=heading))
            if "solution" in cell.get("metadata", {}).get("tags", []):
                block = replace(block, folded=True)  # noqa: PLW2901
            if block.kind == "figure":
                figures += 1
                block = replace(block, number=".".join([*prefix.split("-")[1:2], str(figures)]))  # noqa: PLW2901
            blocks.append(block)
    title = notebook.get("metadata", {}).get("workbench", {}).get("title") or title or name
    return Section(title, prefix.strip("-") or "top", notebook, blocks, folder)


def _blocks(
    cell: dict[str, Any],
    outline: Outline,
    folder: Path,
    links: Mapping[str, str],
    intervals: Mapping[str, Recorded],
) -> Iterator[Block]:
    tags = cell.get("metadata", {}).get("tags", [])
    if cell["cell_type"] == "markdown":
        yield from _prose(cell, outline, folder, links)
    if cell["cell_type"] != "code" or "injected-parameters" in tags:
        return
    if "parameters" in tags:
        yield Block("parameters", "")
    elif source(cell).strip():
        yield Block("code", source(cell))
    yield from (Block(output.kind, output.html, output.caption) for output in shown(cell, intervals))


def _named(blocks: Sequence[Block], title: str) -> bool:
    headings = [block.html for block in blocks if block.heading]
    return title in headings or (bool(headings) and "result" in headings[-1].lower() and "result" in title)


def _prose(cell: dict[str, Any], outline: Outline, folder: Path, links: Mapping[str, str]) -> Iterator[Block]:
    text = to_html(source(cell), folder=folder, attachments=cell.get("attachments"))
    prose = ""
    for element in list(cleaned(text, links=links).children):
        if not isinstance(element, bs4.Tag) or element.name not in HEADINGS:
            prose += str(element)
            continue
        if prose.strip():
            yield Block("prose", prose)
        prose = ""
        level = int(element.name[1])
        if level == 1 and not outline.headings and not outline.titled:
            outline.titled = True
            yield Block("title", "", caption=element.get_text())
        else:
            heading = outline.add(level, element.decode_contents())
            yield Block("heading", heading.text, heading=heading)
    if prose.strip():
        yield Block("prose", prose)
