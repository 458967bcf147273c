"""Mutual information and transforms, by SimpleITK."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .pairs import Pair

# Sums of ITK depend on the number of threads in the last bits; one number for all machines makes runs equal.
THREADS = 4
POINTS = 100_000
BINS = 32


def comparison(metric: str, fixed: Any, *, masks: tuple[Any, Any], seed: int) -> Any:
    """Return a SimpleITK registration method with its metric and masks.

    Parameters
    ----------
    metric : str
        ``"correlation"`` or ``"mutual_information"``.
    fixed : SimpleITK.Image
        Its size decides whether all voxels are compared or a random part of about 100,000.
    masks : tuple of SimpleITK.Image or None
        Of moving and fixed: what counts.
    seed : int
        Of that random part.

    Returns
    -------
    SimpleITK.ImageRegistrationMethod
        Without optimizer and transform.
    """
    import SimpleITK as sitk

    made = sitk.ImageRegistrationMethod()
    made.SetNumberOfWorkUnits(THREADS)
    if metric == "correlation":
        made.SetMetricAsCorrelation()
    else:
        made.SetMetricAsMattesMutualInformation(BINS)
    made.SetInterpolator(sitk.sitkLinear)
    if masks[0] is not None:
        made.SetMetricMovingMask(masks[0])
    if masks[1] is not None:
        made.SetMetricFixedMask(masks[1])
    voxels = fixed.GetNumberOfPixels()
    if voxels > 2 * POINTS:
        made.SetMetricSamplingStrategy(made.RANDOM)
        made.SetMetricSamplingPercentage(POINTS / voxels, seed=seed + 1)
    return made


def optimize(
    pair: Pair,
    transform: Any,
    *,
    step: float,
    precision: float,
    iterations: int = 60,
    seed: int = 0,
    watch: Callable[[], object] | None = None,
) -> None:
    """Move a transform up the mutual information until its steps get small.

    Parameters
    ----------
    pair : Pair
        The images.
    transform : SimpleITK.Transform
        From fixed to moving; changed in place, or left where the images do not overlap.
    step, precision : float
        First and last length of a step, in units of physical space.
    iterations : int, optional
        At most.
    seed : int, optional
        Of the voxels compared.
    watch : callable, optional
        Called at each iteration.
    """
    import SimpleITK as sitk

    registration = comparison("mutual_information", pair.fixed, masks=pair.masks, seed=seed)
    registration.SetOptimizerAsRegularStepGradientDescent(
        learningRate=1.0,
        minStep=precision,
        numberOfIterations=iterations,
        relaxationFactor=0.6,
        gradientMagnitudeTolerance=1e-9,
        # Not the plain step: a step of 1 in an affine matrix would throw the image away.
        estimateLearningRate=registration.EachIteration,
        maximumStepSizeInPhysicalUnits=step,
    )
    registration.SetOptimizerScalesFromPhysicalShift()
    registration.SetInitialTransform(transform, inPlace=True)
    if watch is not None:
        registration.AddCommand(sitk.sitkIterationEvent, watch)
    before = transform.GetParameters()
    try:
        registration.Execute(pair.fixed, pair.moving)
    except RuntimeError:
        transform.SetParameters(before)


def as_transform(pull: NDArray, kind: str, center: NDArray) -> Any:
    """Return a matrix as a SimpleITK transform of a kind, turning about a centre.

    Parameters
    ----------
    pull : (D + 1, D + 1) ndarray
        From fixed to moving, in physical coordinates.
    kind : str
        ``"translation"``, ``"rigid"``, ``"similarity"`` or ``"affine"``.
    center : (D,) ndarray
        In the fixed image.

    Returns
    -------
    SimpleITK.Transform
        The nearest of its kind.
    """
    import SimpleITK as sitk

    ndim = len(center)
    linear = pull[:ndim, :ndim]
    left, stretches, right = np.linalg.svd(linear)
    turn = left @ right
    kept = {"translation": np.eye(ndim), "rigid": turn, "similarity": turn * stretches.mean(), "affine": linear}[
        kind
    ]
    shift = linear @ center + pull[:ndim, ndim] - center
    if kind == "translation":
        return sitk.TranslationTransform(ndim, shift)
    made = {
        ("rigid", 2): sitk.Euler2DTransform,
        ("rigid", 3): sitk.Euler3DTransform,
        ("similarity", 2): sitk.Similarity2DTransform,
        ("similarity", 3): sitk.Similarity3DTransform,
    }.get((kind, ndim), lambda: sitk.AffineTransform(ndim))()
    made.SetCenter(center.tolist())
    made.SetMatrix(kept.ravel().tolist())
    made.SetTranslation(shift.tolist())
    return made


def as_matrix(transform: Any) -> NDArray:
    """Return a linear SimpleITK transform as a matrix."""
    ndim = transform.GetDimension()
    origin = np.array(transform.TransformPoint((0.0,) * ndim))
    made = np.eye(ndim + 1)
    made[:ndim, ndim] = origin
    for axis, point in enumerate(np.eye(ndim)):
        made[:ndim, axis] = np.array(transform.TransformPoint(point.tolist())) - origin
    return made
