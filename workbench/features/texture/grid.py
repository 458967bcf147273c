"""The voxels of a region made ready for counting, and what is counted together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import product

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import one_of, real_array

from ..regions import bounding_box, region_of

AGGREGATIONS = (
    "3d_merged",
    "3d_averaged",
    "2.5d_merged",
    "2.5d_direction_merged",
    "2d_slice_merged",
    "2d_averaged",
)
#: Where all directions are counted together.
MERGED = ("3d_merged", "2.5d_merged", "2d_slice_merged")
#: Co-occurrence matrices have the square of this many cells; more levels are nearly always a bin width gone wrong.
MOST_LEVELS = 1024
#: A thread needs some 20 microseconds to wake, in which this many voxels are counted.
VOXELS_PER_THREAD = 50_000


@dataclass(frozen=True, eq=False)
class Grid:
    """The padded box of a region, one voxel after another, with the address steps to neighbours.

    Parameters
    ----------
    values : ndarray of uint16
        Levels from 1, and 0 outside the region.
    mask : ndarray of uint16
        Positive in the morphological mask, whose border zones are measured from.
    shape : tuple of int
        Of the padded box.
    steps, faces : ndarray of int64
        To one of each two opposite neighbours: all of them, and those that share a face.
    highest : int
        The highest level of the whole region, of which this may be one slice.
    """

    values: NDArray
    mask: NDArray
    shape: tuple[int, ...]
    steps: NDArray
    faces: NDArray
    highest: int

    @cached_property
    def inside(self) -> NDArray:
        """The addresses of the region's voxels, ascending."""
        return np.flatnonzero(self.values)

    def by_direction(
        self, kernel: Callable[..., None], shape: tuple[int, int], *, merged: bool, dtype: type
    ) -> NDArray:
        """Count into a matrix for each of `steps`, or one for all; on all cores where the region is large."""
        from workbench.compiled.slabs import over_slabs

        counts: NDArray = np.zeros((self.steps.size, *shape), dtype)
        arguments = (self.values, self.inside, self.steps, counts)
        over_slabs(kernel, self.steps.size, *arguments, shortest=1 + VOXELS_PER_THREAD // self.inside.size)
        return counts.sum(axis=0, keepdims=True, dtype=dtype) if merged else counts

    @cached_property
    def zones(self) -> tuple[NDArray, NDArray, NDArray]:
        """Level, size and distance from the border of each zone of neighbours with one level."""
        from workbench.compiled import textures

        within = self.inside if self.mask is self.values else np.flatnonzero(self.mask)
        depths = textures.depths(self.mask, within, self.faces)
        return textures.zones(self.values, self.inside, self.steps, depths)

    @cached_property
    def neighbourhoods(self) -> tuple[NDArray, NDArray, NDArray]:
        """What `workbench.compiled.textures.neighbourhoods` counts."""
        from workbench.compiled import textures

        return textures.neighbourhoods(self.values, self.inside, self.steps, self.highest)


def grids(levels: ArrayLike, *, aggregation: str, mask: ArrayLike | None = None) -> list[Grid]:
    """Lay out a region: as one grid, or for 2-D aggregations as one for each slice that it meets."""
    one_of(aggregation, AGGREGATIONS, name="aggregation")
    array = checked(levels)
    within = None if mask is None else _enclosing(mask, array)
    box = bounding_box(array > 0 if within is None else within)
    array, within = array[box], None if within is None else within[box]
    highest = int(array.max())
    if array.ndim == 3 and aggregation.startswith("2d"):
        masks = [None] * len(array) if within is None else within
        return [_grid(plane, inside, highest) for plane, inside in zip(array, masks, strict=True) if plane.any()]
    return [_grid(array, within, highest, flat=aggregation.startswith("2.5d"))]


def average(found: list[NDArray]) -> NDArray:
    """Average features, one row each, over matrices, the columns; a matrix without a value is left out."""
    values = found[0] if len(found) == 1 else np.concatenate(found, axis=1)
    if values.shape[1] == 1:
        return values[:, 0]
    defined = ~np.isnan(values)
    counted = defined.sum(axis=1)
    sums = np.where(defined, values, 0).sum(axis=1)
    return np.divide(sums, counted, out=np.full(len(values), np.nan), where=counted > 0)


def emphases(names: tuple[str, ...], matrices: Iterable[tuple[NDArray, NDArray, int]]) -> dict[str, float]:
    """Measure what runs, zones and dependences have in common, averaged over the matrices.

    Each comes with the amounts that its columns stand for and the number of voxels (of runs: of all directions).
    """
    from workbench.compiled import texture_sums

    found = average([texture_sums.emphases(*matrix) for matrix in matrices])
    return dict(zip(names, found[: len(names)].tolist(), strict=True))


def tallied(levels: NDArray, amounts: NDArray, highest: int) -> tuple[NDArray, NDArray]:
    """Count how often a level and an amount occur together: (1, G, M) counts, and the M amounts that occur."""
    present = np.flatnonzero(np.bincount(amounts))
    cells = (levels - 1) * present.size + np.searchsorted(present, amounts)
    counts = np.bincount(cells, minlength=highest * present.size)
    return counts.reshape(1, highest, present.size), present


def checked(levels: ArrayLike) -> NDArray:
    """Return levels as an array after checking that they are levels of a slice or a volume."""
    array = real_array(levels, name="levels")
    if array.dtype.kind not in "iu":
        raise TypeError(f"levels must be whole numbers, received dtype {array.dtype}; make them with discretize")
    if array.ndim not in {2, 3}:
        raise ValueError(f"levels must be a slice or a volume, received shape {array.shape}")
    lowest, highest = int(array.min()), int(array.max())
    if lowest < 0 or highest < 1:
        raise ValueError(f"levels must be 1 or more, and 0 outside the region, received {lowest} to {highest}")
    if highest > MOST_LEVELS:
        raise ValueError(f"expected at most {MOST_LEVELS} levels, received {highest}; choose wider or fewer bins")
    return array


def _enclosing(mask: ArrayLike, levels: NDArray) -> NDArray:
    within = region_of(mask, shape=levels.shape)
    if (levels[~within] > 0).any():
        raise ValueError("mask must hold every voxel that has a level; pass the mask that the levels were made in")
    return within


def _grid(levels: NDArray, mask: NDArray | None, highest: int, *, flat: bool = False) -> Grid:
    values = _padded(levels)
    strides = np.array(values.strides) // values.itemsize
    offsets = directions(levels.ndim, flat=flat and levels.ndim == 3)
    row = values.reshape(-1)
    return Grid(
        values=row,
        mask=row if mask is None else _padded(mask).reshape(-1),
        shape=values.shape,
        steps=offsets @ strides,
        faces=offsets[np.abs(offsets).sum(axis=1) == 1] @ strides,
        highest=highest,
    )


def _padded(array: NDArray) -> NDArray:
    padded = np.zeros([n + 2 for n in array.shape], np.uint16)
    padded[(slice(1, -1),) * array.ndim] = array
    return padded


@cache
def directions(ndim: int, *, flat: bool) -> NDArray:
    """One of each two opposite neighbours: 13 in a volume, 4 in a slice."""
    found = [offset for offset in product((0, 1, -1), repeat=ndim) if offset > (0,) * ndim]
    return np.array([offset for offset in found if not (flat and offset[0])])
