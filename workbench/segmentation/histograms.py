"""Intensities as a short list of values with counts, which says all that clustering needs to know."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array, same_shape

BINS = 4096
LEVELS = 2**16


class Tally(NamedTuple):
    """Distinct intensities in increasing order, how often each occurs, and the sum of squares within each."""

    values: NDArray[np.float64]
    counts: NDArray[np.float64]
    spreads: NDArray[np.float64]


def tally(intensities: NDArray) -> Tally:
    """Count intensities: each whole number for itself, others in bins that keep their own mean and variance."""
    whole = intensities.dtype.kind in "bui" and int(intensities.max()) - int(intensities.min()) < LEVELS
    if whole:
        lowest = int(intensities.min())
        counts = np.bincount(intensities.ravel().astype(np.int64) - lowest)
        seen = np.flatnonzero(counts)
        return Tally((seen + lowest).astype(np.float64), counts[seen].astype(np.float64), np.zeros(len(seen)))
    real = intensities.astype(np.float64).ravel()
    lowest, width = real.min(), np.ptp(real)
    # Offsets from the lowest value keep the squares accurate where the intensities are far from zero.
    offsets = (real - lowest) / (width or 1.0)
    places = np.minimum((offsets * BINS).astype(np.int32), BINS - 1)
    counts, sums, squares = (np.bincount(places, weights) for weights in (None, offsets, offsets * offsets))
    seen = np.flatnonzero(counts)
    often = counts[seen].astype(np.float64)
    means = sums[seen] / often
    spreads = np.maximum(squares[seen] - often * means**2, 0) * width**2
    return Tally(lowest + means * width, often, spreads)


def inside_of(image: ArrayLike, mask: ArrayLike | None, classes: int) -> tuple[NDArray, NDArray[np.bool_], Tally]:
    """Return the image, where to look, and the tally there, which must have at least `classes` values."""
    array = real_array(image)
    if classes < 2:
        raise ValueError(f"classes must be at least 2, received {classes}")
    inside = np.ones(array.shape, bool) if mask is None else real_array(mask, name="mask") != 0
    same_shape(image=array, mask=inside)
    if not inside.any():
        raise ValueError("mask must have at least one voxel inside, received an empty mask")
    found = tally(array if mask is None else array[inside])
    if len(found.values) < classes:
        raise ValueError(f"expected at least {classes} different intensities, received {len(found.values)}")
    return array, inside, found
