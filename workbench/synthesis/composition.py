"""One image out of two by a mask: hard, soft, or a checkerboard."""

import operator
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array, same_shape
from workbench.images import Image, Step

from .inputs import alike, on_one_grid


def composite(
    image: ArrayLike, other: ArrayLike, mask: ArrayLike, *, channel_axis: int | None = None
) -> NDArray | Image:
    """Compose two images by a mask, ``image * mask + other * (1 - mask)``.

    Parameters
    ----------
    image, other : (...) array_like
        Same shape; `image` is seen inside the mask, `other` outside.
    mask : (...) array_like of bool or float
        From 0 to 1; a value between mixes the two, as a soft border does. It has no channel axis.
    channel_axis : int, optional
        The axis that holds channels; an Image brings its own.

    Returns
    -------
    ndarray or Image
        An Image if one of the images is. For a boolean or integer mask in the images' common dtype, every value
        taken over exactly; for a floating mask in a floating dtype. Never outside the range of the two.

    Raises
    ------
    ValueError
        If shapes, affines or units differ, or the mask leaves the range from 0 to 1.

    References
    ----------
    Porter T, Duff T. Compositing digital images. Computer Graphics (SIGGRAPH) 18 (1984) 253-259.

    Examples
    --------
    >>> composite([[10, 10, 10]], [[0, 0, 0]], [[1.0, 0.5, 0.0]])
    array([[10.,  5.,  0.]])
    """
    first, second = alike((image, other), ("image", "other"))
    for one in (image, other):
        channel_axis = one.channel_axis if isinstance(one, Image) else channel_axis
    inside = real_array(mask, name="mask")
    if inside.min() < 0 or inside.max() > 1:
        raise ValueError(f"mask must lie from 0 to 1, received {inside.min():g} to {inside.max():g}")
    if channel_axis is None:
        same_shape(image=first, mask=inside)
    else:
        same_shape(image_without_channels=first.take(0, channel_axis), mask=inside)
        inside = np.expand_dims(inside, channel_axis)
    if inside.dtype.kind == "f":
        dtype = np.result_type(first, second, inside)
        pixels = first.astype(dtype) * inside + second.astype(dtype) * (1 - inside)
        pixels = np.clip(pixels, np.minimum(first, second), np.maximum(first, second))
    else:
        pixels = np.where(inside.astype(bool), first, second)
    step = Step("synthesis.composite", {"other": other, "mask": mask})
    return on_one_grid(pixels, (image, other), step, grids=(image, other, mask))


def checkerboard(shape: Sequence[int], *, size: int) -> NDArray:
    """Make a checkerboard mask, for comparing two images in one.

    Parameters
    ----------
    shape : sequence of int
        Of the mask.
    size : int
        Side of a field in voxels.

    Returns
    -------
    ndarray of bool
        True in the corner at index 0 and in every second field from there.

    Raises
    ------
    ValueError
        If `size` is not positive.

    Examples
    --------
    >>> checkerboard((2, 4), size=1).astype(int)
    array([[1, 0, 1, 0],
           [0, 1, 0, 1]])
    """
    if operator.index(size) < 1:
        raise ValueError(f"size must be a positive number of voxels, received {size}")
    fields = [index // size for index in np.indices(tuple(shape), sparse=True)]
    parity: NDArray = sum(fields, np.zeros((), int)) % 2
    return parity == 0


def soft_ball(shape: Sequence[int], *, center: Sequence[float], radius: float, softness: float) -> NDArray:
    """Make a mask of a disc (2-D) or ball (3-D) with a soft border.

    With the distance d to the centre it is ``1 / (1 + exp((d - radius) / softness))``.

    Parameters
    ----------
    shape : sequence of int
        Of the mask.
    center : sequence of float
        Index of the centre along each axis.
    radius : float
        Distance in voxels at which the mask is 0.5.
    softness : float
        Width of the border in voxels, above 0: the mask falls from 0.73 to 0.27 over twice this width.

    Returns
    -------
    ndarray of float64
        From 0 to 1.

    Raises
    ------
    ValueError
        If `center` has not one entry for each axis, or a length is not positive.

    Examples
    --------
    >>> soft_ball((1, 3), center=(0, 0), radius=2, softness=1).round(2)
    array([[0.88, 0.73, 0.5 ]])
    """
    from scipy.special import expit

    if len(center) != len(shape):
        raise ValueError(f"center must have one entry for each of {len(shape)} axes, received {center}")
    for name, length in (("radius", radius), ("softness", softness)):
        if not (np.isfinite(length) and length > 0):
            raise ValueError(f"{name} must be a positive number of voxels, received {length}")
    squares = [(index - middle) ** 2 for index, middle in zip(np.indices(shape, sparse=True), center, strict=True)]
    distance: NDArray = np.sqrt(sum(squares, np.zeros(())))
    return expit((radius - distance) / softness)
