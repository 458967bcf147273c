"""Sentences on the functions that were applied, from a table of phrases."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from .record import Call, Record
from .writing import Sentence, cite, listed, spoken

SETTINGS_AT_MOST = 4  # of one function that are written out
GIVEN = "given in the notebook"
SILENT = "silent"
RANGES = frozenset({"limits", "percentiles", "output_range", "values", "resegment"})
# Said once for the whole run, or of the computer and not of the method.
ELSEWHERE = frozenset(
    "axis cache channel_axis classes download index jobs labels positive progress seed spacing".split()
)


def applied(record: Record, groups: tuple[str, ...]) -> list[Sentence]:
    """Write a sentence for each group of functions that were applied.

    Parameters
    ----------
    record : Record
        Of a run.
    groups : tuple of str
        Names of groups in the table of phrases.

    Returns
    -------
    list of Sentence
        In the order in which the notebook first called something of each group.
    """
    written = []
    for group in dict.fromkeys(group for call in record.calls if (group := phrase_of(call)[0]) in groups):
        calls = [call for call in record.calls if phrase_of(call)[0] == group]
        names = dict.fromkeys(call.name for call in calls)
        phrases = [phrased(record, [call for call in calls if call.name == name]) for name in names]
        text = table()["leads"][group].format(listed(phrases))
        written.append(Sentence(text, tuple(call.source for call in calls)))
    return written


def phrased(record: Record, calls: list[Call]) -> str:
    """Name a function with all its settings and its references.

    Parameters
    ----------
    record : Record
        Of a run.
    calls : list of Call
        Of one function, at least one.

    Returns
    -------
    str
        A noun with settings in parentheses.
    """
    _, noun, *clauses = phrase_of(calls[0])
    if noun == "":
        noun = f"{calls[0].function}{_summary(record, calls[0])}"
    settings = list(dict.fromkeys(text for call in calls if (text := _settings(call, clauses))))
    more = len(settings) - SETTINGS_AT_MOST
    if more > 0:
        settings = [*settings[:SETTINGS_AT_MOST], f"and {more} further setting{'s' * (more > 1)}"]
    return noun + (f" ({'; '.join(settings)})" if settings else "") + cite(record, calls[0])


def phrase_of(call: Call) -> tuple[str, ...]:
    """Return group, noun and clauses of a function.

    Parameters
    ----------
    call : Call
        Of a known function or not.

    Returns
    -------
    tuple of str
        Group ``"further"`` and no noun for an unknown one.
    """
    # What words or shows a result is no method; of an explorer, the function counts where the notebook calls it.
    shows = call.name.startswith(("explorers.", "plots.")) or call.name.endswith("_in_words")
    unknown = (SILENT, "") if shows else ("further", "")
    return tuple(table()["functions"].get(call.name, unknown))


@cache
def table() -> dict[str, Any]:
    """Read the table of phrases.

    Returns
    -------
    dict
        ``leads`` of the groups, and ``functions``.
    """
    return tomllib.loads(Path(__file__).with_name("phrases.toml").read_text(encoding="utf-8"))


def _settings(call: Call, clauses: list[str]) -> str:
    by_size = {"spacing"} & {*call.settings, *call.withheld}
    known = {name: GIVEN for name in call.withheld} | call.settings | {"unit": "mm" if by_size else "voxels"}
    texts, used = [], set(ELSEWHERE)
    for clause in clauses:
        names = {name for _, name, _, _ in Formatter().parse(clause) if name}
        used |= names
        if names <= set(known):
            texts.append(clause.format_map({name: _said(name, known[name]) for name in names}))
    texts += [
        f"{name.replace('_', ' ')}{':' * isinstance(value, bool | str)} {_said(name, value)}"
        for name, value in call.options.items()
        if name not in used
    ]
    return ", ".join(texts)


def _said(name: str, value: Any) -> str:
    if name in RANGES and isinstance(value, list) and len(value) == 2:
        return f"{spoken(value[0])} to {spoken(value[1])}"
    return spoken(value).replace("_", " ")


def _summary(record: Record, call: Call) -> str:
    summary = record.documented(call.function).get("summary", "")
    return f", “{summary.rstrip('.')}”" if summary else ""
