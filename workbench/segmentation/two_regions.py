"""Two regions of nearly constant intensity and a short border: Chan and Vese's model."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import spacing_mm

from .descents import Descent, check_descent, descending, dot, reached, standardized, starting_mask, variation


def chan_vese(
    image: ArrayLike,
    *,
    start: ArrayLike | None = None,
    smoothness: float = 1.0,
    spacing: tuple[float, ...] | None = None,
    steps: int = 500,
    tolerance: float = 1e-5,
) -> Descent:
    """Part an image in two regions of nearly constant intensity with a short border.

    The descent is on the relaxed energy of Chan, Esedoglu and Nikolova,
    ``mean(u (f - c1)^2 + (1 - u) (f - c2)^2 + smoothness |grad u|)`` for ``0 <= u <= 1``, where ``f`` is the
    image with mean 0 and variance 1, ``c1`` and ``c2`` are the mean intensities in ``u`` and ``1 - u``, which are
    optimal for each ``u``, and ``|grad u|`` is rounded off where it is small. Each step follows the gradient, is
    projected onto ``0 <= u <= 1``, and is halved until the energy falls. The mask is ``u > 0.5``. As ``f`` has no
    units, ``a * image + b`` with ``a > 0`` gives the same mask.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        Intensities in any units.
    start : array_like of bool, optional
        The mask to start from; by default what is brighter than the image's mean. It decides which of the two
        regions is the inner one.
    smoothness : float, optional
        What the border costs, in voxels, or in mm if `spacing` is given: a disc whose intensity differs from its
        surroundings' by ``d`` standard deviations goes if its radius is below ``2 * smoothness / d ** 2``.
    spacing : tuple of float, optional
        Millimetres between neighbours on each axis. Voxels are cubes of edge 1 without it.
    steps : int, optional
        At most so many.
    tolerance : float, optional
        The descent has converged when 10 steps lower the energy by less than this.

    Returns
    -------
    Descent
        The mask, the energy at each step in units of the image's variance, and whether it converged.

    Raises
    ------
    ValueError
        If `image` is constant, empty, not finite, or has other than 2 or 3 axes; if `start` has another shape, is
        empty or full; if an option is out of its range.

    References
    ----------
    Chan TF, Vese LA. Active contours without edges. IEEE Transactions on Image Processing 10 (2001) 266-277.

    Chan TF, Esedoglu S, Nikolova M. Algorithms for finding global minimizers of image segmentation and denoising
    models. SIAM Journal on Applied Mathematics 66 (2006) 1632-1648.

    Examples
    --------
    >>> image = np.zeros((9, 9))
    >>> image[2:7, 2:7] = 100.0
    >>> result = chan_vese(image)
    >>> int(result.mask.sum()), result.converged
    (25, True)
    """
    check_descent(steps, tolerance)
    states = chan_vese_steps(image, start=start, smoothness=smoothness, spacing=spacing, tolerance=tolerance)
    return reached(states, steps)


def chan_vese_steps(
    image: ArrayLike,
    *,
    start: ArrayLike | None = None,
    smoothness: float = 1.0,
    spacing: tuple[float, ...] | None = None,
    tolerance: float = 1e-5,
) -> Iterator[Descent]:
    """Part an image as `chan_vese` does, step by step.

    Parameters
    ----------
    image, start, smoothness, spacing, tolerance
        As for `chan_vese`.

    Returns
    -------
    iterator of Descent
        What is reached at the start and after each step, until it converges.

    Raises
    ------
    ValueError
        As for `chan_vese`.

    Examples
    --------
    >>> image = np.zeros((9, 9))
    >>> image[2:7, 2:7] = 100.0
    >>> *_, last = chan_vese_steps(image)
    >>> int(last.mask.sum()), last.converged
    (25, True)
    """
    standard = standardized(image)
    if not (np.isfinite(smoothness) and smoothness >= 0):
        raise ValueError(f"smoothness must be a length, zero or positive, received {smoothness}")
    check_descent(0, tolerance)
    edges = (1.0,) * standard.ndim if spacing is None else spacing_mm(spacing, standard.ndim)
    u = starting_mask(start, standard).astype(np.float64)
    return descending(u, TwoRegions(standard, smoothness, edges), tolerance=tolerance)


class TwoRegions:
    """The energy of Chan, Esedoglu and Nikolova, and its derivative.

    Parameters
    ----------
    standard : ndarray of float64
        An image with mean 0 and variance 1.
    smoothness : float
        What the border costs for each unit of its length.
    spacing : tuple of float
        The edges of a voxel.
    """

    def __init__(self, standard: NDArray[np.float64], smoothness: float, spacing: tuple[float, ...]) -> None:
        self.standard, self.smoothness, self.spacing = standard, smoothness, spacing
        self.squares = dot(standard, standard)
        self.weight = np.full(standard.shape, float(smoothness))

    def __call__(self, u: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """Return the energy per voxel of `u`, and the derivative of the energy's sum."""
        inner, total = float(u.sum()), u.size
        bright = dot(u, self.standard)
        c1 = bright / inner if inner > 0 else 0.0
        c2 = -bright / (total - inner) if inner < total else 0.0
        # The means are optimal for u, so that their own change adds nothing to the derivative.
        gradient = 2 * (c2 - c1) * self.standard
        gradient += c1 * c1 - c2 * c2
        energy = self.squares - inner * c1 * c1 - (total - inner) * c2 * c2
        if self.smoothness > 0:
            length, slope = variation(u, self.weight, self.spacing)
            energy += length
            gradient += slope
        return energy / total, gradient
