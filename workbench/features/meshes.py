"""Area and content of the mesh around a region, without building it.

The mesh of marching cubes cuts each cell of 2 x 2 x 2 voxels in one of 256 ways, and the border of marching
squares each cell of 2 x 2 pixels in one of 16: it is enough to count how often each occurs.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

#: Of the 16 cells of marching squares: pieces of border that run aslant, along the columns and along the rows; and
#: the share of the cell that is inside. Corners are written as bits: upper left, upper right, lower left, lower
#: right.
SQUARES_BORDER = np.zeros((16, 3))
SQUARES_BORDER[[0b0001, 0b0010, 0b0100, 0b1000, 0b1110, 0b1101, 0b1011, 0b0111], 0] = 1
SQUARES_BORDER[[0b0110, 0b1001], 0] = 2
SQUARES_BORDER[[0b0011, 0b1100], 1] = 1
SQUARES_BORDER[[0b0101, 0b1010], 2] = 1
SQUARES_SHARE = np.array([0, 1, 1, 4, 1, 4, 2, 7, 1, 2, 4, 7, 4, 7, 7, 8]) / 8


def mesh_measures(inside: NDArray, spacing: NDArray) -> tuple[float, float]:
    """Measure area and volume of the marching-cubes mesh at half height.

    Parameters
    ----------
    inside : (P, M, N) ndarray of bool
        A region that does not touch the edge of the array.
    spacing : (3,) ndarray
        Millimetres between neighbours in axis order.

    Returns
    -------
    area, volume : float
        In square and cubic millimetres.

    References
    ----------
    Lorensen WE, Cline HE. Marching cubes. Comput Graph 21 (1987) 163-169.

    Examples
    --------
    >>> mask = np.zeros((3, 3, 3), dtype=bool)
    >>> mask[1, 1, 1] = True
    >>> area, volume = mesh_measures(mask, np.ones(3))
    >>> round(area, 6) == round(3**0.5, 6), round(volume, 6)
    (True, 0.166667)
    """
    # Divergence theorem along the first axis: each triangle counts with its height times its area seen from above.
    triangles, shape = _cubes()
    counts = _cell_counts(inside)
    edges = (triangles[:, 1:] - triangles[:, :1]) * spacing
    normals = np.cross(edges[:, 0], edges[:, 1]) / 2
    seen = normals[:, 0]
    height = triangles[:, :, 0].mean(axis=1) * spacing[0]
    area_of = np.bincount(shape, np.linalg.norm(normals, axis=1), minlength=256)
    seen_of = np.bincount(shape, seen, minlength=256)
    volume_of = np.bincount(shape, seen * height, minlength=256)
    total = counts.sum(axis=0)
    layers = np.arange(len(counts)) * spacing[0]
    return float(total @ area_of), float(abs(layers @ counts @ seen_of + total @ volume_of))


def contour_measures(inside: NDArray, spacing: NDArray) -> tuple[float, float]:
    """Measure length and area of the marching-squares contour at half height.

    Parameters
    ----------
    inside : (M, N) ndarray of bool
        A region that does not touch the edge of the array. Pixels that touch by a corner alone are apart.
    spacing : (2,) ndarray
        Millimetres between neighbours in axis order.

    Returns
    -------
    perimeter, area : float
        In millimetres and square millimetres; holes count for the perimeter and against the area.

    Examples
    --------
    >>> mask = np.pad(np.ones((2, 3), dtype=bool), 1)
    >>> perimeter, area = contour_measures(mask, np.ones(2))
    >>> round(perimeter, 6) == round(6 + 4 * 0.5**0.5, 6), area
    (True, 5.5)
    """
    counts = np.bincount(_codes(inside).ravel(), minlength=16)
    lengths = np.array([np.hypot(*spacing) / 2, spacing[1], spacing[0]])
    return float(counts @ SQUARES_BORDER @ lengths), float(counts @ SQUARES_SHARE * spacing.prod())


def outermost_points(inside: NDArray) -> NDArray:
    """Return the points of the mesh or contour among which are all corners of its convex hull.

    Parameters
    ----------
    inside : (M, N) or (P, M, N) ndarray of bool
        A region that does not touch the edge of the array.

    Returns
    -------
    (n, ndim) ndarray of float
        Midpoints between voxels inside and outside, as indices.

    Examples
    --------
    >>> outermost_points(np.pad([[True]], 1)).tolist()
    [[0.5, 1.0], [1.0, 0.5], [1.5, 1.0], [1.0, 1.5]]
    """
    # A corner of the hull is the first or the last voxel in its line along each axis, moved by half a voxel.
    ends = inside.copy()
    for axis in range(inside.ndim):
        length = inside.shape[axis]
        index = np.arange(length).reshape([-1 if other == axis else 1 for other in range(inside.ndim)])
        first = np.expand_dims(inside.argmax(axis=axis), axis)
        last = length - 1 - np.expand_dims(np.flip(inside, axis).argmax(axis=axis), axis)
        ends &= (index == first) | (index == last)
    voxels = np.argwhere(ends)
    points = []
    for step in np.concatenate([-np.eye(inside.ndim, dtype=int), np.eye(inside.ndim, dtype=int)]):
        bare = voxels[~inside[tuple((voxels + step).T)]]
        points.append(bare + step / 2)
    return np.concatenate(points)


def _codes(inside: NDArray) -> NDArray:
    """One bit for each corner of a cell, the first corner highest."""
    codes: NDArray = inside.view(np.uint8)
    for axis in reversed(range(inside.ndim)):
        lines = codes.swapaxes(0, axis)
        codes = ((lines[:-1] << (1 << (inside.ndim - 1 - axis))) | lines[1:]).swapaxes(0, axis)
    return codes


def _cell_counts(inside: NDArray) -> NDArray:
    codes = _codes(inside)
    return np.stack([np.bincount(layer.ravel(), minlength=256) for layer in codes])


@cache
def _cubes() -> tuple[NDArray, NDArray]:
    """The triangles of all 256 cells, as scikit-image cuts them, and the cell that each belongs to."""
    from skimage.measure import marching_cubes

    triangles, shape = [], []
    for code in range(1, 255):
        corners = np.array([code >> (7 - bit) & 1 for bit in range(8)], dtype=np.float32).reshape(2, 2, 2)
        vertices, faces, _, _ = marching_cubes(corners, level=0.5)
        triangles.append(vertices[faces].astype(np.float64))
        shape.append(np.full(len(faces), code))
    return np.concatenate(triangles), np.concatenate(shape)
