"""Which intensities count: those inside a mask, between two limits or percentiles."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import same_shape

Pair = tuple[float, float]


def values_inside(array: NDArray, mask: ArrayLike | None, *, name: str = "mask") -> NDArray:
    """Return the values inside a mask.

    Parameters
    ----------
    array : ndarray
        Any shape.
    mask : array_like of bool or None
        Where to look; everywhere where ``None``.
    name : str, optional
        What the error message calls the mask.

    Returns
    -------
    (N,) ndarray
        The values, in the array's order.

    Raises
    ------
    ValueError
        If the mask is empty or has another shape.

    Examples
    --------
    >>> values_inside(np.array([5, 6, 7]), [1, 0, 1])
    array([5, 7])
    """
    if mask is None:
        return array.ravel()
    chosen = np.asarray(mask).astype(bool)
    same_shape(image=array, **{name: chosen})
    if not chosen.any():
        raise ValueError(f"{name} must hold at least one pixel, received an empty one")
    return array[chosen]


def increasing(pair: Pair, *, name: str) -> Pair:
    """Return two finite numbers, the lower first.

    Parameters
    ----------
    pair : (low, high)
        What the caller received.
    name : str
        What the error message calls them.

    Returns
    -------
    (low, high)
        As Python floats.

    Raises
    ------
    ValueError
        If they are not such numbers.

    Examples
    --------
    >>> increasing((0, 1), name="limits")
    (0.0, 1.0)
    """
    values = np.asarray(pair, dtype=float)
    if values.shape != (2,) or not np.isfinite(values).all() or values[0] >= values[1]:
        raise ValueError(f"{name} must be two finite numbers, the lower first, received {pair}")
    return float(values[0]), float(values[1])


def percentiles_of(values: NDArray, percentiles: Pair) -> Pair:
    """Return two percentiles, which must differ.

    Parameters
    ----------
    values : ndarray
        Any shape.
    percentiles : (low, high)
        From 0 to 100.

    Returns
    -------
    (low, high)
        In the units of the values.

    Raises
    ------
    ValueError
        If the two are not such numbers, or the values at them are the same.

    Examples
    --------
    >>> percentiles_of(np.arange(101), (1, 99))
    (1.0, 99.0)
    """
    low, high = increasing(percentiles, name="percentiles")
    if low < 0 or high > 100:
        raise ValueError(f"percentiles must be from 0 to 100, received {percentiles}")
    if (low, high) == (0, 100):
        ends = float(values.min()), float(values.max())
    else:
        first, last = np.percentile(values.astype(np.float64), (low, high))
        ends = float(first), float(last)
    if ends[0] == ends[1]:
        raise ValueError(
            f"percentiles {low:g} and {high:g} of the image are both {ends[0]:g}, so there is no contrast between "
            "them; choose others, or give a mask or limits"
        )
    return ends
