"""Histograms of large images: numpy's counts to the last voxel, in one pass and on every core."""

import numpy as np
from numpy.typing import NDArray

from .slabs import compiled, over_slabs

#: Each chunk of so many values counts for itself.
CHUNK = 2**18


def count_bins(values: NDArray, edges: NDArray) -> NDArray[np.int64]:
    """Count floating-point values in bins of equal width, as numpy.histogram does.

    Parameters
    ----------
    values : ndarray of float32 or float64
        From the first of `edges` to the last.
    edges : (B + 1,) ndarray
        In the values' type, as numpy.histogram_bin_edges makes them; a value on an edge belongs to the upper bin.

    Returns
    -------
    (B,) ndarray of int64
        The counts.

    Examples
    --------
    >>> count_bins(np.array([0.0, 0.9, 1.0, 4.0]), np.linspace(0, 4, 5)).tolist()
    [2, 1, 0, 1]
    """
    flat = np.ascontiguousarray(values).reshape(-1)
    counts = np.zeros((-(-flat.size // CHUNK), len(edges) - 1), np.int64)
    bins = flat.dtype.type(len(edges) - 1)
    over_slabs(_count_bins, len(counts), flat, edges, bins, edges[-1] - edges[0], counts)
    return counts.sum(axis=0)


def count_integers(values: NDArray, low: int, bins: int) -> NDArray[np.int64]:
    """Count each integer from `low` to ``low + bins - 1``.

    Parameters
    ----------
    values : ndarray of int
        All in that range.
    low, bins : int
        The first integer and how many there are.

    Returns
    -------
    (bins,) ndarray of int64
        The counts.

    Examples
    --------
    >>> count_integers(np.array([-1, 1, 1]), -1, 3).tolist()
    [1, 0, 2]
    """
    flat = np.ascontiguousarray(values).reshape(-1)
    counts = np.zeros((-(-flat.size // max(CHUNK, 16 * bins)), bins), np.int64)
    over_slabs(_count_integers, len(counts), flat, low, counts)
    return counts.sum(axis=0)


@compiled
def _count_bins(
    start: int,
    stop: int,
    flat: NDArray,
    edges: NDArray,
    bins: float,
    width: float,
    counts: NDArray,
) -> None:
    first = edges[0]
    for chunk in range(start, stop):
        row = counts[chunk]
        for value in flat[chunk * CHUNK : (chunk + 1) * CHUNK]:
            # Rounded as numpy rounds, then put right at the edges.
            place = min(int((value - first) / width * bins), len(row) - 1)
            if value < edges[place]:
                place -= 1
            elif value >= edges[place + 1] and place != len(row) - 1:
                place += 1
            row[place] += 1


@compiled
def _count_integers(start: int, stop: int, flat: NDArray, low: int, counts: NDArray) -> None:
    size = -(-len(flat) // len(counts))
    for chunk in range(start, stop):
        row = counts[chunk]
        for value in flat[chunk * size : (chunk + 1) * size]:
            row[int(value) - low] += 1
