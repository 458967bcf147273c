"""Parting sorted numbers into classes of least variance, exactly."""

import numpy as np
from numpy.typing import NDArray

from .slabs import compiled


def best_parting(values: NDArray, counts: NDArray, classes: int) -> list[int]:
    """Part sorted numbers into consecutive classes with the greatest variance between them.

    By dynamic programming: the best parting of the first numbers ends where the best parting of fewer of them into
    one class fewer does. These ends never move back, so that each is looked for between its neighbours'.

    Parameters
    ----------
    values : (N,) ndarray
        Increasing.
    counts : (N,) ndarray
        How often each occurs, above 0.
    classes : int
        From 1 to N.

    Returns
    -------
    list of int
        The index of the last number of each class but the last.

    References
    ----------
    Wang H, Song M. Ckmeans.1d.dp: optimal k-means clustering in one dimension by dynamic programming. The R
    Journal 3/2 (2011) 29-33.

    Examples
    --------
    >>> best_parting(np.array([1, 2, 8, 9, 20]), np.ones(5), 3)
    [1, 3]
    """
    weights = np.concatenate([[0.0], np.cumsum(counts, dtype=float)])
    # From the mean, so that squares stay small.
    centred = values - np.average(values, weights=counts)
    sums = np.concatenate([[0.0], np.cumsum(counts * centred)])
    best = sums[1:] ** 2 / weights[1:]
    choices = []
    for _ in range(classes - 1):
        best, choice = _one_class_more(best, weights, sums)
        choices.append(choice)
    last, parting = len(values) - 1, []
    for choice in reversed(choices):
        last = int(choice[last])
        parting.append(last)
    return parting[::-1]


@compiled
def _one_class_more(best: NDArray, weights: NDArray, sums: NDArray) -> tuple[NDArray, NDArray]:
    # For each last number: the greatest sum over the classes of sum^2 / weight, and where the class before ends.
    length = len(best)
    result = np.full(length, -np.inf)
    choice = np.zeros(length, np.int64)
    waiting = [(0, length - 1, 0, length - 1)]
    while waiting:
        low, high, first, last = waiting.pop()
        middle = (low + high) // 2
        for end in range(first, min(last, middle - 1) + 1):
            total = sums[middle + 1] - sums[end + 1]
            value = best[end] + total * total / (weights[middle + 1] - weights[end + 1])
            if value > result[middle]:
                result[middle], choice[middle] = value, end
        if low < middle:
            waiting.append((low, middle - 1, first, max(choice[middle], first)))
        if middle < high:
            waiting.append((middle + 1, high, max(choice[middle], first), last))
    return result, choice
