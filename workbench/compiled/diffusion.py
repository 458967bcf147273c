"""Perona and Malik's diffusion in vector instructions: a whole row and one of its neighbours at a time."""

import numpy as np
from numpy.typing import NDArray

from .exponential import exponential
from .slabs import compiled, fused, over_slabs

#: A slab holds at least so many voxels.
WORK = 2**14


def diffuse(
    volume: NDArray, *, rates: tuple[float, ...], steepness: tuple[float, ...], exponential: bool, iterations: int
) -> NDArray:
    """Let intensities flow to neighbours that are not too different; nothing crosses the border.

    Parameters
    ----------
    volume : (P, M, N) ndarray of float32 or float64
        C-contiguous.
    rates : three floats
        What a difference d along each axis is multiplied with in one step.
    steepness : three floats
        What its square is multiplied with in the conductance.
    exponential : bool
        Whether the conductance is exp(-steepness d^2) or 1 / (1 + steepness d^2).
    iterations : int
        How many steps.

    Returns
    -------
    (P, M, N) ndarray
        In the volume's type.

    Examples
    --------
    >>> row, same = np.array([[[0.0, 8.0]]]), (0.25, 0.25, 0.25)
    >>> diffuse(row, rates=same, steepness=(0.0, 0.0, 0.0), exponential=True, iterations=1)
    array([[[2., 6.]]])
    """
    kind = volume.dtype.type
    rates, steepness = tuple(map(kind, rates)), tuple(map(kind, steepness))
    here, there = np.array(volume), np.empty_like(volume)
    rows, shortest = volume.shape[0] * volume.shape[1], max(1, WORK // volume.shape[2])
    flow = _exponentially if exponential else _quadratically
    for _ in range(iterations):
        over_slabs(flow, rows, here, there, rates, steepness, kind(1), shortest=shortest)
        here, there = there, here
    return here


@fused
def _flow_exponentially(target, here, there, rate, steepness, _):
    for x in range(len(target)):
        difference = there[x] - here[x]
        target[x] += rate * difference * exponential(-steepness * difference * difference)


@fused
def _flow_quadratically(target, here, there, rate, steepness, one):
    for x in range(len(target)):
        difference = there[x] - here[x]
        target[x] += rate * difference / (one + steepness * difference * difference)


def _step(flow):
    def run(start, stop, image, result, rates, steepness, one):
        planes, height = image.shape[:2]
        for index in range(start, stop):
            plane, row = index // height, index % height
            here, target = image[plane, row], result[plane, row]
            for x in range(len(here)):
                target[x] = here[x]
            flow(target[1:], here[1:], here[:-1], rates[2], steepness[2], one)
            flow(target[:-1], here[:-1], here[1:], rates[2], steepness[2], one)
            if row > 0:
                flow(target, here, image[plane, row - 1], rates[1], steepness[1], one)
            if row < height - 1:
                flow(target, here, image[plane, row + 1], rates[1], steepness[1], one)
            if plane > 0:
                flow(target, here, image[plane - 1, row], rates[0], steepness[0], one)
            if plane < planes - 1:
                flow(target, here, image[plane + 1, row], rates[0], steepness[0], one)

    return compiled(run)


_exponentially, _quadratically = _step(_flow_exponentially), _step(_flow_quadratically)
