"""The bilateral filter in vector instructions: a whole row is compared with one neighbour at a time."""

import numpy as np
from numpy.typing import NDArray

from .exponential import exponential
from .rows import window_rows
from .slabs import compiled, fused, over_slabs

#: A slab holds at least so many weights.
WORK = 2**16


def bilateral(
    volume: NDArray, sources: tuple[NDArray, ...], offsets: NDArray, logarithms: NDArray, range_sigma: float
) -> NDArray:
    """Average over neighbours, each weighted by its place and by its difference.

    Parameters
    ----------
    volume : (P, M, N) ndarray of float32 or float64
        C-contiguous.
    sources : three ndarrays of int
        For each axis, the index that each position of the image continued beyond its borders is read from, or -1
        for zero: ``length + window - 1`` of them. The windows are odd.
    offsets : (K, 3) ndarray of int
        The neighbours, as indices into the window.
    logarithms : (K,) ndarray
        Of the weights of their places, zero or negative.
    range_sigma : float
        Standard deviation of the weight of a difference.

    Returns
    -------
    (P, M, N) ndarray
        In the volume's type.

    Examples
    --------
    >>> whole = np.arange(1)
    >>> offsets, logarithms = np.array([[0, 0, 1], [0, 0, 2]]), np.zeros(2)
    >>> bilateral(np.array([[[1.0, 3, 99]]]), (whole, whole, np.array([0, 0, 1, 2, 2])), offsets, logarithms, 9.0)
    array([[[ 1.98765495,  3.        , 99.        ]]])
    """
    result = np.empty_like(volume)
    window = [len(source) - length + 1 for source, length in zip(sources, volume.shape, strict=True)]
    over_slabs(
        _run, volume.shape[0] * volume.shape[1], volume, result, *sources, (window[0], window[1]), offsets,
        logarithms.astype(volume.dtype), volume.dtype.type(-0.5 / range_sigma**2),
        shortest=max(1, WORK // (volume.shape[2] * len(offsets))),
    )  # fmt: skip
    return result


@fused
def _weigh(total, weights, centre, neighbour, logarithm, scale):
    for x in range(len(total)):
        difference = neighbour[x] - centre[x]
        weight = exponential(difference * difference * scale + logarithm)
        total[x] += weight * difference
        weights[x] += weight


@compiled
def _run(start, stop, volume, result, planes, rows, columns, window, offsets, logarithms, scale):
    height, length = volume.shape[1:]
    lines = np.empty((window[0], window[1], len(columns)), volume.dtype)
    total, weights = np.empty(length, volume.dtype), np.empty(length, volume.dtype)
    for index in range(start, stop):
        plane, row = index // height, index % height
        window_rows(lines, volume, planes[plane:], rows[row:], columns)
        centre, averages = volume[plane, row], result[plane, row]
        total[:] = 0
        weights[:] = 0
        for k in range(len(offsets)):
            line = lines[offsets[k, 0], offsets[k, 1]]
            first = offsets[k, 2]
            _weigh(total, weights, centre, line[first : first + length], logarithms[k], scale)
        # Around the centre, so that rounding is relative to differences and not to, say, -1000 HU.
        for x in range(length):
            averages[x] = centre[x] + total[x] / weights[x]
