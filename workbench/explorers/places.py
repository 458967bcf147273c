"""Places: from the volume that a canvas shows back to the image that it was given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.images import Image

from .pixels import upright


@dataclass(frozen=True)
class Click:
    """Where somebody clicked.

    Parameters
    ----------
    index : tuple of int
        (row, column) or (slice, row, column) in the image as it was given.
    mm : tuple of 3 float or None
        LPS millimetres; ``None`` where the affine is unknown.
    shift, alt : bool
        Keys held.
    """

    index: tuple[int, ...]
    mm: tuple[float, ...] | None
    shift: bool
    alt: bool


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


def placed(mask: ArrayLike | Image, given: Image) -> NDArray[np.uint8]:
    """Return labels in the axes of the volume that is shown.

    Parameters
    ----------
    mask : array_like or Image
        On the grid of `given`.
    given : Image
        As it was given.

    Returns
    -------
    (P, M, N) ndarray of uint8
        A copy.

    Raises
    ------
    ValueError
        If it has another shape than the image, or more than 255 labels.

    Examples
    --------
    >>> placed(np.ones((4, 4), bool), Image(np.zeros((4, 4)))).shape
    (1, 4, 4)
    """
    labels = np.asarray(mask)
    if labels.shape != given.spatial_shape:
        raise ValueError(f"mask must have the image's shape {given.spatial_shape}, received {labels.shape}")
    if labels.dtype != bool and (labels.min() < 0 or labels.max() > 255):
        raise ValueError(
            f"labels must be from 0 to 255, received {labels.min()} to {labels.max()}; relabel them first"
        )
    return np.array(upright(Image(labels.astype(np.uint8), affine=given.affine, spacing=given.spacing)).pixels)
