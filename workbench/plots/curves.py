"""Figures of curves with their bands: ROC, precision and recall, reliability, decision."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib
import pandas as pd
from matplotlib.axes import Axes

from .style import COLORS, STYLE, Figure, figure

WIDTH = 8.5
#: Sides of the corner of the ROC square that is shown enlarged.
CORNER = 0.2


def show_roc(
    curves: Mapping[str, pd.DataFrame], *, alt: str, points: Mapping[str, tuple[float, float]] | None = None
) -> Figure:
    """Show ROC curves, whole and at their corner.

    Parameters
    ----------
    curves : mapping of str to pandas.DataFrame
        Name to table as from `evaluation.roc_curve`.
    alt : str
        One sentence that says what is to be seen.
    points : mapping of str to (false positive rate, recall), optional
        Working points to mark.

    Returns
    -------
    Figure
        Two axes: the whole square, and, where a curve passes through it, its upper left corner.

    Examples
    --------
    >>> curve = pd.DataFrame({"false_positive_rate": [0.0, 0.0, 1.0], "recall": [0.0, 0.5, 1.0]})
    >>> show_roc({"svm": curve}, alt="One curve.").axes[0].get_ylabel()
    'recall (sensitivity)'
    """
    passed = any(_in_corner(curve["false_positive_rate"], curve["recall"]) for curve in curves.values())
    size = (WIDTH if passed else 0.6 * WIDTH, 4.0)
    made, grid = figure(1, 1 + passed, size=size, alt=alt, squeeze=False)
    with matplotlib.rc_context(STYLE):
        for axes in grid[0]:
            for color, (name, curve) in zip(COLORS, curves.items(), strict=False):
                axes.plot(curve["false_positive_rate"], curve["recall"], color=color, label=name)
                _band(axes, curve, "false_positive_rate", color)
            axes.plot([0, 1], [0, 1], ":", color="black", linewidth=1, label="chance")
            for marker, (name, point) in zip("os^D", (points or {}).items(), strict=False):
                axes.plot(*point, marker, color="black", markerfacecolor="white", markersize=8, label=name)
            axes.set(xlabel="false positive rate (1 − specificity)", ylabel="recall (sensitivity)", box_aspect=1)
        grid[0, 0].set(title="ROC curves", xlim=(-0.01, 1.01), ylim=(-0.01, 1.01))
        for axes in grid[0, 1:]:
            axes.set(title="The upper left corner", xlim=(-0.002, CORNER), ylim=(1 - CORNER, 1.002))
        handles, names = grid[0, 0].get_legend_handles_labels()
        made.legend(handles, names, loc="outside lower center", ncols=4 if passed else 2)
    return made


def show_precision_recall(curves: Mapping[str, pd.DataFrame], *, prevalence: float, alt: str) -> Figure:
    """Show precision against recall.

    Parameters
    ----------
    curves : mapping of str to pandas.DataFrame
        Name to table as from `evaluation.precision_recall_curve`.
    prevalence : float
        Share of positives among the cases: the precision of chance.
    alt : str
        One sentence that says what is to be seen.

    Returns
    -------
    Figure
        One axes.

    Examples
    --------
    >>> curve = pd.DataFrame({"recall": [0.5, 1.0], "precision": [1.0, 0.8]})
    >>> show_precision_recall({"svm": curve}, prevalence=0.3, alt="One curve.").axes[0].get_xlabel()
    'recall (sensitivity)'
    """
    made, axes = figure(size=(WIDTH, 3.3), alt=alt)
    with matplotlib.rc_context(STYLE):
        for color, (name, curve) in zip(COLORS, curves.items(), strict=False):
            axes.step(curve["recall"], curve["precision"], where="pre", color=color, label=name)
            _band(axes, curve, "recall", color)
        axes.axhline(
            prevalence, color="black", linestyle=":", linewidth=1, label=f"chance, {100 * prevalence:.0f} %"
        )
        axes.set(title="Precision and recall", xlabel="recall (sensitivity)", ylabel="precision")
        axes.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.02))
        _legend_beside(made, axes)
    return made


def show_reliability(tables: Mapping[str, pd.DataFrame], *, positive: str, alt: str) -> Figure:
    """Show whether probabilities mean what they say: predicted against observed, bin by bin.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Name to table as from `evaluation.calibration_curve`.
    positive : str
        The class whose probabilities they are.
    alt : str
        One sentence that says what is to be seen.

    Returns
    -------
    Figure
        Two axes: the curves with the diagonal of perfect calibration, and the number of cases in each bin.

    Examples
    --------
    >>> from workbench.evaluation import calibration_curve
    >>> table = calibration_curve(["ill", "well"], [0.9, 0.2], positive="ill", groups=None, bins=2)
    >>> len(show_reliability({"svm": table}, positive="ill", alt="One curve.").axes)
    2
    """
    made, grid = figure(1, 2, size=(WIDTH, 3.6), alt=alt)
    with matplotlib.rc_context(STYLE):
        grid[0].plot([0, 1], [0, 1], ":", color="black", linewidth=1, label="perfect")
        for number, (color, (name, table)) in enumerate(zip(COLORS, tables.items(), strict=False)):
            filled = table[table["cases"] > 0]
            grid[0].plot(filled["predicted"], filled["observed"], "o-", color=color, markersize=5, label=name)
            _band(grid[0], filled, "predicted", color)
            width = (table["upper"] - table["lower"]) / (len(tables) + 1)
            grid[1].bar(table["lower"] + width * (number + 1), table["cases"], width, color=color)
        grid[0].set(
            title="Reliability",
            xlabel=f"predicted probability of {positive}",
            ylabel=f"observed share of {positive}",
        )
        grid[1].set(
            title="How often each is said",
            xlabel=f"predicted probability of {positive}",
            ylabel="cases (log scale)",
        )
        grid[1].set_yscale("symlog", linthresh=1)
        grid[1].yaxis.set_major_formatter("{x:.0f}")
        handles, names = grid[0].get_legend_handles_labels()
        made.legend(handles, names, loc="outside lower center", ncols=len(names))
    return made


def show_decision(curves: Mapping[str, pd.DataFrame], *, alt: str, upto: float = 1.0) -> Figure:
    """Show the net benefit of acting on a prediction, beside that of acting on everyone and on nobody.

    Parameters
    ----------
    curves : mapping of str to pandas.DataFrame
        Name to table as from `evaluation.decision_curve`.
    alt : str
        One sentence that says what is to be seen.
    upto : float, optional
        The highest threshold to show.

    Returns
    -------
    Figure
        One axes.

    Raises
    ------
    ValueError
        If there is no curve.

    Examples
    --------
    >>> from workbench.evaluation import decision_curve
    >>> curve = decision_curve(["ill", "well"], [0.9, 0.2], positive="ill", groups=None)
    >>> show_decision({"svm": curve}, alt="One curve.").axes[0].get_ylabel()
    'net benefit (true alarms per case)'
    """
    if not curves:
        raise ValueError("expected at least one curve, received none")
    made, axes = figure(size=(WIDTH, 3.3), alt=alt)
    with matplotlib.rc_context(STYLE):
        tables = {name: curve[curve["threshold"] <= upto] for name, curve in curves.items()}
        for color, (name, curve) in zip(COLORS, tables.items(), strict=False):
            axes.plot(curve["threshold"], curve["net_benefit"], color=color, label=name)
            _band(axes, curve, "threshold", color)
        everyone = next(iter(tables.values()))
        highest = max(curve["high"].max() for curve in tables.values())
        axes.plot(
            everyone["threshold"], everyone["treat_all"], "--", color="black", linewidth=1, label="act on everyone"
        )
        axes.axhline(0, color="black", linestyle=":", linewidth=1, label="act on nobody")
        axes.set(title="Is acting on it worth it?", xlabel="threshold: the risk from which on one would act")
        axes.set(
            ylabel="net benefit (true alarms per case)", xlim=(0, upto), ylim=(-0.35 * highest, 1.05 * highest)
        )
        _legend_beside(made, axes)
    return made


def _in_corner(rates: pd.Series, recalls: pd.Series) -> bool:
    return bool(((rates <= CORNER) & (recalls >= 1 - CORNER)).any())


def _band(axes: Axes, curve: pd.DataFrame, across: str, color: str) -> None:
    if "low" in curve:
        axes.fill_between(curve[across], curve["low"], curve["high"], color=color, alpha=0.15, linewidth=0)


def _legend_beside(made: Figure, axes: Axes) -> None:
    handles, names = axes.get_legend_handles_labels()
    made.legend(handles, names, loc="outside right upper")
