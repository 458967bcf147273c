"""k-means on intensities, solved exactly."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .histograms import Tally, inside_of

# The exact search is among groups of neighbouring intensities; what it finds is then refined on all of them.
GROUPS = 256


@dataclass(frozen=True, eq=False)
class Clusters:
    """Groups of intensities.

    Parameters
    ----------
    means : (K,) ndarray
        Mean intensity of each cluster, in increasing order.
    labels : (...) ndarray of uint8
        1 to K in the order of the means; 0 outside the mask.
    inertia : float
        Sum over all voxels of the squared distance from their cluster's mean.
    """

    means: NDArray[np.float64]
    labels: NDArray[np.uint8]
    inertia: float


def kmeans(image: ArrayLike, *, classes: int = 3, mask: ArrayLike | None = None) -> Clusters:
    """Part intensities into clusters with the least squared distance from their means.

    On one axis clusters are intervals, so that the best ones can be found by dynamic programming: there is no
    random start and no local minimum. It works on the histogram, however large the image; intensities that are not
    whole numbers are put in 4096 bins first, which keep their own means.

    Parameters
    ----------
    image : (...) array_like
        Intensities in any units.
    classes : int, optional
        How many clusters, 2 to 255.
    mask : (...) array_like of bool, optional
        Voxels to look at; all by default.

    Returns
    -------
    Clusters
        Means, labels, and the sum of squared distances.

    Raises
    ------
    ValueError
        If there are fewer different intensities than classes, shapes differ, the mask is empty, or `image` is
        empty or not finite.

    References
    ----------
    Lloyd SP. Least squares quantization in PCM. IEEE Transactions on Information Theory 28 (1982) 129-137.

    Wang H, Song M. Ckmeans.1d.dp: optimal k-means clustering in one dimension by dynamic programming. The R
    Journal 3 (2011) 29-33.

    Examples
    --------
    >>> found = kmeans([[1, 2, 9, 10, 11]], classes=2)
    >>> found.means, found.labels
    (array([ 1.5, 10. ]), array([[1, 1, 2, 2, 2]], dtype=uint8))
    """
    if classes > 255:
        raise ValueError(f"classes must be at most 255, received {classes}")
    array, inside, found = inside_of(image, mask, classes)
    means, inertia = exact_means(found, classes)
    cuts = (means[1:] + means[:-1]) / 2
    labels = np.searchsorted(cuts, array.ravel(), side="left").astype(np.uint8).reshape(array.shape) + np.uint8(1)
    labels[~inside] = 0
    return Clusters(means, labels, inertia)


def exact_means(found: Tally, classes: int) -> tuple[NDArray[np.float64], float]:
    """Return the means of least squared distance, in increasing order, and that distance."""
    centre = float(np.average(found.values, weights=found.counts))
    values = found.values - centre
    # Counts, sums and squares of the first n values: those of any interval are a difference.
    running = np.zeros((3, len(values) + 1))
    np.cumsum([found.counts, found.counts * values, found.counts * values**2], axis=1, out=running[:, 1:])
    groups = _groups(found, classes)
    ends = _refined(values, running, groups[_best_ends(running[:, groups], classes)])
    counts, sums, squares = np.diff(running[:, ends], axis=1)
    inertia = float((squares - sums**2 / counts).sum() + found.spreads.sum())
    return sums / counts + centre, max(inertia, 0.0)


def _groups(found: Tally, classes: int) -> NDArray[np.intp]:
    # Where a cluster may end: after each value, or, of many, after groups of like width or of like count.
    last = len(found.values)
    if last <= 2 * GROUPS:
        return np.arange(last + 1)
    total = np.cumsum(found.counts)
    by_value = np.searchsorted(found.values, np.linspace(found.values[0], found.values[-1], GROUPS))
    by_count = np.searchsorted(total, np.linspace(0, total[-1], GROUPS))
    return np.unique(np.concatenate([[0], by_value, by_count, np.arange(last + 1 - classes, last + 1)]))


def _best_ends(running: NDArray, classes: int) -> NDArray[np.intp]:
    counts, sums, squares = running[:, None, :] - running[:, :, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        cost = np.where(counts > 0, squares - sums**2 / counts, np.inf)
    # least[j]: the least distance of the first j values from the means of as many clusters as there were rounds.
    least, choices = cost[0], []
    for _ in range(classes - 1):
        total = least[:, None] + cost
        choices.append(total.argmin(axis=0))
        least = total.min(axis=0)
    ends = [running.shape[1] - 1]
    for choice in reversed(choices):
        ends.append(choice[ends[-1]])
    return np.array([0, *ends[::-1]])


def _refined(values: NDArray, running: NDArray, ends: NDArray[np.intp]) -> NDArray[np.intp]:
    # Lloyd's iteration: each round that changes anything lowers the distance.
    for _ in values:
        counts, sums, _ = np.diff(running[:, ends], axis=1)
        means = sums / counts
        moved = np.searchsorted(values, (means[1:] + means[:-1]) / 2, side="right")
        closer = np.concatenate([ends[:1], moved, ends[-1:]])
        if np.array_equal(closer, ends) or (np.diff(closer) <= 0).any():
            break
        ends = closer
    return ends
