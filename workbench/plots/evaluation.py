"""Figures of how good a classification is: intervals, counts, people, studies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib
import numpy as np
import pandas as pd

from workbench.checks import one_of
from workbench.evaluation import wording

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
    """Write a metric's name as a title.

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
    name = wording.metric_name(metric)
    return name[0].upper() + name[1:]


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


#: What can happen to a person: row and column of `evaluation.natural_frequencies`, colour.
OUTCOMES = {
    "ill, found": ((0, 0), COLORS[1]),
    "ill, missed": ((0, 1), COLORS[6]),
    "well, false alarm": ((1, 0), COLORS[4]),
    "well, no alarm": ((1, 1), "#BFD9EA"),
}
