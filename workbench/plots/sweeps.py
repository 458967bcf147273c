"""Figures of sweeps: settings by a metric, seams between chunks, and what more workers bring."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import matplotlib
import matplotlib.ticker
import numpy as np
from numpy.typing import ArrayLike

from .style import COLORS, STYLE, Figure, figure

if TYPE_CHECKING:
    import pandas as pd


def show_settings(compared: pd.DataFrame, *, title: str, metric: str, alt: str) -> Figure:
    """Show two parameters by a metric as a heat map that says what can be told apart.

    Parameters
    ----------
    compared : pandas.DataFrame
        As from `experiments.compare`, of a sweep in which two parameters vary.
    title, metric : str
        Above the figure and beside its colours, with the unit.
    alt : str
        One sentence that says what is to be seen.

    Returns
    -------
    Figure
        Each field holds its mean; the best is framed, and "≈" marks those that cannot be told from it.

    Raises
    ------
    ValueError
        If not two parameters vary.

    Examples
    --------
    >>> import pandas as pd
    >>> index = pd.MultiIndex.from_product([[2, 3], [8, 16]], names=["depth", "width"])
    >>> compared = pd.DataFrame({"mean": [1.0, 2, 3, 4], "verdict": ["worse"] * 3 + ["best"]}, index)
    >>> show_settings(compared, title="", metric="", alt="").axes[0].get_ylabel()
    'depth'
    """
    if compared.index.nlevels != 2:
        raise ValueError(f"expected two parameters that vary, received {list(compared.index.names)}")
    means, verdicts = compared["mean"].unstack(), compared["verdict"].unstack()
    rows, columns = means.shape
    made, axes = figure(size=(8.5, 1.2 + 0.5 * rows), alt=alt)
    with matplotlib.rc_context(STYLE):
        drawn = axes.imshow(means, cmap="viridis", aspect="auto")
        low, high = drawn.get_clim()
        for (row, column), mean in np.ndenumerate(means.to_numpy()):
            verdict = verdicts.iloc[row, column]
            mark = "≈ " if str(verdict).startswith("cannot") else ""
            dark = mean < (low + high) / 2
            text = f"{mark}{mean:.4g}" if mean == mean else "no run"  # noqa: PLR0124 (nan is unequal to itself)
            axes.text(column, row, text, ha="center", va="center", color="white" if dark else "black")
            if verdict == "best":
                frame = (column - 0.48, row - 0.46)
                axes.add_patch(matplotlib.patches.Rectangle(frame, 0.96, 0.92, fill=False, ec=COLORS[1], lw=3))
        axes.set_xticks(range(columns), [f"{value:g}" if _is_number(value) else value for value in means.columns])
        axes.set_yticks(range(rows), [f"{value:g}" if _is_number(value) else value for value in means.index])
        axes.set(xlabel=means.columns.name, ylabel=means.index.name, title=title)
        axes.grid(visible=False)
        made.colorbar(drawn, ax=axes, label=metric)
    return made


def show_wall_times(workers: ArrayLike, seconds: Mapping[str, ArrayLike], *, title: str, alt: str) -> Figure:
    """Show how long a sweep takes with more workers.

    Parameters
    ----------
    workers : (N,) array_like
        Numbers of workers.
    seconds : mapping of str to (N,) array_like
        Name to wall time, as from `experiments.wall_time`.
    title : str
        Above the figure.
    alt : str
        One sentence that says what is to be seen.

    Returns
    -------
    Figure
        Both axes logarithmic.

    Examples
    --------
    >>> made = show_wall_times([1, 2], {"ours": [8, 4.5]}, title="", alt="")
    >>> [text.get_text() for text in made.axes[0].get_legend().get_texts()]
    ['ours']
    """
    made, axes = figure(size=(8.5, 3.4), alt=alt)
    with matplotlib.rc_context(STYLE):
        for (name, values), style in zip(seconds.items(), ("-", "--", ":", "-.") * 2, strict=False):
            axes.plot(np.asarray(workers), np.asarray(values), style, drawstyle="steps-post", label=name)
        axes.set_xscale("log", base=2)
        axes.set_yscale("log")
        ticks = 2.0 ** np.arange(np.floor(np.log2(np.max(workers))) + 1)
        axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        axes.yaxis.set_major_locator(matplotlib.ticker.LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter(matplotlib.ticker.FormatStrFormatter("%g"))
        axes.yaxis.set_minor_locator(matplotlib.ticker.NullLocator())
        axes.set(xlabel="workers", ylabel="wall time, s", title=title)
        axes.legend(loc="upper right")
    return made


def show_seams(errors: Mapping[str, ArrayLike], *, title: str, ylabel: str, alt: str) -> Figure:
    """Show the error of each slice, for several ways to cut a volume.

    Parameters
    ----------
    errors : mapping of str to (N,) array_like
        Name to the error of each slice.
    title, ylabel, alt : str
        Above the figure, with the unit, and one sentence that says what is to be seen.

    Returns
    -------
    Figure
        One axes.

    Examples
    --------
    >>> show_seams({"cut": [0, 1, 0]}, title="", ylabel="error", alt="").axes[0].get_xlabel()
    'slice'
    """
    made, axes = figure(size=(8.5, 2.6), alt=alt)
    with matplotlib.rc_context(STYLE):
        for (name, values), style in zip(errors.items(), ("o-", "s--", "^:") * 2, strict=False):
            axes.plot(np.asarray(values), style, markersize=4, label=name)
        axes.set(xlabel="slice", ylabel=ylabel, title=title)
        highest = max(float(np.max(values)) for values in errors.values()) or 1.0
        axes.set_ylim(-0.05 * highest, 1.3 * highest)
        axes.legend(loc="upper left", ncols=len(errors))
    return made


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | np.number)
