"""One spacing: the one that an Image brings, or the one that a caller gives; never two that differ."""

import numpy as np
from numpy.typing import ArrayLike

from workbench.checks import spacing_mm

from .image import Image


def own_spacing(image: ArrayLike, spacing: tuple[float, ...] | None) -> tuple[float, ...] | None:
    """Return the Image's own spacing, or the one that a caller gave for an array.

    Parameters
    ----------
    image : array_like or Image
        An array brings no spacing.
    spacing : tuple of float or None
        What the caller gave.

    Returns
    -------
    tuple of float or None
        None where it is not known.

    Raises
    ------
    ValueError
        If the caller's contradicts the Image's.

    Examples
    --------
    >>> own_spacing(Image([[1]], spacing=(2, 1)), None)
    (2.0, 1.0)
    """
    own = image.spacing if isinstance(image, Image) else None
    if own is None or spacing is None:
        return spacing if own is None else own
    if np.shape(spacing) not in {(), np.shape(own)} or not np.allclose(own, spacing, rtol=1e-3):
        raise ValueError(f"the image's spacing is {own} mm, received {spacing}; leave it out")
    return own


def voxel_edges(image: ArrayLike, spacing: tuple[float, ...] | None, ndim: int) -> tuple[float, ...]:
    """Return the lengths of a voxel's edges: 1 where the spacing is not known.

    Parameters
    ----------
    image : array_like or Image
        An array brings no spacing.
    spacing : tuple of float or None
        What the caller gave, in mm.
    ndim : int
        Number of axes.

    Returns
    -------
    tuple of float
        `ndim` lengths.

    Raises
    ------
    ValueError
        If the spacing is not `ndim` positive lengths, or contradicts the Image's.

    Examples
    --------
    >>> voxel_edges([[1]], None, 2), voxel_edges(Image([[1]], spacing=(2, 1)), None, 2)
    ((1.0, 1.0), (2.0, 1.0))
    """
    known = own_spacing(image, spacing)
    return (1.0,) * ndim if known is None else spacing_mm(known, ndim)
