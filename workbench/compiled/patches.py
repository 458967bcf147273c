"""Non-local means in vector instructions: for each shift, whole rows of patch distances at once.

The sum over a patch is one over its rows, columns and planes, each added up from the last; nothing is subtracted
again, so no rounding of a bright place stays in a dark one.
"""

import numpy as np
from numpy.typing import NDArray

from .exponential import exponential
from .slabs import compiled, fused, over_slabs

#: Rows that a thread takes at a time: what they need stays in its cache.
STRIP = 16


def non_local_means(
    padded: NDArray, patches: tuple[int, ...], searches: tuple[int, ...], *, excess: float, scale: float
) -> NDArray:
    """Average over the search window, each voxel weighted by how alike its patch is.

    Parameters
    ----------
    padded : (P, M, N) ndarray of float32 or float64
        C-contiguous, wider than the result by half a patch and half a search window at each border.
    patches, searches : three ints each
        Odd lengths along each axis.
    excess : float
        What is taken from a mean squared difference, which is then at least 0.
    scale : float
        What it is then divided by, in the exponent.

    Returns
    -------
    ndarray
        Without the margin, in the type of `padded`.

    Examples
    --------
    >>> row = np.array([[[5.0, 5.0, 0.0, 5.0, 5.0]]])
    >>> non_local_means(row, (1, 1, 1), (1, 1, 3), excess=0.0, scale=1.0).round(3)
    array([[[5., 0., 5.]]])
    """
    margins = [patch // 2 + search // 2 for patch, search in zip(patches, searches, strict=True)]
    inside = tuple(slice(margin, margin + length - 2 * margin)
                   for margin, length in zip(margins, padded.shape, strict=True))  # fmt: skip
    total, weights = np.zeros_like(padded[inside]), np.zeros_like(padded[inside])
    strips = -(-total.shape[1] // STRIP)
    kind = padded.dtype.type
    over_slabs(
        _run, strips, padded, total, weights, patches, searches, kind(excess), kind(-1 / scale),
        kind(1 / np.prod(patches)),
    )  # fmt: skip
    total /= weights
    total += padded[inside]
    return total


@fused
def _square(target, one, other):
    for x in range(len(target)):
        difference = one[x] - other[x]
        target[x] = difference * difference


@compiled
def _take(target, source):
    for x in range(len(target)):
        target[x] = source[x]


@compiled
def _add_two(target, one, other):
    for x in range(len(target)):
        target[x] += one[x] + other[x]


@fused
def _weigh(total, weights, distance, centre, other, excess, scale, share):
    for x in range(len(total)):
        weight = exponential(min((distance[x] * share - excess) * scale, scale - scale))
        total[x] += weight * (other[x] - centre[x])
        weights[x] += weight


@compiled
def _run(start, stop, padded, total, weights, patches, searches, excess, scale, share):
    planes, rows, columns = total.shape
    a, b, c = patches
    # The square differences of a strip's rows, their sums over a patch's rows, and over its columns by planes.
    wide = columns + c - 1
    squares = np.empty((STRIP + b - 1, wide), padded.dtype)
    down = np.empty(wide, padded.dtype)
    across = np.empty((a, STRIP, columns), padded.dtype)
    distance = np.empty(columns, padded.dtype)
    middle = (searches[0] // 2, searches[1] // 2, searches[2] // 2)
    inner = (middle[0] + a // 2, middle[1] + b // 2, middle[2] + c // 2)
    for strip in range(start, stop):
        top = strip * STRIP
        height = min(STRIP, rows - top)
        for shift in range(searches[0] * searches[1] * searches[2]):
            dz = shift // (searches[1] * searches[2])
            dy = shift // searches[2] % searches[1]
            dx = shift % searches[2]
            for z in range(planes + a - 1):
                for y in range(height + b - 1):
                    here = padded[z + middle[0], top + y + middle[1]]
                    there = padded[z + dz, top + y + dy]
                    _square(squares[y], here[middle[2] : middle[2] + wide], there[dx : dx + wide])
                for y in range(height):
                    _take(down, squares[y])
                    for k in range(1, b, 2):
                        _add_two(down, squares[y + k], squares[y + k + 1])
                    line = across[z % a, y]
                    _take(line, down[:columns])
                    for k in range(1, c, 2):
                        _add_two(line, down[k : k + columns], down[k + 1 : k + 1 + columns])
                plane = z - a + 1
                if plane < 0:
                    continue
                for y in range(height):
                    _take(distance, across[0, y])
                    for k in range(1, a, 2):
                        _add_two(distance, across[k, y], across[k + 1, y])
                    centre = padded[plane + inner[0], top + y + inner[1]]
                    other = padded[plane + a // 2 + dz, top + y + b // 2 + dy]
                    _weigh(
                        total[plane, top + y], weights[plane, top + y], distance,
                        centre[inner[2] : inner[2] + columns], other[c // 2 + dx : c // 2 + dx + columns],
                        excess, scale, share,
                    )  # fmt: skip
