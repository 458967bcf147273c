"""Images larger than memory: the same filters on Dask arrays, chunk by chunk, with the same results.

A filter whose value depends on a neighbourhood alone can be computed for each chunk from the chunk and a margin
around it. Decorated with the width of that margin it takes a Dask array as it takes any other, and returns one,
lazily. Dask is imported where an argument is a Dask array, and not otherwise.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial, wraps
from inspect import Parameter, signature
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import window_size

Function = TypeVar("Function", bound=Callable[..., Any])
Reach = Callable[[int, Mapping[str, Any]], Sequence[int]]


def by_chunks(reach: Reach) -> Callable[[Function], Function]:
    """Make a neighbourhood filter take Dask arrays too.

    Parameters
    ----------
    reach : callable
        ``reach(ndim, options)`` returns, for each axis, how many voxels away a voxel can be and still have a part
        in the result. ``options`` holds the filter's keyword arguments, defaults included.

    Returns
    -------
    callable
        A decorator for a filter ``f(image, *, ...)`` that keeps the shape. What it returns does as before with
        other arguments. With a Dask array it returns a Dask array of the right dtype without computing anything;
        wrong options raise at once, wrong values (NaN) when the chunk that holds them is computed. Borders are the
        filter's own; ``border="wrap"`` joins opposite ends.

    Examples
    --------
    >>> @by_chunks(lambda ndim, options: (options["steps"],) * ndim)
    ... def moved(image, *, steps=1):
    ...     return np.roll(image, steps)
    >>> import dask.array
    >>> moved(dask.array.arange(6, chunks=2)).compute()[1:]
    array([0, 1, 2, 3, 4])
    """

    def decorate(function: Function) -> Function:
        defaults = {
            name: parameter.default
            for name, parameter in signature(function).parameters.items()
            if parameter.default is not Parameter.empty
        }

        @wraps(function)
        def filtered(image: ArrayLike, **options: Any) -> Any:
            if not is_dask(image):
                return function(image, **options)
            return _overlapped(filtered, image, options, reach, defaults)

        return cast(Function, filtered)

    return decorate


def in_memory(why: str) -> Callable[[Function], Function]:
    """Make a function that needs the whole image refuse Dask arrays, in words.

    Parameters
    ----------
    why : str
        What it needs all voxels for, and what to do instead.

    Returns
    -------
    callable
        A decorator for a function ``f(image, ...)``.

    Examples
    --------
    >>> @in_memory("the mean is one of all voxels")
    ... def centred(image):
    ...     return image - image.mean()
    >>> import dask.array
    >>> centred(dask.array.ones(4))
    Traceback (most recent call last):
    ...
    TypeError: centred cannot work chunk by chunk, as the mean is one of all voxels; received a Dask array: call
    compute() on it first, if it fits into memory
    """

    def decorate(function: Function) -> Function:
        @wraps(function)
        def refusing(image: ArrayLike, *arguments: Any, **options: Any) -> Any:
            if is_dask(image):
                raise TypeError(
                    f"{function.__name__} cannot work chunk by chunk, as {why}; received a Dask array: call "
                    "compute() on it first, if it fits into memory"
                )
            return function(image, *arguments, **options)

        return cast(Function, refusing)

    return decorate


def half_window(ndim: int, options: Mapping[str, Any]) -> tuple[int, ...]:
    """Reach of a filter with a window of odd ``size``, for `by_chunks`.

    Parameters
    ----------
    ndim : int
        Number of axes.
    options : mapping
        With ``"size"``: one odd length, or one for each axis.

    Returns
    -------
    tuple of int
        Half the window, rounded down.

    Examples
    --------
    >>> half_window(3, {"size": (1, 5, 5)})
    (0, 2, 2)
    """
    return tuple(length // 2 for length in window_size(options["size"], ndim))


def pointwise(ndim: int, options: Mapping[str, Any]) -> tuple[int, ...]:
    """Reach of a function of each value by itself, for `by_chunks`: nothing.

    Parameters
    ----------
    ndim : int
        Number of axes.
    options : mapping
        Not looked at.

    Returns
    -------
    tuple of int
        Zeros.

    Examples
    --------
    >>> pointwise(2, {})
    (0, 0)
    """
    return (0,) * ndim


def is_dask(image: Any) -> bool:
    """Tell whether something is a Dask array, without importing Dask.

    Parameters
    ----------
    image : object
        Anything.

    Returns
    -------
    bool
        Whether its class comes from ``dask.array``.

    Examples
    --------
    >>> is_dask(np.zeros(3))
    False
    """
    return type(image).__module__.startswith("dask.array")


def _overlapped(
    function: Callable[..., NDArray], image: Any, options: dict[str, Any], reach: Reach, defaults: dict[str, Any]
) -> Any:
    # Tried on a tiny image: wrong options raise here and not in a worker, and the dtype is known.
    tiny_shape = tuple(min(length, 3) for length in image.shape)
    tiny = np.arange(np.prod(tiny_shape)).reshape(tiny_shape).astype(image.dtype)
    tried = function(tiny, **options)
    if np.shape(tried) != tiny_shape:
        raise TypeError(
            f"{function.__name__} changes the shape, so it cannot work chunk by chunk; call compute() on the Dask "
            "array first, if it fits into memory"
        )
    options_used = defaults | options
    margins = [int(margin) for margin in reach(image.ndim, options_used)]
    # An axis no longer than the reach stays whole: the filter continues it beyond its ends by itself.
    whole = [margin >= length for margin, length in zip(margins, image.shape, strict=True)]
    return image.rechunk({axis: -1 for axis, is_whole in enumerate(whole) if is_whole}).map_overlap(
        partial(function, **options),
        depth={axis: 0 if is_whole else margins[axis] for axis, is_whole in enumerate(whole)},
        boundary="periodic" if options_used.get("border") == "wrap" else "none",
        meta=np.empty((0,) * image.ndim, tried.dtype),
    )
