"""Fair timings beside peers: rows are data, results must be equal first, rivals take turns, medians are compared.

A benchmark is a file with rows and a main::

    from timing import Row, main

    def rows():
        image = ...
        yield Row("median 3 x 3", "512 x 512 int16", {
            "ours": lambda: processing.median(image),
            "scipy": lambda: ndimage.median_filter(image, 3),
            "SimpleITK": lambda: sitk.Median(picture, [1, 1]),
        })

    if __name__ == "__main__":
        main("processing", rows())

It prints a Markdown table and writes it into benchmarks/README.md. ``python benchmarks/processing.py median`` runs
the rows whose task or data contains the word, and writes nothing.
"""

from __future__ import annotations

import importlib.metadata
import math
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

README = Path(__file__).with_name("README.md")
VERSIONS = ("numpy", "scipy", "scikit-image", "SimpleITK", "opencv-python-headless", "numba")
#: Each rival is timed for about so long, and at least so often unless one call takes longer than SLOW.
SECONDS, RUNS, SLOW = 0.3, 3, 1.0
#: Slower than this many times the fastest peer is a row missed.
GOAL = 1.1
OURS = "ours"


@dataclass(frozen=True)
class Row:
    """One task on one kind of data, and who can do it.

    Parameters
    ----------
    task, data : str
        What is done, with its options, and to what: ``"median 3 x 3 x 3"``, ``"256 x 256 x 128 int16"``.
    rivals : mapping of str to callable
        Functions without arguments, under ``"ours"`` and the peers' names; whatever they need is made beforehand.
        One that cannot be imported is left out.
    tolerance : float, optional
        How far a peer's result may be from ours, as a fraction of the range of ours; 0 is exact equality.
    nearly : mapping of str to float, optional
        Peers that compute something a little different, and how far off their results may be; the table says so.
    edge : int, optional
        How many voxels at each border are not compared, where a peer has no such border.
    same : callable, optional
        Whether two results agree, in place of `tolerance` and `edge`.
    """

    task: str
    data: str
    rivals: Mapping[str, Callable[[], Any]]
    tolerance: float = 0.0
    nearly: Mapping[str, float] = field(default_factory=dict)
    edge: int = 0
    same: Callable[[Any, Any], bool] | None = None

    def agrees(self, peer: str, ours: Any, theirs: Any) -> bool:
        """Say whether a peer's result is the same as ours."""
        if self.same is not None:
            return self.same(ours, theirs)
        ours, theirs = (array_of(result)[(slice(self.edge, -self.edge or None),) * array_of(result).ndim]
                        for result in (ours, theirs))  # fmt: skip
        if ours.shape != theirs.shape:
            return False
        return bool(np.abs(ours - theirs).max() <= self.nearly.get(peer, self.tolerance) * np.ptp(ours))


def array_of(result: Any) -> np.ndarray:
    """Return a result as an array of float64, be it an array, a tensor or an image of SimpleITK."""
    if hasattr(result, "GetSpacing"):
        import SimpleITK

        result = SimpleITK.GetArrayFromImage(result)
    return np.asarray(result, dtype=np.float64)


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    """Return the seconds that a call took, and its result."""
    start = time.perf_counter()
    result = call()
    return time.perf_counter() - start, result


def measure(row: Row) -> dict[str, float | str]:
    """Return the median seconds of each rival, taking turns, or why there are none."""
    row.rivals[OURS]()  # compiles, allocates
    first, truth = timed(row.rivals[OURS])
    outcome: dict[str, float | str] = {}
    times = {OURS: [first]}
    for name, call in row.rivals.items():
        if name == OURS:
            continue
        try:
            first, result = timed(call)
        except ModuleNotFoundError:
            outcome[name] = "not installed"
            continue
        if row.agrees(name, truth, result):
            times[name] = [first]
        else:
            outcome[name] = "differs"
    truth = result = None
    waiting = {name for name, taken in times.items() if taken[0] < SLOW}
    for name in waiting:
        times[name].clear()  # the first call of a library reads and allocates
    while waiting:
        for name in [name for name in times if name in waiting]:
            times[name].append(timed(row.rivals[name])[0])
            if len(times[name]) >= RUNS and sum(times[name]) >= SECONDS:
                waiting.remove(name)
    return outcome | {name: statistics.median(taken) for name, taken in times.items()}


def duration(seconds: float) -> str:
    """Return seconds as people write them.

    >>> duration(0.0123), duration(3.21), duration(0.0000456)
    ('12.3 ms', '3.21 s', '45.6 µs')
    """
    for unit, scale in (("s", 1.0), ("ms", 1e3), ("µs", 1e6)):
        if seconds * scale >= 1 or unit == "µs":
            return f"{seconds * scale:.3g} {unit}"
    raise AssertionError


def table_lines(header: list[str], rows: list[list[str]]) -> list[str]:
    """Return a Markdown table, padded so that it reads well as plain text too."""
    widths = [max(len(line[column]) for line in [header, *rows]) for column in range(len(header))]
    lines = [header, ["-" * width for width in widths], *rows]
    return ["| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
            for line in lines]  # fmt: skip


def print_table(header: list[str], rows: list[list[str]]) -> None:
    """Print rows of cells as a Markdown table."""
    print("\n".join(table_lines(header, rows)))


def geometric_mean(ratios: Iterable[float]) -> float:
    """Return the geometric mean.

    >>> round(geometric_mean([1, 100]), 6)
    10.0
    """
    logarithms = [math.log(ratio) for ratio in ratios]
    return math.exp(statistics.fmean(logarithms)) if logarithms else math.nan


def report(results: list[tuple[Row, dict[str, float | str]]]) -> str:
    """Return the table of ratios, the geometric means and the rows missed, in Markdown."""
    peers = list(dict.fromkeys(name for row, _ in results for name in row.rivals if name != OURS))
    # A peer's seconds for one of ours, by peer, over the rows it took part in.
    ratios: dict[str, list[float]] = {name: [] for name in peers}
    lines, missed = [], []
    for row, outcome in results:
        ours = float(outcome[OURS])
        cells = []
        for name in peers:
            value = outcome.get(name, "")
            if isinstance(value, float):
                ratios[name].append(value / ours)
                note = f", within {row.nearly[name]:g}" if name in row.nearly else ""
                cells.append(f"{value / ours:.1f}x ({duration(value)}{note})")
            else:
                cells.append(value)
        rivals = {name: value for name in peers if isinstance(value := outcome.get(name), float)}
        if rivals and ours > GOAL * min(rivals.values()):
            fastest = min(rivals, key=rivals.__getitem__)
            missed.append(f"{row.task}, {row.data}: {ours / rivals[fastest]:.1f} times {fastest}'s time")
        lines.append([row.task, row.data, duration(ours), *cells])
    means = ["**geometric mean**", "", ""]
    means += [f"**{geometric_mean(ratios[name]):.1f}x** ({len(ratios[name])} rows)" if ratios[name] else ""
              for name in peers]  # fmt: skip
    table = table_lines(["task", "data", OURS, *(f"{name} ÷ ours" for name in peers)], [*lines, means])
    text = [*table, "", f"Rows slower than {GOAL} times the fastest peer: {len(missed) or 'none'}."]
    return "\n".join([*text, *(f"- {line}" for line in missed)])


def machine() -> str:
    """Return what a reader needs to know about where and with what this was measured."""
    versions = []
    for name in VERSIONS:
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}, {', '.join(versions)}"
    )


def write_section(name: str, text: str) -> None:
    """Write text into benchmarks/README.md between the markers of `name`, or at the end with markers."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    section = f"{begin}\n\n{text.strip()}\n\n{end}"
    page = README.read_text(encoding="utf-8") if README.exists() else "# Benchmarks\n"
    if begin in page:
        before, _, rest = page.partition(begin)
        page = before + section + rest.partition(end)[2]
    else:
        page = f"{page.rstrip()}\n\n## {name.capitalize()}\n\n{section}\n"
    README.write_text(page, encoding="utf-8")


def main(name: str, rows: Iterable[Row]) -> None:
    """Measure the rows, print the table, and write it into the section `name` of benchmarks/README.md.

    Parameters
    ----------
    name : str
        The benchmark's, as in ``benchmarks/<name>.py``.
    rows : iterable of Row
        Made one by one, so that a generator needs the memory of one row at a time.
    """
    words = sys.argv[1:]
    results = []
    for row in rows:
        if all(word in f"{row.task}, {row.data}" for word in words):
            results.append((row, measure(row)))
            print(f"{name}: {row.task}, {row.data}", file=sys.stderr, flush=True)
    if not results:
        raise SystemExit(f"no row of {name} contains {' and '.join(words)}")
    text = f"{machine()}\n\n{report(results)}"
    print(text)
    if not words:
        write_section(name, text)
