"""How long levels last along a line: the grey level run length matrix."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .grid import MERGED, Grid, emphases, grids

NAMES = (
    "glrlm_short_runs_emphasis",
    "glrlm_long_runs_emphasis",
    "glrlm_low_grey_level_run_emphasis",
    "glrlm_high_grey_level_run_emphasis",
    "glrlm_short_run_low_grey_level_emphasis",
    "glrlm_short_run_high_grey_level_emphasis",
    "glrlm_long_run_low_grey_level_emphasis",
    "glrlm_long_run_high_grey_level_emphasis",
    "glrlm_grey_level_non_uniformity",
    "glrlm_normalised_grey_level_non_uniformity",
    "glrlm_run_length_non_uniformity",
    "glrlm_normalised_run_length_non_uniformity",
    "glrlm_run_percentage",
    "glrlm_grey_level_variance",
    "glrlm_run_length_variance",
    "glrlm_run_entropy",
)


def glrlm(levels: ArrayLike, *, aggregation: str = "3d_merged") -> NDArray:
    """Count runs: voxels of one level in a row, column or diagonal.

    Parameters
    ----------
    levels : (M, N) or (P, M, N) array_like of int
        Grey levels from 1 as `discretize` makes them; 0 is outside the region.
    aggregation : str, optional
        As for `glcm`.

    Returns
    -------
    (K, G, R) ndarray of int
        K matrices: runs of level i + 1 and length r + 1, up to the highest level and the longest run.

    Raises
    ------
    TypeError
        If the levels are not whole numbers.
    ValueError
        If levels are negative or too many, or `aggregation` is unknown.

    References
    ----------
    Galloway MM. Texture analysis using gray level run lengths. Comput Graph Image Process 4 (1975) 172-179.
    Zwanenburg A et al. Image biomarker standardisation initiative. arXiv:1612.07003, family TP0I.

    Examples
    --------
    >>> glrlm([[1, 1, 2]], aggregation="2d_averaged")[0]
    array([[0, 1],
           [1, 0]])
    """
    parts = grids(levels, aggregation=aggregation)
    longest = max(max(part.shape) for part in parts) - 2
    counts = np.concatenate([_counts(part, aggregation, longest) for part in parts])
    return counts[:, :, : np.flatnonzero(counts.any(axis=(0, 1))).max() + 1]


def glrlm_features(levels: ArrayLike, *, aggregation: str = "3d_merged") -> dict[str, float]:
    """Measure the 16 run length features of the IBSI.

    Parameters
    ----------
    levels : (M, N) or (P, M, N) array_like of int
        Grey levels from 1 as `discretize` makes them; 0 is outside the region.
    aggregation : str, optional
        As for `glcm`.

    Returns
    -------
    dict of str to float
        Name to value; `catalog` holds the formulas.

    Raises
    ------
    TypeError, ValueError
        As for `glrlm`.

    References
    ----------
    Zwanenburg A et al. Image biomarker standardisation initiative. arXiv:1612.07003, family TP0I.

    Examples
    --------
    Along the rows there are two runs, of 2 and 1 voxels; in the three other directions three of 1 voxel.

    >>> glrlm_features([[1, 1, 2]])["glrlm_run_percentage"]
    0.9166666666666666
    """
    return measure(grids(levels, aggregation=aggregation), aggregation)


def measure(parts: list[Grid], aggregation: str) -> dict[str, float]:
    """Measure the features of grids made for `aggregation`."""
    return emphases(NAMES, (_runs(part, aggregation) for part in parts))


def _runs(part: Grid, aggregation: str) -> tuple[NDArray, NDArray, int]:
    counts = _counts(part, aggregation, max(part.shape) - 2)
    return counts, np.arange(1, counts.shape[2] + 1), part.inside.size * part.steps.size // len(counts)


def _counts(grid: Grid, aggregation: str, longest: int) -> NDArray:
    from workbench.compiled import textures

    return grid.by_direction(textures.runs, (grid.highest, longest), merged=aggregation in MERGED, dtype=np.int64)
