"""The operators of morphological snakes on masks of bytes with a rim of zeros."""

import itertools

import numpy as np
from numpy.typing import NDArray

from .slabs import compiled, over_slabs

#: Fewer voxels than this are not worth a thread.
LEAST_VOXELS = 2**17


def segments(planar: bool) -> NDArray[np.int64]:
    """Return the neighbours in each segment through a voxel: 4 lines in a plane, 9 planes in a volume.

    Parameters
    ----------
    planar : bool
        Whether the mask is one plane.

    Returns
    -------
    (S, K, 3) ndarray of int64
        For each segment its K steps (plane, row, column) away from the voxel.

    Examples
    --------
    >>> segments(True).shape, segments(False).shape
    ((4, 2, 3), (9, 8, 3))
    """
    steps = [np.array(step) for step in itertools.product((-1, 0, 1), repeat=3) if any(step)]
    if planar:
        lines = [(0, 0, 1), (0, 1, 0), (0, 1, 1), (0, 1, -1)]
        return np.array([[np.array(line), -np.array(line)] for line in lines])
    normals = [
        (0, 0, 1),
        (0, 1, 0),
        (1, 0, 0),
        (0, 1, 1),
        (0, 1, -1),
        (1, 0, 1),
        (1, 0, -1),
        (1, 1, 0),
        (1, -1, 0),
    ]
    return np.array([[step for step in steps if step @ np.array(normal) == 0] for normal in normals])


def smooth(mask: NDArray[np.uint8], steps: NDArray[np.int64], *, opening: bool) -> NDArray[np.uint8]:
    """Keep voxels with a full segment (opening), or add voxels all of whose segments have some voxel.

    Parameters
    ----------
    mask : (P + 2, M + 2, N + 2) ndarray of uint8
        0 and 1, with a rim of 0.
    steps : ndarray of int64
        From `segments`.
    opening : bool
        The union of erosions instead of the intersection of dilations.

    Returns
    -------
    (P + 2, M + 2, N + 2) ndarray of uint8
        With a rim of 0.

    Examples
    --------
    >>> dot = np.pad(np.array([[[1]]], dtype=np.uint8), 1)
    >>> smooth(dot, segments(True), opening=True).sum()
    np.uint64(0)
    """
    result = np.zeros_like(mask)
    _, height, width = mask.shape
    rows = (mask.shape[0] - 2) * (height - 2)
    over_slabs(_smooth_rows, rows, mask, steps, opening, result, shortest=LEAST_VOXELS // width + 1)
    return result


def attract(mask: NDArray[np.uint8], image: NDArray[np.float64], inner: float, outer: float) -> NDArray[np.uint8]:
    """Give each voxel at the border to the side whose mean is nearer.

    Parameters
    ----------
    mask : (P + 2, M + 2, N + 2) ndarray of uint8
        0 and 1, with a rim of 0.
    image : (P, M, N) ndarray of float64
        Intensities.
    inner, outer : float
        Mean intensities inside and outside.

    Returns
    -------
    (P + 2, M + 2, N + 2) ndarray of uint8
        With a rim of 0.

    Examples
    --------
    >>> line = np.pad(np.array([[[1, 0, 0]]], dtype=np.uint8), 1)
    >>> attract(line, np.array([[[9.0, 9.0, 0.0]]]), 9.0, 4.5)[1, 1, 1:-1]
    array([1, 1, 0], dtype=uint8)
    """
    result = mask.copy()
    rows = image.shape[0] * image.shape[1]
    over_slabs(_attract_rows, rows, mask, image, inner, outer, result, shortest=LEAST_VOXELS // image.shape[2] + 1)
    return result


def tally(mask: NDArray[np.uint8], image: NDArray[np.float64]) -> tuple[int, float, int]:
    """Count the voxels inside, sum their intensities, and count the faces between inside and outside.

    Parameters
    ----------
    mask : (P + 2, M + 2, N + 2) ndarray of uint8
        0 and 1, with a rim of 0.
    image : (P, M, N) ndarray of float64
        Intensities.

    Returns
    -------
    tuple of int, float and int
        Voxels, sum and faces; the image's own border has none.

    Examples
    --------
    >>> tally(np.pad(np.array([[[1, 0]]], dtype=np.uint8), 1), np.array([[[5.0, 7.0]]]))
    (1, 5.0, 1)
    """
    rows = image.shape[0] * image.shape[1]
    counts, sums = np.zeros((rows, 2), np.int64), np.zeros(rows)
    over_slabs(_tally_rows, rows, mask, image, counts, sums, shortest=LEAST_VOXELS // image.shape[2] + 1)
    voxels, faces = counts.sum(axis=0)
    return int(voxels), float(sums.sum()), int(faces)


@compiled
def _smooth_rows(
    start: int,
    stop: int,
    mask: NDArray,
    steps: NDArray,
    opening: bool,
    result: NDArray,
) -> None:
    height, width = mask.shape[1] - 2, mask.shape[2] - 2
    segment, union = np.empty(width, np.uint8), np.empty(width, np.uint8)
    for row in range(start, stop):
        z, y = row // height + 1, row % height + 1
        union[:] = 0 if opening else 1
        for s in range(len(steps)):
            segment[:] = mask[z, y, 1:-1]
            for k in range(len(steps[s])):
                shift = steps[s, k]
                first = 1 + shift[2]
                other = mask[z + shift[0], y + shift[1], first : first + width]
                if opening:
                    for x in range(width):
                        segment[x] &= other[x]
                else:
                    for x in range(width):
                        segment[x] |= other[x]
            if opening:
                for x in range(width):
                    union[x] |= segment[x]
            else:
                for x in range(width):
                    union[x] &= segment[x]
        result[z, y, 1:-1] = union


@compiled
def _attract_rows(
    start: int,
    stop: int,
    mask: NDArray,
    image: NDArray,
    inner: float,
    outer: float,
    result: NDArray,
) -> None:
    depth, height, width = image.shape
    changes = np.empty(width, np.uint8)
    for row in range(start, stop):
        z, y = row // height, row % height
        here = mask[z + 1, y + 1, 1:-1]
        # The rim is no neighbour: at the image's border the slope is to one side.
        above, below = mask[z + 1, max(y, 1), 1:-1], mask[z + 1, min(y + 2, height), 1:-1]
        before, behind = mask[max(z, 1), y + 1, 1:-1], mask[min(z + 2, depth), y + 1, 1:-1]
        for x in range(width):
            changes[x] = (above[x] ^ below[x]) | (before[x] ^ behind[x])
        for x in range(1, width - 1):
            changes[x] |= here[x - 1] ^ here[x + 1]
        if width > 1:
            changes[0] |= here[0] ^ here[1]
            changes[width - 1] |= here[width - 2] ^ here[width - 1]
        for x in range(width):
            if changes[x]:
                inwards = (image[z, y, x] - inner) ** 2 - (image[z, y, x] - outer) ** 2
                if inwards < 0:
                    result[z + 1, y + 1, x + 1] = 1
                elif inwards > 0:
                    result[z + 1, y + 1, x + 1] = 0


@compiled
def _tally_rows(
    start: int,
    stop: int,
    mask: NDArray,
    image: NDArray,
    counts: NDArray,
    sums: NDArray,
) -> None:
    depth, height, width = image.shape
    for row in range(start, stop):
        z, y = row // height, row % height
        here = mask[z + 1, y + 1, 1:-1]
        below, behind = mask[z + 1, min(y + 2, height), 1:-1], mask[min(z + 2, depth), y + 1, 1:-1]
        total, inside, faces = 0.0, 0, 0
        for x in range(width):
            total += image[z, y, x] * here[x]
            inside += here[x]
            faces += (here[x] ^ below[x]) + (here[x] ^ behind[x])
        for x in range(width - 1):
            faces += here[x] ^ here[x + 1]
        counts[row, 0], counts[row, 1], sums[row] = inside, faces, total
