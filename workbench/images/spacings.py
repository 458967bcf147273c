"""Which spacing counts: the one that a caller gives, or the one that an Image brings."""

from numpy.typing import ArrayLike

from workbench.checks import spacing_mm

from .image import Image


def own_spacing(image: ArrayLike, spacing: tuple[float, ...] | None) -> tuple[float, ...] | None:
    """Return the spacing that a caller gave; where none was given, the Image's own.

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

    Examples
    --------
    >>> own_spacing(Image([[1]], spacing=(2, 1)), None)
    (2.0, 1.0)
    """
    return image.spacing if spacing is None and isinstance(image, Image) else spacing


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
        If the spacing is not `ndim` positive lengths.

    Examples
    --------
    >>> voxel_edges([[1]], None, 2), voxel_edges(Image([[1]], spacing=(2, 1)), None, 2)
    ((1.0, 1.0), (2.0, 1.0))
    """
    known = own_spacing(image, spacing)
    return (1.0,) * ndim if known is None else spacing_mm(known, ndim)
