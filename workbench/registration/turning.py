"""A known alignment, for tests of registration and for teaching."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from workbench.images import Image

from .alignment import Alignment
from .grids import Grid


def turned(image: ArrayLike | Image, *, degrees: float = 0.0, shift: ArrayLike = 0.0) -> Alignment:
    """Return the alignment that turns an image about its centre and then shifts it.

    Parameters
    ----------
    image : array_like or Image
        A slice or a volume, grey: its grid is kept.
    degrees : float, optional
        From the rows' axis towards the columns' axis, in the plane of a slice.
    shift : float or (D,) array_like, optional
        Along each array axis, in mm (voxels without spacing).

    Returns
    -------
    Alignment
        Rigid; ``apply(image)`` moves the image.

    Raises
    ------
    ValueError
        If a number is not finite or `shift` has not one entry for each axis.

    Examples
    --------
    >>> image = np.arange(9.0).reshape(3, 3)
    >>> turned(image, degrees=90).apply(image, interpolation="nearest")
    array([[2., 5., 8.],
           [1., 4., 7.],
           [0., 3., 6.]])
    """
    grid = Grid.of(image)
    moves = np.broadcast_to(np.asarray(shift, float), grid.ndim)
    if not (np.isfinite(moves).all() and np.isfinite(degrees)):
        raise ValueError(f"degrees and shift must be finite, received {degrees} and {shift!r}")
    world = len(grid.affine) - 1
    frame = grid.affine.copy()
    frame[:world, :world] /= np.linalg.norm(frame[:world, :world], axis=0)
    frame[:world, world] = grid.world([(np.array(grid.shape) - 1) / 2])[0]
    cosine, sine = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    turn = np.eye(world + 1)
    turn[world - 2 : world, world - 2 : world] = [[cosine, -sine], [sine, cosine]]
    turn[world - grid.ndim : world, world] = moves
    return Alignment(frame @ turn @ np.linalg.inv(frame), fixed=grid, moving=grid, transform="rigid")
