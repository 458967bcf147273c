"""Masks by intensity alone."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array

WIDEST_INTEGER_HISTOGRAM = 2**16


def threshold(image: ArrayLike, *, low: float | None = None, high: float | None = None) -> NDArray[np.bool_]:
    """Mark the voxels whose intensity is above `low` and not above `high`.

    The interval is open below and closed above, so classes that share a threshold never share a voxel.

    Parameters
    ----------
    image : (...) array_like
        Intensities in any units.
    low, high : float, optional
        Thresholds in the units of `image`, one of them or both.

    Returns
    -------
    (...) ndarray of bool
        True where ``low < image <= high``.

    Raises
    ------
    ValueError
        If neither threshold is given, one is NaN, `low` is not below `high`, or `image` is empty or not finite.

    Examples
    --------
    >>> threshold([-1000, 40, 60, 900], low=40, high=80)
    array([False, False,  True, False])
    """
    array = real_array(image)
    if low is None and high is None:
        raise ValueError("expected low, high or both, received neither; otsu(image) finds a threshold")
    below, above = -np.inf if low is None else low, np.inf if high is None else high
    if not below < above:
        raise ValueError(f"low must be below high, received low={low}, high={high}")
    return (array > below) & (array <= above)


def otsu(image: ArrayLike, *, bins: int = 256) -> float:
    """Find the threshold with the greatest variance between the two classes that it parts.

    Parameters
    ----------
    image : (...) array_like
        Intensities in any units.
    bins : int, optional
        Of the histogram, between the least and the greatest intensity. Integers have one bin for each value
        instead, unless they span more than 65536.

    Returns
    -------
    float
        In the units of `image`; ``threshold(image, low=otsu(image))`` is the brighter class.

    Raises
    ------
    ValueError
        If all intensities are equal, `bins` is below 2, or `image` is empty or not finite.

    References
    ----------
    Otsu N. A threshold selection method from gray-level histograms. IEEE Transactions on Systems, Man, and
    Cybernetics 9 (1979) 62-66.

    Examples
    --------
    >>> otsu([1, 2, 2, 8, 9, 9])
    2.0
    """
    from skimage.filters import threshold_otsu

    return float(threshold_otsu(_histogram_ready(image, bins), nbins=bins))


def multi_otsu(image: ArrayLike, *, classes: int = 3, bins: int = 256) -> tuple[float, ...]:
    """Find the thresholds with the greatest variance between the classes that they part.

    Parameters
    ----------
    image : (...) array_like
        Intensities in any units.
    classes : int, optional
        From 2 to 5: the search is exhaustive, and its time grows with ``bins ** (classes - 1)``.
    bins : int, optional
        Of the histogram, as for `otsu`.

    Returns
    -------
    tuple of float
        ``classes - 1`` thresholds in increasing order, in the units of `image`.

    Raises
    ------
    ValueError
        If there are fewer different intensities than classes, `classes` is not from 2 to 5, `bins` is below 2,
        or `image` is empty or not finite.

    References
    ----------
    Liao PS, Chen TS, Chung PC. A fast algorithm for multilevel thresholding. Journal of Information Science and
    Engineering 17 (2001) 713-727.

    Examples
    --------
    >>> multi_otsu([1, 2, 2, 8, 9, 9, 20, 21, 21])
    (2.0, 9.0)
    """
    from skimage.filters import threshold_multiotsu

    if classes not in range(2, 6):
        raise ValueError(f"classes must be an integer from 2 to 5, received {classes!r}")
    array = _histogram_ready(image, bins)
    different = len(np.unique(array))
    if different < classes:
        raise ValueError(f"{classes} classes need as many different intensities, received {different}")
    return tuple(float(value) for value in threshold_multiotsu(array, classes=classes, nbins=bins))


def _histogram_ready(image: ArrayLike, bins: int) -> NDArray:
    array = real_array(image)
    if bins < 2:
        raise ValueError(f"bins must be at least 2, received {bins}")
    low, high = array.min(), array.max()
    if low == high:
        raise ValueError(f"a threshold needs two different intensities, received {low} everywhere")
    if array.dtype == bool:
        return array.astype(np.uint8)
    if array.dtype.kind in "iu" and int(high) - int(low) < WIDEST_INTEGER_HISTOGRAM:
        return array
    return array.astype(np.float64)
