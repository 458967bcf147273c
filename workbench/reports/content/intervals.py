"""The intervals that a run computed for what it recorded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from workbench.experiments.chapters import joined

from .record import Record


class Recorded(NamedTuple):
    """A recorded result with its interval.

    Parameters
    ----------
    value, low, high : float
        The result and its interval.
    metric : str
        As in the tables of `evaluation`.
    percent : str
        Level of the interval.
    source : str
        Place of the interval in the record.
    """

    value: float
    low: float
    high: float
    metric: str
    percent: str
    source: str


def ends_of(names: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Find which recorded results are the ends of another one's interval.

    Parameters
    ----------
    names : iterable of str
        Of recorded results.

    Returns
    -------
    dict
        Name of a result to the names of its ends.

    Examples
    --------
    >>> ends_of(["auc", "auc_low", "auc_high", "cases"])
    {'auc': ('auc_low', 'auc_high')}
    """
    known = list(names)
    return {name: pair for name in known if {*(pair := (f"{name}_low", f"{name}_high"))} <= {*known}}


def with_intervals(record: Record) -> dict[str, Recorded]:
    """Find the interval of each recorded result that a call of the run gave one.

    A result has the interval of a metric whose name is in its own and whose value is exactly the same, and so are
    the ends where they were recorded, too; none where two such intervals differ.

    Parameters
    ----------
    record : Record
        Of a run.

    Returns
    -------
    dict
        Result to what is known of it.
    """
    found: dict[str, Recorded] = {}
    # An end may be the very number of its result, as in a perfect one.
    ends_alone = {end for pair in ends_of(record.results).values() for end in pair}
    for name, value in record.results.items():
        if isinstance(value, float) and name not in ends_alone:
            ends = {"low": record.results.get(f"{name}_low"), "high": record.results.get(f"{name}_high")}
            fitting = [
                one
                for one in _intervals(record)
                if one.value == value
                and one.metric in name
                and all(given in {None, getattr(one, end)} for end, given in ends.items())
            ]
            # The longest name fits best: balanced_accuracy before accuracy.
            longest = max((len(one.metric) for one in fitting), default=0)
            best = [one for one in fitting if len(one.metric) == longest]
            if len({(one.low, one.high) for one in best}) == 1:
                found[name] = best[0]
    return found


def _intervals(record: Record) -> list[Recorded]:
    found = []
    for call in record.calls:
        percent = f"{100 * call.settings.get('level', 0.95):g}"
        for facts in call.found:
            tables = [facts.get("metrics", {})]
            if isinstance(facts.get("models"), dict):
                tables += facts["models"].values()
            found += [
                Recorded(row[0], row[1], row[2], metric, percent, call.source)
                for table in tables
                for metric, row in table.items()
                if None not in row
            ]
    return found


def first_figure(notebook: dict[str, Any]) -> tuple[str, str] | None:
    """Return the first figure of a notebook.

    Parameters
    ----------
    notebook : dict
        Content of an executed notebook.

    Returns
    -------
    tuple of str, or None
        PNG in base64, and its alternative text.
    """
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            found = output.get("data", {})
            if "image/png" in found:
                png, alt = (joined(found.get(kind, "")) for kind in ("image/png", "text/plain"))
                return "".join(png.split()), alt
    return None
