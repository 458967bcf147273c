"""Outputs of cells as HTML that needs neither a kernel nor a script."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

import bs4

from workbench.experiments.recording import RESULTS
from workbench.experiments.storing import is_fleeting

from .cleaning import clean
from .facts import Result, joined, printed
from .formulas import mathml
from .markdown import to_html

NUMBER = ' class="number"'
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


def shown(cell: dict[str, Any], intervals: dict[str, str]) -> Iterator[Shown]:
    """Show the outputs of a code cell.

    Parameters
    ----------
    cell : dict
        Of an executed notebook.
    intervals : dict
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
            printed_text += _text(output["text"])
            continue
        if printed_text.strip():
            yield _plain(printed_text)
            printed_text = ""
        if output["output_type"] == "error":
            yield Shown("error", f"<strong>{escape(output['ename'])}</strong>: {escape(output['evalue'])}")
        elif output.get("data"):
            yield from _data(output, intervals)
    if printed_text.strip():
        yield _plain(printed_text)


def _data(output: dict[str, Any], intervals: dict[str, str]) -> Iterator[Shown]:
    data = {kind: _text(value) for kind, value in output["data"].items()}
    plain = data.get("text/plain", "")
    picture = next((kind for kind in PICTURES if kind in data), None)
    if RESULTS in output.get("metadata", {}):
        yield Shown("results", _results(joined(printed(output), intervals)))
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


def _plain(text: str) -> Shown:
    from nbconvert.filters import ansi2html

    return Shown("text", f"<pre>{ansi2html(text.rstrip())}</pre>")


def _results(results: dict[str, Result]) -> str:
    sure = any(result.interval for result in results.values())
    heads = ["result", "value", *(["interval"] if sure else [])]
    head = "".join(f'<th scope="col"{NUMBER if name == "value" else ""}>{name}</th>' for name in heads)
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td{NUMBER}>{escape(result.value)}</td>'
        + (f"<td>{escape(result.interval)}</td></tr>" if sure else "</tr>")
        for name, result in results.items()
    )
    caption = "<caption>Recorded results</caption>"
    return f'<table class="results">{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "".join(value) if isinstance(value, list) else json.dumps(value)
