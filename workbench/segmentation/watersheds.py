"""Watershed from markers: an image seen as a landscape that is flooded."""

import itertools

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array, same_shape

BLOCKED = -1
WIDEST_LEVELS = 2**22


def watershed(
    image: ArrayLike, *, markers: ArrayLike, mask: ArrayLike | None = None, connectivity: int = 1
) -> NDArray[np.int32]:
    """Flood an image from markers; each voxel gets the label of the water that reaches it first.

    Water rises everywhere at once. Where the image is flat it spreads evenly, first come, first served.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        Heights: low inside the regions sought and high at their borders, such as a gradient or the negative of a
        distance transform.
    markers : array_like of int
        Labels from 1 where the water enters, elsewhere 0.
    mask : array_like of bool, optional
        The land: water stays in it, and markers beyond are not used.
    connectivity : int, optional
        Along how many axes neighbours may differ by one voxel: 1 is faces, 2 edges too, 3 corners too.

    Returns
    -------
    ndarray of int32
        A marker's label for each voxel that its water reaches; 0 where none does.

    Raises
    ------
    TypeError
        If `markers` are not whole numbers.
    ValueError
        If there are no markers (in `mask`), one is negative, shapes differ, `connectivity` is not from 1 to the
        number of axes, or `image` is empty, not finite, or has other than 2 or 3 axes.

    References
    ----------
    Meyer F. Topographic distance and watershed lines. Signal Processing 38 (1994) 113-125.

    Examples
    --------
    >>> watershed([[0, 1, 5, 1, 0]], markers=[[1, 0, 0, 0, 2]])
    array([[1, 1, 1, 2, 2]], dtype=int32)
    """
    array = real_array(image)
    if array.ndim not in {2, 3}:
        raise ValueError(f"image must have 2 or 3 axes, received shape {array.shape}")
    if connectivity not in range(1, array.ndim + 1):
        raise ValueError(f"connectivity must be an integer from 1 to {array.ndim}, received {connectivity!r}")
    labels = marker_labels(markers)
    same_shape(image=array, markers=labels)
    if mask is not None:
        land = real_array(mask, name="mask") != 0
        same_shape(image=array, mask=land)
        labels[~land] = BLOCKED
    if not (labels > 0).any():
        raise ValueError("markers must have at least one label above 0 where mask is true, received none")
    from workbench.compiled.flooding import flood

    # A blocked rim keeps the water from running off the edges.
    levels, labels = np.pad(_levels(array), 1), np.pad(labels, 1, constant_values=BLOCKED)
    flood(levels.ravel(), labels.reshape(-1), _offsets(labels.shape, connectivity))
    inner = labels[(slice(1, -1),) * array.ndim]
    return np.maximum(inner, 0)


def marker_labels(markers: ArrayLike) -> NDArray[np.int32]:
    """Return a copy of markers as labels.

    Parameters
    ----------
    markers : array_like of int
        0 and above.

    Returns
    -------
    ndarray of int32
        The same values.

    Raises
    ------
    TypeError
        If they are not whole numbers.
    ValueError
        If one is negative or does not fit.

    Examples
    --------
    >>> marker_labels([[0, 3]])
    array([[0, 3]], dtype=int32)
    """
    array = real_array(markers, name="markers")
    if array.dtype.kind == "f":
        raise TypeError(f"markers must be whole numbers, received dtype {array.dtype}; use markers.astype(int)")
    if array.min() < 0 or array.max() > np.iinfo(np.int32).max:
        raise ValueError(f"markers must be from 0 to 2^31 - 1, received {array.min()} to {array.max()}")
    return array.astype(np.int32)


def _levels(array: NDArray) -> NDArray[np.int32]:
    if array.dtype.kind in "bui":
        low, high = int(array.min()), int(array.max())
        if high - low < min(WIDEST_LEVELS, 4 * array.size + 256):
            return (array.astype(np.int64) - low).astype(np.int32) if low else array.astype(np.int32)
    # Ranks: the levels matter by their order alone.
    flat = array.ravel()
    order = np.argsort(flat)
    ordered = flat[order]
    ranks = np.empty(flat.size, np.int32)
    ranks[order] = np.concatenate([[0], np.cumsum(ordered[1:] != ordered[:-1])])
    return ranks.reshape(array.shape)


def _offsets(shape: tuple[int, ...], connectivity: int) -> NDArray[np.int64]:
    steps = np.array(list(itertools.product((-1, 0, 1), repeat=len(shape))))
    axes = np.abs(steps).sum(axis=1)
    # Nearer neighbours come first.
    order = np.argsort(axes, kind="stable")
    near = steps[order[(axes[order] > 0) & (axes[order] <= connectivity)]]
    return near @ np.cumprod([1, *shape[:0:-1]])[::-1]
