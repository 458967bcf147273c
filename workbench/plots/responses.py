"""Figures of filter responses: each on a scale of its own, signed ones with white for none."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib
import numpy as np
from numpy.typing import ArrayLike

from workbench.images.spacings import own_spacing

from .pictures import extent
from .style import STYLE, Figure, blank, figure

WIDTH = 8.5
# Beyond this percentile a few extreme voxels would make all others pale.
BRIGHTEST = 99.5
BAR_HEIGHT = 0.55


def show_responses(
    responses: Mapping[str, ArrayLike],
    *,
    alt: str,
    image: ArrayLike | None = None,
    columns: int = 4,
    width: float = WIDTH,
) -> Figure:
    """Show response maps side by side, each with its own colour bar.

    Parameters
    ----------
    responses : mapping of str to (M, N) array_like
        Title to response, such as `processing.responses.bank` returns. One with both signs is drawn in red
        (positive) and blue (negative), one without negative values in shades of grey.
    alt : str
        One sentence that says what is to be seen.
    image : (M, N) array_like, optional
        What was filtered, drawn first.
    columns : int, optional
        Maps in a row.
    width : float, optional
        Of the figure, in inches.

    Returns
    -------
    Figure
        One axes per map, then one per colour bar.

    Raises
    ------
    ValueError
        If there is no response, or one is not a slice.

    Examples
    --------
    >>> made = show_responses({"edges": [[-1.0, 1.0]]}, image=[[0.0, 1.0]], alt="An edge and the response to it.")
    >>> [axes.get_title(loc="left") for axes in made.axes[:2]]
    ['image', 'edges']
    """
    if not responses:
        raise ValueError("expected at least one response, received none")
    pictures = ({} if image is None else {"image": image}) | dict(responses)
    for title, picture in pictures.items():
        if np.ndim(picture) != 2:
            raise ValueError(
                f"expected slices, received shape {np.shape(picture)} for {title!r}; choose a slice of the volume"
            )
    columns = min(columns, len(pictures))
    rows = -(-len(pictures) // columns)
    tallest = max(height / width for height, width in map(extent, pictures.values()))
    height = rows * (tallest * width / columns + BAR_HEIGHT)
    made, grid = figure(rows, columns, size=(width, height), alt=alt, squeeze=False)
    with matplotlib.rc_context(STYLE):
        for axes, (title, picture) in zip(grid.flat, pictures.items(), strict=False):
            blank(axes)
            values = np.asarray(picture, dtype=float)
            largest = float(np.percentile(np.abs(values), BRIGHTEST)) or 1.0
            signed = title != "image" and bool((values < 0).any())
            lowest = -largest if signed else float(np.percentile(values, 100 - BRIGHTEST))
            highest = largest if signed else float(np.percentile(values, BRIGHTEST))
            spacing = own_spacing(picture, None) or (1.0, 1.0)
            drawn = axes.imshow(
                values,
                cmap="RdBu_r" if signed else "gray",
                vmin=lowest,
                vmax=highest if highest > lowest else lowest + 1,
                aspect=spacing[0] / spacing[1],
                interpolation="antialiased",
            )
            axes.set_title(title, fontsize=9)
            bar = made.colorbar(drawn, ax=axes, orientation="horizontal", fraction=0.05, pad=0.02)
            bar.ax.tick_params(labelsize=7)
            bar.locator = matplotlib.ticker.MaxNLocator(3)
            bar.update_ticks()
        for axes in list(grid.flat)[len(pictures) :]:
            axes.remove()
    return made
