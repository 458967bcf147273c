"""Agreement of several readers, beyond what chance would give."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import one_of, real_array, same_shape

WEIGHTS = ("none", "linear", "quadratic")
COUNTED = 1024


def cohen_kappa(first: ArrayLike, second: ArrayLike, *, weights: str = "none") -> float:
    """Cohen's kappa: how far two readers agree beyond chance, ``(p_o - p_e) / (1 - p_e)``.

    Parameters
    ----------
    first, second : (...) array_like of bool or int
        Same shape: the category that each reader gives each case, or label maps.
    weights : {"none", "linear", "quadratic"}, optional
        Whether all disagreements are alike, or grow with the distance, or its square, between the ranks of two
        categories among those that occur.

    Returns
    -------
    float
        1 for full agreement, 0 for that of chance, negative below it; NaN if both readers give one and the same
        category to all, for then chance agrees as well.

    Raises
    ------
    ValueError
        If the shapes differ, or there are no cases.

    References
    ----------
    Cohen J. A coefficient of agreement for nominal scales. Educational and Psychological Measurement 20 (1960)
    37-46.

    Cohen J. Weighted kappa: nominal scale agreement with provision for scaled disagreement or partial credit.
    Psychological Bulletin 70 (1968) 213-220.

    Examples
    --------
    >>> cohen_kappa([1, 1, 0, 0], [1, 0, 0, 0])
    0.5
    """
    one_of(weights, WEIGHTS, name="weights")
    one, other = real_array(first, name="first"), real_array(second, name="second")
    same_shape(first=one, second=other)
    table = _contingency(one.ravel(), other.ravel())
    count = len(table)
    apart = np.abs(np.subtract.outer(np.arange(count), np.arange(count))).astype(np.float64)
    cost = {"none": (apart > 0).astype(np.float64), "linear": apart, "quadratic": apart**2}[weights]
    by_chance = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    expected = float((cost * by_chance).sum())
    return 1 - float((cost * table).sum()) / expected if expected else float("nan")


def fleiss_kappa(ratings: ArrayLike) -> float:
    """Fleiss' kappa: how far any number of readers agree beyond chance.

    Parameters
    ----------
    ratings : (R, ...) array_like of bool or int
        Of each reader the category that each case gets, or a label map. A case is to be rated by all.

    Returns
    -------
    float
        1 for full agreement, 0 for that of chance; NaN if all give one and the same category to all cases.

    Raises
    ------
    ValueError
        If there are fewer than two readers, or no cases.

    References
    ----------
    Fleiss JL. Measuring nominal scale agreement among many raters. Psychological Bulletin 76 (1971) 378-382.

    Examples
    --------
    >>> fleiss_kappa([[0, 1, 1], [0, 1, 1], [0, 1, 1]])
    1.0
    """
    counts = category_counts(ratings)
    readers = counts[:, 0].sum()
    pairs = ((counts**2).sum(axis=0) - readers) / (readers * (readers - 1))
    shares = counts.sum(axis=1) / counts.sum()
    chance = float((shares**2).sum())
    return (float(pairs.mean()) - chance) / (1 - chance) if len(counts) > 1 else float("nan")


def _contingency(one: NDArray, other: NDArray) -> NDArray[np.float64]:
    lowest, highest = min(one.min(), other.min()), max(one.max(), other.max())
    if one.dtype.kind in "bui" and other.dtype.kind in "bui" and int(highest) - int(lowest) < COUNTED:
        # Small whole numbers are counted, which is faster than to sort.
        left, right = (labels.astype(np.int64) - int(lowest) for labels in (one, other))
        count = int(highest) - int(lowest) + 1
    else:
        categories, ranks = np.unique(np.stack([one, other]), return_inverse=True)
        left, right = ranks.reshape(2, -1)
        count = len(categories)
    table = np.bincount(left * count + right, minlength=count**2).reshape(count, count).astype(np.float64)
    occurs = table.any(axis=0) | table.any(axis=1)
    return table[np.ix_(occurs, occurs)]


def category_counts(ratings: ArrayLike) -> NDArray[np.float64]:
    """Count how many readers give each category, (categories, cases)."""
    stack = real_array(ratings, name="ratings")
    if stack.ndim < 2 or len(stack) < 2:
        raise ValueError(f"expected two readers or more on the first axis, received shape {stack.shape}")
    flat = stack.reshape(len(stack), -1)
    return np.stack([(flat == category).sum(axis=0) for category in np.unique(flat)]).astype(np.float64)
