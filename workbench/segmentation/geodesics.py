"""Geodesic active contours: borders drawn to the edges of an image, shortest where edges are strongest."""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import same_shape
from workbench.images.spacings import voxel_edges
from workbench.processing.smoothing import gaussian

from .descents import Descent, check_descent, descending, dot, reached, standardized, starting_mask, variation
from .distances import distance_transform


def edge_indicator(
    image: ArrayLike,
    *,
    sigma: float = 1.0,
    contrast: float | None = None,
    spacing: tuple[float, ...] | None = None,
) -> NDArray[np.float64]:
    """Turn an image into the cost of a border: near 0 on its edges and 1 where it is flat.

    The cost is ``1 / (1 + (slope / contrast)^2)`` with the magnitude of the smoothed image's gradient as slope.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        Intensities in any units.
    sigma : float, optional
        Standard deviation of the smoothing, in voxels, or in mm with `spacing`.
    contrast : float, optional
        The slope at which the cost is one half, in standard deviations of the image for each voxel (mm with
        `spacing`); by default the root mean square of the slopes.
    spacing : tuple of float, optional
        Millimetres between neighbours on each axis. An Image brings its own.

    Returns
    -------
    ndarray of float64
        Above 0 and up to 1.

    Raises
    ------
    ValueError
        If `image` is constant, empty, not finite, or has other than 2 or 3 axes, or an option is out of its range.

    References
    ----------
    Perona P, Malik J. Scale-space and edge detection using anisotropic diffusion. IEEE Transactions on Pattern
    Analysis and Machine Intelligence 12 (1990) 629-639.

    Examples
    --------
    >>> edge_indicator([[0.0, 0, 0, 8, 8, 8]], sigma=0).round(2)
    array([[1.  , 1.  , 0.25, 0.25, 1.  , 1.  ]])
    """
    standard = standardized(image)
    edges = voxel_edges(image, spacing, standard.ndim)
    smoothed = gaussian(standard, sigma=tuple(sigma / edge for edge in edges))
    slopes = sum(
        np.gradient(smoothed, edge, axis=axis) ** 2 for axis, edge in enumerate(edges) if smoothed.shape[axis] > 1
    )
    level = math.sqrt(np.mean(slopes)) if contrast is None else contrast
    if not (math.isfinite(level) and level > 0):
        raise ValueError(f"contrast must be positive, received {level}")
    return 1 / (1 + np.asarray(slopes) / level**2)


def geodesic_active_contour(
    image: ArrayLike,
    *,
    start: ArrayLike,
    inwards: float = 5.0,
    outwards: float = 5.0,
    balloon: float = 0.0,
    sigma: float = 1.0,
    contrast: float | None = None,
    spacing: tuple[float, ...] | None = None,
    steps: int = 500,
    tolerance: float = 1e-6,
) -> Descent:
    """Move the border of a mask to the edges around it.

    The border sought is the shortest in the metric of `edge_indicator`, ``g``, of those that stay near the start.
    The descent is on the relaxed energy ``mean(g |grad u| - balloon g u)``, where ``u`` is 1 in the part of the
    start farther than `inwards` from its border, 0 farther than `outwards` outside, and between 0 and 1 elsewhere.
    It is convex: no other start with the same bounds leads to a lower energy. The mask is ``u > 0.5``.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        Intensities in any units.
    start : array_like of bool
        A mask whose border is to move.
    inwards, outwards : float, optional
        How far it may move, in voxels, or in mm with `spacing`. A part of `start` must be out of reach, or the
        shortest border would be none.
    balloon : float, optional
        Above 0 the region grows where there is no edge, below 0 it shrinks: a ball in a flat image grows if its
        radius is above ``1 / balloon`` (a disc) or ``2 / balloon``.
    sigma, contrast : float, optional
        Of `edge_indicator`.
    spacing : tuple of float, optional
        Millimetres between neighbours on each axis. An Image brings its own.
    steps : int, optional
        At most so many.
    tolerance : float, optional
        The descent has converged when 10 steps lower the energy by less than this.

    Returns
    -------
    Descent
        The mask, the energy at each step, and whether it converged.

    Raises
    ------
    ValueError
        If `image` is constant, empty, not finite, or has other than 2 or 3 axes; if `start` has another shape, is
        empty or full, or has no part farther inside than `inwards`; if an option is out of its range.

    References
    ----------
    Caselles V, Kimmel R, Sapiro G. Geodesic active contours. International Journal of Computer Vision 22 (1997)
    61-79.

    Bresson X, Esedoglu S, Vandergheynst P, Thiran JP, Osher S. Fast global minimization of the active
    contour/snake model. Journal of Mathematical Imaging and Vision 28 (2007) 151-167.

    Examples
    --------
    >>> image = np.zeros((20, 20))
    >>> image[4:16, 4:16] = 100.0
    >>> start = np.zeros((20, 20))
    >>> start[7:13, 7:13] = 1
    >>> result = geodesic_active_contour(image, start=start, inwards=2, outwards=6, balloon=0.2)
    >>> int(abs(result.mask.sum() - 144)) < 10, result.converged
    (True, True)
    """
    check_descent(steps, tolerance)
    states = geodesic_steps(
        image, start=start, inwards=inwards, outwards=outwards, balloon=balloon, sigma=sigma, contrast=contrast,
        spacing=spacing, tolerance=tolerance,
    )  # fmt: skip
    return reached(states, steps)


def geodesic_steps(
    image: ArrayLike,
    *,
    start: ArrayLike,
    inwards: float = 5.0,
    outwards: float = 5.0,
    balloon: float = 0.0,
    sigma: float = 1.0,
    contrast: float | None = None,
    spacing: tuple[float, ...] | None = None,
    tolerance: float = 1e-6,
) -> Iterator[Descent]:
    """Move the border of a mask as `geodesic_active_contour` does, step by step.

    Parameters
    ----------
    image, start, inwards, outwards, balloon, sigma, contrast, spacing, tolerance
        As for `geodesic_active_contour`.

    Returns
    -------
    iterator of Descent
        What is reached at the start and after each step, until it converges.

    Raises
    ------
    ValueError
        As for `geodesic_active_contour`.

    Examples
    --------
    >>> image = np.zeros((20, 20))
    >>> image[4:16, 4:16] = 100.0
    >>> start = np.zeros((20, 20))
    >>> start[7:13, 7:13] = 1
    >>> next(geodesic_steps(image, start=start, inwards=2, outwards=6)).mask.sum()
    np.int64(36)
    """
    weight = edge_indicator(image, sigma=sigma, contrast=contrast, spacing=spacing)
    check_descent(0, tolerance)
    if not (min(inwards, outwards) > 0 and math.isfinite(inwards + outwards) and math.isfinite(balloon)):
        raise ValueError(
            f"inwards and outwards must be positive and balloon finite, received {inwards}, {outwards}, {balloon}"
        )
    inside = starting_mask(start, weight)
    same_shape(image=weight, start=inside)
    edges = voxel_edges(image, spacing, weight.ndim)
    core = distance_transform(inside, spacing=edges) > inwards
    reached = distance_transform(~inside, spacing=edges) <= outwards
    if not core.any():
        raise ValueError(
            f"start must have a part farther than inwards={inwards} from its border; make one smaller"
        )

    def energy(u: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        length, slope = variation(u, weight, edges)
        return (length - balloon * dot(weight, u)) / u.size, slope - balloon * weight

    low, high = core.astype(np.float64), reached.astype(np.float64)
    return descending(inside.astype(np.float64), energy, tolerance=tolerance, low=low, high=high)
