"""Rotation, in the plane or about an axis."""

from typing import overload

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage
from scipy.special import cosdg, sindg

from workbench.images import Image
from workbench.images.marks import moves_voxels

from ..arrays import floating
from .boxes import fitting
from .placing import placed, spacing_of, spatial_axes

# A place this little beyond the outermost voxels, in voxels, is there by rounding, as in compiled.resampling.
ROUNDING = 1e-9


@overload
def rotate(
    image: Image,
    *,
    angle: float,
    axis: int = ...,
    order: int = ...,
    fill: float | None = ...,
    spacing: tuple[float, ...] | None = ...,
    channel_axis: int | None = ...,
) -> Image: ...
@overload
def rotate(
    image: ArrayLike,
    *,
    angle: float,
    axis: int = ...,
    order: int = ...,
    fill: float | None = ...,
    spacing: tuple[float, ...] | None = ...,
    channel_axis: int | None = ...,
) -> NDArray: ...
@moves_voxels
def rotate(
    image: ArrayLike | Image,
    *,
    angle: float,
    axis: int = 0,
    order: int = 1,
    fill: float | None = None,
    spacing: tuple[float, ...] | None = None,
    channel_axis: int | None = None,
) -> NDArray | Image:
    """Turn a slice in its plane, or a volume about one of its axes, around the centre.

    Parameters
    ----------
    image : array_like or Image
        A slice or a volume.
    angle : float
        Degrees, counter-clockwise where the plane is shown with its first axis downwards and its second to the
        right.
    axis : int, optional
        Of a volume, the axis turned about: 0 slice, 1 row, 2 column. A slice has none to choose.
    order : int, optional
        Of the spline: 0 takes the nearest voxel and is for masks and label maps, 1 is linear, 3 cubic, up to 5.
    fill : float, optional
        What comes in from outside; the image's lowest value where not given: air, or background.
    spacing : tuple of float, optional
        Millimetres between neighbours, so that the angle is one of the patient where voxels are not cubes. An
        Image brings its own; 1 where not known.
    channel_axis : int, optional
        An axis that is left as it is. An Image brings its own.

    Returns
    -------
    ndarray or Image
        Same shape; corners leave and `fill` comes in. Order 0 keeps the dtype; otherwise float32 for float32
        images and float64 for everything else. Equal to scipy.ndimage.rotate(reshape=False) to 1e-12 of the
        largest value (float32: 1e-6). An Image's affine turns too, so that every place in the patient keeps its
        value: the grid is another, the patient has not moved. Its history gains a step.

    Raises
    ------
    TypeError, ValueError
        If the image is not finite real numbers, there is no such axis, the angle is not finite, the order is not
        0 to 5, or `fill` does not fit the dtype.

    Examples
    --------
    >>> rotate([[1, 2], [3, 4]], angle=90, order=0)
    array([[2, 4],
           [1, 3]])
    """
    array, axes = spatial_axes(image, channel_axis)
    plane = _plane(len(axes), axis)
    if not np.isfinite(angle):
        raise ValueError(f"angle must be finite, received {angle}")
    if order not in range(6):
        raise ValueError(f"order must be 0 (nearest), 1 (linear) to 5, received {order}")
    mm = np.array(spacing_of(image, spacing, len(axes)) or (1.0,) * len(axes))
    pixels = array if order == 0 else floating(array)
    value = fitting(pixels.min() if fill is None else fill, pixels)
    cosine, sine = cosdg(angle), sindg(angle)
    matrix = np.array([[cosine, sine], [-sine, cosine]]) * mm[plane] / mm[plane][:, None]
    centre = (np.array([array.shape[axes[index]] for index in plane]) - 1) / 2
    offset = centre - matrix @ centre
    turned = _turned(pixels, [axes[index] for index in plane], (matrix, offset), order, value)
    if not isinstance(image, Image):
        return turned
    whole, origin = np.eye(len(axes)), np.zeros(len(axes))
    whole[np.ix_(plane, plane)], origin[plane] = matrix, offset
    options = (
        {"angle": angle} | ({"axis": axis} if len(axes) == 3 else {}) | {"order": order, "fill": value.item()}
    )
    return placed(image, turned, matrix=whole, origin=origin, name="rotate", options=options)


def _plane(ndim: int, axis: int) -> list[int]:
    if ndim == 2 and axis == 0:
        return [0, 1]
    if ndim != 3 or axis not in range(3):
        raise ValueError(
            f"a volume turns about axis 0, 1 or 2, and a slice needs none; received axis {axis} for {ndim} axes"
        )
    return [other for other in range(3) if other != axis]


def _turned(
    image: NDArray, plane: list[int], to_old: tuple[NDArray, NDArray], order: int, fill: np.generic
) -> NDArray:
    (first, second), (matrix, offset) = plane, to_old
    if second != first + 1:
        # The axis between them is put in front: the loops run over neighbouring axes.
        side_by_side = np.moveaxis(image, first, second - 1)
        turned = _turned(side_by_side, [second - 1, second], to_old, order, fill)
        return np.ascontiguousarray(np.moveaxis(turned, second - 1, first))
    rows, columns = image.shape[first], image.shape[second]
    volume = image.reshape(int(np.prod(image.shape[:first])), rows, columns, -1)
    if order == 1:
        from workbench.compiled.resampling import turn

        return turn(volume, matrix, offset, float(fill)).reshape(image.shape)
    places = np.tensordot(matrix, np.indices((rows, columns)), axes=1) + offset[:, None, None]
    ends = np.array([rows - 1, columns - 1])[:, None, None]
    inside = ((places >= -ROUNDING) & (places <= ends + ROUNDING)).all(axis=0)
    places = np.clip(places, 0, ends)
    if order == 0:
        row, column = np.floor(places + 0.5).astype(int)
        turned = volume[:, row, column]
    else:
        turned = np.empty_like(volume)
        for index in np.ndindex(volume.shape[0], volume.shape[3]):
            each = (index[0], slice(None), slice(None), index[1])
            turned[each] = ndimage.map_coordinates(volume[each], places, order=order, mode="constant")
    turned[:, ~inside] = fill
    return turned.reshape(image.shape)
