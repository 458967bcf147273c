"""Figures of boxes: over an image, and how well they find what is there."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke
from numpy.typing import ArrayLike

from workbench.images import Window

from .pictures import draw
from .style import COLORS, STYLE, Figure, blank, figure

WIDTH = 8.5
TRUTH = "#FFFFFF"


def show_boxes(
    picture: ArrayLike,
    predictions: pd.DataFrame,
    *,
    alt: str,
    title: str,
    truths: pd.DataFrame | None = None,
    window: Window | tuple[float, float] | None = None,
    width: float = 6.5,
) -> Figure:
    """Show predicted boxes with their scores over an image, and the truth in dashed white.

    Parameters
    ----------
    picture : (M, N[, 3]) array_like
        A slice, grey or RGB.
    predictions : pandas.DataFrame
        Of this image: class, score, top, left, bottom, right in pixels.
    alt : str
        One sentence that says what is to be seen.
    title : str
        Of the picture; it says so if the data are simulated.
    truths : pandas.DataFrame, optional
        Of this image: top, left, bottom, right.
    window : Window or (level, width), optional
        The one that suits the modality where not given.
    width : float, optional
        Of the figure, in inches.

    Returns
    -------
    Figure
        One axes, a colour for each class.

    Examples
    --------
    >>> import numpy as np
    >>> found = pd.DataFrame([{"class": "cell", "score": 0.9, "top": 1, "left": 1, "bottom": 5, "right": 5}])
    >>> made = show_boxes(np.zeros((8, 8)), found, title="One cell", alt="A square.")
    >>> [text.get_text() for text in made.axes[0].texts]
    ['0.90']
    """
    made, axes = figure(size=(width, width), alt=alt)
    kinds = sorted(set(predictions["class"]))
    colors = dict(zip(kinds, COLORS[1:] * (len(kinds) // 6 + 1), strict=False))
    with matplotlib.rc_context(STYLE):
        blank(axes)
        drawn = draw(axes, picture, window=window)
        rows, columns = drawn.get_array().shape[:2]
        made.set_size_inches(width, width * rows / columns * axes.get_aspect() + 0.7)
        axes.set_title(title)
        for _, box in truths.iterrows() if truths is not None else ():
            _rectangle(axes, box, color=TRUTH, linestyle=(0, (4, 3)), linewidth=1.4)
        for _, box in predictions.sort_values("score").iterrows():
            color = colors[box["class"]]
            _rectangle(axes, box, color=color, linestyle="-", linewidth=1.6)
            place = (box["left"] - 0.5, max(box["top"] - 0.5, rows * 0.025))
            text = axes.text(*place, f"{box['score']:.2f}", color=color, fontsize=8, weight="bold", va="bottom")
            text.set_path_effects([withStroke(linewidth=2, foreground="black")])
        handles = [Line2D([], [], color=colors[kind], label=str(kind)) for kind in kinds]
        if truths is not None and len(truths):
            handles.append(Line2D([], [], color="0.45", linestyle="--", label="truth (white)"))
        if handles:
            made.legend(handles=handles, loc="outside lower center", ncols=min(len(handles), 5))
    return made


def show_froc(
    curves: Mapping[str, pd.DataFrame], *, alt: str, title: str, points: Mapping[str, pd.DataFrame] | None = None
) -> Figure:
    """Show sensitivity against false positives per image, on a scale where each step doubles.

    Parameters
    ----------
    curves : mapping of str to pandas.DataFrame
        Name to table as from `detection.froc`.
    alt : str
        One sentence that says what is to be seen.
    title : str
        Of the axes; it says so if the data are simulated.
    points : mapping of str to pandas.DataFrame, optional
        Name of a curve to table as from `detection.sensitivity_at`, drawn with its intervals.

    Returns
    -------
    Figure
        One axes, from 1/8 to 8 false positives per image.

    Raises
    ------
    ValueError
        If there is no curve, or points belong to none.

    Examples
    --------
    >>> curve = pd.DataFrame({"false_positives": [0.0, 0.5], "sensitivity": [0.0, 1.0]})
    >>> show_froc({"net": curve}, title="Simulated", alt="One curve.").axes[0].get_ylabel()
    'sensitivity'
    """
    strange = set(points or {}) - set(curves)
    if not curves or strange:
        raise ValueError(f"expected curves, and points of them, received {len(curves)} and points of {strange}")
    made, axes = figure(size=(WIDTH, 4.2), alt=alt)
    ticks = [2.0**power for power in range(-3, 4)]
    with matplotlib.rc_context(STYLE):
        for number, (color, (name, curve)) in enumerate(zip(COLORS, curves.items(), strict=False)):
            # A curve goes on level beyond its last threshold: there are no more boxes to show.
            rates = [*curve["false_positives"].clip(lower=1e-6), ticks[-1] * 2]
            found = [*curve["sensitivity"], curve["sensitivity"].iloc[-1]]
            axes.step(rates, found, where="post", color=color, label=name)
            if points and name in points:
                table = points[name].drop(index="mean")
                middle = table["sensitivity"]
                reach = (middle - table["low"], table["high"] - middle)
                beside = table.index.to_numpy(float) * 1.03**number
                axes.errorbar(beside, middle, yerr=reach, fmt="o", markersize=5, color=color, capsize=3)
        axes.set_xscale("log", base=2)
        axes.set_xticks(ticks, ["1/8", "1/4", "1/2", "1", "2", "4", "8"])
        axes.set(title=title, xlabel="false positives per image", ylabel="sensitivity")
        axes.set(xlim=(0.11, 9), ylim=(0, 1.02))
        axes.legend(loc="lower right")
    return made


def show_box_precision(curves: pd.DataFrame, *, alt: str, title: str) -> Figure:
    """Show precision against recall, a line for each class.

    Parameters
    ----------
    curves : pandas.DataFrame
        As from `detection.precision_recall`.
    alt : str
        One sentence that says what is to be seen.
    title : str
        Of the axes; it says so if the data are simulated.

    Returns
    -------
    Figure
        One axes; classes without truth are left out.

    Examples
    --------
    >>> curves = pd.DataFrame({"class": ["cell"], "recall": [1.0], "precision": [0.5]})
    >>> show_box_precision(curves, title="Simulated", alt="A line.").axes[0].get_xlabel()
    'recall (share of the truth that is found)'
    """
    made, axes = figure(size=(WIDTH, 4.2), alt=alt)
    with matplotlib.rc_context(STYLE):
        for color, (kind, curve) in zip(COLORS, curves.dropna().groupby("class"), strict=False):
            axes.plot(curve["recall"], curve["precision"], color=color, label=str(kind))
        axes.set(title=title, xlabel="recall (share of the truth that is found)")
        axes.set(ylabel="precision (share of the found that is true)", xlim=(0, 1.01), ylim=(0, 1.02))
        axes.legend(loc="lower left")
    return made


def _rectangle(axes: Axes, box: pd.Series, *, color: str, linestyle: object, linewidth: float) -> None:
    # Pixel centres are at whole numbers, edges of boxes between them.
    corner = (box["left"] - 0.5, box["top"] - 0.5)
    size = (box["right"] - box["left"], box["bottom"] - box["top"])
    axes.add_patch(Rectangle(corner, *size, fill=False, edgecolor=color, linestyle=linestyle, linewidth=linewidth))
