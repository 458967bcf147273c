"""Grid: where the voxels of an image lie in the world."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array
from workbench.images import Image
from workbench.images.spacings import own_spacing


@dataclass(frozen=True, eq=False)
class Grid:
    """The voxels of an image: how many, and where.

    Parameters
    ----------
    shape : tuple of int
        Spatial, (row, column) or (slice, row, column).
    affine : (W + 1, W + 1) ndarray
        From indices to world coordinates. For an Image with an affine they are LPS millimetres (W is 3, and a
        slice has index 0 along the first axis); otherwise index times spacing (W is the number of axes).
    lps : bool
        Which of the two.

    Examples
    --------
    >>> Grid.of(np.zeros((2, 4)), spacing=(3, 1)).world([[1, 2]])
    array([[3., 2.]])
    """

    shape: tuple[int, ...]
    affine: NDArray
    lps: bool

    @classmethod
    def of(cls, image: ArrayLike | Image, *, spacing: Any = None, channel_axis: int | None = None) -> Grid:
        """Return the grid of an image.

        Parameters
        ----------
        image : array_like or Image
            A slice or a volume.
        spacing : float or sequence of float, optional
            Of an array, in any unit of length; 1 where not given. An Image brings its own.
        channel_axis : int, optional
            The axis that is no part of the grid; an Image brings its own.

        Returns
        -------
        Grid
            Its shape and affine.

        Raises
        ------
        ValueError
            If there are not 2 or 3 axes, or the spacing is not positive or contradicts the Image's.
        """
        if isinstance(image, Image) and image.affine is not None:
            return cls(_spatial_shape(image.shape, image.channel_axis), image.affine, lps=True)
        channel = image.channel_axis if isinstance(image, Image) else channel_axis
        shape = _spatial_shape(np.shape(image), channel)
        if len(shape) not in {2, 3}:
            raise ValueError(f"image must have 2 or 3 spatial axes, received shape {np.shape(image)}")
        given = own_spacing(image, spacing)
        steps = np.broadcast_to(np.asarray(1.0 if given is None else given, float), len(shape))
        if not (np.isfinite(steps) & (steps > 0)).all():
            raise ValueError(f"spacing must be positive, received {spacing}")
        return cls(shape, np.diag([*steps, 1.0]), lps=False)

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def spacing(self) -> NDArray:
        """Distance between neighbours along each axis."""
        return np.linalg.norm(self.affine[:-1, -1 - self.ndim : -1], axis=0)

    def world(self, indices: ArrayLike) -> NDArray:
        """Return the places of voxels.

        Parameters
        ----------
        indices : (N, D) array_like
            Indices along the axes, not only whole ones.

        Returns
        -------
        (N, W) ndarray
            World coordinates.
        """
        index = np.asarray(indices, float)
        return index @ self.affine[:-1, -1 - self.ndim : -1].T + self.affine[:-1, -1]

    def index(self, points: ArrayLike) -> NDArray:
        """Return the indices of places.

        Parameters
        ----------
        points : (N, W) array_like
            World coordinates.

        Returns
        -------
        (N, D) ndarray
            Indices, not only whole ones; for a slice the distance from its plane is left out.
        """
        inverse = np.linalg.inv(self.affine)
        return (np.asarray(points, float) @ inverse[:-1, :-1].T + inverse[:-1, -1])[:, -self.ndim :]


def grey(image: ArrayLike | Image, *, name: str) -> NDArray:
    """Return an image's finite grey values, or say why they cannot be registered.

    Parameters
    ----------
    image : array_like or Image
        A slice or a volume.
    name : str
        What the error calls it.

    Returns
    -------
    ndarray
        The values.

    Raises
    ------
    TypeError, ValueError
        If it has channels, an axis shorter than 8, or is constant, complex or not finite.

    Examples
    --------
    >>> grey(np.ones((9, 9)), name="fixed")
    Traceback (most recent call last):
    ...
    ValueError: fixed is constant (1): there is nothing to align
    """
    if isinstance(image, Image) and image.channel_axis is not None:
        raise ValueError(f"{name} must be grey, received {image!r}; take one channel, or their mean")
    array = real_array(image, name=name)
    if array.ndim not in {2, 3} or min(array.shape) < 8:
        raise ValueError(f"{name} must have 2 or 3 axes of at least 8 voxels, received shape {array.shape}")
    if array.min() == array.max():
        raise ValueError(f"{name} is constant ({array.min():g}): there is nothing to align")
    return array


def _spatial_shape(shape: tuple[int, ...], channel_axis: int | None) -> tuple[int, ...]:
    if channel_axis is None:
        return tuple(shape)
    channel = channel_axis % len(shape)
    return tuple(length for axis, length in enumerate(shape) if axis != channel)
