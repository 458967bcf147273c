"""How far the voxels of a mask are from its border."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array
from workbench.images import Image


def distance_transform(mask: ArrayLike, *, spacing: tuple[float, ...] | None = None) -> NDArray[np.float64]:
    """Measure the exact Euclidean distance of each voxel of a mask to the nearest voxel outside.

    From centre to centre: a voxel inside whose neighbour is outside is one voxel away. What lies beyond the image
    is unknown and counts as neither, so that a mask cut off by the border is not thin there.

    Parameters
    ----------
    mask : (N,), (M, N) or (P, M, N) array_like of bool
        Nonzero is inside. ``~mask`` gives the distances outside.
    spacing : tuple of float, optional
        Millimetres between neighbours on each axis. An Image brings its own; without it voxels are 1 apart.

    Returns
    -------
    ndarray of float64
        In mm, or in voxels without `spacing`; 0 outside the mask.

    Raises
    ------
    ValueError
        If no voxel is outside, `spacing` is malformed, or `mask` is empty of elements, not finite, or has more
        than 3 axes.

    References
    ----------
    Felzenszwalb PF, Huttenlocher DP. Distance transforms of sampled functions. Theory of Computing 8 (2012)
    415-428.

    Examples
    --------
    >>> distance_transform([[0, 1, 1, 1]], spacing=(1.0, 0.5))
    array([[0. , 0.5, 1. , 1.5]])
    """
    inside = real_array(mask, name="mask") != 0
    if inside.ndim not in {1, 2, 3}:
        raise ValueError(f"mask must have 1 to 3 axes, received shape {inside.shape}")
    if inside.all():
        raise ValueError("mask must have a voxel outside to measure distances to, received a full mask")
    if spacing is None and isinstance(mask, Image):
        spacing = mask.spacing
    if spacing is not None and (
        len(spacing) != inside.ndim or not all(math.isfinite(mm) and mm > 0 for mm in spacing)
    ):
        raise ValueError(f"spacing must be {inside.ndim} positive lengths in mm, received {spacing}")
    from workbench.compiled.distances import distances

    added = 3 - inside.ndim
    edges = (1.0,) * inside.ndim if spacing is None else tuple(map(float, spacing))
    return distances(inside.reshape((1,) * added + inside.shape), (1.0,) * added + edges).reshape(inside.shape)
