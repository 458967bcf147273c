"""Outputs of cells as HTML that needs neither a kernel nor a script."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import bs4

from workbench.experiments.chapters import joined
from workbench.experiments.recording import RESULTS
from workbench.experiments.storing import is_fleeting

from .cleaning import clean
from .content.intervals import Recorded
from .content.naming import result_name
from .content.results import Result, interval_name, of_output
from .formulas import mathml
from .markdown import to_html

NUMBER = ' class="number"'
ALIGNED = re.compile(r"\S(  |\t)|^[ \t]|\x1b|\d{3} +\d{3} ", re.MULTILINE)
PICTURES = ("image/png", "image/jpeg", "image/svg+xml", "image/webp", "image/gif")


@dataclass(frozen=True)
class Shown:
    """An output in HTML.

    Parameters
    ----------
    kind : str
        ``"figure"``, ``"table"``, ``"text"``, ``"results"`` or ``"error"``.
    html : str
        A figure's without its caption.
    caption : str, optional
        Plain text.
    """

    kind: str
    html: str
    caption: str = ""


def shown(cell: dict[str, Any], intervals: Mapping[str, Recorded]) -> Iterator[Shown]:
    """Show the outputs of a code cell.

    Parameters
    ----------
    cell : dict
        Of an executed notebook.
    intervals : mapping of str to Recorded
        Of its recorded results.

    Yields
    ------
    Shown
        Without progress bars, warnings, and widgets that left no picture.
    """
    printed_text = ""
    for output in cell.get("outputs", []):
        if is_fleeting(output):
            continue
        if output["output_type"] == "stream":
            printed_text += joined(output["text"])
            continue
        if printed_text.strip():
            yield _said(printed_text)
            printed_text = ""
        if output["output_type"] == "error":
            yield Shown("error", f"<strong>{escape(output['ename'])}</strong>: {escape(output['evalue'])}")
        elif output.get("data"):
            yield from _data(output, intervals)
    if printed_text.strip():
        yield _said(printed_text)


def _data(output: dict[str, Any], intervals: Mapping[str, Recorded]) -> Iterator[Shown]:
    data = {kind: _text(value) for kind, value in output["data"].items()}
    plain = data.get("text/plain", "")
    picture = next((kind for kind in PICTURES if kind in data), None)
    if RESULTS in output.get("metadata", {}):
        yield Shown("results", _results(of_output(output, intervals)))
    elif picture:
        alt = output.get("metadata", {}).get(picture, {}).get("alt") or ("" if plain[:1] in "<" else plain)
        yield _figure(picture, data[picture], alt)
    elif "text/html" in data and (html := _html(data["text/html"])):
        yield Shown("table" if "<table" in html else "text", html)
    elif "text/markdown" in data:
        yield Shown("text", clean(to_html(data["text/markdown"])))
    elif "text/latex" in data:
        yield Shown("text", mathml(data["text/latex"], display="block"))
    elif plain.strip() or data:
        yield _plain(plain or next(iter(data.values())))


def _figure(kind: str, content: str, alt: str) -> Shown:
    encoded = content if kind != "image/svg+xml" else base64.b64encode(content.encode()).decode()
    source = f"data:{kind};base64,{encoded.replace(chr(10), '')}"
    size = _size(encoded) if kind == "image/png" else ""
    return Shown(
        "figure", f'<img alt="{escape(alt or "Figure without a description")}"{size} src="{source}">', alt
    )


def _size(png: str) -> str:
    # So that the page does not jump while it loads.
    header = base64.b64decode(png[:32].replace("\n", ""))
    width, height = (int.from_bytes(header[place : place + 4], "big") for place in (16, 20))
    return f' width="{width}" height="{height}"'


def _html(html: str) -> str:
    # An application of its own (a plot with scripts, a diagram that folds) is told by its plain text instead.
    soup = bs4.BeautifulSoup(html, "html.parser")
    tables = [table for table in soup.find_all("table") if table.find_parent("details") is None]
    return clean(html) if tables or not soup.find(["script", "style", "iframe"]) else ""


def _said(text: str) -> Shown:
    # What was printed to be read is text; what was laid out with spaces, or coloured, stays as it is.
    if ALIGNED.search(text):
        return _plain(text)
    lines = "".join(f"<p>{escape(line)}</p>" for line in text.splitlines() if line.strip())
    return Shown("text", f'<div class="said">{lines}</div>')


def _plain(text: str) -> Shown:
    from nbconvert.filters import ansi2html

    return Shown("text", f"<pre>{ansi2html(text.rstrip())}</pre>")


def _results(results: dict[str, Result]) -> str:
    heads = list(filter(None, ("result", "value", interval_name(results.values()))))
    head = "".join(f'<th scope="col"{NUMBER if name == "value" else ""}>{name}</th>' for name in heads)
    rows = "".join(
        f'<tr><th scope="row" title="{escape(name)}">{escape(result_name(name))}</th>'
        f"<td{NUMBER}>{escape(result.value)}</td>"
        + (f"<td>{escape(result.interval)}</td></tr>" if len(heads) > 2 else "</tr>")
        for name, result in results.items()
    )
    caption = "<caption>Recorded results</caption>"
    table = f'<table class="results">{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    return f'<div class="table" role="group" tabindex="0" aria-label="Recorded results">{table}</div>'


def _text(value: Any) -> str:
    return joined(value) if isinstance(value, str | list) else json.dumps(value)
