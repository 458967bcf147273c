"""Checks of arguments that many functions share, with errors that say what to do."""

import operator
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray


def real_array(image: ArrayLike, *, name: str = "image") -> NDArray:
    """Return `image` as an array of finite real numbers.

    Parameters
    ----------
    image : array_like
        Any shape with at least one element, boolean, integer or floating.
    name : str, optional
        What the error message calls the argument.

    Returns
    -------
    ndarray
        The same values; not copied where `image` is an array already.

    Raises
    ------
    TypeError
        If the values are not real numbers.
    ValueError
        If there are no values, or some are NaN or infinite.

    Examples
    --------
    >>> real_array([[1, 2]])
    array([[1, 2]])
    >>> real_array([1.0, float("nan")])
    Traceback (most recent call last):
    ...
    ValueError: image must be finite, received 1 NaN or infinite value of 2; replace them first (numpy.nan_to_num)
    """
    array = np.asarray(image)
    if array.dtype.kind not in "buif":
        raise TypeError(f"{name} must hold real numbers, received dtype {array.dtype}")
    if array.size == 0:
        raise ValueError(f"{name} must have at least one element, received shape {array.shape}")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        bad = array.size - int(np.isfinite(array).sum())
        raise ValueError(
            f"{name} must be finite, received {bad} NaN or infinite value{'s' * (bad > 1)} of {array.size}; "
            "replace them first (numpy.nan_to_num)"
        )
    return array


def same_shape(**arrays: NDArray) -> None:
    """Raise unless all named arrays have one shape.

    Parameters
    ----------
    **arrays : ndarray
        The arrays, under the names that the error message is to call them.

    Raises
    ------
    ValueError
        If two shapes differ.

    Examples
    --------
    >>> same_shape(image=np.zeros((2, 2)), mask=np.zeros((2, 3)))
    Traceback (most recent call last):
    ...
    ValueError: image and mask must have the same shape, received image (2, 2), mask (2, 3)
    """
    if len({array.shape for array in arrays.values()}) > 1:
        received = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise ValueError(f"{' and '.join(arrays)} must have the same shape, received {received}")


def window_size(size: int | tuple[int, ...], ndim: int, *, name: str = "size") -> tuple[int, ...]:
    """Return one odd positive window length for each axis.

    Parameters
    ----------
    size : int or tuple of int
        One length for all axes, or one for each.
    ndim : int
        Number of axes.
    name : str, optional
        What the error message calls the argument.

    Returns
    -------
    tuple of int
        `ndim` lengths in voxels.

    Raises
    ------
    ValueError
        If a length is even or not positive, or their number is not `ndim`.

    Examples
    --------
    >>> window_size(3, 2)
    (3, 3)
    >>> window_size(4, 2)
    Traceback (most recent call last):
    ...
    ValueError: size must be an odd positive integer, received 4; use 3 or 5
    """
    sizes = tuple(size) if isinstance(size, tuple | list) else (size,) * ndim
    if len(sizes) != ndim:
        raise ValueError(f"{name} must have one entry for each of the {ndim} axes, received {size}")
    for length in sizes:
        if not hasattr(length, "__index__"):
            raise ValueError(f"{name} must be an odd positive integer, received {length!r}")
        if length < 1:
            raise ValueError(f"{name} must be an odd positive integer, received {length}; use 1 or 3")
        if length % 2 == 0:
            raise ValueError(
                f"{name} must be an odd positive integer, received {length}; use {length - 1} or {length + 1}"
            )
    return tuple(operator.index(length) for length in sizes)


def spacing_mm(spacing: Sequence[float], ndim: int) -> tuple[float, ...]:
    """Return a spacing as one positive length for each axis.

    Parameters
    ----------
    spacing : sequence of float
        Millimetres between neighbours on each axis.
    ndim : int
        Number of axes.

    Returns
    -------
    tuple of float
        `ndim` lengths.

    Raises
    ------
    ValueError
        If a length is not positive and finite, or their number is not `ndim`.

    Examples
    --------
    >>> spacing_mm([2, 1], 2)
    (2.0, 1.0)
    >>> spacing_mm((1, 0), 2)
    Traceback (most recent call last):
    ...
    ValueError: spacing must be 2 positive lengths in mm, received (1, 0)
    """
    edges = np.asarray(spacing, dtype=float)
    if edges.shape != (ndim,) or not (np.isfinite(edges) & (edges > 0)).all():
        raise ValueError(f"spacing must be {ndim} positive lengths in mm, received {spacing}")
    return tuple(edges.tolist())


def one_of(value: str, allowed: tuple[str, ...] | list[str], *, name: str) -> str:
    """Return `value` if it is one of `allowed`.

    Parameters
    ----------
    value : str
        The choice received.
    allowed : sequence of str
        The choices there are.
    name : str
        What the error message calls the argument.

    Returns
    -------
    str
        `value` itself.

    Raises
    ------
    ValueError
        If `value` is none of them.

    Examples
    --------
    >>> one_of("mirror", ("mirror", "reflect"), name="border")
    'mirror'
    """
    if value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, allowed))}, received {value!r}")
    return value
