"""Regions grown from seeds: connected voxels whose intensities are alike."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array

from .regions import connected

Seeds = tuple[int, ...] | Sequence[tuple[int, ...]]


def region_growing(
    image: ArrayLike,
    *,
    seeds: Seeds,
    tolerance: float | None = None,
    low: float | None = None,
    high: float | None = None,
    connectivity: int = 1,
) -> NDArray[np.bool_]:
    """Grow a region from seeds over connected voxels of a range of intensities.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        Intensities in any units.
    seeds : tuple of int or sequence of tuples
        Indices (row, column) or (slice, row, column) of one voxel or of several.
    tolerance : float, optional
        The region of each seed has intensities that differ from the seed's by so much or less.
    low, high : float, optional
        Instead of `tolerance`: the least and the greatest intensity, one of them or both.
    connectivity : int, optional
        Along how many axes neighbours may differ by one voxel: 1 is faces, 2 edges too, 3 corners too.

    Returns
    -------
    ndarray of bool
        The regions of all seeds; a seed out of range has none.

    Raises
    ------
    ValueError
        If a seed is outside the image, neither or both of `tolerance` and a range are given, one is out of range,
        or `image` is empty, not finite, or has other than 2 or 3 axes.

    References
    ----------
    Adams R, Bischof L. Seeded region growing. IEEE Transactions on Pattern Analysis and Machine Intelligence 16
    (1994) 641-647.

    Examples
    --------
    >>> region_growing([[5, 6, 9, 6]], seeds=(0, 0), tolerance=1)
    array([[ True,  True, False, False]])
    """
    array = _planes(image)
    places = seed_places(seeds, array.shape)
    if (tolerance is None) == (low is None and high is None):
        raise ValueError(f"expected tolerance or a range, received tolerance={tolerance}, low={low}, high={high}")
    if tolerance is None:
        below, above = -math.inf if low is None else low, math.inf if high is None else high
        if not below <= above:
            raise ValueError(f"low must not be above high, received low={low}, high={high}")
        return _joined_to(places, (array >= below) & (array <= above), connectivity)
    if not tolerance >= 0:
        raise ValueError(f"tolerance must be zero or positive, received {tolerance}")
    grown = np.zeros(array.shape, bool)
    for value in {array[place].item() for place in places}:
        alike = (array >= value - tolerance) & (array <= value + tolerance)
        grown |= _joined_to([place for place in places if array[place] == value], alike, connectivity)
    return grown


def confidence_growing(
    image: ArrayLike, *, seeds: Seeds, multiplier: float = 2.5, steps: int = 4, radius: int = 1
) -> NDArray[np.bool_]:
    """Grow a region over connected voxels within so many standard deviations of its own mean.

    The mean and the standard deviation are at first those of boxes around the seeds, then, for each step, those of
    the region. The range always includes the seeds. Neighbours share a face.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        Intensities in any units.
    seeds : tuple of int or sequence of tuples
        Indices (row, column) or (slice, row, column) of one voxel or of several.
    multiplier : float, optional
        How many standard deviations: 2.5 takes 98.8 % of a normal distribution.
    steps : int, optional
        How often the range is estimated anew, if it changes so often.
    radius : int, optional
        Of the boxes around the seeds, in voxels; beyond its border the image goes on as there.

    Returns
    -------
    ndarray of bool
        The region.

    Raises
    ------
    ValueError
        If a seed is outside the image, an option is out of its range, or `image` is empty, not finite, or has
        other than 2 or 3 axes.

    References
    ----------
    Yoo TS (editor). Insight into Images. A K Peters (2004), chapter 5: confidence connected region growing.

    Examples
    --------
    >>> confidence_growing([[5.0, 5.1, 4.9, 5.0, 9.0]], seeds=(0, 1))
    array([[ True,  True,  True,  True, False]])
    """
    array = _planes(image).astype(np.float64)
    places = seed_places(seeds, array.shape)
    if not (multiplier > 0 and steps >= 0 and radius >= 1):
        raise ValueError(
            f"multiplier must be > 0, steps >= 0 and radius >= 1, received {multiplier}, {steps} and {radius}"
        )
    padded = np.pad(array, radius, mode="edge")
    sample = np.stack([padded[tuple(slice(i, i + 2 * radius + 1) for i in place)] for place in places])
    at_seeds = np.array([array[place] for place in places])
    grown = np.zeros(array.shape, bool)
    for _ in range(steps + 1):
        spread = multiplier * (sample.std(ddof=1) if sample.size > 1 else 0.0)
        low = min(sample.mean() - spread, at_seeds.min())
        high = max(sample.mean() + spread, at_seeds.max())
        before, grown = grown, _joined_to(places, (array >= low) & (array <= high), 1)
        sample = array[grown]
        if np.array_equal(before, grown):
            break
    return grown


def _planes(image: ArrayLike) -> NDArray:
    array = real_array(image)
    if array.ndim not in {2, 3}:
        raise ValueError(f"image must have 2 or 3 axes, received shape {array.shape}")
    # Differences from a seed must not wrap around.
    return array.astype(np.int64) if array.dtype.kind in "bui" and array.dtype != np.uint64 else array


def seed_places(seeds: Seeds, shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Return seeds as indices that can be used.

    Parameters
    ----------
    seeds : tuple of int or sequence of tuples
        One or several.
    shape : tuple of int
        Of the image.

    Returns
    -------
    list of tuple of int

    Raises
    ------
    ValueError
        If one is outside the image or has another number of axes.

    Examples
    --------
    >>> seed_places((0, 2), (3, 3))
    [(0, 2)]
    """
    indices = np.atleast_2d(np.asarray(seeds))
    if indices.ndim != 2 or indices.shape[1] != len(shape) or indices.dtype.kind not in "iu":
        raise ValueError(f"seeds must be indices of {len(shape)} integers each, received {seeds!r}")
    if ((indices < 0) | (indices >= shape)).any():
        raise ValueError(f"seeds must be inside the image of shape {shape}, received {seeds!r}")
    return [tuple(int(i) for i in index) for index in indices]


def _joined_to(places: list[tuple[int, ...]], mask: NDArray[np.bool_], connectivity: int) -> NDArray[np.bool_]:
    found = connected(mask, connectivity)
    added = (0,) * (3 - mask.ndim)
    kept = np.zeros(found.count + 1, bool)
    kept[[found.at(added + place) for place in places]] = True
    return found.painted(kept[1:]).reshape(mask.shape)
