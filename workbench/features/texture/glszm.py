"""How large patches of one level are: the grey level size zone matrix."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .grid import Grid, emphases, grids, tallied

NAMES = (
    "glszm_small_zone_emphasis",
    "glszm_large_zone_emphasis",
    "glszm_low_grey_level_zone_emphasis",
    "glszm_high_grey_level_zone_emphasis",
    "glszm_small_zone_low_grey_level_emphasis",
    "glszm_small_zone_high_grey_level_emphasis",
    "glszm_large_zone_low_grey_level_emphasis",
    "glszm_large_zone_high_grey_level_emphasis",
    "glszm_grey_level_non_uniformity",
    "glszm_normalised_grey_level_non_uniformity",
    "glszm_zone_size_non_uniformity",
    "glszm_normalised_zone_size_non_uniformity",
    "glszm_zone_percentage",
    "glszm_grey_level_variance",
    "glszm_zone_size_variance",
    "glszm_zone_size_entropy",
)


def glszm(levels: ArrayLike, *, aggregation: str = "3d_merged") -> tuple[NDArray, NDArray]:
    """Count zones: connected voxels of one level.

    Voxels are connected by faces, edges and corners.

    Parameters
    ----------
    levels : (M, N) or (P, M, N) array_like of int
        Grey levels from 1 as `discretize` makes them; 0 is outside the region.
    aggregation : str, optional
        Zones have no direction, so that only the beginning counts: ``"3d..."`` for zones through the volume
        (default), ``"2.5d..."`` for zones within slices in one matrix, ``"2d..."`` for a matrix of each slice.

    Returns
    -------
    counts : (K, G, S) ndarray of int
        K matrices: zones of level i + 1 and of each size.
    sizes : (S,) ndarray of int
        In voxels, ascending: those that occur.

    Raises
    ------
    TypeError
        If the levels are not whole numbers.
    ValueError
        If levels are negative or too many, or `aggregation` is unknown.

    References
    ----------
    Thibault G et al. Advanced statistical matrices for texture characterization: application to cell
    classification. IEEE Trans Biomed Eng 61 (2014) 630-637.
    Zwanenburg A et al. Image biomarker standardisation initiative. arXiv:1612.07003, family 9SAK.

    Examples
    --------
    >>> counts, sizes = glszm([[1, 1, 2, 1]])
    >>> counts
    array([[[1, 1],
            [1, 0]]])
    >>> sizes
    array([1, 2])
    """
    parts = grids(levels, aggregation=aggregation)
    sizes = np.unique(np.concatenate([part.zones[1] for part in parts])).astype(np.int64)
    counts = np.zeros((len(parts), parts[0].highest, sizes.size), np.int64)
    for matrix, part in zip(counts, parts, strict=True):
        level, size, _ = part.zones
        np.add.at(matrix, (level - 1, np.searchsorted(sizes, size)), 1)
    return counts, sizes


def glszm_features(levels: ArrayLike, *, aggregation: str = "3d_merged") -> dict[str, float]:
    """Measure the 16 size zone features of the IBSI.

    Parameters
    ----------
    levels : (M, N) or (P, M, N) array_like of int
        Grey levels from 1 as `discretize` makes them; 0 is outside the region.
    aggregation : str, optional
        As for `glszm`.

    Returns
    -------
    dict of str to float
        Name to value; `catalog` holds the formulas.

    Raises
    ------
    TypeError, ValueError
        As for `glszm`.

    References
    ----------
    Zwanenburg A et al. Image biomarker standardisation initiative. arXiv:1612.07003, family 9SAK.

    Examples
    --------
    >>> glszm_features([[1, 1, 2, 1]])["glszm_zone_percentage"]
    0.75
    """
    return measure(grids(levels, aggregation=aggregation), aggregation)


def measure(parts: list[Grid], aggregation: str) -> dict[str, float]:
    """Measure the features of grids made for `aggregation`."""
    return emphases(NAMES, (_sizes(part) for part in parts))


def _sizes(part: Grid) -> tuple[NDArray, NDArray, int]:
    level, size, _ = part.zones
    return *tallied(level, size, part.highest), part.inside.size
