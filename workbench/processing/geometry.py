"""Crop and resize: given an Image, they return an Image whose voxels stay at the same places in the patient."""

from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array
from workbench.images import Image, Step


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
    array, axes = _spatial(image, channel_axis)
    first, last = _indices(start, len(axes), name="start"), _indices(stop, len(axes), name="stop")
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
    step = Step("processing.geometry.crop", {"start": first, "stop": last})
    return _placed(image, cut, scale=(1.0,) * len(axes), origin=first, step=step)


def plane(image: Image, *, axis: int = 0, index: int | None = None) -> Image:
    """Take one plane of a volume as a slice.

    Parameters
    ----------
    image : Image
        A volume; a slice is returned as it is.
    axis : int, optional
        Along which spatial axis to choose: 0 slice, 1 row, 2 column.
    index : int, optional
        Which one; the middle where not given.

    Returns
    -------
    Image
        A slice at the same place in the patient, with one more step of history.

    Raises
    ------
    TypeError, ValueError
        If `image` is not an Image, or there is no such axis or index.

    Examples
    --------
    >>> plane(Image(np.zeros((5, 4, 3)), spacing=(3, 2, 1)), axis=1)
    Image(5 x 3 float64, 3 x 1 mm, OT, processing.geometry.plane(axis=1, index=2))
    """
    if not isinstance(image, Image):
        raise TypeError(f"image must be an Image, received {type(image).__name__}; index an array itself")
    if image.ndim == 2:
        return image
    _, axes = _spatial(image, None)
    if axis not in range(3):
        raise ValueError(f"axis must be 0, 1 or 2, received {axis}")
    chosen = image.shape[axes[axis]] // 2 if index is None else index
    if not 0 <= chosen < image.shape[axes[axis]]:
        raise ValueError(f"index must be from 0 to {image.shape[axes[axis]] - 1}, received {index}")
    rest = [other for other in range(3) if other != axis]
    if image.affine is None:
        place: dict[str, Any] = {"spacing": image.spacing and tuple(image.spacing[other] for other in rest)}
    else:
        affine = image.affine[:, [axis, *rest, 3]]
        affine[:3, 3] += affine[:3, 0] * chosen
        place = {"affine": affine}
    channel = image.channel_axis
    return image.replace(
        pixels=np.take(image.pixels, chosen, axis=axes[axis]),
        **place,
        channel_axis=channel if channel is None or channel < axes[axis] else channel - 1,
        step=Step("processing.geometry.plane", {"axis": axis, "index": chosen}),
    )


@overload
def resize(image: Image, *, shape: ArrayLike, order: int = ..., channel_axis: int | None = ...) -> Image: ...
@overload
def resize(image: ArrayLike, *, shape: ArrayLike, order: int = ..., channel_axis: int | None = ...) -> NDArray: ...
def resize(
    image: ArrayLike | Image, *, shape: ArrayLike, order: int = 1, channel_axis: int | None = None
) -> NDArray | Image:
    """Resample to another number of voxels over the same physical extent.

    Parameters
    ----------
    image : array_like or Image
        A slice or a volume.
    shape : array_like of int
        New length of each spatial axis.
    order : int, optional
        Of the spline: 0 takes the nearest voxel and is for masks and label maps, 1 is linear, 3 cubic. Above 0 an
        axis that gets shorter is smoothed first, with a Gaussian of sigma (factor - 1) / 2 voxels, so that fine
        detail does not turn into false patterns.
    channel_axis : int, optional
        An axis that is left as it is and has no entry in `shape`. An Image brings its own.

    Returns
    -------
    ndarray or Image
        Within the image's range. Order 0 keeps the dtype; otherwise float32 for float32 images and float64 for
        everything else. An Image's affine fits the new voxels, whose outer edges are where they were; its history
        gains a step.

    Raises
    ------
    TypeError, ValueError
        If the image is not finite real numbers, a length is not positive, or the order is not 0 to 5.

    Examples
    --------
    >>> resize([[1, 2]], shape=(2, 4), order=0)
    array([[1, 1, 2, 2],
           [1, 1, 2, 2]])
    >>> resize(Image([[1.0, 3.0]], spacing=(1, 1)), shape=(1, 1))
    Image(1 x 1 float64, 1 x 2 mm, OT, processing.geometry.resize(shape=(1, 1), order=1))
    """
    import skimage.transform

    from .arrays import floating

    array, axes = _spatial(image, channel_axis)
    lengths = _indices(shape, len(axes), name="shape")
    if min(lengths) < 1:
        raise ValueError(f"shape must hold positive lengths, received {lengths}")
    if order not in range(6):
        raise ValueError(f"order must be 0 (nearest), 1 (linear) to 5, received {order}")
    output_shape = list(array.shape)
    for axis, length in zip(axes, lengths, strict=True):
        output_shape[axis] = length
    pixels = array if order == 0 else floating(array)
    resized = skimage.transform.resize(
        pixels, output_shape, order=order, mode="edge", preserve_range=True, anti_aliasing=order > 0
    ).astype(pixels.dtype)
    if not isinstance(image, Image):
        return resized
    scale = tuple(array.shape[axis] / length for axis, length in zip(axes, lengths, strict=True))
    step = Step("processing.geometry.resize", {"shape": lengths, "order": order})
    return _placed(image, resized, scale=scale, origin=tuple((s - 1) / 2 for s in scale), step=step)


def _spatial(image: ArrayLike | Image, channel_axis: int | None) -> tuple[NDArray, tuple[int, ...]]:
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


def _indices(values: Any, count: int, *, name: str) -> tuple[int, ...]:
    given = np.atleast_1d(values)
    if given.shape != (count,) or given.dtype.kind not in "iu":
        raise ValueError(
            f"{name} must be {count} integers, one for each spatial axis, received {values}; "
            "for colour, name the channel_axis"
        )
    return tuple(int(value) for value in given)


def _placed(
    image: Image, pixels: NDArray, *, scale: tuple[float, ...], origin: tuple[float, ...], step: Step
) -> Image:
    """Return the new voxels, whose index i lies at index scale * i + origin of the old ones."""
    if image.affine is None:
        spacing = image.spacing and tuple(mm * s for mm, s in zip(image.spacing, scale, strict=True))
        return image.replace(pixels=pixels, spacing=spacing, step=step)
    to_old = np.diag([*(1.0,) * (3 - len(scale)), *scale, 1.0])
    to_old[3 - len(origin) : 3, 3] = origin
    return image.replace(pixels=pixels, affine=image.affine @ to_old, step=step)
