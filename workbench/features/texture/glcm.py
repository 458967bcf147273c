"""Which grey levels lie beside each other: the grey level co-occurrence matrix."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .grid import MERGED, Grid, average, grids

NAMES = (
    "glcm_joint_maximum",
    "glcm_joint_average",
    "glcm_joint_variance",
    "glcm_joint_entropy",
    "glcm_difference_average",
    "glcm_difference_variance",
    "glcm_difference_entropy",
    "glcm_sum_average",
    "glcm_sum_variance",
    "glcm_sum_entropy",
    "glcm_angular_second_moment",
    "glcm_contrast",
    "glcm_dissimilarity",
    "glcm_inverse_difference",
    "glcm_normalised_inverse_difference",
    "glcm_inverse_difference_moment",
    "glcm_normalised_inverse_difference_moment",
    "glcm_inverse_variance",
    "glcm_correlation",
    "glcm_autocorrelation",
    "glcm_cluster_tendency",
    "glcm_cluster_shade",
    "glcm_cluster_prominence",
    "glcm_information_correlation_1",
    "glcm_information_correlation_2",
)
LONELY = "the region has no two touching voxels, so it has no {}; leave it out"


def glcm(levels: ArrayLike, *, aggregation: str = "3d_merged") -> NDArray:
    """Count which grey levels are neighbours, as probabilities.

    Neighbours touch by a face, an edge or a corner (Chebyshev distance 1). Each pair counts in both orders, so the
    matrices are symmetric. Distance is in voxels: resample a volume of uneven spacing first, or stay in
    its slices.

    Parameters
    ----------
    levels : (M, N) or (P, M, N) array_like of int
        Grey levels from 1 as `discretize` makes them; 0 is outside the region and never a neighbour.
    aggregation : str, optional
        What is counted together (merged) before features are averaged over what is not: ``"3d_merged"`` (default;
        all directions, 13 in a volume, 4 in a slice), ``"3d_averaged"`` (each direction alone), or only the 4
        directions within slices: ``"2.5d_merged"`` (all slices and directions), ``"2.5d_direction_merged"`` (each
        direction over all slices), ``"2d_slice_merged"`` (each slice), ``"2d_averaged"`` (each direction of each
        slice). A slice alone has its 4 directions in each.

    Returns
    -------
    (K, G, G) ndarray of float64
        K matrices that each sum to one; G is the highest level. Directions or slices without a pair are left out.

    Raises
    ------
    TypeError
        If the levels are not whole numbers.
    ValueError
        If levels are negative or too many, no two voxels of the region touch, or `aggregation` is unknown.

    References
    ----------
    Haralick RM, Shanmugam K, Dinstein I. Textural features for image classification. IEEE Trans Syst Man Cybern
    SMC-3 (1973) 610-621.
    Zwanenburg A et al. Image biomarker standardisation initiative. arXiv:1612.07003, family LFYI.

    Examples
    --------
    >>> glcm([[1, 1, 2]])
    array([[[0.5 , 0.25],
            [0.25, 0.  ]]])
    """
    counts = np.concatenate([_counts(grid, aggregation) for grid in grids(levels, aggregation=aggregation)])
    pairs = (counts + counts.swapaxes(1, 2))[:, 1:, 1:].astype(np.float64)
    totals = pairs.sum(axis=(1, 2))
    if not totals.any():
        raise ValueError(LONELY.format("co-occurrence"))
    return pairs[totals > 0] / totals[totals > 0, None, None]


def glcm_features(levels: ArrayLike, *, aggregation: str = "3d_merged") -> dict[str, float]:
    """Measure the 25 co-occurrence features of the IBSI.

    Parameters
    ----------
    levels : (M, N) or (P, M, N) array_like of int
        Grey levels from 1 as `discretize` makes them; 0 is outside the region.
    aggregation : str, optional
        As for `glcm`.

    Returns
    -------
    dict of str to float
        Name to value; `catalog` holds the formulas. Entropies are in bits. Correlation and information
        correlation 1 are averaged over the matrices with more than one level; NaN where there is none.

    Raises
    ------
    TypeError, ValueError
        As for `glcm`.

    References
    ----------
    Zwanenburg A et al. Image biomarker standardisation initiative. arXiv:1612.07003, family LFYI.

    Examples
    --------
    >>> glcm_features([[1, 1, 2]])["glcm_contrast"]
    0.5
    """
    return measure(grids(levels, aggregation=aggregation), aggregation)


def measure(parts: list[Grid], aggregation: str) -> dict[str, float]:
    """Measure the features of grids made for `aggregation`."""
    from workbench.compiled import texture_sums

    found = average([texture_sums.cooccurrences(_counts(part, aggregation)) for part in parts])
    if np.isnan(found[0]):
        raise ValueError(LONELY.format("co-occurrence"))
    return dict(zip(NAMES, found.tolist(), strict=True))


def _counts(grid: Grid, aggregation: str) -> NDArray:
    """Pairs in one order, with a row and a column 0 for neighbours outside."""
    from workbench.compiled import textures

    size = grid.highest + 1
    return grid.by_direction(textures.pairs, (size, size), merged=aggregation in MERGED, dtype=np.int32)
