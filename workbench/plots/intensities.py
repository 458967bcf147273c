"""Figures of intensities: how often each occurs, and which grey a window gives it."""

from collections.abc import Mapping

import matplotlib
import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array
from workbench.images import Image, Window

from .style import COLORS, STYLE, Figure, figure

GREY = "#555555"
RGB = (COLORS[1], COLORS[2], COLORS[0])


def show_histograms(images: Mapping[str, ArrayLike], *, alt: str, bins: int = 100, columns: int = 3) -> Figure:
    """Show how often each intensity occurs, one histogram per image.

    Parameters
    ----------
    images : mapping of str to array_like
        Title to image; the channels of an Image with three of them are drawn in red, green and blue.
    alt : str
        One sentence that says what is to be seen.
    bins : int, optional
        Between the lowest and the highest intensity.
    columns : int, optional
        Histograms in a row.

    Returns
    -------
    Figure
        Counts on a logarithmic scale, so that small tissues are seen beside much air.

    Raises
    ------
    ValueError
        If there is no image, or one is not finite.

    Examples
    --------
    >>> made = show_histograms({"noise": np.arange(9.0)}, alt="A flat histogram.", bins=3)
    >>> made.axes[0].get_title(loc="left")
    'noise'
    """
    if not images:
        raise ValueError("expected at least one image, received none")
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    made, grid = figure(rows, columns, size=(8.5, 2.3 * rows), alt=alt, squeeze=False)
    with matplotlib.rc_context(STYLE):
        for axes, (title, image) in zip(grid.flat, images.items(), strict=False):
            values = real_array(image, name=title)
            values = values.astype(np.uint8) if values.dtype == bool else values
            edges = _edges(values, bins)
            for part, color in _channels(image, values):
                axes.stairs(np.histogram(part, edges)[0], edges, color=color, fill=color == GREY, linewidth=1.3)
            axes.set_yscale("log", nonpositive="clip")
            axes.set_ylim(bottom=0.7)
            units = image.units if isinstance(image, Image) else ""
            axes.set_title(title)
            axes.set_xlabel(f"intensity ({units})" if units else "intensity")
        for axes in grid[:, 0]:
            axes.set_ylabel("voxels")
        for axes in list(grid.flat)[len(images) :]:
            axes.remove()
    return made


def show_windows(windows: Mapping[str, Window | tuple[float, float]], *, units: str, alt: str) -> Figure:
    """Show which grey each window gives to which intensity.

    Parameters
    ----------
    windows : mapping of str to (level, width)
        Name to window.
    units : str
        Of the intensities.
    alt : str
        One sentence that says what is to be seen.

    Returns
    -------
    Figure
        One line per window: a ramp between two plateaus.

    Raises
    ------
    ValueError
        If a width is not positive.

    Examples
    --------
    >>> made = show_windows({"brain": (40, 80)}, units="HU", alt="A ramp from 0 to 80 HU.")
    >>> made.axes[0].lines[0].get_xdata()[1:3]
    array([ 0., 80.])
    """
    for name, (_, width) in windows.items():
        if not width > 0:
            raise ValueError(f"the width of window {name!r} must be positive, received {width}")
    lowest = min(level - width / 2 for level, width in windows.values())
    highest = max(level + width / 2 for level, width in windows.values())
    margin = (highest - lowest) / 10
    made, axes = figure(size=(8.5, 2.6), alt=alt)
    with matplotlib.rc_context(STYLE):
        for (name, (level, width)), color in zip(windows.items(), COLORS, strict=False):
            ramp = np.array([lowest - margin, level - width / 2, level + width / 2, highest + margin], dtype=float)
            axes.plot(ramp, [0, 0, 255, 255], color=color, label=f"{name}: level {level:g}, width {width:g}")
        axes.set_xlabel(f"intensity ({units})")
        axes.set_ylabel("grey level")
        axes.set_yticks([0, 128, 255])
        axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return made


def _edges(values: NDArray, bins: int) -> NDArray:
    lowest, highest = float(values.min()), float(values.max())
    if values.dtype.kind == "f":
        return np.linspace(lowest, max(highest, lowest + 1e-9), bins + 1)
    # Bins that hold equally many whole numbers, for otherwise the histogram has a comb of its own.
    width = np.ceil((highest - lowest + 1) / bins)
    return np.arange(lowest - 0.5, highest + width, width)


def _channels(image: ArrayLike, values: NDArray) -> list[tuple[NDArray, str]]:
    axis = image.channel_axis if isinstance(image, Image) else None
    if axis is None or values.shape[axis] != len(RGB):
        return [(values, GREY)]
    return list(zip(np.moveaxis(values, axis, 0), RGB, strict=True))
