"""Overlap and volume of a segmentation beside its reference."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array, same_shape, spacing_mm
from workbench.images import Image
from workbench.images.spacings import own_spacing


def dice(mask: ArrayLike, reference: ArrayLike) -> float:
    """Dice coefficient, ``2 |A and B| / (|A| + |B|)``.

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
    inside, expected = mask_pair(mask, reference)
    total = int(inside.sum()) + int(expected.sum())
    return 2 * int((inside & expected).sum()) / total if total else float("nan")


def jaccard(mask: ArrayLike, reference: ArrayLike) -> float:
    """Jaccard index, ``|A and B| / |A or B|``.

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
    inside, expected = mask_pair(mask, reference)
    union = int((inside | expected).sum())
    return int((inside & expected).sum()) / union if union else float("nan")


def volume_difference(
    mask: ArrayLike, reference: ArrayLike, *, spacing: tuple[float, ...] | None = None, relative: bool = False
) -> float:
    """How much larger the mask is than its reference.

    Parameters
    ----------
    mask, reference : (P, M, N) array_like of bool
        Same shape; nonzero is inside. Of slices, (M, N), only the relative difference is defined.
    spacing : tuple of float, optional
        Millimetres between neighbours on each axis, needed unless `relative`. An Image brings its own.
    relative : bool, optional
        Whether to divide by the reference's volume.

    Returns
    -------
    float
        In ml, or a fraction; negative where the mask is smaller. A relative difference from an empty reference is
        infinite, or NaN if both are empty.

    Raises
    ------
    ValueError
        If the shapes differ, the spacing is missing or malformed, or the masks are not finite.

    References
    ----------
    Heimann T, van Ginneken B, Styner MA, et al. Comparison and evaluation of methods for liver segmentation from
    CT datasets. IEEE Transactions on Medical Imaging 28 (2009) 1251-1265.

    Examples
    --------
    >>> volume_difference([[[1, 1, 1]]], [[[1, 1, 0]]], spacing=(10.0, 10.0, 10.0))
    1.0
    >>> volume_difference([[1, 1, 1]], [[1, 1, 0]], relative=True)
    0.5
    """
    inside, expected = mask_pair(mask, reference)
    size, truth = int(inside.sum()), int(expected.sum())
    if relative:
        if truth == 0:
            return math.inf if size else math.nan
        return (size - truth) / truth
    edges = mask_spacing(mask, reference, spacing=spacing)
    if edges is None or len(edges) != 3:
        raise ValueError("a volume in ml needs masks with 3 axes and their spacing; give spacing or relative=True")
    return (size - truth) * math.prod(edges) / 1000


def mask_pair(mask: ArrayLike, reference: ArrayLike) -> tuple[NDArray, NDArray]:
    """Return both masks as boolean arrays of one shape, or raise."""
    inside = real_array(mask, name="mask") != 0
    expected = real_array(reference, name="reference") != 0
    same_shape(mask=inside, reference=expected)
    return inside, expected


def mask_spacing(*masks: ArrayLike, spacing: tuple[float, ...] | None) -> tuple[float, ...] | None:
    """Return the spacing that is given or that Images bring, or raise where it is malformed or they differ."""
    ndim = np.ndim(masks[0])
    own = {mask.spacing for mask in masks if isinstance(mask, Image) and mask.spacing is not None}
    if len(own) > 1:
        raise ValueError(f"mask and reference must have one spacing, received {sorted(own)}; resample one of them")
    known = [own_spacing(mask, spacing) for mask in masks]
    return next((spacing_mm(edges, ndim) for edges in known if edges is not None), None)
