"""How far the voxels of a mask are from its border."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array
from workbench.images.spacings import voxel_edges


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
    edges = voxel_edges(mask, spacing, inside.ndim)
    from workbench.compiled.distances import distances

    added = 3 - inside.ndim
    return distances(inside.reshape((1,) * added + inside.shape), (1.0,) * added + edges).reshape(inside.shape)
