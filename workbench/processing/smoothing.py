"""Linear smoothing, the median and convolution with any kernel.

Intensities keep their units. `median` keeps the dtype; the others return float32 for float32 images and float64
for everything else, because a mean of integers is seldom an integer and is not rounded here. OpenCV does the work
where it computes the same thing faster; results equal those of scipy.ndimage to 1e-12 of the largest value
(float32: 1e-6).
"""

from collections.abc import Callable
from math import prod
from typing import Any

import cv2
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage

from workbench.checks import one_of, real_array, window_size

from .arrays import BORDERS, floating, in_voxels, pad, planes_or_more

# As in scipy.ndimage: beyond 4 sigma a Gaussian holds less than 1e-4 of its weight.
TRUNCATE = 4.0
# How many values of windows a median holds in memory at a time.
BLOCK = 2**22
# The dtypes that scipy.ndimage cannot rank, and those that hold the same values.
RANKED: dict[str, np.dtype] = {"bool": np.dtype(np.uint8), "float16": np.dtype(np.float32)}
OPENCV_BORDERS = {
    "reflect": cv2.BORDER_REFLECT,
    "mirror": cv2.BORDER_REFLECT_101,
    "nearest": cv2.BORDER_REPLICATE,
    "constant": cv2.BORDER_CONSTANT,
}


def mean(image: ArrayLike, *, size: int | tuple[int, ...] = 3, border: str = "reflect") -> NDArray:
    """Replace each voxel by the mean of the window around it.

    Parameters
    ----------
    image : (M, N[, ...]) array_like
        A slice or a volume; axes with window length 1, such as those of channels or batches, are not mixed.
    size : int or tuple of int, optional
        Odd window length in voxels, one for all axes or one for each.
    border : {"reflect", "mirror", "nearest", "constant", "wrap"}, optional
        How the image continues, as in scipy.ndimage; ``"constant"`` is zero.

    Returns
    -------
    ndarray of float32 or float64
        Same shape and units.

    Raises
    ------
    TypeError, ValueError
        If the image is not finite real numbers, the window even, or the border unknown.

    Examples
    --------
    >>> mean([[0, 3, 0]], size=(1, 3))
    array([[1., 1., 1.]])
    """
    array = planes_or_more(floating(image))
    sizes = window_size(size, array.ndim)
    if one_of(border, BORDERS, name="border") == "wrap":
        return ndimage.uniform_filter(array, sizes, mode="wrap")

    def box(plane: NDArray, window: tuple[int, int]) -> NDArray:
        return cv2.boxFilter(plane, -1, window[::-1], borderType=OPENCV_BORDERS[border])

    return _by_planes(array, sizes, box, neutral=1)


def gaussian(
    image: ArrayLike,
    *,
    sigma: float | tuple[float, ...] = 1.0,
    spacing: tuple[float, ...] | None = None,
    border: str = "reflect",
) -> NDArray:
    """Convolve with a Gaussian, cut off at 4 sigma.

    Parameters
    ----------
    image : (M, N[, ...]) array_like
        A slice or a volume.
    sigma : float or tuple of float, optional
        Standard deviation in voxels, or in mm where `spacing` is given; 0 leaves an axis as it is.
    spacing : tuple of float, optional
        Millimetres between neighbours along each axis.
    border : {"reflect", "mirror", "nearest", "constant", "wrap"}, optional
        How the image continues, as in scipy.ndimage; ``"constant"`` is zero.

    Returns
    -------
    ndarray of float32 or float64
        Same shape and units.

    Raises
    ------
    TypeError, ValueError
        If the image is not finite real numbers, sigma negative, or the border unknown.

    Examples
    --------
    >>> gaussian([[0.0, 1.0, 0.0]], sigma=(0, 0.5), border="constant").round(3)
    array([[0.106, 0.787, 0.106]])
    """
    array = planes_or_more(floating(image))
    widths = in_voxels(sigma, spacing, array.ndim)
    if one_of(border, BORDERS, name="border") == "wrap":
        return ndimage.gaussian_filter(array, widths, mode="wrap", truncate=TRUNCATE)

    def blur(plane: NDArray, kernels: tuple[NDArray, NDArray]) -> NDArray:
        return cv2.sepFilter2D(plane, -1, kernels[1], kernels[0], borderType=OPENCV_BORDERS[border])

    return _by_planes(array, tuple(map(_gaussian_kernel, widths)), blur, neutral=np.ones(1))


def convolve(image: ArrayLike, *, kernel: ArrayLike, border: str = "reflect") -> NDArray:
    """Convolve with any kernel: G = f * h, so the kernel is turned by 180 degrees.

    Parameters
    ----------
    image : (M, N[, ...]) array_like
        The image f: a slice or a volume.
    kernel : (K, L[, ...]) array_like
        The kernel h, with as many axes as the image; ``kernel[None]`` filters the slices of a volume one by one.
        Its centre is at index ``length // 2`` of each axis.
    border : {"reflect", "mirror", "nearest", "constant", "wrap"}, optional
        How the image continues, as in scipy.ndimage; ``"constant"`` is zero.

    Returns
    -------
    ndarray of float32 or float64
        Same shape; units of image times kernel.

    Raises
    ------
    TypeError, ValueError
        If image or kernel are not finite real numbers, their axes differ, or the border is unknown.

    Examples
    --------
    >>> convolve([[0, 1, 0, 0]], kernel=[[1, 2, 3]])
    array([[1., 2., 3., 0.]])
    """
    array = planes_or_more(floating(image))
    weights = real_array(kernel, name="kernel").astype(np.float64)
    one_of(border, BORDERS, name="border")
    if weights.ndim != array.ndim:
        raise ValueError(
            f"kernel must have {array.ndim} axes, as the image has, received shape {weights.shape}; "
            "for the slices of a volume, one by one, use kernel[None]"
        )
    if border == "wrap":
        return ndimage.convolve(array, weights, mode="wrap")
    return _convolve_planes(array, weights, border)


def median(image: ArrayLike, *, size: int | tuple[int, ...] = 3, border: str = "reflect") -> NDArray:
    """Replace each voxel by the median of the window around it.

    Parameters
    ----------
    image : (M, N[, ...]) array_like
        A slice or a volume.
    size : int or tuple of int, optional
        Odd window length in voxels, one for all axes or one for each.
    border : {"reflect", "mirror", "nearest", "constant", "wrap"}, optional
        How the image continues, as in scipy.ndimage; ``"constant"`` is zero.

    Returns
    -------
    ndarray
        Same shape, dtype and units: each value is one of the window's.

    Raises
    ------
    TypeError, ValueError
        If the image is not finite real numbers, the window even, or the border unknown.

    References
    ----------
    Huang T, Yang G, Tang G. A fast two-dimensional median filtering algorithm. IEEE Transactions on Acoustics,
    Speech, and Signal Processing 27 (1979) 13-18.

    Examples
    --------
    >>> median([[5, 5, 90, 5, 5]], size=(1, 3))
    array([[5, 5, 5, 5, 5]])
    """
    array = planes_or_more(real_array(image))
    sizes = window_size(size, array.ndim)
    one_of(border, BORDERS, name="border")
    ranked = array.astype(RANKED.get(array.dtype.name, array.dtype.newbyteorder("=")))
    return _median_planes(ranked, sizes, border).astype(array.dtype.newbyteorder("="))


def _by_planes(
    image: NDArray, windows: tuple[Any, ...], filter_plane: Callable[[NDArray, Any], NDArray], *, neutral: Any
) -> NDArray:
    """Apply a separable filter: along the first axis, then within each plane that is left."""
    if image.ndim == 2:
        return filter_plane(image, windows)
    along_first = filter_plane(image.reshape(len(image), -1), (windows[0], neutral)).reshape(image.shape)
    return np.stack([_by_planes(part, windows[1:], filter_plane, neutral=neutral) for part in along_first])


def _gaussian_kernel(sigma: float) -> NDArray:
    if sigma == 0:
        return np.ones(1)
    radius = int(TRUNCATE * sigma + 0.5)
    weights = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2)
    return weights / weights.sum()


def _convolve_planes(image: NDArray, kernel: NDArray, border: str) -> NDArray:
    if image.ndim == 2:
        # OpenCV correlates: turn the kernel, and its centre with it.
        row, column = (length - 1 - length // 2 for length in kernel.shape)
        turned = np.ascontiguousarray(kernel[::-1, ::-1])
        return cv2.filter2D(image, -1, turned, anchor=(column, row), borderType=OPENCV_BORDERS[border])
    length = len(kernel)
    around = (length - 1 - length // 2, length // 2)
    padded = pad(image, (around[0], *[0] * (image.ndim - 1)), (around[1], *[0] * (image.ndim - 1)), border=border)
    result = np.zeros_like(image)
    for index, part in enumerate(kernel[::-1]):
        for place in range(len(image)):
            result[place] += _convolve_planes(padded[place + index], part, border)
    return result


def _median_planes(image: NDArray, sizes: tuple[int, ...], border: str) -> NDArray:
    if image.ndim > 2 and sizes[0] == 1:
        return np.stack([_median_planes(part, sizes[1:], border) for part in image])
    if image.ndim == 2 and sizes[0] == sizes[1] > 1:
        radius = sizes[0] // 2
        padded = pad(image, (radius, radius), (radius, radius), border=border)
        blurred = _opencv_median(padded, sizes[0])
        if blurred is not None:
            return np.ascontiguousarray(blurred[radius:-radius, radius:-radius])
    if image.ndim == 2 and image.dtype.itemsize > 4:
        return ndimage.median_filter(image, sizes, mode=border)
    return _median_of_windows(image, sizes, border)


def _median_of_windows(image: NDArray, sizes: tuple[int, ...], border: str) -> NDArray:
    """Partition each window: two to three times as fast as scipy.ndimage, by numpy's vector instructions."""
    small = image.dtype.kind in "iu" and image.dtype.itemsize < 4
    codes = image.astype(np.int32) if small else image
    radii = tuple(length // 2 for length in sizes)
    windows = sliding_window_view(pad(codes, radii, radii, border=border), sizes)
    count = prod(sizes)
    result = np.empty_like(codes)
    rows = max(1, BLOCK // (count * prod(image.shape[1:])))
    for start in range(0, len(image), rows):
        block = result[start : start + rows]
        values = windows[start : start + rows].reshape(-1, count)
        block[...] = np.partition(values, count // 2, axis=-1)[:, count // 2].reshape(block.shape)
    return result.astype(image.dtype)


def _opencv_median(image: NDArray, size: int) -> NDArray | None:
    """Return OpenCV's median where one of the few dtypes that it takes holds the image exactly."""
    if image.dtype.kind == "f":
        with np.errstate(over="ignore"):
            single = image.astype(np.float32)
        exact = size <= 5 and np.array_equal(single, image)
        return cv2.medianBlur(single, size).astype(image.dtype) if exact else None
    lowest = image.min()
    span = int(image.max()) - int(lowest)
    if span >= 2**16 or (span >= 2**8 and size > 5):
        return None
    # Integers wrap around, so the shift is exact even where image - lowest overflows its dtype.
    codes = (image - lowest).astype(np.uint8 if span < 2**8 else np.uint16)
    return cv2.medianBlur(codes, size).astype(image.dtype) + lowest
