"""Weighted sums along one axis, and planes turned: what resampling is made of."""

import numpy as np
from numpy.typing import NDArray

from .slabs import compiled, fused, over_slabs

# Values of a line that stay in the nearest cache while all their weights are applied.
BLOCK = 4096
#: A slab holds at least so many values, about half a millisecond's work.
WORK = 2**17
#: A place this little beyond the outermost voxels, in voxels, is there by rounding.
ROUNDING = 1e-9


def weigh(volume: NDArray, first: NDArray[np.int64], weights: NDArray) -> NDArray:
    """Return sums along the middle axis: ``result[:, j] = sum over t of weights[j, t] volume[:, first[j] + t]``.

    Parameters
    ----------
    volume : (P, N, Q) ndarray of float32 or float64
        The values; before the first and after the last the ends count.
    first : (M,) ndarray of int64
        Index of each sum's first value.
    weights : (M, T) ndarray
        In the volume's type.

    Returns
    -------
    (P, M, Q) ndarray
        In the volume's type.

    Examples
    --------
    >>> values = np.array([[[1.0], [2.0], [4.0]]])
    >>> weigh(values, np.array([-1, 1]), np.array([[0.5, 0.5], [0.5, 0.5]])).ravel()
    array([1., 3.])
    """
    volume = np.ascontiguousarray(volume)
    outer, _, inner = volume.shape
    result = np.empty((outer, len(first), inner), volume.dtype)
    if inner == 1:
        places = np.clip(first + np.arange(weights.shape[1])[:, None], 0, volume.shape[1] - 1)
        over_slabs(_weigh_rows, outer, volume[:, :, 0], places, np.ascontiguousarray(weights.T), result[:, :, 0])
    else:
        over_slabs(_weigh_lines, outer * len(first), volume, first, weights, result)
    return result


def turn(volume: NDArray, matrix: NDArray, offset: NDArray, fill: float) -> NDArray:
    """Return values at turned places of the two middle axes, interpolated linearly.

    Parameters
    ----------
    volume : (P, M, N, Q) ndarray of float32 or float64
        The values.
    matrix, offset : (2, 2) and (2,) ndarray of float64
        The result's (row, column) lies at ``matrix @ (row, column) + offset`` of the volume.
    fill : float
        What lies beyond the outermost values.

    Returns
    -------
    (P, M, N, Q) ndarray
        In the volume's type.

    Examples
    --------
    >>> plane = np.array([[1.0, 2.0], [3.0, 4.0]])[None, :, :, None]
    >>> turn(plane, np.array([[0.0, 1.0], [-1.0, 0.0]]), np.array([0.0, 1.0]), 0.0)[0, :, :, 0]
    array([[2., 4.],
           [1., 3.]])
    """
    volume = np.ascontiguousarray(volume)
    result = np.empty_like(volume)
    lines, nothing = volume.shape[0] * volume.shape[1], volume.dtype.type(fill)
    # Places within a plane are 32-bit numbers there.
    if volume.shape[3] == 1 and min(volume.shape[1:3]) > 1 and volume.shape[1] * volume.shape[2] < 2**31:
        shortest = max(1, WORK // volume.shape[2])
        over_slabs(_turn_planes, lines, volume[..., 0], matrix, offset, nothing, result[..., 0], shortest=shortest)
    else:
        over_slabs(_turn, lines, volume, matrix, offset, nothing, result)
    return result


@compiled
def _weigh_rows(
    start: int, stop: int, source: NDArray, places: NDArray, weights: NDArray, result: NDArray
) -> None:
    for row in range(start, stop):
        values, sums = source[row], result[row]
        for place in range(len(sums)):
            sums[place] = weights[0, place] * values[places[0, place]]
        for tap in range(1, len(weights)):
            for place in range(len(sums)):
                sums[place] += weights[tap, place] * values[places[tap, place]]


@compiled
def _weigh_lines(
    start: int, stop: int, source: NDArray, first: NDArray, weights: NDArray, result: NDArray
) -> None:
    last = source.shape[1] - 1
    for line in range(start, stop):
        outer, place = divmod(line, len(first))
        for begin in range(0, source.shape[2], BLOCK):
            sums = result[outer, place, begin : begin + BLOCK]
            values = source[outer, min(max(first[place], 0), last), begin : begin + BLOCK]
            weight = weights[place, 0]
            for x in range(len(sums)):
                sums[x] = weight * values[x]
            for tap in range(1, weights.shape[1]):
                weight = weights[place, tap]
                if weight != 0:
                    values = source[outer, min(max(first[place] + tap, 0), last), begin : begin + BLOCK]
                    for x in range(len(sums)):
                        sums[x] += weight * values[x]


@compiled
def _within(start: float, step: float, last: int, columns: int) -> tuple[int, int]:
    """Return from which column to before which ``start + step * column`` lies in 0 to `last`."""
    low, high = 0, columns
    if step != 0:
        ends = (-start / step, (last - start) / step)
        low = max(int(min(ends)), 0) if min(ends) < columns else columns
        high = min(int(max(ends)) + 2, columns) if max(ends) > -2 else 0
    while low < high and not -ROUNDING <= start + step * low <= last + ROUNDING:
        low += 1
    while low < high and not -ROUNDING <= start + step * (high - 1) <= last + ROUNDING:
        high -= 1
    return low, high


@compiled
def _turn(
    start: int, stop: int, source: NDArray, matrix: NDArray, offset: NDArray, fill: float, result: NDArray
) -> None:
    _, rows, columns, inner = source.shape
    for line in range(start, stop):
        plane, row = divmod(line, rows)
        image, target = source[plane], result[plane, row]
        y0, x0 = matrix[0, 0] * row + offset[0], matrix[1, 0] * row + offset[1]
        low_y, high_y = _within(y0, matrix[0, 1], rows - 1, columns)
        low_x, high_x = _within(x0, matrix[1, 1], columns - 1, columns)
        low, high = max(low_x, low_y), min(high_x, high_y)
        target[:low] = fill
        target[max(high, low) :] = fill
        for column in range(low, high):
            y = min(max(y0 + matrix[0, 1] * column, 0.0), rows - 1.0)
            x = min(max(x0 + matrix[1, 1] * column, 0.0), columns - 1.0)
            top, left = int(y), int(x)
            bottom, right = min(top + 1, rows - 1), min(left + 1, columns - 1)
            down, across = y - top, x - left
            for k in range(inner):
                upper = image[top, left, k] + across * (image[top, right, k] - image[top, left, k])
                lower = image[bottom, left, k] + across * (image[bottom, right, k] - image[bottom, left, k])
                target[column, k] = upper + down * (lower - upper)


@compiled
def _turn_planes(
    start: int, stop: int, source: NDArray, matrix: NDArray, offset: NDArray, fill: float, result: NDArray
) -> None:
    """Do as `_turn` for one value each, in vector instructions: find the places on a line, then read them."""
    _, rows, columns = source.shape
    places = np.empty(columns, np.int32)
    down, across = np.empty(columns, source.dtype), np.empty(columns, source.dtype)
    for line in range(start, stop):
        plane, row = divmod(line, rows)
        image, target = source[plane].reshape(-1), result[plane, row]
        y0, x0 = matrix[0, 0] * row + offset[0], matrix[1, 0] * row + offset[1]
        low_y, high_y = _within(y0, matrix[0, 1], rows - 1, columns)
        low_x, high_x = _within(x0, matrix[1, 1], columns - 1, columns)
        low = max(low_x, low_y)
        count = max(min(high_x, high_y) - low, 0)
        target[:low] = fill
        target[low + count :] = fill
        if count > 0:
            _find(places[:count], down, across, (y0, x0), (matrix[0, 1], matrix[1, 1]), low, rows, columns)
            _mix(target[low : low + count], image, image[columns:], places, down, across)


@compiled
def _find(places, down, across, start, step, low, rows, columns):
    """Say which pixel is above and to the left of each place on a line, and how far it is from there."""
    last_row, last_column, width = np.int32(rows - 2), np.int32(columns - 2), np.int32(columns)
    for k in range(len(places)):
        y = min(max(start[0] + step[0] * (low + k), 0.0), rows - 1.0)
        x = min(max(start[1] + step[1] * (low + k), 0.0), columns - 1.0)
        top, left = min(np.int32(y), last_row), min(np.int32(x), last_column)
        places[k] = np.int32(top * width + left)
        down[k] = y - top
        across[k] = x - left


@fused
def _mix(target, above, below, places, down, across):
    for k in range(len(target)):
        left = np.uint32(places[k])
        right = np.uint32(left + np.uint32(1))
        upper = above[left] + across[k] * (above[right] - above[left])
        lower = below[left] + across[k] * (below[right] - below[left])
        target[k] = upper + down[k] * (lower - upper)
