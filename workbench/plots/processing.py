"""Figures of what processing does: filters side by side, pictures above histograms, intensities along a row."""

from collections.abc import Mapping

import matplotlib
import numpy as np
from matplotlib.patheffects import withStroke
from numpy.typing import ArrayLike

from workbench.checks import real_array
from workbench.images import Image, Window
from workbench.processing import Comparison, crop

from .pictures import GREY_PANEL_WIDTH, draw, extent, show
from .style import COLORS, STYLE, Figure, blank, figure


def show_comparison(
    comparison: Comparison,
    *,
    alt: str,
    window: Window | tuple[float, float] | None = None,
    start: ArrayLike | None = None,
    stop: ArrayLike | None = None,
    columns: int = 4,
    width: float = GREY_PANEL_WIDTH,
) -> Figure:
    """Show what filters made of a slice side by side, each with its PSNR, SSIM and sharpness of edges.

    Parameters
    ----------
    comparison : Comparison
        From `processing.compare`.
    alt : str
        One sentence that says what is to be seen.
    window : Window or (level, width), optional
        For all; without it each picture has the one that suits it.
    start, stop : array_like of int, optional
        First row and column shown and first left out; all where not given. The numbers are those of the whole.
    columns : int, optional
        Pictures in a row.
    width : float, optional
        Of the figure, in inches.

    Returns
    -------
    Figure
        One axes per filter.

    Raises
    ------
    ValueError
        If the results are not slices, or the part lies beyond them.

    Examples
    --------
    >>> from workbench import processing
    >>> truth = np.eye(16)
    >>> compared = processing.compare(truth, {"mean": processing.mean}, reference=truth)
    >>> [axes.get_title(loc="left") for axes in show_comparison(compared, alt="A line, smoothed.").axes]
    ['as it is', 'mean']
    """
    pictures: dict[str, ArrayLike] = dict(comparison.results)
    if start is not None or stop is not None:
        (shape,) = {np.shape(picture) for picture in pictures.values()}
        first, last = np.zeros(len(shape), int) if start is None else start, shape if stop is None else stop
        pictures = {name: crop(picture, start=first, stop=last) for name, picture in pictures.items()}
    made = show(pictures, alt=alt, window=window, columns=columns, width=width)
    with matplotlib.rc_context(STYLE):
        for axes, numbers in zip(made.axes, comparison.table.itertuples(index=False), strict=True):
            decibels, similarity, sharpness = numbers[:3]
            axes.text(
                0.03,
                0.03,
                f"{decibels:.1f} dB   SSIM {similarity:.2f}   edges {sharpness:.2f}",
                transform=axes.transAxes,
                color="white",
                fontsize=7.5,
                path_effects=[withStroke(linewidth=2, foreground="black")],
            )
    return made


def show_with_histograms(
    pictures: Mapping[str, ArrayLike],
    *,
    alt: str,
    window: Window | tuple[float, float] | None = None,
    xlabel: str = "intensity",
    bins: int = 64,
    width: float = GREY_PANEL_WIDTH,
) -> Figure:
    """Show slices side by side, each above its histogram and the cumulative share of pixels.

    Parameters
    ----------
    pictures : mapping of str to (M, N) array_like
        Title to grey slice.
    alt : str
        One sentence that says what is to be seen.
    window : Window or (level, width), optional
        For all; without it each picture has the one that suits it.
    xlabel : str, optional
        What the intensities are.
    bins : int, optional
        Between the lowest and the highest intensity.
    width : float, optional
        Of the figure, in inches.

    Returns
    -------
    Figure
        Two rows of axes.

    Raises
    ------
    ValueError
        If there is no picture, or one is not a finite slice.

    Examples
    --------
    >>> made = show_with_histograms({"ramp": np.arange(16.0).reshape(4, 4)}, alt="A ramp.")
    >>> len(made.axes)
    3
    """
    if not pictures:
        raise ValueError("expected at least one picture, received none")
    count = len(pictures)
    tallest = max(height / width for height, width in map(extent, pictures.values()))
    picture_height = tallest * 0.8 * width / count
    made, grid = figure(
        2,
        count,
        size=(width, picture_height + 1.9),
        alt=alt,
        squeeze=False,
        height_ratios=(picture_height, 1.4),
    )
    with matplotlib.rc_context(STYLE):
        for column, (title, picture) in enumerate(pictures.items()):
            values = real_array(picture, name=title)
            above, below = grid[:, column]
            blank(above)
            draw(above, picture, window=window)
            above.set_title(title)
            counts, edges = np.histogram(values, bins=bins)
            below.stairs(100 * counts / values.size, edges, fill=True, color=COLORS[0])
            below.set_xlabel(xlabel)
            shares = below.twinx()
            shares.plot(edges, 100 * np.append(0, np.cumsum(counts)) / values.size, color=COLORS[1])
            shares.set_ylim(0, 103)
            shares.grid(visible=False)
            shares.spines["right"].set_visible(True)
            shares.tick_params(colors=COLORS[1], labelright=column == count - 1)
        grid[1, 0].set_ylabel("pixels per bin [%]", color=COLORS[0])
        made.axes[-1].set_ylabel("at or below [%]", color=COLORS[1])
    return made


def show_profiles(
    pictures: Mapping[str, ArrayLike],
    *,
    row: int,
    start: int = 0,
    stop: int | None = None,
    alt: str,
    units: str = "",
) -> Figure:
    """Show the intensities along a part of one row of several slices.

    Parameters
    ----------
    pictures : mapping of str to (M, N) array_like
        Name to grey slice; an Image brings its millimetres.
    row : int
        Index of the row.
    start, stop : int, optional
        First column shown and first left out; the whole row where not given.
    alt : str
        One sentence that says what is to be seen.
    units : str, optional
        Of the intensities.

    Returns
    -------
    Figure
        One line per picture.

    Raises
    ------
    ValueError
        If there is no picture, one is not a finite slice, or there is no such row or part of it.

    Examples
    --------
    >>> made = show_profiles({"step": [[0, 0, 9, 9]]}, row=0, alt="A step of 9.")
    >>> made.axes[0].lines[0].get_ydata()
    array([0, 0, 9, 9])
    """
    if not pictures:
        raise ValueError("expected at least one picture, received none")
    made, axes = figure(size=(GREY_PANEL_WIDTH, 2.8), alt=alt)
    in_mm = all(isinstance(picture, Image) and picture.spacing for picture in pictures.values())
    for index, (name, picture) in enumerate(pictures.items()):
        values = real_array(picture, name=name)
        if values.ndim != 2 or not 0 <= row < len(values) or not values[row, start:stop].size:
            raise ValueError(
                f"{name} must be a slice with a row {row} and columns {start} to {stop}, received {values.shape}"
            )
        step = picture.spacing[1] if isinstance(picture, Image) and picture.spacing and in_mm else 1.0
        places = step * np.arange(values.shape[1])[start:stop]
        axes.plot(places, values[row, start:stop], label=name, color=COLORS[index % len(COLORS)])
    axes.set_xlabel("place along the row [mm]" if in_mm else "column")
    axes.set_ylabel(f"intensity [{units}]" if units else "intensity")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    return made
