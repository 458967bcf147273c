"""Figures of how a detector works: boxes side by side, overlap, heat, counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke
from numpy.typing import ArrayLike

from workbench.images import Window

from .pictures import draw
from .style import COLORS, STYLE, Figure, blank, figure

WIDTH = 7.0
#: What came of a box, and its colour and line.
OUTCOMES = {"hit": ("#009E73", "-"), "false": ("#D55E00", "-"), "missed": ("#FFFFFF", "--")}


def show_box_panels(
    pictures: Mapping[str, ArrayLike],
    boxes: Mapping[str, pd.DataFrame],
    *,
    alt: str,
    by: str = "class",
    scores: bool = False,
    window: Window | tuple[float, float] | None = None,
    columns: int = 3,
) -> Figure:
    """Show pictures side by side with boxes over them, a colour for each class or outcome.

    Parameters
    ----------
    pictures : mapping of str to (M, N[, 3]) array_like
        Title to slice, grey or RGB.
    boxes : mapping of str to pandas.DataFrame
        The same titles to tables: the column named by `by`, top, left, bottom, right in pixels.
    alt : str
        One sentence that says what is to be seen.
    by : str, optional
        The column that gives the colours; ``"outcome"`` has colours of its own for hit, false and missed.
    scores : bool, optional
        Whether to write each box's score beside it.
    window : Window or (level, width), optional
        The one that suits the modality where not given.
    columns : int, optional
        Pictures in a row.

    Returns
    -------
    Figure
        One axes per picture, and a legend.

    Raises
    ------
    ValueError
        If there is no picture, or one has no table.

    Examples
    --------
    >>> found = pd.DataFrame([{"class": "cell", "top": 1, "left": 1, "bottom": 5, "right": 5}])
    >>> made = show_box_panels({"one": np.zeros((8, 8))}, {"one": found}, alt="A square.")
    >>> len(made.axes[0].patches)
    1
    """
    if not pictures or set(pictures) != set(boxes):
        raise ValueError(f"expected a table for each picture, received {list(pictures)} and {list(boxes)}")
    kinds = sorted({kind for table in boxes.values() for kind in table[by]})
    looks = {kind: (COLORS[1:][place % 6], "-") for place, kind in enumerate(kinds)}
    looks |= {kind: OUTCOMES[kind] for kind in kinds if by == "outcome" and kind in OUTCOMES}
    columns = min(columns, len(pictures))
    rows = -(-len(pictures) // columns)
    tallest = max(np.shape(picture)[0] / np.shape(picture)[1] for picture in pictures.values())
    height = rows * (WIDTH / columns * tallest + 0.25) + 0.3
    made, grid = figure(rows, columns, size=(WIDTH, height), alt=alt, squeeze=False)
    with matplotlib.rc_context(STYLE):
        for axes in grid.flat:
            blank(axes)
        for axes, (title, picture) in zip(grid.flat, pictures.items(), strict=False):
            _draw_pixels(axes, picture, window, WIDTH / columns)
            axes.set_title(title)
            for _, box in boxes[title].iterrows():
                add_box(axes, box, *looks[box[by]])
                if scores:
                    _write(axes, box, f"{box['score']:.2f}", looks[box[by]][0])
        for axes in list(grid.flat)[len(pictures) :]:
            axes.remove()
        handles = [Line2D([], [], color=_legible(color), linestyle=line, label=str(kind))
                   for kind, (color, line) in looks.items()]  # fmt: skip
        if handles:
            made.legend(handles=handles, loc="outside lower center", ncols=min(len(handles), 5))
    return made


def add_box(axes: Axes, box: pd.Series, color: str, line: str) -> None:
    """Draw one box into axes whose pixel centres lie at whole numbers.

    Parameters
    ----------
    axes : Axes
        Changed in place.
    box : pandas.Series
        With top, left, bottom and right, the edges in pixels.
    color, line : str
        Of matplotlib.
    """
    corner = (box["left"] - 0.5, box["top"] - 0.5)
    size = (box["right"] - box["left"], box["bottom"] - box["top"])
    patch = Rectangle(corner, *size, fill=False, edgecolor=color, linestyle=line, linewidth=1.2)
    patch.set_antialiased(False)
    axes.add_patch(patch)


def show_overlap(first: ArrayLike, others: Mapping[str, ArrayLike], *, alt: str) -> Figure:
    """Show one box against several others on squared paper, with what they share.

    Parameters
    ----------
    first : (4,) array_like
        Top, left, bottom, right in pixels.
    others : mapping of str to (4,) array_like
        Title to box.
    alt : str
        One sentence that says what is to be seen.

    Returns
    -------
    Figure
        One axes per other box; the shared area is filled.

    Examples
    --------
    >>> len(show_overlap([0, 0, 2, 2], {"IoU 1/3": [0, 1, 2, 3]}, alt="Two squares.").axes)
    1
    """
    truth = np.asarray(first, dtype=float)
    every = np.array([truth, *others.values()], dtype=float)
    low, high = every[:, :2].min(axis=0) - 0.5, every[:, 2:].max(axis=0) + 0.5
    tall, wide = high - low
    height = WIDTH / len(others) * tall / wide + 0.25
    made, grid = figure(1, len(others), size=(WIDTH, height), alt=alt, squeeze=False)
    with matplotlib.rc_context(STYLE):
        for axes, (title, other) in zip(grid.flat, others.items(), strict=True):
            second = np.asarray(other, dtype=float)
            shared = np.concatenate([np.maximum(truth[:2], second[:2]), np.minimum(truth[2:], second[2:])])
            if (shared[2:] > shared[:2]).all():
                axes.add_patch(_flat(shared, facecolor=COLORS[5], alpha=0.6))
            axes.add_patch(_flat(truth, fill=False, edgecolor=COLORS[0], linewidth=2.2))
            axes.add_patch(_flat(second, fill=False, edgecolor=COLORS[1], linewidth=2.2, linestyle="--"))
            axes.set(xlim=(low[1], high[1]), ylim=(high[0], low[0]), aspect="equal", title=title)
            axes.set_xticks(np.arange(np.ceil(low[1]), high[1]), [])
            axes.set_yticks(np.arange(np.ceil(low[0]), high[0]), [])
            axes.tick_params(length=0)
            for spine in axes.spines.values():
                spine.set_visible(False)
    return made


def show_heat(
    picture: ArrayLike,
    heat: ArrayLike,
    names: Sequence[str],
    *,
    alt: str,
    title: str,
    window: Window | tuple[float, float] | None = None,
) -> Figure:
    """Show an image beside the heat map of each class.

    Parameters
    ----------
    picture : (M, N[, 3]) array_like
        A slice, grey or RGB.
    heat : (m, n, classes) array_like
        From 0 to 1, as a detector gives it.
    names : sequence of str
        Of the classes.
    alt : str
        One sentence that says what is to be seen.
    title : str
        Of the image; it says so if the data are simulated.
    window : Window or (level, width), optional
        The one that suits the modality where not given.

    Returns
    -------
    Figure
        One axes for the image, one per class, and a scale.

    Raises
    ------
    ValueError
        If the number of names is not that of the maps.

    Examples
    --------
    >>> made = show_heat(np.zeros((8, 8)), np.zeros((2, 2, 1)), ["cell"], title="Simulated", alt="Black.")
    >>> [axes.get_title(loc="left") for axes in made.axes[:2]]
    ['Simulated', 'heat: cell']
    """
    maps = np.asarray(heat)
    if maps.ndim != 3 or maps.shape[-1] != len(names):
        raise ValueError(f"expected a map for each of {len(names)} names, received shape {maps.shape}")
    rows, columns = np.shape(picture)[:2]
    panels = len(names) + 1
    size = (WIDTH, (WIDTH - 0.6) / panels * rows / columns + 0.35)
    made, grid = figure(1, panels, size=size, alt=alt, squeeze=False)
    with matplotlib.rc_context(STYLE):
        for axes in grid.flat:
            blank(axes)
        _draw_pixels(grid[0, 0], picture, window, WIDTH / panels)
        grid[0, 0].set_title(title)
        for axes, name, one in zip(grid[0, 1:], names, np.moveaxis(maps, -1, 0), strict=True):
            drawn = axes.imshow(one, cmap="inferno", vmin=0, vmax=1, interpolation="nearest")
            axes.set_title(f"heat: {name}")
        made.colorbar(drawn, ax=list(grid.flat), shrink=0.85, pad=0.01)
    return made


def show_counts(counts: Mapping[str, tuple[ArrayLike, ArrayLike]], *, alt: str, title: str) -> Figure:
    """Show for each class how many objects were counted in each image, against how many there are.

    Parameters
    ----------
    counts : mapping of str to ((n,), (n,)) array_like of int
        Class to true and counted numbers, image by image.
    alt : str
        One sentence that says what is to be seen.
    title : str
        Of the figure; it says so if the data are simulated.

    Returns
    -------
    Figure
        One axes per class; a disc's area is the number of images, the line is where both agree.

    Examples
    --------
    >>> made = show_counts({"cell": ([1, 2], [1, 3])}, title="Simulated", alt="Two discs.")
    >>> made.axes[0].get_xlabel()
    'true number'
    """
    made, grid = figure(1, len(counts), size=(WIDTH, WIDTH / max(len(counts), 2) + 0.5), alt=alt, squeeze=False)
    with matplotlib.rc_context(STYLE):
        for axes, color, (name, (true, counted)) in zip(grid.flat, COLORS, counts.items(), strict=False):
            pairs = np.stack([np.asarray(true, dtype=int), np.asarray(counted, dtype=int)], axis=1)
            places, often = np.unique(pairs, axis=0, return_counts=True)
            most = max(int(pairs.max()), 1) + 1
            axes.plot([-1, most + 1], [-1, most + 1], color="0.6", linewidth=1, zorder=0)
            axes.scatter(*places.T, s=22 * often, color=color, alpha=0.75, linewidth=0)
            exact = float((pairs[:, 0] == pairs[:, 1]).mean())
            axes.set(title=f"{name}: {exact:.0%} exact", xlabel="true number", aspect="equal")
            axes.set(xlim=(-0.7, most), ylim=(-0.7, most))
            ticks = np.arange(0, most + 1, max(1, round(most / 5)))
            axes.set_xticks(ticks)
            axes.set_yticks(ticks)
        grid[0, 0].set_ylabel("number counted")
        made.suptitle(title, x=0.01, ha="left", fontsize=11)
    return made


def _draw_pixels(
    axes: Axes, picture: ArrayLike, window: Window | tuple[float, float] | None, inches: float
) -> None:
    drawn = draw(axes, picture, window=window)
    # Small pictures as the squares that they are: nothing is made up between pixels, and files stay small.
    if np.shape(picture)[1] < 100 * inches:
        drawn.set_interpolation("nearest")


def _write(axes: Axes, box: pd.Series, text: str, color: str) -> None:
    place = (box["left"] - 0.5, max(box["top"] - 0.5, axes.get_ylim()[0] * 0.05))
    written = axes.text(*place, text, color=color, fontsize=8, weight="bold", va="bottom", clip_on=True)
    written.set_path_effects([withStroke(linewidth=2, foreground="black")])


def _flat(box: ArrayLike, **looks: Any) -> Rectangle:
    top, left, bottom, right = np.asarray(box, dtype=float)
    return Rectangle((left, top), right - left, bottom - top, **looks)


def _legible(color: str) -> str:
    return "0.45" if color == "#FFFFFF" else color
