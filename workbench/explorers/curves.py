"""Curves as SVG: drawn in a millisecond, so that they follow a slider, and in the colours of the page's theme."""

from __future__ import annotations

import html
from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .controls import digits

COLORS = ("#8b95a1", "#2f95e8", "#e58a0b", "#21a179")
LEFT, RIGHT, TOP, BOTTOM = 58, 12, 10, 36
TEXT = "var(--jp-ui-font-color2, GrayText)"
LINES = "var(--jp-border-color2, #8886)"
MOST_POINTS = 600


def curves(
    lines: Mapping[str, tuple[ArrayLike, ArrayLike]],
    *,
    across: str,
    up: str,
    title: str,
    mark: tuple[float, float] | None = None,
    width: int = 620,
    height: int = 190,
) -> str:
    """Draw curves with axes and a legend.

    Parameters
    ----------
    lines : mapping of str to (x, y)
        Name to coordinates; each at least one point, finite.
    across, up : str
        What the axes show, with units.
    title : str
        One sentence for those who hear the page.
    mark : (x, y), optional
        A point to stress.
    width, height : int, optional
        Of the drawing; it shrinks where there is less room.

    Returns
    -------
    str
        SVG, for `ipywidgets.HTML`.

    Raises
    ------
    ValueError
        If there is no point.

    Examples
    --------
    >>> "<polyline" in curves({"energy": ([0, 1], [3, 2])}, across="step", up="energy", title="Energy.")
    True
    """
    drawn = {name: (np.asarray(x, float), np.asarray(y, float)) for name, (x, y) in lines.items()}
    if not drawn or any(not x.size or x.shape != y.shape for x, y in drawn.values()):
        raise ValueError("curves must have points, as many x as y; received none, or other numbers of them")
    (x0, x1), (y0, y1) = (
        _range(np.concatenate([line[axis] for line in drawn.values()]), pad) for axis, pad in ((0, 0.0), (1, 0.04))
    )
    right, floor = width - RIGHT, height - BOTTOM
    colors = COLORS if len(drawn) > 1 else COLORS[1:]

    def place(x: NDArray, y: NDArray) -> tuple[NDArray, NDArray]:
        return LEFT + (x - x0) / (x1 - x0) * (right - LEFT), floor - (y - y0) / (y1 - y0) * (floor - TOP)

    parts = []
    for tick, text in _ticks(x0, x1, 8):
        (at,), _ = place(np.array([tick]), np.array([y0]))
        parts.append(f'<text x="{at:.1f}" y="{floor + 15}" text-anchor="middle">{text}</text>')
    for tick, text in _ticks(y0, y1, 4):
        _, (at,) = place(np.array([x0]), np.array([tick]))
        parts.append(f'<line x1="{LEFT}" x2="{right}" y1="{at:.1f}" y2="{at:.1f}" style="stroke:{LINES}"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{text}</text>')
    for color, (x, y) in zip(colors, drawn.values(), strict=False):
        columns, rows = place(*_thinned(x, y))
        points = " ".join(f"{column:.1f},{row:.1f}" for column, row in zip(columns, rows, strict=True))
        parts.append(f'<polyline points="{points}" fill="none" style="stroke:{color}" stroke-width="1.7"/>')
    if mark is not None:
        (column,), (row,) = place(np.array([mark[0]]), np.array([mark[1]]))
        parts.append(f'<circle cx="{column:.1f}" cy="{row:.1f}" r="4.5" style="fill:{COLORS[1]};stroke:#fff"/>')
    parts.append(
        f'<text x="{(LEFT + right) / 2}" y="{height - 4}" text-anchor="middle">{html.escape(across)}</text>'
    )
    middle = (TOP + floor) / 2
    parts.append(
        f'<text x="13" y="{middle}" text-anchor="middle" transform="rotate(-90 13 {middle})">'
        f"{html.escape(up)}</text>"
    )
    legend = "".join(
        f"<span style='white-space:nowrap'><span aria-hidden='true' style='display:inline-block;width:18px;"
        f"border-top:2px solid {color};vertical-align:middle;margin-right:5px'></span>{html.escape(name)}</span>"
        for color, name in zip(colors, drawn, strict=False)
    )
    said = html.escape(title, quote=True)
    return (
        f"<div style='color:{TEXT};font:12px/1.5 var(--jp-ui-font-family, system-ui, sans-serif)'>"
        f"<div style='display:flex;flex-wrap:wrap;gap:2px 18px;padding-left:{LEFT}px'>{legend}</div>"
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{said}" '
        f'style="width:100%;max-width:{width}px;height:auto;display:block;fill:{TEXT};font-size:11.5px">'
        f"<title>{said}</title>{''.join(parts)}</svg></div>"
    )


def _range(values: NDArray, pad: float) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    length = (high - low) or max(abs(high), 1.0) * 0.1
    return low - pad * length, high + pad * length if high > low else low + length


def _ticks(low: float, high: float, most: int) -> list[tuple[float, str]]:
    power = 10.0 ** np.floor(np.log10((high - low) / most))
    step = next(power * factor for factor in (1, 2, 5, 10, 20) if (high - low) / (power * factor) <= most)
    marks = np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step
    return [(float(mark), f"{mark + 0.0:.{digits(step)}f}".replace("-", "\N{MINUS SIGN}")) for mark in marks]


def _thinned(x: NDArray, y: NDArray) -> tuple[NDArray, NDArray]:
    step = -(-x.size // MOST_POINTS)
    return (x, y) if step == 1 else (x[::step], y[::step])
