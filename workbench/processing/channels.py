"""What every filter of neighbourhoods takes beside plain arrays: channels, each by itself, and Dask arrays."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import ArrayLike

from .chunks import Reach, by_chunks

Function = TypeVar("Function", bound=Callable[..., Any])


def per_channel(function: Function) -> Function:
    """Make a filter that keeps the shape take ``channel_axis``.

    Parameters
    ----------
    function : callable
        A filter ``f(image, *, ..., channel_axis=None)``. It never sees channels itself: it is called once for
        each, and what its options say of axes is said of the others.

    Returns
    -------
    callable
        The same for ``channel_axis=None``.

    Examples
    --------
    >>> @per_channel
    ... def centred(image, *, channel_axis=None):
    ...     return image - image.mean()
    >>> centred([[1.0, 10.0], [3.0, 30.0]], channel_axis=-1)
    array([[ -1., -10.],
           [  1.,  10.]])
    """

    @wraps(function)
    def filtered(image: ArrayLike, *, channel_axis: int | None = None, **options: Any) -> Any:
        if channel_axis is None:
            return function(image, **options)
        array = np.asarray(image)
        axis = _axis(channel_axis, array.ndim)
        if not array.shape[axis]:
            raise ValueError(f"channel_axis must hold channels, received shape {array.shape}")
        return np.stack([function(part, **options) for part in np.moveaxis(array, axis, 0)], axis=axis)

    return cast(Function, filtered)


def neighbourhood(reach: Reach) -> Callable[[Function], Function]:
    """Make a filter of neighbourhoods take ``channel_axis`` and Dask arrays.

    Parameters
    ----------
    reach : callable
        ``reach(ndim, options)``: how far away along each axis, the channels' left out, a voxel can be and still
        have a part in the result, as for `chunks.by_chunks`.

    Returns
    -------
    callable
        A decorator for a filter ``f(image, *, ..., channel_axis=None)`` that keeps the shape.

    Examples
    --------
    >>> @neighbourhood(lambda ndim, options: (0,) * ndim)
    ... def doubled(image, *, channel_axis=None):
    ...     return 2 * image
    >>> import dask.array
    >>> doubled(dask.array.ones((2, 3), chunks=(1, 1)), channel_axis=-1).sum().compute()
    np.float64(12.0)
    """

    def reach_with_channels(ndim: int, options: Mapping[str, Any]) -> tuple[int, ...]:
        if options.get("channel_axis") is None:
            return tuple(reach(ndim, options))
        steps = list(reach(ndim - 1, options))
        steps.insert(_axis(options["channel_axis"], ndim), 0)
        return tuple(steps)

    def decorate(function: Function) -> Function:
        return by_chunks(reach_with_channels)(per_channel(function))

    return decorate


def _axis(channel_axis: int, ndim: int) -> int:
    if not -ndim <= channel_axis < ndim:
        raise ValueError(f"channel_axis must be from {-ndim} to {ndim - 1}, received {channel_axis}")
    return channel_axis % ndim
