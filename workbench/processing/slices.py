"""OpenCV's linear filters of slices, on all cores."""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from .arrays import VOLUME, pad

OPENCV_BORDERS = {
    "reflect": cv2.BORDER_REFLECT,
    "mirror": cv2.BORDER_REFLECT_101,
    "nearest": cv2.BORDER_REPLICATE,
    "constant": cv2.BORDER_CONSTANT,
    "wrap": cv2.BORDER_WRAP,
}
Filter = Callable[[NDArray, NDArray | None], NDArray]
# Nanoseconds of work that are worth waking a thread, which takes some 100 microseconds on a virtual machine.
WORTH = 400_000


def in_bands(filter_slice: Filter, stack: NDArray, reach: int, *, cost: float, dtype: np.dtype) -> NDArray:
    """Filter every slice of a stack on all cores, a single slice in bands of rows.

    Parameters
    ----------
    filter_slice : callable
        ``filter_slice(rows, result)`` filters rows by columns, into `result` if that is not None, and returns it;
        lets go of the interpreter's lock.
    stack : (P, M, N) ndarray
        Slices.
    reach : int
        How many rows away a pixel has a part in the result.
    cost : float
        About how many nanoseconds a pixel takes.
    dtype : dtype
        Of the result.

    Returns
    -------
    (P, M, N) ndarray
        The filtered slices.

    Examples
    --------
    >>> in_bands(np.negative, np.ones((1, 2, 2)), 0, cost=1.0, dtype=np.dtype(float))
    array([[[-1., -1.],
            [-1., -1.]]])
    """
    planes, height, length = stack.shape
    shortest = max(1, int(WORTH / (cost * length)))
    if planes == 1 and height < 2 * shortest:
        return filter_slice(stack[0], None)[None]

    from workbench.compiled.slabs import over_slabs

    result = np.empty(stack.shape, dtype)

    def rows(start: int, stop: int) -> None:
        while start < stop:
            plane, top = divmod(start, height)
            bottom = min(height, top + stop - start)
            # The reach is filtered too: beyond it nothing is known of the rows that are cut off.
            first, last = max(top - reach, 0), min(bottom + reach, height)
            if (first, last) == (top, bottom):
                filter_slice(stack[plane, top:bottom], result[plane, top:bottom])
            else:
                band = filter_slice(stack[plane, first:last], None)
                result[plane, top:bottom] = band[top - first : bottom - first]
            start += bottom - top

    over_slabs(rows, planes * height, shortest=shortest)
    return result


def joined(filter_image: Callable[[NDArray], NDArray], image: NDArray, radii: tuple[int, ...]) -> NDArray:
    """Filter an image whose opposite ends are joined, for filters that know no such border.

    Parameters
    ----------
    filter_image : callable
        With any border.
    image : ndarray
        Any shape.
    radii : tuple of int
        How many voxels away, along each axis, a voxel has a part in the result.

    Returns
    -------
    ndarray
        As if the border were ``"wrap"``.

    Examples
    --------
    >>> joined(lambda row: np.append(row[1:], 0), np.array([1, 2, 3]), (1,))
    array([2, 3, 1])
    """
    filtered = filter_image(pad(image, radii, radii, border="wrap"))
    return np.ascontiguousarray(filtered[tuple(slice(radius, -radius or None) for radius in radii)])


def weighted_slices(stack: NDArray, kernel: NDArray, border: str) -> NDArray:
    """Sum the window around each pixel of each slice, weighted with a kernel.

    Parameters
    ----------
    stack : (P, M, N) ndarray of float32 or float64
        Slices.
    kernel : (A, B) ndarray
        The weights, odd in both lengths.
    border : str
        Of scipy.ndimage.

    Returns
    -------
    (P, M, N) ndarray
        In the type of the slices.

    Examples
    --------
    >>> weighted_slices(np.array([[[1.0, 2.0, 4.0]]]), np.array([[0.0, 1.0, 10.0]]), "constant")
    array([[[21., 42.,  4.]]])
    """
    if border == "wrap":
        radii = (0, kernel.shape[0] // 2, kernel.shape[1] // 2)
        return joined(lambda padded: weighted_slices(padded, kernel, "constant"), stack, radii)

    def weigh(band: NDArray, result: NDArray | None) -> NDArray:
        return cv2.filter2D(band, -1, kernel, result, borderType=OPENCV_BORDERS[border])

    cost = min(0.3 + 0.006 * stack.itemsize * kernel.size, 17.0)
    return in_bands(weigh, stack, len(kernel) // 2, cost=cost, dtype=stack.dtype)


def separable_slices(stack: NDArray, down: NDArray, across: NDArray, border: str) -> NDArray:
    """Sum the window around each pixel of each slice, weighted with the product of two kernels.

    Parameters
    ----------
    stack : (P, M, N) ndarray of float32
        Slices.
    down, across : ndarray
        The weights along rows and columns, odd in length.
    border : str
        Of scipy.ndimage.

    Returns
    -------
    (P, M, N) ndarray of float32
        The sums.

    Examples
    --------
    >>> row = np.array([[[1.0, 2.0, 4.0]]], np.float32)
    >>> separable_slices(row, np.ones(1), np.array([0.0, 1.0, 10.0]), "constant")
    array([[[21., 42.,  4.]]], dtype=float32)
    """
    if border == "wrap":
        radii = (0, len(down) // 2, len(across) // 2)
        return joined(lambda padded: separable_slices(padded, down, across, "constant"), stack, radii)

    def weigh(band: NDArray, result: NDArray | None) -> NDArray:
        return cv2.sepFilter2D(band, -1, across, down, result, borderType=OPENCV_BORDERS[border])

    cost = 0.2 + 0.06 * (len(down) + len(across))
    return in_bands(weigh, stack, len(down) // 2, cost=cost, dtype=stack.dtype)


def boxes(image: NDArray, sizes: tuple[int, ...], border: str) -> NDArray:
    """Take the mean of the box around each voxel: each value is added once and taken away once.

    Parameters
    ----------
    image : (M, N[, ...]) ndarray
        Of uint8, uint16, int16, float32 or float64.
    sizes : tuple of int
        Odd box lengths.
    border : str
        Of scipy.ndimage.

    Returns
    -------
    ndarray
        float32 for float32, otherwise float64.

    Examples
    --------
    >>> boxes(np.array([[0.0, 3.0, 0.0]]), (1, 3), "constant")
    array([[1., 1., 1.]])
    """
    if border == "wrap":
        radii = tuple(length // 2 for length in sizes)
        return joined(lambda padded: boxes(padded, sizes, "constant"), image, radii)
    if image.ndim == 2:
        return _boxes_of_slices(image[None], (sizes[0], sizes[1]), border)[0]
    if sizes[0] > 1:
        image = _boxes_along_first(image, sizes[0], border)
        if max(sizes[1:]) == 1:
            return image
    if image.ndim > VOLUME:
        return np.stack([boxes(part, sizes[1:], border) for part in image])
    return _boxes_of_slices(image, (sizes[1], sizes[2]), border)


def _boxes_along_first(image: NDArray, size: int, border: str) -> NDArray:
    from workbench.compiled.slabs import over_slabs

    lines = image.reshape(len(image), -1)
    result = np.empty(lines.shape, np.float32 if image.dtype == np.float32 else np.float64)

    def columns(start: int, stop: int) -> None:
        _box(lines[:, start:stop], (size, 1), border, result[:, start:stop])

    over_slabs(columns, lines.shape[1], shortest=max(1, WORTH // len(lines)))
    return result.reshape(image.shape)


def _boxes_of_slices(stack: NDArray, window: tuple[int, int], border: str) -> NDArray:
    def means(band: NDArray, result: NDArray | None) -> NDArray:
        return _box(band, window, border, result)

    dtype = stack.dtype if stack.dtype == np.float32 else np.dtype(np.float64)
    return in_bands(means, stack, window[0] // 2, cost=1.0, dtype=dtype)


def _box(plane: NDArray, window: tuple[int, int], border: str, result: NDArray | None) -> NDArray:
    depth = cv2.CV_32F if plane.dtype == np.float32 else cv2.CV_64F
    return cv2.boxFilter(plane, depth, window[::-1], result, borderType=OPENCV_BORDERS[border])
