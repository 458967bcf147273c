"""Features of histograms: of the grey levels, and of the volume that is at least as bright as each intensity."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array

from .intensity import statistics
from .regions import region_of

#: Steps of the intensity-volume histogram in calibrated units.
STEPS = {"HU": 1.0, "SUV": 0.1}
#: Steps between the region's extremes where units are arbitrary.
ARBITRARY_STEPS = 1000


def histogram_features(levels: ArrayLike) -> dict[str, float]:
    """Measure the 23 features of the histogram of grey levels.

    Parameters
    ----------
    levels : (M, N) or (P, M, N) array_like of int
        Grey levels from 1 as `discretize` makes them; 0 is outside the region.

    Returns
    -------
    dict of str to float
        Name to value; `catalog` holds the formulas. The histogram reaches from level 1 to the highest; with one
        level alone it has no gradient (NaN). Of several modes the one nearest to the mean counts, of several
        steepest places the first.

    Raises
    ------
    ValueError
        If there is no level.

    References
    ----------
    Zwanenburg A et al. Image biomarker standardisation initiative. arXiv:1612.07003, family ZVCW.

    Examples
    --------
    >>> found = histogram_features([[1, 1, 1, 2, 0]])
    >>> found["histogram_mode"], found["histogram_uniformity"], found["histogram_maximum_gradient"]
    (1.0, 0.625, -2.0)
    """
    found = real_array(levels, name="levels")
    if found.dtype.kind not in "iu" or found.min() < 0 or not found.any():
        raise ValueError(
            "levels must be whole numbers from 1, and 0 outside the region; make them with discretize"
        )
    counts = np.bincount(found.ravel())[1:]
    occurring = np.flatnonzero(counts)
    share = counts[occurring] / counts.sum()
    measured = statistics(occurring + 1.0, counts[occurring])
    modes = np.flatnonzero(counts == counts.max()) + 1
    gradient = np.gradient(counts.astype(float)) if counts.size > 1 else np.array([np.nan])
    measured |= {
        "mode": modes[np.abs(modes - measured["mean"]).argmin()],
        # Adding 0.0 turns the -0.0 of a single level into 0.0.
        "entropy": -np.sum(share * np.log2(share)) + 0.0,
        "uniformity": np.sum(share**2),
        "maximum_gradient": gradient.max(),
        "maximum_gradient_level": float(gradient.argmax() + 1) if counts.size > 1 else np.nan,
        "minimum_gradient": gradient.min(),
        "minimum_gradient_level": float(gradient.argmin() + 1) if counts.size > 1 else np.nan,
    }
    return {f"histogram_{name}": float(value) for name, value in measured.items()}


def volume_histogram_features(
    image: ArrayLike,
    mask: ArrayLike,
    *,
    units: str = "",
    bounds: tuple[float, float] | None = None,
) -> dict[str, float]:
    """Measure the features of the intensity-volume histogram: how much of a region is at least how bright.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        Grey image.
    mask : (M, N) or (P, M, N) array_like
        Zero outside the region, one other value inside.
    units : str, optional
        Of the intensities: steps of 1 for HU and of 0.1 for SUV. Otherwise whole numbers are taken as they are,
        and others in 1000 steps between the region's extremes.
    bounds : tuple of 2 float, optional
        Intensities that count as 0 and 100 %, such as the range of a re-segmentation; the region's own where not
        given or not finite.

    Returns
    -------
    dict of str to float
        Name to value; `catalog` holds the formulas. Where no intensity is so rare, the intensity at a share of the
        volume is the highest; in a constant region all of the volume has every share of the intensity.

    Raises
    ------
    ValueError
        If the image is not finite, or the mask is empty or has another shape.

    References
    ----------
    Zwanenburg A et al. Image biomarker standardisation initiative. arXiv:1612.07003, family P88C.

    Examples
    --------
    >>> found = volume_histogram_features([[0, 1, 2, 3, 4]], [[1, 1, 1, 1, 1]])
    >>> found["ivh_volume_at_intensity_10"], found["ivh_intensity_at_volume_90"]
    (0.8, 1.0)
    """
    pixels = real_array(image)
    values = pixels[region_of(mask, shape=pixels.shape)].astype(np.float64)
    low, high = _bounds(values, bounds)
    grid, steps = _steps(values, units, low, high)
    reached = np.cumsum(np.bincount(steps, minlength=len(grid))[::-1])[::-1] / values.size
    fraction = (grid - low) / (high - low) if high > low else np.ones(len(grid))

    def volume_at(share: float) -> float:
        enough = reached[fraction >= share]
        return enough[0] if enough.size else 0.0

    def intensity_at(share: float) -> float:
        rare = grid[reached <= share]
        return rare[0] if rare.size else grid[-1]

    found = {
        "volume_at_intensity_10": volume_at(0.1),
        "volume_at_intensity_90": volume_at(0.9),
        "intensity_at_volume_10": intensity_at(0.1),
        "intensity_at_volume_90": intensity_at(0.9),
        "volume_difference_10_90": volume_at(0.1) - volume_at(0.9),
        "intensity_difference_10_90": intensity_at(0.1) - intensity_at(0.9),
        "area_under_curve": np.trapezoid(reached, fraction) if high > low else 1.0,
    }
    return {f"ivh_{name}": float(value) for name, value in found.items()}


def _bounds(values: NDArray, bounds: tuple[float, float] | None) -> tuple[float, float]:
    low, high = (-np.inf, np.inf) if bounds is None else bounds
    return (low if np.isfinite(low) else values.min()), (high if np.isfinite(high) else values.max())


def _steps(values: NDArray, units: str, low: float, high: float) -> tuple[NDArray, NDArray]:
    """The intensities of the histogram, and for each voxel the index of its own."""
    whole = bool((values == np.rint(values)).all())
    if whole and units in {"", "HU"} and high - low <= 1e6:
        first = np.floor(low)
        return np.arange(first, np.ceil(high) + 1), (values - first).astype(np.int64)
    if low == high:
        return np.array([low]), np.zeros(len(values), np.int64)
    count = int(np.ceil((high - low) / STEPS[units])) if units in STEPS else ARBITRARY_STEPS
    width = STEPS.get(units, (high - low) / ARBITRARY_STEPS)
    index = np.clip(np.floor((values - low) / width).astype(np.int64), 0, count - 1)
    return low + (np.arange(count) + 0.5) * width, index
