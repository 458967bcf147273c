"""Two grids of voxels compared: same order, same place, nearest neighbours."""

import itertools

import nibabel
import numpy as np
from numpy.typing import NDArray

# What single-precision headers lose; far below any voxel.
TOLERANCE_MM = 1e-3


def in_order_of(pixels: NDArray, affine: NDArray, target: NDArray) -> tuple[NDArray, NDArray]:
    """Transpose and flip a volume so that its axes run as those of another grid do.

    Parameters
    ----------
    pixels : (P, M, N) ndarray
        The volume.
    affine : (4, 4) ndarray
        From its (slice, row, column) indices to LPS millimetres.
    target : (4, 4) ndarray
        The other grid's affine.

    Returns
    -------
    pixels, affine : ndarray
        The same values at the same places in the patient.

    Examples
    --------
    >>> pixels, affine = in_order_of(np.arange(3).reshape(3, 1, 1), np.eye(4), np.diag([-1.0, 1, 1, 1]))
    >>> pixels.ravel(), affine[0]
    (array([2, 1, 0]), array([-1.,  0.,  0.,  2.]))
    """
    change = nibabel.orientations.io_orientation(np.linalg.solve(target, affine))
    inverse = nibabel.orientations.inv_ornt_aff(change, pixels.shape)
    return nibabel.orientations.apply_orientation(pixels, change), affine @ inverse


def displacement(affine: NDArray, other: NDArray, shape: tuple[int, ...]) -> float:
    """Return how far apart two affines put a voxel at most.

    Parameters
    ----------
    affine, other : (4, 4) ndarray
        From (slice, row, column) indices to LPS millimetres.
    shape : tuple of 3 int
        Of the grid: the greatest distance is found at one of its corners.

    Returns
    -------
    float
        Millimetres.

    Examples
    --------
    >>> displacement(np.eye(4), np.diag([1, 1, 1.5, 1]), (1, 1, 5))
    2.0
    """
    corners = np.array([(*corner, 1) for corner in itertools.product(*((0, n - 1) for n in shape))]).T
    return float(np.linalg.norm(((affine - other) @ corners)[:3], axis=0).max())


def matched(pixels: NDArray, affine: NDArray, target: NDArray, shape: tuple[int, ...]) -> NDArray:
    """Put a volume into the order of another grid, if the two have the same voxels.

    Parameters
    ----------
    pixels : (P, M, N) ndarray
        The volume.
    affine, target : (4, 4) ndarray
        Of the volume and of the grid, from indices to LPS millimetres.
    shape : tuple of 3 int
        Of the grid.

    Returns
    -------
    shape ndarray
        The same values at the same places, nothing interpolated.

    Raises
    ------
    ValueError
        If the shapes differ, or the voxels lie more than `TOLERANCE_MM` apart.

    Examples
    --------
    >>> matched(np.array([[[1, 2]]]), np.eye(4), np.eye(4) + np.eye(4, k=3), (1, 1, 2))
    Traceback (most recent call last):
    ...
    ValueError: its voxels lie up to 1 mm away from those of like
    """
    ordered, own = in_order_of(pixels, affine, target)
    if ordered.shape != shape:
        raise ValueError(f"its shape is {ordered.shape} in the order of like's axes, that of like {shape}")
    distance = displacement(own, target, shape)
    if distance > TOLERANCE_MM:
        raise ValueError(f"its voxels lie up to {distance:.3g} mm away from those of like")
    return ordered


def nearest(pixels: NDArray, affine: NDArray, target: NDArray, shape: tuple[int, ...]) -> NDArray:
    """Give each voxel of a grid the value of the nearest voxel of a volume.

    Parameters
    ----------
    pixels : (P, M, N) ndarray
        Labels.
    affine, target : (4, 4) ndarray
        Of the volume and of the grid, from indices to LPS millimetres.
    shape : tuple of 3 int
        Of the grid.

    Returns
    -------
    ndarray
        Labels of `pixels` in the shape asked for; 0 outside the volume. No label is made up.

    Raises
    ------
    ValueError
        If nothing is left of the labels.

    Examples
    --------
    >>> nearest(np.array([[[1, 2]]]), np.eye(4), np.diag([1, 1, 0.4, 1]), (1, 1, 5))
    array([[[1, 1, 2, 2, 0]]])
    """
    from scipy.ndimage import affine_transform

    between = np.linalg.solve(affine, target)
    stored = pixels.view(np.uint8) if pixels.dtype == bool else pixels
    # Unlike "constant", "grid-constant" counts the outer half of the outermost voxels as theirs.
    found = affine_transform(
        stored, between[:3, :3], between[:3, 3], output_shape=shape, order=0, mode="grid-constant"
    )
    if pixels.any() and not found.any():
        raise ValueError("no labelled voxel of the mask lies in like; is it the mask of another image?")
    return found.view(bool) if pixels.dtype == bool else found
