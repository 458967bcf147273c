"""Intensities mapped to other intensities: grey from colour, equalisation, windows, normalisation.

What comes back is float32 for float32 images and float64 for everything else. Each function says its range.
"""

from typing import overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import one_of, real_array, same_shape
from workbench.images import Image, Step

from .arrays import floating

#: Red, green and blue parts of luminance, ITU-R BT.709.
LUMINANCE = (0.2125, 0.7154, 0.0721)
METHODS = ("z-score", "percentile", "min-max")
Pair = tuple[float, float]


@overload
def grayscale(image: Image, *, channel_axis: int | None = ...) -> Image: ...
@overload
def grayscale(image: ArrayLike, *, channel_axis: int | None = ...) -> NDArray: ...
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
    return _to_range((floating(image) - level) / width + 0.5, output_range)


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
    low, high = _percentiles(array, percentiles) if limits is None else _increasing(limits, name="limits")
    return _to_range((array - low) / (high - low), output_range)


def equalize(image: ArrayLike, *, mask: ArrayLike | None = None) -> NDArray:
    """Equalise the histogram: replace each value by the fraction of pixels at or below it.

    Parameters
    ----------
    image : array_like
        Any shape. Every distinct value counts by itself: there are no bins to choose.
    mask : array_like of bool, optional
        Where to count; the mapping found there is applied everywhere.

    Returns
    -------
    ndarray of float64
        Same shape, from 0 to 1.

    Raises
    ------
    TypeError, ValueError
        If the image is not finite real numbers or is constant, or the mask is empty or has another shape.

    References
    ----------
    Gonzalez RC, Woods RE. Digital Image Processing, 4th ed. (2018), section 3.3.

    Examples
    --------
    >>> equalize([[1, 1], [5, 200]])
    array([[0.5 , 0.5 ],
           [0.75, 1.  ]])
    """
    array = real_array(image)
    inside = _inside(array, mask)
    if inside.min() == inside.max():
        raise ValueError(f"a constant image cannot be equalised: every value counted is {inside[0]}")
    lowest, highest = array.min(), array.max()
    if array.dtype.kind in "iu" and int(highest) - int(lowest) < 2**16:
        # Few different values: counting them is faster than sorting the pixels.
        codes = array.astype(np.intp) - int(lowest)
        counts = np.bincount(_inside(codes, mask), minlength=int(highest) - int(lowest) + 1)
        return (np.cumsum(counts) / inside.size)[codes]
    return np.searchsorted(np.sort(inside), array, side="right") / inside.size


def clahe(
    image: ArrayLike, *, tile: int | tuple[int, ...] | None = None, clip_limit: float = 0.01, bins: int = 256
) -> NDArray:
    """Equalise the histogram tile by tile, with limited contrast (CLAHE).

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        A slice or a volume, grey.
    tile : int or tuple of int, optional
        Tile length in voxels, one for all axes or one for each; an eighth of each axis by default.
    clip_limit : float, optional
        From 0 to 1: the fraction of a tile that one bin of its histogram may hold; less is gentler.
    bins : int, optional
        Of the histograms, from 2 to 16384.

    Returns
    -------
    ndarray of float32 or float64
        Same shape, from 0 to 1.

    Raises
    ------
    TypeError, ValueError
        If the image is not a slice or volume of finite real numbers, is constant or colour, or an option is out
        of its range.

    References
    ----------
    Zuiderveld K. Contrast limited adaptive histogram equalization. In: Heckbert PS (ed.), Graphics Gems IV (1994)
    474-485.

    Examples
    --------
    >>> flat = np.tile([100.0, 101.0], (16, 8))
    >>> clahe(flat).min(), clahe(flat).max()
    (np.float64(0.0), np.float64(1.0))
    """
    from skimage.exposure import equalize_adapthist

    array = floating(image)
    if array.ndim not in {2, 3} or array.shape[-1] in {3, 4}:
        raise ValueError(
            f"image must be a grey slice or volume, received shape {array.shape}; turn colour into grey first "
            "(processing.grayscale)"
        )
    if not 0 < clip_limit <= 1:
        raise ValueError(f"clip_limit must be above 0 and at most 1, received {clip_limit}")
    if not 2 <= bins <= 2**14:
        raise ValueError(f"bins must be from 2 to 16384, received {bins}")
    tiles = tuple(max(length // 8, 1) for length in array.shape) if tile is None else tile
    tiles = (tiles,) * array.ndim if isinstance(tiles, int) else tuple(tiles)
    if len(tiles) != array.ndim or min(tiles) < 1:
        raise ValueError(f"tile must be one positive length or {array.ndim} of them, received {tile}")
    full = stretch(array, percentiles=(0, 100))
    return equalize_adapthist(full, kernel_size=tiles, clip_limit=clip_limit, nbins=bins)


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
    inside = _inside(array, mask).astype(np.float64)
    one_of(method, METHODS, name="method")
    if method == "z-score":
        if inside.min() == inside.max():
            raise ValueError(f"a constant image has no z-scores: every value counted is {inside[0]}")
        return ((array - inside.mean()) / inside.std()).astype(array.dtype)
    low, high = _percentiles(inside, percentiles if method == "percentile" else (0, 100))
    return ((array - low) / (high - low)).astype(array.dtype)


def _inside(array: NDArray, mask: ArrayLike | None) -> NDArray:
    if mask is None:
        return array.ravel()
    chosen = np.asarray(mask).astype(bool)
    same_shape(image=array, mask=chosen)
    if not chosen.any():
        raise ValueError("mask must hold at least one pixel, received an empty one")
    return array[chosen]


def _increasing(pair: Pair, *, name: str) -> Pair:
    values = np.asarray(pair, dtype=float)
    if values.shape != (2,) or not np.isfinite(values).all() or values[0] >= values[1]:
        raise ValueError(f"{name} must be two finite numbers, the lower first, received {pair}")
    return float(values[0]), float(values[1])


def _percentiles(values: NDArray, percentiles: Pair) -> Pair:
    low, high = _increasing(percentiles, name="percentiles")
    if low < 0 or high > 100:
        raise ValueError(f"percentiles must be from 0 to 100, received {percentiles}")
    ends = np.percentile(values.astype(np.float64), (low, high))
    if ends[0] == ends[1]:
        raise ValueError(
            f"percentiles {low:g} and {high:g} of the image are both {ends[0]:g}, so there is no contrast between "
            "them; choose others, or give a mask or limits"
        )
    return float(ends[0]), float(ends[1])


def _to_range(fraction: NDArray, output_range: Pair) -> NDArray:
    bottom, top = _increasing(output_range, name="output_range")
    return bottom + np.clip(fraction, 0, 1) * (top - bottom)
