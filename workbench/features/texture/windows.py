"""Texture maps: a texture feature of the window around each voxel."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import one_of

from .families import NAMES
from .grid import AGGREGATIONS, MERGED, checked, directions


def texture_map(levels: ArrayLike, feature: str, *, radius: int = 2, aggregation: str = "3d_merged") -> NDArray:
    """Measure one texture feature in the window around each voxel.

    Equal to `texture_features` of each window.

    Parameters
    ----------
    levels : (M, N) or (P, M, N) array_like of int
        Grey levels from 1 as `discretize` makes them; 0 is outside the region.
    feature : str
        Name of a texture feature, as `catalog` lists it.
    radius : int, optional
        In voxels: a window has ``2 * radius + 1`` voxels along each axis, fewer at the edge.
    aggregation : str, optional
        As for `glcm`.

    Returns
    -------
    ndarray of float64
        Same shape; NaN where the level is 0, and where the window does not define the feature.

    Raises
    ------
    TypeError
        If the levels are not whole numbers.
    ValueError
        If levels are negative or too many, `feature` or `aggregation` is unknown, or `radius` is not a positive
        whole number.

    Examples
    --------
    >>> texture_map([[1, 1, 1, 2, 0]], "glcm_contrast", radius=1)
    array([[0. , 0. , 0.5, 1. , nan]])
    """
    from workbench.compiled.slabs import over_slabs
    from workbench.compiled.texture_windows import windows

    if not hasattr(radius, "__index__") or radius < 1:
        raise ValueError(f"radius must be a positive whole number of voxels, received {radius!r}")
    one_of(aggregation, AGGREGATIONS, name="aggregation")
    family, row = _place_of(feature)
    array = checked(levels)
    volume = array if array.ndim == 3 else array[None]
    size = tuple(2 * radius + 1 if axis else 1 for axis in (array.ndim == 3, True, True))
    padded = np.pad(volume.astype(np.uint16), [(n // 2, n // 2) for n in size])
    strides = np.array([(size[1] + 2) * (size[2] + 2), size[2] + 2, 1])
    offsets = directions(3, flat=array.ndim == 2 or not aggregation.startswith("3d"))
    faces = offsets[np.abs(offsets).sum(axis=1) == 1]
    asked = (family, row, aggregation in MERGED, aggregation.startswith("2d"))
    places = np.ascontiguousarray(np.argwhere(volume))
    found = np.empty(len(places))
    arguments = (padded, places, size, offsets @ strides, faces @ strides, asked, found)
    over_slabs(windows, len(places), *arguments, shortest=100)
    result = np.full(volume.shape, np.nan)
    result[volume > 0] = found
    return result.reshape(array.shape)


def _place_of(feature: str) -> tuple[int, int]:
    for family, names in enumerate(NAMES.values()):
        if feature in names:
            return family, names.index(feature)
    raise ValueError(f"feature must be a texture feature of features.catalog(), received {feature!r}")
