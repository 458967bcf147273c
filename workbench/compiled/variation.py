"""Chambolle's descent towards the image of least total variation: two passes over the volume for each step."""

import numpy as np
from numpy.typing import NDArray

from .slabs import compiled, fused, over_slabs

#: A slab holds at least so many voxels.
WORK = 2**14


def total_variation(volume: NDArray, *, weight: float, tau: float, tolerance: float, iterations: int) -> NDArray:
    """Minimise (u - f)^2 / 2 + weight |grad u|.

    Parameters
    ----------
    volume : (P, M, N) ndarray of float32 or float64
        The image f, C-contiguous.
    weight : float
        Of the gradients.
    tau : float
        Length of a step: one over twice the number of axes.
    tolerance : float
        It ends where the sum changes by less than this times its first value.
    iterations : int
        At most so many steps.

    Returns
    -------
    (P, M, N) ndarray
        The image u, in the volume's type.

    Examples
    --------
    >>> total_variation(np.full((1, 2, 2), 7.0), weight=1.0, tau=0.25, tolerance=1e-4, iterations=9)
    array([[[7., 7.],
            [7., 7.]]])
    """
    kind = volume.dtype.type
    dual = np.zeros((3, *volume.shape), volume.dtype)
    result = np.empty_like(volume)
    rows = volume.shape[0] * volume.shape[1]
    energies = np.empty(rows)
    shortest = max(1, WORK // volume.shape[2])
    first = previous = 0.0
    for iteration in range(iterations):
        over_slabs(_subtract_divergence, rows, volume, dual, result, energies, shortest=shortest)
        energy = energies.sum()
        over_slabs(
            _ascend, rows, result, dual, energies, kind(tau), kind(tau / weight), kind(1), shortest=shortest
        )
        energy += weight * energies.sum()
        if iteration == 0:
            first = energy
        elif abs(previous - energy) < tolerance * first:
            break
        previous = energy
    return result


@compiled
def _less(total, one, other):
    for x in range(len(total)):
        total[x] += one[x] - other[x]


@compiled
def _minus(total, one):
    for x in range(len(total)):
        total[x] -= one[x]


@fused
def _finish(target, image, change, squares):
    for x in range(len(target)):
        squares[x] += change[x] * change[x]
        target[x] = image[x] + change[x]


@compiled
def _subtract_divergence(start, stop, volume, dual, result, energies):
    height, length = volume.shape[1:]
    change, squares = np.empty(length, volume.dtype), np.empty(length)
    for index in range(start, stop):
        plane, row = index // height, index % height
        change[:] = 0
        squares[:] = 0
        across = dual[2, plane, row]
        _minus(change, across)
        _less(change[1:], across[:-1], dual[1, plane, row][1:])
        change[0] -= dual[1, plane, row, 0]
        if row > 0:
            _less(change, dual[1, plane, row - 1], dual[0, plane, row])
        else:
            _minus(change, dual[0, plane, row])
        if plane > 0:
            for x in range(length):
                change[x] += dual[0, plane - 1, row, x]
        _finish(result[plane, row], volume[plane, row], change, squares)
        energies[index] = squares.sum()


@fused
def _step(p, q, r, here, below, beside, behind, norms, tau, share, one):
    for x in range(len(p)):
        u, v, w = behind[x] - here[x], below[x] - here[x], beside[x] - here[x]
        norm = np.sqrt(u * u + v * v + w * w)
        norms[x] = norm
        shrink = one / (one + share * norm)
        p[x] = (p[x] - tau * u) * shrink
        q[x] = (q[x] - tau * v) * shrink
        r[x] = (r[x] - tau * w) * shrink


@compiled
def _ascend(start, stop, result, dual, energies, tau, share, one):
    planes, height, length = result.shape
    beside, norms = np.empty(length, result.dtype), np.empty(length, result.dtype)
    for index in range(start, stop):
        plane, row = index // height, index % height
        here = result[plane, row]
        for x in range(length - 1):
            beside[x] = here[x + 1]
        beside[length - 1] = here[length - 1]
        # Beyond the last row and plane there is no difference.
        _step(
            dual[0, plane, row], dual[1, plane, row], dual[2, plane, row], here,
            result[plane, min(row + 1, height - 1)], beside, result[min(plane + 1, planes - 1), row],
            norms, tau, share, one,
        )  # fmt: skip
        energies[index] = norms.sum()
