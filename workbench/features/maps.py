"""Feature maps: a feature measured around every voxel."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array

from .discretization import Discretization, discretize
from .extraction import HISTOGRAMS, catalog
from .histogram import histogram_features, volume_histogram_features
from .intensity import intensity_features
from .preparation import as_image, chosen_bins
from .regions import bounding_box, region_of
from .texture import TEXTURE_FAMILIES, texture_map

#: Families that a neighbourhood can be asked for.
MAPPED = (*HISTOGRAMS, *TEXTURE_FAMILIES)


def map(
    image: ArrayLike,
    feature: str,
    *,
    radius: int = 2,
    mask: ArrayLike | None = None,
    discretization: Discretization | None = None,
    aggregation: str = "3d_merged",
) -> NDArray:
    """Measure one feature in the neighbourhood of each voxel.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        Grey image.
    feature : str
        A name in `catalog`, of intensity statistics, histograms or texture.
    radius : int, optional
        In voxels: a neighbourhood has ``2 * radius + 1`` voxels along each axis, fewer at the edge.
    mask : (M, N) or (P, M, N) array_like, optional
        Zero outside the region, one other value inside; the whole image by default. Voxels outside it belong to no
        neighbourhood.
    discretization : FixedBinSize or FixedBinNumber, optional
        Grey levels, made once for the whole region; as for `extract`.
    aggregation : str, optional
        As for `extract`.

    Returns
    -------
    ndarray of float64
        Same shape; NaN outside the region, and where a neighbourhood does not define the feature.

    Raises
    ------
    ValueError
        If there is no such feature, it is not one of those above, or `radius` is not a positive whole number.

    Examples
    --------
    >>> map([[1, 2, 6]], "intensity_mean", radius=1)
    array([[1.5, 3. , 4. ]])
    """
    if not hasattr(radius, "__index__") or radius < 1:
        raise ValueError(f"radius must be a positive whole number of voxels, received {radius!r}")
    picture = as_image(image, spacing=None)
    pixels = real_array(picture)
    inside = region_of(np.ones(pixels.shape, bool) if mask is None else mask, shape=pixels.shape)
    family = catalog().family.get(feature)
    if family not in MAPPED:
        raise ValueError(
            f"feature must be one of {', '.join(MAPPED)}, as features.catalog() lists them; received {feature!r}"
        )
    found = np.full(pixels.shape, np.nan)
    box = bounding_box(inside)
    if family == "intensity_statistics":
        found[box] = _windowed(intensity_features, feature, pixels[box], inside[box], radius)
    elif family == "intensity_volume_histogram":
        measure = partial(volume_histogram_features, units=picture.units)
        found[box] = _windowed(measure, feature, pixels[box], inside[box], radius)
    else:
        bins = chosen_bins(discretization, picture.units, None)
        levels = discretize(pixels[box], inside[box], discretization=bins)
        if family == "intensity_histogram":
            found[box] = _windowed(_of_levels, feature, levels, inside[box], radius)
        else:
            found[box] = texture_map(levels, feature, radius=radius, aggregation=aggregation)
    return found


def _windowed(
    measure: Callable[[NDArray, NDArray], dict[str, float]],
    feature: str,
    pixels: NDArray,
    inside: NDArray,
    radius: int,
) -> NDArray:
    found = np.full(pixels.shape, np.nan)
    for place in np.argwhere(inside):
        around = tuple(slice(max(index - radius, 0), index + radius + 1) for index in place)
        found[tuple(place)] = measure(pixels[around], inside[around])[feature]
    return found


def _of_levels(levels: NDArray, inside: NDArray) -> dict[str, float]:
    return histogram_features(levels)
