"""Contrast-limited adaptive histogram equalisation: histograms of tiles, clipped, and blended between tiles.

Each step computes what scikit-image computes, rounding included, in loops without its intermediate arrays.
"""

import numpy as np
from numpy.typing import NDArray

from .slabs import compiled, over_slabs


def clahe(
    grays: NDArray[np.uint16],
    bin_of: NDArray[np.uint16],
    *,
    tile: tuple[int, int, int],
    limit: int,
    bins: int,
    top: int,
) -> NDArray[np.uint16]:
    """Equalise a volume tile by tile.

    Parameters
    ----------
    grays : (P, M, N) ndarray of uint16
        Codes, each with an entry in `bin_of`.
    bin_of : ndarray of uint16
        Bin of each code.
    tile : tuple of 3 int
        Length of a tile along each axis; where the last one sticks out, the volume is mirrored.
    limit : int
        How many voxels of a tile one bin may hold.
    bins : int
        Of the histograms.
    top : int
        The largest grey of the result.

    Returns
    -------
    (P, M, N) ndarray of uint16
        From 0 to `top`.

    Examples
    --------
    >>> codes = np.array([[[0, 1], [2, 3]]], np.uint16)
    >>> clahe(codes, np.arange(4, dtype=np.uint16), tile=(1, 2, 2), limit=4, bins=4, top=100).ravel().tolist()
    [25, 50, 75, 100]
    """
    padding = [(0, -length % side) for length, side in zip(grays.shape, tile, strict=True)]
    padded = np.pad(grays, padding, mode="reflect") if any(after for _, after in padding) else grays
    counts = tuple(length // side for length, side in zip(padded.shape, tile, strict=True))
    maps = np.empty((int(np.prod(counts)), bins), np.uint16)
    sides = np.array(tile)
    over_slabs(_map_tiles, len(maps), padded, bin_of, sides, np.array(counts), limit, top, maps)
    result = np.empty_like(grays)
    rows = grays.shape[0] * grays.shape[1]
    over_slabs(_blend, rows, grays, bin_of, sides, maps.reshape(*counts, bins), result)
    return result


@compiled
def _clip(histogram: NDArray, limit: int) -> None:
    """Spread what exceeds the limit over the bins below it, in the order in which scikit-image does."""
    size = len(histogram)
    excess = 0
    for index in range(size):
        if histogram[index] > limit:
            excess += histogram[index] - limit
            histogram[index] = limit
    increment = excess // size
    upper = limit - increment
    for index in range(size):
        if histogram[index] < upper:
            histogram[index] += increment
            excess -= increment
        if upper <= histogram[index] < limit:
            excess += histogram[index] - limit
            histogram[index] = limit
    below = 0
    for index in range(size):
        below += histogram[index] < limit
    while excess > 0:
        before = excess
        for start in range(size):
            step = max(1, below // excess)
            raised = 0
            for index in range(start, size, step):
                if histogram[index] < limit:
                    histogram[index] += 1
                    raised += 1
                    below -= histogram[index] == limit
            excess -= raised
            if excess <= 0:
                break
        if excess == before:
            break


@compiled
def _map_tiles(
    start: int,
    stop: int,
    padded: NDArray,
    bin_of: NDArray,
    sides: NDArray,
    counts: NDArray,
    limit: int,
    top: int,
    maps: NDArray,
) -> None:
    voxels = sides[0] * sides[1] * sides[2]
    scale = top / voxels
    histogram = np.empty(maps.shape[1], np.int64)
    for tile in range(start, stop):
        histogram[:] = 0
        z = tile // (counts[1] * counts[2]) * sides[0]
        y = tile // counts[2] % counts[1] * sides[1]
        x = tile % counts[2] * sides[2]
        for plane in range(z, z + sides[0]):
            for row in range(y, y + sides[1]):
                for column in range(x, x + sides[2]):
                    histogram[bin_of[padded[plane, row, column]]] += 1
        _clip(histogram, limit)
        total = 0
        for index in range(len(histogram)):
            total += histogram[index]
            maps[tile, index] = min(total * scale, top)


@compiled
def _blend(
    start: int, stop: int, grays: NDArray, bin_of: NDArray, sides: NDArray, maps: NDArray, result: NDArray
) -> None:
    for line in range(start, stop):
        plane, row = divmod(line, grays.shape[1])
        # Half a tile further on, so that a map counts fully in the middle of its tile.
        z, from_z = divmod(plane + sides[0] // 2, sides[0])
        y, from_y = divmod(row + sides[1] // 2, sides[1])
        high_z, high_y = from_z / sides[0], from_y / sides[1]
        for column in range(grays.shape[2]):
            x, from_x = divmod(column + sides[2] // 2, sides[2])
            high_x = from_x / sides[2]
            code = bin_of[grays[plane, row, column]]
            total = np.float32(0)
            for upper_z in range(2):
                for upper_y in range(2):
                    for upper_x in range(2):
                        weight = high_x if upper_x else 1 - high_x
                        weight *= high_y if upper_y else 1 - high_y
                        weight *= high_z if upper_z else 1 - high_z
                        if weight > 0:
                            tile_z = min(max(z + upper_z - 1, 0), maps.shape[0] - 1)
                            tile_y = min(max(y + upper_y - 1, 0), maps.shape[1] - 1)
                            tile_x = min(max(x + upper_x - 1, 0), maps.shape[2] - 1)
                            total += np.float32(maps[tile_z, tile_y, tile_x, code] * weight)
            result[plane, row, column] = np.uint16(total)
