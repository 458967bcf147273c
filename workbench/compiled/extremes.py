"""Minimum and maximum over an element of any convex, symmetric shape, in volumes.

The element is cut into runs along the last axis (Urbach and Wilkinson's chords): each run's extreme is found once,
and whole rows are then combined, so that a ball of 123 voxels costs 29 comparisons in vector instructions.
"""

from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from .slabs import compiled, over_slabs


def extreme(volume: NDArray, element: NDArray[np.bool_], *, largest: bool) -> NDArray:
    """Take the extreme over an element around each voxel; what lies outside the volume is left out.

    Parameters
    ----------
    volume : (P, M, N) ndarray
        Of a type that numba can compare.
    element : (A, B, C) ndarray of bool
        Odd edges; each row that is not empty is one run around its middle.
    largest : bool
        Maximum instead of minimum.

    Returns
    -------
    (P, M, N) ndarray
        In the volume's type.

    Examples
    --------
    >>> extreme(np.array([[[3, 1, 2]]]), np.ones((1, 1, 3), bool), largest=False)
    array([[[1, 1, 1]]])
    """
    volume = np.ascontiguousarray(volume)
    planes, rows = np.nonzero(element.any(axis=-1))
    halves = element.sum(axis=-1)[planes, rows] // 2
    offsets = np.stack([halves, planes - element.shape[0] // 2, rows - element.shape[1] // 2], axis=1)
    offsets = offsets[np.argsort(halves, kind="stable")]
    groups = [(half, len(list(members))) for half, members in groupby(offsets[:, 0])]
    widths = np.array([half for half, _ in groups])
    ends = np.cumsum([count for _, count in groups])
    result = np.empty_like(volume)
    over_slabs(_combine_rows, len(volume), volume, result, widths, ends, offsets, largest)
    return result


@compiled
def _take(target: NDArray, source: NDArray, largest: bool) -> None:
    # Two loops without a choice inside, which the compiler turns into vector instructions.
    if largest:
        for x in range(len(target)):
            target[x] = source[x] if source[x] > target[x] else target[x]
    else:
        for x in range(len(target)):
            target[x] = source[x] if source[x] < target[x] else target[x]


@compiled
def _widen(row: NDArray, shift: int, before: NDArray, largest: bool) -> None:
    before[:] = row
    length = len(row)
    shift = min(shift, length)
    _take(row[shift:], before[: length - shift], largest)
    _take(row[: length - shift], before[shift:], largest)
    for x in range(shift):
        if largest:
            row[x] = max(row[x], before[0])
            row[length - 1 - x] = max(row[length - 1 - x], before[length - 1])
        else:
            row[x] = min(row[x], before[0])
            row[length - 1 - x] = min(row[length - 1 - x], before[length - 1])


@compiled
def _combine_rows(
    start: int,
    stop: int,
    volume: NDArray,
    result: NDArray,
    widths: NDArray,
    ends: NDArray,
    offsets: NDArray,
    largest: bool,
) -> None:
    depth, height, width = volume.shape
    reach = np.abs(offsets[:, 1]).max()
    low, high = max(start - reach, 0), min(stop + reach, depth)
    runs = volume[low:high].copy()
    before = np.empty(width, volume.dtype)
    result[start:stop] = volume[start:stop]
    half = 0
    first = 0
    for group in range(len(widths)):
        while half < widths[group]:
            shift = min(2 * half + 1, widths[group] - half)
            for z in range(high - low):
                for y in range(height):
                    _widen(runs[z, y], shift, before, largest)
            half += shift
        for z in range(start, stop):
            for y in range(height):
                for k in range(first, ends[group]):
                    other_z, other_y = z + offsets[k, 1], y + offsets[k, 2]
                    if 0 <= other_z < depth and 0 <= other_y < height:
                        _take(result[z, y], runs[other_z - low, other_y], largest)
        first = ends[group]
