"""Second-order features: which grey levels lie beside each other (grey level co-occurrence matrix, GLCM)."""

from collections.abc import Iterator
from itertools import product

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import one_of, real_array

AGGREGATIONS = (
    "3d_merged",
    "3d_averaged",
    "2.5d_merged",
    "2.5d_direction_merged",
    "2d_slice_merged",
    "2d_averaged",
)
#: Matrices have the square of this many cells; more levels than that are nearly always a bin width gone wrong.
MOST_LEVELS = 1024


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
    return np.stack(list(_matrices(levels, aggregation)))


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
        correlation 1 are NaN where a matrix has one level only.

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
    found = [_features(matrix) for matrix in _matrices(levels, aggregation)]
    return {f"glcm_{name}": float(np.mean([one[name] for one in found])) for name in found[0]}


def _matrices(levels: ArrayLike, aggregation: str) -> Iterator[NDArray]:
    one_of(aggregation, AGGREGATIONS, name="aggregation")
    volume = _checked(levels)
    count = int(volume.max())
    slices = volume if volume.ndim == 3 else volume[None]
    if aggregation.startswith("3d"):
        groups = [[(volume, offset)] for offset in _directions(volume.ndim)]
    elif aggregation == "2d_slice_merged":
        groups = [[(plane, offset) for offset in _directions(2)] for plane in slices]
    elif aggregation == "2d_averaged":
        groups = [[(plane, offset)] for plane in slices for offset in _directions(2)]
    else:
        groups = [[(slices, (0, *offset))] for offset in _directions(2)]
    if aggregation in {"3d_merged", "2.5d_merged"}:
        groups = [[pair for group in groups for pair in group]]
    empty = True
    for group in groups:
        counts = np.sum([_pairs(array, offset, count) for array, offset in group], axis=0)
        total = counts.sum()
        if total:
            empty = False
            yield (counts + counts.T) / (2 * total)
    if empty:
        raise ValueError("the region has no two touching voxels, so it has no texture; leave it out")


def _checked(levels: ArrayLike) -> NDArray:
    array = real_array(levels, name="levels")
    if array.dtype.kind not in "iu":
        raise TypeError(f"levels must be whole numbers, received dtype {array.dtype}; make them with discretize")
    if array.ndim not in {2, 3}:
        raise ValueError(f"levels must be a slice or a volume, received shape {array.shape}")
    lowest, highest = int(array.min()), int(array.max())
    if lowest < 0 or highest < 1:
        raise ValueError(f"levels must be 1 or more, and 0 outside the region, received {lowest} to {highest}")
    if highest > MOST_LEVELS:
        raise ValueError(f"expected at most {MOST_LEVELS} levels, received {highest}; choose wider or fewer bins")
    inside = np.nonzero(array)
    return array[tuple(slice(place.min(), place.max() + 1) for place in inside)].astype(np.int64)


def _directions(ndim: int) -> list[tuple[int, ...]]:
    """One of each two opposite neighbours: 13 in a volume, 4 in a slice."""
    return [offset for offset in product((0, 1, -1), repeat=ndim) if offset > (0,) * ndim]


def _pairs(levels: NDArray, offset: tuple[int, ...], count: int) -> NDArray:
    here = tuple(slice(max(-step, 0), min(n, n - step)) for step, n in zip(offset, levels.shape, strict=True))
    there = tuple(slice(max(step, 0), min(n, n + step)) for step, n in zip(offset, levels.shape, strict=True))
    first, second = levels[here], levels[there]
    both = (first > 0) & (second > 0)
    cells = (first[both] - 1) * count + second[both] - 1
    return np.bincount(cells, minlength=count**2).reshape(count, count)


def _features(p: NDArray) -> dict[str, float]:
    count = len(p)
    level = np.arange(1, count + 1)
    marginal = p.sum(axis=1)
    mean = level @ marginal
    variance = (level - mean) ** 2 @ marginal
    rows, columns = np.indices(p.shape)
    k = np.arange(count)
    difference = np.bincount(np.abs(rows - columns).ravel(), weights=p.ravel(), minlength=count)
    total = np.arange(2, 2 * count + 1)
    summed = np.bincount((rows + columns).ravel(), weights=p.ravel(), minlength=2 * count - 1)
    autocorrelation = level @ p @ level
    joint_entropy, marginal_entropy = _entropy(p), _entropy(marginal)
    difference_average, sum_average = k @ difference, total @ summed
    # With both marginals equal, IBSI's HXY1 and HXY2 are both twice the marginal entropy.
    dependence = 2 * marginal_entropy - joint_entropy
    return {
        "joint_maximum": p.max(),
        "joint_average": mean,
        "joint_variance": variance,
        "joint_entropy": joint_entropy,
        "difference_average": difference_average,
        "difference_variance": (k - difference_average) ** 2 @ difference,
        "difference_entropy": _entropy(difference),
        "sum_average": sum_average,
        "sum_variance": (total - sum_average) ** 2 @ summed,
        "sum_entropy": _entropy(summed),
        "angular_second_moment": np.sum(p**2),
        "contrast": k**2 @ difference,
        "dissimilarity": difference_average,
        "inverse_difference": np.sum(difference / (1 + k)),
        "normalised_inverse_difference": np.sum(difference / (1 + k / count)),
        "inverse_difference_moment": np.sum(difference / (1 + k**2)),
        "normalised_inverse_difference_moment": np.sum(difference / (1 + (k / count) ** 2)),
        "inverse_variance": np.sum(difference[1:] / k[1:] ** 2),
        "correlation": (autocorrelation - mean**2) / variance if np.count_nonzero(marginal) > 1 else np.nan,
        "autocorrelation": autocorrelation,
        "cluster_tendency": (total - 2 * mean) ** 2 @ summed,
        "cluster_shade": (total - 2 * mean) ** 3 @ summed,
        "cluster_prominence": (total - 2 * mean) ** 4 @ summed,
        "information_correlation_1": -dependence / marginal_entropy if marginal_entropy else np.nan,
        "information_correlation_2": np.sqrt(1 - np.exp(-2 * max(dependence, 0.0))),
    }


def _entropy(p: NDArray) -> float:
    present = p[p > 0]
    # Adding 0.0 turns the -0.0 of a certain event into 0.0.
    return float(-np.sum(present * np.log2(present))) + 0.0
