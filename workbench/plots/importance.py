"""A figure of which features a model lives on."""

from __future__ import annotations

import matplotlib
import numpy as np
import pandas as pd

from .style import COLORS, STYLE, Figure, figure


def show_importance(importance: pd.DataFrame, *, alt: str, count: int = 12) -> Figure:
    """Show what a model loses when a feature is shuffled, with intervals.

    Parameters
    ----------
    importance : pandas.DataFrame
        As from `recognition.permutation_importance`.
    alt : str
        One sentence that says what is to be seen.
    count : int, optional
        How many to show, the first rows of the table.

    Returns
    -------
    Figure
        One dot with its interval per feature.

    Examples
    --------
    >>> table = pd.DataFrame({"value": [0.1], "low": [0.0], "high": [0.2]}, index=["radius"])
    >>> [text.get_text() for text in show_importance(table, alt="One dot.").axes[0].get_yticklabels()]
    ['radius']
    """
    shown = importance.head(count)
    made, axes = figure(size=(8.5, 1.1 + 0.24 * len(shown)), alt=alt)
    with matplotlib.rc_context(STYLE):
        y = np.arange(len(shown))
        axes.hlines(y, shown["low"], shown["high"], color=COLORS[0])
        axes.plot(shown["value"], y, "o", color=COLORS[0])
        axes.axvline(0, color="black", linewidth=1)
        axes.set_yticks(y, [str(name) for name in shown.index])
        axes.set_ylim(len(shown) - 0.5, -0.5)
        axes.grid(visible=False, axis="y")
        axes.set(title="What the model lives on", xlabel="loss of AUC when shuffled (95 % interval)")
    return made
