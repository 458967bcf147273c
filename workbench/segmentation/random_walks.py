"""Random walker: the seed that a walker reaches first who shuns the edges of an image."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array, same_shape
from workbench.images.spacings import voxel_edges

from .watersheds import marker_labels

# No step is quite impossible, so that every voxel has its walker.
LEAST_WEIGHT = 1e-10


def random_walker(
    image: ArrayLike,
    *,
    seeds: ArrayLike,
    beta: float = 130.0,
    spacing: tuple[float, ...] | None = None,
    probabilities: bool = False,
    tolerance: float = 1e-4,
) -> NDArray:
    """Give each voxel to the seeds that a random walker from there most probably reaches first.

    A step to a neighbour is likely in proportion to ``exp(-beta * d^2 / (10 * s))``, where ``d`` is the difference
    of the intensities, divided by the distance in mm if `spacing` is given, and ``s`` the standard deviation, both
    of the image scaled to 0 to 1. The probabilities are harmonic on this graph: they solve a linear system with
    the seeds as boundary values.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        Intensities in any units.
    seeds : array_like of int
        Labels from 1 where the region is known, elsewhere 0.
    beta : float, optional
        How much walkers shun edges.
    spacing : tuple of float, optional
        Millimetres between neighbours on each axis. An Image brings its own; without it voxels are 1 apart.
    probabilities : bool, optional
        Return these instead of labels.
    tolerance : float, optional
        Norm of what is left of the linear system, as a fraction.

    Returns
    -------
    ndarray of int32, or (K, ...) ndarray of float64
        Labels; or for each label in increasing order the probability that its seeds are reached first. 0 where no
        seed can be reached.

    Raises
    ------
    TypeError
        If `seeds` are not whole numbers.
    ValueError
        If `seeds` have no label, a negative one or another shape; if `image` is constant, empty, not finite, or
        has other than 2 or 3 axes; if an option is out of its range.

    References
    ----------
    Grady L. Random walks for image segmentation. IEEE Transactions on Pattern Analysis and Machine Intelligence 28
    (2006) 1768-1783.

    Examples
    --------
    >>> random_walker([[0, 0, 9, 9]], seeds=[[1, 0, 0, 2]])
    array([[1, 1, 2, 2]], dtype=int32)
    """
    scaled = _scaled(image)
    labels = marker_labels(seeds)
    same_shape(image=scaled, seeds=labels)
    if not (math.isfinite(beta) and beta >= 0 and 0 < tolerance < 1):
        raise ValueError(f"beta must be >= 0 and 0 < tolerance < 1, received beta={beta}, tolerance={tolerance}")
    names = np.unique(labels[labels > 0])
    if not len(names):
        raise ValueError("seeds must have at least one label above 0, received none")
    edges = voxel_edges(image, spacing, scaled.ndim)
    added = 3 - scaled.ndim
    shape = (1,) * added + scaled.shape
    conductors = _conductors(scaled.reshape(shape), beta, (1.0,) * added + edges)
    chances = _first_reached(conductors, labels.reshape(shape), names, tolerance)
    chances = chances.reshape(len(names), *scaled.shape)
    if probabilities:
        return chances
    result = names[chances.argmax(axis=0)].astype(np.int32)
    return np.where(labels > 0, labels, result)


def _scaled(image: ArrayLike) -> NDArray[np.float64]:
    array = real_array(image).astype(np.float64)
    if array.ndim not in {2, 3}:
        raise ValueError(f"image must have 2 or 3 axes, received shape {array.shape}")
    if array.min() == array.max():
        raise ValueError(f"image must have different intensities, received {array.flat[0]} everywhere")
    return (array - array.min()) / np.ptp(array)


def _conductors(scaled: NDArray, beta: float, spacing: tuple[float, ...]) -> NDArray[np.float64]:
    conductors = np.zeros((3, *scaled.shape))
    sharpness = -beta / (10 * scaled.std())
    for axis, mm in enumerate(spacing):
        steps = np.diff(scaled, axis=axis)
        kept = tuple(slice(None, -1) if other == axis else slice(None) for other in range(3))
        np.exp(sharpness / mm**2 * steps * steps, out=steps)
        conductors[axis][kept] = steps + LEAST_WEIGHT
    return conductors


def _first_reached(
    conductors: NDArray[np.float64], labels: NDArray[np.int32], names: NDArray[np.int32], tolerance: float
) -> NDArray[np.float64]:
    from workbench.compiled.grids import coarser_grids, solve

    seeded = labels > 0
    into_free = np.zeros((len(names), *labels.shape))
    for axis in range(3):
        first = tuple(slice(None, -1) if other == axis else slice(None) for other in range(3))
        second = tuple(slice(1, None) if other == axis else slice(None) for other in range(3))
        between = conductors[axis][first]
        for name, currents in zip(names, into_free, strict=True):
            currents[second] += between * (labels[first] == name)
            currents[first] += between * (labels[second] == name)
        between[seeded[first] | seeded[second]] = 0
    into_free[:, seeded] = 0
    grids = coarser_grids(conductors, into_free.sum(axis=0))
    chances = np.empty(into_free.shape)
    for k in range(len(names) - 1):
        chances[k] = solve(grids, into_free[k], tolerance=tolerance).clip(0, 1)
        chances[k][labels == names[k]] = 1
    chances[-1] = 1 - chances[:-1].sum(axis=0)
    return chances.clip(0, 1)
