"""A part of an image, or more than it: crop, crop to a mask, pad."""

from typing import overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import one_of, real_array
from workbench.images import Image
from workbench.images.marks import moves_voxels

from ..arrays import BORDERS, PADDING
from .placing import indices, placed, spatial_axes


@overload
def crop(
    image: Image,
    *,
    start: ArrayLike,
    stop: ArrayLike,
    channel_axis: int | None = ...,
) -> Image: ...
@overload
def crop(
    image: ArrayLike,
    *,
    start: ArrayLike,
    stop: ArrayLike,
    channel_axis: int | None = ...,
) -> NDArray: ...
@moves_voxels
def crop(
    image: ArrayLike | Image,
    *,
    start: ArrayLike,
    stop: ArrayLike,
    channel_axis: int | None = None,
) -> NDArray | Image:
    """Cut out a box.

    Parameters
    ----------
    image : array_like or Image
        A slice or a volume.
    start, stop : array_like of int
        First index kept and first index left out, one for each spatial axis, as in slices.
    channel_axis : int, optional
        An axis that is kept whole and has no entry in `start` and `stop`. An Image brings its own.

    Returns
    -------
    ndarray or Image
        A copy of the box. An Image's affine moves to the new corner, and its history gains a step.

    Raises
    ------
    TypeError, ValueError
        If the box is empty, reaches beyond the image, or has the wrong number of axes.

    Examples
    --------
    >>> crop([[1, 2, 3], [4, 5, 6]], start=(0, 1), stop=(2, 3))
    array([[2, 3],
           [5, 6]])
    >>> from workbench.images import affine_from_spacing
    >>> image = Image(np.zeros((4, 4)), affine=affine_from_spacing((2, 3)))
    >>> crop(image, start=(1, 2), stop=(3, 4)).affine @ (0, 0, 0, 1)
    array([6., 2., 0., 1.])
    """
    array, axes = spatial_axes(image, channel_axis)
    first, last = indices(start, len(axes), name="start"), indices(stop, len(axes), name="stop")
    lengths = tuple(array.shape[axis] for axis in axes)
    if not all(0 <= low < high <= length for low, high, length in zip(first, last, lengths, strict=True)):
        raise ValueError(
            f"the box must not be empty and must lie within the image of shape {lengths}, received start {first} "
            f"and stop {last}"
        )
    box = [slice(None)] * array.ndim
    for axis, low, high in zip(axes, first, last, strict=True):
        box[axis] = slice(low, high)
    cut = array[tuple(box)].copy()
    if not isinstance(image, Image):
        return cut
    options = {"start": first, "stop": last}
    return placed(image, cut, matrix=np.ones(len(axes)), origin=first, name="crop", options=options)


@overload
def crop_to_mask(
    image: Image, *, mask: ArrayLike, margin: int | tuple[int, ...] = ..., channel_axis: int | None = ...
) -> Image: ...
@overload
def crop_to_mask(
    image: ArrayLike, *, mask: ArrayLike, margin: int | tuple[int, ...] = ..., channel_axis: int | None = ...
) -> NDArray: ...
@moves_voxels
def crop_to_mask(
    image: ArrayLike | Image,
    *,
    mask: ArrayLike,
    margin: int | tuple[int, ...] = 0,
    channel_axis: int | None = None,
) -> NDArray | Image:
    """Cut out the smallest box that holds a mask.

    Parameters
    ----------
    image : array_like or Image
        A slice or a volume; the mask itself can be cut in the same way.
    mask : array_like of bool
        Of the image's spatial shape; what is not 0 belongs to it.
    margin : int or tuple of int, optional
        Voxels to leave around it, one number for all axes or one for each, as far as the image goes.
    channel_axis : int, optional
        An axis that is kept whole. An Image brings its own.

    Returns
    -------
    ndarray or Image
        A copy of the box. An Image's affine moves to the new corner, and its history gains a step.

    Raises
    ------
    TypeError, ValueError
        If the mask is empty or has another shape, or a margin is negative.

    Examples
    --------
    >>> crop_to_mask([[1, 2, 3, 4]], mask=[[0, 0, 1, 0]], margin=(0, 1))
    array([[2, 3, 4]])
    """
    array, axes = spatial_axes(image, channel_axis)
    inside = real_array(mask, name="mask") != 0
    lengths = tuple(array.shape[axis] for axis in axes)
    if inside.shape != lengths or not inside.any():
        raise ValueError(
            f"mask must have shape {lengths} and hold at least one voxel, received {inside.shape} with "
            f"{int(inside.sum())} voxels"
        )
    around = indices(margin if np.ndim(margin) else [margin] * len(axes), len(axes), name="margin")
    if min(around) < 0:
        raise ValueError(f"margin must not be negative, received {margin}")
    found = np.argwhere(inside)
    start = np.maximum(found.min(axis=0) - around, 0)
    stop = np.minimum(found.max(axis=0) + 1 + around, lengths)
    return crop(image, start=start, stop=stop, channel_axis=channel_axis)


@overload
def pad(
    image: Image,
    *,
    before: ArrayLike,
    after: ArrayLike | None = ...,
    border: str = ...,
    fill: float | None = ...,
    channel_axis: int | None = ...,
) -> Image: ...
@overload
def pad(
    image: ArrayLike,
    *,
    before: ArrayLike,
    after: ArrayLike | None = ...,
    border: str = ...,
    fill: float | None = ...,
    channel_axis: int | None = ...,
) -> NDArray: ...
@moves_voxels
def pad(
    image: ArrayLike | Image,
    *,
    before: ArrayLike,
    after: ArrayLike | None = None,
    border: str = "constant",
    fill: float | None = None,
    channel_axis: int | None = None,
) -> NDArray | Image:
    """Continue an image beyond its border.

    Parameters
    ----------
    image : array_like or Image
        A slice or a volume.
    before, after : array_like of int
        Voxels to add at the start and the end of each spatial axis; as many after as before where not given.
    border : {"constant", "reflect", "mirror", "nearest", "wrap"}, optional
        How the image continues, as in scipy.ndimage.
    fill : float, optional
        For ``"constant"``; the image's lowest value where not given: air, or background.
    channel_axis : int, optional
        An axis that is kept as it is. An Image brings its own.

    Returns
    -------
    ndarray or Image
        In the image's dtype. An Image's affine moves to the new corner, and its history gains a step.

    Raises
    ------
    TypeError, ValueError
        If a number is negative or missing, the border is unknown, or `fill` does not fit the dtype.

    Examples
    --------
    >>> pad([[5, 6]], before=(0, 1), after=(1, 0))
    array([[5, 5, 6],
           [5, 5, 5]])
    """
    array, axes = spatial_axes(image, channel_axis)
    first = indices(before, len(axes), name="before")
    last = first if after is None else indices(after, len(axes), name="after")
    if min(first + last) < 0:
        raise ValueError(f"before and after must not be negative, received {first} and {last}; crop takes away")
    widths = np.zeros((array.ndim, 2), int)
    widths[list(axes)] = np.transpose([first, last])
    options = {"before": first, "after": last, "border": border}
    if one_of(border, BORDERS, name="border") == "constant":
        value = fitting(array.min() if fill is None else fill, array)
        options["fill"] = value.item()
        larger = np.pad(array, widths, constant_values=value)
    else:
        larger = np.pad(array, widths, mode=PADDING[border])  # type: ignore[call-overload]
    if not isinstance(image, Image):
        return larger
    return placed(image, larger, matrix=np.ones(len(axes)), origin=np.negative(first), name="pad", options=options)


def fitting(value: float, array: NDArray) -> np.generic:
    """Return a number in an array's dtype.

    Parameters
    ----------
    value : float
        Anything.
    array : ndarray
        Whose dtype counts.

    Returns
    -------
    numpy scalar
        The same number.

    Raises
    ------
    ValueError
        If the dtype cannot hold it.

    Examples
    --------
    >>> fitting(7, np.zeros(1, np.uint8))
    np.uint8(7)
    """
    limits = np.iinfo(array.dtype) if array.dtype.kind in "iu" else None
    whole = limits is None or (float(value).is_integer() and limits.min <= value <= limits.max)
    if not np.isfinite(value) or not whole or (array.dtype == bool and value not in {0, 1}):
        raise ValueError(f"fill must be a number that {array.dtype} can hold, received {value}")
    return array.dtype.type(value)
