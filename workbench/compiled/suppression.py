"""Non-maximum suppression: a queue by score, and for each box only those whose first axis could reach it."""

import heapq

import numpy as np
from numpy.typing import NDArray

from .slabs import compiled

HARD, LINEAR, GAUSSIAN = 0, 1, 2


@compiled
def _shared(boxes: NDArray[np.float64], one: int, other: int) -> float:
    axes = len(boxes) // 2
    shared = 1.0
    for axis in range(axes):
        end = min(boxes[axes + axis, one], boxes[axes + axis, other])
        length = end - max(boxes[axis, one], boxes[axis, other])
        if length <= 0:
            return 0.0
        shared *= length
    return shared


@compiled
def suppressed(
    boxes: NDArray[np.float64],
    scores: NDArray[np.float64],
    classes: NDArray[np.int64],
    rank: NDArray[np.int64],
    first: NDArray[np.int64],
    last: NDArray[np.int64],
    method: int,
    iou: float,
    sigma: float,
    least: float,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Take the best box, lower the scores of those that overlap it, and go on.

    Parameters
    ----------
    boxes : (2 * d, n) ndarray of float64
        Starts of each axis, then ends; sorted by the first row.
    scores : (n,) ndarray of float64
        Overwritten.
    classes, rank : (n,) ndarray of int64
        Boxes of two classes do not meet; of equal scores the lower rank leads.
    first, last : (n,) ndarray of int64
        All boxes j that overlap box i are at ``first[i] <= j < last[i]``.
    method : int
        `HARD`, `LINEAR` or `GAUSSIAN`.
    iou, sigma, least : float
        As for `detection.non_maximum_suppression`.

    Returns
    -------
    indices : (k,) ndarray of int64
        Of the boxes kept, best first.
    scores : (k,) ndarray of float64
        What is left of theirs.
    """
    edges, count = boxes.shape
    axes = edges // 2
    sizes = np.ones(count)
    for axis in range(axes):
        sizes *= boxes[axes + axis] - boxes[axis]
    gone = np.zeros(count, np.bool_)
    kept = np.empty(count, np.int64)
    number = 0
    queue = [(-scores[box], rank[box], box) for box in range(count)]
    heapq.heapify(queue)
    while queue:
        waiting, _, best = heapq.heappop(queue)
        if gone[best]:
            continue
        if -waiting != scores[best]:
            # It fell while it was waiting: back to where it belongs.
            heapq.heappush(queue, (-scores[best], rank[best], best))
            continue
        if scores[best] < least:
            break
        gone[best] = True
        kept[number] = best
        number += 1
        for other in range(first[best], last[best]):
            if gone[other] or classes[other] != classes[best]:
                continue
            shared = _shared(boxes, best, other)
            if shared == 0:
                continue
            overlap = shared / (sizes[best] + sizes[other] - shared)
            if method == GAUSSIAN:
                scores[other] *= np.exp(-(overlap**2) / sigma)
            elif overlap > iou and method == LINEAR:
                scores[other] *= 1 - overlap
            elif overlap > iou:
                gone[other] = True
    return kept[:number], scores[kept[:number]]
