"""Texture features of the window around each voxel, without a call from Python for each."""

import numpy as np
from numpy.typing import NDArray

from .slabs import compiled
from .texture_sums import cooccurrences, emphases, tone_differences
from .textures import depths, neighbourhoods, pairs, runs, zones


@compiled
def windows(
    start: int,
    stop: int,
    levels: NDArray,
    places: NDArray,
    size: tuple[int, int, int],
    steps: NDArray,
    faces: NDArray,
    asked: tuple[int, int, bool, bool],
    found: NDArray,
) -> None:
    """Measure a feature of the window of `size` at each place; NaN where the window does not define it.

    `levels` is a volume, padded so that all windows lie inside; a place is the first corner of its window. `steps`
    and `faces` lead from address to address in a window with a margin of one voxel. `asked` says which family and
    row, whether directions are merged, and whether slices are measured alone.
    """
    family, row, merged, alone = asked
    layers, rows, columns = size
    values = np.zeros((layers + 2, rows + 2, columns + 2), np.uint16)
    flat = values.reshape(-1)
    for n in range(start, stop):
        total, count = 0.0, 0
        for layer in range(layers if alone else 1):
            highest = filled(values, levels, places[n], layer if alone else -1)
            inside = np.flatnonzero(flat)
            if inside.size == 0:
                continue
            for value in measured(flat, inside, steps, faces, highest, max(size), family, merged)[row]:
                if not np.isnan(value):
                    total += value
                    count += 1
        found[n] = total / count if count > 0 else np.nan


@compiled
def filled(values: NDArray, levels: NDArray, corner: NDArray, layer: int) -> int:
    """Copy a window into `values`, all of it or one layer, and return the highest level of all."""
    highest = np.int64(0)
    for i in range(values.shape[0] - 2):
        for j in range(values.shape[1] - 2):
            for k in range(values.shape[2] - 2):
                level = np.int64(levels[corner[0] + i, corner[1] + j, corner[2] + k])
                highest = max(highest, level)
                values[i + 1, j + 1, k + 1] = level if layer in {-1, i} else 0
    return int(highest)


@compiled
def measured(
    values: NDArray,
    inside: NDArray,
    steps: NDArray,
    faces: NDArray,
    highest: int,
    longest: int,
    family: int,
    merged: bool,
) -> NDArray:
    """Measure one family, in the order of the package: a row for each feature, a column for each matrix."""
    matrices = 1 if merged else steps.size
    if family == 0:
        found = np.zeros((matrices, highest + 1, highest + 1), np.int32)
        for k in range(steps.size):
            matrix = found[0:1] if merged else found[k : k + 1]
            pairs(0, 1, values, inside, steps[k : k + 1], matrix)
        return cooccurrences(found)
    if family == 1:
        counts = np.zeros((matrices, highest, longest), np.int64)
        for k in range(steps.size):
            table = counts[0:1] if merged else counts[k : k + 1]
            runs(0, 1, values, inside, steps[k : k + 1], table)
        return emphases(counts, np.arange(1, longest + 1), inside.size * steps.size // matrices)
    if family in {2, 3}:
        level, size, depth = zones(values, inside, steps, depths(values, inside, faces))
        amount = size if family == 2 else depth
        counts = np.zeros((1, highest, amount.max()), np.int64)
        for n in range(level.size):
            counts[0, level[n] - 1, amount[n] - 1] += 1
        return emphases(counts, np.arange(1, counts.shape[2] + 1), inside.size)
    voxels, differences, alike = neighbourhoods(values, inside, steps, highest)
    if family == 4:
        return tone_differences(voxels, differences)
    counts = alike.reshape((1, *alike.shape))
    return emphases(counts, np.arange(1, counts.shape[2] + 1), inside.size)
