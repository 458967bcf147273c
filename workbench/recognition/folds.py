"""Dealing patients into folds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray


def grouped_folds(
    codes: NDArray, groups: ArrayLike | None, folds: int, *, seed: int, names: Sequence[Any] | NDArray
) -> Iterator[tuple[NDArray, NDArray]]:
    """Deal patients into folds with about the same shares of the classes.

    Parameters
    ----------
    codes : (n,) ndarray of int
        Each case's class, from 0 to k - 1.
    groups : (n,) array_like or None
        Patient of each case; None where each row is one patient.
    folds : int
        How many, at least 2.
    seed : int
        Of the dealing.
    names : sequence
        Of the k classes, for messages.

    Yields
    ------
    train, test : ndarray of int
        Positions of the cases. Each training part has every class.

    Raises
    ------
    ValueError
        If there are fewer than two classes or folds, a class has fewer patients than there are folds, or a
        training part lacks a class.

    Examples
    --------
    >>> [test.tolist() for _, test in grouped_folds(np.array([0, 0, 1, 1]), list("abcd"), 2, seed=0, names="xy")]
    [[1, 2], [0, 3]]
    """
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    patients = np.arange(len(codes)) if groups is None else pd.factorize(np.asarray(groups))[0]
    per_class = pd.Series(patients).groupby(codes).nunique()
    if len(per_class) < 2:
        raise ValueError(f"expected at least two classes, received {list(names)}")
    if folds < 2:
        raise ValueError(f"the number of folds must be at least 2, received {folds}")
    if per_class.min() < folds:
        smallest = np.asarray(names).tolist()[int(per_class.to_numpy().argmin())]
        raise ValueError(
            f"class {smallest!r} has {per_class.min()} patients, fewer than the {folds} folds; "
            "use fewer folds or gather more patients"
        )
    alone = len(np.unique(patients)) == len(patients)
    splitter = (StratifiedKFold if alone else StratifiedGroupKFold)(folds, shuffle=True, random_state=seed)
    for train, test in splitter.split(codes, codes, None if alone else patients):
        if len(np.unique(codes[train])) < len(per_class):
            raise ValueError("the training part of a fold lacks a class; use more folds or another seed")
        yield train, test


def given_folds(folds: NDArray, patients: NDArray) -> Iterator[tuple[NDArray, NDArray]]:
    """Use folds that are given, if no patient is in two of them.

    Parameters
    ----------
    folds : (n,) ndarray
        Fold of each case.
    patients : (n,) ndarray
        Patient of each case.

    Yields
    ------
    train, test : ndarray of int
        Positions of the cases.

    Raises
    ------
    ValueError
        If a patient is in two folds, or there are fewer than two.

    Examples
    --------
    >>> [test.tolist() for _, test in given_folds(np.array([0, 1, 1]), np.array(["a", "b", "c"]))]
    [[0], [1, 2]]
    """
    spread = pd.Series(folds).groupby(patients).nunique()
    if (spread > 1).any():
        raise ValueError(
            f"each patient must be in one fold, received patient {spread.idxmax()!r} in {spread.max()}; "
            "give all cases of a patient the same fold"
        )
    names = np.unique(folds)
    if len(names) < 2:
        raise ValueError(f"the number of folds must be at least 2, received {len(names)}")
    for name in names:
        yield np.flatnonzero(folds != name), np.flatnonzero(folds == name)
