"""Structuring elements: the neighbourhoods of mathematical morphology, in voxels or in millimetres."""

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import one_of, spacing_mm, window_size
from workbench.images import Image

SHAPES = ("box", "ball", "cross")
# A voxel whose centre lies on the surface belongs to the element, whatever rounding says.
SURFACE = 1 + 1e-9


def structuring_element(
    ndim: int,
    *,
    size: int | tuple[int, ...] | None = None,
    radius: float | None = None,
    spacing: tuple[float, ...] | None = None,
    element: str | None = None,
) -> NDArray[np.bool_]:
    """Draw the neighbourhood over which morphology takes its minima and maxima.

    Parameters
    ----------
    ndim : int
        Number of axes.
    size : int or tuple of int, optional
        Odd edge lengths in voxels; 3 if `radius` is not given either.
    radius : float, optional
        In mm, instead of `size`: what is so far or nearer belongs to it.
    spacing : tuple of float, optional
        Millimetres between neighbours on each axis, for `radius`.
    element : {"box", "ball", "cross"}, optional
        All voxels within `size` or `radius` on each axis, those in the ellipsoid with these extents (a disc, a
        ball), or those on its axes. By default a box of a size and a ball of a radius.

    Returns
    -------
    ndarray of bool
        `ndim` odd edges.

    Raises
    ------
    ValueError
        If both `size` and `radius` are given, one is malformed, `radius` comes without spacing, or `element` is
        none of the three.

    Examples
    --------
    >>> structuring_element(2, size=3, element="cross").astype(int)
    array([[0, 1, 0],
           [1, 1, 1],
           [0, 1, 0]])
    >>> structuring_element(2, radius=2.0, spacing=(2.0, 1.0)).sum(axis=0)
    array([1, 1, 3, 1, 1])
    """
    shape = one_of(element or ("box" if radius is None else "ball"), SHAPES, name="element")
    if radius is None:
        half = [length // 2 for length in window_size(3 if size is None else size, ndim)]
        # In units of the half length, of which an axis of one voxel has none.
        reach, units = 1.0, [1 / max(n, 1) for n in half]
    else:
        if size is not None:
            raise ValueError(f"expected size (voxels) or radius (mm), received both: {size} and {radius}")
        if spacing is None:
            raise ValueError("radius is in mm, so give spacing, such as image.spacing; or give size in voxels")
        units = list(spacing_mm(spacing, ndim))
        if not (math.isfinite(radius) and radius > 0):
            raise ValueError(f"radius must be positive, in mm, received {radius}")
        reach, half = radius, [int(radius / mm * SURFACE) for mm in units]
    return _drawn(shape, tuple(half), tuple(units), float(reach)).copy()


@lru_cache
def _drawn(shape: str, half: tuple[int, ...], units: tuple[float, ...], reach: float) -> NDArray[np.bool_]:
    drawn = np.ones([2 * n + 1 for n in half], bool)
    offsets = np.ogrid[tuple(slice(-n, n + 1) for n in half)]
    if shape == "ball":
        squares = sum((offset * unit) ** 2 for offset, unit in zip(offsets, units, strict=True))
        drawn &= squares <= reach**2 * SURFACE
    elif shape == "cross":
        drawn &= sum((offset != 0).astype(int) for offset in offsets) <= 1
    return drawn


def element_for(image: ArrayLike, ndim: int, options: Mapping[str, Any]) -> NDArray[np.bool_]:
    """Draw the element that a function's options describe; an Image brings its own spacing.

    Parameters
    ----------
    image : array_like
        What the caller received, perhaps an Image.
    ndim : int
        Number of its axes.
    options : mapping
        Of `structuring_element`.

    Returns
    -------
    ndarray of bool
        The element.

    Examples
    --------
    >>> element_for(Image(np.zeros((3, 3)), spacing=(2.0, 1.0)), 2, {"radius": 1.0}).shape
    (1, 3)
    """
    options = dict(options)
    if options.get("spacing") is None and options.get("radius") is not None and isinstance(image, Image):
        options["spacing"] = image.spacing
    return structuring_element(ndim, **options)


def half_element(ndim: int, options: Mapping[str, Any]) -> tuple[int, ...]:
    """Reach of an erosion or a dilation, for `processing.chunks.by_chunks`.

    Parameters
    ----------
    ndim : int
        Number of axes.
    options : mapping
        Of `structuring_element`.

    Returns
    -------
    tuple of int
        Half the element's edges, rounded down.

    Examples
    --------
    >>> half_element(3, {"size": (1, 5, 5)})
    (0, 2, 2)
    """
    return tuple(length // 2 for length in structuring_element(ndim, **options).shape)


def whole_element(ndim: int, options: Mapping[str, Any]) -> tuple[int, ...]:
    """Reach of an erosion followed by a dilation, for `processing.chunks.by_chunks`.

    Parameters
    ----------
    ndim : int
        Number of axes.
    options : mapping
        Of `structuring_element`.

    Returns
    -------
    tuple of int
        The element's edges less one.

    Examples
    --------
    >>> whole_element(3, {"size": (1, 5, 5)})
    (0, 4, 4)
    """
    return tuple(2 * half for half in half_element(ndim, options))
