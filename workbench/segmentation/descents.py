"""What the energies of this folder share: descent that never goes up, and its result."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array, same_shape

# Rounds the total variation off where it has no gradient: far below an edge, where u jumps by 1 per voxel.
ROUNDING = 0.1
SUFFICIENT_DECREASE = 1e-4
FIRST_CHANGE = 0.2
LONGEST = 1e3
PATIENCE = 10
ROUNDING_ERROR = 1e-12

Energy = Callable[[NDArray[np.float64]], tuple[float, NDArray[np.float64]]]


@dataclass(frozen=True, eq=False)
class Descent:
    """What a descent found and how it went.

    Parameters
    ----------
    mask : (...) ndarray of bool
        The inner region.
    energies : (K,) ndarray
        Energy at the start and after each step; never increasing.
    converged : bool
        False if the steps were used up first.
    """

    mask: NDArray[np.bool_]
    energies: NDArray[np.float64]
    converged: bool


def descend(
    u: NDArray[np.float64],
    function: Energy,
    *,
    steps: int,
    tolerance: float,
    low: NDArray | float = 0.0,
    high: NDArray | float = 1.0,
) -> Descent:
    """Lower an energy by projected gradients, step by step, halving each step until the energy falls.

    Parameters
    ----------
    u : (...) ndarray of float64
        Where to start, from `low` to `high`.
    function : callable
        Returns the energy per voxel of u, and the derivative of the energy's sum.
    steps : int
        At most so many.
    tolerance : float
        The descent has converged when 10 steps lower the energy by less.
    low, high : ndarray or float, optional
        Bounds of u.

    Returns
    -------
    Descent
        With the mask ``u > 0.5``.

    References
    ----------
    Birgin EG, Martinez JM, Raydan M. Nonmonotone spectral projected gradient methods on convex sets. SIAM Journal
    on Optimization 10 (2000) 1196-1211. (The length tried first at each step.)

    Examples
    --------
    >>> found = descend(np.zeros(2), lambda u: (((u - 2) ** 2).mean(), 2 * (u - 2)), steps=99, tolerance=1e-9)
    >>> found.mask.tolist(), float(found.energies[-1]), found.converged
    ([True, True], 1.0, True)
    """
    return reached(descending(u, function, tolerance=tolerance, low=low, high=high), steps)


def descending(
    u: NDArray[np.float64],
    function: Energy,
    *,
    tolerance: float,
    low: NDArray | float = 0.0,
    high: NDArray | float = 1.0,
) -> Iterator[Descent]:
    """Lower an energy as `descend` does, and give what is reached at the start and after each step.

    Parameters
    ----------
    u, function, tolerance, low, high
        As for `descend`.

    Yields
    ------
    Descent
        The last one has converged.

    Examples
    --------
    >>> found = [*descending(np.zeros(2), lambda u: (((u - 2) ** 2).mean(), 2 * (u - 2)), tolerance=1e-9)]
    >>> [one.converged for one in found].index(True) == len(found) - 1
    True
    """
    energy, gradient = function(u)
    energies = [energy]
    length = FIRST_CHANGE / max(float(np.abs(gradient).max()), 1e-12)
    converged = False
    yield Descent(u > 0.5, np.array(energies), False)
    while not converged:
        trial = u - length * gradient
        np.clip(trial, low, high, out=trial)
        move = trial - u
        gain = -dot(gradient, move) / u.size
        new_energy, new_gradient = function(trial)
        if new_energy > energy - SUFFICIENT_DECREASE * gain:
            length /= 2
            converged = gain < ROUNDING_ERROR
            if not converged:
                continue
        else:
            curvature = dot(move, new_gradient - gradient)
            length = min(dot(move, move) / curvature, LONGEST) if curvature > 0 else LONGEST
            u, energy, gradient = trial, new_energy, new_gradient
            energies.append(energy)
            converged = len(energies) > PATIENCE and energies[-PATIENCE - 1] - energy < tolerance
        yield Descent(u > 0.5, np.array(energies), bool(converged))


def reached(states: Iterator[Descent], steps: int) -> Descent:
    """Return what a descent reaches in so many steps, or where it converges before.

    Parameters
    ----------
    states : iterator of Descent
        From `descending`.
    steps : int
        Zero or more.

    Returns
    -------
    Descent

    Examples
    --------
    >>> states = descending(np.zeros(2), lambda u: (((u - 2) ** 2).mean(), 2 * (u - 2)), tolerance=1e-9)
    >>> len(reached(states, 1).energies)
    2
    """
    found = next(states)
    while len(found.energies) <= steps and not found.converged:
        found = next(states)
    return found


def variation(
    u: NDArray[np.float64], weight: NDArray[np.float64], spacing: tuple[float, ...]
) -> tuple[float, NDArray[np.float64]]:
    """Sum ``weight * |grad u|`` for an image of 2 or 3 axes, rounded off where it is nearly flat.

    Parameters
    ----------
    u, weight : (M, N) or (P, M, N) ndarray of float64
        The image, and what each voxel counts.
    spacing : tuple of float
        Distance between neighbours on each axis.

    Returns
    -------
    tuple of float and ndarray
        The sum and its derivative.

    Examples
    --------
    >>> u = np.array([[0.0, 1.0]])
    >>> round(variation(u, np.ones_like(u), (1.0, 1.0))[0], 3)
    0.905
    """
    from workbench.compiled.border_lengths import border_length

    added = 3 - u.ndim
    volume, weights = (np.ascontiguousarray(array).reshape((1,) * added + u.shape) for array in (u, weight))
    derivative = np.empty_like(volume)
    value = border_length(volume, weights, (1.0,) * added + spacing, ROUNDING / min(spacing), derivative)
    return value, derivative.reshape(u.shape)


def dot(a: NDArray, b: NDArray) -> float:
    """Sum the products. Not numpy.vdot: its threads would make the steps depend on the machine.

    Parameters
    ----------
    a, b : ndarray
        Of one shape, contiguous.

    Returns
    -------
    float
        The sum.

    Examples
    --------
    >>> dot(np.ones(2), np.array([3.0, 4.0]))
    7.0
    """
    return float(np.einsum("i,i->", a.ravel(), b.ravel()))


def standardized(image: ArrayLike) -> NDArray[np.float64]:
    """Return an image of 2 or 3 axes with mean 0 and variance 1.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        In any units.

    Returns
    -------
    ndarray of float64
        Without units.

    Raises
    ------
    ValueError
        If `image` is constant, empty, not finite, or has other than 2 or 3 axes.

    Examples
    --------
    >>> standardized([[5, 7]])
    array([[-1.,  1.]])
    """
    array = real_array(image).astype(np.float64, order="C")
    if array.ndim not in {2, 3}:
        raise ValueError(f"image must have 2 or 3 axes, received shape {array.shape}")
    if array.min() == array.max():
        raise ValueError(f"image must have two regions to part, received {array.flat[0]} everywhere")
    unit = (array - array.min()) / np.ptp(array)
    return (unit - unit.mean()) / unit.std()


def starting_mask(start: ArrayLike | None, standard: NDArray) -> NDArray[np.bool_]:
    """Return the mask to start from: what is brighter than the mean if none is given.

    Parameters
    ----------
    start : array_like of bool or None
        What the caller received.
    standard : ndarray
        The standardized image.

    Returns
    -------
    ndarray of bool
        With voxels inside and outside.

    Raises
    ------
    ValueError
        If `start` has another shape than the image, or is empty or full.

    Examples
    --------
    >>> starting_mask(None, np.array([[-1.0, 1.0]]))
    array([[False,  True]])
    """
    if start is None:
        return standard > 0
    inside = real_array(start, name="start") != 0
    same_shape(image=standard, start=inside)
    if inside.all() or not inside.any():
        raise ValueError("start must have voxels inside and outside, received a mask that is full or empty")
    return inside


def check_descent(steps: int, tolerance: float) -> None:
    """Raise unless a descent can take `steps` and stop at `tolerance`.

    Parameters
    ----------
    steps : int
        Zero or more.
    tolerance : float
        Above zero.

    Raises
    ------
    ValueError
        If one is out of range.

    Examples
    --------
    >>> check_descent(10, 1e-5)
    """
    if steps < 0 or not tolerance > 0:
        raise ValueError(f"steps must be >= 0 and tolerance > 0, received steps={steps}, tolerance={tolerance}")
