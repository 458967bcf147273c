"""Alignment: the map from one image to another, and how far to trust it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import one_of, real_array
from workbench.images import Image, Step
from workbench.processing.arrays import floating

from .deformation import Deformation
from .errors import RegistrationError
from .grids import Grid
from .sampling import ORDERS, sample_linear, sample_mapped

OFF_PLANE_MM = 1.0


@dataclass(frozen=True, eq=False)
class Alignment:
    """How the places of a moving image correspond to those of a fixed one.

    Points are in world coordinates: LPS millimetres where both images have an affine, otherwise index times
    spacing.

    Parameters
    ----------
    matrix : (W + 1, W + 1) ndarray
        Takes a point of the moving image to the fixed one.
    fixed, moving : Grid
        The voxels of both.
    transform : str, optional
        What kind it is, such as ``"rigid"``.
    deformation : Deformation, optional
        What comes beside the matrix, for a deformable alignment.
    inverted : bool, optional
        Whether the deformation belongs to the moving image's grid, not the fixed one's.
    metric : str, optional
        What was maximised.
    quality : float, optional
        Similarity of the images where they overlap: for ``"correlation"`` the correlation coefficient, -1 to 1;
        for ``"mutual_information"`` the mutual information over the mean of both entropies, 0 to 1.
    distinctness : float, optional
        How clearly that similarity stands out from those at wrong alignments, in their standard deviations.
    overlap : float, optional
        Part of the fixed image (of its mask) that the moving one covers.
    converged : bool, optional
        Whether the alignment can be believed; see `align`.

    Examples
    --------
    >>> image = np.arange(12.0).reshape(3, 4)
    >>> grid = Grid.of(image)
    >>> down = Alignment(np.array([[1.0, 0, 1], [0, 1, 0], [0, 0, 1]]), fixed=grid, moving=grid)
    >>> down.apply(image)
    array([[0., 0., 0., 0.],
           [0., 1., 2., 3.],
           [4., 5., 6., 7.]])
    >>> down.apply_points([[0, 3]])
    array([[1., 3.]])
    """

    matrix: NDArray
    fixed: Grid
    moving: Grid
    transform: str = "affine"
    deformation: Deformation | None = None
    inverted: bool = False
    metric: str = ""
    quality: float = float("nan")
    distinctness: float = float("nan")
    overlap: float = float("nan")
    converged: bool = True

    def __repr__(self) -> str:
        said = "converged" if self.converged else "NOT CONVERGED"
        moving, fixed = (" x ".join(map(str, grid.shape)) for grid in (self.moving, self.fixed))
        numbers = f"quality {self.quality:.3f}, overlap {self.overlap:.2f}"
        return f"Alignment({self.transform}, {moving} to {fixed}, {numbers}, {said})"

    def apply(
        self,
        image: ArrayLike | Image,
        *,
        like: ArrayLike | Image | Grid | None = None,
        interpolation: str = "linear",
        fill: float | None = None,
        channel_axis: int | None = None,
    ) -> NDArray | Image:
        """Bring an image from the moving side onto the fixed grid.

        Parameters
        ----------
        image : array_like or Image
            The moving image or another in its world: its mask, its map. An array must have the moving image's
            shape.
        like : Image, array_like or Grid, optional
            Onto whose voxels, in the fixed image's world; those of the fixed image where not given.
        interpolation : str, optional
            ``"linear"`` (default), ``"cubic"``, or ``"nearest"`` for masks and labels.
        fill : float, optional
            For what the moving image does not cover: 0 for ``"nearest"``, otherwise its least value, where not
            given.
        channel_axis : int, optional
            An axis that is kept whole. An Image brings its own.

        Returns
        -------
        ndarray or Image
            ``"nearest"`` keeps the dtype; otherwise float32 for float32 images and float64 for everything else,
            within the image's range. An Image has the affine of the grid and one more step of history.

        Raises
        ------
        TypeError, ValueError
            If an image lies in another world, or in another plane.
        """
        one_of(interpolation, list(ORDERS), name="interpolation")
        array = real_array(image)
        channel = image.channel_axis if isinstance(image, Image) else channel_axis
        source, target = self._source(image, channel), self._target(like)
        pixels = array if interpolation == "nearest" else floating(array)
        outside = float(fill if fill is not None else 0 if interpolation == "nearest" else array.min())
        planes = [pixels] if channel is None else np.moveaxis(pixels, channel, 0)
        each = [self._sampled(plane, source, target, interpolation, outside) for plane in planes]
        made = each[0] if channel is None else np.stack(each, axis=channel)
        if interpolation == "cubic":
            made = made.clip(min(array.min(), outside), max(array.max(), outside))
        if not isinstance(image, Image):
            return made
        step = Step("registration.Alignment.apply", {"transform": self.transform, "interpolation": interpolation})
        if target.lps:
            return image.replace(pixels=made, affine=target.affine, step=step)
        spacing = None if image.spacing is None else tuple(target.spacing.tolist())
        return image.replace(pixels=made, affine=None, step=step).replace(spacing=spacing)

    def apply_points(self, points: ArrayLike) -> NDArray:
        """Bring points from the moving image to the fixed one, as `apply` brings images.

        Parameters
        ----------
        points : (N, W) array_like
            World coordinates.

        Returns
        -------
        (N, W) ndarray
            Where they lie in the fixed image.

        Raises
        ------
        ValueError
            If they are not finite or have not W coordinates.
        """
        there = np.asarray(points, float)
        if there.ndim != 2 or there.shape[1] != len(self.matrix) - 1 or not np.isfinite(there).all():
            raise ValueError(
                f"points must be finite, of shape (N, {len(self.matrix) - 1}), received shape {there.shape}"
            )
        if self.inverted:
            there = self._deformed(there, self.moving, undo=False)
        there = there @ self.matrix[:-1, :-1].T + self.matrix[:-1, -1]
        return there if self.inverted else self._deformed(there, self.fixed, undo=True)

    def inverse(self) -> Alignment:
        """Return the alignment of the fixed image to the moving one.

        Returns
        -------
        Alignment
            Exact: its own inverse is this one again.
        """
        return dataclasses.replace(
            self,
            matrix=np.linalg.inv(self.matrix),
            fixed=self.moving,
            moving=self.fixed,
            inverted=self.deformation is not None and not self.inverted,
        )

    def jacobian(self) -> NDArray:
        """Return by how much the fixed image's voxels grow on their way to the moving one.

        Returns
        -------
        ndarray
            One factor for each voxel of the fixed grid: 1 keeps the volume, above 1 the moving image's tissue is
            larger.

        Raises
        ------
        RegistrationError
            For an inverted deformable alignment: ask the alignment itself.
        """
        linear = np.full(self.fixed.shape, 1 / np.linalg.det(self.matrix))
        if self.deformation is None:
            return linear
        if self.inverted:
            raise RegistrationError("the Jacobian belongs to the fixed grid; ask the alignment that was inverted")
        return linear * self.deformation.jacobian(self.fixed.shape)

    def save(self, path: str | Path) -> Path:
        """Write the alignment as JSON; `load` reads it again, bit for bit.

        Parameters
        ----------
        path : str or Path
            With suffix ``.json``.

        Returns
        -------
        Path
            Where it was written.
        """
        from .storing import save

        return save(self, path)

    def _deformed(self, points: NDArray, grid: Grid, *, undo: bool) -> NDArray:
        if self.deformation is None:
            return points
        index = grid.index(points)
        moved = self.deformation.undo(index) if undo else self.deformation(index)
        # Only the displacement goes back to the world: an index in a slice has lost the distance from its plane.
        return points + (moved - index) @ grid.affine[:-1, -1 - grid.ndim : -1].T

    def _source(self, image: ArrayLike | Image, channel_axis: int | None) -> Grid:
        grid = Grid.of(image, channel_axis=channel_axis)
        if grid.lps and self.moving.lps and grid.ndim == self.moving.ndim:
            return grid
        if grid.lps or grid.shape != self.moving.shape:
            raise ValueError(
                f"image must have the moving image's shape {self.moving.shape}, or be an Image with an affine "
                f"where the alignment is in LPS millimetres; received shape {np.shape(image)}"
            )
        return self.moving

    def _target(self, like: ArrayLike | Image | Grid | None) -> Grid:
        if like is None:
            return self.fixed
        grid = like if isinstance(like, Grid) else Grid.of(like)
        if grid.ndim != self.fixed.ndim:
            raise ValueError(f"like must have {self.fixed.ndim} spatial axes, received {grid.shape}")
        if grid.lps and not self.fixed.lps:
            raise ValueError(
                "like has an affine, the fixed image had none; leave like out, or align Images with affines"
            )
        if grid.lps or isinstance(like, Grid) or (isinstance(like, Image) and like.spacing is not None):
            return grid
        return Grid(grid.shape, self.fixed.affine, self.fixed.lps)

    def _sampled(self, pixels: NDArray, source: Grid, target: Grid, interpolation: str, fill: float) -> NDArray:
        back = np.linalg.inv(source.affine) @ np.linalg.inv(self.matrix) @ target.affine
        first = len(back) - 1 - source.ndim
        thickness = float(np.linalg.norm(source.affine[:-1, 0]))
        if first and thickness * float(np.abs(back[0, 1:]) @ (*target.shape, 1)) > OFF_PLANE_MM:
            raise ValueError("like lies in another plane than the aligned slices")
        if self.deformation is None:
            return sample_linear(
                pixels, back[first:, first:], target.shape, interpolation=interpolation, fill=fill
            )
        inverse = self.inverse()

        def to_index(voxels: NDArray) -> NDArray:
            return source.index(inverse.apply_points(target.world(voxels)))

        return sample_mapped(pixels, to_index, target.shape, interpolation=interpolation, fill=fill)
