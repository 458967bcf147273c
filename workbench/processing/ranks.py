"""Medians, each by the fastest way that is exact: OpenCV for small squares, networks, or counting."""

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from .arrays import VOLUME, sources
from .slices import OPENCV_BORDERS, in_bands

# What OpenCV's median takes: bytes with squares of any size up to this one, others of 3 and 5.
OPENCV_MEDIANS = {np.dtype("uint8"): 255, np.dtype("uint16"): 5, np.dtype("int16"): 5, np.dtype("float32"): 5}
# With more, the values are ranked first.
MOST_LEVELS = 2**20


def ranked(image: NDArray, sizes: tuple[int, ...], border: str) -> NDArray:
    """Take the median of the window around each voxel.

    Parameters
    ----------
    image : (M, N[, ...]) ndarray
        Integer or floating, of at most 8 bytes, in the machine's byte order.
    sizes : tuple of int
        Odd window lengths.
    border : str
        Of scipy.ndimage.

    Returns
    -------
    ndarray
        In the image's type.

    Examples
    --------
    >>> ranked(np.array([[5, 5, 90, 5, 5]]), (1, 3), "nearest")
    array([[5, 5, 5, 5, 5]])
    """
    if image.ndim > VOLUME:
        if sizes[0] == 1:
            return np.stack([ranked(part, sizes[1:], border) for part in image])
        comparable = image.astype(np.float32) if image.dtype == np.float16 else image
        return ndimage.median_filter(comparable, sizes, mode=border).astype(image.dtype)
    volume = image[(None,) * (VOLUME - image.ndim)]
    planes, rows, columns = (*[1] * (VOLUME - image.ndim), *sizes)
    if planes == 1 and rows == columns and 1 < rows <= OPENCV_MEDIANS.get(image.dtype, 0):
        return _opencv_medians(volume, rows, border).reshape(image.shape)
    places = sources(volume.shape, (planes, rows, columns), border=border)
    column = planes * rows
    # Steps of a network grow with the window, those of counting with what enters and leaves it.
    if column * columns > 200 + 10 * column:
        return _counted(volume, places).reshape(image.shape)

    from workbench.compiled import medians

    return medians.median(volume, places).reshape(image.shape)


def _counted(volume: NDArray, places: tuple[NDArray, ...]) -> NDArray:
    from workbench.compiled import counting

    # A zero beyond the border is a value too.
    lowest, highest = (min(volume.min(), volume.dtype.type(0)), max(volume.max(), volume.dtype.type(0)))
    if volume.dtype.kind in "iu" and int(highest) - int(lowest) < MOST_LEVELS:
        codes = (volume - lowest).astype(f"u{volume.itemsize}", copy=False).astype(np.int32)
        zero = 0 - int(lowest)
        middle = counting.median(codes, places, levels=int(highest) - int(lowest) + 1, zero=zero)
        return (middle + int(lowest)).astype(volume.dtype)
    values, codes = np.unique(np.append(volume, volume.dtype.type(0)), return_inverse=True)
    codes, zero = codes[:-1].astype(np.int32).reshape(volume.shape), int(codes[-1])
    return values[counting.median(codes, places, levels=len(values), zero=zero)]


def _opencv_medians(volume: NDArray, size: int, border: str) -> NDArray:
    # Beyond the border OpenCV repeats the outermost pixel; so does a reflection of one pixel.
    radius = 0 if border == "nearest" or (border == "reflect" and size == 3) else size // 2
    inner = slice(radius, -radius or None)
    cost = {3: 0.3, 5: 1.5}.get(size, 40.0)

    def blur(band: NDArray) -> NDArray:
        if radius:
            band = cv2.copyMakeBorder(band, radius, radius, radius, radius, OPENCV_BORDERS[border])
        return cv2.medianBlur(band, size)[inner, inner]

    return np.ascontiguousarray(in_bands(blur, volume, size // 2, cost=cost, dtype=volume.dtype))
