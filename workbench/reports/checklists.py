"""Reporting checklists, filled with what the record knows and naming what it does not."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from .applied import applied, phrased
from .concluded import evaluation, software
from .intervals import metric_name, with_intervals
from .opened import data, splits
from .record import Record
from .trained import models, networks
from .writing import CLOSE, OPEN, Sentence, listed

FILES = ("claim.toml", "tripod.toml")
STATES = {"reported": "reported here", "part": "reported in part", "author": "for the author"}
LONGEST = 600  # characters of an answer


@dataclass(frozen=True)
class Item:
    """One item of a checklist.

    Parameters
    ----------
    number, section, asks : str
        As the checklist has it, in our words.
    status : str
        ``"reported"``, ``"part"`` or ``"author"``.
    text : str
        What the record knows, then what the author must state.
    where : str
        Where the report says more; empty if the record knows nothing.
    """

    number: str
    section: str
    asks: str
    status: str
    text: str
    where: str


@dataclass(frozen=True)
class Checklist:
    """A checklist with its answers.

    Parameters
    ----------
    name, title, citation : str
        What it is, and where it is published.
    items : tuple of Item
        In its order.
    """

    name: str
    title: str
    citation: str
    items: tuple[Item, ...]

    @property
    def total(self) -> int:
        """How many items there are."""
        return len(self.items)

    @property
    def reported(self) -> int:
        """How many of them the record answers, at least in part."""
        return sum(item.status != "author" for item in self.items)

    @property
    def html(self) -> str:
        """A table with a row for each item."""
        rows = "\n".join(
            f'<tr class="{item.status}"><th scope="row">{escape(item.number)}</th><td>{escape(item.section)}</td>'
            f"<td>{escape(item.asks)}</td><td>{STATES[item.status]}</td><td>{escape(item.text)}</td>"
            f"<td>{escape(item.where)}</td></tr>"
            for item in self.items
        )
        caption = (
            f"{self.name}: {self.title}. The record answers {self.reported} of {self.total} items, at least in "
            f"part; the items are in our words, the checklist itself is {self.citation}"
        )
        heads = "".join(
            f'<th scope="col">{head}</th>' for head in ("Item", "Section", "Asks", "State", "Answer", "Where")
        )
        return (
            f'<table class="checklist"><caption>{escape(caption)}</caption>\n<thead><tr>{heads}</tr></thead>\n'
            f"<tbody>\n{rows}\n</tbody></table>"
        )


def checklists(notebook: dict[str, Any]) -> tuple[Checklist, ...]:
    """Fill CLAIM and TRIPOD+AI with what a record knows.

    Parameters
    ----------
    notebook : dict
        Content of an executed notebook.

    Returns
    -------
    tuple of Checklist
        An item is reported, reported in part, or left to the author, who is told what to state.
    """
    known = _Known(Record(notebook))
    return tuple(
        Checklist(
            file["name"], file["title"], file["citation"], tuple(_item(known, item) for item in file["items"])
        )
        for file in map(_file, FILES)
    )


class _Known:
    """Answers what a kind of evidence says in a record."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._groups = {"data": data(record), "splits": splits(record), "networks built": networks(record)}
        self._all = [
            *(one for ones in self._groups.values() for one in ones),
            *models(record),
            *evaluation(record),
            *software(record),
        ]
        self._sources = {call.source: call.name for call in record.calls}

    def says(self, evidence: str) -> list[tuple[str, str]]:
        """Return texts with where they stand."""
        kind, _, name = evidence.partition(":")
        if kind == "group":
            found = self._groups.get(name) or applied(self._record, (name,))
            return [(_bare(one), "Methods") for one in found]
        if evidence == "results":
            names = list(self._record.results)
            return [(f"Recorded: {listed(names)}.", "Results")] if names else []
        if evidence == "intervals":
            return [
                (f"{metric_name(one.metric)} {one.value:.3f} ({one.low:.3f} to {one.high:.3f}).", "Results")
                for one in with_intervals(self._record).values()
            ]
        found = [
            one for one in self._all if evidence in (*one.sources, *(self._sources.get(s) for s in one.sources))
        ]
        if not found and (calls := self._record.of(evidence)):
            noun = phrased(self._record, calls)
            found = [Sentence(f"{noun[0].upper()}{noun[1:]}.", tuple(call.source for call in calls))]
        return [(_bare(one), "Methods") for one in found]


def _item(known: _Known, asked: list[Any]) -> Item:
    number, section, asks, author, evidence = asked
    said = list(dict.fromkeys(pair for one in evidence for pair in known.says(one)))
    text = " ".join(dict.fromkeys(words for words, _ in said))
    if len(text) > LONGEST:
        text = f"{text[:LONGEST].rsplit(' ', 1)[0]} …"
    where = listed(list(dict.fromkeys(place for _, place in said))) if said else ""
    if not said:
        return Item(
            number,
            section,
            asks,
            "author",
            f"Not known to the record: the author must state {author or _small(asks)}.",
            "",
        )
    if author:
        return Item(number, section, asks, "part", f"{text} The author must add {author}.", where)
    return Item(number, section, asks, "reported", text, where)


def _bare(sentence: Sentence) -> str:
    return re.sub(f" ?{OPEN}[^{CLOSE}]*{CLOSE}", "", sentence.text)


def _small(text: str) -> str:
    return text[0].lower() + text[1:]


@cache
def _file(name: str) -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))
