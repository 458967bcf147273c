"""Apart: by patient, or within one patient by slices with a gap."""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array


@dataclass(frozen=True, eq=False)
class Split:
    """Which examples to learn from, and which to test on.

    Parameters
    ----------
    train, test, unused : ndarray of int
        Row numbers, ascending. Unused ones lie in the gap.
    """

    train: NDArray
    test: NDArray
    unused: NDArray


def split(
    table: pd.DataFrame,
    *,
    test_fraction: float = 0.2,
    gap: float = 10.0,
    at: float = 0.5,
    blocks: int = 1,
    seed: int = 0,
) -> Split:
    """Split examples by patient, or those of a single patient by slice with a gap.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per example: ``patient`` and ``position`` in mm.
    test_fraction : float, optional
        Share to test on, above 0 and below 1.
    gap : float, optional
        For a single patient, as in `split_slices`.
    at, blocks : optional
        For a single patient, as in `split_slices`.
    seed : int, optional
        For several patients, as in `split_patients`.

    Returns
    -------
    Split
        Row numbers.

    Examples
    --------
    >>> split(pd.DataFrame({"patient": ["a", "a", "b"], "position": [0, 1, 0]}), test_fraction=0.5).unused.size
    0
    """
    if table["patient"].nunique() > 1:
        return split_patients(table["patient"], test_fraction=test_fraction, seed=seed)
    return split_slices(table["position"], test_fraction=test_fraction, gap=gap, at=at, blocks=blocks)


def split_slices(
    positions: ArrayLike, *, test_fraction: float = 0.2, gap: float = 10.0, at: float = 0.5, blocks: int = 1
) -> Split:
    """Take blocks of neighbouring slices to test on, and leave out what lies too close to them.

    Neighbouring slices are nearly copies of one another: a random split would test on what was trained on. One
    block asks whether a method knows anatomy that it has never seen; several, with training slices between them,
    whether it has learned the anatomy that it has.

    Parameters
    ----------
    positions : (n,) array_like
        Of the slices in mm, in any order.
    test_fraction : float, optional
        Share to test on, above 0 and below 1.
    gap : float, optional
        Least distance in mm between a training and a test slice; 0 or more.
    at : float, optional
        Where the block lies: 0 for the first slices, 0.5 for the middle, 1 for the last. Of several blocks, the
        place of each in its equal share of the slices.
    blocks : int, optional
        How many.

    Returns
    -------
    Split
        Row numbers.

    Raises
    ------
    ValueError
        If an option is out of range, or a part is left without slices.

    Examples
    --------
    >>> parts = split_slices(range(10), test_fraction=0.2, gap=2)
    >>> parts.test, parts.unused, parts.train
    (array([4, 5]), array([3, 6]), array([0, 1, 2, 7, 8, 9]))
    """
    where = real_array(positions, name="positions").astype(np.float64)
    _check_fraction(test_fraction)
    if not (0 <= at <= 1 and gap >= 0 and math.isfinite(gap)):
        raise ValueError(f"at must lie from 0 to 1 and gap must be 0 or more mm, received at={at}, gap={gap}")
    if not 1 <= operator.index(blocks) <= len(where):
        raise ValueError(f"blocks must be from 1 to the number of slices, {len(where)}, received {blocks}")
    drawn = []
    for share in np.array_split(np.argsort(where, kind="stable"), blocks):
        count = max(1, round(test_fraction * len(share)))
        first = round(at * (len(share) - count))
        drawn.append(share[first : first + count])
    test = np.sort(np.concatenate(drawn))
    distance = np.abs(where[:, np.newaxis] - where[test]).min(axis=1)
    outside = np.setdiff1d(np.arange(len(where)), test)
    train = outside[distance[outside] >= gap]
    if not len(train):
        raise ValueError(
            f"no slice is left to train on: {len(where)} slices, {len(test)} to test, gap {gap:g} mm; "
            "make one smaller"
        )
    return Split(train, test, np.setdiff1d(outside, train))


def split_patients(patients: ArrayLike, *, test_fraction: float = 0.2, seed: int = 0) -> Split:
    """Draw patients to test on; all that belongs to a patient stays together.

    Parameters
    ----------
    patients : (n,) array_like
        Whose each example is.
    test_fraction : float, optional
        Share of the patients, above 0 and below 1; at least one.
    seed : int, optional
        Of the draw.

    Returns
    -------
    Split
        Row numbers; none is unused.

    Raises
    ------
    ValueError
        If there are fewer than two patients, or the share leaves none to train on.

    Examples
    --------
    >>> parts = split_patients(["a", "a", "b", "b"], test_fraction=0.5)
    >>> len(parts.train), len(parts.test)
    (2, 2)
    """
    _check_fraction(test_fraction)
    names, belongs = np.unique(np.asarray(patients), return_inverse=True)
    count = max(1, round(test_fraction * len(names)))
    if count >= len(names):
        raise ValueError(f"expected a patient besides {count} to test on, received {len(names)} in all")
    drawn = np.random.default_rng(seed).permutation(len(names))[:count]
    tested = np.isin(belongs, drawn)
    return Split(np.flatnonzero(~tested), np.flatnonzero(tested), np.array([], dtype=np.int64))


def _check_fraction(fraction: float) -> None:
    if not 0 < fraction < 1:
        raise ValueError(f"test_fraction must lie between 0 and 1, received {fraction}")
