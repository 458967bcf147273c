"""How far levels lie from their neighbours' mean: the neighbourhood grey tone difference matrix."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .glcm import LONELY
from .grid import Grid, average, grids

NAMES = ("ngtdm_coarseness", "ngtdm_contrast", "ngtdm_busyness", "ngtdm_complexity", "ngtdm_strength")


def ngtdm(levels: ArrayLike, *, aggregation: str = "3d_merged") -> tuple[NDArray, NDArray]:
    """Sum for each level how far its voxels lie from the mean level of their neighbours.

    Neighbours touch by a face, an edge or a corner (Chebyshev distance 1). Voxels without any are left out.

    Parameters
    ----------
    levels : (M, N) or (P, M, N) array_like of int
        Grey levels from 1 as `discretize` makes them; 0 is outside the region.
    aggregation : str, optional
        As for `glszm`: 26 neighbours in a volume, 8 in a slice.

    Returns
    -------
    voxels : (K, G) ndarray of int
        How many voxels of level i + 1 have a neighbour.
    differences : (K, G) ndarray of float
        The sum of their distances from the mean of their neighbours.

    Raises
    ------
    TypeError
        If the levels are not whole numbers.
    ValueError
        If levels are negative or too many, or `aggregation` is unknown.

    References
    ----------
    Amadasun M, King R. Textural features corresponding to textural properties. IEEE Trans Syst Man Cybern 19
    (1989) 1264-1274.
    Zwanenburg A et al. Image biomarker standardisation initiative. arXiv:1612.07003, family IPET.

    Examples
    --------
    >>> voxels, differences = ngtdm([[1, 1, 2]])
    >>> voxels
    array([[2, 1]])
    >>> differences
    array([[0.5, 1. ]])
    """
    found = [part.neighbourhoods for part in grids(levels, aggregation=aggregation)]
    return np.stack([one[0] for one in found]), np.stack([one[1] for one in found])


def ngtdm_features(levels: ArrayLike, *, aggregation: str = "3d_merged") -> dict[str, float]:
    """Measure the 5 grey tone difference features of the IBSI.

    Parameters
    ----------
    levels : (M, N) or (P, M, N) array_like of int
        Grey levels from 1 as `discretize` makes them; 0 is outside the region.
    aggregation : str, optional
        As for `glszm`.

    Returns
    -------
    dict of str to float
        Name to value; `catalog` holds the formulas. Slices without two touching voxels are left out.

    Raises
    ------
    TypeError
        If the levels are not whole numbers.
    ValueError
        If levels are negative or too many, no two voxels of the region touch, or `aggregation` is unknown.

    References
    ----------
    Zwanenburg A et al. Image biomarker standardisation initiative. arXiv:1612.07003, family IPET.

    Examples
    --------
    >>> ngtdm_features([[1, 1, 2]])["ngtdm_coarseness"]
    1.5
    """
    return measure(grids(levels, aggregation=aggregation), aggregation)


def measure(parts: list[Grid], aggregation: str) -> dict[str, float]:
    """Measure the features of grids made for `aggregation`."""
    from workbench.compiled import texture_sums

    found = average([texture_sums.tone_differences(*part.neighbourhoods[:2]) for part in parts])
    if np.isnan(found[0]):
        raise ValueError(LONELY.format("differences"))
    return dict(zip(NAMES, found.tolist(), strict=True))
