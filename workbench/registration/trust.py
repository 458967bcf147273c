"""How similar two aligned images are, and whether that says anything."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .pairs import Pair

BINS = 32
SIDES = {2: 128, 3: 48}
DISPLACED = 40


def similarity(first: NDArray, second: NDArray, metric: str) -> float:
    """Return how well the values of one image tell those of another at the same places.

    Parameters
    ----------
    first, second : (N,) ndarray
        Values of the same voxels.
    metric : str
        ``"correlation"``: Pearson's coefficient, -1 to 1. ``"mutual_information"``: 2 I(A, B) / (H(A) + H(B)) from
        a joint histogram of 32 x 32 bins, 0 to 1.

    Returns
    -------
    float
        0 where one of them is constant.

    References
    ----------
    Studholme C, Hill DLG, Hawkes DJ. An overlap invariant entropy measure of 3D medical image alignment. Pattern
    Recognition 32 (1999) 71-86.

    Examples
    --------
    >>> ramp = np.arange(64.0)
    >>> similarity(ramp, -ramp, "correlation"), similarity(ramp, -ramp, "mutual_information")
    (-1.0, 1.0)
    """
    if len(first) < 2 or np.ptp(first) == 0 or np.ptp(second) == 0:
        return 0.0
    if metric == "correlation":
        return float(np.corrcoef(first, second)[0, 1].clip(-1, 1).round(12))
    bins = [((one - one.min()) * (BINS / np.ptp(one) * (1 - 1e-7))).astype(np.intp) for one in (first, second)]
    joint = np.bincount(bins[0] * BINS + bins[1], minlength=BINS**2).reshape(BINS, BINS) / len(first)
    entropies = [_entropy(joint.sum(axis=axis)) for axis in (0, 1)]
    both = sum(entropies)
    return float(2 * (both - _entropy(joint.ravel())) / both)


def _entropy(shares: NDArray) -> float:
    shares = shares[shares > 0]
    return float(-(shares * np.log(shares)).sum())


def judged(pair: Pair, transform: Any, metric: str, *, seed: int) -> tuple[float, float, float]:
    """Compare an alignment with wrong ones.

    Parameters
    ----------
    pair : Pair
        The images.
    transform : SimpleITK.Transform
        From fixed to moving.
    metric : str
        ``"correlation"`` or ``"mutual_information"``: what the quality is.
    seed : int
        Of the wrong alignments.

    Returns
    -------
    quality, distinctness, overlap : float
        Similarity in the overlap; how far its mutual information stands out from that of 40 displaced and turned
        alignments, in their standard deviations; the part of the fixed image that is covered.
    """
    import SimpleITK as sitk
    from scipy.spatial.transform import Rotation

    moving, fixed, masks = pair.moving, pair.fixed, pair.masks
    ndim = fixed.GetDimension()
    size = np.array(fixed.GetSize())
    coarse = np.minimum(size, SIDES[ndim])
    extent = np.array(fixed.GetSpacing()) * size
    grid = sitk.Image(coarse.tolist(), sitk.sitkFloat32)
    grid.SetSpacing((extent / coarse).tolist())
    grid.SetDirection(fixed.GetDirection())
    grid.SetOrigin(fixed.TransformContinuousIndexToPhysicalPoint((size / coarse / 2 - 0.5).tolist()))
    target = sitk.GetArrayFromImage(sitk.Resample(fixed, grid)).ravel()
    counted = np.ones(target.size, bool)
    if masks[1] is not None:
        counted = (
            sitk.GetArrayFromImage(sitk.Resample(masks[1], grid, interpolator=sitk.sitkNearestNeighbor)).ravel()
            > 0
        )
    known = (
        sitk.Image(moving.GetSize(), sitk.sitkUInt8) + 1
        if masks[0] is None
        else sitk.Cast(masks[0], sitk.sitkUInt8)
    )
    known.CopyInformation(moving)
    center = np.array(grid.TransformContinuousIndexToPhysicalPoint(((coarse - 1) / 2).tolist()))

    def compared(how: Any, shown: str = "mutual_information") -> tuple[float, float]:
        source = sitk.GetArrayFromImage(sitk.Resample(moving, grid, how, sitk.sitkLinear, 0.0)).ravel()
        inside = sitk.GetArrayFromImage(sitk.Resample(known, grid, how, sitk.sitkNearestNeighbor, 0)).ravel() > 0
        inside &= counted
        values = source[inside], target[inside]
        return similarity(*values, shown), float(inside.sum() / max(counted.sum(), 1))

    quality, overlap = compared(transform, metric)
    rng = np.random.default_rng(seed)
    others = []
    for _ in range(DISPLACED):
        direction = rng.normal(size=ndim)
        shift = direction / np.linalg.norm(direction) * extent * rng.uniform(0.06, 0.2)
        wrong = sitk.AffineTransform(ndim)
        wrong.SetCenter(center.tolist())
        angle = rng.uniform(10, 30) * rng.choice([-1, 1])
        axis = np.array([0, 0, 1.0]) if ndim == 2 else rng.normal(size=3)
        turn = Rotation.from_rotvec(axis / np.linalg.norm(axis) * angle, degrees=True).as_matrix()
        wrong.SetMatrix(turn[:ndim, :ndim].ravel().tolist())
        wrong.SetTranslation(shift.tolist())
        others.append(compared(sitk.CompositeTransform([transform, wrong]))[0])
    # Fisher's transform: near 1, a correlation's last hundredths say most.
    right, *wrong_ones = np.arctanh(np.clip([compared(transform)[0], *others], -0.99999, 0.99999))
    return quality, float((right - np.mean(wrong_ones)) / max(np.std(wrong_ones), 1e-3)), overlap
