"""Overlapping proposals of where an object is: keep the best of each heap."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array


def mask_overlaps(masks: ArrayLike) -> NDArray[np.float64]:
    """Jaccard index of each mask with each other.

    Parameters
    ----------
    masks : (R, ...) array_like of bool
        Stacked on the first axis; nonzero is inside.

    Returns
    -------
    (R, R) ndarray
        Intersection over union, 1 on the diagonal; 0 between two empty masks.

    Raises
    ------
    ValueError
        If `masks` has fewer than 2 axes, is empty or not finite.

    References
    ----------
    Jaccard P. The distribution of the flora in the alpine zone. New Phytologist 11 (1912) 37-50.

    Examples
    --------
    >>> mask_overlaps([[1, 1, 0], [0, 1, 1]]).round(3)
    array([[1.   , 0.333],
           [0.333, 1.   ]])
    """
    stack = real_array(masks, name="masks") != 0
    if stack.ndim < 2:
        raise ValueError(f"masks must be stacked on the first axis, received shape {stack.shape}")
    flat = stack.reshape(len(stack), -1)
    # Only voxels that some mask marks can count; float32 adds whole numbers exactly below 2 ** 24.
    flat = flat[:, flat.any(axis=0)]
    kind = np.float32 if flat.shape[1] < 2**24 else np.float64
    shared = (flat.astype(kind) @ flat.astype(kind).T).astype(np.float64)
    sizes = np.diagonal(shared)
    union = sizes[:, None] + sizes - shared
    overlaps = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    np.fill_diagonal(overlaps, 1.0)
    return overlaps


def suppress_overlaps(masks: ArrayLike, scores: ArrayLike, *, overlap: float = 0.5) -> NDArray[np.intp]:
    """Non-maximum suppression of masks: keep the best, drop what overlaps it too much, and go on.

    Parameters
    ----------
    masks : (R, ...) array_like of bool
        Proposals, stacked on the first axis; nonzero is inside.
    scores : (R,) array_like
        How good each is; the higher, the better.
    overlap : float, optional
        A proposal goes if its Jaccard index with one that is kept is above this, 0 to 1.

    Returns
    -------
    (K,) ndarray of int
        Indices of the proposals to keep, best first; of equal scores the first one leads.

    Raises
    ------
    ValueError
        If there are not as many scores as masks, `overlap` is out of its range, or an array is empty or not
        finite.

    References
    ----------
    Neubeck A, Van Gool L. Efficient non-maximum suppression. International Conference on Pattern Recognition 3
    (2006) 850-855.

    Examples
    --------
    >>> suppress_overlaps([[1, 1, 1, 0], [0, 1, 1, 0], [0, 0, 0, 1]], [0.6, 0.9, 0.3])
    array([1, 2])
    """
    values = real_array(scores, name="scores")
    overlaps = mask_overlaps(masks)
    if values.shape != (len(overlaps),):
        raise ValueError(f"expected one score for each of {len(overlaps)} masks, received shape {values.shape}")
    if not 0 <= overlap <= 1:
        raise ValueError(f"overlap must be between 0 and 1, received {overlap}")
    kept: list[int] = []
    for index in np.argsort(-values.astype(np.float64), kind="stable"):
        if not (overlaps[index, kept] > overlap).any():
            kept.append(int(index))
    return np.array(kept, np.intp)
