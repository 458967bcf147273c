"""A smooth deformation of a grid: cubic B-splines between knots."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import map_coordinates

from .errors import RegistrationError

TOLERANCE = 1e-4
ITERATIONS = 100


@dataclass(frozen=True, eq=False)
class Deformation:
    """Where each voxel of a grid is displaced to: u(i), a cubic B-spline in voxels of that grid.

    Parameters
    ----------
    coefficients : (D, ...) ndarray
        Of the B-spline at its knots: one array of knots for each of D axes. Outside the knots they are 0.
    origin, step : (D,) ndarray
        Index of the first knot, and voxels from knot to knot.

    References
    ----------
    Rueckert D and others. Nonrigid registration using free-form deformations. IEEE Transactions on Medical Imaging
    18 (1999) 712-721.

    Examples
    --------
    >>> shift = Deformation(np.full((2, 9, 9), 0.5), origin=np.zeros(2), step=np.ones(2))
    >>> shift([[4.0, 3.0]]).round(3)
    array([[4.5, 3.5]])
    """

    coefficients: NDArray
    origin: NDArray
    step: NDArray

    def __call__(self, indices: ArrayLike) -> NDArray:
        """Displace points.

        Parameters
        ----------
        indices : (N, D) array_like
            In voxels of the grid.

        Returns
        -------
        (N, D) ndarray
            ``i + u(i)``.
        """
        index = np.asarray(indices, float)
        places = ((index - self.origin) / self.step).T
        moved = [
            map_coordinates(knots, places, order=3, mode="grid-constant", prefilter=False)
            for knots in self.coefficients
        ]
        return index + np.stack(moved, axis=-1)

    def undo(self, indices: ArrayLike) -> NDArray:
        """Find the points that are displaced to the given ones, by fixed-point iteration.

        Parameters
        ----------
        indices : (N, D) array_like
            In voxels of the grid.

        Returns
        -------
        (N, D) ndarray
            The i with ``i + u(i)`` equal to `indices` to within 1e-4 voxel.

        Raises
        ------
        RegistrationError
            If the deformation folds, so that there is no such point.
        """
        target = np.asarray(indices, float)
        found = target.copy()
        active = np.arange(len(target))
        for _ in range(ITERATIONS):
            misfit = target[active] - self(found[active])
            found[active] += misfit
            active = active[np.abs(misfit).max(axis=1, initial=0) > TOLERANCE]
            if len(active) == 0:
                return found
        raise RegistrationError(
            f"the deformation cannot be inverted at {len(active)} of {len(target)} points: it folds there, or is "
            "too steep; align with a wider knot_spacing"
        )

    def jacobian(self, shape: tuple[int, ...]) -> NDArray:
        """Return the factor by which each voxel's volume changes.

        Parameters
        ----------
        shape : tuple of int
            Of the grid.

        Returns
        -------
        shape ndarray
            The determinant of the derivative of ``i + u(i)``: 1 where nothing changes, not positive where the
            deformation folds.
        """
        index = np.stack(np.meshgrid(*map(np.arange, shape), indexing="ij"), axis=-1)
        moved = self(index.reshape(-1, len(shape))).reshape(*shape, len(shape))
        slopes = [np.stack(np.gradient(moved[..., axis]), axis=-1) for axis in range(len(shape))]
        return np.linalg.det(np.stack(slopes, axis=-2))
