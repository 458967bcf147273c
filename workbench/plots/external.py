"""How a model fares elsewhere: each metric at home and away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib
import numpy as np

from workbench.evaluation import METRICS, Classification

from .evaluation import metric_name
from .style import COLORS, STYLE, Figure, figure

WIDTH = 8.5
#: How each model's two places are drawn: marker, whether it is filled, and colour.
DRAWN = (("o", True, COLORS[0]), ("D", False, COLORS[1]))


def show_external(
    judged: Mapping[str, tuple[Classification, Classification]],
    *,
    alt: str,
    metrics: Sequence[str] = ("auc", "recall", "specificity"),
    places: tuple[str, str] = ("internal", "external"),
) -> Figure:
    """Show what becomes of each model's metrics in another hospital.

    Parameters
    ----------
    judged : mapping of str to (Classification, Classification)
        Model to its judgement on the internal and on the external study, as from `evaluation.evaluate`.
    alt : str
        One sentence that says what is to be seen.
    metrics : sequence of str, optional
        Which to show, one axes each.
    places : (str, str), optional
        What the legend calls the two studies, such as ``("held out", "set aside")``.

    Returns
    -------
    Figure
        For each model two dots with their intervals, and an arrow from the internal to the external value.

    Raises
    ------
    ValueError
        If there is no model, or no such metric.

    Examples
    --------
    >>> from workbench.evaluation import classification
    >>> labels = ["ill", "well"] * 20
    >>> home = classification(labels, [0.9, 0.1] * 20, groups=None, positive="ill")
    >>> away = classification(labels, [0.9, 0.1, 0.2, 0.8] * 10, groups=None, positive="ill")
    >>> made = show_external({"svm": (home, away)}, metrics=["auc"], alt="Two dots.")
    >>> made.axes[0].get_title(loc="left")
    'AUC'
    """
    unknown = sorted(set(metrics) - set(METRICS))
    if not judged or unknown:
        raise ValueError(
            f"expected at least one model and metrics of {', '.join(METRICS)}, received {unknown or 'none'}"
        )
    made, grid = figure(
        1, len(metrics), size=(WIDTH, 1.3 + 0.55 * len(judged)), alt=alt, sharey=True, squeeze=False
    )
    with matplotlib.rc_context(STYLE):
        for axes, metric in zip(grid.flat, metrics, strict=True):
            for row, pair in enumerate(judged.values()):
                values = [one[metric] for one in pair]
                for value, place, (marker, full, color), shift in zip(
                    values, places, DRAWN, (-0.16, 0.16), strict=True
                ):
                    axes.errorbar(
                        value.value,
                        row + shift,
                        xerr=[[value.value - value.low], [value.high - value.value]],
                        fmt=marker,
                        color=color,
                        markerfacecolor=color if full else "white",
                        capsize=4,
                        label=f"{place}, 95 % interval" if row == 0 else None,
                    )
                if np.isfinite([value.value for value in values]).all():
                    axes.annotate(
                        "",
                        (values[1].value, row + 0.1),
                        (values[0].value, row - 0.1),
                        arrowprops={"arrowstyle": "->", "color": "0.5", "shrinkA": 4, "shrinkB": 4},
                    )
            axes.set(title=metric_name(metric))
            axes.set_yticks(range(len(judged)), list(judged))
            axes.set_ylim(len(judged) - 0.5, -0.5)
            axes.locator_params(axis="x", nbins=5)
        made.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return made
