"""Distances between the surfaces of a segmentation and of its reference, in mm."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage

from .masks import mask_pair, mask_spacing


def hausdorff(
    mask: ArrayLike,
    reference: ArrayLike,
    *,
    spacing: tuple[float, ...] | None = None,
    percentile: float = 100.0,
) -> float:
    """Hausdorff distance: how far the surfaces are apart where they are farthest apart.

    From each surface the distance to the other one is taken at every voxel; of these the `percentile`, and of the
    two directions the greater. A surface consists of the voxels of a mask that have a face in common with the
    outside; what lies beyond the image is outside. Distances are between the centres of voxels.

    Parameters
    ----------
    mask, reference : (M, N) or (P, M, N) array_like of bool
        Same shape; nonzero is inside.
    spacing : tuple of float, optional
        Millimetres between neighbours on each axis. An Image brings its own; without any, distances are in voxels.
    percentile : float, optional
        100 for the maximum, which one stray voxel decides; 95 is customary.

    Returns
    -------
    float
        In mm. Infinite if one of the masks is empty, NaN if both are.

    Raises
    ------
    ValueError
        If the shapes differ, the spacing or the percentile is malformed, or the masks are not finite.

    References
    ----------
    Huttenlocher DP, Klanderman GA, Rucklidge WJ. Comparing images using the Hausdorff distance. IEEE Transactions
    on Pattern Analysis and Machine Intelligence 15 (1993) 850-863.

    Maier-Hein L, Reinke A, et al. Metrics reloaded: recommendations for image analysis validation. Nature Methods
    21 (2024) 195-212. (The percentile of each direction.)

    Examples
    --------
    >>> hausdorff([[1, 1, 0, 0]], [[1, 1, 1, 1]], spacing=(1.0, 0.5))
    1.0
    """
    return _distances(mask, reference, spacing).greatest(percentile)


def average_surface_distance(
    mask: ArrayLike, reference: ArrayLike, *, spacing: tuple[float, ...] | None = None
) -> float:
    """Average symmetric surface distance: the mean distance from both surfaces to the other one.

    Parameters
    ----------
    mask, reference : (M, N) or (P, M, N) array_like of bool
        Same shape; nonzero is inside. Surfaces and distances are those of `hausdorff`.
    spacing : tuple of float, optional
        Millimetres between neighbours on each axis. An Image brings its own; without any, distances are in voxels.

    Returns
    -------
    float
        In mm, over the voxels of both surfaces. Infinite if one of the masks is empty, NaN if both are.

    Raises
    ------
    ValueError
        If the shapes differ, the spacing is malformed, or the masks are not finite.

    References
    ----------
    Heimann T, van Ginneken B, Styner MA, et al. Comparison and evaluation of methods for liver segmentation from
    CT datasets. IEEE Transactions on Medical Imaging 28 (2009) 1251-1265.

    Examples
    --------
    >>> average_surface_distance([[1, 1, 0, 0]], [[1, 1, 1, 1]])
    0.5
    """
    return _distances(mask, reference, spacing).mean()


def normalized_surface_distance(
    mask: ArrayLike, reference: ArrayLike, *, tolerance: float, spacing: tuple[float, ...] | None = None
) -> float:
    """Normalized surface distance: the part of both surfaces that lies within a tolerance of the other one.

    Parameters
    ----------
    mask, reference : (M, N) or (P, M, N) array_like of bool
        Same shape; nonzero is inside. Surfaces and distances are those of `hausdorff`.
    tolerance : float
        In mm: by how much two experts differ.
    spacing : tuple of float, optional
        Millimetres between neighbours on each axis. An Image brings its own; without any, distances are in voxels.

    Returns
    -------
    float
        From 0 to 1 (all within the tolerance). 0 if one of the masks is empty, NaN if both are.

    Raises
    ------
    ValueError
        If the tolerance is negative, the shapes differ, the spacing is malformed, or the masks are not finite.

    References
    ----------
    Nikolov S, Blackwell S, Zverovitch A, et al. Clinically applicable segmentation of head and neck anatomy for
    radiotherapy: deep learning algorithm development and validation study. Journal of Medical Internet Research 23
    (2021) e26151.

    Examples
    --------
    >>> normalized_surface_distance([[1, 1, 0, 0]], [[1, 1, 1, 1]], tolerance=1.0)
    0.8333333333333334
    """
    return _distances(mask, reference, spacing).within(tolerance)


class Distances(NamedTuple):
    """From each voxel of a surface to the other surface: there from the mask, back from the reference.

    To a surface that does not exist the distance is infinite.
    """

    there: NDArray[np.float64]
    back: NDArray[np.float64]

    def greatest(self, percentile: float) -> float:
        """Return the greater of both directions' percentiles."""
        if not 0 <= percentile <= 100:
            raise ValueError(f"percentile must be between 0 and 100, received {percentile}")
        if self._one_is_missing():
            return self._missing()
        return float(max(np.percentile(self.there, percentile), np.percentile(self.back, percentile)))

    def mean(self) -> float:
        """Return the mean over the voxels of both surfaces."""
        return self._missing() if self._one_is_missing() else float(np.concatenate(self).mean())

    def within(self, tolerance: float) -> float:
        """Return the part of both surfaces that is so near to the other one."""
        if not (np.isfinite(tolerance) and tolerance >= 0):
            raise ValueError(f"tolerance must be a length, zero or positive, received {tolerance}")
        both = np.concatenate(self)
        # A sum of squares may miss a whole number of mm by a rounding error.
        return float(np.mean(both <= tolerance * (1 + 1e-9))) if len(both) else math.nan

    def _one_is_missing(self) -> bool:
        return not (len(self.there) and len(self.back))

    def _missing(self) -> float:
        return math.inf if len(self.there) or len(self.back) else math.nan


def surface_distances(
    inside: NDArray[np.bool_], expected: NDArray[np.bool_], edges: tuple[float, ...]
) -> Distances:
    """Return the distances between the surfaces of two masks, in the units of the voxels' edges."""
    from workbench.compiled.distances import distances

    if inside.ndim > 3:
        raise ValueError(f"masks must have at most 3 axes, received shape {inside.shape}")
    # The compiled transform knows volumes; a slice is one of thickness 1.
    missing = 3 - inside.ndim
    volumes = [region.reshape((1,) * missing + region.shape) for region in (inside, expected)]
    edges = (1.0,) * missing + tuple(edges)
    box = _box(volumes[0] | volumes[1])
    first, second = (_surface(volume[box], axes=range(missing, 3)) for volume in volumes)
    if not (first.any() and second.any()):
        return Distances(np.full(int(first.sum()), np.inf), np.full(int(second.sum()), np.inf))
    return Distances(distances(~second, edges)[first], distances(~first, edges)[second])


def _distances(mask: ArrayLike, reference: ArrayLike, spacing: tuple[float, ...] | None) -> Distances:
    inside, expected = mask_pair(mask, reference)
    edges = mask_spacing(mask, reference, spacing=spacing) or (1.0,) * inside.ndim
    return surface_distances(inside, expected, edges)


def _surface(inside: NDArray[np.bool_], *, axes: range) -> NDArray[np.bool_]:
    region = np.pad(inside, 1)
    core = region.copy()
    for axis in axes:
        core &= np.roll(region, 1, axis) & np.roll(region, -1, axis)
    return (region & ~core)[(slice(1, -1),) * region.ndim]


def _box(inside: NDArray[np.bool_]) -> tuple[slice, ...]:
    if not inside.any():
        return (slice(0, 1),) * inside.ndim
    (box,) = ndimage.find_objects(inside.view(np.uint8))
    return box
