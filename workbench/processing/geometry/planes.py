"""One plane of a volume, and axes reversed: nothing is interpolated."""

from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.images import Image, Step
from workbench.images.marks import moves_voxels

from .placing import placed, spatial_axes


@moves_voxels
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
    _, axes = spatial_axes(image, None)
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
def flip(image: Image, *, axis: int, channel_axis: int | None = ...) -> Image: ...
@overload
def flip(image: ArrayLike, *, axis: int, channel_axis: int | None = ...) -> NDArray: ...
@moves_voxels
def flip(image: ArrayLike | Image, *, axis: int, channel_axis: int | None = None) -> NDArray | Image:
    """Reverse one axis.

    Parameters
    ----------
    image : array_like or Image
        A slice or a volume.
    axis : int
        Which spatial axis: of a volume 0 slice, 1 row, 2 column; of a slice 0 row, 1 column.
    channel_axis : int, optional
        An axis that is not counted. An Image brings its own.

    Returns
    -------
    ndarray or Image
        A copy. An Image's affine is changed so that every voxel is still at its place in the patient: the array is
        reversed, the patient is not mirrored. Its history gains a step.

    Raises
    ------
    TypeError, ValueError
        If the image is not finite real numbers, or there is no such axis.

    Examples
    --------
    >>> flip([[1, 2, 3]], axis=1)
    array([[3, 2, 1]])
    """
    array, axes = spatial_axes(image, channel_axis)
    if axis not in range(len(axes)):
        raise ValueError(f"axis must be from 0 to {len(axes) - 1}, received {axis}")
    reversed_array = np.flip(array, axes[axis]).copy()
    if not isinstance(image, Image):
        return reversed_array
    signs, origin = np.ones(len(axes)), np.zeros(len(axes))
    signs[axis], origin[axis] = -1, array.shape[axes[axis]] - 1
    return placed(image, reversed_array, matrix=signs, origin=origin, name="flip", options={"axis": axis})
