"""What a network of slices may be told besides the slice: its neighbours, on an even scale."""

from __future__ import annotations

import operator

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array
from workbench.processing import correct_bias
from workbench.segmentation import otsu

#: The median that tissue has after `even_out`.
MEDIAN = 100.0


def with_neighbours(images: ArrayLike, cases: ArrayLike, *, reach: int) -> NDArray:
    """Give each slice its neighbours as channels, so that a network of slices sees some depth.

    Parameters
    ----------
    images : (n, rows, columns) array_like
        Slices, those of a case one after the other and in order.
    cases : (n,) array_like
        Whose each slice is; neighbours are taken from the same case only.
    reach : int
        How many on either side, 0 or more. Where there is none, the last one is repeated.

    Returns
    -------
    (n, rows, columns, 2 * reach + 1) ndarray
        Same dtype. The slice itself is the channel in the middle.

    Raises
    ------
    ValueError
        If `reach` is negative, there is not one case for each slice, or the slices of a case are scattered.

    Examples
    --------
    >>> with_neighbours(np.arange(4).reshape(4, 1, 1), ["a", "a", "a", "b"], reach=1)[:, 0, 0]
    array([[0, 0, 1],
           [0, 1, 2],
           [1, 2, 2],
           [3, 3, 3]])
    """
    stack = real_array(images, name="images")
    if operator.index(reach) < 0:
        raise ValueError(f"reach must be 0 or more, received {reach}")
    wanted = np.arange(len(stack))[:, np.newaxis] + np.arange(-reach, reach + 1)
    for rows in _runs(stack, cases):
        wanted[rows] = wanted[rows].clip(rows.start, rows.stop - 1)
    return np.moveaxis(stack[wanted], 1, -1)


def even_out(images: ArrayLike, cases: ArrayLike) -> NDArray[np.float32]:
    """Remove the slow shading of each MR volume, and bring all to one brightness.

    Parameters
    ----------
    images : (n, rows, columns) array_like
        Slices, those of a case one after the other and in order; not negative, with a dark background.
    cases : (n,) array_like
        Whose each slice is.

    Returns
    -------
    (n, rows, columns) ndarray of float32
        Divided by the field that N4 finds in the brighter class of Otsu's threshold; the median there is 100.

    Raises
    ------
    ValueError
        If an intensity is negative, a case is constant, or cases are as in `with_neighbours`.

    References
    ----------
    Tustison NJ et al. N4ITK: improved N3 bias correction. IEEE Transactions on Medical Imaging 29 (2010)
    1310-1320.

    Examples
    --------
    >>> tissue = np.zeros((8, 32, 32))
    >>> tissue[:, 8:24, 8:24] = 50
    >>> tissue[:, 12:20, 12:20] = 60
    >>> even = even_out(tissue * np.linspace(0.8, 1.2, 32), ["a"] * 8)
    >>> float(even[:, 9, 9:23].std() / even[:, 9, 9:23].mean()) < 0.02
    True
    """
    stack = real_array(images, name="images").astype(np.float32)
    if stack.min() < 0:
        raise ValueError(f"images must not be negative, received {stack.min():g}; shift them")
    result = np.empty_like(stack)
    for rows in _runs(stack, cases):
        volume = stack[rows]
        tissue = volume > otsu(volume)
        # A third level would follow anatomy: on the average brain it costs two thresholds 0.02 of their Dice.
        even = correct_bias(volume, mask=tissue, shrink=8, iterations=(50, 30))
        result[rows] = even * (MEDIAN / np.median(even[tissue]))
    return result


def _runs(stack: NDArray, cases: ArrayLike) -> list[slice]:
    names = pd.Series(np.asarray(cases))
    if stack.ndim != 3 or names.shape != (len(stack),):
        raise ValueError(
            f"expected slices of shape (n, rows, columns) and n cases, received {stack.shape} and {names.shape}"
        )
    starts = np.flatnonzero((names != names.shift()).to_numpy())
    if len(starts) != names.nunique():
        raise ValueError("the slices of each case must stand together, in order")
    return [slice(int(a), int(b)) for a, b in zip(starts, [*starts[1:], len(stack)], strict=True)]
