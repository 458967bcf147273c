"""Fair timings: rivals take turns, medians are compared, results must be equal first."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import Any


def interleaved(rivals: Mapping[str, Callable[[], Any]], *, seconds: float = 1.0) -> dict[str, float]:
    """Time functions in turns, so that a busy moment of the machine strikes all of them.

    Parameters
    ----------
    rivals : mapping of str to callable
        Called without arguments. Each is called once beforehand, untimed.
    seconds : float, optional
        About how long to go on; every rival is timed 3 times at least.

    Returns
    -------
    dict
        Name to median seconds of one call.
    """
    for call in rivals.values():
        call()
    taken: dict[str, list[float]] = {name: [] for name in rivals}
    end = time.perf_counter() + seconds
    while len(next(iter(taken.values()))) < 3 or time.perf_counter() < end:
        for name, call in rivals.items():
            start = time.perf_counter()
            call()
            taken[name].append(time.perf_counter() - start)
    return {name: statistics.median(times) for name, times in taken.items()}


def compare(task: str, rivals: Mapping[str, Callable[[], Any]], same: Callable[[Any, Any], bool]) -> list[str]:
    """Time the first rival against the others and return a table's row.

    Parameters
    ----------
    task : str
        What is done to what.
    rivals : mapping of str to callable
        Ours first.
    same : callable
        Whether two results agree; a peer whose result differs is not compared but named.

    Returns
    -------
    list of str
        The task, our milliseconds, then "name: milliseconds (how many times ours)" for each peer.
    """
    (ours, *peers) = rivals
    truth = rivals[ours]()
    equal = {name: rivals[name] for name in peers if same(truth, rivals[name]())}
    times = interleaved({ours: rivals[ours], **equal})
    cells = [
        f"{name}: {1e3 * times[name]:.2f} ({times[name] / times[ours]:.1f}x)"
        if name in equal
        else f"{name}: differs"
        for name in peers
    ]
    return [task, f"{1e3 * times[ours]:.2f}", *cells]


def missing(*modules: str) -> set[str]:
    """Say which peers are not installed, so that a reader knows what was left out.

    Parameters
    ----------
    *modules : str
        Names to import.

    Returns
    -------
    set of str
        Those that cannot be imported.
    """
    absent = {module for module in modules if find_spec(module) is None}
    for module in sorted(absent):
        print(f"{module} is not installed: left out (pip install -r benchmarks/requirements.txt)")
    return absent


def print_table(header: list[str], rows: list[list[str]]) -> None:
    """Print rows in columns.

    Parameters
    ----------
    header : list of str
        Names of the columns; rows may be longer.
    rows : list of list of str
        The cells.
    """
    lines = [header, *rows]
    columns = max(map(len, lines))
    padded = [line + [""] * (columns - len(line)) for line in lines]
    widths = [max(len(line[column]) for line in padded) for column in range(columns)]
    for line in padded:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
