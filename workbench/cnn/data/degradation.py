"""Simulated faults of MR images, to see what a model stands."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array


def add_bias_field(images: ArrayLike, *, strength: float) -> NDArray:
    """Make one side of each image brighter than the other, as a receive coil nearer to it does.

    The field is a ramp along the columns, from ``1 - strength`` to ``1 + strength``.

    Parameters
    ----------
    images : (..., rows, columns) array_like
        Any units whose zero means no signal.
    strength : float
        From 0 (no change) to below 1.

    Returns
    -------
    ndarray of float64
        Same shape and units.

    Raises
    ------
    ValueError
        If `strength` is out of range.

    Examples
    --------
    >>> add_bias_field([[10.0, 10.0, 10.0]], strength=0.5)
    array([[ 5., 10., 15.]])
    """
    array = real_array(images, name="images").astype(np.float64)
    if not 0 <= strength < 1:
        raise ValueError(f"strength must be 0 or more and below 1, received {strength}")
    return array * np.linspace(1 - strength, 1 + strength, array.shape[-1])


def add_rician_noise(images: ArrayLike, *, sd: ArrayLike, seed: int = 0) -> NDArray:
    """Add the noise of magnitude MR images: of the complex signal, Gaussian in both parts, the magnitude is left.

    Parameters
    ----------
    images : (...) array_like
        Not negative.
    sd : float or array_like
        Standard deviation of each part, in the images' units; 0 or more. An array must broadcast to the images:
        ``sd[:, None, None]`` gives each slice its own.
    seed : int, optional
        Of the noise.

    Returns
    -------
    ndarray of float64
        Same shape and units.

    Raises
    ------
    ValueError
        If an intensity or `sd` is negative.

    References
    ----------
    Gudbjartsson H, Patz S. The Rician distribution of noisy MRI data. Magnetic Resonance in Medicine 34 (1995)
    910-914.

    Examples
    --------
    >>> add_rician_noise([3.0, 4.0], sd=0)
    array([3., 4.])
    """
    array = real_array(images, name="images").astype(np.float64)
    spread = np.broadcast_to(real_array(sd, name="sd"), array.shape)
    if array.min() < 0 or spread.min() < 0:
        raise ValueError(f"images and sd must not be negative, received {array.min():g} and {spread.min():g}")
    rng = np.random.default_rng(seed)
    return np.hypot(array + rng.normal(0, spread), rng.normal(0, spread))
