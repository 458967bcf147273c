"""Separable filters: a kernel along each axis, and what several of them have in common computed once."""

from collections.abc import Callable, Iterable, Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..arrays import VOLUME, floating, sources

#: What IBSI calls the borders that this package names as scipy.ndimage does; it has no name for "mirror".
IBSI_BORDERS = {"zero": "constant", "nearest": "nearest", "periodic": "wrap", "mirror": "reflect"}

# A kernel of odd length, its centre in the middle, and one for each axis. Tuples, because equal ones are grouped.
Kernel = tuple[float, ...]
Kernels = tuple[Kernel, ...]
IDENTITY: Kernel = (1.0,)
LARGEST_LEVEL = 16
# Values combined at a time; a thread is woken for four times as many.
SHARE = 2**15


def slice_or_volume(image: ArrayLike) -> NDArray:
    """Return an image in floating point if it has two or three axes.

    Parameters
    ----------
    image : array_like
        What the caller received.

    Returns
    -------
    ndarray of float32 or float64
        As `arrays.floating`.

    Raises
    ------
    TypeError, ValueError
        If it is not finite real numbers, or has fewer or more axes.

    Examples
    --------
    >>> slice_or_volume([1, 2])
    Traceback (most recent call last):
    ...
    ValueError: image must have 2 or 3 axes, received shape (2,); filter the parts of a larger one by one
    """
    array = floating(image)
    if array.ndim not in {2, VOLUME}:
        raise ValueError(
            f"image must have 2 or 3 axes, received shape {array.shape}; filter the parts of a larger one by one"
        )
    return array


def checked_level(level: int) -> int:
    """Return the level of a wavelet if it is one.

    Parameters
    ----------
    level : int
        What the caller received.

    Returns
    -------
    int
        `level` itself.

    Raises
    ------
    ValueError
        If it is no integer from 1 to 16; the filters of level 16 are longer than any image.

    Examples
    --------
    >>> checked_level(0)
    Traceback (most recent call last):
    ...
    ValueError: level must be an integer from 1 to 16, received 0
    """
    if not hasattr(level, "__index__") or not 1 <= level <= LARGEST_LEVEL:
        raise ValueError(f"level must be an integer from 1 to {LARGEST_LEVEL}, received {level!r}")
    return level


def convolved(image: NDArray, wanted: Iterable[Kernels], *, border: str) -> Iterator[tuple[Kernels, NDArray]]:
    """Convolve an image with products of kernels, one kernel along each axis.

    Parameters
    ----------
    image : (M, N) or (P, M, N) ndarray of float32 or float64
        C-contiguous.
    wanted : iterable of tuple of kernels
        For each response a kernel of odd length for each axis.
    border : str
        Of scipy.ndimage.

    Yields
    ------
    kernels : tuple of kernels
        One of those wanted, grouped by the first axis's.
    response : ndarray
        Same shape and dtype; the caller's own.

    Examples
    --------
    >>> for _, response in convolved(np.array([[0.0, 1.0, 0.0]]), [((2.0,), (1.0, 2.0, 3.0))], border="reflect"):
    ...     print(response)
    [[2. 4. 6.]]
    """
    grouped: dict[Kernel, list[Kernels]] = {}
    for kernels in dict.fromkeys(wanted):
        first, _, _ = _three(kernels)
        grouped.setdefault(first, []).append(kernels)
    volume = image.reshape((1,) * (VOLUME - image.ndim) + image.shape)
    for first, group in grouped.items():
        along = volume if first == IDENTITY else _correlated(volume, (first, IDENTITY, IDENTITY), border)
        for kernels in group:
            _, rows, columns = _three(kernels)
            yield kernels, _correlated(along, (IDENTITY, rows, columns), border).reshape(image.shape)


def combine(function: Callable[[NDArray, NDArray], NDArray], result: NDArray, response: NDArray) -> None:
    """Replace `result` by ``function(result, response)``, on every core.

    Parameters
    ----------
    function : callable
        Of two arrays, value by value, such as `numpy.maximum`.
    result, response : ndarray
        Contiguous, of the same shape; `result` is changed.

    Examples
    --------
    >>> total = np.ones(2)
    >>> combine(np.add, total, np.array([1.0, 2.0]))
    >>> total
    array([2., 3.])
    """
    from workbench.compiled.slabs import over_slabs

    values, others = result.reshape(-1), response.reshape(-1)

    def some(start: int, stop: int) -> None:
        # Part by part: what the function allocates stays in the cache.
        for first in range(start, stop, SHARE):
            part = slice(first, min(first + SHARE, stop))
            values[part] = function(values[part], others[part])

    over_slabs(some, values.size, shortest=4 * SHARE)


def _correlated(volume: NDArray, kernels: Kernels, border: str) -> NDArray:
    from workbench.compiled.correlation import separable

    places = sources(volume.shape, tuple(map(len, kernels)), border=border)
    first, rows, columns = (np.array(kernel[::-1]) for kernel in kernels)
    return separable(volume, places, (first, rows, columns))


def _three(kernels: Kernels) -> Kernels:
    return (IDENTITY,) * (VOLUME - len(kernels)) + kernels
