"""Several runs in one table: what was changed, what came out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from workbench.experiments.chapters import load

from .content.facts import hour
from .content.naming import result_name
from .content.results import Result, most_decimals
from .sections import Section
from .tables import NUMBER

TOLD = {"started"}  # what needs no name to be understood
RECORDED = "recorded results"
MOST = 8  # columns that fit a page


@dataclass(frozen=True)
class Column:
    """A column of the overview.

    Parameters
    ----------
    name : str
        Its heading.
    number : bool, optional
        Whether it holds numbers alone.
    """

    name: str
    number: bool = False


@dataclass(frozen=True)
class Row:
    """A run in the overview.

    Parameters
    ----------
    label, href : str
        Its name and address.
    failure : str
        Why it is not complete.
    cells : list of str or dict
        One for each column but the first.
    """

    label: str
    href: str
    failure: str
    cells: list[str | dict[str, str]]


@dataclass(frozen=True)
class Overview:
    """A table of runs.

    Parameters
    ----------
    caption : str
        What it shows.
    columns : list of Column
        The first names the run.
    rows : list of Row
        In the order of the runs.
    same : dict of str to str, optional
        Results that all runs share, which need no column.
    """

    caption: str
    columns: list[Column]
    rows: list[Row]
    same: dict[str, str] = field(default_factory=dict)


def in_order(notebooks: Sequence[Path]) -> list[Path]:
    """Sort runs by their notebook, then by their parameters.

    Parameters
    ----------
    notebooks : sequence of Path
        Executed notebooks, in folders named by digests.

    Returns
    -------
    list of Path
        Numbers in their own order.
    """

    def key(path: Path) -> tuple[Any, ...]:
        given = load(path)["metadata"].get("workbench", {}).get("run", {}).get("parameters", {})
        numbers = [
            (isinstance(v, str), v if isinstance(v, int | float) else 0, str(v)) for _, v in sorted(given.items())
        ]
        return path.stem, sorted(given), numbers, str(path)

    return sorted(notebooks, key=key)


def labels(sections: Sequence[Section]) -> list[str]:
    """Name runs so that runs of one notebook can be told apart.

    Parameters
    ----------
    sections : sequence of Section
        Of one report.

    Returns
    -------
    list of str
        Title, and where it is not unique what tells those of this title apart: settings, data, the hour; the
        newest is marked.
    """
    alike: dict[str, list[Section]] = {}
    for section in sections:
        alike.setdefault(section.title, []).append(section)
    newest = {title: _newest(same) for title, same in alike.items()}
    named = []
    for section in sections:
        told = _told_apart(section, alike[section.title])
        parts = [text if name in TOLD else f"{name} {text}" for name, text in told.items() if text]
        parts += ["the newest"] if section is newest[section.title] else []
        named.append(f"{section.title}: {', '.join(parts)}" if parts else section.title)
    again = Counter(named)
    numbers: Counter[str] = Counter()
    for place, label in enumerate(named):
        numbers[label] += 1
        if again[label] > 1:
            named[place] = f"{label} ({numbers[label]})"
    return named


def overview(sections: Sequence[Section], hrefs: Sequence[str]) -> Overview:
    """Make the table of several runs.

    Parameters
    ----------
    sections : sequence of Section
        The runs.
    hrefs : sequence of str
        Their addresses.

    Returns
    -------
    Overview
        Runs of one notebook get a column for each setting and result that differs, others a list of results each.
    """
    one_notebook = len(sections) > 1 and len({section.title for section in sections}) == 1
    return _sweep(sections, hrefs) if one_notebook else _set(sections, hrefs)


def _set(sections: Sequence[Section], hrefs: Sequence[str]) -> Overview:
    cells = [{"state": _state(section), "seconds": _seconds(section)} for section in sections]
    shown = [name for name in ("state", "seconds") if len({cell[name] for cell in cells}) > 1]
    rows = [
        Row(label, href, section.failure, [*(cell[name] for name in shown), _texts(section)])
        for section, href, label, cell in zip(sections, hrefs, labels(sections), cells, strict=True)
    ]
    columns = [Column("report"), *(Column(name, name == "seconds") for name in shown), Column(RECORDED)]
    return Overview(
        f"Reports{_sure(sections)}", columns, rows, {} if "state" in shown else {"state": cells[0]["state"]}
    )


def _sweep(sections: Sequence[Section], hrefs: Sequence[str]) -> Overview:
    newest = _newest(sections)
    cells: list[dict[str, Any]] = [
        {"state": _state(section)} | _told_apart(section, sections) | texts
        for section, texts in zip(sections, _aligned(sections), strict=True)
    ]
    names = list(dict.fromkeys(name for cell in cells for name in cell))
    whole = [cell for cell in cells if len(cell) == max(map(len, cells))]  # a failed run recorded less
    same = {name: whole[0][name] for name in names if len({cell.get(name) for cell in whole}) == 1}
    if len({cell["state"] for cell in cells}) > 1:
        same.pop("state", None)
    shown = [name for name in names if name not in same]
    if len(shown) > MOST:  # more than fit a page: what was recorded is listed instead, and wraps
        told = {name for section in sections for name in _texts(section)}
        cells = [
            {name: text for name, text in cell.items() if name not in told}
            | {RECORDED: {name: cell[name] for name in shown if name in told and name in cell}}
            for cell in cells
        ]
        shown = [*(name for name in shown if name not in told), RECORDED]
    labelled = [f"Run {n}{', the newest' if one is newest else ''}" for n, one in enumerate(sections, start=1)]
    rows = [
        Row(label, href, section.failure, [cell.get(name, "") for name in shown])
        for label, section, href, cell in zip(labelled, sections, hrefs, cells, strict=True)
    ]
    columns = [Column("run")]
    for place, name in enumerate(shown):
        texts = [row.cells[place] for row in rows]
        columns.append(
            Column(name, all(isinstance(text, str) and NUMBER.fullmatch(text or "0") for text in texts))
        )
    return Overview(f"{len(sections)} runs of {sections[0].title}{_sure(sections)}", columns, rows, same)


def _told_apart(section: Section, alike: Sequence[Section]) -> dict[str, str]:
    # What differs among runs of one notebook: settings, data, and when they were begun.
    values = _values(section)
    told = {name: values[name] for name in _differing(alike)}
    runs = {"data": lambda one: str(_run(one).get("data", ""))[:8], "started": lambda one: hour(_run(one))}
    return told | {name: of(section) for name, of in runs.items() if len({of(one) for one in alike}) > 1}


def _newest(alike: Sequence[Section]) -> Section | None:
    hours = [str(_run(one).get("started", "")) for one in alike]
    return alike[hours.index(max(hours))] if len(set(hours)) > 1 else None


def _run(section: Section) -> dict[str, Any]:
    return dict(section.about.get("run", {}))


def _values(section: Section) -> dict[str, str]:
    return {setting.name: setting.value for setting in section.settings}


def _differing(sections: Sequence[Section]) -> list[str]:
    values = [_values(section) for section in sections]
    shared = [name for name in values[0] if all(name in one for one in values)]
    return [name for name in shared if len({one[name] for one in values}) > 1]


def _texts(section: Section) -> dict[str, str]:
    return {result_name(name): str(result) for name, result in section.results.items()}


def _aligned(sections: Sequence[Section]) -> list[dict[str, str]]:
    # What stands in one column has the same decimals in all runs.
    found: dict[str, list[Result]] = {}
    for section in sections:
        for name, result in section.results.items():
            found.setdefault(name, []).append(result)
    decimals = {name: most_decimals(ones) for name, ones in found.items()}
    return [
        {result_name(name): str(replace(one, decimals=decimals[name])) for name, one in section.results.items()}
        for section in sections
    ]


def _sure(sections: Sequence[Section]) -> str:
    return (
        " (intervals in brackets)" if any(one.ends for each in sections for one in each.results.values()) else ""
    )


def _state(section: Section) -> str:
    return "stored, not a run" if section.status == "stored" else section.status


def _seconds(section: Section) -> str:
    seconds = section.about.get("run", {}).get("seconds")
    return "" if seconds is None else f"{seconds:.1f}"
