"""Places: from the volume that a canvas shows back to the image that it was given."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.images import Image


def to_given(index: Sequence[int], shown: Image, given: Image) -> tuple[int, ...]:
    """Return where a voxel of the shown volume lies in the image as it was given.

    Parameters
    ----------
    index : sequence of 3 int
        In the shown volume.
    shown, given : Image
        The given image, and `pixels.upright` of it.

    Returns
    -------
    tuple of int
        (row, column) or (slice, row, column).

    Examples
    --------
    >>> flat = Image(np.zeros((4, 4)))
    >>> to_given((0, 1, 2), flat, flat)
    (1, 2)
    """
    if given.ndim == 2:
        return tuple(int(at) for at in index[1:])
    if given.affine is None or shown.affine is None:
        return tuple(int(at) for at in index)
    there = np.linalg.solve(given.affine, shown.affine @ (*index, 1))
    return tuple(int(at) for at in np.rint(there[:3]))


def as_given(volume: NDArray, shown: Image, given: Image) -> NDArray:
    """Return labels of the shown volume in the axes of the image as it was given.

    Parameters
    ----------
    volume : (P, M, N) ndarray
        On the shown volume's grid.
    shown, given : Image
        The given image, and `pixels.upright` of it.

    Returns
    -------
    (M, N) or (P, M, N) ndarray
        A copy.

    Examples
    --------
    >>> flat = Image(np.zeros((4, 4)))
    >>> as_given(np.ones((1, 4, 4)), flat, flat).shape
    (4, 4)
    """
    if given.ndim == 2:
        return volume[0].copy()
    if given.affine is None or given.orientation is None:
        return volume.copy()
    return np.array(Image(volume, affine=shown.affine).oriented(given.orientation).pixels)
