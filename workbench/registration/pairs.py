"""Two images in one physical space, with their masks."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array
from workbench.images import Image

from .grids import Grid, grey
from .physical import Space, factors, shrunk, spaces


class Pair:
    """A moving and a fixed image, checked, as SimpleITK images in the physical space of the fixed one.

    Parameters
    ----------
    moving, fixed : array_like or Image
        Two slices or two volumes.
    spacing : float or tuple of float, optional
        Of arrays.
    moving_mask, mask : array_like of bool, optional
        What counts in `moving` and in `fixed`.

    Raises
    ------
    TypeError, ValueError
        If they cannot be compared.
    """

    def __init__(
        self,
        moving: ArrayLike | Image,
        fixed: ArrayLike | Image,
        *,
        spacing: float | tuple[float, ...] | None = None,
        moving_mask: ArrayLike | None = None,
        mask: ArrayLike | None = None,
    ) -> None:
        arrays = grey(moving, name="moving"), grey(fixed, name="fixed")
        self.grids = Grid.of(moving, spacing=spacing), Grid.of(fixed, spacing=spacing)
        self.spaces = spaces(*self.grids)
        self.moving = self.spaces[0].image(arrays[0])
        self.fixed = self.spaces[1].image(arrays[1])
        self.masks = (
            _mask(moving_mask, arrays[0], self.spaces[0], "moving_mask"),
            _mask(mask, arrays[1], self.spaces[1], "mask"),
        )
        self.sides = np.array(self.fixed.GetSize()) * self.fixed.GetSpacing()
        middle = [(length - 1) / 2 for length in self.fixed.GetSize()]
        self.center = np.array(self.fixed.TransformContinuousIndexToPhysicalPoint(middle))
        self.finest = float(min(self.fixed.GetSpacing()))
        self.factors = factors(self.grids[1].shape)
        self._levels: dict[int, tuple[Any, Any]] = {}

    def level(self, factor: int) -> tuple[Any, Any]:
        """Return moving and fixed image, shrunk by a factor."""
        if factor not in self._levels:
            self._levels[factor] = shrunk(self.moving, factor), shrunk(self.fixed, factor)
        return self._levels[factor]


def _mask(mask: ArrayLike | None, array: NDArray, space: Space, name: str) -> Any:
    import SimpleITK as sitk

    if mask is None:
        return None
    inside = real_array(mask, name=name) != 0
    if inside.shape != array.shape or not inside.any():
        raise ValueError(f"{name} must have shape {array.shape} and not be empty, received shape {inside.shape}")
    return sitk.Cast(space.image(inside), sitk.sitkUInt8)
