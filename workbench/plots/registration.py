"""Figures of registration: before and after, displacement fields."""

from __future__ import annotations

from typing import Any

import matplotlib
import numpy as np
from numpy.typing import ArrayLike

from workbench.images import Image
from workbench.images.spacings import own_spacing
from workbench.processing import stretch
from workbench.registration import Alignment
from workbench.synthesis import checkerboard, composite

from .pictures import draw
from .style import STYLE, Figure, blank, figure


def show_alignment(
    fixed: ArrayLike,
    before: ArrayLike,
    after: ArrayLike,
    *,
    alt: str,
    field: int = 32,
    difference: bool = True,
    width: float = 8.5,
) -> Figure:
    """Show two slices as a checkerboard, and as their difference, before and after an alignment.

    Parameters
    ----------
    fixed : (M, N) array_like
        The fixed slice.
    before, after : (M, N) array_like
        The moving one on the fixed grid, unmoved and aligned. Each is scaled to its 1st and 99th percentile.
    alt : str
        One sentence that says what is to be seen.
    field : int, optional
        Side of the checkerboard's fields in voxels.
    difference : bool, optional
        Whether to show differences too; say False for different modalities, whose values cannot be subtracted.
    width : float, optional
        Of the figure, in inches.

    Returns
    -------
    Figure
        Two pictures, or four with differences (blue below, red above zero).

    Examples
    --------
    >>> rows = np.indices((32, 32))[0] % 8.0
    >>> len(show_alignment(rows, rows.T, rows, alt="Stripes.").axes)
    4
    """
    grey = [stretch(np.asarray(one, float), percentiles=(1, 99)) for one in (fixed, before, after)]
    spacing = own_spacing(fixed, None) or (1.0, 1.0)
    board = checkerboard(grey[0].shape, size=field)
    columns = 4 if difference else 2
    height = width / columns * grey[0].shape[0] * spacing[0] / (grey[0].shape[1] * spacing[1]) + 0.3
    made, axes = figure(1, columns, size=(width, height), alt=alt)
    with matplotlib.rc_context(STYLE):
        for index, (name, one) in enumerate((("before", grey[1]), ("after", grey[2]))):
            picture = Image(np.asarray(composite(grey[0], one, board)), spacing=spacing)
            draw(axes[index], picture, window=(0.5, 1))
            axes[index].set_title(f"checkerboard {name}")
            if difference:
                gap = Image(one - grey[0], spacing=spacing)
                draw(axes[index + 2], gap, window=(0, 1.2), colormap="RdBu_r")
                axes[index + 2].set_title(f"difference {name}")
        for one in axes:
            blank(one)
    return made


def show_field(alignment: Alignment, fixed: ArrayLike, *, alt: str, every: int = 12, width: float = 8.5) -> Figure:
    """Show where a two-dimensional alignment takes each place from, as arrows and as a bent grid.

    Parameters
    ----------
    alignment : Alignment
        Of two slices.
    fixed : (M, N) array_like
        The fixed slice, drawn below.
    alt : str
        One sentence that says what is to be seen.
    every : int, optional
        Voxels from arrow to arrow.
    width : float, optional
        Of the figure, in inches.

    Returns
    -------
    Figure
        Arrows over the fixed image, in true length, and the local change of area.

    Raises
    ------
    ValueError
        If the alignment is of volumes, or `fixed` has another shape.
    """
    grid = alignment.fixed
    if grid.ndim != 2 or np.shape(fixed) != grid.shape:
        raise ValueError(f"expected the fixed slice of shape {grid.shape}, received shape {np.shape(fixed)}")
    index = np.stack(np.meshgrid(*[np.arange(every // 2, n, every) for n in grid.shape], indexing="ij"), axis=-1)
    points = index.reshape(-1, 2).astype(float)
    there = grid.index(alignment.inverse().apply_points(grid.world(points)))
    moves = there - points
    height = width / 2 * grid.shape[0] * grid.spacing[0] / (grid.shape[1] * grid.spacing[1]) + 0.3
    made, axes = figure(1, 2, size=(width, height), alt=alt)
    with matplotlib.rc_context(STYLE):
        draw(axes[0], fixed)
        arrows: Any = {"angles": "xy", "scale_units": "xy", "scale": 1, "color": "white", "width": 0.007}
        arrows |= {"edgecolor": "black", "linewidth": 0.4}
        axes[0].quiver(points[:, 1], points[:, 0], moves[:, 1], moves[:, 0], **arrows)
        axes[0].set_title("displacement")
        picture = Image(alignment.jacobian(), spacing=tuple(grid.spacing))
        drawn = draw(axes[1], picture, window=(1, 1.6))
        axes[1].contour(picture.pixels, levels=[1], colors="black", linewidths=0.8)
        axes[1].set_title("area (line: unchanged)")
        made.colorbar(drawn, ax=axes[1], shrink=0.8, label="Jacobian determinant")
        for one in axes:
            blank(one)
    return made
