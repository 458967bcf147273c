"""Figures of a network's training: its data, its learning curves, its errors."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.patches import Patch
from numpy.typing import ArrayLike

from .pictures import draw
from .style import COLORS, STYLE, Figure, blank, figure

WIDTH = 8.5


def show_learning(table: pd.DataFrame, *, best_epoch: int, alt: str) -> Figure:
    """Show loss and score of each epoch, of training and of validation data.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per epoch; column ``val_x`` is drawn beside column ``x``.
    best_epoch : int
        Marked by a line.
    alt : str
        One sentence that says what is to be seen.

    Returns
    -------
    Figure
        One axes per quantity, loss first.

    Raises
    ------
    ValueError
        If the table has no column ``loss``.

    Examples
    --------
    >>> table = pd.DataFrame({"loss": [2.0, 1.0], "val_loss": [2.0, 1.5], "dice": [0.1, 0.4]}, index=[1, 2])
    >>> [axes.get_title(loc="left") for axes in show_learning(table, best_epoch=2, alt="Falling.").axes]
    ['Loss', 'Dice']
    """
    if "loss" not in table:
        raise ValueError(f"expected a table with a column 'loss', received {', '.join(map(str, table.columns))}")
    names = ["loss", *(name for name in map(str, table.columns) if name != "loss" and not name.startswith("val_"))]
    made, grid = figure(1, len(names), size=(WIDTH, 3), alt=alt, squeeze=False)
    with matplotlib.rc_context(STYLE):
        for axes, name in zip(grid.flat, names, strict=True):
            axes.plot(table.index, table[name], "o-", color=COLORS[0], label="training")
            if f"val_{name}" in table:
                axes.plot(table.index, table[f"val_{name}"], "s-", color=COLORS[1], label="validation")
            axes.axvline(best_epoch, color="0.5", linestyle=":", label=f"kept: epoch {best_epoch}")
            axes.set_title(name.capitalize())
            axes.set_xlabel("epoch")
            axes.set_xticks(table.index[:: -(-len(table) // 10)])
        grid.flat[0].legend()
    return made


def show_split(
    section: ArrayLike, parts: Mapping[str, ArrayLike], *, title: str, alt: str, axis: str = "slice"
) -> Figure:
    """Show which slices belong to which part, as bands over a section that cuts all slices.

    Parameters
    ----------
    section : (slices, columns) array_like
        An Image brings its spacing; its first row is drawn at the bottom.
    parts : mapping of str to array_like of int
        Name, such as ``"training"``, to the slices' indices.
    title : str
        Of the figure.
    alt : str
        One sentence that says what is to be seen.
    axis : str, optional
        Name of the vertical axis.

    Returns
    -------
    Figure
        One axes.

    Raises
    ------
    ValueError
        If there is no part.

    Examples
    --------
    >>> made = show_split(np.zeros((9, 9)), {"training": [0, 1, 2], "test": [7, 8]}, title="Nine", alt="Bands.")
    >>> len(made.axes[0].patches)
    2
    """
    if not parts:
        raise ValueError("expected at least one part, received none")
    height, width = np.shape(section)[:2]
    made, axes = figure(size=(WIDTH * 0.7, WIDTH * 0.7 * min(1.0, height / width) - 0.6), alt=alt)
    with matplotlib.rc_context(STYLE):
        draw(axes, section)
        axes.invert_yaxis()
        axes.grid(visible=False)
        handles = []
        for color, (name, indices) in zip(COLORS, parts.items(), strict=False):
            for run in _runs(np.sort(np.asarray(indices))):
                axes.axhspan(run[0] - 0.5, run[-1] + 0.5, color=color, alpha=0.4, linewidth=0)
            handles.append(Patch(color=color, alpha=0.6, label=f"{name}: {np.size(indices)}"))
        axes.set_title(title)
        axes.set_ylabel(axis)
        axes.set_xticks([])
        made.legend(handles=handles, loc="outside right center")
    return made


def show_errors(
    picture: ArrayLike, truth: ArrayLike, predictions: Mapping[str, ArrayLike], *, names: tuple[str, ...], alt: str
) -> Figure:
    """Show the truth, what each method says, and where it is wrong.

    Parameters
    ----------
    picture : (M, N) array_like
        The slice.
    truth : (M, N) array_like of int
        Its label map.
    predictions : mapping of str to (M, N) array_like of int
        Method to label map.
    names : tuple of str
        Of the labels, background first.
    alt : str
        One sentence that says what is to be seen.

    Returns
    -------
    Figure
        Slice and truth above each other, then a column for each method: label map above, wrong pixels below.

    Examples
    --------
    >>> made = show_errors([[0, 9]], [[0, 1]], {"all": [[1, 1]]}, names=("air", "brain"), alt="One wrong pixel.")
    >>> [axes.get_title(loc="left") for axes in made.axes]
    ['slice', 'all', 'truth', '1 pixel wrong']
    """
    from matplotlib.colors import ListedColormap

    right = np.asarray(truth).astype(int)
    colors = ["#000000", *COLORS[: len(names) - 1]]
    colormap = ListedColormap(colors)
    columns = 1 + len(predictions)
    panel = min(WIDTH / columns, 3.0)
    size = (panel * columns, 2 * panel * right.shape[0] / right.shape[1] + 1.0)
    made, grid = figure(2, columns, size=size, alt=alt, squeeze=False)
    with matplotlib.rc_context(STYLE):
        for axes in grid.flat:
            blank(axes)
        draw(grid[0, 0], picture)
        grid[0, 0].set_title("slice")
        shown = {"vmin": -0.5, "vmax": len(names) - 0.5, "interpolation": "nearest"}
        grid[1, 0].imshow(right, cmap=colormap, **shown)
        grid[1, 0].set_title("truth")
        for column, (method, labels) in enumerate(predictions.items(), start=1):
            grid[0, column].imshow(np.asarray(labels).astype(int), cmap=colormap, **shown)
            grid[0, column].set_title(method)
            wrong = np.asarray(labels) != right
            grid[1, column].imshow(~wrong, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
            grid[1, column].set_title(f"{wrong.sum()} pixel{'' if wrong.sum() == 1 else 's'} wrong")
            for spine in grid[1, column].spines.values():
                spine.set_visible(True)
        patches = [Patch(color=color, label=name) for color, name in zip(colors, names, strict=True)]
        made.legend(handles=patches, loc="outside lower center", ncols=len(names))
    return made


def show_slice_scores(scores: pd.DataFrame, *, alt: str, label: str = "Dice coefficient") -> Figure:
    """Show the score of each slice, one axes per class, one line per method.

    Parameters
    ----------
    scores : pandas.DataFrame
        One row per slice, its index the horizontal axis; columns (method, class).
    alt : str
        One sentence that says what is to be seen.
    label : str, optional
        Of the vertical axis.

    Returns
    -------
    Figure
        One axes per class, on a common scale.

    Examples
    --------
    >>> columns = pd.MultiIndex.from_product([["a", "b"], ["grey"]])
    >>> made = show_slice_scores(pd.DataFrame([[0.9, 0.8]], columns=columns), alt="Two scores.")
    >>> made.axes[0].get_title(loc="left")
    'grey'
    """
    methods, classes = (list(dict.fromkeys(scores.columns.get_level_values(level))) for level in (0, 1))
    made, grid = figure(1, len(classes), size=(WIDTH, 3), alt=alt, squeeze=False, sharey=True)
    with matplotlib.rc_context(STYLE):
        for axes, name in zip(grid.flat, classes, strict=True):
            for color, marker, method in zip(COLORS, "osD^vP*", methods, strict=False):
                look = {"color": color, "marker": marker, "ms": 4}
                for number, run in enumerate(_blocks(np.asarray(scores.index))):
                    label_once = {} if number else {"label": method}
                    axes.plot(scores.index[run], scores[method, name].iloc[run], **look, **label_once)
            axes.set_title(name)
            axes.set_xlabel(scores.index.name or "slice")
        grid.flat[0].set_ylabel(label)
        grid.flat[0].legend()
    return made


def _runs(indices: np.ndarray) -> list[np.ndarray]:
    step = int(np.diff(indices).min()) if len(indices) > 1 else 1
    return np.split(indices, np.flatnonzero(np.diff(indices) > step) + 1)


def _blocks(index: np.ndarray) -> list[np.ndarray]:
    # A line between slices that are not neighbours would draw scores that nobody measured.
    steps = np.diff(index) if index.dtype.kind in "iu" else np.zeros(max(len(index) - 1, 0), int)
    usual = np.median(steps) if len(steps) else 0
    return np.split(np.arange(len(index)), np.flatnonzero(steps != usual) + 1)
