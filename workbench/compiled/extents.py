"""How far points reach: along many directions, and in the metric of the smallest ellipsoid around them."""

import numpy as np
from numpy.typing import NDArray

from .slabs import compiled, over_slabs


def widths(directions: NDArray, points: NDArray) -> NDArray:
    """Measure the extent of points along directions.

    Parameters
    ----------
    directions : (n, 3) ndarray
        Unit vectors.
    points : (m, 3) ndarray
        In mm.

    Returns
    -------
    (n,) ndarray of float64
        Largest less smallest projection.

    Examples
    --------
    >>> widths(np.array([[1.0, 0, 0], [0, 0.6, 0.8]]), np.array([[0.0, 0, 0], [2, 5, 0]]))
    array([2., 3.])
    """
    found = np.empty(len(directions))
    columns = np.ascontiguousarray(points.T, np.float64)
    over_slabs(_widths, len(directions), np.ascontiguousarray(directions, np.float64), columns, found, shortest=50)
    return found


@compiled
def _widths(start: int, stop: int, directions: NDArray, points: NDArray, found: NDArray) -> None:
    for index in range(start, stop):
        x, y, z = directions[index]
        low, high = np.inf, -np.inf
        for point in range(points.shape[1]):
            place = x * points[0, point] + y * points[1, point] + z * points[2, point]
            low, high = min(low, place), max(high, place)
        found[index] = high - low


@compiled
def ellipsoid_weights(points: NDArray, tolerance: float) -> NDArray:
    """Weigh points so that their weighted covariance is the shape of the smallest ellipsoid around them.

    Parameters
    ----------
    points : (n, d) ndarray of float64
        With a last coordinate of 1 added, C-contiguous.
    tolerance : float
        By how much, relatively, the squared size of the ellipsoid may miss the smallest.

    Returns
    -------
    (n,) ndarray of float64
        Weights that sum to one; most are zero.

    References
    ----------
    Todd MJ, Yildirim EA. On Khachiyan's algorithm for the computation of minimum-volume enclosing ellipsoids.
    Discrete Appl Math 155 (2007) 1731-1744.

    Examples
    --------
    >>> ellipsoid_weights(np.array([[-1.0, 1], [0, 1], [1, 1]]), 1e-6).round(3)
    array([0.5, 0. , 0.5])
    """
    count, size = points.shape
    weights = np.full(count, 1 / count)
    matrix = np.zeros((size, size))
    for index in range(count):
        matrix += np.outer(points[index], points[index]) / count
    inverse = np.linalg.inv(matrix)
    distances = np.empty(count)
    for index in range(count):
        distances[index] = _squared(points[index], inverse)
    for _ in range(100_000):
        far, near = distances.argmax(), np.where(weights > 0, distances, np.inf).argmin()
        excess, lack = distances[far] / size - 1, 1 - distances[near] / size
        if max(excess, lack) <= tolerance:
            break
        # A step towards the farthest point, or away from a point that is not needed.
        chosen = far if excess >= lack else near
        step = (distances[chosen] - size) / (size * (distances[chosen] - 1))
        if excess < lack:
            step = max(step, -weights[near] / (1 - weights[near]))
        direction = np.zeros(size)
        for row in range(size):
            for column in range(size):
                direction[row] += inverse[row, column] * points[chosen, column]
        shrink = step / (1 - step + step * distances[chosen])
        for index in range(count):
            projected = 0.0
            for row in range(size):
                projected += points[index, row] * direction[row]
            distances[index] = (distances[index] - shrink * projected**2) / (1 - step)
            weights[index] *= 1 - step
        weights[chosen] = max(weights[chosen] + step, 0.0)
        for row in range(size):
            for column in range(size):
                inverse[row, column] = (inverse[row, column] - shrink * direction[row] * direction[column]) / (
                    1 - step
                )
    return weights


@compiled
def _squared(point: NDArray, inverse: NDArray) -> float:
    total = 0.0
    for row in range(len(point)):
        for column in range(len(point)):
            total += point[row] * inverse[row, column] * point[column]
    return total
