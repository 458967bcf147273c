"""Figures of class densities and of Bayes' rule."""

from __future__ import annotations

from typing import Any

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from .style import COLORS, STYLE, Figure, figure

WIDTH = 8.5


def show_densities(
    features: pd.DataFrame, labels: ArrayLike, *, alt: str, case: ArrayLike | None = None
) -> Figure:
    """Show two features of all cases, with the Gaussian density of each class.

    Parameters
    ----------
    features : pandas.DataFrame
        Two columns, whose names become the axes' labels; rows with gaps are left out.
    labels : (n,) array_like
        Class of each case.
    alt : str
        One sentence that says what is to be seen.
    case : (2,) array_like, optional
        A case to mark.

    Returns
    -------
    Figure
        The plane with ellipses at one and two standard deviations, and the densities of each feature beside it.

    Raises
    ------
    ValueError
        If there are not two columns, or labels of another number.

    Examples
    --------
    >>> table = pd.DataFrame({"radius (mm)": [1.0, 2.0, 5.0, 6.0], "texture": [1.0, 3.0, 2.0, 5.0]})
    >>> show_densities(table, ["a", "a", "b", "b"], alt="Two classes.").axes[2].get_xlabel()
    'radius (mm)'
    """
    classes = np.asarray(labels)
    if features.shape[1] != 2 or len(features) != len(classes):
        raise ValueError(f"expected two columns and {len(classes)} rows, received a table of {features.shape}")
    kept = features.notna().all(axis=1).to_numpy()
    values, classes = features.to_numpy(dtype=float)[kept], classes[kept]
    ratios = {"width_ratios": (4, 1), "height_ratios": (1, 3)}
    made, grid = figure(2, 2, size=(WIDTH, 4.6), alt=alt, gridspec_kw=ratios, sharex="col", sharey="row")
    plane = grid[1, 0]
    with matplotlib.rc_context(STYLE):
        for color, name in zip(COLORS, np.unique(classes), strict=False):
            inside = values[classes == name]
            center, spread = inside.mean(axis=0), inside.std(axis=0)
            plane.plot(*inside.T, ".", color=color, alpha=0.4, markersize=5, label=str(name))
            _ellipses(plane, center, spread, color)
            _density(grid[0, 0], values[:, 0], center[0], spread[0], color, upright=True)
            _density(grid[1, 1], values[:, 1], center[1], spread[1], color, upright=False)
        if case is not None:
            plane.plot(*np.asarray(case, dtype=float), "*", color="black", markersize=14, label="the case")
        plane.set(xlabel=features.columns[0], ylabel=features.columns[1])
        grid[0, 0].set(ylabel="density", title="Each point a case; ellipses at one and two standard deviations")
        grid[1, 1].set_xlabel("density")
        grid[0, 1].set_visible(False)
        plane.legend(loc="upper left")
    return made


def show_bayes(gaussians: pd.DataFrame, value: float, *, feature: str, alt: str) -> Figure:
    """Show Bayes' rule on one feature: likelihood, times prior, over evidence.

    Parameters
    ----------
    gaussians : pandas.DataFrame
        One row per class: mean, std (of the feature in that class) and prior (share of the class).
    value : float
        Of the feature in the case at hand.
    feature : str
        Label of the axis, with its unit.
    alt : str
        One sentence that says what is to be seen.

    Returns
    -------
    Figure
        Three axes: likelihood p(x|C), joint p(x|C)P(C), posterior P(C|x).

    Examples
    --------
    >>> gaussians = pd.DataFrame({"mean": [0.0, 4.0], "std": [1.0, 1.0], "prior": [0.5, 0.5]}, index=["a", "b"])
    >>> len(show_bayes(gaussians, 2.0, feature="size (mm)", alt="Two bells.").axes)
    3
    """
    low = min((gaussians["mean"] - 3.5 * gaussians["std"]).min(), value)
    high = max((gaussians["mean"] + 3.5 * gaussians["std"]).max(), value)
    x = np.append(np.linspace(low, high, 400), value)
    center, spread, prior = (gaussians[name].to_numpy()[:, None] for name in ("mean", "std", "prior"))
    likelihood = _gaussian(x, center, spread)
    joint = likelihood * prior
    posterior = joint / joint.sum(axis=0)
    made, grid = figure(1, 3, size=(WIDTH, 2.9), alt=alt)
    panels = {"Likelihood $p(x|C)$": likelihood, "× prior $P(C)$": joint, "= posterior $P(C|x)$": posterior}
    with matplotlib.rc_context(STYLE):
        for axes, (title, curves) in zip(grid, panels.items(), strict=True):
            for color, name, curve in zip(COLORS, gaussians.index, curves, strict=False):
                axes.plot(x[:-1], curve[:-1], color=color, label=str(name))
                axes.plot(value, curve[-1], "o", color=color)
            axes.axvline(value, color="black", linewidth=1, linestyle=":")
            axes.set(title=title, xlabel=feature)
        grid[2].set_ylim(-0.03, 1.03)
        handles, names = grid[0].get_legend_handles_labels()
        made.legend(handles, names, loc="outside lower center", ncols=len(names))
    return made


def show_weights(weights: pd.Series, *, positive: str, alt: str, count: int = 12) -> Figure:
    """Show which features speak for a class and which against.

    Parameters
    ----------
    weights : pandas.Series
        Log likelihood ratio of each feature, as from `recognition.BayesExplanation.weights`.
    positive : str
        The class that positive weights speak for.
    alt : str
        One sentence that says what is to be seen.
    count : int, optional
        How many to show, the heaviest first; the others are summed in one bar.

    Returns
    -------
    Figure
        One bar per feature.

    Examples
    --------
    >>> made = show_weights(pd.Series({"radius": 2.0, "texture": -1.0}), positive="ill", alt="Two bars.")
    >>> [text.get_text() for text in made.axes[0].get_yticklabels()]
    ['radius', 'texture']
    """
    ranked = weights.reindex(weights.abs().sort_values(ascending=False, kind="stable").index)
    shown = ranked.iloc[:count]
    if len(ranked) > count:
        shown = pd.concat([shown, pd.Series({f"{len(ranked) - count} others": ranked.iloc[count:].sum()})])
    made, axes = figure(size=(WIDTH, 1.1 + 0.22 * len(shown)), alt=alt)
    with matplotlib.rc_context(STYLE):
        axes.barh([str(name) for name in shown.index], shown, color=[COLORS[int(w > 0)] for w in shown])
        axes.axvline(0, color="black", linewidth=1)
        axes.invert_yaxis()
        axes.grid(visible=False, axis="y")
        axes.set_title(f"What speaks for {positive} (right) and what against (left)")
        axes.set_xlabel("weight of evidence (log likelihood ratio)")
    return made


def _gaussian(x: NDArray, center: Any, spread: Any) -> NDArray:
    return np.exp(-0.5 * ((x - center) / spread) ** 2) / (np.sqrt(2 * np.pi) * spread)


def _density(axes: Axes, values: NDArray, center: float, spread: float, color: str, *, upright: bool) -> None:
    x = np.linspace(values.min(), values.max(), 300)
    curve = (x, _gaussian(x, center, spread))
    axes.plot(*(curve if upright else curve[::-1]), color=color)


def _ellipses(axes: Axes, center: NDArray, spread: NDArray, color: str) -> None:
    turn = np.linspace(0, 2 * np.pi, 200)
    for k in (1, 2):
        axes.plot(center[0] + k * spread[0] * np.cos(turn), center[1] + k * spread[1] * np.sin(turn), color=color)
