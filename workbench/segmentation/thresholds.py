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

    return float(threshold_otsu(hist=_histogram(image, bins)))


def multi_otsu(image: ArrayLike, *, classes: int = 3, bins: int = 256) -> tuple[float, ...]:
    """Find the thresholds with the greatest variance between the classes that they part.

    Parameters
    ----------
    image : (...) array_like
        Intensities in any units.
    classes : int, optional
        2 or more.
    bins : int, optional
        Of the histogram, as for `otsu`.

    Returns
    -------
    tuple of float
        ``classes - 1`` thresholds in increasing order, in the units of `image`.

    Raises
    ------
    ValueError
        If there are fewer different intensities (bins that are not empty) than classes, `classes` is below 2,
        `bins` is below 2, or `image` is empty or not finite.

    References
    ----------
    Liao PS, Chen TS, Chung PC. A fast algorithm for multilevel thresholding. Journal of Information Science and
    Engineering 17 (2001) 713-727.

    Examples
    --------
    >>> multi_otsu([1, 2, 2, 8, 9, 9, 20, 21, 21])
    (2.0, 9.0)
    """
    if classes < 2:
        raise ValueError(f"classes must be an integer of 2 or more, received {classes!r}")
    counts, centres = _histogram(image, bins)
    seen = np.flatnonzero(counts)
    if len(seen) < classes:
        raise ValueError(f"{classes} classes need as many different intensities, received {len(seen)}")
    from workbench.compiled.partings import best_parting

    return tuple(float(value) for value in centres[seen][best_parting(centres[seen], counts[seen], classes)])


def li(image: ArrayLike) -> float:
    """Find the threshold whose two classes, each seen as its mean, are nearest to the image in cross entropy.

    Parameters
    ----------
    image : (...) array_like
        Intensities in any units.

    Returns
    -------
    float
        In the units of `image`; ``threshold(image, low=li(image))`` is the brighter class.

    Raises
    ------
    ValueError
        If all intensities are equal, or `image` is empty or not finite.

    References
    ----------
    Li CH, Tam PKS. An iterative algorithm for minimum cross entropy thresholding. Pattern Recognition Letters 19
    (1998) 771-776.

    Examples
    --------
    >>> round(li([1, 2, 2, 8, 9, 9]), 2)
    3.87
    """
    array = real_array(image)
    if array.dtype.kind in "bui" and int(array.max()) - int(array.min()) < WIDEST_INTEGER_HISTOGRAM:
        counts, values = _histogram(array, 2)
        tolerance = 0.5
    else:
        values = np.sort(array, axis=None)
        steps = np.diff(values)
        if not steps.any():
            raise ValueError(f"a threshold needs two different intensities, received {values[0]} everywhere")
        counts, tolerance = np.ones(values.size, np.int64), steps[steps > 0].min() / 2
    # From zero, because the descent takes logarithms of the means.
    offsets = values.astype(np.float64) - float(values[0])
    numbers, sums = counts.cumsum(), (counts * offsets).cumsum()
    found, before = sums[-1] / numbers[-1], -np.inf
    while abs(found - before) > tolerance:
        before = found
        darker = np.searchsorted(offsets, found, side="right") - 1
        dark = sums[darker] / numbers[darker]
        bright = (sums[-1] - sums[darker]) / (numbers[-1] - numbers[darker])
        if dark == 0:
            break
        found = (dark - bright) / (np.log(dark) - np.log(bright))
    return float(found + values[0])


def triangle(image: ArrayLike, *, bins: int = 256) -> float:
    """Find the threshold farthest below the line from the histogram's peak to its longer tail's end.

    Parameters
    ----------
    image : (...) array_like
        Intensities in any units: many of one kind, such as air, and few others.
    bins : int, optional
        Of the histogram, as for `otsu`.

    Returns
    -------
    float
        In the units of `image`.

    Raises
    ------
    ValueError
        If all intensities are equal, `bins` is below 2, or `image` is empty or not finite.

    References
    ----------
    Zack GW, Rogers WE, Latt SA. Automatic measurement of sister chromatid exchange frequency. Journal of
    Histochemistry and Cytochemistry 25 (1977) 741-753.

    Examples
    --------
    >>> triangle([0] * 9 + [1, 2, 8, 9])
    1.0
    """
    counts, centres = _histogram(image, bins)
    peak = int(counts.argmax())
    # The longer tail is made to lie below the peak.
    mirrored = peak < len(counts) - 1 - peak
    if mirrored:
        counts, centres, peak = counts[::-1], centres[::-1], len(counts) - 1 - peak
    # Distances to the line, but for a factor that is the same for all.
    below = counts[peak] * np.arange(peak) - float(peak) * counts[:peak]
    return float(centres[below.argmax()])


def _histogram(image: ArrayLike, bins: int) -> tuple[NDArray[np.int64], NDArray]:
    from workbench.compiled.histograms import count_bins, count_integers

    array = real_array(image)
    if bins < 2:
        raise ValueError(f"bins must be at least 2, received {bins}")
    if array.dtype == bool:
        array = array.view(np.uint8)
    low, high = array.min(), array.max()
    if low == high:
        raise ValueError(f"a threshold needs two different intensities, received {low} everywhere")
    if array.dtype.kind in "iu" and int(high) - int(low) < WIDEST_INTEGER_HISTOGRAM:
        values = np.arange(int(low), int(high) + 1)
        return count_integers(array, int(low), len(values)), values
    if array.dtype != np.float32:
        array = array.astype(np.float64)
    edges = np.histogram_bin_edges(np.array([array.min(), array.max()]), bins)
    return count_bins(array, edges), (edges[:-1] + edges[1:]) / 2
