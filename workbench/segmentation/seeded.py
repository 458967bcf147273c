"""Watershed between seeds: the border runs along the strongest edge between inside and outside."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.processing.responses import gradient_magnitude
from workbench.processing.smoothing import gaussian

from .growing import Seeds, seed_places
from .watersheds import watershed

INSIDE, OUTSIDE = 1, 2


def seeded_watershed(
    image: ArrayLike, *, inside: Seeds, outside: Seeds | None = None, sigma: float = 1.0
) -> NDArray[np.bool_]:
    """Find the region around seeds whose border runs along the strongest edges.

    The gradient of the smoothed image is flooded from the seeds; the border is where waters of both kinds meet.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        Intensities in any units.
    inside : tuple of int or sequence of tuples
        Indices (row, column) or (slice, row, column) of one voxel of the region or of several.
    outside : tuple of int or sequence of tuples, optional
        Of voxels that are not in it. The rim of the image where not given.
    sigma : float, optional
        Of the Gaussian that smooths first, in voxels; 0 leaves the image as it is.

    Returns
    -------
    ndarray of bool
        The region.

    Raises
    ------
    ValueError
        If a seed is outside the image, a voxel is inside and outside at once, or `image` is empty, not finite, or
        has other than 2 or 3 axes.

    References
    ----------
    Meyer F, Beucher S. Morphological segmentation. Journal of Visual Communication and Image Representation 1
    (1990) 21-46.

    Examples
    --------
    >>> image = np.repeat([[0.0, 0, 0, 9, 9, 9, 9, 0, 0, 0]], 10, axis=0)
    >>> int(seeded_watershed(image, inside=(5, 4), outside=[(5, 0), (5, 9)], sigma=0).sum())
    40
    """
    smooth = gaussian(image, sigma=sigma)
    markers = np.zeros(smooth.shape, np.int32)
    if outside is None:
        core = tuple(slice(1, -1) if length > 2 else slice(None) for length in smooth.shape)
        markers[:] = OUTSIDE
        markers[core] = 0
    else:
        for place in seed_places(outside, smooth.shape):
            markers[place] = OUTSIDE
    for place in seed_places(inside, smooth.shape):
        if outside is not None and markers[place] == OUTSIDE:
            raise ValueError(f"a voxel is inside or outside, received {place} as both; remove one of the seeds")
        markers[place] = INSIDE
    return watershed(gradient_magnitude(smooth), markers=markers) == INSIDE
