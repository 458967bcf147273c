"""Where two images overlap, if they do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.registration.climbing import evidence
from workbench.registration.correlation import overlap_correlation, shift_at

COARSE_SIDE = 96
PEAKS = 4
#: When an overlap is believed. One scene on both sides correlates by 0.999 in 19 of 20 overlaps, whatever the
#: gain; six of seven wrong peaks stay below 0.975.
LEAST_CORRELATION = 0.975
#: And Fisher's z times the root of the share, for in a narrow strip even 0.975 is soon reached.
LEAST_EVIDENCE = 0.9
#: Two images that other overlaps lay onto each other contradict them if they correlate less and differ by more
#: than this part of the range; both, for in a flat region a correlation says nothing.
LEAST_ALIKE, MOST_DIFFERENCE = 0.9, 0.1
#: A coarse peak below is not looked at closely: averaging costs a true one little.
LEAST_COARSE = 0.5
#: Of the smaller image, and in voxels: less has too few independent values to correlate.
LEAST_SHARE, LEAST_SIDE = 0.03, 6


@dataclass(frozen=True, eq=False)
class Overlap:
    """Two images of a list that overlap.

    Parameters
    ----------
    first, second : int
        Which.
    shift : (D,) ndarray of int
        Index of the second's first voxel in the first.
    correlation : float
        Of their values in the overlap.
    voxels : int
        Size of the overlap.
    share : float
        The same as a part of the smaller image.
    """

    first: int
    second: int
    shift: NDArray
    correlation: float
    voxels: int
    share: float

    @property
    def evidence(self) -> float:
        """How much speaks for it: a high correlation over a large part."""
        return evidence(self.correlation, self.share)

    @property
    def fits(self) -> bool:
        """Whether to believe it: narrow strips of neighbouring tissue resemble each other, too."""
        return self.correlation >= LEAST_CORRELATION and self.evidence >= LEAST_EVIDENCE

    def contradicts(self, images: Sequence[NDArray]) -> bool:
        """Whether the two clearly differ here; in flat regions a low correlation says nothing."""
        one, two = self.views(images)
        scale = np.sqrt((one**2).mean() / max((two**2).mean(), np.finfo(float).tiny))
        difference = np.sqrt(((one - scale * two) ** 2).mean())
        return self.correlation < LEAST_ALIKE and difference > MOST_DIFFERENCE * np.ptp(images[self.first])

    def views(self, images: Sequence[NDArray]) -> tuple[NDArray, NDArray]:
        """Return both images' values in the overlap."""
        return shared(images[self.first], images[self.second], self.shift)


def shared(first: NDArray, second: NDArray, shift: NDArray) -> tuple[NDArray, NDArray]:
    """Return the parts of two images that lie on each other.

    Parameters
    ----------
    first, second : (...) ndarray
        Same number of axes.
    shift : (D,) array_like of int
        Index of second's first voxel in first.

    Returns
    -------
    tuple of 2 ndarray
        Views of one shape; empty where there is no overlap.

    Examples
    --------
    >>> shared(np.array([1, 2, 3]), np.array([8, 9]), np.array([2]))
    (array([3]), array([8]))
    """
    low = np.maximum(shift, 0)
    high = np.maximum(np.minimum(first.shape, np.add(second.shape, shift)), low)
    return (
        first[tuple(map(slice, low, high))],
        second[tuple(map(slice, low - shift, high - shift))],
    )


def joint(images: Sequence[NDArray], first: int, second: int, shift: NDArray) -> Overlap | None:
    """Judge two images at a shift.

    Parameters
    ----------
    images : sequence of ndarray
        All.
    first, second : int
        Which two.
    shift : (D,) ndarray of int
        Index of second's first voxel in first.

    Returns
    -------
    Overlap or None
        None if they share less than 3 % of the smaller, or nothing but one grey level.
    """
    one, two = shared(images[first], images[second], shift)
    share = one.size / min(images[first].size, images[second].size)
    if share < LEAST_SHARE or min(one.shape) < LEAST_SIDE or np.ptp(one) == 0 or np.ptp(two) == 0:
        return None
    correlation = float(np.corrcoef(one.ravel(), two.ravel())[0, 1])
    return Overlap(first, second, np.asarray(shift), correlation, one.size, share)


def find_overlap(images: Sequence[NDArray], first: int, second: int) -> Overlap | None:
    """Find how two images overlap: at a coarse scale first, then to the voxel.

    Parameters
    ----------
    images : sequence of ndarray
        All, floating.
    first, second : int
        Which two.

    Returns
    -------
    Overlap or None
        None if no shift makes them fit.

    Examples
    --------
    >>> scene = np.random.default_rng(0).random((30, 40))
    >>> find_overlap([scene[:, :30], scene[3:, 12:]], 0, 1).shift
    array([ 3, 12])
    """
    one, two = images[first], images[second]
    factor = max(1, -(-max(*one.shape, *two.shape) // COARSE_SIDE))
    small = [_shrunk(image, factor) for image in (one, two)]
    correlation, count = overlap_correlation(small[1], small[0])
    share = count / min(small[0].size, small[1].size)
    correlation[share < LEAST_SHARE / 2] = 0
    score = np.arctanh(correlation.clip(0, 0.99999)) * np.sqrt(share)
    best: Overlap | None = None
    for _ in range(PEAKS):
        at = np.unravel_index(score.argmax(), score.shape)
        if correlation[at] < LEAST_COARSE:
            break
        shift = shift_at(at, small[0].shape, score.shape) * factor
        found = joint(images, first, second, _to_the_voxel(one, two, shift, factor) if factor > 1 else shift)
        if found is not None and found.fits and (best is None or found.evidence > best.evidence):
            best = found
        score[np.ix_(*[np.arange(i - 2, i + 3) % n for i, n in zip(at, score.shape, strict=True)])] = 0
    return best


def _shrunk(image: NDArray, factor: int) -> NDArray:
    if factor == 1:
        return image
    kept = image[tuple(slice(length // factor * factor) for length in image.shape)]
    split = kept.reshape([part for length in kept.shape for part in (length // factor, factor)])
    return split.mean(axis=tuple(range(1, split.ndim, 2)))


def _to_the_voxel(one: NDArray, two: NDArray, shift: NDArray, factor: int) -> NDArray:
    """Correlate the two strips that may overlap, at the shifts near the coarse one."""
    margin = 2 * factor
    low = np.maximum(shift - margin, 0)
    high = np.minimum(one.shape, np.add(two.shape, shift) + margin)
    start = np.maximum(-shift - margin, 0)
    stop = np.minimum(two.shape, np.subtract(one.shape, shift) + margin)
    strips = one[tuple(map(slice, low, high))], two[tuple(map(slice, start, stop))]
    correlation, _ = overlap_correlation(strips[1], strips[0])
    expected = shift - low + start
    near = np.ix_(
        *[np.arange(e - margin, e + margin + 1) % n for e, n in zip(expected, correlation.shape, strict=True)]
    )
    at = np.unravel_index(correlation[near].argmax(), correlation[near].shape)
    return shift + np.array(at) - margin
