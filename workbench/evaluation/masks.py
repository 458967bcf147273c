"""Overlap of a segmentation with its reference."""

from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array, same_shape


def dice(mask: ArrayLike, reference: ArrayLike) -> float:
    """Dice coefficient, 2 |A and B| / (|A| + |B|).

    Parameters
    ----------
    mask, reference : (...) array_like of bool
        Same shape; nonzero is inside.

    Returns
    -------
    float
        From 0 (disjoint) to 1 (equal); NaN if both are empty, for then there is nothing to agree on.

    Raises
    ------
    ValueError
        If the shapes differ, there are no voxels, or some are NaN.

    References
    ----------
    Dice LR. Measures of the amount of ecologic association between species. Ecology 26 (1945) 297-302.

    Examples
    --------
    >>> dice([1, 1, 0], [1, 0, 0])
    0.6666666666666666
    """
    inside, expected = _pair(mask, reference)
    total = int(inside.sum()) + int(expected.sum())
    return 2 * int((inside & expected).sum()) / total if total else float("nan")


def jaccard(mask: ArrayLike, reference: ArrayLike) -> float:
    """Jaccard index, |A and B| / |A or B|.

    Parameters
    ----------
    mask, reference : (...) array_like of bool
        Same shape; nonzero is inside.

    Returns
    -------
    float
        From 0 (disjoint) to 1 (equal); NaN if both are empty.

    Raises
    ------
    ValueError
        If the shapes differ, there are no voxels, or some are NaN.

    References
    ----------
    Jaccard P. The distribution of the flora in the alpine zone. New Phytologist 11 (1912) 37-50.

    Examples
    --------
    >>> jaccard([1, 1, 0], [1, 0, 0])
    0.5
    """
    inside, expected = _pair(mask, reference)
    union = int((inside | expected).sum())
    return int((inside & expected).sum()) / union if union else float("nan")


def _pair(mask: ArrayLike, reference: ArrayLike) -> tuple[NDArray, NDArray]:
    inside = real_array(mask, name="mask").astype(bool)
    expected = real_array(reference, name="reference").astype(bool)
    same_shape(mask=inside, reference=expected)
    return inside, expected
