"""Feature maps: a feature measured around every voxel."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array
from workbench.images import Image

from .discretization import Discretization, discretize
from .extraction import HISTOGRAMS, catalog
from .histogram import histogram_features, volume_histogram_features
from .intensity import intensity_features
from .preparation import as_image, chosen_bins
from .regions import bounding_box, region_of
from .texture import TEXTURE_FAMILIES, texture_features


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
    bins = chosen_bins(discretization, picture.units, None)
    measure, needs_levels = _measure(feature, picture, aggregation)
    levels = discretize(pixels, inside, discretization=bins) if needs_levels else pixels
    found = np.full(pixels.shape, np.nan)
    box = bounding_box(inside)
    levels, pixels, inside, values = levels[box], pixels[box], inside[box], found[box]
    for place in np.argwhere(inside):
        around = tuple(slice(max(index - radius, 0), index + radius + 1) for index in place)
        values[tuple(place)] = measure(levels[around], inside[around])
    return found


def _measure(feature: str, image: Image, aggregation: str) -> tuple[Callable[[NDArray, NDArray], float], bool]:
    known = catalog().family
    families = (*HISTOGRAMS, *TEXTURE_FAMILIES)
    if known.get(feature) not in families:
        raise ValueError(
            f"feature must be one of {', '.join(families)}, as features.catalog() lists them; received {feature!r}"
        )
    family = known[feature]
    if family == "intensity_statistics":
        return partial(_of_pixels, feature, intensity_features), False
    if family == "intensity_volume_histogram":
        return partial(_of_pixels, feature, partial(volume_histogram_features, units=image.units)), False
    if family == "intensity_histogram":
        return partial(_of_levels, feature, histogram_features), True
    return partial(
        _of_levels, feature, partial(texture_features, families=(family,), aggregation=aggregation)
    ), True


def _of_pixels(feature: str, function: Callable, pixels: NDArray, inside: NDArray) -> float:
    return function(pixels, inside)[feature]


def _of_levels(feature: str, function: Callable, levels: NDArray, inside: NDArray) -> float:
    try:
        return function(levels)[feature]
    except ValueError:
        # A voxel without a neighbour has no texture.
        return np.nan
