"""Images side by side."""

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array
from workbench.images import Image, Step

from .inputs import same_field


def stitch(
    images: Sequence[ArrayLike], *, axis: int = 1, gap: int = 0, background: float | None = None
) -> NDArray | Image:
    """Put images side by side along an axis.

    Parameters
    ----------
    images : sequence of array_like
        Same shape but for `axis`.
    axis : int, optional
        0 puts them below one another, 1 (default) beside one another in 2-D.
    gap : int, optional
        Empty voxels between neighbours.
    background : float, optional
        What fills the gap, in the images' units; needed if there is one.

    Returns
    -------
    ndarray or Image
        The common dtype, every value taken over exactly. An Image if one of the images is; its affine is kept only
        where each image continues the grid of the one before it, for elsewhere no single affine is true.

    Raises
    ------
    ValueError
        If sizes, spacing, modality or units differ, or the dtype cannot hold `background`.

    Examples
    --------
    >>> stitch([[[1], [2]], [[3], [4]]], gap=1, background=0)
    array([[1, 0, 3],
           [2, 0, 4]])
    """
    arrays = [real_array(image, name=f"images[{index}]") for index, image in enumerate(images)]
    if not arrays:
        raise ValueError("expected at least one image, received none")
    axis = _spatial_axis(axis, arrays[0].ndim, images)
    _same_elsewhere(arrays, axis)
    same_field(images, "spacing", "resample them to one spacing first")
    same_field(images, "modality", "stitch images of one modality")
    same_field(images, "units", "bring them to the same units first")
    dtype = np.result_type(*arrays)
    if operator.index(gap) < 0:
        raise ValueError(f"gap must be 0 or more voxels, received {gap}")
    parts = [array.astype(dtype) for array in arrays]
    if gap:
        space = np.full([*_replaced(parts[0].shape, axis, gap)], _held(background, dtype), dtype)
        parts = [part for pair in zip(parts, [space] * len(parts), strict=True) for part in pair][:-1]
    pixels = np.concatenate(parts, axis=axis)
    first = next((image for image in images if isinstance(image, Image)), None)
    if first is None:
        return pixels
    options = {"others": tuple(images[1:]), "axis": axis, "gap": gap, "background": background}
    continued = first.replace(pixels=pixels, step=Step("synthesis.stitch", options))
    return continued if gap == 0 and _continue(images, axis) else continued.replace(affine=None)


def _spatial_axis(axis: int, ndim: int, images: Sequence[ArrayLike]) -> int:
    if not -ndim <= operator.index(axis) < ndim:
        raise ValueError(f"axis must name one of {ndim} axes, received {axis}")
    channels = {image.channel_axis for image in images if isinstance(image, Image)}
    if len(channels) > 1 or axis % ndim in channels:
        raise ValueError(f"axis must be spatial and channels the same in all images, received axis {axis}")
    return axis % ndim


def _same_elsewhere(arrays: list[NDArray], axis: int) -> None:
    shapes = [array.shape for array in arrays]
    if len({(len(shape), *_replaced(shape, axis, 0)) for shape in shapes}) > 1:
        raise ValueError(
            f"images must have the same size but for axis {axis}, received {', '.join(map(str, shapes))}; "
            "crop, pad or resize them first"
        )


def _replaced(shape: Sequence[int], axis: int, length: int) -> tuple[int, ...]:
    return (*shape[:axis], length, *shape[axis + 1 :])


def _held(background: float | None, dtype: np.dtype) -> Any:
    if background is None:
        raise ValueError(
            "a gap needs a background in the images' units, received None; use 0, or -1000 for air in HU"
        )
    with np.errstate(over="ignore", invalid="ignore"):
        held = np.asarray(background).astype(dtype)
    if not np.isclose(float(held), float(background), rtol=1e-6):
        raise ValueError(f"background {background} cannot be held by {dtype}; convert the images first")
    return held


def _continue(images: Sequence[ArrayLike], axis: int) -> bool:
    if not all(isinstance(image, Image) and image.affine is not None for image in images):
        return False
    known = [image for image in images if isinstance(image, Image)]
    affines = [np.array(image.affine) for image in known]
    column = axis + 3 - known[0].ndim
    for index in range(1, len(known)):
        expected = affines[index - 1].copy()
        expected[:3, 3] += expected[:3, column] * known[index - 1].shape[axis]
        if not np.allclose(affines[index], expected, atol=1e-3):
            return False
    return True
