"""Figures of how good a classification is: intervals, ROC curves, confusion, calibration, people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from workbench.checks import one_of

from .style import COLORS, STYLE, Figure, blank, figure

WIDTH = 8.5


def show_intervals(
    summary: pd.DataFrame, *, alt: str, metrics: Sequence[str] = ("auc", "recall", "specificity")
) -> Figure:
    """Compare models: each metric over all cases with its interval, and its mean over the folds.

    Parameters
    ----------
    summary : pandas.DataFrame
        As from `recognition.CrossValidation.summary`.
    alt : str
        One sentence that says what is to be seen.
    metrics : sequence of str, optional
        Which to show, one axes each.

    Returns
    -------
    Figure
        One row per model in each axes.

    Examples
    --------
    >>> index = pd.MultiIndex.from_tuples([("svm", "auc")], names=["model", "metric"])
    >>> row = {"mean": 0.8, "pooled": 0.8, "low": 0.7, "high": 0.9}
    >>> show_intervals(pd.DataFrame([row], index), alt="One dot.", metrics=["auc"]).axes[0].get_title(loc="left")
    'AUC'
    """
    models = list(dict.fromkeys(summary.index.get_level_values("model")))
    size = (WIDTH, 1.3 + 0.32 * len(models))
    made, grid = figure(1, len(metrics), size=size, alt=alt, sharey=True, squeeze=False)
    with matplotlib.rc_context(STYLE):
        for axes, metric in zip(grid.flat, metrics, strict=True):
            rows = summary.xs(metric, level="metric").loc[models]
            reach = (rows["pooled"] - rows["low"], rows["high"] - rows["pooled"])
            y = np.arange(len(models))
            axes.errorbar(
                rows["pooled"],
                y,
                xerr=reach,
                fmt="o",
                color=COLORS[0],
                capsize=4,
                label="all cases, 95 % interval",
            )
            axes.plot(rows["mean"], y, "|", color=COLORS[1], markersize=14, label="mean over folds")
            axes.set(title=metric_name(metric), yticks=y, yticklabels=models)
            axes.set_ylim(len(models) - 0.5, -0.5)
            axes.locator_params(axis="x", nbins=4)
        handles, names = grid[0, 0].get_legend_handles_labels()
        made.legend(handles[::-1], names[::-1], loc="outside lower center", ncols=2)
    return made


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
        Two axes: the whole square, and its upper left corner.

    Examples
    --------
    >>> curve = pd.DataFrame({"false_positive_rate": [0.0, 0.0, 1.0], "recall": [0.0, 0.5, 1.0]})
    >>> show_roc({"svm": curve}, alt="One curve.").axes[0].get_ylabel()
    'recall (sensitivity)'
    """
    made, grid = figure(1, 2, size=(WIDTH, 4.7), alt=alt)
    corner = 0.2
    with matplotlib.rc_context(STYLE):
        for axes in grid:
            for color, (name, curve) in zip(COLORS, curves.items(), strict=False):
                axes.plot(curve["false_positive_rate"], curve["recall"], color=color, label=name)
                _band(axes, curve, "false_positive_rate", color)
            axes.plot([0, 1], [0, 1], ":", color="black", linewidth=1, label="chance")
            for marker, (name, point) in zip("os^D", (points or {}).items(), strict=False):
                axes.plot(*point, marker, color="black", markerfacecolor="white", markersize=8, label=name)
            axes.set(xlabel="false positive rate (1 − specificity)", ylabel="recall (sensitivity)", box_aspect=1)
        grid[0].set(title="ROC curves", xlim=(-0.01, 1.01), ylim=(-0.01, 1.01))
        grid[1].set(title="The upper left corner", xlim=(-0.002, corner), ylim=(1 - corner, 1.002))
        handles, names = grid[0].get_legend_handles_labels()
        made.legend(handles, names, loc="outside lower center", ncols=4)
    return made


def show_confusion(tables: Mapping[str, pd.DataFrame], *, alt: str) -> Figure:
    r"""Show confusion matrices side by side, with counts and shares of each true class.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Title to table as from `evaluation.confusion`.
    alt : str
        One sentence that says what is to be seen.

    Returns
    -------
    Figure
        One axes per table; darker is a larger share of the row.

    Raises
    ------
    ValueError
        If there is no table.

    Examples
    --------
    >>> table = pd.DataFrame([[3, 1], [0, 4]], index=["ill", "well"], columns=["ill", "well"])
    >>> [text.get_text() for text in show_confusion({"svm": table}, alt="Four squares.").axes[0].texts]
    ['3\n75 %', '1\n25 %', '0\n0 %', '4\n100 %']
    """
    if not tables:
        raise ValueError("expected at least one table, received none")
    made, grid = figure(1, len(tables), size=(WIDTH, 1.1 + 5.2 / len(tables)), alt=alt, squeeze=False)
    with matplotlib.rc_context(STYLE):
        for axes, (title, table) in zip(grid.flat, tables.items(), strict=True):
            counts = table.to_numpy()
            totals = counts.sum(axis=1, keepdims=True)
            shares = np.divide(counts, totals, out=np.zeros(counts.shape), where=totals > 0)
            axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
            for (row, column), share in np.ndenumerate(shares):
                color = "white" if share > 0.5 else "black"
                text = f"{counts[row, column]}\n{100 * share:.0f} %"
                axes.text(column, row, text, ha="center", va="center", color=color, fontsize=12)
            names = [str(name) for name in table.columns]
            axes.grid(visible=False)
            axes.set(title=title, xlabel="predicted", ylabel="true", xticks=range(len(names)), xticklabels=names)
            axes.set_yticks(range(len(names)), names, rotation=90, va="center")
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
    made, grid = figure(1, 2, size=(WIDTH, 3.9), alt=alt)
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
    made, axes = figure(size=(WIDTH, 4.2), alt=alt)
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
    made, axes = figure(size=(WIDTH, 4.2), alt=alt)
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


def show_forest(table: pd.DataFrame, *, metric: str, alt: str) -> Figure:
    """Show one metric of many subgroups: a dot with its interval for each, and the number of cases.

    Parameters
    ----------
    table : pandas.DataFrame
        As from `evaluation.subgroups`, or several of them one after the other.
    metric : str
        Which.
    alt : str
        One sentence that says what is to be seen.

    Returns
    -------
    Figure
        One axes, a row for each subgroup; the dotted line is the value of all cases.

    Raises
    ------
    ValueError
        If there is no such metric.

    Examples
    --------
    >>> index = pd.MultiIndex.from_tuples([("women", "auc"), ("all", "auc")], names=["subgroup", "metric"])
    >>> row = {"value": 0.8, "low": 0.7, "high": 0.9, "cases": 20, "patients": 10}
    >>> made = show_forest(pd.DataFrame([row, row], index), metric="auc", alt="Two dots.")
    >>> [label.get_text() for label in made.axes[0].get_yticklabels()]
    ['women (20 cases of 10)', 'all (20 cases of 10)']
    """
    known = list(dict.fromkeys(table.index.get_level_values("metric")))
    one_of(metric, known, name="metric")
    rows = table.xs(metric, level="metric")
    made, axes = figure(size=(WIDTH, 1.2 + 0.36 * len(rows)), alt=alt)
    with matplotlib.rc_context(STYLE):
        for place, row in enumerate(rows.itertuples()):
            whole = row.Index == "all"
            reach = [[row.value - row.low], [row.high - row.value]]
            axes.errorbar(row.value, place, xerr=reach, fmt="D" if whole else "o", color=COLORS[whole], capsize=4)
            if whole:
                axes.axvline(row.value, color=COLORS[whole], linestyle=":", linewidth=1)
        names = [
            f"{name} ({row.cases} cases of {row.patients})"
            for name, row in zip(rows.index.astype(str), rows.itertuples(), strict=True)
        ]
        axes.set(title=f"{metric_name(metric)} of each subgroup, with its interval", xlabel=metric_name(metric))
        axes.set_yticks(range(len(rows)), names)
        axes.set_ylim(len(rows) - 0.5, -0.5)
    return made


def metric_name(metric: str) -> str:
    """Write a metric's name as people do.

    Parameters
    ----------
    metric : str
        One of `evaluation.METRICS`.

    Returns
    -------
    str

    Examples
    --------
    >>> metric_name("auc"), metric_name("balanced_accuracy")
    ('AUC', 'Balanced accuracy')
    """
    return SHORT.get(metric, metric.replace("_", " ").capitalize())


def show_people(tables: Mapping[str, pd.DataFrame], *, alt: str) -> Figure:
    """Show natural frequencies: each person a dot, coloured by what the test does to them.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        Title to table as from `evaluation.natural_frequencies`.
    alt : str
        One sentence that says what is to be seen.

    Returns
    -------
    Figure
        One axes per table.

    Raises
    ------
    ValueError
        If there is no table.

    Examples
    --------
    >>> from workbench.evaluation import natural_frequencies
    >>> table = natural_frequencies(recall=0.9, specificity=0.9, prevalence=0.1, people=100)
    >>> show_people({"screening": table}, alt="A hundred dots.").axes[0].get_title(loc="left")
    'screening'
    """
    if not tables:
        raise ValueError("expected at least one table, received none")
    across = 40
    made, grid = figure(1, len(tables), size=(WIDTH, 0.7 + 5.4 / len(tables)), alt=alt, squeeze=False)
    with matplotlib.rc_context(STYLE):
        for axes, (title, table) in zip(grid.flat, tables.items(), strict=True):
            counts = table.to_numpy()
            ends = np.cumsum([counts[cell] for cell, _ in OUTCOMES.values()])
            for end, (name, (cell, color)) in zip(ends, OUTCOMES.items(), strict=True):
                chosen = np.arange(end - counts[cell], end)
                label = f"{len(chosen)} {name}"
                axes.plot(chosen % across, chosen // across, "o", color=color, markersize=4.2, label=label)
            blank(axes)
            axes.set(title=title, aspect="equal")
            axes.invert_yaxis()
            axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.01), ncols=2, fontsize=9)
    return made


def show_studies(aucs: pd.DataFrame, *, alt: str, title: str) -> Figure:
    """Show the AUC of many studies, one row of dots for each way of doing them.

    Parameters
    ----------
    aucs : pandas.DataFrame
        One row per study, one column per way.
    alt : str
        One sentence that says what is to be seen.
    title : str
        Of the axes; it says so if the data are simulated.

    Returns
    -------
    Figure
        One axes, with the mean of each column as a bar and chance as a dotted line.

    Examples
    --------
    >>> made = show_studies(pd.DataFrame({"inside": [0.5, 0.4]}), alt="Two dots.", title="Simulated")
    >>> made.axes[0].get_xlabel()
    'AUC (dot: one study, bar: mean)'
    """
    made, axes = figure(size=(WIDTH, 1.1 + 0.5 * aucs.shape[1]), alt=alt)
    with matplotlib.rc_context(STYLE):
        for row, (color, name) in enumerate(zip(COLORS, aucs, strict=False)):
            axes.plot(aucs[name], np.full(len(aucs), row), "o", color=color, alpha=0.6)
            axes.plot(aucs[name].mean(), row, "|", color=color, markersize=24, markeredgewidth=3)
        axes.axvline(0.5, color="black", linestyle=":", linewidth=1)
        axes.set(title=title, xlabel="AUC (dot: one study, bar: mean)", xlim=(0, 1.02))
        axes.set_yticks(range(aucs.shape[1]), [str(name) for name in aucs])
        axes.set_ylim(aucs.shape[1] - 0.5, -0.5)
    return made


def _band(axes: Axes, curve: pd.DataFrame, across: str, color: str) -> None:
    if "low" in curve:
        axes.fill_between(curve[across], curve["low"], curve["high"], color=color, alpha=0.15, linewidth=0)


def _legend_beside(made: Figure, axes: Axes) -> None:
    handles, names = axes.get_legend_handles_labels()
    made.legend(handles, names, loc="outside right upper")


SHORT = {"auc": "AUC", "mcc": "MCC", "f1": "F1", "brier": "Brier score"}
#: What can happen to a person: row and column of `evaluation.natural_frequencies`, colour.
OUTCOMES = {
    "ill, found": ((0, 0), COLORS[1]),
    "ill, missed": ((0, 1), COLORS[6]),
    "well, false alarm": ((1, 0), COLORS[4]),
    "well, left in peace": ((1, 1), "#BFD9EA"),
}
