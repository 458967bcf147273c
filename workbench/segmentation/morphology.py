"""Mathematical morphology with flat elements, of masks and of grey images.

What lies outside the image is left out of each minimum and maximum, so that an opening never grows, a closing
never shrinks, and both leave a second application nothing to do, up to the very border.
"""

import math

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array, window_size
from workbench.images import Image

OPENCV_TYPES = tuple(map(np.dtype, ("uint8", "uint16", "int16", "float32", "float64")))
# A voxel whose centre lies on the ball's surface belongs to it, whatever rounding says.
SURFACE = 1 + 1e-9


def erosion(
    image: ArrayLike,
    *,
    size: int | tuple[int, ...] | None = None,
    radius: float | None = None,
    spacing: tuple[float, ...] | None = None,
) -> NDArray:
    """Take the minimum over the element around each voxel; a mask loses its rim.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        Grey values or a boolean mask.
    size : int or tuple of int, optional
        Odd edge lengths of a box in voxels; 3 if `radius` is not given either.
    radius : float, optional
        Of a ball in mm, instead of `size`.
    spacing : tuple of float, optional
        Millimetres between neighbours on each axis, for `radius`. An Image brings its own.

    Returns
    -------
    ndarray
        Shape and type of `image`.

    Raises
    ------
    ValueError
        If both `size` and `radius` are given, either is malformed, `radius` comes without a spacing, or `image`
        is empty, not finite, or has other than 2 or 3 axes.

    References
    ----------
    Serra J. Image Analysis and Mathematical Morphology. Academic Press (1982).

    Examples
    --------
    >>> erosion([[5, 5, 5, 9, 9]], size=(1, 3))
    array([[5, 5, 5, 5, 9]])
    """
    array, element = _prepare(image, size, radius, spacing)
    return _extreme(array, element, largest=False)


def dilation(
    image: ArrayLike,
    *,
    size: int | tuple[int, ...] | None = None,
    radius: float | None = None,
    spacing: tuple[float, ...] | None = None,
) -> NDArray:
    """Take the maximum over the element around each voxel; a mask gains a rim.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        Grey values or a boolean mask.
    size : int or tuple of int, optional
        Odd edge lengths of a box in voxels; 3 if `radius` is not given either.
    radius : float, optional
        Of a ball in mm, instead of `size`.
    spacing : tuple of float, optional
        Millimetres between neighbours on each axis, for `radius`. An Image brings its own.

    Returns
    -------
    ndarray
        Shape and type of `image`.

    Raises
    ------
    ValueError
        As for `erosion`.

    References
    ----------
    Serra J. Image Analysis and Mathematical Morphology. Academic Press (1982).

    Examples
    --------
    >>> dilation([[False, False, True]], radius=1.0, spacing=(1.0, 1.0))
    array([[False,  True,  True]])
    """
    array, element = _prepare(image, size, radius, spacing)
    return _extreme(array, element, largest=True)


def opening(
    image: ArrayLike,
    *,
    size: int | tuple[int, ...] | None = None,
    radius: float | None = None,
    spacing: tuple[float, ...] | None = None,
) -> NDArray:
    """Erode, then dilate: bright details into which the element does not fit go.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        Grey values or a boolean mask.
    size : int or tuple of int, optional
        Odd edge lengths of a box in voxels; 3 if `radius` is not given either.
    radius : float, optional
        Of a ball in mm, instead of `size`.
    spacing : tuple of float, optional
        Millimetres between neighbours on each axis, for `radius`. An Image brings its own.

    Returns
    -------
    ndarray
        Shape and type of `image`, nowhere above it.

    Raises
    ------
    ValueError
        As for `erosion`.

    References
    ----------
    Serra J. Image Analysis and Mathematical Morphology. Academic Press (1982).

    Examples
    --------
    >>> opening([[0, 7, 0, 7, 7, 7, 0]], size=(1, 3))
    array([[0, 0, 0, 7, 7, 7, 0]])
    """
    array, element = _prepare(image, size, radius, spacing)
    return _extreme(_extreme(array, element, largest=False), element, largest=True)


def closing(
    image: ArrayLike,
    *,
    size: int | tuple[int, ...] | None = None,
    radius: float | None = None,
    spacing: tuple[float, ...] | None = None,
) -> NDArray:
    """Dilate, then erode: dark details into which the element does not fit go.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        Grey values or a boolean mask.
    size : int or tuple of int, optional
        Odd edge lengths of a box in voxels; 3 if `radius` is not given either.
    radius : float, optional
        Of a ball in mm, instead of `size`.
    spacing : tuple of float, optional
        Millimetres between neighbours on each axis, for `radius`. An Image brings its own.

    Returns
    -------
    ndarray
        Shape and type of `image`, nowhere below it.

    Raises
    ------
    ValueError
        As for `erosion`.

    References
    ----------
    Serra J. Image Analysis and Mathematical Morphology. Academic Press (1982).

    Examples
    --------
    >>> closing([[7, 7, 0, 7, 0, 0, 0]], size=(1, 3))
    array([[7, 7, 7, 7, 0, 0, 0]])
    """
    array, element = _prepare(image, size, radius, spacing)
    return _extreme(_extreme(array, element, largest=True), element, largest=False)


def _prepare(
    image: ArrayLike,
    size: int | tuple[int, ...] | None,
    radius: float | None,
    spacing: tuple[float, ...] | None,
) -> tuple[NDArray, NDArray[np.bool_]]:
    array = real_array(image)
    if array.ndim not in {2, 3}:
        raise ValueError(f"image must have 2 or 3 axes, received shape {array.shape}")
    if radius is None:
        return array, np.ones(window_size(3 if size is None else size, array.ndim), bool)
    if size is not None:
        raise ValueError(f"expected size (voxels) or radius (mm), received both: {size} and {radius}")
    if spacing is None and isinstance(image, Image):
        spacing = image.spacing
    if spacing is None:
        raise ValueError("radius is in mm, so give spacing, such as image.spacing; or give size in voxels")
    return array, _ball(radius, spacing, array.ndim)


def _ball(radius: float, spacing: tuple[float, ...], ndim: int) -> NDArray[np.bool_]:
    if not (math.isfinite(radius) and radius > 0):
        raise ValueError(f"radius must be positive, in mm, received {radius}")
    if len(spacing) != ndim or not all(math.isfinite(mm) and mm > 0 for mm in spacing):
        raise ValueError(f"spacing must be {ndim} positive lengths in mm, received {spacing}")
    half = [int(radius / mm * SURFACE) for mm in spacing]
    offsets = np.ogrid[tuple(slice(-n, n + 1) for n in half)]
    squares = sum((offset * mm) ** 2 for offset, mm in zip(offsets, spacing, strict=True))
    return np.asarray(squares) <= radius**2 * SURFACE


def _extreme(array: NDArray, element: NDArray[np.bool_], *, largest: bool) -> NDArray:
    if array.dtype == bool:
        return _extreme(array.view(np.uint8), element, largest=largest).view(bool)
    if array.dtype in OPENCV_TYPES:
        return _by_slices(array, element, largest)
    # The other types pass through OpenCV by rank, because float64 would merge neighbouring large integers.
    values, ranks = np.unique(array, return_inverse=True)
    extreme = _by_slices(ranks.reshape(array.shape).astype(np.float64), element, largest)
    return values[extreme.astype(np.intp)]


def _by_slices(array: NDArray, element: NDArray[np.bool_], largest: bool) -> NDArray:
    # OpenCV is many times faster than scipy but knows planes only: a volume's extreme is that of its planes'.
    planar = cv2.dilate if largest else cv2.erode
    if array.ndim == 2:
        return planar(np.ascontiguousarray(array), element.astype(np.uint8))
    combine = np.maximum if largest else np.minimum
    half = len(element) // 2
    result = array.copy()
    for offset in range(min(half, len(array) - 1) + 1):
        planes = np.stack([_by_slices(plane, element[half + offset], largest) for plane in array])
        above, below = slice(offset, None), slice(None, len(array) - offset)
        combine(result[above], planes[below], out=result[above])
        combine(result[below], planes[above], out=result[below])
    return result
