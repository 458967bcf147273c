"""An image cut into tiles that overlap, and put together again."""

from collections.abc import Sequence
from itertools import pairwise, product
from typing import overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.images import Image, Step
from workbench.images.marks import moves_voxels

from ..chunks import in_memory
from .boxes import crop
from .placing import indices, spatial_axes


@overload
def tile(
    image: Image, *, size: ArrayLike, overlap: int | tuple[int, ...] = ..., channel_axis: int | None = ...
) -> list[Image]: ...
@overload
def tile(
    image: ArrayLike, *, size: ArrayLike, overlap: int | tuple[int, ...] = ..., channel_axis: int | None = ...
) -> NDArray: ...
@moves_voxels
def tile(
    image: ArrayLike | Image,
    *,
    size: ArrayLike,
    overlap: int | tuple[int, ...] = 0,
    channel_axis: int | None = None,
) -> NDArray | list[Image]:
    """Cut an image into tiles of one size.

    Parameters
    ----------
    image : array_like or Image
        A slice or a volume, at least as long as a tile along each axis (`pad` it first).
    size : array_like of int
        Length of the tiles along each spatial axis.
    overlap : int or tuple of int, optional
        How many voxels neighbouring tiles share at least, one number for all axes or one for each. The last tile
        of an axis is put back so far that it ends with the image, and shares more.
    channel_axis : int, optional
        An axis that is kept whole. An Image brings its own.

    Returns
    -------
    ndarray or list of Image
        The tiles, the last axis running fastest; of an array along a new first axis. Each Image lies at its place
        in the patient.

    Raises
    ------
    TypeError, ValueError
        If the image is not finite real numbers, a tile is longer than the image, or the overlap is not less
        than the tile.

    References
    ----------
    Ronneberger O, Fischer P, Brox T. U-Net: convolutional networks for biomedical image segmentation. MICCAI
    (2015) 234-241: the overlap-tile strategy.

    Examples
    --------
    >>> tile([[1, 2, 3, 4, 5]], size=(1, 3), overlap=(0, 1))
    array([[[1, 2, 3]],
           [[3, 4, 5]]])
    """
    array, axes = spatial_axes(image, channel_axis)
    lengths = tuple(array.shape[axis] for axis in axes)
    sizes, starts = _starts(lengths, size, overlap)
    corners = list(product(*starts))
    if isinstance(image, Image):
        return [crop(image, start=corner, stop=np.add(corner, sizes)) for corner in corners]
    return np.stack(
        [crop(array, start=corner, stop=np.add(corner, sizes), channel_axis=channel_axis) for corner in corners]
    )


@overload
def untile(
    tiles: Sequence[Image],
    *,
    shape: ArrayLike,
    overlap: int | tuple[int, ...] = ...,
    channel_axis: int | None = ...,
) -> Image: ...
@overload
def untile(
    tiles: ArrayLike, *, shape: ArrayLike, overlap: int | tuple[int, ...] = ..., channel_axis: int | None = ...
) -> NDArray: ...
@in_memory("the tiles come from one image")
def untile(
    tiles: ArrayLike | Sequence[Image],
    *,
    shape: ArrayLike,
    overlap: int | tuple[int, ...] = 0,
    channel_axis: int | None = None,
) -> NDArray | Image:
    """Put tiles together again: the exact inverse of `tile`.

    Where tiles overlap, each voxel comes from the tile in which it lies deeper, so that what a filter or a network
    did at a tile's rim, for want of what lies beyond, is not used.

    Parameters
    ----------
    tiles : array_like or sequence of Image
        In the order of `tile`.
    shape : array_like of int
        Spatial shape of the whole image.
    overlap : int or tuple of int, optional
        As for `tile`.
    channel_axis : int, optional
        That of each tile. Images bring their own.

    Returns
    -------
    ndarray or Image
        The whole image, in the tiles' dtype.

    Raises
    ------
    TypeError, ValueError
        If the tiles are not as many as `tile` makes, or an option is malformed.

    Examples
    --------
    >>> untile([[[1, 2, 3]], [[3, 4, 5]]], shape=(1, 5), overlap=(0, 1))
    array([[1, 2, 3, 4, 5]])
    """
    images = [part for part in tiles if isinstance(part, Image)] if isinstance(tiles, Sequence) else []
    first: ArrayLike = images[0] if images else np.asarray(tiles)[0]
    array, axes = spatial_axes(first, channel_axis)
    lengths = indices(shape, len(axes), name="shape")
    sizes, starts = _starts(lengths, [array.shape[axis] for axis in axes], overlap)
    corners = list(product(*starts))
    if len(corners) != len(tiles):  # type: ignore[arg-type]
        raise ValueError(
            f"an image of shape {lengths} has {len(corners)} tiles of size {sizes}, received "
            f"{len(tiles)}; are shape and overlap those given to tile?"  # type: ignore[arg-type]
        )
    whole_shape = list(array.shape)
    for axis, length in zip(axes, lengths, strict=True):
        whole_shape[axis] = length
    whole = np.empty(whole_shape, array.dtype)
    # Half of what two neighbours share belongs to each.
    cuts = [
        [0, *((one + other + length) // 2 for one, other in pairwise(along)), end]
        for along, length, end in zip(starts, sizes, lengths, strict=True)
    ]
    for part, which in zip(tiles, product(*(range(len(along)) for along in starts)), strict=True):  # type: ignore[arg-type]
        target, source = [slice(None)] * array.ndim, [slice(None)] * array.ndim
        for axis, along, cut, index in zip(axes, starts, cuts, which, strict=True):
            target[axis] = slice(cut[index], cut[index + 1])
            source[axis] = slice(cut[index] - along[index], cut[index + 1] - along[index])
        whole[tuple(target)] = np.asarray(part)[tuple(source)]
    if not images:
        return whole
    step = Step("processing.geometry.untile", {"shape": lengths, "overlap": overlap})
    return images[0].replace(pixels=whole, step=step)


def _starts(
    lengths: tuple[int, ...], size: ArrayLike, overlap: int | tuple[int, ...]
) -> tuple[tuple[int, ...], list[list[int]]]:
    sizes = indices(size, len(lengths), name="size")
    shared = indices(overlap if np.ndim(overlap) else [overlap] * len(lengths), len(lengths), name="overlap")
    for length, side, common in zip(lengths, sizes, shared, strict=True):
        if not 0 <= common < side <= length:
            raise ValueError(
                f"size must be at most the image's shape {lengths} and more than the overlap, received size "
                f"{sizes} and overlap {shared}; pad the image first where it is too small"
            )
    return sizes, [
        [min(start, length - side) for start in range(0, max(length - common, 1), side - common)]
        for length, side, common in zip(lengths, sizes, shared, strict=True)
    ]
