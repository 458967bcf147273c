"""Mathematical morphology with flat elements, of masks and of grey images.

What lies outside the image is left out of each minimum and maximum, so that an opening never grows, a closing
never shrinks, and both leave a second application nothing to do, up to the very border.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array
from workbench.processing.chunks import by_chunks

from .elements import element_for, half_element, whole_element

OPENCV_TYPES = tuple(map(np.dtype, ("uint8", "uint16", "int16", "float32", "float64")))


@by_chunks(half_element)
def erosion(
    image: ArrayLike,
    *,
    size: int | tuple[int, ...] | None = None,
    radius: float | None = None,
    spacing: tuple[float, ...] | None = None,
    element: str | None = None,
) -> NDArray:
    """Take the minimum over the element around each voxel; a mask loses its rim.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        Grey values or a boolean mask.
    size : int or tuple of int, optional
        Odd edge lengths of the element in voxels; 3 if `radius` is not given either.
    radius : float, optional
        Of the element in mm, instead of `size`.
    spacing : tuple of float, optional
        Millimetres between neighbours on each axis, for `radius`. An Image brings its own.
    element : {"box", "ball", "cross"}, optional
        By default a box of a size and a ball of a radius; `structuring_element` draws it.

    Returns
    -------
    ndarray
        Shape and type of `image`.

    Raises
    ------
    ValueError
        If both `size` and `radius` are given, one is malformed, `radius` comes without a spacing, `element` is
        none of the three, or `image` is empty, not finite, or has other than 2 or 3 axes.

    References
    ----------
    Serra J. Image Analysis and Mathematical Morphology. Academic Press (1982).

    Examples
    --------
    >>> erosion([[5, 5, 5, 9, 9]], size=(1, 3))
    array([[5, 5, 5, 5, 9]])
    """
    array, neighbourhood = _prepare(image, size=size, radius=radius, spacing=spacing, element=element)
    return _extreme(array, neighbourhood, largest=False)


@by_chunks(half_element)
def dilation(
    image: ArrayLike,
    *,
    size: int | tuple[int, ...] | None = None,
    radius: float | None = None,
    spacing: tuple[float, ...] | None = None,
    element: str | None = None,
) -> NDArray:
    """Take the maximum over the element around each voxel; a mask gains a rim.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        Grey values or a boolean mask.
    size : int or tuple of int, optional
        Odd edge lengths of the element in voxels; 3 if `radius` is not given either.
    radius : float, optional
        Of the element in mm, instead of `size`.
    spacing : tuple of float, optional
        Millimetres between neighbours on each axis, for `radius`. An Image brings its own.
    element : {"box", "ball", "cross"}, optional
        By default a box of a size and a ball of a radius; `structuring_element` draws it.

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
    array, neighbourhood = _prepare(image, size=size, radius=radius, spacing=spacing, element=element)
    return _extreme(array, neighbourhood, largest=True)


@by_chunks(whole_element)
def opening(
    image: ArrayLike,
    *,
    size: int | tuple[int, ...] | None = None,
    radius: float | None = None,
    spacing: tuple[float, ...] | None = None,
    element: str | None = None,
) -> NDArray:
    """Erode, then dilate: bright details into which the element does not fit go.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        Grey values or a boolean mask.
    size : int or tuple of int, optional
        Odd edge lengths of the element in voxels; 3 if `radius` is not given either.
    radius : float, optional
        Of the element in mm, instead of `size`.
    spacing : tuple of float, optional
        Millimetres between neighbours on each axis, for `radius`. An Image brings its own.
    element : {"box", "ball", "cross"}, optional
        By default a box of a size and a ball of a radius; `structuring_element` draws it.

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
    array, neighbourhood = _prepare(image, size=size, radius=radius, spacing=spacing, element=element)
    return _extreme(_extreme(array, neighbourhood, largest=False), neighbourhood, largest=True)


@by_chunks(whole_element)
def closing(
    image: ArrayLike,
    *,
    size: int | tuple[int, ...] | None = None,
    radius: float | None = None,
    spacing: tuple[float, ...] | None = None,
    element: str | None = None,
) -> NDArray:
    """Dilate, then erode: dark details into which the element does not fit go.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        Grey values or a boolean mask.
    size : int or tuple of int, optional
        Odd edge lengths of the element in voxels; 3 if `radius` is not given either.
    radius : float, optional
        Of the element in mm, instead of `size`.
    spacing : tuple of float, optional
        Millimetres between neighbours on each axis, for `radius`. An Image brings its own.
    element : {"box", "ball", "cross"}, optional
        By default a box of a size and a ball of a radius; `structuring_element` draws it.

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
    array, neighbourhood = _prepare(image, size=size, radius=radius, spacing=spacing, element=element)
    return _extreme(_extreme(array, neighbourhood, largest=True), neighbourhood, largest=False)


def _prepare(image: ArrayLike, **options: Any) -> tuple[NDArray, NDArray[np.bool_]]:
    array = real_array(image)
    if array.ndim not in {2, 3}:
        raise ValueError(f"image must have 2 or 3 axes, received shape {array.shape}")
    return array, element_for(image, array.ndim, options)


def _extreme(array: NDArray, element: NDArray[np.bool_], *, largest: bool) -> NDArray:
    if array.dtype == bool:
        return _extreme(array.view(np.uint8), element, largest=largest).view(bool)
    if array.dtype not in OPENCV_TYPES:
        # By rank, because float64 would merge neighbouring large integers.
        values, ranks = np.unique(array, return_inverse=True)
        ranked = _extreme(ranks.reshape(array.shape).astype(np.float64), element, largest=largest)
        return values[ranked.astype(np.intp)]
    array = np.ascontiguousarray(array)
    if element.all():
        return _box_extreme(array, element.shape, largest)
    if array.ndim == 2:
        return (cv2.dilate if largest else cv2.erode)(array, element.astype(np.uint8))
    from workbench.compiled.extremes import extreme

    return extreme(array, element, largest=largest)


def _box_extreme(array: NDArray, size: tuple[int, ...], largest: bool) -> NDArray:
    # Axis by axis, each seen as the rows of a plane, which is what OpenCV knows.
    planar = cv2.dilate if largest else cv2.erode
    *_, height, width = array.shape
    result = planar(array.reshape(-1, width), np.ones((1, size[-1]), np.uint8)).reshape(-1, height, width)
    for plane in result if size[-2] > 1 else ():
        planar(plane, np.ones((size[-2], 1), np.uint8), dst=plane)
    if array.ndim == 3 and size[0] > 1:
        result = planar(result.reshape(len(array), -1), np.ones((size[0], 1), np.uint8))
    return result.reshape(array.shape)
