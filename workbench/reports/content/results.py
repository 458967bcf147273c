"""Recorded results as they are to be read: rounded, with their intervals in the same decimals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from math import isfinite
from typing import Any

from workbench.evaluation.wording import rounded, share_decimals
from workbench.experiments.chapters import joined
from workbench.experiments.recording import RESULTS

from .intervals import Recorded, ends_of, with_intervals
from .record import Record

HUGE = 1e15  # beyond which decimals mean nothing


@dataclass(frozen=True)
class Result:
    """A recorded result.

    Parameters
    ----------
    text : str
        As printed.
    number : float, optional
        Its value, where it is written with decimals.
    ends : tuple of float, optional
        Of its interval.
    decimals : int, optional
        Of the number and of the ends.
    percent : str, optional
        Level of the interval; empty where it is not known.
    """

    text: str
    number: float | None = None
    ends: tuple[float, float] | None = None
    decimals: int = 0
    percent: str = ""

    @property
    def value(self) -> str:
        """The result itself."""
        return self.text if self.number is None else _written(self.number, self.decimals)

    @property
    def interval(self) -> str:
        """How sure it is; empty where that is not known."""
        return " to ".join(_written(end, self.decimals) for end in self.ends) if self.ends else ""

    @property
    def is_share(self) -> bool:
        """Whether it is a number that shares are like."""
        return self.number is not None and 0.1 <= abs(self.number) <= 1

    @property
    def least(self) -> int:
        """How many decimals it needs to say anything."""
        if self.number is None or not self.is_share:
            return self.decimals
        return max(self.decimals, share_decimals([self.number]))

    def __str__(self) -> str:
        return f"{self.value} ({self.interval})" if self.ends else self.value


def results(notebook: dict[str, Any]) -> dict[str, Result]:
    """Return the recorded results as they are to be read.

    Parameters
    ----------
    notebook : dict
        Content of an executed notebook.

    Returns
    -------
    dict
        Name to result, rounded as the notebook rounds it.
    """
    known = intervals(notebook)
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    recorded = [of_output(output, known) for output in outputs if RESULTS in output.get("metadata", {})]
    return {name: result for one in recorded for name, result in one.items()}


def intervals(notebook: dict[str, Any]) -> dict[str, Recorded]:
    """Return the intervals that a run computed for what it recorded.

    Parameters
    ----------
    notebook : dict
        Content of an executed notebook.

    Returns
    -------
    dict
        Name of a result to its interval.
    """
    record = Record(notebook)
    return with_intervals(record) if record.run else {}


def of_output(output: dict[str, Any], known: Mapping[str, Recorded]) -> dict[str, Result]:
    """Return the results that one output shows.

    Parameters
    ----------
    output : dict
        That `experiments.record` made.
    known : mapping
        From `intervals`.

    Returns
    -------
    dict
        Name to result; ``auc``, ``auc_low`` and ``auc_high`` are one. Numbers that shares are like have the same
        decimals.

    Examples
    --------
    >>> values = {"auc": 0.987, "auc_low": 0.95, "auc_high": 1.0, "alike": True, "cases": 12}
    >>> found = of_output({"data": {"text/plain": "auc 0.99"}, "metadata": {RESULTS: values}}, {})
    >>> {name: str(result) for name, result in found.items()}
    {'auc': '0.987 (0.950 to 1.000)', 'alike': 'yes', 'cases': '12'}
    """
    values, texts = output["metadata"][RESULTS], _printed(output)
    pairs = {
        name: pair
        for name, pair in ends_of(values).items()
        if all(_is_number(values[one]) for one in (name, *pair))
    }
    found = {}
    for name, text in texts.items():
        if any(name in pair for pair in pairs.values()):
            continue
        own, interval = pairs.get(name, ()), known.get(name)
        ends = tuple(values[end] for end in own) or ((interval.low, interval.high) if interval else None)
        percent = interval.percent if interval else ""
        if isinstance(values[name], float) and "e" not in text and isfinite(values[name]):
            # An end that is a whole number, or tiny, is printed with other decimals.
            decimals = max(_decimals(text), *(_decimals(texts[end]) for end in own if abs(values[end]) >= 0.1), 0)
            found[name] = Result(text, values[name], ends, decimals, percent)
        else:
            decimals = max((_decimals(texts[end]) for end in own), default=3)
            found[name] = Result(text, None, ends, decimals, percent)
    return alike(found)


def alike(found: Mapping[str, Result]) -> dict[str, Result]:
    """Write numbers that shares are like with the same decimals.

    Parameters
    ----------
    found : mapping of str to Result
        That stand together.

    Returns
    -------
    dict
        The same results.
    """
    decimals = most_decimals(one for one in found.values() if one.is_share)
    return {name: replace(one, decimals=decimals) if one.is_share else one for name, one in found.items()}


def most_decimals(found: Iterable[Result]) -> int:
    """Return with how many decimals results are to be written, so that none loses any.

    Parameters
    ----------
    found : iterable of Result
        Some.

    Returns
    -------
    int
        At least 2 where there is a share, and 3 where one is close to 1 without being 1.
    """
    return max((one.least for one in found), default=0)


def interval_name(found: Iterable[Result]) -> str:
    """Say what the intervals of results that stand together are.

    Parameters
    ----------
    found : iterable of Result
        Some.

    Returns
    -------
    str
        With the level where all have the same and it is known; empty where there is no interval.

    Examples
    --------
    >>> known, unknown = (Result("0.5", 0.5, (0.4, 0.6), 1, percent) for percent in ("90", ""))
    >>> interval_name([known, Result("3")]), interval_name([known, unknown])
    ('90 % interval', 'interval')
    """
    percents = {one.percent for one in found if one.ends}
    return (
        f"{percents.pop()} % interval" if len(percents) == 1 and percents != {""} else "interval" * bool(percents)
    )


def told(value: Any) -> str:
    """Write a recorded value.

    Parameters
    ----------
    value : float, int, str or bool
        As recorded.

    Returns
    -------
    str
        With four significant digits.

    Examples
    --------
    >>> told(0.98765), told(True)
    ('0.9877', 'yes')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _printed(output: dict[str, Any]) -> dict[str, str]:
    lines = joined(output["data"].get("text/plain", "")).splitlines()
    rounded = {name: value.strip() for name, _, value in (line.partition(" ") for line in lines)}
    values = output["metadata"][RESULTS]
    # In the order of the lines, because a notebook's file has its metadata sorted.
    names = [name for name in rounded if name in values] + [name for name in values if name not in rounded]
    return {n: told(values[n]) if isinstance(values[n], bool) else rounded.get(n, told(values[n])) for n in names}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _decimals(text: str) -> int:
    return 0 if "e" in text else len(text.partition(".")[2])


def _written(number: float, decimals: int) -> str:
    if not abs(number) < HUGE:
        return f"{Decimal(number):.4g}"
    return rounded(number, decimals)
