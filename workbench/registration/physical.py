"""Two images in one physical space, as SimpleITK wants them: coordinates from the last axis to the first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .grids import Grid

PARALLEL = 1e-2
LEAST_SIDE = 32
SMOOTHING = 0.5


@dataclass(frozen=True, eq=False)
class Space:
    """The physical space of one image: where it is in the world, where its voxels are in it.

    Parameters
    ----------
    to_world : (W + 1, W + 1) ndarray
        From physical coordinates (for a slice with the distance from its plane as third) to the world.
    from_index : (D + 1, D + 1) ndarray
        From indices in array order to physical coordinates.
    """

    to_world: NDArray
    from_index: NDArray

    def image(self, array: NDArray) -> Any:
        """Return an array as a SimpleITK image in this space, float32."""
        import SimpleITK as sitk

        made = sitk.GetImageFromArray(np.ascontiguousarray(array, dtype=np.float32))
        axes = self.from_index[:-1, :-1][:, ::-1]
        spacing = np.linalg.norm(axes, axis=0)
        made.SetSpacing(spacing.tolist())
        made.SetDirection((axes / spacing).ravel().tolist())
        made.SetOrigin(self.from_index[:-1, -1].tolist())
        return made


def spaces(moving: Grid, fixed: Grid) -> tuple[Space, Space]:
    """Return the physical spaces of two grids, chosen so that an identity keeps their places in the world.

    Parameters
    ----------
    moving, fixed : Grid
        Of the same number of axes and in the same kind of world.

    Returns
    -------
    moving, fixed : Space
        For slices the plane of the fixed one; the distance between the planes is bridged silently.

    Raises
    ------
    ValueError
        If one is a slice and the other a volume, only one has an affine, or two slices are not parallel.
    """
    if moving.ndim != fixed.ndim:
        raise ValueError(
            f"moving and fixed must both be slices or both volumes, received {moving.shape} and {fixed.shape}"
        )
    if moving.lps != fixed.lps:
        raise ValueError("moving and fixed must both be Images with an affine, or neither; give both a spacing")
    if not fixed.lps or fixed.ndim == 3:
        order = list(range(fixed.ndim)) if fixed.lps else list(range(fixed.ndim))[::-1]
        turn = np.eye(fixed.ndim + 1)[[*order, fixed.ndim]]
        return Space(turn, turn @ moving.affine), Space(turn, turn @ fixed.affine)
    rows, columns = (fixed.affine[:3, axis] / np.linalg.norm(fixed.affine[:3, axis]) for axis in (1, 2))
    normal = np.cross(columns, rows)
    tilt = np.abs(normal @ moving.affine[:3, 1:3] / moving.spacing).max()
    if tilt > PARALLEL:
        raise ValueError("moving and fixed must be parallel slices; register the volumes they come from")
    frame = np.eye(4)
    frame[:3] = np.stack([columns, rows, normal, fixed.affine[:3, 3]], axis=1)
    beside = frame.copy()
    beside[:3, 3] += normal * (normal @ (moving.affine[:3, 3] - fixed.affine[:3, 3]))
    return _plane(beside, moving), _plane(frame, fixed)


def pushed(pull: NDArray, moving: Space, fixed: Space) -> NDArray:
    """Return the world matrix from moving to fixed for a physical one from fixed to moving.

    Parameters
    ----------
    pull : (D + 1, D + 1) ndarray
        From the fixed image's physical coordinates to the moving image's.
    moving, fixed : Space
        As `spaces` made them.

    Returns
    -------
    (W + 1, W + 1) ndarray
        From the moving image's world to the fixed image's.
    """
    back = np.linalg.inv(pull)
    lifted = np.eye(len(fixed.to_world))
    keep = [*range(len(back) - 1), len(lifted) - 1]
    lifted[np.ix_(keep, keep)] = back
    return fixed.to_world @ lifted @ np.linalg.inv(moving.to_world)


def pulled(push: NDArray, moving: Space, fixed: Space) -> NDArray:
    """Return the physical matrix from fixed to moving for a world one from moving to fixed; undoes `pushed`."""
    lifted = np.linalg.inv(fixed.to_world) @ push @ moving.to_world
    size = len(fixed.from_index)
    keep = [*range(size - 1), len(lifted) - 1]
    return np.linalg.inv(lifted[np.ix_(keep, keep)])


def shrunk(image: Any, factor: int) -> Any:
    """Smooth an image and keep about every factor-th voxel of its finest axis, so that voxels get cubic.

    Parameters
    ----------
    image : SimpleITK.Image
        Floating.
    factor : int
        1 leaves it as it is.

    Returns
    -------
    SimpleITK.Image
        In the same place.
    """
    import SimpleITK as sitk

    finest = min(image.GetSpacing())
    factors = [max(1, round(factor * finest / spacing)) for spacing in image.GetSpacing()]
    factors = [min(one, max(1, size // 8)) for one, size in zip(factors, image.GetSize(), strict=True)]
    if set(factors) == {1}:
        return image
    sigmas = [max(SMOOTHING * one * step, 1e-3) for one, step in zip(factors, image.GetSpacing(), strict=True)]
    blurred = sitk.SmoothingRecursiveGaussian(image, sigmas) if min(image.GetSize()) >= 4 else image
    return sitk.Shrink(blurred, factors)


def factors(shape: tuple[int, ...]) -> list[int]:
    """Return the factors of an image pyramid, coarse to fine: 4, 2, 1 for 256 voxels."""
    count = max(0, int(np.log2(max(shape) / LEAST_SIDE / 2) + 0.5))
    return [2**level for level in range(count, -1, -1)]


def _plane(frame: NDArray, grid: Grid) -> Space:
    inside = np.linalg.inv(frame) @ grid.affine[:, 1:]
    return Space(frame, inside[[0, 1, 3]])
