"""How far from the border patches of one level lie: the grey level distance zone matrix."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .grid import Grid, emphases, grids, tallied

NAMES = (
    "gldzm_small_distance_emphasis",
    "gldzm_large_distance_emphasis",
    "gldzm_low_grey_level_zone_emphasis",
    "gldzm_high_grey_level_zone_emphasis",
    "gldzm_small_distance_low_grey_level_emphasis",
    "gldzm_small_distance_high_grey_level_emphasis",
    "gldzm_large_distance_low_grey_level_emphasis",
    "gldzm_large_distance_high_grey_level_emphasis",
    "gldzm_grey_level_non_uniformity",
    "gldzm_normalised_grey_level_non_uniformity",
    "gldzm_zone_distance_non_uniformity",
    "gldzm_normalised_zone_distance_non_uniformity",
    "gldzm_zone_percentage",
    "gldzm_grey_level_variance",
    "gldzm_zone_distance_variance",
    "gldzm_zone_distance_entropy",
)


def gldzm(levels: ArrayLike, *, aggregation: str = "3d_merged", mask: ArrayLike | None = None) -> NDArray:
    """Count zones, connected voxels of one level, by their distance from the region's border.

    A zone is as far from the border as its nearest voxel. Distance counts steps through faces: it is 1 for a
    voxel with a face on the border, where the image ends too.

    Parameters
    ----------
    levels : (M, N) or (P, M, N) array_like of int
        Grey levels from 1 as `discretize` makes them; 0 is outside the region.
    aggregation : str, optional
        As for `glszm`; distances are measured within slices where the zones are.
    mask : (M, N) or (P, M, N) array_like, optional
        The region whose border is meant (the IBSI's morphological mask), where some of its voxels have no level
        because their intensity was out of range.

    Returns
    -------
    (K, G, D) ndarray of int
        K matrices: zones of level i + 1 and distance d + 1.

    Raises
    ------
    TypeError
        If the levels are not whole numbers.
    ValueError
        If levels are negative or too many, `aggregation` is unknown, or `mask` lacks a voxel that has a level.

    References
    ----------
    Thibault G et al. Advanced statistical matrices for texture characterization: application to cell
    classification. IEEE Trans Biomed Eng 61 (2014) 630-637.
    Zwanenburg A et al. Image biomarker standardisation initiative. arXiv:1612.07003, family VMDZ.

    Examples
    --------
    >>> gldzm([[1, 1, 1], [1, 2, 1], [1, 1, 1]])
    array([[[1, 0],
            [0, 1]]])
    """
    parts = grids(levels, aggregation=aggregation, mask=mask)
    deepest = max(int(part.zones[2].max()) for part in parts)
    counts = np.zeros((len(parts), parts[0].highest, deepest), np.int64)
    for matrix, part in zip(counts, parts, strict=True):
        level, _, depth = part.zones
        np.add.at(matrix, (level - 1, depth - 1), 1)
    return counts


def gldzm_features(
    levels: ArrayLike, *, aggregation: str = "3d_merged", mask: ArrayLike | None = None
) -> dict[str, float]:
    """Measure the 16 distance zone features of the IBSI.

    Parameters
    ----------
    levels : (M, N) or (P, M, N) array_like of int
        Grey levels from 1 as `discretize` makes them; 0 is outside the region.
    aggregation : str, optional
        As for `glszm`.
    mask : (M, N) or (P, M, N) array_like, optional
        As for `gldzm`.

    Returns
    -------
    dict of str to float
        Name to value; `catalog` holds the formulas.

    Raises
    ------
    TypeError, ValueError
        As for `gldzm`.

    References
    ----------
    Zwanenburg A et al. Image biomarker standardisation initiative. arXiv:1612.07003, family VMDZ.

    Examples
    --------
    >>> gldzm_features([[1, 1, 1], [1, 2, 1], [1, 1, 1]])["gldzm_large_distance_emphasis"]
    2.5
    """
    return measure(grids(levels, aggregation=aggregation, mask=mask), aggregation)


def measure(parts: list[Grid], aggregation: str) -> dict[str, float]:
    """Measure the features of grids made for `aggregation`."""
    return emphases(NAMES, (_distances(part) for part in parts))


def _distances(part: Grid) -> tuple[NDArray, NDArray, int]:
    level, _, depth = part.zones
    return *tallied(level, depth, part.highest), part.inside.size
