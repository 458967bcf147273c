"""Dividing cases among splits: whole groups, and in each split the same shares of every class."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .errors import CohortError


def assign(
    table: pd.DataFrame, shares: Mapping[str, float], *, by: str, stratify: str | None, seed: int
) -> NDArray:
    """Name a split for every row.

    Groups that count alike (the same number of cases of each class) are interchangeable. How many groups of each
    kind every split receives starts from rounding and is improved by moving one group, or exchanging two, for as
    long as that brings the numbers of cases of each class nearer to their shares. Which groups they are is drawn.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per case.
    shares : mapping of str to float
        Split to its share of the cases; they add up to 1.
    by : str
        Column whose equal values stay together.
    stratify : str or None
        Column of the classes.
    seed : int
        Of the draw.

    Returns
    -------
    (n,) ndarray of str
        A split for each row.

    Raises
    ------
    CohortError
        If a column or one of its values is missing, or a split would be empty.
    ValueError
        If the shares are not between 0 and 1, or leave nothing for the first.

    Examples
    --------
    >>> table = pd.DataFrame({"patient": list("aabb"), "label": list("0101")})
    >>> sorted(assign(table, {"train": 0.5, "test": 0.5}, by="patient", stratify="label", seed=0).tolist())
    ['test', 'test', 'train', 'train']
    """
    if not all(0 <= share < 1 for name, share in shares.items() if name != "train") or shares["train"] <= 1e-9:
        wrong = ", ".join(f"{name}={share:g}" for name, share in shares.items())
        raise ValueError(f"shares must lie between 0 and 1 and leave some for training, received {wrong}")
    shares = {name: share for name, share in shares.items() if share > 0}
    groups = _column(table, by, "by")
    classes = groups * 0 if stratify is None else _column(table, stratify, "stratify")
    if groups.max(initial=-1) + 1 < len(shares):
        raise CohortError(
            f"{groups.max(initial=-1) + 1} different {by} cannot fill {', '.join(shares)}; take fewer splits"
        )
    counts = np.zeros((groups.max() + 1, classes.max() + 1), dtype=int)
    np.add.at(counts, (groups, classes), 1)
    kinds, kind = np.unique(counts, axis=0, return_inverse=True)
    placed = _place(kinds, np.bincount(kind), np.array(list(shares.values())))
    rng = np.random.default_rng(seed)
    split = np.empty(len(counts), dtype=int)
    for index, row in enumerate(placed):
        members = rng.permutation(np.flatnonzero(kind == index))
        split[members] = np.repeat(np.arange(len(shares)), row)
    empty = [name for index, name in enumerate(shares) if not (split == index).any()]
    if empty:
        raise CohortError(f"no {by} is left for {', '.join(empty)}; ask for a larger share")
    return np.array(list(shares), dtype=object)[split[groups]]


def _column(table: pd.DataFrame, name: str, argument: str) -> NDArray:
    if name not in table:
        raise CohortError(f"no column {name!r} to split by; it has {', '.join(map(str, table))} ({argument}=...)")
    values = table[name]
    if values.isna().any():
        raise CohortError(f"case {values.index[values.isna()][0]!r} has no {name}; fill it in or drop the case")
    return pd.factorize(values.astype(str), sort=True)[0]


def _place(kinds: NDArray, numbers: NDArray, shares: NDArray) -> NDArray:
    placed = np.stack([_rounded(number * shares) for number in numbers])
    # Every class weighs the same, however rare; the size of a split weighs as much as a class.
    vectors = np.column_stack([kinds, kinds.sum(axis=1)]).astype(float)
    totals = numbers @ vectors
    weights = 1 / totals**2
    # "Nothing" is a kind of which there is always one, so that a move is an exchange against nothing.
    vectors = np.vstack([vectors, np.zeros(vectors.shape[1])])
    apart = np.square(vectors[:, None] - vectors) @ weights
    while True:
        excess = placed.T @ vectors[:-1] - np.outer(shares, totals)
        best, change = None, -1e-12
        for one in range(len(shares)):
            for other in range(one + 1, len(shares)):
                along = vectors @ (weights * (excess[one] - excess[other]))
                # Split `one` gives kind i and receives kind j.
                gain = 2 * (along[None, :] - along[:, None] + apart)
                gain[np.append(placed[:, one] == 0, False)] = np.inf
                gain[:, np.append(placed[:, other] == 0, False)] = np.inf
                place = np.unravel_index(gain.argmin(), gain.shape)
                if gain[place] < change:
                    best, change = (one, other, *place), gain[place]
        if best is None:
            return placed
        one, other, given, received = best
        for kind, source, target in ((given, one, other), (received, other, one)):
            if kind < len(placed):
                placed[kind, source] -= 1
                placed[kind, target] += 1


def _rounded(wanted: NDArray) -> NDArray:
    low = np.floor(wanted + 1e-9).astype(int)
    rest = round(wanted.sum()) - low.sum()
    low[np.argsort(low - wanted, kind="stable")[:rest]] += 1
    return low
