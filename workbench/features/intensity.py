"""First-order features: the distribution of intensities in a region, wherever they lie, and its peaks."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array

from .regions import bounding_box, region_of

#: The sphere of 1 cm^3 that defines an intensity peak, in mm.
PEAK_RADIUS = (3 * 1000 / (4 * np.pi)) ** (1 / 3)


def intensity_features(image: ArrayLike, mask: ArrayLike) -> dict[str, float]:
    """Measure the 18 intensity-based statistics of the IBSI.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        Grey image; its intensities are taken as they are, without bins.
    mask : (M, N) or (P, M, N) array_like
        Zero outside the region, one other value inside.

    Returns
    -------
    dict of str to float
        Name to value; `catalog` holds the formulas. Ratios whose denominator is zero are NaN, and so is
        the robust deviation of two voxels, none of which lies within its percentiles; skewness and
        kurtosis of a constant region are 0, as the IBSI defines them.

    Raises
    ------
    ValueError
        If the image is not finite, or the mask is empty or has another shape.

    References
    ----------
    Zwanenburg A et al. Image biomarker standardisation initiative. arXiv:1612.07003, family UHIW.

    Examples
    --------
    >>> found = intensity_features([[1, 2, 6, 99]], [[1, 1, 1, 0]])
    >>> found["intensity_mean"], found["intensity_median"], found["intensity_range"]
    (3.0, 2.0, 5.0)
    """
    pixels = real_array(image)
    values = np.sort(pixels[region_of(mask, shape=pixels.shape)].astype(np.float64))
    found = statistics(values, np.ones(len(values)))
    mean_square = np.mean(values**2)
    found |= {"energy": mean_square * len(values), "root_mean_square": np.sqrt(mean_square)}
    return {f"intensity_{name}": float(value) for name, value in found.items()}


def statistics(values: NDArray, counts: NDArray) -> dict[str, float]:
    """Describe a distribution by the 16 numbers that intensities and their histogram have in common.

    Parameters
    ----------
    values : (n,) ndarray of float64
        Ascending.
    counts : (n,) ndarray
        How often each occurs.

    Returns
    -------
    dict of str to float
        Name to value.

    Examples
    --------
    >>> found = statistics(np.array([1.0, 2.0]), np.array([3, 1]))
    >>> float(found["mean"]), float(found["median"])
    (1.25, 1.0)
    """
    reached = np.cumsum(counts)
    number = reached[-1]
    minimum, maximum = values[0], values[-1]
    p10, p25, median, p75, p90 = _percentiles(values, reached, np.array([10, 25, 50, 75, 90]))
    # A constant's mean can miss it by a rounding error, which skewness would blow up.
    mean = np.sum(values * counts) / number if maximum > minimum else minimum
    deviation = values - mean
    squared = deviation * deviation
    variance = np.sum(squared * counts) / number
    typical = (values >= p10) & (values <= p90)
    robust, weight = values[typical], counts[typical]
    robust_mean = np.sum(robust * weight) / weight.sum() if robust.size else np.nan
    return {
        "mean": mean,
        "variance": variance,
        "skewness": np.sum(squared * deviation * counts) / number / variance**1.5 if variance else 0.0,
        "kurtosis": np.sum(squared * squared * counts) / number / variance**2 - 3 if variance else 0.0,
        "median": median,
        "minimum": minimum,
        "percentile_10": p10,
        "percentile_90": p90,
        "maximum": maximum,
        "interquartile_range": p75 - p25,
        "range": maximum - minimum,
        "mean_absolute_deviation": np.sum(np.abs(deviation) * counts) / number,
        "robust_mean_absolute_deviation": (
            np.sum(np.abs(robust - robust_mean) * weight) / weight.sum() if robust.size else np.nan
        ),
        "median_absolute_deviation": np.sum(np.abs(values - median) * counts) / number,
        "coefficient_of_variation": np.sqrt(variance) / mean if mean else np.nan,
        "quartile_coefficient_of_dispersion": (p75 - p25) / (p75 + p25) if p75 + p25 else np.nan,
    }


def _percentiles(values: NDArray, reached: NDArray, percent: NDArray) -> NDArray:
    """Linear interpolation between the sorted voxels, of which `reached` counts those up to each value."""
    place = (reached[-1] - 1) * percent / 100
    below = np.floor(place)
    low = values[np.searchsorted(reached, below, side="right")]
    high = values[np.searchsorted(reached, np.ceil(place), side="right")]
    return low + (high - low) * (place - below)


def peak_features(image: ArrayLike, mask: ArrayLike, *, spacing: tuple[float, ...]) -> dict[str, float]:
    """Measure the intensity peaks: means over spheres of 1 cm^3, which one noisy voxel cannot make.

    Parameters
    ----------
    image : (P, M, N) array_like
        Grey volume. Voxels outside the mask, but inside the volume, take part in the means.
    mask : (P, M, N) array_like
        Zero outside the region, one other value inside.
    spacing : tuple of 3 float
        Millimetres between neighbours in axis order.

    Returns
    -------
    dict of str to float
        ``peak_local``: the sphere around the region's brightest voxel (the highest such mean if several are as
        bright). ``peak_global``: the highest mean of all spheres centred in the region.

    Raises
    ------
    ValueError
        If the image is a slice: a sphere needs a volume.

    References
    ----------
    Zwanenburg A et al. Image biomarker standardisation initiative. arXiv:1612.07003, codes VJGA and 0F91.
    Wahl RL et al. From RECIST to PERCIST. J Nucl Med 50 (2009) 122S-150S.

    Examples
    --------
    >>> volume = np.zeros((3, 3, 3))
    >>> volume[1, 1, 1] = 7
    >>> round(peak_features(volume, volume > 0, spacing=(5, 5, 5))["peak_local"], 6)
    1.0
    """
    from workbench.compiled.spheres import sphere_means

    pixels = real_array(image)
    if pixels.ndim != 3 or len(spacing) != 3:
        raise ValueError(f"peaks need a volume, for they are means over spheres, received shape {pixels.shape}")
    inside = region_of(mask, shape=pixels.shape)
    # Only the region's neighbourhood can take part.
    reach = [int(PEAK_RADIUS / mm) for mm in spacing]
    box = tuple(
        slice(max(side.start - r, 0), side.stop + r) for side, r in zip(bounding_box(inside), reach, strict=True)
    )
    values = pixels[box][inside[box]]
    means = sphere_means(pixels[box], np.argwhere(inside[box]), radius=PEAK_RADIUS, spacing=spacing)
    return {"peak_local": float(means[values == values.max()].max()), "peak_global": float(means.max())}
