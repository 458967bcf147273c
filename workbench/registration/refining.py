"""A linear alignment of a pair, from several starts and from coarse to fine."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .climbing import climb
from .limits import ASIDE
from .optimizing import as_matrix, as_transform, optimize
from .pairs import Pair

RESTARTS = 8
FEW_POINTS = 15_000


def refine(
    pair: Pair, starts: list[NDArray], kind: str, *, metric: str, seed: int, watch: Callable[[], object]
) -> NDArray:
    """Refine the starts at the coarsest level, and the best of them at all.

    Parameters
    ----------
    pair : Pair
        The images.
    starts : list of (D + 1, D + 1) ndarray
        From fixed to moving, in physical coordinates.
    kind : str
        ``"translation"``, ``"rigid"``, ``"similarity"`` or ``"affine"``.
    metric : str
        ``"correlation"``; or ``"mutual_information"``, for which the correlation ratio leads the way.
    seed : int
        Of the points compared in large images.
    watch : callable
        Called at each step.

    Returns
    -------
    (D + 1, D + 1) ndarray
        From fixed to moving.
    """
    options: dict[str, Any] = {"metric": metric, "seed": seed, "watch": watch, "masks": pair.masks}
    moving, fixed = pair.level(pair.factors[0])
    rough: dict[str, Any] = {"precision": 0.05 * pair.finest, "points": FEW_POINTS}
    simple = "rigid" if kind in {"similarity", "affine"} else kind
    found = []
    for start in starts:
        _, pull = climb(moving, fixed, start, kind=simple, iterations=20, **rough, **options)
        found.append(climb(moving, fixed, pull, kind=kind, **rough, **options))
    _, pull = max(found, key=lambda one: one[0])
    for factor in pair.factors:
        moving, fixed = pair.level(factor)
        _, pull = climb(moving, fixed, pull, kind=kind, precision=0.002 * factor * pair.finest, **options)
    if metric == "mutual_information":
        transform = as_transform(pull, kind, pair.center)
        optimize(pair, transform, step=0.5 * pair.finest, precision=0.01 * pair.finest, seed=seed, watch=watch)
        pull = as_matrix(transform)
    return pull


def wandering(pair: Pair, pull: NDArray, kind: str, *, metric: str, seed: int) -> float:
    """Tell how far from an alignment the search ends when it is begun again beside it.

    Parameters
    ----------
    pair : Pair
        The images.
    pull : (D + 1, D + 1) ndarray
        The alignment.
    kind, metric : str
        As for `refine`.
    seed : int
        Of eight starts, each displaced by 6 % of the image.

    Returns
    -------
    float
        The distance below which three quarters of them end, as a part of the longest side. Near 0 for a true
        alignment.
    """
    rng = np.random.default_rng(seed)
    moving, fixed = pair.level(pair.factors[0])
    options: dict[str, Any] = {"kind": kind, "metric": metric, "precision": 0.05 * pair.finest}
    options |= {"masks": pair.masks, "seed": seed, "points": FEW_POINTS}
    corners = pair.center + pair.sides * np.array(list(itertools.product((-0.3, 0.3), repeat=len(pair.sides))))
    _, home = climb(moving, fixed, pull, **options)
    distances = []
    for _ in range(RESTARTS):
        direction = rng.normal(size=len(pair.sides))
        aside = pull.copy()
        aside[:-1, -1] += ASIDE * pair.sides * direction / np.linalg.norm(direction)
        change = climb(moving, fixed, aside, **options)[1] - home
        distances.append(np.linalg.norm(corners @ change[:-1, :-1].T + change[:-1, -1], axis=1).mean())
    return float(np.quantile(distances, 0.75) / pair.sides.max())
