"""Intensities mapped by their histogram: equalisation, whole or tile by tile, and matching to a reference."""

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array
from workbench.images import Image
from workbench.images.marks import in_units

from .arrays import floating
from .chunks import in_memory
from .contrast import stretch
from .values import values_inside

# Greys that CLAHE tells apart, as in scikit-image.
GRAYS = 2**14
# Counts of OpenCV are exact in single precision up to here.
EXACT_COUNT = 2**24


@in_units("")
@in_memory("its histogram is that of all voxels")
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
    codes, shares = _shares(array, mask)
    if shares[np.argmax(shares > 0)] == 1:
        only = values_inside(array, mask)[0]
        raise ValueError(f"a constant image cannot be equalised: every value counted is {only}")
    return _look_up(codes, shares)


@in_units("")
@in_memory("its ends are the extremes of all voxels")
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
    from workbench.compiled.clahe import clahe as equalize_tiles

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
    # To 16 bits first and then to fewer greys, as scikit-image does.
    codes = np.rint(stretch(array, percentiles=(0, 100)) * (2**16 - 1)).astype(np.uint16)
    grays = np.rint(np.arange(2**16) / (2**16 - 1) * (GRAYS - 1)).astype(np.uint16)
    limit = max(int(clip_limit * np.prod(tiles)), 1)
    flat = (1,) * (3 - array.ndim)
    mapped = equalize_tiles(
        codes.reshape(flat + array.shape),
        grays // (1 + GRAYS // bins),
        tile=flat + tiles,
        limit=limit,
        bins=bins,
        top=GRAYS - 1,
    )
    return stretch(mapped.reshape(array.shape).astype(array.dtype), percentiles=(0, 100))


@in_memory("its histogram is that of all voxels")
@in_units(lambda before, options: getattr(options["reference"], "units", ""))
def match_histogram(
    image: ArrayLike,
    *,
    reference: ArrayLike | Image,
    mask: ArrayLike | None = None,
    reference_mask: ArrayLike | None = None,
) -> NDArray:
    """Give an image the histogram of another: each value becomes the reference's at the same share of pixels.

    Parameters
    ----------
    image : array_like
        Any shape.
    reference : array_like or Image
        Any shape: the image whose intensities are the standard.
    mask, reference_mask : array_like of bool, optional
        Where to count, such as inside the body; the mapping found there is applied everywhere, and ends at the
        reference's extremes.

    Returns
    -------
    ndarray of float64
        Same shape, in the reference's units. A value counts as the share of pixels at or below it; between the
        shares that the reference holds, its values are interpolated linearly. Equal to scikit-image where there
        is no mask.

    Raises
    ------
    TypeError, ValueError
        If an image is not finite real numbers, or a mask is empty or has another shape.

    References
    ----------
    Nyul LG, Udupa JK. On standardizing the MR image intensity scale. Magnetic Resonance in Medicine 42 (1999)
    1072-1081. Gonzalez RC, Woods RE. Digital Image Processing, 4th ed. (2018), section 3.3.

    Examples
    --------
    >>> match_histogram([1, 2, 3, 4], reference=[10, 20, 30, 70])
    array([10., 20., 30., 70.])
    """
    standard = real_array(reference, name="reference")
    goals, counts = np.unique(values_inside(standard, reference_mask, name="reference_mask"), return_counts=True)
    codes, shares = _shares(real_array(image), mask)
    return _look_up(codes, np.interp(shares, np.cumsum(counts) / counts.sum(), goals))


def _shares(array: NDArray, mask: ArrayLike | None) -> tuple[NDArray, NDArray[np.float64]]:
    """Return a code for each voxel, and for each code which share of the voxels that count is at or below it."""
    inside = values_inside(array, mask)
    lowest, highest = array.min(), array.max()
    if array.dtype.kind in "iu" and int(highest) - int(lowest) < 2**16:
        # Few different values: counting them is faster than sorting the pixels. Integers wrap around, so the
        # shift is exact even where array - lowest overflows its dtype.
        codes = (array - lowest).astype(np.uint8 if int(highest) - int(lowest) < 2**8 else np.uint16)
        return codes, np.cumsum(_counts(values_inside(codes, mask))) / inside.size
    found, counts = np.unique(inside, return_counts=True)
    return np.searchsorted(found, array, side="right"), np.append(0, np.cumsum(counts)) / inside.size


def _counts(codes: NDArray) -> NDArray[np.int64]:
    bins = np.iinfo(codes.dtype).max + 1
    flat = np.ascontiguousarray(codes).reshape(-1, 1)
    counts = np.zeros(bins, np.int64)
    for start in range(0, len(flat), EXACT_COUNT):
        part = flat[start : start + EXACT_COUNT]
        counts += cv2.calcHist([part], [0], None, [bins], [0, bins]).ravel().astype(np.int64)
    return counts


def _look_up(codes: NDArray, table: NDArray) -> NDArray:
    if codes.dtype == np.uint8:
        return cv2.LUT(codes.reshape(codes.shape[0], -1), table).reshape(codes.shape)
    return table[codes]
