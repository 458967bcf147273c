"""STAPLE: the truth that several readers' masks suggest, and how reliable each reader is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array

READERS = 62
# Up to so many readers each pattern has its own counter, which is faster than to sort.
COUNTED = 16
STEPS = 1000
SETTLED = 1e-10


@dataclass(frozen=True, eq=False)
class Staple:
    """What STAPLE estimated.

    Parameters
    ----------
    probabilities : (...) ndarray of float
        That each voxel truly is inside.
    sensitivities, specificities : (R,) ndarray
        Of each reader: the chance to mark what is inside, and to leave out what is outside.
    """

    probabilities: NDArray[np.float64]
    sensitivities: NDArray[np.float64]
    specificities: NDArray[np.float64]

    @property
    def mask(self) -> NDArray[np.bool_]:
        """Where the probability is at least one half."""
        return self.probabilities >= 0.5


def staple(masks: ArrayLike) -> Staple:
    """Estimate the true mask and each reader's reliability together.

    Expectation and maximisation take turns: given how reliable the readers are, how probably is each voxel inside;
    given that, how reliable are they. The share of the inside is the readers' mean share. Voxels that all readers
    judged in the same way are counted, not repeated, so that large volumes take no longer.

    Parameters
    ----------
    masks : (R, ...) array_like of bool
        Of 2 to 62 readers, on one grid; nonzero is inside.

    Returns
    -------
    Staple
        Probabilities, sensitivities, specificities.

    Raises
    ------
    ValueError
        If there are too few or too many readers, all masks are empty, or all are full.

    References
    ----------
    Warfield SK, Zou KH, Wells WM. Simultaneous truth and performance level estimation (STAPLE): an algorithm for
    the validation of image segmentation. IEEE Transactions on Medical Imaging 23 (2004) 903-921.

    Examples
    --------
    >>> readers = [[1, 1, 1, 0, 0, 0], [1, 1, 1, 0, 0, 0], [1, 1, 0, 1, 0, 0]]
    >>> found = staple(readers)
    >>> found.mask.astype(int), found.sensitivities.round(2)
    (array([1, 1, 1, 0, 0, 0]), array([1.  , 1.  , 0.67]))
    """
    stack = real_array(masks, name="masks") != 0
    if stack.ndim < 2 or not 2 <= len(stack) <= READERS:
        raise ValueError(f"expected 2 to {READERS} readers on the first axis, received shape {stack.shape}")
    share = float(stack.mean())
    if share in {0.0, 1.0}:
        raise ValueError(f"masks must mark something and leave something out, received all {bool(share)}")
    seen, places, counts = _patterns(stack)
    marked = ((seen[:, None] >> np.arange(len(stack))[::-1]) & 1).astype(bool)
    sensitivities = specificities = np.full(len(stack), 0.99999)
    for _ in range(STEPS):
        inside = share * np.where(marked, sensitivities, 1 - sensitivities).prod(axis=1)
        outside = (1 - share) * np.where(marked, 1 - specificities, specificities).prod(axis=1)
        total = inside + outside
        truth = np.divide(inside, total, out=np.zeros_like(total), where=total > 0)
        yes, no = counts * truth, counts * (1 - truth)
        updated = yes @ marked / yes.sum(), no @ ~marked / no.sum()
        change = max(np.abs(updated[0] - sensitivities).max(), np.abs(updated[1] - specificities).max())
        sensitivities, specificities = updated
        if change < SETTLED:
            break
    return Staple(truth[places].reshape(stack.shape[1:]), sensitivities, specificities)


def _patterns(stack: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the patterns of marks that occur, as binary numbers, which one each voxel has, and how often."""
    codes = np.zeros(stack[0].size, np.int64)
    for reader in stack:
        codes *= 2
        codes += reader.ravel()
    if len(stack) > COUNTED:
        return np.unique(codes, return_inverse=True, return_counts=True)
    counts = np.bincount(codes, minlength=2 ** len(stack))
    seen = np.flatnonzero(counts)
    numbers = np.cumsum(counts > 0) - 1
    return seen, numbers[codes], counts[seen]
