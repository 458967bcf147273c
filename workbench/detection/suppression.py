"""One box for each object: non-maximum suppression, hard and soft."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import one_of, real_array

from .boxes import box_array

METHODS = ("hard", "soft_linear", "soft_gaussian")


class Kept(NamedTuple):
    """What is left after non-maximum suppression, best first.

    Parameters
    ----------
    indices : (k,) ndarray of int
        Of the boxes kept.
    scores : (k,) ndarray of float64
        Theirs: as they were, or lowered by a soft method.
    """

    indices: NDArray[np.int64]
    scores: NDArray[np.float64]


def non_maximum_suppression(
    boxes: ArrayLike,
    scores: ArrayLike,
    *,
    iou: float = 0.5,
    classes: ArrayLike | None = None,
    method: str = "hard",
    sigma: float = 0.5,
    least: float = 0.001,
) -> Kept:
    r"""Take the best box, suppress those that overlap it, and go on with the rest.

    A box that shares :math:`o` (intersection over union) with one that is taken goes (hard), or its score falls by

    .. math:: s \leftarrow s \, (1 - o) \text{ where } o > \text{iou} \quad \text{(soft, linear)}, \qquad
              s \leftarrow s \, e^{-o^2 / \sigma} \quad \text{(soft, Gaussian)}

    Parameters
    ----------
    boxes : (n, 4) or (n, 6) array_like
        Top, left, bottom, right in pixels, half-open; of volumes front, top, left, back, bottom, right.
    scores : (n,) array_like
        The higher, the better. Of equal ones the first leads.
    iou : float, optional
        More overlap than this suppresses, 0 to 1.
    classes : (n,) array_like, optional
        Boxes of different classes do not suppress each other.
    method : {"hard", "soft_linear", "soft_gaussian"}, optional
        Soft methods keep the second of two objects that truly overlap.
    sigma : float, optional
        Of the Gaussian, which takes the place of `iou`: a larger one suppresses less.
    least : float, optional
        Soft methods drop what scores less.

    Returns
    -------
    Kept
        Indices and scores, best first.

    Raises
    ------
    ValueError
        If a box has no area, lengths differ, an option is out of its range, or soft scores are negative.

    References
    ----------
    Neubeck A, Van Gool L. Efficient non-maximum suppression. International Conference on Pattern Recognition 3
    (2006) 850-855.
    Bodla N et al. Soft-NMS: improving object detection with one line of code. International Conference on Computer
    Vision (2017) 5561-5569.

    Examples
    --------
    >>> boxes = [[0, 0, 4, 4], [0, 1, 4, 5], [8, 8, 9, 9]]
    >>> non_maximum_suppression(boxes, [0.8, 0.9, 0.3]).indices
    array([1, 2])
    >>> non_maximum_suppression(boxes, [0.8, 0.9, 0.3], method="soft_linear").scores.round(2)
    array([0.9 , 0.32, 0.3 ])
    """
    array, values = box_array(boxes), np.asarray(scores)
    one_of(method, METHODS, name="method")
    kinds = np.zeros(len(array), np.int64) if classes is None else np.asarray(classes)
    for name, given in (("score", values), ("class", kinds)):
        if given.shape != (len(array),):
            raise ValueError(f"expected one {name} for each of {len(array)} boxes, received shape {given.shape}")
    if not 0 <= iou <= 1:
        raise ValueError(f"iou must be between 0 and 1, received {iou}")
    if not sigma > 0:
        raise ValueError(f"sigma must be above 0, received {sigma}")
    if not len(array):
        return Kept(np.empty(0, np.int64), np.empty(0))
    values = real_array(values, name="scores").astype(np.float64)
    if method != "hard" and values.min() < 0:
        raise ValueError(f"a soft method needs scores of at least 0, received {values.min()}; give probabilities")

    from workbench.compiled.suppression import suppressed

    order = np.argsort(array[:, 0], kind="stable")
    placed, codes = np.ascontiguousarray(array[order].T), np.unique(kinds, return_inverse=True)[1]
    first, last = _neighbours(placed, 0.0 if method == "soft_gaussian" else iou)
    indices, left = suppressed(
        placed,
        values[order],
        codes[order].astype(np.int64),
        order,
        first,
        last,
        METHODS.index(method),
        float(iou),
        float(sigma),
        -np.inf if method == "hard" else float(least),
    )
    return Kept(order[indices], left)


def _neighbours(boxes: NDArray[np.float64], iou: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the ranges of boxes, sorted by their start, that can overlap each by more than `iou`.

    No two boxes share more than their extents on the first axis: with a gap between the starts, at most
    ``(length - gap) / length`` with a later one, and ``length / (length + gap)`` with an earlier one.
    """
    starts, ends = boxes[0], boxes[len(boxes) // 2]
    first = np.searchsorted(np.maximum.accumulate(ends), starts, side="right")
    last = np.searchsorted(starts, ends)
    if iou > 0:
        # A little longer than it need be, for rounding.
        gap = (ends - starts) * (1 - iou + 1e-6)
        first = np.maximum(first, np.searchsorted(starts, starts - gap / iou))
        last = np.minimum(last, np.searchsorted(starts, starts + gap, side="right"))
    return first, last
