"""Boxes as arrays: where they may lie, and how much two of them share."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array


def box_array(boxes: ArrayLike, *, name: str = "boxes") -> NDArray[np.float64]:
    """Return boxes as an array, checked.

    Parameters
    ----------
    boxes : (n, 4) or (n, 6) array_like
        One row per box: top, left, bottom, right in pixels, half-open, so that bottom - top is the height; or
        front, top, left, back, bottom, right in voxels. ``[]`` for none.
    name : str, optional
        What the error message calls the argument.

    Returns
    -------
    (n, 4) or (n, 6) ndarray of float64
        The same edges.

    Raises
    ------
    ValueError
        If the shape is another, an edge is NaN or infinite, or a box has no area.

    Examples
    --------
    >>> box_array([[0, 0, 2, 3]])
    array([[0., 0., 2., 3.]])
    >>> box_array([[2, 0, 2, 3]])
    Traceback (most recent call last):
    ...
    ValueError: boxes must have an area, received [2.0, 0.0, 2.0, 3.0] in row 0; edges are starts, then ends: ...
    """
    array = np.asarray(boxes)
    if array.shape in {(0,), (0, 4), (0, 6)}:
        return np.empty((0, array.shape[-1] or 4))
    if array.ndim != 2 or array.shape[1] not in {4, 6}:
        raise ValueError(
            f"{name} must have the shape (n, 4) (top, left, bottom, right) or (n, 6), received {array.shape}"
        )
    array = real_array(array, name=name).astype(np.float64)
    starts, ends = np.split(array, 2, axis=1)
    flat = np.flatnonzero((ends <= starts).any(axis=1))
    if len(flat):
        raise ValueError(
            f"{name} must have an area, received {array[flat[0]].tolist()} in row {flat[0]}; edges are starts, "
            "then ends: top, left, bottom, right"
        )
    return array


def iou(first: ArrayLike, second: ArrayLike) -> NDArray[np.float64]:
    """Intersection over union of each box with each other (Jaccard index).

    Parameters
    ----------
    first, second : (n, 4) and (m, 4) array_like, or (n, 6) and (m, 6)
        Top, left, bottom, right in pixels, half-open; of volumes front, top, left, back, bottom, right.

    Returns
    -------
    (n, m) ndarray of float64
        From 0, nothing shared, to 1, the same box.

    Raises
    ------
    ValueError
        If a box has no area, or one argument holds boxes of pictures and the other of volumes.

    References
    ----------
    Jaccard P. The distribution of the flora in the alpine zone. New Phytologist 11 (1912) 37-50.

    Examples
    --------
    >>> iou([[0, 0, 2, 2]], [[0, 0, 2, 2], [0, 1, 2, 3], [5, 5, 6, 6]]).round(3)
    array([[1.   , 0.333, 0.   ]])
    """
    return overlaps(box_array(first, name="first"), box_array(second, name="second"))


def overlaps(
    first: NDArray[np.float64], second: NDArray[np.float64], *, regions: NDArray[np.bool_] | None = None
) -> NDArray[np.float64]:
    """Return `iou` of checked boxes, and for regions of `second` the share of the first box inside.

    Examples
    --------
    >>> small, large = np.array([[0.0, 0, 1, 1]]), np.array([[0.0, 0, 2, 2]])
    >>> overlaps(small, large), overlaps(small, large, regions=np.array([True]))
    (array([[0.25]]), array([[1.]]))
    """
    if not len(first) or not len(second):
        return np.zeros((len(first), len(second)))
    if first.shape[1] != second.shape[1]:
        raise ValueError(f"boxes must all be of pictures or of volumes, received {first.shape} and {second.shape}")
    axes = first.shape[1] // 2
    ends = np.minimum(first[:, None, axes:], second[:, axes:])
    shared = (ends - np.maximum(first[:, None, :axes], second[:, :axes])).clip(0).prod(axis=2)
    sizes, others = ((array[:, axes:] - array[:, :axes]).prod(axis=1) for array in (first, second))
    union = sizes[:, None] + others - shared
    if regions is not None:
        union = np.where(regions, sizes[:, None], union)
    return shared / union
