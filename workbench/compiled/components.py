"""Connected components: runs of each row, joined with the runs that they touch in the rows before.

Runs are few where voxels are many, and only they go through the union-find. Slabs are joined in threads, then with
each other. The root of a component is its first run, so that labels come in the order of first voxels.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .slabs import compiled, over_slabs

#: Fewer voxels than this are not worth a thread.
LEAST_VOXELS = 2**18


@dataclass(frozen=True, eq=False)
class Components:
    """The connected components of a mask, as runs of voxels.

    Parameters
    ----------
    shape : tuple of int
        Of the mask: (P, M, N).
    first_run : (P * M + 1,) ndarray of int64
        The number of the first run of each row.
    runs : (R, 2) ndarray of int32
        First column and column after the last of each run.
    component : (R,) ndarray of int32
        The component of each run, from 1, in the order of first voxels.
    count : int
        How many components there are.
    """

    shape: tuple[int, ...]
    first_run: NDArray[np.int64]
    runs: NDArray[np.int32]
    component: NDArray[np.int32]
    count: int

    def sizes(self) -> NDArray[np.int64]:
        """Return the number of voxels of each component."""
        lengths = self.runs[:, 1] - self.runs[:, 0]
        return np.bincount(self.component, weights=lengths, minlength=self.count + 1)[1:].astype(np.int64)

    def at_border(self) -> NDArray[np.bool_]:
        """Say which components reach the border of the volume, on axes longer than one voxel."""
        depth, height, width = self.shape
        z, y = np.divmod(np.arange(depth * height), height)
        outer = np.zeros(depth * height, bool)
        for index, length in ((z, depth), (y, height)):
            if length > 1:
                outer |= (index == 0) | (index == length - 1)
        touching = np.repeat(outer, np.diff(self.first_run))
        if width > 1:
            touching |= (self.runs[:, 0] == 0) | (self.runs[:, 1] == width)
        reached = np.zeros(self.count + 1, bool)
        reached[self.component[touching]] = True
        return reached[1:]

    def painted(self, values: NDArray) -> NDArray:
        """Return a volume of a value for each component; elsewhere 0."""
        volume = np.empty(self.shape, values.dtype)
        over_slabs(
            _paint, self.shape[0] * self.shape[1], volume.reshape(-1, self.shape[2]), self.first_run, self.runs,
            self.component, values, shortest=LEAST_VOXELS // self.shape[2] + 1,
        )  # fmt: skip
        return volume

    def at(self, index: tuple[int, ...]) -> int:
        """Return the component of a voxel, 0 outside the mask."""
        row = index[0] * self.shape[1] + index[1]
        first, last = self.first_run[row : row + 2]
        run = first + np.searchsorted(self.runs[first:last, 1], index[2], side="right")
        return int(self.component[run]) if run < last and self.runs[run, 0] <= index[2] else 0


def components(mask: NDArray[np.bool_], connectivity: int) -> Components:
    """Find the connected components of a mask.

    Parameters
    ----------
    mask : (P, M, N) ndarray of bool
        The voxels to connect.
    connectivity : int
        Along how many axes two neighbours may differ by one: 1 (faces), 2 (edges too) or 3 (corners too).

    Returns
    -------
    Components
        In the order of their first voxels.

    Examples
    --------
    >>> found = components(np.array([[[True, False, True], [False, True, True]]]), 1)
    >>> found.count, found.sizes().tolist()
    (2, [1, 3])
    """
    depth, height, width = mask.shape
    rows = np.ascontiguousarray(mask).reshape(-1, width).view(np.uint8)
    first_run = np.zeros(len(rows) + 1, np.int64)
    shortest = LEAST_VOXELS // width + 1
    over_slabs(_count_runs, len(rows), rows, first_run, shortest=shortest)
    np.cumsum(first_run, out=first_run)
    runs = np.empty((first_run[-1], 2), np.int32)
    over_slabs(_find_runs, len(rows), rows, first_run, runs, shortest=shortest)
    parent = np.arange(len(runs), dtype=np.int32)
    slabs = np.zeros(len(rows), bool)
    over_slabs(_join_slab, len(rows), height, connectivity, first_run, runs, parent, slabs, shortest=shortest)
    # Joined within slabs so far: what is left lies in two. Joining again changes nothing.
    for edge in np.flatnonzero(slabs)[1:]:
        _join_rows(edge, min(edge + height + 1, len(rows)), 0, height, connectivity, first_run, runs, parent)
    component = np.empty_like(parent)
    return Components((depth, height, width), first_run, runs, component, _number(parent, component))


@compiled
def _count_runs(start: int, stop: int, rows: NDArray, first_run: NDArray) -> None:
    for row in range(start, stop):
        line = rows[row]
        count = np.int64(line[0])
        # Without a choice inside, so that the compiler makes vector instructions of it.
        for x in range(1, len(line)):
            count += line[x] & ~line[x - 1]
        first_run[row + 1] = count


@compiled
def _find_runs(start: int, stop: int, rows: NDArray, first_run: NDArray, runs: NDArray) -> None:
    width = rows.shape[1]
    changes = np.empty(width + 1, np.int32)
    for row in range(start, stop):
        count = 0
        before = np.uint8(0)
        for x in range(width):
            # Always written and sometimes kept, because a choice that cannot be foreseen costs more.
            changes[count] = x
            count += rows[row, x] != before
            before = rows[row, x]
        changes[count] = width
        for run in range(first_run[row], first_run[row + 1]):
            runs[run, 0] = changes[2 * (run - first_run[row])]
            runs[run, 1] = changes[2 * (run - first_run[row]) + 1]


@compiled
def _root(parent: NDArray, run: int) -> int:
    while parent[run] != run:
        parent[run] = parent[parent[run]]
        run = parent[run]
    return run


@compiled
def _join_two_rows(
    first: int,
    first_end: int,
    second: int,
    second_end: int,
    reach: int,
    runs: NDArray,
    parent: NDArray,
) -> None:
    while first < first_end and second < second_end:
        if runs[first, 0] < runs[second, 1] + reach and runs[second, 0] < runs[first, 1] + reach:
            one, other = _root(parent, first), _root(parent, second)
            if one < other:
                parent[other] = one
            else:
                parent[one] = other
        if runs[first, 1] < runs[second, 1]:
            first += 1
        else:
            second += 1


@compiled
def _join_rows(
    start: int,
    stop: int,
    lowest: int,
    height: int,
    connectivity: int,
    first_run: NDArray,
    runs: NDArray,
    parent: NDArray,
) -> None:
    # Each row with the rows before it, if not before the lowest: the one above, and three of the plane before.
    for row in range(start, stop):
        if first_run[row] == first_run[row + 1]:
            continue
        y = row % height
        for dz, dy in ((0, -1), (-1, -1), (-1, 0), (-1, 1)):
            steps = abs(dz) + abs(dy)
            other = row + dz * height + dy
            if steps > connectivity or other < lowest or not 0 <= y + dy < height:
                continue
            reach = 1 if steps < connectivity else 0
            _join_two_rows(
                first_run[row], first_run[row + 1], first_run[other], first_run[other + 1], reach, runs, parent
            )


@compiled
def _join_slab(
    start: int,
    stop: int,
    height: int,
    connectivity: int,
    first_run: NDArray,
    runs: NDArray,
    parent: NDArray,
    slabs: NDArray,
) -> None:
    slabs[start] = True
    _join_rows(start, stop, start, height, connectivity, first_run, runs, parent)


@compiled
def _number(parent: NDArray, component: NDArray) -> int:
    # A root comes before all its runs.
    count = 0
    for run in range(len(parent)):
        if parent[run] == run:
            count += 1
            component[run] = count
        else:
            component[run] = component[parent[run]]
    return count


@compiled
def _paint(
    start: int,
    stop: int,
    rows: NDArray,
    first_run: NDArray,
    runs: NDArray,
    component: NDArray,
    values: NDArray,
) -> None:
    for row in range(start, stop):
        rows[row] = 0
        for run in range(first_run[row], first_run[row + 1]):
            value = values[component[run] - 1]
            for x in range(runs[run, 0], runs[run, 1]):
                rows[row, x] = value
