"""Exact Euclidean distances: one pass along each axis, each the lower envelope of parabolas."""

import numpy as np
from numpy.typing import NDArray

from .slabs import compiled, over_slabs

#: So many neighbouring lines are read together, because whole cache lines come from memory.
TOGETHER = 16
#: Fewer voxels than this are not worth a thread.
LEAST_VOXELS = 2**15


def distances(inside: NDArray[np.bool_], spacing: tuple[float, ...]) -> NDArray[np.float64]:
    """Find the distance of each voxel to the nearest one outside a mask.

    Parameters
    ----------
    inside : (P, M, N) ndarray of bool
        The mask.
    spacing : tuple of float
        Distance between neighbours on each axis.

    Returns
    -------
    (P, M, N) ndarray of float64
        0 outside the mask; infinite everywhere if nothing is outside.

    References
    ----------
    Felzenszwalb PF, Huttenlocher DP. Distance transforms of sampled functions. Theory of Computing 8 (2012)
    415-428.

    Examples
    --------
    >>> distances(np.array([[[False, True, True]]]), (1.0, 1.0, 0.5))
    array([[[0. , 0.5, 1. ]]])
    """
    depth, height, width = inside.shape
    squares = np.empty(inside.shape)
    shortest = LEAST_VOXELS // width + 1
    rows = np.ascontiguousarray(inside).reshape(-1, width)
    over_slabs(_along_rows, len(rows), rows, squares.reshape(-1, width), spacing[2], shortest=shortest)
    if height > 1:
        over_slabs(_along_columns, depth, squares, spacing[1], shortest=LEAST_VOXELS // (height * width) + 1)
    if depth > 1:
        across = squares.transpose(1, 0, 2)
        over_slabs(_along_columns, height, across, spacing[0], shortest=LEAST_VOXELS // (depth * width) + 1)
    over_slabs(_square_roots, depth * height, squares.reshape(-1, width), shortest=shortest)
    return squares


@compiled
def _square_roots(start: int, stop: int, squares: NDArray) -> None:
    for row in squares[start:stop]:
        for x in range(len(row)):
            row[x] = np.sqrt(row[x])


@compiled
def _along_rows(start: int, stop: int, rows: NDArray, squares: NDArray, step: float) -> None:
    width = rows.shape[1]
    for y in range(start, stop):
        distance = np.inf
        for x in range(width):
            distance = distance + step if rows[y, x] else 0.0
            squares[y, x] = distance
        distance = np.inf
        for x in range(width - 1, -1, -1):
            distance = distance + step if rows[y, x] else 0.0
            nearest = min(distance, squares[y, x])
            squares[y, x] = nearest * nearest


@compiled
def _along_columns(start: int, stop: int, squares: NDArray, step: float) -> None:
    # Along the middle axis of squares[start:stop].
    length, width = squares.shape[1:]
    lines = np.empty((TOGETHER, length))
    centre = np.empty(length, np.int64)
    height = np.empty(length)
    begin = np.empty(length + 1)
    for plane in squares[start:stop]:
        for first in range(0, width, TOGETHER):
            count = min(TOGETHER, width - first)
            for y in range(length):
                for x in range(count):
                    lines[x, y] = plane[y, first + x]
            for x in range(count):
                _lower_envelope(lines[x], step, centre, height, begin)
            for y in range(length):
                for x in range(count):
                    plane[y, first + x] = lines[x, y]


@compiled
def _lower_envelope(line: NDArray, step: float, centre: NDArray, height: NDArray, begin: NDArray) -> None:
    # Parabola k of the envelope has its vertex at index centre[k] and is the lowest from index begin[k] on.
    last = -1
    unit = step * step
    for y in range(len(line)):
        value = line[y]
        if value == np.inf:
            continue
        lowest_from = -np.inf
        while last >= 0:
            apart = y - centre[last]
            lowest_from = (y + centre[last]) * 0.5 + (value - height[last]) / (2 * unit * apart)
            if lowest_from > begin[last]:
                break
            last -= 1
            lowest_from = -np.inf
        last += 1
        centre[last], height[last], begin[last] = y, value, lowest_from
    if last < 0:
        return
    begin[last + 1] = np.inf
    k = 0
    for y in range(len(line)):
        while begin[k + 1] < y:
            k += 1
        offset = (y - centre[k]) * step
        line[y] = offset * offset + height[k]
