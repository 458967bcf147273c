"""One look for all figures: readable on screen and when printed in grey."""

from __future__ import annotations

import io
from typing import Any

import matplotlib
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as MatplotlibFigure
from PIL import Image as Picture

from .palettes import smallest_mode

#: Colours that stay distinct for colour-blind readers (Okabe and Ito 2008) and differ in lightness when printed.
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
STYLE = {
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.prop_cycle": cycler(color=COLORS),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "figure.dpi": 100,
    "figure.facecolor": "white",
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "grid.alpha": 0.3,
    "image.cmap": "gray",
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "savefig.facecolor": "white",
}


class Figure(MatplotlibFigure):
    """A matplotlib figure that shows itself in a notebook, with a text for those who cannot see it.

    Parameters
    ----------
    *args, **options
        As for `matplotlib.figure.Figure`.
    alt : str, optional
        One sentence that says what is to be seen.
    """

    def __init__(self, *args: Any, alt: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        self.alt = alt

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        return {"image/png": self._png(), "text/plain": self.alt or "figure"}, {"image/png": {"alt": self.alt}}

    def _png(self) -> bytes:
        buffer = io.BytesIO()
        with matplotlib.rc_context(STYLE):
            self.savefig(buffer, format="raw")
        width, height = self.canvas.get_width_height()
        picture = Picture.frombytes("RGBA", (width, height), buffer.getvalue()).convert("RGB")
        smallest = io.BytesIO()
        smallest_mode(picture).save(smallest, "PNG", optimize=True)
        return smallest.getvalue()


def figure(
    rows: int = 1, columns: int = 1, *, size: tuple[float, float], alt: str, **options: Any
) -> tuple[Figure, Any]:
    """Make a figure and its axes in the workbench's style.

    Parameters
    ----------
    rows, columns : int, optional
        Of axes.
    size : tuple of 2 float
        Width and height in inches; 8.5 is the text's width.
    alt : str
        One sentence that says what is to be seen.
    **options
        As for `matplotlib.figure.Figure.subplots`.

    Returns
    -------
    figure : Figure
        Not known to pyplot, so nothing is shown twice or kept alive.
    axes : Axes or (rows, columns) ndarray of Axes
        One axes alone is not in an array, as with `matplotlib.pyplot.subplots`.

    Examples
    --------
    >>> made, axes = figure(1, 2, size=(8, 3), alt="Two empty axes.")
    >>> len(axes)
    2
    """
    with matplotlib.rc_context(STYLE):
        made = Figure(figsize=size, layout="constrained", alt=alt)
        FigureCanvasAgg(made)
        return made, made.subplots(rows, columns, **options)


def blank(axes: Axes) -> None:
    """Take away ticks, grid and frame, as for a picture.

    Parameters
    ----------
    axes : Axes
        Changed in place.
    """
    axes.set_xticks([])
    axes.set_yticks([])
    axes.grid(visible=False)
    for spine in axes.spines.values():
        spine.set_visible(False)
