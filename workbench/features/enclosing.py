"""The smallest bodies around a region: convex hull, box in any direction, ellipsoid."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

#: Terms of the series for the area of an ellipsoid, as many as the IBSI asks for.
LEGENDRE_TERMS = 20
#: Boxes from which the search for the smallest begins.
STARTS = 6


def largest_distance(points: NDArray) -> float:
    """Return the largest distance of two points.

    Parameters
    ----------
    points : (n, ndim) ndarray
        In mm; the corners of a convex hull are enough.

    Returns
    -------
    float
        In mm.

    Examples
    --------
    >>> largest_distance(np.array([[0, 0], [3, 4], [1, 1]]))
    5.0
    """
    from scipy.spatial.distance import cdist

    # A block of rows at a time, so that many points do not fill the memory.
    blocks = np.array_split(points, len(points) // 500 + 1)
    farthest = max(cdist(block, points, "sqeuclidean").max() for block in blocks)
    return float(np.sqrt(farthest))


def smallest_box(points: NDArray, triangles: NDArray) -> NDArray:
    """Find the sides of a box, in any direction, that holds all points and is nearly as small as can be.

    It begins with the best boxes that have a side flush with a face and an edge of the convex hull, then turns
    each about its axes in turn to the smallest rectangle around the shadow, until nothing is gained.

    Parameters
    ----------
    points : (n, 3) ndarray
        Corners of a convex hull, in mm.
    triangles : (m, 3) ndarray of int
        Its faces.

    Returns
    -------
    (3,) ndarray
        Lengths of the sides in mm, in no particular order.

    References
    ----------
    O'Rourke J. Finding minimal enclosing boxes. Int J Comput Inform Sci 14 (1985) 183-199.

    Examples
    --------
    >>> from scipy.spatial import ConvexHull
    >>> prism = [[0, 1, 0], [1, 0, 0], [0, -1, 0], [-1, 0, 0], [0, 1, 3], [1, 0, 3], [0, -1, 3], [-1, 0, 3]]
    >>> hull = ConvexHull(prism)
    >>> np.sort(smallest_box(hull.points, hull.simplices)).round(3)
    array([1.414, 1.414, 3.   ])
    """
    boxes = [_turned(points, frame) for frame in _flush_frames(points, triangles)]
    return min(boxes, key=np.prod)


def smallest_ellipsoid(points: NDArray, *, tolerance: float = 1e-3) -> NDArray:
    """Find the semi-axes of the smallest ellipsoid around points.

    Parameters
    ----------
    points : (n, ndim) ndarray
        Corners of a convex hull, in mm, not all in one plane.
    tolerance : float, optional
        By how much, relatively, the squared size of the ellipsoid may miss the smallest.

    Returns
    -------
    (ndim,) ndarray
        Semi-axes in mm, longest first.

    References
    ----------
    Todd MJ, Yildirim EA. On Khachiyan's algorithm for the computation of minimum-volume enclosing ellipsoids.
    Discrete Appl Math 155 (2007) 1731-1744.

    Examples
    --------
    >>> smallest_ellipsoid(np.array([[2.0, 0], [-2, 0], [0, 1], [0, -1]])).round(3)
    array([2., 1.])
    """
    from workbench.compiled.extents import ellipsoid_weights

    ndim = points.shape[1]
    scale = np.abs(points - points.mean(axis=0)).max()
    lifted = np.c_[(points - points.mean(axis=0)) / scale, np.ones(len(points))]
    weights = ellipsoid_weights(lifted, tolerance)
    centred = lifted[:, :ndim] - weights @ lifted[:, :ndim]
    spread = (centred.T * weights) @ centred
    reach = np.einsum("ij,jk,ik->i", centred, np.linalg.inv(spread), centred).max()
    return np.sqrt(np.linalg.eigvalsh(spread)[::-1] * reach) * scale


def ellipsoid_area(a: float, b: float, c: float) -> float:
    """Compute the area of an ellipsoid as the IBSI defines it.

    Parameters
    ----------
    a, b, c : float
        Semi-axes in mm, longest first.

    Returns
    -------
    float
        In square millimetres; NaN if an axis is zero.

    Notes
    -----
    The IBSI's consensus values follow this series, though the true area differs: it has the eccentricities
    relative to the shortest axis instead, and is 4 % larger for the IBSI's digital phantom.

    Examples
    --------
    >>> bool(np.isclose(ellipsoid_area(1.5, 1.5, 1.5), 9 * np.pi))
    True
    """
    if not c > 0:
        return np.nan
    alpha_squared, beta_squared = 1 - (b / a) ** 2, 1 - (c / a) ** 2
    # terms[n] is (alpha beta)^n P_n((alpha^2 + beta^2) / (2 alpha beta)) by the recurrence of the Legendre
    # polynomials P_n, multiplied through so that nothing is divided by alpha beta, which may be zero.
    half = (alpha_squared + beta_squared) / 2
    terms = [1.0, half]
    for n in range(1, LEGENDRE_TERMS):
        terms.append(((2 * n + 1) * half * terms[n] - n * alpha_squared * beta_squared * terms[n - 1]) / (n + 1))
    return float(4 * np.pi * a * b * sum(term / (1 - 4 * n**2) for n, term in enumerate(terms)))


def _flush_frames(points: NDArray, triangles: NDArray) -> Iterator[NDArray]:
    from workbench.compiled.extents import widths

    corners = points[triangles]
    normals = _unit(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]))
    # Opposite and coplanar faces say the same.
    largest = np.take_along_axis(normals, np.abs(normals).argmax(axis=1)[:, None], axis=1)
    normals *= np.sign(largest)
    _, kept = np.unique(normals.round(6), axis=0, return_index=True)
    normals, corners = normals[kept], corners[kept]
    along = _unit(corners - np.roll(corners, 1, axis=1))
    across = np.cross(normals[:, None], along)
    sides = [widths(axes.reshape(-1, 3), points).reshape(len(normals), -1) for axes in (normals, along, across)]
    volumes = sides[0] * sides[1] * sides[2]
    best = np.argsort(volumes, axis=None)[:STARTS]
    for face, side in zip(*np.unravel_index(best, volumes.shape), strict=True):
        yield np.stack([normals[face], along[face, side], across[face, side]])


def _turned(points: NDArray, frame: NDArray) -> NDArray:
    sides = np.ptp(points @ frame.T, axis=0)
    gained = True
    while gained:
        before = sides.prod()
        for axis in range(3):
            other = [(axis + 1) % 3, (axis + 2) % 3]
            frame[other] = _smallest_rectangle(points @ frame[other].T) @ frame[other]
        sides = np.ptp(points @ frame.T, axis=0)
        gained = sides.prod() < before * (1 - 1e-6)
    return sides


def _smallest_rectangle(points: NDArray) -> NDArray:
    """The axes of the smallest rectangle around points: one of its sides lies on an edge of the hull."""
    from scipy.spatial import ConvexHull

    hull = points[ConvexHull(points).vertices]
    along = _unit(np.roll(hull, -1, axis=0) - hull)
    across = along[:, ::-1] * (-1, 1)
    areas = np.ptp(along @ hull.T, axis=1) * np.ptp(across @ hull.T, axis=1)
    best = int(areas.argmin())
    return np.stack([along[best], across[best]])


def _unit(vectors: NDArray) -> NDArray:
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
