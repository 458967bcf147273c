"""The median of a sliding window in vector instructions: a network of comparisons runs on whole rows at once.

A small interpreter carries out the steps of `networks.median_network`: each takes two rows that lie in the cache
and leaves the smaller values in one, the larger in the other. Everything is compared as signed integers, in the
order of the values that their bits stand for, so four compiled forms serve every type.
"""

import numpy as np
from numpy.typing import NDArray

from .networks import median_network
from .rows import fill
from .slabs import compiled, over_slabs

#: Rows are handled in pieces of about so many voxels, which start at multiples of so many bytes.
PIECE, LINE = 256, 64
#: How bits become integers of the same order: as they are; sign bit turned; all others turned where it is set.
SIGNED, UNSIGNED, FLOATING = range(3)


def median(volume: NDArray, sources: tuple[NDArray, ...]) -> NDArray:
    """Take the median of a window around each voxel.

    Parameters
    ----------
    volume : (P, M, N) ndarray
        Boolean, integer or floating, of 1, 2, 4 or 8 bytes.
    sources : three ndarrays of int
        For each axis, the index that each position of the image continued beyond its borders is read from, or -1
        for zero: ``length + window - 1`` of them. The windows are odd.

    Returns
    -------
    (P, M, N) ndarray
        In the volume's type.

    Examples
    --------
    >>> whole = np.arange(1)
    >>> median(np.array([[[1, 9, 2]]]), (whole, whole, np.array([-1, 0, 1, 2, -1])))
    array([[[1, 2, 2]]])
    """
    volume = np.ascontiguousarray(volume, volume.dtype.newbyteorder("="))
    integers = np.dtype(f"i{volume.dtype.itemsize}")
    order = {"b": UNSIGNED, "u": UNSIGNED, "i": SIGNED, "f": FLOATING}[volume.dtype.kind]
    windows = (len(source) - length + 1 for source, length in zip(sources, volume.shape, strict=True))
    planes, rows, columns = windows
    steps, wire = median_network(planes * rows, columns)
    wires = max(planes * rows, int(steps[:, 1:].max(initial=0)) + 1)
    piece = min(max(PIECE, 2 * columns), volume.shape[2])
    line = LINE // integers.itemsize
    stride = -(-(piece + columns - 1) // line) * line
    piece = stride - columns + 1
    result = np.empty_like(volume)
    over_slabs(
        _run, volume.shape[0] * volume.shape[1], volume.view(integers), result.view(integers), *sources,
        order, steps, wire, wires, piece, stride, shortest=max(1, 2**20 // (volume.shape[2] * (len(steps) + 20))),
    )  # fmt: skip
    return result


@compiled
def _run(start, stop, volume, result, planes, rows, columns, order, steps, wire, wires, piece, stride):
    height, length = volume.shape[1:]
    window = (planes.size - volume.shape[0] + 1, rows.size - height + 1, columns.size - length + 1)
    half = window[2] // 2
    memory = np.zeros(wires * stride + LINE, volume.dtype)
    aligned = -memory.ctypes.data % LINE // memory.itemsize
    values = memory[aligned : aligned + wires * stride].reshape(wires, stride)
    for index in range(start, stop):
        plane, row = index // height, index % height
        for left in range(0, length, piece):
            width = min(piece, length - left)
            filled = 0
            for i in range(plane, plane + window[0]):
                for j in range(row, row + window[1]):
                    line = values[filled, : width + 2 * half]
                    if planes[i] >= 0 and rows[j] >= 0:
                        fill(line, volume[planes[i], rows[j]], columns, left)
                    else:
                        line[:] = 0
                    _reorder(line, order)
                    filled += 1
            for step in range(len(steps)):
                kind = steps[step, 0]
                one, two = values[steps[step, 1]], values[steps[step, 2]]
                if kind == 0:
                    _exchange(one, two)
                elif kind == 1:
                    _smaller(one, two)
                elif kind == 2:
                    _larger(one, two)
                else:
                    _copy(one[kind - 3 :], two[: stride - (kind - 3)])
            _reorder(values[wire], order)
            _copy(values[wire, :width], result[plane, row, left : left + width])


@compiled
def _reorder(bits, order):
    """Turn bits into integers of the same order, and back."""
    low = np.iinfo(bits.dtype).min
    size = bits.itemsize * 8 - 1
    if order == UNSIGNED:
        for x in range(len(bits)):
            bits[x] ^= low
    elif order == FLOATING:
        for x in range(len(bits)):
            bits[x] ^= (bits[x] >> size) & ~low


@compiled
def _copy(one, two):
    # Twice as fast as the assignment of a slice, which looks for overlaps.
    for x in range(len(one)):
        two[x] = one[x]


@compiled
def _exchange(one, two):
    for x in range(len(one)):
        a, b = one[x], two[x]
        one[x] = a if a < b else b
        two[x] = b if a < b else a


@compiled
def _smaller(one, two):
    for x in range(len(one)):
        a, b = one[x], two[x]
        one[x] = a if a < b else b


@compiled
def _larger(one, two):
    for x in range(len(one)):
        a, b = one[x], two[x]
        two[x] = b if a < b else a
