"""What the functions of this folder share: floating-point form, borders, millimetres to voxels."""

from functools import lru_cache
from math import isfinite

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array

#: Names of scipy.ndimage to those of numpy.pad.
PADDING = {"reflect": "symmetric", "mirror": "reflect", "nearest": "edge", "constant": "constant", "wrap": "wrap"}
BORDERS = tuple(PADDING)
#: As many axes as a compiled loop has: a slice becomes a volume of one.
VOLUME = 3


def floating(image: ArrayLike, *, name: str = "image") -> NDArray:
    """Return an image in floating point, so that nothing computed from it is rounded to integers.

    Parameters
    ----------
    image : array_like
        Any shape.
    name : str, optional
        What the error message calls the argument.

    Returns
    -------
    ndarray of float32 or float64
        The same values: float32 where the input is float32 or float16, otherwise float64.

    Raises
    ------
    TypeError, ValueError
        As `checks.real_array`.

    Examples
    --------
    >>> floating([1, 2])
    array([1., 2.])
    """
    return as_floating(real_array(image, name=name))


def as_floating(array: NDArray) -> NDArray:
    """Do as `floating` for an array whose values have been checked.

    Parameters
    ----------
    array : ndarray
        Real numbers.

    Returns
    -------
    ndarray of float32 or float64
        As `floating`.

    Examples
    --------
    >>> as_floating(np.array([1, 2], np.float16))
    array([1., 2.], dtype=float32)
    """
    small = array.dtype.kind == "f" and array.dtype.itemsize <= 4
    return np.ascontiguousarray(array, dtype=np.float32 if small else np.float64)


def planes_or_more(image: NDArray) -> NDArray:
    """Return `image` if it has two axes or more.

    Parameters
    ----------
    image : ndarray
        What the caller received.

    Returns
    -------
    ndarray
        `image` itself.

    Raises
    ------
    ValueError
        If it has fewer axes.

    Examples
    --------
    >>> planes_or_more(np.zeros(3))
    Traceback (most recent call last):
    ...
    ValueError: image must have 2 axes or more, received shape (3,); use image[None] for one row
    """
    if image.ndim < 2:
        raise ValueError(
            f"image must have 2 axes or more, received shape {image.shape}; use image[None] for one row"
        )
    return image


def a_volume(image: NDArray) -> NDArray:
    """Return a slice as a volume of one slice, and a volume as it is, for compiled loops over three axes.

    Parameters
    ----------
    image : ndarray
        With at most three axes.

    Returns
    -------
    (P, M, N) ndarray
        C-contiguous.

    Raises
    ------
    ValueError
        If it has more axes.

    Examples
    --------
    >>> a_volume(np.zeros((4, 5))).shape
    (1, 4, 5)
    """
    if image.ndim > VOLUME:
        raise ValueError(f"image must be a slice or a volume, received shape {image.shape}; filter its parts")
    return np.ascontiguousarray(image[(None,) * (VOLUME - image.ndim)])


def per_axis(
    value: float | tuple[float, ...], ndim: int, *, name: str, positive: bool = False
) -> tuple[float, ...]:
    """Return one finite number, not negative, for each axis.

    Parameters
    ----------
    value : float or tuple of float
        One for all axes, or one for each.
    ndim : int
        Number of axes.
    name : str
        What the error message calls the argument.
    positive : bool, optional
        Whether 0 is refused too.

    Returns
    -------
    tuple of float
        `ndim` numbers.

    Raises
    ------
    ValueError
        If a number is negative or not finite, or their count is not `ndim`.

    Examples
    --------
    >>> per_axis(1.5, 2, name="sigma")
    (1.5, 1.5)
    """
    values = np.asarray(value, dtype=float)
    if values.ndim and values.shape != (ndim,):
        raise ValueError(f"{name} must be one number or one for each of the {ndim} axes, received {value}")
    numbers = values.tolist() if values.ndim else [float(values)] * ndim
    if not all(isfinite(number) and (number > 0 if positive else number >= 0) for number in numbers):
        raise ValueError(
            f"{name} must be {'positive' if positive else 'zero or positive'} and finite, received {value}"
        )
    return tuple(numbers)


def in_voxels(sigma: float | tuple[float, ...], spacing: tuple[float, ...] | None, ndim: int) -> tuple[float, ...]:
    """Return a width in voxels for each axis.

    Parameters
    ----------
    sigma : float or tuple of float
        In voxels, or in mm where `spacing` is given.
    spacing : tuple of float or None
        Millimetres between neighbours along each axis.
    ndim : int
        Number of axes.

    Returns
    -------
    tuple of float
        `ndim` widths in voxels.

    Raises
    ------
    ValueError
        If a width is negative, a spacing is not positive, or there is not one for each axis.

    Examples
    --------
    >>> in_voxels(3.0, (5.0, 1.0, 1.0), 3)
    (0.6, 3.0, 3.0)
    """
    widths = per_axis(sigma, ndim, name="sigma")
    if spacing is None:
        return widths
    return tuple(
        width / mm
        for width, mm in zip(widths, per_axis(spacing, ndim, name="spacing", positive=True), strict=True)
    )


def positive(value: float, *, name: str) -> float:
    """Return `value` if it is positive and finite.

    Parameters
    ----------
    value : float
        What the caller received.
    name : str
        What the error message calls the argument.

    Returns
    -------
    float
        `value` itself.

    Raises
    ------
    ValueError
        If it is not.

    Examples
    --------
    >>> positive(0.5, name="weight")
    0.5
    """
    if not (np.isfinite(value) and value > 0):
        raise ValueError(f"{name} must be positive and finite, received {value}")
    return float(value)


def sources(shape: tuple[int, ...], windows: tuple[int, ...], *, border: str) -> tuple[NDArray[np.intp], ...]:
    """Say where an image continued beyond its borders is read from, so that it need not be copied.

    Parameters
    ----------
    shape : tuple of int
        The image's.
    windows : tuple of int
        Odd window length along each axis.
    border : str
        Of scipy.ndimage.

    Returns
    -------
    tuple of ndarray of int
        For each axis the indices of ``length + window - 1`` positions; -1 stands for a zero.

    Examples
    --------
    >>> sources((3, 3), (5, 1), border="mirror")
    (array([2, 1, 0, 1, 2, 1, 0]), array([0, 1, 2]))
    """
    return tuple(_source(length, window, border) for length, window in zip(shape, windows, strict=True))


@lru_cache(maxsize=256)
def _source(length: int, window: int, border: str) -> NDArray[np.intp]:
    outside = {"constant_values": -1} if border == "constant" else {}
    return np.pad(np.arange(length), window // 2, mode=PADDING[border], **outside)  # type: ignore[call-overload]


def pad(image: NDArray, before: tuple[int, ...], after: tuple[int, ...], *, border: str) -> NDArray:
    """Continue an image beyond its border.

    Parameters
    ----------
    image : ndarray
        Any shape.
    before, after : tuple of int
        Voxels to add along each axis.
    border : str
        Of scipy.ndimage; ``"constant"`` adds zeros.

    Returns
    -------
    ndarray
        The larger image.

    Examples
    --------
    >>> pad(np.array([1, 2, 3]), (2,), (1,), border="mirror")
    array([3, 2, 1, 2, 3, 2])
    """
    return np.pad(image, list(zip(before, after, strict=True)), mode=PADDING[border])  # type: ignore[call-overload]
