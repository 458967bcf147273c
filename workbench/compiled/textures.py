"""Compiled counting of the grey levels of a region: pairs, runs, zones and neighbourhoods.

All take a padded box of levels in a row (`values`, 0 outside the region), the addresses of the region's voxels
(`inside`, ascending) and the distances between an address and one of each two opposite neighbours (`steps`,
positive). The padding gives every neighbour an address, so that no loop asks where the box ends, and slices and
volumes are one case.
"""

import numpy as np
from numpy.typing import NDArray

from .slabs import compiled


@compiled
def pairs(start: int, stop: int, values: NDArray, inside: NDArray, steps: NDArray, counts: NDArray) -> None:
    """Count pairs of levels: (step, level here, level there), with row and column 0 for what lies outside."""
    for k in range(start, stop):
        step, table = steps[k], counts[k]
        for here in inside:
            table[values[here], values[here + step]] += 1


@compiled
def runs(start: int, stop: int, values: NDArray, inside: NDArray, steps: NDArray, counts: NDArray) -> None:
    """Count runs of one level: (step, level - 1, length - 1)."""
    first = np.empty(inside.size, np.int64)
    for k in range(start, stop):
        step, table = steps[k], counts[k]
        found = 0
        for n in range(inside.size):
            # Always written and sometimes kept: faster than asking, for where a run begins is hard to foresee.
            first[found] = inside[n]
            found += values[inside[n] - step] != values[inside[n]]
        for n in range(found):
            level, there, further = values[first[n]], first[n] + step, 0
            while values[there] == level:
                there += step
                further += 1
            table[level - 1, further] += 1


@compiled
def depths(values: NDArray, inside: NDArray, steps: NDArray) -> NDArray:
    """Count the steps from each voxel to the nearest one outside, where all `steps` lead through faces."""
    found = np.zeros(values.size, np.int32)
    for n in range(inside.size):
        here = inside[n]
        nearest = values.size
        for k in range(steps.size):
            nearest = min(nearest, found[here - steps[k]])
        found[here] = nearest + 1
    for n in range(inside.size - 1, -1, -1):
        here = inside[n]
        nearest = found[here]
        for k in range(steps.size):
            nearest = min(nearest, found[here + steps[k]] + 1)
        found[here] = nearest
    return found


@compiled
def zones(values: NDArray, inside: NDArray, steps: NDArray, depth: NDArray) -> tuple[NDArray, NDArray, NDArray]:
    """Find connected voxels of one level: level, size and least `depth` of each zone."""
    # The lowest address of a zone is its root; the others lead there.
    parent = np.empty(values.size, np.int32)
    alike = np.empty(steps.size + 1, np.int64)
    count = 0
    for n in range(inside.size):
        here = inside[n]
        parent[here] = root = here
        count += 1
        found = 0
        for k in range(steps.size):
            # Kept or overwritten, as in `runs`.
            alike[found] = here - steps[k]
            found += values[here - steps[k]] == values[here]
        for q in range(found):
            there = alike[q]
            if parent[there] == root:
                continue
            while parent[there] != there:
                parent[there] = parent[parent[there]]
                there = parent[there]
            if there != root:
                count -= 1
                parent[max(there, root)] = root = min(there, root)
        parent[here] = root
    level = np.empty(count, np.int64)
    size = np.zeros(count, np.int64)
    least = np.empty(count, np.int64)
    number = np.empty(values.size, np.int32)
    found = 0
    for n in range(inside.size):
        here = inside[n]
        if parent[here] == here:
            number[here] = found
            level[found] = values[here]
            least[found] = depth[here]
            found += 1
        zone = number[parent[here]]
        number[here] = zone
        size[zone] += 1
        least[zone] = min(least[zone], depth[here])
    return level, size, least


@compiled
def neighbourhoods(
    values: NDArray, inside: NDArray, steps: NDArray, highest: int
) -> tuple[NDArray, NDArray, NDArray]:
    """Compare each voxel with its neighbours in the region.

    For each level: voxels that have neighbours, their summed distances from the neighbours' mean, and (level - 1,
    number) how many voxels have how many neighbours of their own level.
    """
    voxels = np.zeros(highest, np.int64)
    distances = np.zeros(highest)
    alike = np.zeros((highest, 2 * steps.size + 1), np.int64)
    for n in range(inside.size):
        here = inside[n]
        level = values[here]
        # int32 throughout, so that the loop over neighbours is vectorized
        total, number, equal = np.int32(0), np.int32(0), np.int32(0)
        for k in range(steps.size):
            before, after = values[here - steps[k]], values[here + steps[k]]
            total += np.int32(before) + np.int32(after)
            number += np.int32(before != 0) + np.int32(after != 0)
            equal += np.int32(before == level) + np.int32(after == level)
        alike[level - 1, equal] += 1
        if number > 0:
            voxels[level - 1] += 1
            distances[level - 1] += abs(level - total / number)
    return voxels, distances, alike
