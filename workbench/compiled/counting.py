"""The median of a large sliding window by counting: its histogram changes by one column from voxel to voxel."""

import numpy as np
from numpy.typing import NDArray

from .slabs import compiled, over_slabs

#: Levels are counted one by one and, to cross empty ranges quickly, in blocks.
BLOCK = 256


def median(codes: NDArray[np.int32], sources: tuple[NDArray, ...], *, levels: int, zero: int) -> NDArray[np.int32]:
    """Take the median of a window around each voxel.

    Parameters
    ----------
    codes : (P, M, N) ndarray of int32
        From 0 to levels - 1, in the order of the values.
    sources : three ndarrays of int
        For each axis, the index that each position of the image continued beyond its borders is read from, or -1
        for zero: ``length + window - 1`` of them. The windows are odd.
    levels : int
        How many codes there are.
    zero : int
        The code of a zero beyond the border.

    Returns
    -------
    (P, M, N) ndarray of int32
        Codes.

    References
    ----------
    Huang T, Yang G, Tang G. A fast two-dimensional median filtering algorithm. IEEE Transactions on Acoustics,
    Speech, and Signal Processing 27 (1979) 13-18.

    Examples
    --------
    >>> whole, codes = np.arange(1), np.array([[[1, 9, 2]]], np.int32)
    >>> median(codes, (whole, whole, np.array([-1, 0, 1, 2, -1])), levels=10, zero=0)
    array([[[1, 2, 2]]], dtype=int32)
    """
    result = np.empty_like(codes)
    over_slabs(_run, codes.shape[0] * codes.shape[1], codes, result, *sources, levels, np.int32(zero))
    return result


@compiled
def _count(change, codes, planes, rows, column, zero, single, block, middle):
    """Add a column of the window to the histogram or take it away; return by how much more lies below `middle`."""
    below = 0
    for plane in planes:
        for row in rows:
            code = codes[plane, row, column] if plane >= 0 and row >= 0 and column >= 0 else zero
            single[code] += change
            block[code // BLOCK] += change
            below += change if code < middle else 0
    return below


@compiled
def _run(start, stop, codes, result, planes, rows, columns, levels, zero):
    height, length = codes.shape[1:]
    a, b, c = len(planes) - codes.shape[0] + 1, len(rows) - height + 1, len(columns) - length + 1
    single = np.zeros((levels // BLOCK + 1) * BLOCK, np.int32)
    block = np.zeros(levels // BLOCK + 1, np.int32)
    half = a * b * c // 2
    middle = below = 0
    for index in range(start, stop):
        plane, row = index // height, index % height
        around = planes[plane : plane + a], rows[row : row + b]
        for k in range(c - 1):
            below += _count(1, codes, around[0], around[1], columns[k], zero, single, block, middle)
        for x in range(length):
            below += _count(1, codes, around[0], around[1], columns[x + c - 1], zero, single, block, middle)
            while below > half:
                middle -= 1
                if middle % BLOCK == BLOCK - 1 and below - block[middle // BLOCK] > half:
                    middle -= BLOCK - 1
                    below -= block[middle // BLOCK]
                else:
                    below -= single[middle]
            while below + single[middle] <= half:
                below += single[middle]
                middle += 1
                while middle % BLOCK == 0 and below + block[middle // BLOCK] <= half:
                    below += block[middle // BLOCK]
                    middle += BLOCK
            result[plane, row, x] = middle
            below += _count(-1, codes, around[0], around[1], columns[x], zero, single, block, middle)
        # Emptied, not cleared: a window holds far fewer values than there are levels.
        for k in range(length, length + c - 1):
            below += _count(-1, codes, around[0], around[1], columns[k], zero, single, block, middle)
