"""Weighted sums over a window, in vector instructions: whole rows are multiplied and added, four at a time.

Sums are in the image's own precision, each product added without being rounded first (fused multiply-add).
"""

import numpy as np
from numpy.typing import NDArray

from .rows import fill, window_rows
from .slabs import compiled, fused, over_slabs

#: A slab holds at least so many products.
WORK = 2**18


def correlate(volume: NDArray, sources: tuple[NDArray, ...], kernel: NDArray) -> NDArray:
    """Sum the window around each voxel, weighted with a kernel.

    Parameters
    ----------
    volume : (P, M, N) ndarray of float32 or float64
        C-contiguous.
    sources : three ndarrays of int
        For each axis, the index that each position of the image continued beyond its borders is read from, or -1
        for zero: ``length + window - 1`` of them. The windows are odd.
    kernel : (A, B, C) ndarray
        The weights; zeros cost nothing.

    Returns
    -------
    (P, M, N) ndarray
        In the volume's type.

    Examples
    --------
    >>> whole = np.arange(1)
    >>> places = (whole, whole, np.array([-1, 0, 1, 2, -1]))
    >>> correlate(np.array([[[1.0, 2, 4]]]), places, np.array([[[1.0, 10, 0]]]))
    array([[[10., 21., 42.]]])
    """
    taps = np.argwhere(kernel)
    weights = kernel[tuple(taps.T)].astype(volume.dtype)
    result = np.empty_like(volume)
    shortest = max(1, WORK // (volume.shape[2] * (len(taps) + 1)))
    over_slabs(
        _any_kernel, volume.shape[0] * volume.shape[1], volume, result, *sources, kernel.shape, taps, weights,
        shortest=shortest,
    )  # fmt: skip
    return result


def separable(volume: NDArray, sources: tuple[NDArray, ...], kernels: tuple[NDArray, ...]) -> NDArray:
    """Sum the window around each voxel, weighted with the product of one kernel for each axis.

    Parameters
    ----------
    volume : (P, M, N) ndarray of float32 or float64
        C-contiguous.
    sources : three ndarrays of int
        As for `correlate`.
    kernels : three ndarrays
        The weights along each axis.

    Returns
    -------
    (P, M, N) ndarray
        In the volume's type.

    Examples
    --------
    >>> whole, one = np.arange(1), np.ones(1)
    >>> separable(np.array([[[1.0, 2, 4]]]), (whole, whole, np.array([0, 0, 1, 2, 2])), (one, one, np.ones(3)))
    array([[[ 4.,  7., 10.]]])
    """
    planes, rows, columns = volume.shape
    first, second, third = (kernel.astype(volume.dtype) for kernel in kernels)
    if len(first) > 1:
        volume, image = np.empty_like(volume), volume
        shortest = max(1, WORK // (planes * columns * len(first)))
        over_slabs(_along_first, rows, image, volume, sources[0], first, shortest=shortest)
    else:
        second = second * first[0]
    if len(third) == 1:
        second, third = second * third[0], np.ones_like(third)
    if len(first) > 1 and len(second) == len(third) == 1 and second[0] == 1:
        return volume
    result = np.empty_like(volume)
    shortest = max(1, WORK // (columns * (len(second) + len(third))))
    over_slabs(_within_planes, planes * rows, volume, result, *sources[1:], second, third, shortest=shortest)
    return result


@fused
def _add4(total, a, b, c, d, wa, wb, wc, wd):
    for x in range(len(total)):
        total[x] = (((total[x] + wa * a[x]) + wb * b[x]) + wc * c[x]) + wd * d[x]


@fused
def _add(total, a, weight):
    for x in range(len(total)):
        total[x] += weight * a[x]


@compiled
def _accumulate(total, volume, taps, weights, count):
    """Sum weighted rows of a volume, each from its own plane, row and column on."""
    size = len(total)
    for x in range(size):
        total[x] = 0
    k = 0
    while k + 4 <= count:
        _add4(
            total,
            volume[taps[k, 0], taps[k, 1], taps[k, 2] : taps[k, 2] + size],
            volume[taps[k + 1, 0], taps[k + 1, 1], taps[k + 1, 2] : taps[k + 1, 2] + size],
            volume[taps[k + 2, 0], taps[k + 2, 1], taps[k + 2, 2] : taps[k + 2, 2] + size],
            volume[taps[k + 3, 0], taps[k + 3, 1], taps[k + 3, 2] : taps[k + 3, 2] + size],
            weights[k], weights[k + 1], weights[k + 2], weights[k + 3],
        )  # fmt: skip
        k += 4
    for rest in range(k, count):
        _add(total, volume[taps[rest, 0], taps[rest, 1], taps[rest, 2] : taps[rest, 2] + size], weights[rest])


@compiled
def _along_first(start, stop, volume, result, sources, weights):
    taps = np.zeros((len(weights), 3), np.intp)
    used = np.empty_like(weights)
    # Row by row, so that the planes' rows stay in the cache.
    for row in range(start, stop):
        taps[:, 1] = row
        for plane in range(len(volume)):
            count = 0
            for k in range(len(weights)):
                if sources[plane + k] >= 0:
                    taps[count, 0] = sources[plane + k]
                    used[count] = weights[k]
                    count += 1
            _accumulate(result[plane, row], volume, taps, used, count)


@compiled
def _within_planes(start, stop, volume, result, rows, columns, second, third):
    height, length = volume.shape[1:]
    down, across = np.zeros((len(second), 3), np.intp), np.zeros((len(third), 3), np.intp)
    used = np.empty_like(second)
    line = np.empty((1, 1, len(columns)), volume.dtype)
    across[:, 2] = np.arange(len(third))
    total = np.empty(length, volume.dtype)
    for index in range(start, stop):
        plane, row = index // height, index % height
        count = 0
        for k in range(len(second)):
            if rows[row + k] >= 0:
                down[count, 0] = plane
                down[count, 1] = rows[row + k]
                used[count] = second[k]
                count += 1
        if len(third) == 1:
            _accumulate(result[plane, row], volume, down, used, count)
        else:
            _accumulate(total, volume, down, used, count)
            fill(line[0, 0], total, columns, 0)
            _accumulate(result[plane, row], line, across, third, len(third))


@compiled
def _any_kernel(start, stop, volume, result, planes, rows, columns, shape, taps, weights):
    height = volume.shape[1]
    lines = np.empty((shape[0], shape[1], len(columns)), volume.dtype)
    for index in range(start, stop):
        plane, row = index // height, index % height
        window_rows(lines, volume, planes[plane:], rows[row:], columns)
        _accumulate(result[plane, row], lines, taps, weights, len(weights))
