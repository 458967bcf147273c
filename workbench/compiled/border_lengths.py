"""The length of soft borders and its derivative: total variation, rounded off where the image is flat."""

import numpy as np
from numpy.typing import NDArray

from .slabs import compiled, over_slabs

#: Fewer voxels than this are not worth a thread.
LEAST_VOXELS = 2**15


def border_length(
    image: NDArray[np.float64],
    weight: NDArray[np.float64],
    spacing: tuple[float, ...],
    rounding: float,
    gradient: NDArray[np.float64],
) -> float:
    """Sum ``weight * (sqrt(|grad image|^2 + rounding^2) - rounding)`` and find its derivative.

    Parameters
    ----------
    image, weight : (P, M, N) ndarray of float64
        Differences are taken to the next voxel on each axis, and are 0 after the last.
    spacing : tuple of float
        Distance between neighbours on each axis.
    rounding : float
        Slopes far below it hardly count.
    gradient : (P, M, N) ndarray of float64
        Receives the derivative by each voxel of `image`.

    Returns
    -------
    float
        The sum.

    Examples
    --------
    >>> image, slope = np.array([[[0.0, 3.0, 3.0]]]), np.empty((1, 1, 3))
    >>> border_length(image, np.ones_like(image), (1.0, 1.0, 1.0), 4.0, slope)
    1.0
    >>> slope
    array([[[-0.6,  0.6,  0. ]]])
    """
    depth, height, width = image.shape
    flow = np.empty_like(image)
    sums = np.empty(depth * height)
    inverse = 1 / np.array(spacing)
    shortest = LEAST_VOXELS // width + 1
    over_slabs(_lengths, len(sums), image, weight, inverse, rounding, flow, sums, shortest=shortest)
    over_slabs(_divergence, len(sums), image, flow, inverse**2, gradient, shortest=shortest)
    return float(sums.sum())


@compiled
def _lengths(
    start: int,
    stop: int,
    image: NDArray,
    weight: NDArray,
    inverse: NDArray,
    rounding: float,
    flow: NDArray,
    sums: NDArray,
) -> None:
    depth, height, width = image.shape
    length = np.empty(width)
    for row in range(start, stop):
        z, y = row // height, row % height
        here, below, behind = image[z, y], image[z, min(y + 1, height - 1)], image[min(z + 1, depth - 1), y]
        for x in range(width):
            across = (here[min(x + 1, width - 1)] - here[x]) * inverse[2]
            down = (below[x] - here[x]) * inverse[1]
            along = (behind[x] - here[x]) * inverse[0]
            length[x] = np.sqrt(rounding * rounding + across * across + down * down + along * along)
        total = 0.0
        for x in range(width):
            flow[z, y, x] = weight[z, y, x] / length[x]
            total += weight[z, y, x] * (length[x] - rounding)
        sums[row] = total


@compiled
def _divergence(
    start: int,
    stop: int,
    image: NDArray,
    flow: NDArray,
    inverse_squares: NDArray,
    gradient: NDArray,
) -> None:
    depth, height, width = image.shape
    for row in range(start, stop):
        z, y = row // height, row % height
        above, below = max(y - 1, 0), min(y + 1, height - 1)
        before, behind = max(z - 1, 0), min(z + 1, depth - 1)
        for x in range(width):
            left, right = max(x - 1, 0), min(x + 1, width - 1)
            here, flowing = image[z, y, x], flow[z, y, x]
            across = (here - image[z, y, left]) * flow[z, y, left] - (image[z, y, right] - here) * flowing
            down = (here - image[z, above, x]) * flow[z, above, x] - (image[z, below, x] - here) * flowing
            along = (here - image[before, y, x]) * flow[before, y, x] - (image[behind, y, x] - here) * flowing
            slope = across * inverse_squares[2] + down * inverse_squares[1] + along * inverse_squares[0]
            gradient[z, y, x] = slope
