"""Intensities mapped to other intensities by one formula: grey from colour, windows, gamma, normalisation.

What comes back is float32 for float32 images and float64 for everything else. Each function says its range.
"""

from collections.abc import Mapping
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import one_of, real_array
from workbench.images import Image, Step
from workbench.images.marks import in_units

from .arrays import floating
from .chunks import by_chunks, in_memory, pointwise
from .values import increasing, percentiles_of, values_inside

#: Red, green and blue parts of luminance, ITU-R BT.709.
LUMINANCE = (0.2125, 0.7154, 0.0721)
METHODS = ("z-score", "percentile", "min-max")
Pair = tuple[float, float]


def _limits_known(ndim: int, options: Mapping[str, Any]) -> tuple[int, ...]:
    if options["limits"] is None:
        raise TypeError("a Dask array needs limits=(low, high), as finding them takes all voxels at once")
    return pointwise(ndim, options)


@overload
def grayscale(image: Image, *, channel_axis: int | None = ...) -> Image: ...
@overload
def grayscale(image: ArrayLike, *, channel_axis: int | None = ...) -> NDArray: ...
@in_memory("it takes an axis away")
def grayscale(image: ArrayLike | Image, *, channel_axis: int | None = None) -> NDArray | Image:
    """Turn colour into luminance, 0.2125 R + 0.7154 G + 0.0721 B.

    Parameters
    ----------
    image : (M, N, 3 or 4) array_like or Image
        Red, green, blue and perhaps alpha along the channel axis. Where alpha is not full the picture is laid on
        white.
    channel_axis : int, optional
        Where the channels are. Only an Image that declares its own can do without.

    Returns
    -------
    ndarray or Image
        Without the channel axis, in the range of the colours (0 to 255 for 8 bit), not rounded. An Image keeps
        its geometry and gains a step of history.

    Raises
    ------
    TypeError
        If the values are not real numbers.
    ValueError
        If the channel axis is not given or does not hold 3 or 4 channels.

    References
    ----------
    ITU-R Recommendation BT.709-6 (2015). Parameter values for the HDTV standards. The rounding to four digits is
    that of scikit-image.

    Examples
    --------
    >>> grayscale([[[255, 0, 0], [255, 255, 255]]], channel_axis=-1)
    array([[ 54.1875, 255.    ]])
    """
    axis = image.channel_axis if isinstance(image, Image) and channel_axis is None else channel_axis
    array = real_array(image)
    if axis is None:
        raise ValueError(
            f"channel_axis must say which axis of shape {array.shape} holds the colours; give channel_axis=-1 if "
            "it is the last"
        )
    if not -array.ndim <= axis < array.ndim or array.shape[axis] not in {3, 4}:
        raise ValueError(f"axis {axis} must hold 3 or 4 channels, received shape {array.shape}")
    channels = np.moveaxis(floating(array), axis, 0)
    gray = np.tensordot(np.asarray(LUMINANCE, channels.dtype), channels[:3], axes=1)
    if len(channels) == 4:
        white = np.iinfo(array.dtype).max if array.dtype.kind in "iu" else 1
        alpha = channels[3] / white
        gray = alpha * gray + (1 - alpha) * white
    if not isinstance(image, Image):
        return gray
    return image.replace(
        pixels=gray, channel_axis=None, step=Step("processing.contrast.grayscale", {"channel_axis": axis})
    )


@in_units("")
@by_chunks(pointwise)
def window(image: ArrayLike, *, level: float, width: float, output_range: Pair = (0, 1)) -> NDArray:
    """Map the window from level - width / 2 to level + width / 2 linearly to a range, and clip the rest.

    Parameters
    ----------
    image : array_like
        Any shape.
    level, width : float
        Centre and extent of the window, in the image's units. This is the plain linear form, which DICOM names
        ``LINEAR_EXACT``; its older ``LINEAR`` form shifts the level by 0.5 and shortens the width by 1.
    output_range : (low, high), optional
        What the ends of the window become.

    Returns
    -------
    ndarray of float32 or float64
        Same shape, within `output_range`.

    Raises
    ------
    TypeError, ValueError
        If the image is not finite real numbers, the width not positive, or the range not increasing.

    References
    ----------
    DICOM PS3.3, C.11.2.1.3.2 (LINEAR_EXACT); C.11.2.1.2 (LINEAR).

    Examples
    --------
    >>> window([-200, -160, 40, 240, 300], level=40, width=400)
    array([0. , 0. , 0.5, 1. , 1. ])
    """
    if not np.isfinite((level, width)).all() or width <= 0:
        raise ValueError(f"level must be finite and width positive, received level={level}, width={width}")
    fraction = floating(image) - level
    fraction /= width
    fraction += 0.5
    return _to_range(fraction, output_range)


@in_units("")
@by_chunks(_limits_known)
def stretch(
    image: ArrayLike,
    *,
    percentiles: Pair = (1, 99),
    limits: Pair | None = None,
    output_range: Pair = (0, 1),
) -> NDArray:
    """Stretch the contrast: map low to high linearly to a range, and clip the rest.

    Parameters
    ----------
    image : array_like
        Any shape.
    percentiles : (low, high), optional
        Which percentiles of the image become the ends of the range; (0, 100) clips nothing.
    limits : (low, high), optional
        The ends themselves, in the image's units, in place of percentiles.
    output_range : (low, high), optional
        What they become.

    Returns
    -------
    ndarray of float32 or float64
        Same shape, within `output_range`.

    Raises
    ------
    TypeError, ValueError
        If the image is not finite real numbers, a pair is not increasing, or the percentiles coincide, as in a
        constant image.

    Examples
    --------
    >>> stretch([10, 20, 30], percentiles=(0, 100))
    array([0. , 0.5, 1. ])
    >>> stretch([10, 20, 30], limits=(20, 30), output_range=(0, 255))
    array([  0.,   0., 255.])
    """
    array = floating(image)
    low, high = percentiles_of(array, percentiles) if limits is None else increasing(limits, name="limits")
    fraction = array - low
    fraction /= high - low
    return _to_range(fraction, output_range)


@in_units("")
@by_chunks(_limits_known)
def gamma(image: ArrayLike, *, exponent: float, limits: Pair | None = None) -> NDArray:
    """Brighten or darken the middle greys: low + (high - low) ((x - low) / (high - low))^exponent.

    Parameters
    ----------
    image : array_like
        Any shape.
    exponent : float
        Above 0. Less than 1 brightens dark regions and gives them contrast, more than 1 bright ones.
    limits : (low, high), optional
        The ends, in the image's units, which stay where they are; what lies beyond is clipped to them. The
        image's extremes where not given.

    Returns
    -------
    ndarray of float32 or float64
        Same shape, within the limits.

    Raises
    ------
    TypeError, ValueError
        If the image is not finite real numbers or is constant, the exponent not positive, or the limits not
        increasing.

    References
    ----------
    Gonzalez RC, Woods RE. Digital Image Processing, 4th ed. (2018), section 3.2.

    Examples
    --------
    >>> gamma([0, 64, 256], exponent=0.5)
    array([  0., 128., 256.])
    """
    array = floating(image)
    if not (np.isfinite(exponent) and exponent > 0):
        raise ValueError(f"exponent must be positive and finite, received {exponent}")
    low, high = percentiles_of(array, (0, 100)) if limits is None else increasing(limits, name="limits")
    return low + (high - low) * np.clip((array - low) / (high - low), 0, 1) ** exponent


@in_units("")
@in_memory("its mean or percentiles are those of all voxels")
def normalize(
    image: ArrayLike,
    *,
    method: str = "z-score",
    mask: ArrayLike | None = None,
    percentiles: Pair = (1, 99),
) -> NDArray:
    """Shift and scale intensities so that images can be compared; nothing is clipped.

    Parameters
    ----------
    image : array_like
        Any shape.
    method : {"z-score", "percentile", "min-max"}, optional
        ``"z-score"``: mean 0 and standard deviation 1. ``"percentile"``: the two percentiles become 0 and 1.
        ``"min-max"``: the extremes become 0 and 1.
    mask : array_like of bool, optional
        Where mean, percentiles or extremes are taken; the mapping is applied everywhere.
    percentiles : (low, high), optional
        For ``"percentile"``.

    Returns
    -------
    ndarray of float32 or float64
        Same shape, without units.

    Raises
    ------
    TypeError, ValueError
        If the image is not finite real numbers, is constant where it counts, or the mask is empty or has another
        shape.

    References
    ----------
    Shinohara RT et al. Statistical normalization techniques for magnetic resonance imaging. NeuroImage: Clinical 6
    (2014) 9-19.

    Examples
    --------
    >>> normalize([1.0, 2.0, 3.0, 100.0], method="min-max", mask=[1, 1, 1, 0])
    array([ 0. ,  0.5,  1. , 49.5])
    """
    array = floating(image)
    inside = values_inside(array, mask).astype(np.float64)
    one_of(method, METHODS, name="method")
    if method == "z-score":
        if inside.min() == inside.max():
            raise ValueError(f"a constant image has no z-scores: every value counted is {inside[0]}")
        return ((array - inside.mean()) / inside.std()).astype(array.dtype)
    low, high = percentiles_of(inside, percentiles if method == "percentile" else (0, 100))
    return ((array - low) / (high - low)).astype(array.dtype)


def _to_range(fraction: NDArray, output_range: Pair) -> NDArray:
    """Clip to 0 to 1 and spread over a range, in place: the fewer passes over memory, the faster."""
    bottom, top = increasing(output_range, name="output_range")
    np.clip(fraction, 0, 1, out=fraction)
    if (bottom, top) != (0, 1):
        fraction *= top - bottom
        fraction += bottom
    return fraction
