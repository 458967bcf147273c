"""How many neighbours are like a voxel: the neighbouring grey level dependence matrix."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .grid import Grid, emphases, grids

NAMES = (
    "ngldm_low_dependence_emphasis",
    "ngldm_high_dependence_emphasis",
    "ngldm_low_grey_level_count_emphasis",
    "ngldm_high_grey_level_count_emphasis",
    "ngldm_low_dependence_low_grey_level_emphasis",
    "ngldm_low_dependence_high_grey_level_emphasis",
    "ngldm_high_dependence_low_grey_level_emphasis",
    "ngldm_high_dependence_high_grey_level_emphasis",
    "ngldm_grey_level_non_uniformity",
    "ngldm_normalised_grey_level_non_uniformity",
    "ngldm_dependence_count_non_uniformity",
    "ngldm_normalised_dependence_count_non_uniformity",
    "ngldm_dependence_count_percentage",
    "ngldm_grey_level_variance",
    "ngldm_dependence_count_variance",
    "ngldm_dependence_count_entropy",
    "ngldm_dependence_count_energy",
)


def ngldm(levels: ArrayLike, *, aggregation: str = "3d_merged") -> NDArray:
    """Count voxels by their level and by how many of their neighbours have the same one.

    Neighbours touch by a face, an edge or a corner (Chebyshev distance 1, coarseness 0).

    Parameters
    ----------
    levels : (M, N) or (P, M, N) array_like of int
        Grey levels from 1 as `discretize` makes them; 0 is outside the region.
    aggregation : str, optional
        As for `glszm`: 26 neighbours in a volume, 8 in a slice.

    Returns
    -------
    (K, G, 27) or (K, G, 9) ndarray of int
        K matrices: voxels of level i + 1 with k neighbours of the same level, their dependence being k + 1.

    Raises
    ------
    TypeError
        If the levels are not whole numbers.
    ValueError
        If levels are negative or too many, or `aggregation` is unknown.

    References
    ----------
    Sun C, Wee WG. Neighboring gray level dependence matrix for texture classification. Comput Vis Graph Image
    Process 23 (1983) 341-352.
    Zwanenburg A et al. Image biomarker standardisation initiative. arXiv:1612.07003, family REK0.

    Examples
    --------
    >>> ngldm([[1, 1, 2]])[0, :, :3]
    array([[0, 2, 0],
           [1, 0, 0]])
    """
    return np.stack([part.neighbourhoods[2] for part in grids(levels, aggregation=aggregation)])


def ngldm_features(levels: ArrayLike, *, aggregation: str = "3d_merged") -> dict[str, float]:
    """Measure the 17 dependence features of the IBSI.

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
        As for `ngldm`.

    References
    ----------
    Zwanenburg A et al. Image biomarker standardisation initiative. arXiv:1612.07003, family REK0.

    Examples
    --------
    >>> ngldm_features([[1, 1, 2]])["ngldm_high_dependence_emphasis"]
    3.0
    """
    return measure(grids(levels, aggregation=aggregation), aggregation)


def measure(parts: list[Grid], aggregation: str) -> dict[str, float]:
    """Measure the features of grids made for `aggregation`."""
    return emphases(NAMES, (_dependences(part) for part in parts))


def _dependences(part: Grid) -> tuple[NDArray, NDArray, int]:
    counts = part.neighbourhoods[2][None]
    return counts, np.arange(1, counts.shape[2] + 1), part.inside.size
