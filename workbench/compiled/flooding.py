"""Flooding from markers, level by level: a queue for each level, first in, first out."""

import numpy as np
from numpy.typing import NDArray

from .slabs import compiled


def flood(levels: NDArray[np.int32], labels: NDArray[np.int32], offsets: NDArray[np.int64]) -> None:
    """Let labels grow from low levels to high ones into the voxels labelled 0.

    Parameters
    ----------
    levels : (K,) ndarray of int32
        Flat, from 0: the level at which each voxel is reached.
    labels : (K,) ndarray of int32
        Flat; 0 is free, other values stay and those above 0 grow. Changed in place. Whatever `offsets` lead to
        from a voxel that is free or grows must lie in the array.
    offsets : (N,) ndarray of int64
        From a voxel to its neighbours.

    References
    ----------
    Meyer F. Topographic distance and watershed lines. Signal Processing 38 (1994) 113-125.

    Examples
    --------
    >>> labels = np.array([-1, 1, 0, 0, 2, -1], dtype=np.int32)
    >>> flood(np.array([0, 0, 1, 3, 0, 0], dtype=np.int32), labels, np.array([-1, 1]))
    >>> labels.tolist()
    [-1, 1, 1, 2, 2, -1]
    """
    index_type = np.int32 if labels.size < 2**31 else np.int64
    first, last = (np.full(int(levels.max()) + 1, -1, index_type) for _ in range(2))
    _flood(levels, labels, offsets, np.flatnonzero(labels > 0), first, last, np.empty(labels.size, index_type))


@compiled
def _append(voxel: int, level: int, first: NDArray, last: NDArray, following: NDArray) -> None:
    following[voxel] = -1
    if first[level] < 0:
        first[level] = voxel
    else:
        following[last[level]] = voxel
    last[level] = voxel


@compiled
def _flood(
    levels: NDArray,
    labels: NDArray,
    offsets: NDArray,
    markers: NDArray,
    first: NDArray,
    last: NDArray,
    following: NDArray,
) -> None:
    for voxel in markers:
        _append(voxel, levels[voxel], first, last, following)
    for level in range(len(first)):
        while first[level] >= 0:
            voxel = first[level]
            first[level] = following[voxel]
            for offset in offsets:
                neighbour = voxel + offset
                if labels[neighbour] == 0:
                    labels[neighbour] = labels[voxel]
                    # Below the present level is under water already.
                    _append(neighbour, max(levels[neighbour], level), first, last, following)
