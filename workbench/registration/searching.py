"""Where to start: all shifts at some rotations, on a coarse grid."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .correlation import overlap_correlation, shift_at
from .limits import LEAST_OVERLAP
from .pairs import Pair
from .physical import shrunk

SIDES = {2: 64, 3: 28}
STEP_DEGREES = {2: 5.0, 3: 15.0}
CANDIDATES = 4


def candidates(pair: Pair, *, metric: str, rotation: float) -> list[NDArray]:
    """Return the most promising rigid alignments, best first.

    For mutual information, the strengths of the edges are correlated instead of the values, for edges lie at the
    same places in all modalities.

    Parameters
    ----------
    pair : Pair
        The images. If they have places in a patient, staying there is the last candidate.
    metric : str
        ``"correlation"`` or ``"mutual_information"``.
    rotation : float
        The largest angle tried, in degrees, about each axis.

    Returns
    -------
    list of (D + 1, D + 1) ndarray
        From fixed to moving, in physical coordinates.
    """
    ndim = len(pair.center)
    images = (pair.moving, pair.fixed)
    step = max(size * spacing for image in images for size, spacing in _sides(image)) / SIDES[ndim]
    features = [_feature(image, step, metric) for image in images]
    known = [_known(feature, mask) for feature, mask in zip(features, pair.masks, strict=True)]
    target, target_inside, target_origin = _coarse(features[1], known[1], step, np.eye(ndim), np.zeros(ndim))
    middle = _middle(pair.moving)
    found: list[tuple[float, NDArray]] = []
    for turn in _turns(ndim, rotation):
        source, inside, origin = _coarse(features[0], known[0], step, turn, middle)
        correlation, count = overlap_correlation(source, target, inside, target_inside)
        share = count / min(inside.sum(), target_inside.sum())
        correlation[share < LEAST_OVERLAP] = 0
        score = np.arctanh(correlation.clip(0, 0.99999)) * np.sqrt(share)
        at = np.unravel_index(score.argmax(), score.shape)
        shift = shift_at(at, target.shape, correlation.shape)[::-1] * step
        pull = np.eye(ndim + 1)
        pull[:ndim, :ndim] = turn
        pull[:ndim, ndim] = turn @ (origin - target_origin - shift - middle) + middle
        found.append((float(score[at]), pull))
    found.sort(key=lambda pair: -pair[0])
    best = [pull for _, pull in found[:CANDIDATES]]
    return [*best, np.eye(ndim + 1)] if pair.grids[0].lps else best


def _sides(image: Any) -> list[tuple[int, float]]:
    return list(zip(image.GetSize(), image.GetSpacing(), strict=True))


def _middle(image: Any) -> NDArray:
    return np.array(image.TransformContinuousIndexToPhysicalPoint([(size - 1) / 2 for size in image.GetSize()]))


def _feature(image: Any, step: float, metric: str) -> Any:
    import SimpleITK as sitk

    small = shrunk(image, max(1, int(step / min(image.GetSpacing()) / 2)))
    if metric == "correlation":
        return sitk.SmoothingRecursiveGaussian(small, [step / 2] * image.GetDimension())
    return sitk.GradientMagnitudeRecursiveGaussian(small, step * 0.75)


def _known(feature: Any, mask: Any) -> Any:
    import SimpleITK as sitk

    if mask is not None:
        still = sitk.Transform(feature.GetDimension(), sitk.sitkIdentity)
        return sitk.Resample(sitk.Cast(mask, sitk.sitkFloat32), feature, still, sitk.sitkNearestNeighbor)
    every = sitk.Image(feature.GetSize(), sitk.sitkFloat32) + 1.0
    every.CopyInformation(feature)
    return every


def _coarse(
    image: Any, known: Any, step: float, turn: NDArray, middle: NDArray
) -> tuple[NDArray, NDArray, NDArray]:
    """Return an image turned about its middle on a grid along the axes, where it is known, and the origin."""
    import SimpleITK as sitk

    ndim = image.GetDimension()
    corners = np.array(
        [
            image.TransformContinuousIndexToPhysicalPoint(
                [end * (size - 1) for end, size in zip(ends, image.GetSize(), strict=True)]
            )
            for ends in itertools.product((0, 1), repeat=ndim)
        ]
    )
    low, high = corners.min(axis=0), corners.max(axis=0)
    size = np.maximum(np.ceil((high - low) / step).astype(int) + 1, 2)
    origin = (low + high) / 2 - (size - 1) * step / 2
    transform = sitk.AffineTransform(ndim)
    transform.SetCenter(middle.tolist())
    transform.SetMatrix(turn.ravel().tolist())
    grid = (
        size.tolist(),
        transform,
        sitk.sitkLinear,
        origin.tolist(),
        [step] * ndim,
        np.eye(ndim).ravel().tolist(),
    )
    inside = sitk.GetArrayFromImage(sitk.Resample(known, *grid, 0.0)) > 0.5
    return sitk.GetArrayFromImage(sitk.Resample(image, *grid, 0.0)).astype(float), inside, origin


def _turns(ndim: int, rotation: float) -> list[NDArray]:
    from scipy.spatial.transform import Rotation

    count = int(np.ceil(rotation / STEP_DEGREES[ndim] - 1e-9))
    angles = np.linspace(-rotation, rotation, 2 * count + 1) if count else np.zeros(1)
    if ndim == 2:
        return [Rotation.from_euler("z", angle, degrees=True).as_matrix()[:2, :2] for angle in angles]
    return [
        Rotation.from_euler("zyx", triple, degrees=True).as_matrix()
        for triple in itertools.product(angles, repeat=3)
    ]
