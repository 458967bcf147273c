"""Align by least squares: the steepest way up the correlation of one image with any function of the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh
from scipy.ndimage import map_coordinates

from .limits import LEAST_POINTS

POINTS = 50_000
LEVELS_OF_GREY = 12


def generators(kind: str, ndim: int) -> list[NDArray]:
    """Return the directions in which a transform of a kind can move.

    Parameters
    ----------
    kind : str
        ``"translation"``, ``"rigid"``, ``"similarity"`` or ``"affine"``.
    ndim : int
        2 or 3.

    Returns
    -------
    list of (D, D) ndarray
        The rate of change of the linear part; shifts come on top.

    Examples
    --------
    >>> generators("rigid", 2)
    [array([[ 0., -1.],
           [ 1.,  0.]])]
    """
    unit = np.eye(ndim)
    every = [np.outer(unit[row], unit[column]) for row in range(ndim) for column in range(ndim)]
    turns = [
        np.outer(unit[second], unit[first]) - np.outer(unit[first], unit[second])
        for first in range(ndim)
        for second in range(first + 1, ndim)
    ]
    return {"translation": [], "rigid": turns, "similarity": [*turns, unit], "affine": every}[kind]


def climb(
    moving: Any,
    fixed: Any,
    pull: NDArray,
    *,
    kind: str,
    metric: str,
    precision: float,
    iterations: int = 40,
    masks: tuple[Any, Any] = (None, None),
    seed: int = 0,
    points: int = POINTS,
    watch: Callable[[], object] | None = None,
) -> tuple[float, NDArray]:
    """Improve a linear alignment by Gauss-Newton steps.

    The moving image, linearised in the transform's parameters, is correlated with the fixed one, or with the best
    function of its grey levels (the correlation ratio). The step is the first canonical correlation of the two.

    Parameters
    ----------
    moving, fixed : SimpleITK.Image
        In physical space.
    pull : (D + 1, D + 1) ndarray
        Where to start, from fixed to moving.
    kind : str
        As for `generators`.
    metric : str
        ``"correlation"``, or anything else for the correlation ratio.
    precision : float
        Ends when no corner moves by more, in units of physical space.
    iterations : int, optional
        At most.
    masks : tuple of SimpleITK.Image or None, optional
        Of moving and fixed: what counts.
    seed : int, optional
        Of the points compared, where the fixed image has more voxels than that.
    points : int, optional
        How many are compared at most.
    watch : callable, optional
        Called at each iteration.

    Returns
    -------
    evidence : float
        ``atanh(correlation) * sqrt(overlap)``: what tells right from wrong among alignments of different overlap;
        below 0 where there is none.
    pull : (D + 1, D + 1) ndarray
        The improved alignment.

    References
    ----------
    Evangelidis GD, Psarakis EZ. Parametric image alignment using enhanced correlation coefficient maximization.
    IEEE Transactions on Pattern Analysis and Machine Intelligence 30 (2008) 1858-1865. Roche A and others. The
    correlation ratio as a new similarity measure for multimodal image registration. MICCAI (1998) 1115-1124.
    """
    chosen = _chosen(fixed, masks[1], points, seed)
    problem = _Problem(moving, fixed, chosen, generators(kind, fixed.GetDimension()), metric)
    if masks[0] is not None:
        problem.known = _near(masks[0], moving)
    value, overlap, step = problem.look(pull)
    least = overlap / 2
    for _ in range(iterations):
        if value <= 0:
            break
        if watch is not None:
            watch()
        for length in (1.0, 0.4, 0.1):
            tried = problem.stepped(pull, step * length)
            reached, covered, next_step = problem.look(tried)
            if reached > value and covered > least:
                break
        else:
            break
        moved = problem.distance(pull, tried)
        value, overlap, step, pull = reached, covered, next_step, tried
        if moved < precision:
            break
    return evidence(value, overlap), pull


def evidence(correlation: float, overlap: float) -> float:
    """Return how much a correlation over a part of the image says: Fisher's z times the root of the part.

    Parameters
    ----------
    correlation : float
        From -1 to 1.
    overlap : float
        From 0 to 1.

    Returns
    -------
    float
        At most 6.2.

    Examples
    --------
    >>> round(evidence(0.8, 0.25), 3), round(evidence(0.7, 1.0), 3)
    (0.549, 0.867)
    """
    return (
        float(np.arctanh(min(correlation, 0.99999)) * np.sqrt(overlap)) if correlation > 0 else float(correlation)
    )


class _Problem:
    """Points of the fixed image with their values, and the moving image with its slopes."""

    def __init__(self, moving: Any, fixed: Any, chosen: NDArray, directions: list[NDArray], metric: str) -> None:
        values, to_physical = _arrays(fixed)
        ndim = values.ndim
        index = np.stack(np.unravel_index(chosen, values.shape), axis=-1)
        self.points = index @ to_physical[:ndim, :ndim].T + to_physical[:ndim, ndim]
        self.center = self.points.mean(axis=0)
        self.functions = _functions(values.ravel()[chosen], metric)
        self.generators = directions
        self.radius = float(np.abs(self.points - self.center).max())
        array, from_moving = _arrays(moving)
        self.to_index = np.linalg.inv(from_moving)
        slopes = np.stack(np.gradient(array), axis=-1) @ self.to_index[:ndim, :ndim]
        self.layers = [array, *np.moveaxis(slopes, -1, 0)]
        self.known: NDArray | None = None

    def look(self, pull: NDArray) -> tuple[float, float, NDArray]:
        """Return the correlation here, the overlap, and the best step from here."""
        ndim = len(self.center)
        places = self.points @ pull[:ndim, :ndim].T + pull[:ndim, ndim]
        index = (places @ self.to_index[:ndim, :ndim].T + self.to_index[:ndim, ndim]).T
        sizes = np.array(self.layers[0].shape)[:, None]
        inside = ((index >= 0) & (index <= sizes - 1)).all(axis=0)
        if self.known is not None:
            inside &= map_coordinates(self.known, index, order=0) > 0
        nothing = np.zeros(len(self.generators) + ndim)
        overlap = float(inside.mean())
        if overlap < LEAST_POINTS:
            return -1.0, overlap, nothing
        value, *slopes = (
            map_coordinates(layer, index[:, inside], order=1, mode="nearest") for layer in self.layers
        )
        away = (places[inside] - self._middle(pull)) / self.radius
        turned = [sum(slope * (away @ row) for slope, row in zip(slopes, g, strict=True)) for g in self.generators]
        columns = np.stack([value, *turned, *slopes], axis=1)
        columns -= columns.mean(axis=0)
        functions = self.functions[inside]
        functions = functions - functions.mean(axis=0)
        correlation, step = _canonical(columns, functions, nothing)
        return correlation, overlap, step

    def stepped(self, pull: NDArray, step: NDArray) -> NDArray:
        """Return the alignment moved by a step."""
        ndim = len(self.center)
        count = len(self.generators)
        rates = sum(
            (g * rate for g, rate in zip(self.generators, step[:count], strict=True)), np.zeros((ndim, ndim))
        )
        linear = _exponential(rates / self.radius)
        middle = self._middle(pull)
        made = pull.copy()
        made[:ndim, :ndim] = linear @ pull[:ndim, :ndim]
        made[:ndim, ndim] = linear @ (pull[:ndim, ndim] - middle) + middle + step[count:]
        return made

    def distance(self, pull: NDArray, other: NDArray) -> float:
        """Return the greatest distance between two alignments, nearly."""
        change = other - pull
        ndim = len(self.center)
        middle = change[:ndim, :ndim] @ self.center + change[:ndim, ndim]
        return float(np.linalg.norm(middle) + np.linalg.norm(change[:ndim, :ndim]) * self.radius)

    def _middle(self, pull: NDArray) -> NDArray:
        return pull[:-1, :-1] @ self.center + pull[:-1, -1]


def _exponential(rates: NDArray) -> NDArray:
    # scipy.linalg.expm starts threads for a matrix of 2 x 2; the series is enough for turns of a few radians.
    made = term = np.eye(len(rates))
    for order in range(1, 25):
        term = term @ rates / order
        made = made + term
    return made


def _near(mask: Any, image: Any) -> NDArray:
    import SimpleITK as sitk

    still = sitk.Transform(image.GetDimension(), sitk.sitkIdentity)
    return sitk.GetArrayFromImage(sitk.Resample(mask, image, still, sitk.sitkNearestNeighbor))


def _chosen(fixed: Any, mask: Any, points: int, seed: int) -> NDArray:
    voxels = fixed.GetNumberOfPixels()
    chosen = np.arange(voxels) if mask is None else np.flatnonzero(_near(mask, fixed))
    if len(chosen) > points:
        chosen = np.sort(np.random.default_rng(seed).choice(chosen, points, replace=False))
    return chosen


def _arrays(image: Any) -> tuple[NDArray, NDArray]:
    import SimpleITK as sitk

    ndim = image.GetDimension()
    affine = np.eye(ndim + 1)
    directions = np.reshape(image.GetDirection(), (ndim, ndim)) * image.GetSpacing()
    affine[:ndim, :ndim] = directions[:, ::-1]
    affine[:ndim, ndim] = image.GetOrigin()
    return sitk.GetArrayFromImage(image), affine


def _functions(values: NDArray, metric: str) -> NDArray:
    if metric == "correlation":
        return values[:, None].astype(np.float64)
    # Hats between grey levels that share the voxels evenly: any smooth function of the values is a sum of them.
    knots = np.unique(np.quantile(values, np.linspace(0, 1, LEVELS_OF_GREY)))
    place = np.interp(values, knots, np.arange(len(knots)))
    return np.maximum(0, 1 - np.abs(place[:, None] - np.arange(1, len(knots))))


def _canonical(columns: NDArray, functions: NDArray, nothing: NDArray) -> tuple[float, NDArray]:
    within, other = columns.T @ columns, functions.T @ functions
    across = columns.T @ functions
    other[np.diag_indices_from(other)] += 1e-9 * np.trace(other) + 1e-30
    explained = across @ np.linalg.solve(other, across.T)
    if within[0, 0] <= 0:
        return -1.0, nothing
    value = float(np.sqrt(np.clip(explained[0, 0] / within[0, 0], 0, 1)))
    if functions.shape[1] == 1 and across[0, 0] < 0:
        value = -value
    within[np.diag_indices_from(within)] *= 1 + 1e-9
    within[np.diag_indices_from(within)] += 1e-30
    _, vectors = eigh(explained, within)
    best = vectors[:, -1]
    return value, best[1:] / best[0] if best[0] else nothing
