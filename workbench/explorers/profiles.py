"""Profiles: intensities along a line."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray


def line_profile(
    image: ArrayLike,
    start: tuple[float, float],
    stop: tuple[float, float],
    *,
    spacing: tuple[float, ...] | None = None,
    channel_axis: int | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Read intensities along a line, a voxel apart.

    Parameters
    ----------
    image : (M, N) array_like
        A slice; of colours, the mean is read.
    start, stop : tuple of 2 float
        (row, column).
    spacing : tuple of 2 float, optional
        Millimetres (row, column); distances are in voxels without.
    channel_axis : int, optional
        Of colours.

    Returns
    -------
    distances, values : ndarray

    Examples
    --------
    >>> line_profile([[0, 2, 4]], (0, 0), (0, 2))
    (array([0., 1., 2.]), array([0., 2., 4.]))
    """
    from scipy.ndimage import map_coordinates

    plane = np.asarray(image, dtype=np.float64)
    plane = plane if channel_axis is None else plane.mean(axis=channel_axis)
    ends = np.array([start, stop], dtype=float)
    count = math.ceil(math.dist(start, stop)) + 1
    places = np.linspace(ends[0], ends[1], count)
    length = float(np.linalg.norm((ends[1] - ends[0]) * (spacing or (1.0, 1.0))))
    return np.linspace(0, length, count), map_coordinates(plane, places.T, order=1, mode="nearest")
