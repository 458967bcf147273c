"""Figures of tables of features: what is in them, what sees a change, what is stable, what says the same."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .style import COLORS, STYLE, Figure, figure

WIDTH = 8.5


def show_feature_table(table: pd.DataFrame, *, alt: str, columns: Sequence[str] | None = None) -> Figure:
    """Show a table of features, each in standard deviations from its mean over the rows.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per region, one column per feature, as of `features.extract_cohort`.
    alt : str
        One sentence that says what is to be seen.
    columns : sequence of str, optional
        The features to show; all where not given.

    Returns
    -------
    Figure
        Regions across, features down; a feature that is constant or not a number is grey.

    Raises
    ------
    ValueError
        If there are fewer than two rows: nothing can be compared.

    Examples
    --------
    >>> table = pd.DataFrame({"intensity_mean": [1.0, 3.0]}, index=["liver", "spleen"])
    >>> [label.get_text() for label in show_feature_table(table, alt="One feature.").axes[0].get_xticklabels()]
    ['liver', 'spleen']
    """
    if len(table) < 2:
        raise ValueError(f"expected at least two regions to compare, received {len(table)}")
    chosen = table if columns is None else table[list(columns)]
    deviation = (chosen.std(ddof=0)).where(lambda spread: spread > 1e-9 * chosen.abs().max())
    scores: NDArray = ((chosen - chosen.mean()) / deviation).to_numpy(dtype=float).T
    limit = max(float(np.nanmax(np.abs(scores))), 1.0)
    made, axes = figure(size=(WIDTH, 0.2 * len(scores) + 0.7), alt=alt)
    with matplotlib.rc_context(STYLE):
        axes.set_facecolor("#bbbbbb")
        drawn = axes.imshow(scores, cmap="RdBu_r", vmin=-limit, vmax=limit, aspect="auto", interpolation="nearest")
        axes.set_yticks(range(len(scores)), labels=list(chosen.columns), fontsize=8)
        axes.set_xticks(range(len(chosen)), labels=[_row_name(row) for row in chosen.index])
        axes.tick_params(length=0)
        axes.xaxis.tick_top()
        axes.grid(visible=False)
        made.colorbar(drawn, ax=axes, label="standard deviations", pad=0.01)
    return made


def show_changes(shares: pd.DataFrame, *, alt: str, xlabel: str = "", ylabel: str = "") -> Figure:
    """Show shares as a table whose cells are shaded and say their number.

    Parameters
    ----------
    shares : pandas.DataFrame
        Between 0 and 1, such as what part of the features of a family (rows) a change (columns) moves; NaN where
        there is none.
    alt : str
        One sentence that says what is to be seen.
    xlabel, ylabel : str, optional
        What columns and rows are.

    Returns
    -------
    Figure
        White for none and dark for all, in per cent; grey where there is no number.

    Raises
    ------
    ValueError
        If a share is not between 0 and 1.

    Examples
    --------
    >>> made = show_changes(pd.DataFrame({"turned": [0.0, 0.5]}, index=["texture", "shape"]), alt="Two shares.")
    >>> [text.get_text() for text in made.axes[0].texts]
    ['0', '50']
    """
    values = shares.to_numpy(dtype=float)
    if np.nanmin(values) < 0 or np.nanmax(values) > 1:
        raise ValueError(f"shares must be from 0 to 1, received {np.nanmin(values):g} to {np.nanmax(values):g}")
    made, axes = figure(size=(WIDTH, 0.28 * len(shares) + 0.9), alt=alt)
    with matplotlib.rc_context(STYLE):
        axes.set_facecolor("#dddddd")
        axes.imshow(values, cmap="Blues", vmin=0, vmax=1.2, aspect="auto")
        for row, column in np.argwhere(np.isfinite(values)):
            share = values[row, column]
            color = "white" if share > 0.7 else "black"
            axes.text(column, row, f"{100 * share:.0f}", ha="center", va="center", color=color, fontsize=9)
        axes.set_xticks(range(shares.shape[1]), labels=[str(name) for name in shares.columns])
        axes.set_yticks(range(len(shares)), labels=[str(name) for name in shares.index])
        axes.tick_params(length=0)
        axes.grid(visible=False)
        axes.set(xlabel=xlabel, ylabel=ylabel)
    return made


def show_stability(
    found: pd.DataFrame,
    families: pd.Series,
    *,
    alt: str,
    title: str = "",
    limits: Sequence[float] = (0.75, 0.9),
) -> Figure:
    """Show how well each feature agrees with itself, family by family.

    Parameters
    ----------
    found : pandas.DataFrame
        One row per feature, columns icc, low and high, as of `features.stability`.
    families : pandas.Series
        Feature to family; features without one are left out.
    alt : str
        One sentence that says what is to be seen.
    title : str, optional
        Above the figure.
    limits : sequence of float, optional
        Correlations to mark.

    Returns
    -------
    Figure
        A point per feature with its interval as a line, sorted within its family.

    Raises
    ------
    ValueError
        If no feature of a family has a correlation.

    Examples
    --------
    >>> found = pd.DataFrame({"icc": [0.8], "low": [0.7], "high": [0.9]}, index=["glcm_contrast"])
    >>> show_stability(found, pd.Series({"glcm_contrast": "glcm"}), alt="One feature.").axes[0].get_ylabel()
    'intraclass correlation'
    """
    known = found[found["icc"].notna()].join(families.rename("family"), how="inner")
    if known.empty:
        raise ValueError("expected at least one feature with a family and a correlation, received none")
    order = [family for family in families.unique() if family in set(known["family"])]
    made, axes = figure(size=(WIDTH, 3.2), alt=alt)
    start, middles = 0.0, []
    with matplotlib.rc_context(STYLE):
        for number, family in enumerate(order):
            group = known[known["family"] == family].sort_values("icc", ascending=False)
            place = start + np.arange(len(group))
            color = COLORS[1:][number % (len(COLORS) - 1)]
            axes.vlines(place, group["low"].clip(lower=-0.05), group["high"], color=color, alpha=0.35, linewidth=2)
            axes.plot(place, group["icc"].clip(lower=-0.05), ".", color=color, markersize=5)
            middles.append(place.mean())
            start += len(group) + 3
        for limit in limits:
            axes.axhline(limit, color="black", linewidth=0.8, linestyle=":")
        labels = [name.replace("intensity_", "").replace("_", "\n") for name in order]
        axes.set_xticks(middles, labels=labels, fontsize=8)
        axes.tick_params(axis="x", length=0)
        axes.grid(visible=False, axis="x")
        axes.set(title=title, ylabel="intraclass correlation", ylim=(-0.08, 1.02), xlim=(-3, start))
    return made


def show_redundancy(table: pd.DataFrame, found: pd.DataFrame, *, alt: str, title: str = "") -> Figure:
    """Show which features rise and fall together, ordered by their clusters.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per region, one column per feature.
    found : pandas.DataFrame
        One row per feature with its cluster, as of `features.redundancy`.
    alt : str
        One sentence that says what is to be seen.
    title : str, optional
        Above the figure.

    Returns
    -------
    Figure
        Rank correlations of all pairs; a square around each cluster of two or more.

    Raises
    ------
    ValueError
        If no feature is in a cluster.

    Examples
    --------
    >>> table = pd.DataFrame({"a": [1, 2, 3], "b": [1, 4, 9], "c": [2, 1, 3]})
    >>> found = pd.DataFrame({"cluster": [1, 1, 2]}, index=list("abc"))
    >>> len(show_redundancy(table, found, alt="Three features.").axes[0].patches)
    1
    """
    from matplotlib.patches import Rectangle

    ordered = found[found["cluster"] > 0].sort_values("cluster", kind="stable")
    if ordered.empty:
        raise ValueError("expected at least one feature in a cluster, received none")
    correlation = table[ordered.index].rank().corr().to_numpy()
    made, axes = figure(size=(4.4, 3.5), alt=alt)
    with matplotlib.rc_context(STYLE):
        drawn = axes.imshow(
            correlation, cmap=matplotlib.colormaps["RdBu_r"].resampled(9), vmin=-1, vmax=1, interpolation="nearest"
        )
        start = 0
        for size in ordered["cluster"].value_counts().sort_index():
            if size > 1:
                corner = (start - 0.5, start - 0.5)
                axes.add_patch(Rectangle(corner, size, size, fill=False, edgecolor="black", linewidth=1))
            start += int(size)
        axes.grid(visible=False)
        axes.set(xlabel="features, by cluster", ylabel="features, by cluster", title=title)
        made.colorbar(drawn, ax=axes, label="rank correlation", shrink=0.9, pad=0.02)
    return made


def _row_name(row: object) -> str:
    return str(row[-1]) if isinstance(row, tuple) else str(row)
