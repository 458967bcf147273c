"""Bend one image onto another: a cubic B-spline, refined by SimpleITK after an affine alignment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .deformation import Deformation
from .optimizing import as_transform, comparison
from .pairs import Pair

KNOTS = 8
FEWEST_KNOTS = 3
# No coefficient may exceed this part of the knots' distance: then nothing can fold (Choi and Lee 2000).
UNFOLDED = 0.4


def deform(
    pair: Pair,
    pull: NDArray,
    *,
    metric: str,
    knot_spacing: float | None,
    seed: int = 0,
    iterations: int = 30,
    watch: Callable[[], object] | None = None,
) -> Deformation:
    """Find the displacements that an affine alignment leaves, from coarse to fine.

    Parameters
    ----------
    pair : Pair
        The images.
    pull : (D + 1, D + 1) ndarray
        The affine alignment, from fixed to moving in physical coordinates.
    metric : str
        ``"correlation"`` or ``"mutual_information"``.
    knot_spacing : float or None
        Between knots, in units of physical space; an eighth of the longest side where not given.
    seed : int, optional
        Of the voxels compared in large volumes.
    iterations : int, optional
        At most, for each level of the pyramid.
    watch : callable, optional
        Called at each iteration.

    Returns
    -------
    Deformation
        Of the fixed grid, to be followed by the affine alignment.

    References
    ----------
    Choi Y, Lee S. Injectivity conditions of 2D and 3D uniform cubic B-spline functions. Graphical Models 62 (2000)
    411-427.

    Raises
    ------
    ValueError
        If the knots are not a positive distance apart.
    """
    import SimpleITK as sitk

    sides = np.array(pair.fixed.GetSize()) * pair.fixed.GetSpacing()
    distance = float(sides.max()) / KNOTS if knot_spacing is None else float(knot_spacing)
    if not (np.isfinite(distance) and distance > 0):
        raise ValueError(f"knot_spacing must be a positive length, received {knot_spacing}")
    mesh = np.maximum(np.ceil(sides / distance), FEWEST_KNOTS).astype(int)
    spline = sitk.BSplineTransformInitializer(pair.fixed, mesh.tolist(), 3)
    bound = UNFOLDED * float((sides / mesh).min())
    linear = as_transform(pull, "affine", pair.center)
    for factor in pair.factors:
        moving, fixed = pair.level(factor)
        registration = comparison(metric, fixed, masks=pair.masks, seed=seed)
        registration.SetOptimizerAsLBFGSB(
            gradientConvergenceTolerance=1e-6,
            numberOfIterations=iterations,
            lowerBound=-bound,
            upperBound=bound,
        )
        registration.SetMovingInitialTransform(linear)
        registration.SetInitialTransform(spline, inPlace=True)
        if watch is not None:
            registration.AddCommand(sitk.sitkIterationEvent, watch)
        registration.Execute(fixed, moving)
    return _in_voxels(spline, pair.spaces[1].from_index)


def _in_voxels(spline: Any, from_index: NDArray) -> Deformation:
    import SimpleITK as sitk

    images = spline.GetCoefficientImages()
    ndim = len(images)
    to_index = np.linalg.inv(from_index)
    vectors = np.stack([sitk.GetArrayFromImage(image) for image in images], axis=-1)
    origin = to_index[:ndim, :ndim] @ images[0].GetOrigin() + to_index[:ndim, ndim]
    spacing = np.linalg.norm(from_index[:ndim, :ndim], axis=0)
    return Deformation(
        np.moveaxis(vectors @ to_index[:ndim, :ndim].T, -1, 0),
        origin=origin,
        step=np.array(images[0].GetSpacing()[::-1]) / spacing,
    )
