"""Figures of what a classifier looks at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from workbench.images import Window

from .pictures import draw
from .style import COLORS, STYLE, Figure, blank, figure

if TYPE_CHECKING:
    from workbench.cnn import SanityCheck

WIDTH = 8.5
SIGNED, POSITIVE = "RdBu_r", "inferno"


def show_explanations(
    images: ArrayLike,
    maps: Mapping[str, ArrayLike],
    *,
    alt: str,
    titles: Sequence[str] | None = None,
    window: Window | tuple[float, float] | None = None,
    width: float = WIDTH,
) -> Figure:
    """Show images beside maps of what spoke for their class.

    Parameters
    ----------
    images : (n, M, N[, 3]) array_like
        One row of the figure for each.
    maps : mapping of str to (n, M, N) array_like
        Method to maps in logits. Maps with negative values are red where they speak for the class and blue where
        they speak against it, with white at 0; others run from black over red to yellow.
    alt : str
        One sentence that says what is to be seen.
    titles : sequence of str, optional
        What each image is, such as its class and probability.
    window : Window or (level, width), optional
        For all images.
    width : float, optional
        Of the figure, in inches.

    Returns
    -------
    Figure
        A row for each image, with a scale below each method.

    Raises
    ------
    ValueError
        If there are no maps, or one has not the images' shape.

    Examples
    --------
    >>> made = show_explanations(np.zeros((1, 4, 4)), {"half": np.eye(4)[np.newaxis] - 0.5}, alt="A diagonal.")
    >>> [axes.get_title(loc="left") for axes in made.axes][:2]
    ['image', 'half']
    """
    pictures = np.asarray(images)
    drawn = {name: np.asarray(each) for name, each in maps.items()}
    if not drawn or any(each.shape != pictures.shape[:3] for each in drawn.values()):
        received = ", ".join(f"{name} {each.shape}" for name, each in drawn.items())
        raise ValueError(f"maps must have the images' shape {pictures.shape[:3]}, received {received or 'none'}")
    count, height, across = pictures.shape[:3]
    columns = 1 + len(drawn)
    tall = (
        count * (width / columns) * height / across
        + 0.9
        + 0.2 * sum(1 + title.count("\n") for title in titles or ())
    )
    made, grid = figure(count, columns, size=(width, tall), alt=alt, squeeze=False)
    with matplotlib.rc_context(STYLE):
        for row, picture in enumerate(pictures):
            draw(_titled(grid[row, 0], "image" if titles is None else titles[row]), picture, window=window)
        for column, (name, each) in enumerate(drawn.items(), start=1):
            meant = "logits\nblue against, red for" if (each < 0).any() else "logits\nbright: for"
            for row in range(count):
                shown = _draw_map(_titled(grid[row, column], name if row == 0 else ""), each[row], each)
            made.colorbar(
                shown, ax=list(grid[:, column]), location="bottom", label=meant, shrink=0.9, aspect=18, pad=0.02
            )
        made.colorbar(shown, ax=list(grid[:, 0]), location="bottom", shrink=0.9, aspect=18, pad=0.02).remove()
    return made


def show_sanity(checks: Mapping[str, SanityCheck], *, alt: str, image: int = 0, width: float = WIDTH) -> Figure:
    """Show what becomes of maps as a network's weights are shuffled, from its output to its input.

    Parameters
    ----------
    checks : mapping of str to cnn.SanityCheck
        Method to what `cnn.sanity_check` found, all with the same stages.
    alt : str
        One sentence that says what is to be seen.
    image : int, optional
        Whose maps to show.
    width : float, optional
        Of the figure, in inches.

    Returns
    -------
    Figure
        A row of maps for each method, and below them the mean rank correlation with the trained network's maps.

    Raises
    ------
    ValueError
        If there are no checks, or their stages differ.
    """
    stages = [tuple(check.table.index) for check in checks.values()]
    if len(set(stages)) != 1:
        raise ValueError(f"expected checks with the same stages, received {len(set(stages))} kinds of them")
    names = stages[0]
    side = width / len(names)
    made, grid = figure(
        len(checks) + 1,
        len(names),
        size=(width, side * len(checks) + 2.6),
        alt=alt,
        squeeze=False,
        height_ratios=[side] * len(checks) + [2.1],
    )
    with matplotlib.rc_context(STYLE):
        for axes in grid[-1]:
            axes.remove()
        below = made.add_subplot(grid[0, 0].get_gridspec()[-1, :])
        for row, (name, check) in enumerate(checks.items()):
            for column, layer in enumerate(names):
                axes = _titled(grid[row, column], layer.replace("_", "\n", 1) if row == 0 else "", size=9)
                _draw_map(axes, check.maps[layer][image], check.maps[layer][image])
            grid[row, 0].set_ylabel(name, visible=True, fontsize=9)
            color = COLORS[row % len(COLORS)]
            below.plot(range(len(names)), check.table, ".", color=color, alpha=0.35)
            below.plot(range(len(names)), check.table.mean(axis=1), "o-", color=color, label=name)
        below.axhspan(-0.5, 0.5, color="0.92", zorder=0)
        below.set_xticks(range(len(names)), names)
        below.set_ylim(-1.05, 1.05)
        below.set(
            ylabel="rank correlation", title="Agreement with the map of the trained network (one dot per image)"
        )
        below.set_xlabel("weights shuffled from the output down to")
        below.legend(loc="upper right", ncols=len(checks))
    return made


def _titled(axes: Axes, title: str, *, size: float = 10) -> Axes:
    blank(axes)
    axes.set_title(title, fontsize=size)
    return axes


def _draw_map(axes: Axes, values: NDArray, scale: NDArray) -> Any:
    signed = bool((scale < 0).any())
    # One pixel in a hundred may leave the scale: a single one would make all others pale.
    most = float(np.percentile(np.abs(scale), 99)) or float(np.abs(scale).max()) or 1.0
    return axes.imshow(
        values,
        cmap=SIGNED if signed else POSITIVE,
        vmin=-most if signed else 0,
        vmax=most,
        interpolation="nearest",
    )
