"""Intensities as a mixture of normal distributions: which tissue each voxel is, and how surely."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage

from workbench.images.spacings import voxel_edges

from .components import Components, first_components
from .histograms import LEVELS, Tally, inside_of

CHUNK = 2**18
# Neighbours have been heard when a sweep changes a voxel's fractions by less than this on average.
SETTLED = 1e-3
SWEEPS = 50


@dataclass(frozen=True, eq=False)
class Mixture:
    """What the mixture found.

    Parameters
    ----------
    means, deviations, shares : (K,) ndarray
        Of each class, in the order of the means; the shares sum to 1.
    posteriors : (K, ...) ndarray of float32
        Probability of each class at each voxel, or, of mixed voxels, its expected fraction; 0 outside the mask.
    log_likelihoods : tuple of float
        Mean over the voxels before each step on the histogram; never decreasing.
    converged : bool
        False if the steps were used up first.
    """

    means: NDArray[np.float64]
    deviations: NDArray[np.float64]
    shares: NDArray[np.float64]
    posteriors: NDArray[np.float32]
    log_likelihoods: tuple[float, ...]
    converged: bool

    @property
    def labels(self) -> NDArray[np.uint8]:
        """The most probable class of each voxel: 1 to K in the order of the means; 0 outside the mask."""
        labels = np.zeros(self.posteriors.shape[1:], np.uint8)
        highest = np.zeros(labels.shape, np.float32)
        for label, posterior in enumerate(self.posteriors, start=1):
            better = posterior > highest
            labels[better] = label
            highest[better] = posterior[better]
        return labels


def gaussian_mixture(
    image: ArrayLike,
    *,
    classes: int = 3,
    mask: ArrayLike | None = None,
    mixed: bool = False,
    smoothness: float = 0.0,
    spacing: tuple[float, ...] | None = None,
    steps: int = 500,
    tolerance: float = 1e-5,
) -> Mixture:
    """Describe intensities as a sum of normal distributions, one for each class, without any training.

    Expectation and maximisation take turns from the exact `kmeans`. They work on the histogram, whatever the size
    of the image, with whole numbers as they are and others in 4096 bins. Two options make it a model of tissue:

    `mixed` lets voxels hold two tissues that follow each other in intensity. The tissues have means
    ``m_1 < m_2 < ...``, a mixed voxel the mean ``(1 - t) m_k + t m_(k+1)`` with any ``t`` between 0 and 1, and
    all have one deviation, the scanner's noise. Without it, dark voxels at the border between fluid and grey
    matter are taken for the tails of very wide classes.

    `smoothness` makes neighbours alike, a Markov random field. Once means and deviations are known, it takes the
    place of the shares: the logarithm of the prior probability that a voxel is composed as ``a`` falls by
    ``smoothness / 2 * |a - b| ** 2`` for each neighbour composed as ``b``. Mean-field sweeps go over the voxels.

    Parameters
    ----------
    image : (...) array_like
        Intensities in any units; of 2 or 3 axes where `smoothness` is positive.
    classes : int, optional
        How many, 2 to 255.
    mask : (...) array_like of bool, optional
        Voxels to look at; all by default.
    mixed : bool, optional
        Whether a voxel may hold two tissues.
    smoothness : float, optional
        0 for voxels on their own; about 0.5 to 2 against noise.
    spacing : tuple of float, optional
        Millimetres between neighbours on each axis: the farther, the weaker they pull. An Image brings its own.
    steps : int, optional
        At most so many on the histogram.
    tolerance : float, optional
        The steps end when one gains less than this in mean logarithmic likelihood.

    Returns
    -------
    Mixture
        Classes in the order of their means, and a map of each.

    Raises
    ------
    ValueError
        If there are fewer different intensities than classes, shapes differ, the mask is empty, an option is out
        of its range, or `image` is empty or not finite.

    References
    ----------
    Dempster AP, Laird NM, Rubin DB. Maximum likelihood from incomplete data via the EM algorithm. Journal of the
    Royal Statistical Society B 39 (1977) 1-38.

    Santago P, Gage HD. Quantification of MR brain images by mixture density and partial volume modeling. IEEE
    Transactions on Medical Imaging 12 (1993) 566-574.

    Zhang Y, Brady M, Smith S. Segmentation of brain MR images through a hidden Markov random field model and the
    expectation-maximization algorithm. IEEE Transactions on Medical Imaging 20 (2001) 45-57.

    Examples
    --------
    >>> found = gaussian_mixture([[1, 2, 3, 17, 18, 19]], classes=2)
    >>> found.means.round(3), found.deviations.round(3), found.labels
    (array([ 2., 18.]), array([0.816, 0.816]), array([[1, 1, 1, 2, 2, 2]], dtype=uint8))
    """
    if not (np.isfinite(smoothness) and smoothness >= 0):
        raise ValueError(f"smoothness must be zero or positive, received {smoothness}")
    if steps < 1 or not tolerance > 0:
        raise ValueError(f"steps must be >= 1 and tolerance > 0, received steps={steps}, tolerance={tolerance}")
    array, inside, found = inside_of(image, mask, classes)
    scale = _Scale(found.values[0], found.values[-1] - found.values[0])
    found = Tally(scale.unit(found.values), found.counts, found.spreads / scale.width**2)
    parts, likelihoods, converged = _fit(found, first_components(found, classes, mixed=mixed), steps, tolerance)
    if smoothness > 0:
        closeness = _closeness(image, spacing, array.ndim)
        posteriors = _sweep(scale.unit32(array), inside, parts, smoothness, closeness)
    else:
        posteriors = _posteriors(array, inside, scale, parts)
    shares = posteriors.sum(axis=tuple(range(1, posteriors.ndim)), dtype=np.float64)
    order = np.argsort(parts.means, kind="stable")
    return Mixture(
        scale.lowest + scale.width * parts.means[order],
        scale.width * parts.deviations[:classes][order],
        (shares / shares.sum())[order],
        posteriors[order] if (np.diff(order) < 0).any() else posteriors,
        tuple(likelihood - math.log(scale.width) for likelihood in likelihoods),
        converged,
    )


class _Scale(NamedTuple):
    """To intensities between 0 and 1, where float32 is fine enough."""

    lowest: float
    width: float

    def unit(self, values: NDArray) -> NDArray[np.float64]:
        return (values - self.lowest) / self.width

    def unit32(self, values: NDArray) -> NDArray[np.float32]:
        return self.unit(values).astype(np.float32)


def _fit(found: Tally, parts: Components, steps: int, tolerance: float) -> tuple[Components, list[float], bool]:
    powers = np.stack(
        [found.counts, found.counts * found.values, found.counts * found.values**2 + found.spreads], axis=1
    )
    likelihoods: list[float] = []
    for _ in range(steps):
        chances, logarithms = parts.expect(found.values)
        likelihoods.append(float(np.average(logarithms, weights=found.counts)))
        if len(likelihoods) > 1 and likelihoods[-1] - likelihoods[-2] < tolerance:
            return parts, likelihoods, True
        parts = parts.maximise(chances @ powers)
    return parts, likelihoods, False


def _posteriors(
    array: NDArray, inside: NDArray[np.bool_], scale: _Scale, parts: Components
) -> NDArray[np.float32]:
    classes = len(parts.means)
    if array.dtype.kind in "bui" and scale.width < LEVELS:
        levels = scale.unit32(scale.lowest + np.arange(int(scale.width) + 1))
        table = parts.fractions(levels).astype(np.float32)
        # Outside the mask there may be other intensities.
        places = np.clip(array, int(scale.lowest), int(scale.lowest + scale.width)).astype(np.int64)
        places -= int(scale.lowest)
        return np.stack([np.where(inside, row[places], np.float32(0)) for row in table])
    posteriors = np.zeros((classes, array.size), np.float32)
    places = np.flatnonzero(inside)
    values = array.ravel()
    for start in range(0, len(places), CHUNK):
        chosen = places[start : start + CHUNK]
        posteriors[:, chosen] = parts.fractions(scale.unit32(values[chosen]))
    return posteriors.reshape(classes, *array.shape)


def _closeness(image: ArrayLike, spacing: tuple[float, ...] | None, ndim: int) -> NDArray[np.float64]:
    if ndim not in {2, 3}:
        raise ValueError(f"image must have 2 or 3 axes where smoothness is positive, received {ndim}")
    edges = np.array(voxel_edges(image, spacing, ndim))
    return np.concatenate([np.zeros(3 - ndim), edges.min() / edges])


def _sweep(
    values: NDArray[np.float32],
    inside: NDArray[np.bool_],
    parts: Components,
    smoothness: float,
    closeness: NDArray[np.float64],
) -> NDArray[np.float32]:
    from workbench.compiled.neighbours import expect
    from workbench.compiled.slabs import over_slabs

    (box,) = ndimage.find_objects(inside.view(np.uint8))
    volume = (1,) * (3 - inside.ndim) + inside[box].shape
    near, looked = (np.ascontiguousarray(array[box]).reshape(volume) for array in (values, inside))
    model = np.column_stack([parts.compositions, parts.centres(), parts.deviations, parts.constants(1.0)])
    before = np.zeros((*volume, len(parts.means)), np.float32)
    before[looked] = parts.fractions(near[looked]).T
    after = np.zeros_like(before)
    for _ in range(SWEEPS):
        changes = np.zeros(len(near))
        over_slabs(expect, len(near), near, looked, before, model, closeness, float(smoothness), after, changes)
        before, after = after, before
        if changes.sum() < SETTLED * looked.sum():
            break
    posteriors = np.zeros((len(parts.means), *inside.shape), np.float32)
    posteriors[(slice(None), *box)] = np.moveaxis(before, -1, 0).reshape(-1, *inside[box].shape)
    return posteriors
