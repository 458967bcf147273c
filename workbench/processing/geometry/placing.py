"""Where voxels lie after they moved: what all functions of this folder share."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array
from workbench.images import Image, Step
from workbench.images.spacings import own_spacing

from ..arrays import per_axis
from ..chunks import is_dask


def spatial_axes(image: ArrayLike | Image, channel_axis: int | None) -> tuple[NDArray, tuple[int, ...]]:
    """Return an image's pixels and which of their axes are spatial.

    Parameters
    ----------
    image : array_like or Image
        An Image declares its own channel axis.
    channel_axis : int or None
        That of an array.

    Returns
    -------
    pixels : ndarray
        Finite real numbers.
    axes : tuple of int
        All but the channel axis.

    Raises
    ------
    TypeError, ValueError
        If the pixels are not finite real numbers, or there is no such channel axis.

    Examples
    --------
    >>> spatial_axes(np.zeros((3, 4, 5)), 0)[1]
    (1, 2)
    """
    if is_dask(image):
        raise TypeError(
            "geometry changes where voxels lie, which is not done chunk by chunk; slice, flip or pad the Dask "
            "array itself, or call compute() on it first, if it fits into memory"
        )
    array = real_array(image)
    if isinstance(image, Image):
        if channel_axis is not None and channel_axis % array.ndim != image.channel_axis:
            raise ValueError(
                f"the image declares channel_axis={image.channel_axis}, received {channel_axis}; leave it out"
            )
        channel_axis = image.channel_axis
    if channel_axis is not None and not -array.ndim <= channel_axis < array.ndim:
        raise ValueError(f"channel_axis must name an axis of shape {array.shape}, received {channel_axis}")
    channel = None if channel_axis is None else channel_axis % array.ndim
    return array, tuple(axis for axis in range(array.ndim) if axis != channel)


def indices(values: Any, count: int, *, name: str) -> tuple[int, ...]:
    """Return whole numbers, one for each spatial axis.

    Parameters
    ----------
    values : array_like of int
        What the caller received.
    count : int
        Number of spatial axes.
    name : str
        What the error message calls them.

    Returns
    -------
    tuple of int
        `count` numbers.

    Raises
    ------
    ValueError
        If they are not whole numbers, or not so many.

    Examples
    --------
    >>> indices([1, 2], 2, name="start")
    (1, 2)
    """
    given = np.atleast_1d(values)
    if given.shape != (count,) or given.dtype.kind not in "iu":
        raise ValueError(
            f"{name} must be {count} integers, one for each spatial axis, received {values}; "
            "for colour, name the channel_axis"
        )
    return tuple(int(value) for value in given)


def spacing_of(
    image: ArrayLike | Image, spacing: tuple[float, ...] | None, count: int
) -> tuple[float, ...] | None:
    """Return the millimetres between neighbours along each spatial axis.

    Parameters
    ----------
    image : array_like or Image
        An Image brings its own.
    spacing : tuple of float or None
        What the caller received.
    count : int
        Number of spatial axes.

    Returns
    -------
    tuple of float or None
        `count` lengths, ``None`` where they are not known.

    Raises
    ------
    ValueError
        If a length is not positive, their number is another, or they contradict the Image's.

    Examples
    --------
    >>> spacing_of(Image([[1]], spacing=(2, 1)), None, 2)
    (2.0, 1.0)
    """
    given = None if spacing is None else per_axis(spacing, count, name="spacing", positive=True)
    return own_spacing(image, given)


def placed(
    image: Image, pixels: NDArray, *, matrix: ArrayLike, origin: ArrayLike, name: str, options: dict[str, Any]
) -> Image:
    """Return an Image of voxels that moved, at their right places in the patient.

    Parameters
    ----------
    image : Image
        What the voxels come from.
    pixels : ndarray
        The new voxels.
    matrix, origin : (D, D) or (D,) and (D,) array_like
        The new voxel with index i lies at index ``matrix @ i + origin`` of the old ones; of a diagonal matrix the
        diagonal is enough.
    name : str
        Of the function, for the history.
    options : dict
        Its keyword arguments, for the history.

    Returns
    -------
    Image
        With the affine that fits, or, where there is none, with the spacing that fits.

    Examples
    --------
    >>> half = placed(Image([[1, 2]], spacing=(1, 1)), np.ones((1, 1)), matrix=(1, 2), origin=(0, 0.5),
    ...               name="halve", options={})
    >>> half
    Image(1 x 1 float64, 1 x 2 mm, OT, processing.geometry.halve())
    """
    linear = np.asarray(matrix, dtype=float)
    linear = np.diag(linear) if linear.ndim == 1 else linear
    step = Step(f"processing.geometry.{name}", options)
    if image.affine is None:
        spacing = image.spacing and tuple(np.linalg.norm(np.diag(image.spacing) @ linear, axis=0).tolist())
        return image.replace(pixels=pixels, spacing=spacing, step=step)
    first = 3 - len(linear)
    to_old = np.eye(4)
    to_old[first:3, first:3] = linear
    to_old[first:3, 3] = origin
    return image.replace(pixels=pixels, affine=image.affine @ to_old, step=step)
