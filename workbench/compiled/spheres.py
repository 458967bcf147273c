"""Means over spheres: each sphere is a bundle of lines, each line a difference of two running sums."""

import numpy as np
from numpy.typing import NDArray

from .slabs import compiled, over_slabs


def sphere_means(volume: NDArray, places: NDArray, *, radius: float, spacing: tuple[float, ...]) -> NDArray:
    """Average a volume over the sphere around each of some voxels.

    Parameters
    ----------
    volume : (P, M, N) ndarray
        Grey volume. Parts of a sphere that lie outside are left out.
    places : (n, 3) ndarray of int
        Indices of the voxels in the middle.
    radius : float
        In mm; voxels whose centre is as far away belong to the sphere.
    spacing : tuple of 3 float
        Millimetres between neighbours in axis order.

    Returns
    -------
    (n,) ndarray of float64
        Means.

    Examples
    --------
    >>> volume, places = np.arange(27.0).reshape(3, 3, 3), np.array([[1, 1, 1], [0, 0, 0]])
    >>> sphere_means(volume, places, radius=1, spacing=(1, 1, 1))
    array([13.  ,  3.25])
    """
    slices, rows = (int(radius / mm) for mm in spacing[:2])
    across = [(s, r) for s in range(-slices, slices + 1) for r in range(-rows, rows + 1)]
    left = [radius**2 - (s * spacing[0]) ** 2 - (r * spacing[1]) ** 2 for s, r in across]
    lines = np.array(
        [(*at, int(np.sqrt(rest) / spacing[2])) for at, rest in zip(across, left, strict=True) if rest >= 0]
    )
    # Small numbers keep the sums exact where intensities lie far from zero.
    offset = float(volume[tuple(places[0])])
    sums = np.zeros((*volume.shape[:2], volume.shape[2] + 1))
    np.cumsum(volume - offset, axis=2, out=sums[..., 1:])
    means = np.empty(len(places))
    over_slabs(_means, len(places), sums, places.astype(np.int64), lines, means, shortest=500)
    return means + offset


@compiled
def _means(start: int, stop: int, sums: NDArray, places: NDArray, lines: NDArray, means: NDArray) -> None:
    depth, height, width = sums.shape[0], sums.shape[1], sums.shape[2] - 1
    for index in range(start, stop):
        total, count = 0.0, 0
        for line in range(len(lines)):
            plane, row = places[index, 0] + lines[line, 0], places[index, 1] + lines[line, 1]
            if 0 <= plane < depth and 0 <= row < height:
                first = max(places[index, 2] - lines[line, 2], 0)
                last = min(places[index, 2] + lines[line, 2] + 1, width)
                total += sums[plane, row, last] - sums[plane, row, first]
                count += last - first
        means[index] = total / count
