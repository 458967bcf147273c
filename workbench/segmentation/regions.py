"""Regions of a mask: connected components and holes. Neighbours share a face (an edge in 2-D)."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage

from workbench.checks import real_array


def largest_region(mask: ArrayLike) -> NDArray[np.bool_]:
    """Keep the connected region with the most voxels.

    Parameters
    ----------
    mask : (...) array_like of bool
        Nonzero is inside.

    Returns
    -------
    (...) ndarray of bool
        Of several largest regions the one that comes first.

    Raises
    ------
    ValueError
        If `mask` has nothing inside.

    Examples
    --------
    >>> largest_region([[1, 0, 1, 1]])
    array([[False, False,  True,  True]])
    """
    inside = real_array(mask, name="mask") != 0
    if not inside.any():
        raise ValueError("mask must have at least one voxel inside, received an empty mask")
    labels, _ = ndimage.label(inside)
    return labels == np.bincount(labels[inside]).argmax()


def fill_holes(mask: ArrayLike) -> NDArray[np.bool_]:
    """Fill what is outside the mask but not connected with the image's border.

    Parameters
    ----------
    mask : (...) array_like of bool
        Nonzero is inside.

    Returns
    -------
    (...) ndarray of bool
        `mask` without its holes.

    Raises
    ------
    ValueError
        If `mask` is not finite or has no element.

    Examples
    --------
    >>> fill_holes([[1, 1, 1], [1, 0, 1], [1, 1, 1]]).all()
    np.True_
    """
    return ndimage.binary_fill_holes(real_array(mask, name="mask") != 0)
