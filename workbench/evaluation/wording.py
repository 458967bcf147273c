"""Results in words: sentences that say no more than the numbers do."""

from __future__ import annotations

from .differences import Comparison

#: Metrics of which less is better.
LESS_IS_BETTER = ("brier",)


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
    >>> difference_in_words(same, "CNN", "svm")
    'AUC of CNN minus svm: +0.00 (95 % interval +0.00 to +0.00); these patients cannot tell the two apart.'
    """
    row = comparison.table.loc[metric]
    numbers = f"{row['difference']:+.2f} (95 % interval {row['low']:+.2f} to {row['high']:+.2f})"
    name = metric.upper() if metric in {"auc", "mcc"} else metric.replace("_", " ")
    if not (row["low"] > 0 or row["high"] < 0):
        return f"{name} of {first} minus {second}: {numbers}; these patients cannot tell the two apart."
    higher, lower = (first, second) if row["difference"] > 0 else (second, first)
    better = lower if metric in LESS_IS_BETTER else higher
    return f"{name} of {first} minus {second}: {numbers}; {better} is better on these patients."
