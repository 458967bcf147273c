"""Reporting checklists, filled with what the record knows and naming what it does not."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from .applied import applied, phrased
from .concluded import evaluation, software, thresholds
from .intervals import with_intervals
from .judged import origin
from .naming import result_name
from .opened import data, preparation, splits
from .record import Record
from .remaining import beginnings
from .results import results
from .trained import models, networks
from .writing import CLOSE, OPEN, Sentence, listed

FILES = ("claim", "tripod")
STATES = {"reported": "reported here", "part": "reported in part", "author": "for the author"}
LONGEST = 600  # characters of an answer
SHORT = 100  # characters that are said again, for nobody likes to look them up
#: What headings of a notebook are about.
SECTIONS = {
    "audit": r"\baudit",
    "calibration": r"\bcalibration|probabilities",
    "cohort": r"\bcohort\b|^the (study|data)\b",
    "conclusion": r"^conclusion",
    "elsewhere": r"another (hospital|scanner)|other patients|no part in it",
    "explanation": r"^explanation|where does it look|live on",
    "failures": r"\bfail|gets wrong|are missed",
    "limits": r"^limit",
    "processing": r"^(pre)?processing",
    "question": r"^question|^the question",
    "short": r"^in short",
}


@dataclass(frozen=True)
class Item:
    """One item of a checklist.

    Parameters
    ----------
    number, section, asks : str
        As the checklist has it, in our words.
    anchor : str
        Its address within the page.
    status : str
        ``"reported"``, ``"part"`` or ``"author"``.
    text : str
        What the record knows and no earlier item says, then what the author must state.
    where : tuple of tuple of str
        Headings under which the report says more, and items that say it, with their addresses; empty if the
        record knows nothing.
    """

    number: str
    section: str
    asks: str
    anchor: str
    status: str
    text: str
    where: tuple[tuple[str, str], ...]


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
            f'<tr id="{escape(item.anchor)}" class="{item.status}"><th scope="row">{escape(item.number)}</th>'
            f"<td>{escape(item.section)}</td><td>{escape(item.asks)}</td><td>{STATES[item.status]}</td>"
            f"<td>{escape(item.text)}</td><td>{', '.join(_link(*place) for place in item.where)}</td></tr>"
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


def checklists(notebook: dict[str, Any], places: Mapping[str, str], *, anchor: str) -> tuple[Checklist, ...]:
    """Fill CLAIM and TRIPOD+AI with what a record knows, and what the notebook itself describes.

    Parameters
    ----------
    notebook : dict
        Content of an executed notebook.
    places : mapping of str to str
        Headings of its page to their addresses there.
    anchor : str
        Begins the addresses of items.

    Returns
    -------
    tuple of Checklist
        An item is reported, reported in part, or left to the author, who is told what to state.
    """
    known = _Known(Record(notebook), places)
    return tuple(
        Checklist(file["name"], file["title"], file["citation"], _items(known, file["items"], f"{anchor}-{name}"))
        for name, file in zip(FILES, map(_file, FILES), strict=True)
    )


class _Known:
    """Answers what a kind of evidence says in a record."""

    def __init__(self, record: Record, places: Mapping[str, str]) -> None:
        self._record, self._places = record, places
        self._groups = {
            "data": [*beginnings(record.notebook), *data(record)],
            "networks built": networks(record),
            "preparation": preparation(record),
            "splits": splits(record),
            "thresholds": thresholds(record),
        }
        self._all = [
            *self._groups["data"],
            *self._groups["networks built"],
            *models(record),
            *evaluation(record),
            *software(record),
        ]
        self._sources = {call.source: call.name for call in record.calls}

    def says(self, evidence: str) -> list[tuple[str, str]]:
        """Return texts with the heading under which they stand; none of what the page describes there itself."""
        kind, _, name = evidence.partition(":")
        if kind == "external":  # patients of the same place answer nothing
            return self.says(name) if origin(self._record) != "set aside" else []
        if kind == "section":
            return [("", heading) for heading in self._of(name)]
        if kind == "group":
            found = self._groups[name] if name in self._groups else applied(self._record, (name,))
            return [(_bare(one), "Methods") for one in found]
        if evidence in {"results", "intervals"}:
            return self._recorded(sure=evidence == "intervals")
        found = [
            one for one in self._all if evidence in (*one.sources, *(self._sources.get(s) for s in one.sources))
        ]
        if not found and (calls := self._record.of(evidence)):
            noun = phrased(self._record, calls)
            found = [Sentence(f"{noun[0].upper()}{noun[1:]}.", tuple(call.source for call in calls))]
        return [(_bare(one), "Methods") for one in found]

    def link(self, heading: str) -> tuple[str, str]:
        """Return a heading with its address."""
        return heading, self._places.get(heading, "")

    def _of(self, name: str) -> list[str]:
        # A notebook without a run answers nothing.
        if not self._record.run:
            return []
        return [heading for heading in self._places if re.search(SECTIONS[name], heading, re.IGNORECASE)][:1]

    def _recorded(self, *, sure: bool) -> list[tuple[str, str]]:
        told = results(self._record.notebook)
        names = with_intervals(self._record) if sure else told
        where = next((heading for heading in self._places if "results" in heading.lower()), "Recorded results")
        text = "; ".join(f"{result_name(name)} {told[name]}" for name in names)
        return [(f"Recorded{', with intervals' if sure else ''}: {text}.", where)] if text else []


def _items(known: _Known, items: list[list[Any]], anchor: str) -> tuple[Item, ...]:
    written: list[Item] = []
    earlier: dict[str, str] = {}  # words to the number of the item that said them first
    for number, section, asks, author, evidence in items:
        said = list(dict.fromkeys(pair for one in evidence for pair in known.says(one)))
        again = {words: earlier[words] for words, _ in said if words in earlier}
        if len("".join(again)) <= SHORT:
            again = {}
        where = [
            (f"item {again[words]}", f"{anchor}-{again[words]}") if words in again else known.link(heading)
            for words, heading in said
        ]
        status, text = "author", f"Not known to the record: the author must state {author or _small(asks)}."
        if said:
            status, text = "part" if author else "reported", _told(said, again)
            text += f" The author must add {author}." if author else ""
        here = f"{anchor}-{number}"
        written.append(Item(number, section, asks, here, status, text, tuple(dict.fromkeys(where))))
        earlier = {words: number for words, _ in said if words} | earlier
    return tuple(written)


def _told(said: list[tuple[str, str]], again: Mapping[str, str]) -> str:
    described = [f"“{heading}”" for words, heading in said if not words]
    page = f"Described in the section{_s(described)} {listed(described)} of this page." if described else ""
    items = list(dict.fromkeys(again.values()))
    see = f"See item{_s(items)} {listed(items)}." if items else ""
    first, *others = dict.fromkeys(words for words, _ in said if words and words not in again) or [""]
    kept, room = [first], LONGEST - len(first)
    for words in others:
        room -= len(words)
        kept += [words] if room > 0 else []
    more = "More under Methods." if len(kept) <= len(others) else ""
    return " ".join(filter(None, [*kept, more, see, page]))


def _s(many: list[str]) -> str:
    return "s" * (len(many) > 1)


def _link(heading: str, anchor: str) -> str:
    return f'<a href="#{escape(anchor)}">{escape(heading)}</a>' if anchor else escape(heading)


def _bare(sentence: Sentence) -> str:
    return re.sub(f" ?{OPEN}[^{CLOSE}]*{CLOSE}", "", sentence.text)


def _small(text: str) -> str:
    return text[0].lower() + text[1:]


@cache
def _file(name: str) -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text(encoding="utf-8"))
