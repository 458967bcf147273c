"""The rolling ball: the lowest sum of the image and a cap, over all places of the cap.

Pieces of rows are shifted, raised and compared in vector instructions. A place of the cap that cannot get below
what was found for a piece already is passed over.
"""

import numpy as np
from numpy.typing import NDArray

from .slabs import compiled, over_slabs

# Voxels of a piece: few, so that one bound holds for all of them; many, for long vector loops.
PIECE = 64


def lowest_sum(volume: NDArray, cap: NDArray) -> NDArray:
    """Return min over offsets d of ``volume(x + d) + cap(d)``; what lies outside the volume is left out.

    Parameters
    ----------
    volume : (P, M, N) ndarray of float32 or float64
        The image.
    cap : (A, B, C) ndarray
        Odd edges; infinite where it does not reach.

    Returns
    -------
    (P, M, N) ndarray
        In the volume's type.

    Examples
    --------
    >>> lowest_sum(np.array([[[0.0, 5.0, 9.0]]]), np.array([[[2.0, 0.0, 2.0]]]))
    array([[[0., 2., 7.]]])
    """
    reach = [length // 2 for length in cap.shape]
    padded = np.pad(volume, [(margin, margin) for margin in reach], constant_values=np.inf)
    cap = np.ascontiguousarray(cap, dtype=volume.dtype)
    # The nearest rows first: what they find lets most of the others be passed over.
    rows = np.argwhere(np.isfinite(cap).any(axis=2))
    rows = rows[np.argsort(cap[rows[:, 0], rows[:, 1]].min(axis=1), kind="stable")]
    result = np.empty_like(volume)
    lines = volume.shape[0] * volume.shape[1]
    over_slabs(_roll, lines, padded, cap, cap.min(axis=2), rows, result)
    return result


@compiled
def _roll(
    start: int, stop: int, padded: NDArray, cap: NDArray, lowest_cap: NDArray, rows: NDArray, result: NDArray
) -> None:
    middle = np.array(cap.shape) // 2
    width = cap.shape[2]
    for line in range(start, stop):
        plane, row = divmod(line, result.shape[1])
        for begin in range(0, result.shape[2], PIECE):
            found = result[plane, row, begin : begin + PIECE]
            length = len(found)
            first = begin + middle[2]
            found[:] = padded[plane + middle[0], row + middle[1], first : first + length]
            for index in range(len(rows)):
                a, b = rows[index]
                source = padded[plane + a, row + b, begin : begin + length + width - 1]
                highest, bottom = found.max(), source.min()
                if bottom + lowest_cap[a, b] >= highest:
                    continue
                for c in range(width):
                    height = cap[a, b, c]
                    if bottom + height < highest:
                        shifted = source[c : c + length]
                        for x in range(length):
                            value = shifted[x] + height
                            found[x] = value if value < found[x] else found[x]
