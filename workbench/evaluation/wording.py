"""Results in words: sentences that say no more than the numbers do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from .differences import Comparison
from .judging import Classification
from .metrics import METRICS

if TYPE_CHECKING:
    import pandas as pd

#: Metrics of which less is better.
LESS_IS_BETTER = ("brier",)
#: Metrics whose names are not their words.
WRITTEN = {"auc": "AUC", "brier": "Brier score", "f1": "F1 score", "mcc": "MCC"}
#: Decimals of the metrics that need more than two.
LEAST = {"brier": 3}
#: From here to 1 two decimals say too little.
HIGH = 0.95
#: Columns that say nothing of how good a model is.
BESIDE = {"low", "high", "majority"}
#: What readers of a clinical page call the metrics of one class against all others.
CLINICAL = {"auc": "AUC", "recall": "sensitivity", "specificity": "specificity"}


def difference_in_words(comparison: Comparison, first: str, second: str, *, metric: str = "auc") -> str:
    """Say what a comparison of two models shows, and what it does not.

    Parameters
    ----------
    comparison : Comparison
        As from `compare` or `compare_predictions`.
    first, second : str
        Names of the models.
    metric : str, optional
        Which to speak of.

    Returns
    -------
    str
        One sentence: the difference with its interval, which model is better, or that nobody can tell.

    Raises
    ------
    KeyError
        If there is no such metric.

    Examples
    --------
    >>> from workbench.evaluation import compare
    >>> labels = ["ill", "ill", "well", "well"] * 10
    >>> same = compare(labels, [0.9, 0.6, 0.7, 0.1] * 10, [0.9, 0.6, 0.7, 0.1] * 10, groups=None, positive="ill")
    >>> difference_in_words(same, "A", "B")
    'AUC of A minus B: +0.000 (95 % interval +0.000 to +0.000); by AUC these patients cannot tell the two apart.'
    """
    row: Any = comparison.table.loc[metric]
    numbers = _difference(row, metric)
    name = metric_name(metric)
    if not (row["low"] > 0 or row["high"] < 0):
        return f"{name} of {first} minus {second}: {numbers}; by {name} these patients cannot tell the two apart."
    higher, lower = (first, second) if row["difference"] > 0 else (second, first)
    better = lower if metric in LESS_IS_BETTER else higher
    return f"{name} of {first} minus {second}: {numbers}; by {name} {better} is better on these patients."


def readable(table: pd.DataFrame) -> pd.DataFrame:
    """Write a table of metrics for readers.

    Parameters
    ----------
    table : pandas.DataFrame
        Numbers, whose index (its last level) names metrics.

    Returns
    -------
    pandas.DataFrame
        With the metrics' names as they are written. Text of two decimals, of three for the Brier score and where
        a share lies between 0.95 and 1; from a column ``difference`` on, of three, or of four in all of them where
        three would hide on which side of 0 a number lies. Never ``-0.00``; what is undefined stays ``nan``.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = {"auc": [0.9, -0.1, -0.0], "brier": [0.1, -0.01, 0.0004]}
    >>> readable(pd.DataFrame.from_dict(rows, orient="index", columns=["CNN", "difference", "high"]))
                   CNN difference    high
    AUC           0.90    -0.1000  0.0000
    Brier score  0.100    -0.0100  0.0004
    """
    import pandas as pd

    heads = [name[-1] if isinstance(name, tuple) else name for name in table.columns]
    first = heads.index("difference") if "difference" in heads else len(heads)
    values = table.to_numpy(float)
    apart = max(3, _decimals(values[:, first:].ravel(), "difference"))
    least = share_decimals(values[:, [place for place in range(first) if heads[place] not in BESIDE]].ravel())
    rows = []
    for name, row in zip(table.index, values, strict=True):
        own = LEAST.get(name[-1] if isinstance(name, tuple) else name, least)
        rows.append([rounded(value, own if place < first else apart) for place, value in enumerate(row)])
    written = {metric: metric_name(metric) for metric in METRICS}
    return pd.DataFrame(rows, index=table.index, columns=table.columns).rename(index=written)


def in_short(judged: Mapping[str, Mapping[str, Classification]]) -> pd.DataFrame:
    """Set AUC, sensitivity and specificity of each model side by side, with their intervals.

    Parameters
    ----------
    judged : mapping of str to mapping of str to Classification
        Place, such as ``"held out"``, to model to its judgement.

    Returns
    -------
    pandas.DataFrame
        Text, indexed by model and place.

    Examples
    --------
    >>> from workbench.evaluation import classification
    >>> labels = ["ill", "well"] * 20
    >>> home = classification(labels, [0.9, 0.1] * 20, groups=range(40), positive="ill")
    >>> in_short({"held out": {"CNN": home}}).loc[("CNN", "held out"), "sensitivity"]
    '1.00 (0.83 to 1.00)'
    """
    import pandas as pd

    every = [one for found in judged.values() for one in found.values()]
    least = share_decimals(one[metric].value for one in every for metric in CLINICAL)
    rows = {
        (model, place): {word: _interval(found[model], metric, least) for metric, word in CLINICAL.items()}
        for model in next(iter(judged.values()))
        for place, found in judged.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(index=["model", "patients"])


def figures_in_words(judged: Mapping[str, Mapping[str, Classification]]) -> str:
    """Say AUC, sensitivity and specificity of each model at each place, with their intervals.

    Parameters
    ----------
    judged : mapping of str to mapping of str to Classification
        As for `in_short`.

    Returns
    -------
    str
        A line for each model and place.

    Examples
    --------
    >>> from workbench.evaluation import classification
    >>> labels = ["ill", "well"] * 20
    >>> home = classification(labels, [0.9, 0.1] * 20, groups=range(40), positive="ill")
    >>> print(figures_in_words({"held out": {"CNN": home}}))
    CNN, held out: AUC 1.00 (0.82 to 1.00), sensitivity 1.00 (0.83 to 1.00), specificity 1.00 (0.83 to 1.00).
    """
    rows = in_short(judged)
    return "\n".join(
        f"{model}, {place}: " + ", ".join(f"{word} {figure}" for word, figure in row.items()) + "."
        for (model, place), row in zip(rows.index, rows.to_dict("records"), strict=True)
    )


def falls_in_words(validated: Mapping[str, pd.DataFrame], place: str) -> str:
    """Say which figures are clearly worse in new patients, and that nothing is, where that is so.

    Parameters
    ----------
    validated : mapping of str to pandas.DataFrame
        Model to its table as from `external_validation`.
    place : str
        What the new patients are called, such as ``"patients set aside"``.

    Returns
    -------
    str
        A sentence for each AUC, sensitivity, specificity and Brier score whose difference has an interval on the
        worse side of 0, or one for all.

    Examples
    --------
    >>> from workbench.evaluation import classification, external_validation
    >>> labels = ["ill", "well"] * 20
    >>> home = classification(labels, [0.9, 0.1] * 20, groups=range(40), positive="ill")
    >>> away = classification(labels, [0.2, 0.1] * 20, groups=range(40, 80), positive="ill")
    >>> said = falls_in_words({"CNN": external_validation(home, away)}, "patients set aside")
    >>> print(said.partition(" (")[0])
    Clearly worse in the patients set aside: sensitivity of CNN, 0.00 against 1.00 while held out
    """
    said = []
    for model, table in validated.items():
        for metric, word in (CLINICAL | {name: metric_name(name) for name in LESS_IS_BETTER}).items():
            row: Any = table.loc[metric]
            if row["low"] > 0 if metric in LESS_IS_BETTER else row["high"] < 0:
                least = LEAST.get(metric, share_decimals((row["external"], row["internal"])))
                new, old = (rounded(row[name], least) for name in ("external", "internal"))
                said.append(
                    f"Clearly worse in the {place}: {word} of {model}, {new} against {old} while held out "
                    f"(difference {_difference(row, metric, signed=False)})."
                )
    nothing = (
        f"No figure of either model is clearly worse in the {place} than while held out: of AUC, sensitivity and "
        "specificity no difference has its whole interval below 0, and of the Brier score (more is worse) none "
        "has it above 0. That does not prove that none is worse."
    )
    return "\n".join(said) or nothing


def metric_name(metric: str) -> str:
    """Write the name of a metric in words.

    Parameters
    ----------
    metric : str
        As in the tables of `evaluation`.

    Returns
    -------
    str
        As within a sentence.

    Examples
    --------
    >>> metric_name("auc"), metric_name("balanced_accuracy")
    ('AUC', 'balanced accuracy')
    """
    return WRITTEN.get(metric, metric.replace("_", " "))


def share_decimals(values: Iterable[float]) -> int:
    """Choose the decimals of shares that stand together.

    Parameters
    ----------
    values : iterable of float
        Shares.

    Returns
    -------
    int
        2, or 3 where two would bring one close to 1.

    Examples
    --------
    >>> share_decimals([0.8, 1.0]), share_decimals([0.8, 0.997])
    (2, 3)
    """
    return 3 if any(HIGH < abs(value) < 1 for value in values) else 2


def rounded(value: float, decimals: int, *, signed: bool = False) -> str:
    """Write a number with fixed decimals.

    Parameters
    ----------
    value : float
        A number.
    decimals : int
        How many.
    signed : bool, optional
        With its sign where it is positive, too.

    Returns
    -------
    str
        Never ``-0.00``.

    Examples
    --------
    >>> rounded(-0.001, 2), rounded(0.5, 1, signed=True)
    ('0.00', '+0.5')
    """
    # Adding 0 turns -0.0 into 0.0.
    return f"{round(float(value), decimals) + 0.0:{'+' if signed else ''}.{decimals}f}"


def _decimals(values: Iterable[float], metric: str) -> int:
    least = LEAST.get(metric, 2)
    # What arithmetic leaves of a 0 needs no decimals.
    known = [abs(value) for value in values if np.isfinite(value) and abs(value) > 1e-9]
    return next((n for n in range(least, 4) if all(round(value, n) for value in known)), 4 if known else least)


def _difference(row: pd.Series, metric: str, *, signed: bool = True) -> str:
    numbers = [float(row[name]) for name in ("difference", "low", "high")]
    decimals = max(3, _decimals(numbers, metric))  # as many as `readable` gives differences
    value, low, high = (rounded(number, decimals, signed=signed) for number in numbers)
    return f"{value} (95 % interval {low} to {high})" if signed else f"{value}, 95 % interval {low} to {high}"


def _interval(found: Classification, metric: str, decimals: int) -> str:
    value, low, high = (rounded(number, decimals) for number in found[metric])
    return f"{value} ({low} to {high})"
