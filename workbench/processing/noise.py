"""Simulated noise, to see what a filter does where the truth is known."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .arrays import floating, per_axis
from .chunks import in_memory


@in_memory("its random numbers come in one row")
def add_noise(image: ArrayLike, *, noise: float, seed: int | np.random.Generator) -> NDArray:
    """Add white Gaussian noise.

    Parameters
    ----------
    image : array_like
        Any shape.
    noise : float
        Standard deviation, in the image's units.
    seed : int or numpy.random.Generator
        The same seed gives the same noise.

    Returns
    -------
    ndarray of float32 or float64
        Same shape and units; not clipped.

    Raises
    ------
    TypeError, ValueError
        If the image is not finite real numbers, or `noise` is negative or not finite.

    Examples
    --------
    >>> add_noise([[1.0, 2.0]], noise=0, seed=0)
    array([[1., 2.]])
    """
    array = floating(image)
    per_axis(noise, 1, name="noise")
    return array + np.random.default_rng(seed).normal(0, noise, array.shape).astype(array.dtype)


@in_memory("its random numbers come in one row")
def add_impulses(
    image: ArrayLike,
    *,
    fraction: float,
    seed: int | np.random.Generator,
    values: tuple[float, float] | None = None,
) -> NDArray:
    """Replace pixels at random places by black or white: salt-and-pepper noise.

    Parameters
    ----------
    image : array_like
        Any shape.
    fraction : float
        From 0 to 1: the chance of each pixel to be replaced, half of them by each value.
    seed : int or numpy.random.Generator
        The same seed gives the same noise.
    values : (black, white), optional
        The image's extremes where not given.

    Returns
    -------
    ndarray
        Same shape, dtype and units.

    Raises
    ------
    TypeError, ValueError
        If the image is not finite real numbers, or `fraction` is not from 0 to 1.

    Examples
    --------
    >>> add_impulses([[5, 5, 5, 5]], fraction=1, seed=0, values=(0, 9))
    array([[9, 0, 0, 0]])
    """
    array = floating(image)
    if not 0 <= fraction <= 1:
        raise ValueError(f"fraction must be from 0 to 1, received {fraction}")
    black, white = (array.min(), array.max()) if values is None else values
    chance = np.random.default_rng(seed).random(array.shape)
    noisy = np.select([chance < fraction / 2, chance < fraction], [black, white], array)
    return noisy.astype(np.asarray(image).dtype)
