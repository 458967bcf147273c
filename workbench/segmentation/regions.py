"""Regions of a mask: connected components and holes.

Unless `connectivity` says otherwise, neighbours share a face (an edge in 2-D).
"""

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array, spacing_mm
from workbench.images.spacings import own_spacing

if TYPE_CHECKING:
    from workbench.compiled.components import Components


def label(mask: ArrayLike, *, connectivity: int = 1) -> NDArray[np.int32]:
    """Number the connected regions of a mask.

    Parameters
    ----------
    mask : (N,), (M, N) or (P, M, N) array_like of bool
        Nonzero is inside.
    connectivity : int, optional
        Along how many axes neighbours may differ by one voxel: 1 is faces, 2 edges too, 3 corners too.

    Returns
    -------
    ndarray of int32
        0 outside; regions from 1, in the order of their first voxels.

    Raises
    ------
    ValueError
        If `connectivity` is not from 1 to the number of axes, or `mask` is empty of elements, not finite, or has
        more than 3 axes.

    References
    ----------
    He L, Chao Y, Suzuki K. A run-based two-scan labeling algorithm. IEEE Transactions on Image Processing 17
    (2008) 749-756.

    Examples
    --------
    >>> label([[1, 0, 1], [0, 1, 1]])
    array([[1, 0, 2],
           [0, 2, 2]], dtype=int32)
    >>> label([[1, 0, 1], [0, 1, 1]], connectivity=2).max()
    np.int32(1)
    """
    inside = _inside(mask)
    found = connected(inside, connectivity)
    return found.painted(np.arange(1, found.count + 1, dtype=np.int32)).reshape(inside.shape)


def largest_region(mask: ArrayLike, *, connectivity: int = 1) -> NDArray[np.bool_]:
    """Keep the connected region with the most voxels.

    Parameters
    ----------
    mask : (N,), (M, N) or (P, M, N) array_like of bool
        Nonzero is inside.
    connectivity : int, optional
        As for `label`.

    Returns
    -------
    ndarray of bool
        Of several largest regions the one that comes first.

    Raises
    ------
    ValueError
        If `mask` has nothing inside, or as for `label`.

    Examples
    --------
    >>> largest_region([[1, 0, 1, 1]])
    array([[False, False,  True,  True]])
    """
    inside = _inside(mask)
    found = connected(inside, connectivity)
    if not found.count:
        raise ValueError("mask must have at least one voxel inside, received an empty mask")
    largest = np.zeros(found.count, bool)
    largest[found.sizes().argmax()] = True
    return found.painted(largest).reshape(inside.shape)


def remove_small(
    mask: ArrayLike,
    *,
    size: int | None = None,
    volume: float | None = None,
    spacing: tuple[float, ...] | None = None,
    connectivity: int = 1,
) -> NDArray[np.bool_]:
    """Remove the connected regions below a size.

    Parameters
    ----------
    mask : (N,), (M, N) or (P, M, N) array_like of bool
        Nonzero is inside.
    size : int, optional
        The least number of voxels that stays.
    volume : float, optional
        The least volume that stays, in cubic mm (square mm in 2-D), instead of `size`.
    spacing : tuple of float, optional
        Millimetres between neighbours on each axis, for `volume`. An Image brings its own.
    connectivity : int, optional
        As for `label`.

    Returns
    -------
    ndarray of bool
        The mask without its small regions; perhaps nothing.

    Raises
    ------
    ValueError
        If not one of `size` and `volume` is given, it is negative, `volume` comes without a spacing, or as for
        `label`.

    Examples
    --------
    >>> remove_small([[1, 0, 1, 1]], size=2)
    array([[False, False,  True,  True]])
    """
    inside = _inside(mask)
    least = size if size is not None else volume
    if least is None or (size is not None and volume is not None):
        raise ValueError(f"expected size (voxels) or volume (mm), received size={size}, volume={volume}")
    if not (math.isfinite(least) and least >= 0):
        raise ValueError(f"{'size' if volume is None else 'volume'} must be zero or positive, received {least}")
    found = connected(inside, connectivity)
    voxel = 1.0 if volume is None else _voxel(mask, spacing, inside.ndim)
    # A region of exactly the volume stays, whatever rounding says.
    return found.painted(found.sizes() * voxel >= least * (1 - 1e-9)).reshape(inside.shape)


def fill_holes(mask: ArrayLike, *, connectivity: int = 1) -> NDArray[np.bool_]:
    """Fill what is outside the mask but not connected with the image's border.

    Parameters
    ----------
    mask : (N,), (M, N) or (P, M, N) array_like of bool
        Nonzero is inside.
    connectivity : int, optional
        Of the outside, as for `label`: with 1 a hole that touches the outside at a corner only is filled.

    Returns
    -------
    ndarray of bool
        `mask` without its holes.

    Raises
    ------
    ValueError
        As for `label`.

    Examples
    --------
    >>> fill_holes([[1, 1, 1], [1, 0, 1], [1, 1, 1]]).all()
    np.True_
    """
    inside = _inside(mask)
    outside = connected(~inside, connectivity)
    # A border is the end of each axis that the mask was given with, even if it is one voxel long.
    open_ends = np.ones(outside.count, bool) if 1 in inside.shape else outside.at_border()
    return ~outside.painted(open_ends).reshape(inside.shape)


def connected(inside: NDArray[np.bool_], connectivity: int) -> "Components":
    """Find the connected components of a mask of 1 to 3 axes.

    Parameters
    ----------
    inside : ndarray of bool
        Up to 3 axes.
    connectivity : int
        From 1 to the number of axes.

    Returns
    -------
    Components
        Of a volume with 3 axes, the first ones added.

    Raises
    ------
    ValueError
        If `connectivity` or the number of axes is out of range.

    Examples
    --------
    >>> connected(np.array([True, False, True]), 1).count
    2
    """
    from workbench.compiled.components import components

    if inside.ndim not in {1, 2, 3}:
        raise ValueError(f"mask must have 1 to 3 axes, received shape {inside.shape}")
    if connectivity not in range(1, inside.ndim + 1):
        raise ValueError(f"connectivity must be an integer from 1 to {inside.ndim}, received {connectivity!r}")
    return components(inside.reshape((1,) * (3 - inside.ndim) + inside.shape), connectivity)


def _inside(mask: ArrayLike) -> NDArray[np.bool_]:
    return real_array(mask, name="mask") != 0


def _voxel(mask: ArrayLike, spacing: tuple[float, ...] | None, ndim: int) -> float:
    known = own_spacing(mask, spacing)
    if known is None:
        raise ValueError("volume is in mm, so give spacing, such as image.spacing; or give size in voxels")
    return math.prod(spacing_mm(known, ndim))
