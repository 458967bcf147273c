"""Figures of features: distributions, co-occurrence matrices, curves, surfaces."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from .style import COLORS, STYLE, Figure, figure

WIDTH = 8.5


def show_distributions(
    regions: Mapping[str, ArrayLike], *, xlabel: str, alt: str, bins: int = 40, title: str = ""
) -> Figure:
    """Show how intensities are distributed in several regions.

    Parameters
    ----------
    regions : mapping of str to (n,) array_like
        Name to the intensities of its voxels.
    xlabel : str
        Quantity and units of the intensities.
    alt : str
        One sentence that says what is to be seen.
    bins : int, optional
        Of equal width, from the lowest intensity of all to the highest.
    title : str, optional
        Above the figure.

    Returns
    -------
    Figure
        One filled curve per region; each has the area one, so that small regions are seen beside large ones.

    Raises
    ------
    ValueError
        If there is no region.

    Examples
    --------
    >>> made = show_distributions({"a": [1, 2, 2], "b": [3, 4]}, xlabel="HU", alt="Two regions.")
    >>> [text.get_text() for text in made.axes[0].get_legend().get_texts()]
    ['a', 'b']
    """
    values = {name: np.asarray(voxels, dtype=float).ravel() for name, voxels in regions.items()}
    if not values:
        raise ValueError("expected at least one region, received none")
    edges = np.histogram_bin_edges(np.concatenate(list(values.values())), bins=bins)
    made, axes = figure(size=(WIDTH, 3.0), alt=alt)
    with matplotlib.rc_context(STYLE):
        for color, (name, voxels) in zip(_colors(len(values)), values.items(), strict=True):
            height, _ = np.histogram(voxels, edges, density=True)
            axes.stairs(height, edges, color=color, fill=True, alpha=0.25)
            axes.stairs(height, edges, color=color, linewidth=1.5, label=name)
        axes.set(xlabel=xlabel, ylabel="share of voxels per unit", xlim=(edges[0], edges[-1]), ylim=(0, None))
        axes.set_title(title)
        axes.legend()
    return made


def show_glcm(matrices: Mapping[str, ArrayLike], *, alt: str) -> Figure:
    """Show co-occurrence matrices side by side on one logarithmic scale.

    Parameters
    ----------
    matrices : mapping of str to (G, G) array_like
        Title to probabilities of pairs of levels.
    alt : str
        One sentence that says what is to be seen.

    Returns
    -------
    Figure
        One panel per matrix, level 1 at the top left; pairs that never occur are white.

    Raises
    ------
    ValueError
        If a matrix is not square or has no pair.

    Examples
    --------
    >>> show_glcm({"stripes": [[0, 0.5], [0.5, 0]]}, alt="One matrix.").axes[0].get_xlabel()
    'level j of the neighbour'
    """
    from matplotlib.colors import LogNorm

    tables = {title: np.asarray(matrix, dtype=float) for title, matrix in matrices.items()}
    for title, table in tables.items():
        if table.ndim != 2 or table.shape[0] != table.shape[1] or not table.any():
            raise ValueError(f"{title}: expected a square matrix of probabilities, received shape {table.shape}")
    present = np.concatenate([table[table > 0] for table in tables.values()])
    scale = LogNorm(vmin=present.min(), vmax=max(present.max(), present.min() * 10))
    made, grid = figure(1, len(tables), size=(WIDTH, WIDTH / len(tables) * 0.8 + 0.4), alt=alt, squeeze=False)
    with matplotlib.rc_context(STYLE):
        for axes, (title, table) in zip(grid.flat, tables.items(), strict=True):
            last = len(table) + 0.5
            drawn = axes.imshow(
                np.where(table > 0, table, np.nan), norm=scale, cmap="viridis_r", extent=(0.5, last, last, 0.5)
            )
            axes.grid(visible=False)
            axes.set(title=title, xlabel="level j of the neighbour", ylabel="level i")
        made.colorbar(drawn, ax=list(grid.flat), label="probability p(i, j)", shrink=0.85, pad=0.02)
    return made


def show_curves(
    panels: Mapping[str, pd.DataFrame],
    *,
    xlabel: str,
    alt: str,
    logarithmic: bool = False,
    mark: float | None = None,
) -> Figure:
    """Show how features depend on a setting, one panel per feature.

    Parameters
    ----------
    panels : mapping of str to pandas.DataFrame
        Title to table: the index is the setting, each column a line.
    xlabel : str
        The setting and its units.
    alt : str
        One sentence that says what is to be seen.
    logarithmic : bool, optional
        Whether the setting's axis is.
    mark : float, optional
        A setting to mark with an upright line.

    Returns
    -------
    Figure
        The panels in one row, with one legend.

    Examples
    --------
    >>> table = pd.DataFrame({"liver": [1.0, 2.0]}, index=[8, 16])
    >>> show_curves({"entropy (bit)": table}, xlabel="bins", alt="One line.").axes[0].get_title(loc="left")
    'entropy (bit)'
    """
    made, grid = figure(1, len(panels), size=(min(WIDTH, 3.2 * len(panels)), 2.8), alt=alt, squeeze=False)
    with matplotlib.rc_context(STYLE):
        for axes, (title, table) in zip(grid.flat, panels.items(), strict=True):
            for color, name in zip(_colors(len(table.columns)), table.columns, strict=True):
                axes.plot(table.index, table[name], ".-", color=color, label=str(name), markersize=7)
            if logarithmic:
                axes.set_xscale("log", base=2)
                axes.set_xticks(table.index, labels=[f"{setting:g}" for setting in table.index])
                axes.minorticks_off()
            if mark is not None:
                axes.axvline(mark, color="black", linewidth=1, linestyle=":")
            axes.set(title=title, xlabel=xlabel)
        handles, labels = grid.flat[0].get_legend_handles_labels()
        made.legend(handles, labels, loc="outside lower center", ncols=len(labels))
    return made


def show_surfaces(solids: Mapping[str, tuple[ArrayLike, tuple[float, ...]]], *, alt: str) -> Figure:
    """Show the surfaces of regions in space, all at one scale.

    Parameters
    ----------
    solids : mapping of str to (mask, spacing)
        Title to a (P, M, N) mask and its millimetres between neighbours, slices from feet to head.
    alt : str
        One sentence that says what is to be seen.

    Returns
    -------
    Figure
        One panel per region, slices upwards; the largest extent is written below.

    Raises
    ------
    ValueError
        If a mask is not a volume or has nothing inside.

    Examples
    --------
    >>> made = show_surfaces({"cube": (np.ones((2, 2, 2)), (1, 1, 1))}, alt="A cube.")
    >>> made.axes[0].get_title()
    'cube'
    """
    from matplotlib.colors import LightSource

    meshes = {title: _mesh(mask, spacing, title) for title, (mask, spacing) in solids.items()}
    reach = max(float(np.ptp(points, axis=0).max()) for points, _ in meshes.values()) / 2
    made, grid = figure(
        1,
        len(meshes),
        size=(3.2 * len(meshes), 2.5),
        alt=alt,
        squeeze=False,
        subplot_kw={"projection": "3d", "proj_type": "ortho"},
    )
    with matplotlib.rc_context(STYLE):
        for color, axes, (title, (points, faces)) in zip(
            _colors(len(meshes)), grid.flat, meshes.items(), strict=True
        ):
            middle = (points.min(axis=0) + points.max(axis=0)) / 2
            across, deep, up = (points - middle).T
            axes.plot_trisurf(
                across,
                deep,
                up,
                triangles=faces,
                color=color,
                lightsource=LightSource(225, 45),
                linewidth=0,
                antialiased=False,
            )
            axes.set(xlim=(-reach, reach), ylim=(-reach, reach), zlim=(-reach, reach), title=title)
            axes.set_box_aspect((1, 1, 1), zoom=2.0)
            axes.view_init(elev=25, azim=-60)
            axes.set_axis_off()
        made.supxlabel(f"one scale for all; the longest extent along an axis is {2 * reach:.0f} mm", fontsize=9)
    return made


def _mesh(mask: ArrayLike, spacing: tuple[float, ...], title: str) -> tuple[NDArray, NDArray]:
    from skimage.measure import marching_cubes

    inside = np.asarray(mask) != 0
    if inside.ndim != 3 or not inside.any():
        raise ValueError(f"{title}: expected a volume with something inside, received shape {inside.shape}")
    vertices, faces, _, _ = marching_cubes(np.pad(inside, 1).astype(np.float32), level=0.5, spacing=spacing)
    # Columns across, rows into depth, slices upwards.
    return vertices[:, ::-1], faces


def _colors(count: int) -> list[str]:
    # The colours that outlines of masks have in pictures, in the same order.
    return [COLORS[1:][index % (len(COLORS) - 1)] for index in range(count)]
