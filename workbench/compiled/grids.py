"""Grids of conductors with grounded nodes, solved by conjugate gradients with multigrid as preconditioner.

Nodes are joined in blocks of two along each axis and conductors between blocks added up, which is Galerkin's
coarse grid for corrections that are constant in each block, and a grid of conductors again.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .slabs import compiled

#: A grid with so few nodes is not made coarser.
COARSEST = 64
SWEEPS_ON_COARSEST = 20
#: Corrections that are constant in blocks fall short; this many times as much suits two and three axes.
OVERCORRECTION = 1.5


class Grid(NamedTuple):
    """Conductors from each node to the next on each axis, and the sum of all conductors at each node."""

    conductors: NDArray[np.float64]
    diagonal: NDArray[np.float64]


def coarser_grids(conductors: NDArray[np.float64], ground: NDArray[np.float64]) -> list[Grid]:
    """Make the grids of multigrid, the finest first.

    Parameters
    ----------
    conductors : (3, P, M, N) ndarray of float64
        From each node to the next on each axis; 0 after the last.
    ground : (P, M, N) ndarray of float64
        From each node to ground.

    Returns
    -------
    list of Grid
        Each with half the nodes on each axis. Nodes without any conductor take no part.

    Examples
    --------
    >>> grids = coarser_grids(np.zeros((3, 1, 20, 20)), np.ones((1, 20, 20)))
    >>> [grid.diagonal.shape for grid in grids]
    [(1, 20, 20), (1, 10, 10), (1, 5, 5)]
    """
    grids = []
    while True:
        grids.append(Grid(conductors, _sum_at_nodes(conductors, ground)))
        shape = tuple(-(-length // 2) for length in ground.shape)
        if ground.size <= COARSEST or shape == ground.shape:
            return grids
        coarse, coarse_ground = np.zeros((3, *shape)), np.zeros(shape)
        _join_blocks(conductors, ground, coarse, coarse_ground)
        conductors, ground = coarse, coarse_ground


def solve(grids: list[Grid], currents: NDArray[np.float64], *, tolerance: float, steps: int = 500) -> NDArray:
    """Find the potentials that drive given currents through a grid.

    Parameters
    ----------
    grids : list of Grid
        From `coarser_grids`.
    currents : (P, M, N) ndarray of float64
        Into each node.
    tolerance : float
        The norm of the currents left over, as a fraction of the norm of `currents`.
    steps : int, optional
        At most so many.

    Returns
    -------
    (P, M, N) ndarray of float64
        The potentials; 0 at nodes that take no part.

    Raises
    ------
    ArithmeticError
        If `steps` do not suffice.

    Examples
    --------
    >>> grids = coarser_grids(np.ones((3, 1, 1, 1)) * 0, np.full((1, 1, 1), 2.0))
    >>> solve(grids, np.full((1, 1, 1), 4.0), tolerance=1e-9).item()
    2.0
    """
    fine = grids[0]
    potentials, left = np.zeros_like(currents), currents.copy()
    goal = tolerance * np.sqrt(_dot(left, left))
    direction, before = np.zeros_like(currents), 1.0
    for _ in range(steps):
        if np.sqrt(_dot(left, left)) <= goal:
            return potentials
        correction = _cycle(grids, 0, left)
        now = _dot(correction, left)
        direction *= now / before
        direction += correction
        before = now
        flow = _flow(fine.conductors, fine.diagonal, direction)
        length = now / _dot(direction, flow)
        potentials += length * direction
        left -= length * flow
    raise ArithmeticError(f"no solution to {tolerance} of the currents within {steps} steps; use a smaller beta")


def _dot(a: NDArray, b: NDArray) -> float:
    return float(np.einsum("i,i->", a.ravel(), b.ravel()))


def _cycle(grids: list[Grid], level: int, currents: NDArray) -> NDArray:
    conductors, diagonal = grids[level]
    potentials = np.zeros_like(currents)
    if level == len(grids) - 1:
        for _ in range(SWEEPS_ON_COARSEST):
            _sweep(conductors, diagonal, currents, potentials, True)
            _sweep(conductors, diagonal, currents, potentials, False)
        return potentials
    _sweep(conductors, diagonal, currents, potentials, True)
    coarse = np.zeros_like(grids[level + 1].diagonal)
    _collect(conductors, diagonal, currents, potentials, coarse)
    _spread(OVERCORRECTION * _cycle(grids, level + 1, coarse), diagonal, potentials)
    _sweep(conductors, diagonal, currents, potentials, False)
    return potentials


@compiled
def _sum_at_nodes(conductors: NDArray, ground: NDArray) -> NDArray:
    total = ground + conductors[0] + conductors[1] + conductors[2]
    total[1:] += conductors[0, :-1]
    total[:, 1:] += conductors[1, :, :-1]
    total[:, :, 1:] += conductors[2, :, :, :-1]
    return total


@compiled
def _join_blocks(conductors: NDArray, ground: NDArray, coarse: NDArray, coarse_ground: NDArray) -> None:
    depth, height, width = ground.shape
    for z in range(depth):
        for y in range(height):
            for x in range(width):
                block = z // 2, y // 2, x // 2
                coarse_ground[block] += ground[z, y, x]
                if z % 2 == 1:
                    coarse[0][block] += conductors[0, z, y, x]
                if y % 2 == 1:
                    coarse[1][block] += conductors[1, z, y, x]
                if x % 2 == 1:
                    coarse[2][block] += conductors[2, z, y, x]


@compiled
def _from_other_rows(
    conductors: NDArray,
    potentials: NDArray,
    z: int,
    y: int,
    nothing: NDArray,
    total: NDArray,
) -> None:
    # A conductor that leads out of the grid is none.
    depth, height, width = potentials.shape
    before = conductors[0, z - 1, y] if z > 0 else nothing
    behind = conductors[0, z, y] if z + 1 < depth else nothing
    above = conductors[1, z, y - 1] if y > 0 else nothing
    below = conductors[1, z, y] if y + 1 < height else nothing
    row_before, row_behind = potentials[max(z - 1, 0), y], potentials[min(z + 1, depth - 1), y]
    row_above, row_below = potentials[z, max(y - 1, 0)], potentials[z, min(y + 1, height - 1)]
    for x in range(width):
        total[x] = above[x] * row_above[x] + below[x] * row_below[x]
    if depth > 1:
        for x in range(width):
            total[x] += before[x] * row_before[x] + behind[x] * row_behind[x]


@compiled
def _sweep(conductors: NDArray, diagonal: NDArray, currents: NDArray, potentials: NDArray, forwards: bool) -> None:
    # Gauss and Seidel's, in the order of the nodes or against it.
    depth, height, width = potentials.shape
    nothing, total, inverse = np.zeros(width), np.empty(width), np.empty(width)
    for k in range(depth * height):
        row = k if forwards else depth * height - 1 - k
        z, y = row // height, row % height
        _from_other_rows(conductors, potentials, z, y, nothing, total)
        here, across = potentials[z, y], conductors[2, z, y]
        for x in range(width):
            total[x] += currents[z, y, x]
            inverse[x] = 1 / diagonal[z, y, x] if diagonal[z, y, x] > 0 else 0.0
        if forwards:
            for x in range(width - 1):
                total[x] = (total[x] + across[x] * here[x + 1]) * inverse[x]
            total[width - 1] *= inverse[width - 1]
            potential = here[0] = total[0]
            for x in range(1, width):
                potential = total[x] + inverse[x] * across[x - 1] * potential
                here[x] = potential
        else:
            for x in range(width - 1, 0, -1):
                total[x] = (total[x] + across[x - 1] * here[x - 1]) * inverse[x]
            total[0] *= inverse[0]
            potential = here[width - 1] = total[width - 1]
            for x in range(width - 2, -1, -1):
                potential = total[x] + inverse[x] * across[x] * potential
                here[x] = potential


@compiled
def _left_over(
    conductors: NDArray,
    diagonal: NDArray,
    potentials: NDArray,
    z: int,
    y: int,
    nothing: NDArray,
    total: NDArray,
) -> None:
    # What flows into each node of a row less what its potential drives out.
    _from_other_rows(conductors, potentials, z, y, nothing, total)
    here, across = potentials[z, y], conductors[2, z, y]
    for x in range(len(here) - 1):
        total[x] += across[x] * here[x + 1]
    for x in range(1, len(here)):
        total[x] += across[x - 1] * here[x - 1]
    for x in range(len(here)):
        total[x] -= diagonal[z, y, x] * here[x]


@compiled
def _collect(
    conductors: NDArray, diagonal: NDArray, currents: NDArray, potentials: NDArray, coarse: NDArray
) -> None:
    depth, height, width = potentials.shape
    nothing, total = np.zeros(width), np.empty(width)
    for z in range(depth):
        for y in range(height):
            _left_over(conductors, diagonal, potentials, z, y, nothing, total)
            for x in range(width):
                # Nodes that take no part have no currents.
                coarse[z // 2, y // 2, x // 2] += total[x] + currents[z, y, x]


@compiled
def _spread(coarse: NDArray, diagonal: NDArray, potentials: NDArray) -> None:
    depth, height, width = potentials.shape
    for z in range(depth):
        for y in range(height):
            for x in range(width):
                if diagonal[z, y, x] > 0:
                    potentials[z, y, x] += coarse[z // 2, y // 2, x // 2]


@compiled
def _flow(conductors: NDArray, diagonal: NDArray, potentials: NDArray) -> NDArray:
    depth, height, width = potentials.shape
    nothing, total = np.zeros(width), np.empty(width)
    result = np.empty_like(potentials)
    for z in range(depth):
        for y in range(height):
            _left_over(conductors, diagonal, potentials, z, y, nothing, total)
            for x in range(width):
                result[z, y, x] = -total[x]
    return result
