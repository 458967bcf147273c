"""Two regions of minimal energy: Chan and Vese's model by projected gradient descent."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array, same_shape

# Rounds the total variation off where it has no gradient: far below an edge, where u jumps by 1 per voxel.
ROUNDING = 0.1
SUFFICIENT_DECREASE = 1e-4
FIRST_CHANGE = 0.2
PATIENCE = 10
ROUNDING_ERROR = 1e-12


@dataclass(frozen=True, eq=False)
class ChanVese:
    """What the descent found and how it went.

    Parameters
    ----------
    mask : (...) ndarray of bool
        The inner region.
    energies : (K,) ndarray
        Energy at the start and after each step, in units of the image's variance; never increasing.
    converged : bool
        False if the steps were used up first.
    """

    mask: NDArray[np.bool_]
    energies: NDArray[np.float64]
    converged: bool


def chan_vese(
    image: ArrayLike,
    *,
    start: ArrayLike | None = None,
    smoothness: float = 1.0,
    spacing: tuple[float, ...] | None = None,
    steps: int = 500,
    tolerance: float = 1e-5,
) -> ChanVese:
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
    ChanVese
        The mask, the energy at each step, and whether it converged.

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

    Birgin EG, Martinez JM, Raydan M. Nonmonotone spectral projected gradient methods on convex sets. SIAM Journal
    on Optimization 10 (2000) 1196-1211. (The length tried first at each step.)

    Examples
    --------
    >>> image = np.zeros((9, 9))
    >>> image[2:7, 2:7] = 100.0
    >>> result = chan_vese(image)
    >>> int(result.mask.sum()), result.converged
    (25, True)
    """
    array = real_array(image).astype(np.float64)
    if array.ndim not in {2, 3}:
        raise ValueError(f"image must have 2 or 3 axes, received shape {array.shape}")
    if array.min() == array.max():
        raise ValueError(f"image must have two regions to part, received {array.flat[0]} everywhere")
    if not (np.isfinite(smoothness) and smoothness >= 0):
        raise ValueError(f"smoothness must be a length, zero or positive, received {smoothness}")
    if steps < 0 or tolerance <= 0:
        raise ValueError(f"steps must be >= 0 and tolerance > 0, received steps={steps}, tolerance={tolerance}")
    edges = (1.0,) * array.ndim if spacing is None else tuple(map(float, spacing))
    if len(edges) != array.ndim or not all(np.isfinite(edge) and edge > 0 for edge in edges):
        raise ValueError(f"spacing must be {array.ndim} positive lengths in mm, received {spacing}")
    unit = (array - array.min()) / np.ptp(array)
    standard = (unit - unit.mean()) / unit.std()
    return _descend(_starting(start, standard), _Energy(standard, smoothness, edges), steps, tolerance)


def _starting(start: ArrayLike | None, standard: NDArray) -> NDArray[np.float64]:
    if start is None:
        return (standard > 0).astype(np.float64)
    inside = real_array(start, name="start") != 0
    same_shape(image=standard, start=inside)
    if inside.all() or not inside.any():
        raise ValueError("start must have voxels inside and outside, received a mask that is full or empty")
    return inside.astype(np.float64)


@dataclass(frozen=True, eq=False)
class _Energy:
    standard: NDArray[np.float64]
    smoothness: float
    spacing: tuple[float, ...]

    def __call__(self, u: NDArray) -> tuple[float, NDArray]:
        f = self.standard
        inner, total = u.sum(), f.size
        bright = _dot(u, f)
        c1 = bright / inner if inner > 0 else 0.0
        c2 = -bright / (total - inner) if inner < total else 0.0
        outside = (f - c2) ** 2
        # c1 and c2 are optimal for u, so that their own change adds nothing to the gradient.
        gradient = (f - c1) ** 2 - outside
        energy = _dot(u, gradient) + outside.sum()
        if self.smoothness > 0:
            variation, slope = self._variation(u)
            energy += self.smoothness * variation
            gradient += self.smoothness * slope
        return energy / total, gradient

    def _variation(self, u: NDArray) -> tuple[float, NDArray]:
        rounding = ROUNDING / min(self.spacing)
        slopes = [np.diff(u, axis=axis) / edge for axis, edge in enumerate(self.spacing)]
        length = np.full(u.shape, rounding**2)
        for axis, slope in enumerate(slopes):
            length[_all_but(-1, axis, u.ndim)] += slope**2
        np.sqrt(length, out=length)
        gradient = np.zeros_like(u)
        for axis, (slope, edge) in enumerate(zip(slopes, self.spacing, strict=True)):
            before, after = _all_but(-1, axis, u.ndim), _all_but(0, axis, u.ndim)
            flux = slope / length[before] / edge
            gradient[before] -= flux
            gradient[after] += flux
        return float((length - rounding).sum()), gradient


def _dot(a: NDArray, b: NDArray) -> float:
    # Not numpy.vdot: its threads would make the steps depend on the machine.
    return float((a * b).sum())


def _all_but(index: int, axis: int, ndim: int) -> tuple[slice, ...]:
    kept = slice(1, None) if index == 0 else slice(None, -1)
    return tuple(kept if other == axis else slice(None) for other in range(ndim))


def _descend(u: NDArray, function: _Energy, steps: int, tolerance: float) -> ChanVese:
    energy, gradient = function(u)
    energies = [energy]
    length = FIRST_CHANGE / max(float(np.abs(gradient).max()), 1e-12)
    converged = False
    while not converged and len(energies) <= steps:
        trial = np.clip(u - length * gradient, 0, 1)
        move = trial - u
        gain = -_dot(gradient, move) / u.size
        new_energy, new_gradient = function(trial)
        if new_energy > energy - SUFFICIENT_DECREASE * gain:
            converged = gain < ROUNDING_ERROR
            length /= 2
            continue
        curvature = _dot(move, new_gradient - gradient)
        length = min(_dot(move, move) / curvature, 1e3) if curvature > 0 else 1e3
        u, energy, gradient = trial, new_energy, new_gradient
        energies.append(energy)
        converged = len(energies) > PATIENCE and energies[-PATIENCE - 1] - energy < tolerance
    return ChanVese(u > 0.5, np.array(energies), bool(converged))
