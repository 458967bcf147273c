"""Linear smoothing, the median, sharpening and convolution with any kernel.

Intensities keep their units. `median` keeps the dtype; the others return float32 for float32 images and float64
for everything else, because a mean of integers is seldom an integer and is not rounded here. Results equal those
of scipy.ndimage to 1e-12 of the largest value (float32: 1e-6), those of the median exactly. All cores work. A
batch has a window of 1 or a width of 0 along its axis. Dask arrays are filtered by chunks, with the same results.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage

from workbench.checks import one_of, real_array, window_size

from .arrays import BORDERS, VOLUME, as_floating, floating, in_voxels, planes_or_more, positive, sources
from .channels import neighbourhood
from .chunks import half_window
from .ranks import ranked
from .slices import boxes, separable_slices, weighted_slices

# As in scipy.ndimage: beyond 4 sigma a Gaussian holds less than 1e-4 of its weight.
TRUNCATE = 4.0
# Integers that OpenCV adds up in double precision by itself.
AS_THEY_ARE = {np.dtype(np.uint8), np.dtype(np.uint16), np.dtype(np.int16)}
# Longer kernels would smooth anything to its mean, slowly.
LARGEST_RADIUS = 2**16
# A sum over so few is not slower than two over fewer.
SMALL_KERNEL = 9


def _gaussian_reach(ndim: int, options: Mapping[str, Any]) -> tuple[int, ...]:
    widths = in_voxels(options["sigma"], options["spacing"], ndim)
    return tuple(int(TRUNCATE * width + 0.5) for width in widths)


@neighbourhood(half_window)
def mean(
    image: ArrayLike,
    *,
    size: int | tuple[int, ...] = 3,
    border: str = "reflect",
    channel_axis: int | None = None,
) -> NDArray:
    """Replace each voxel by the mean of the window around it.

    Parameters
    ----------
    image : (M, N[, ...]) array_like
        A slice or a volume; axes with window length 1, such as those of channels or batches, are not mixed.
    size : int or tuple of int, optional
        Odd window length in voxels, one for all axes or one for each.
    border : {"reflect", "mirror", "nearest", "constant", "wrap"}, optional
        How the image continues, as in scipy.ndimage; ``"constant"`` is zero.
    channel_axis : int, optional
        Where channels are: each is filtered by itself. Never guessed.

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
    array = planes_or_more(real_array(image))
    sizes = window_size(size, array.ndim)
    one_of(border, BORDERS, name="border")
    return boxes(array if array.dtype in AS_THEY_ARE else as_floating(array), sizes, border)


@neighbourhood(_gaussian_reach)
def gaussian(
    image: ArrayLike,
    *,
    sigma: float | tuple[float, ...] = 1.0,
    spacing: tuple[float, ...] | None = None,
    border: str = "reflect",
    channel_axis: int | None = None,
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
    channel_axis : int, optional
        Where channels are: each is filtered by itself. Never guessed.

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
    one_of(border, BORDERS, name="border")
    return _separable(array, [_gaussian_kernel(width) for width in widths], border)


@neighbourhood(_gaussian_reach)
def unsharp(
    image: ArrayLike,
    *,
    sigma: float | tuple[float, ...] = 1.0,
    amount: float = 1.0,
    spacing: tuple[float, ...] | None = None,
    border: str = "reflect",
    channel_axis: int | None = None,
) -> NDArray:
    """Sharpen: add what a Gaussian takes away, f + amount (f - gaussian(f)).

    Parameters
    ----------
    image : (M, N[, ...]) array_like
        The image f: a slice or a volume.
    sigma : float or tuple of float, optional
        Standard deviation of the Gaussian in voxels, or in mm where `spacing` is given.
    amount : float, optional
        Positive: how much of the difference is added.
    spacing : tuple of float, optional
        Millimetres between neighbours along each axis.
    border : {"reflect", "mirror", "nearest", "constant", "wrap"}, optional
        How the image continues, as in scipy.ndimage; ``"constant"`` is zero.
    channel_axis : int, optional
        Where channels are: each is filtered by itself. Never guessed.

    Returns
    -------
    ndarray of float32 or float64
        Same shape and units. Beside an edge the result goes beyond the image's own range, and noise grows with it.

    Raises
    ------
    TypeError, ValueError
        If the image is not finite real numbers, sigma negative, amount not positive, or the border unknown.

    References
    ----------
    Gonzalez RC, Woods RE. Digital Image Processing, 4th ed. (2018), section 3.6.

    Examples
    --------
    >>> unsharp([[0.0, 0.0, 8.0, 8.0]], sigma=(0, 0.5)).round(2)
    array([[-0.  , -0.85,  8.85,  8.  ]])
    """
    array = planes_or_more(floating(image))
    positive(amount, name="amount")
    sharp = gaussian(array, sigma=sigma, spacing=spacing, border=border)
    np.subtract(array, sharp, out=sharp)
    sharp *= amount
    sharp += array
    return sharp


@neighbourhood(lambda ndim, options: tuple(length // 2 for length in np.shape(options["kernel"])))
def convolve(
    image: ArrayLike,
    *,
    kernel: ArrayLike,
    border: str = "reflect",
    channel_axis: int | None = None,
) -> NDArray:
    """Convolve with any kernel: G = f * h, so the kernel is turned by 180 degrees.

    A kernel that is the product of one for each axis is found by its singular values; the axes are then filtered
    one after the other.

    Parameters
    ----------
    image : (M, N[, ...]) array_like
        The image f: a slice or a volume.
    kernel : (K, L[, ...]) array_like
        The kernel h, with as many axes as the image; ``kernel[None]`` filters the slices of a volume one by one.
        Its centre is at index ``length // 2`` of each axis.
    border : {"reflect", "mirror", "nearest", "constant", "wrap"}, optional
        How the image continues, as in scipy.ndimage; ``"constant"`` is zero.
    channel_axis : int, optional
        Where channels are: each is filtered by itself. Never guessed.

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
    if array.ndim > VOLUME:
        return ndimage.convolve(array, weights, mode=border)
    # What follows correlates: turn the kernel, and give it a voxel in the middle.
    turned = np.zeros([length // 2 * 2 + 1 for length in weights.shape])
    turned[tuple(slice((length + 1) % 2, None) for length in weights.shape)] = np.flip(weights)
    factors = None if turned.size <= SMALL_KERNEL else _factors(turned)
    if factors is not None:
        return _separable(array, factors, border)
    lift = (None,) * (VOLUME - array.ndim)
    volume, turned = array[lift], turned[lift]
    if len(turned) == 1:
        return weighted_slices(volume, turned[0], border).reshape(array.shape)

    from workbench.compiled.correlation import correlate

    return correlate(volume, sources(volume.shape, turned.shape, border=border), turned).reshape(array.shape)


@neighbourhood(half_window)
def median(
    image: ArrayLike,
    *,
    size: int | tuple[int, ...] = 3,
    border: str = "reflect",
    channel_axis: int | None = None,
) -> NDArray:
    """Replace each voxel by the median of the window around it.

    Parameters
    ----------
    image : (M, N[, ...]) array_like
        A slice or a volume.
    size : int or tuple of int, optional
        Odd window length in voxels, one for all axes or one for each.
    border : {"reflect", "mirror", "nearest", "constant", "wrap"}, optional
        How the image continues, as in scipy.ndimage; ``"constant"`` is zero.
    channel_axis : int, optional
        Where channels are: each is filtered by itself. Never guessed.

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
    if array.dtype.itemsize > 8:
        array = array.astype(np.float64)
    elif not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("="))
    if array.dtype == bool:
        return ranked(array.view(np.uint8), sizes, border).view(bool)
    return ranked(array, sizes, border)


@lru_cache(maxsize=64)
def _gaussian_kernel(sigma: float) -> NDArray:
    if sigma == 0:
        return np.ones(1)
    radius = int(TRUNCATE * sigma + 0.5)
    if radius > LARGEST_RADIUS:
        raise ValueError(f"sigma must be at most {LARGEST_RADIUS / TRUNCATE:g} voxels, received {sigma:g}")
    weights = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2)
    weights /= weights.sum()
    weights.flags.writeable = False
    return weights


def _separable(image: NDArray, kernels: Sequence[NDArray], border: str) -> NDArray:
    from workbench.compiled.correlation import separable

    one = np.ones(1)
    if image.ndim > VOLUME:
        line = image.reshape(len(image), 1, -1)
        places = sources(line.shape, (len(kernels[0]), 1, 1), border=border)
        along_first = separable(line, places, (kernels[0], one, one)).reshape(image.shape)
        return np.stack([_separable(part, kernels[1:], border) for part in along_first])
    volume = image[(None,) * (VOLUME - image.ndim)]
    first, down, across = three = (*[one] * (VOLUME - image.ndim), *kernels)
    # In single precision OpenCV is faster within slices.
    if image.dtype == np.float32 and len(first) == 1:
        return separable_slices(volume, down * first, across, border).reshape(image.shape)
    places = sources(volume.shape, tuple(map(len, three)), border=border)
    if image.dtype == np.float32:
        volume = separable(volume, places, (first, one, one))
        if max(len(down), len(across)) > 1:
            volume = separable_slices(volume, down, across, border)
    else:
        volume = separable(volume, places, three)
    return volume.reshape(image.shape)


def _factors(kernel: NDArray) -> list[NDArray] | None:
    """Write a kernel as the outer product of one for each axis, if to rounding it is one."""
    if kernel.ndim == 1:
        return [kernel]
    left, values, right = np.linalg.svd(kernel.reshape(len(kernel), -1), full_matrices=False)
    if len(values) > 1 and values[1] > np.finfo(float).eps * max(kernel.shape) * values[0]:
        return None
    rest = _factors(right[0].reshape(kernel.shape[1:]))
    return None if rest is None else [left[:, 0] * values[0], *rest]
