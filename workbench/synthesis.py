"""Making one image out of several: composed by a mask, blended by weights, stitched side by side.

Images given as `Image` must lie on one grid (same affine) and share their units; the result is an `Image` then.
"""

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array, same_shape
from workbench.images import Image, Step


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
    first, second = _arrays((image, other), ("image", "other"))
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
    return _image(pixels, (image, other), step, grids=(image, other, mask))


def blend(images: Sequence[ArrayLike], weights: Sequence[float]) -> NDArray | Image:
    """Blend images by weights, ``sum(weight * image)``.

    Parameters
    ----------
    images : sequence of (...) array_like
        One or more of the same shape.
    weights : sequence of float
        One for each image, none negative, 1 in sum: an average, so units and range are kept.

    Returns
    -------
    ndarray or Image
        Floating; an Image if one of the images is.

    Raises
    ------
    ValueError
        If shapes, affines or units differ, or the weights are not as said.

    Examples
    --------
    >>> blend([[[0.0, 4.0]], [[8.0, 4.0]]], weights=(0.25, 0.75))
    array([[6., 4.]])
    """
    arrays = _arrays(images, [f"images[{index}]" for index in range(len(images))])
    shares = np.asarray(weights, dtype=np.float64)
    if shares.shape != (len(arrays),):
        raise ValueError(f"weights must have one entry for each of {len(arrays)} images, received {weights}")
    if not (shares >= 0).all() or not np.isclose(shares.sum(), 1):
        raise ValueError(
            f"weights must not be negative and must sum to 1, received {weights}; divide them by their sum"
        )
    dtype = np.result_type(*arrays, np.float32)
    pixels = np.zeros(arrays[0].shape, dtype)
    for array, share in zip(arrays, shares, strict=True):
        pixels += array * dtype.type(share)
    options = {"others": tuple(images[1:]), "weights": tuple(shares.tolist())}
    return _image(pixels, images, Step("synthesis.blend", options), grids=images)


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
    _same(images, "spacing", "resample them to one spacing first")
    _same(images, "modality", "stitch images of one modality")
    _same(images, "units", "bring them to the same units first")
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


def _arrays(images: Sequence[ArrayLike], names: Sequence[str]) -> list[NDArray]:
    arrays = [real_array(image, name=name) for image, name in zip(images, names, strict=True)]
    if not arrays:
        raise ValueError("expected at least one image, received none")
    same_shape(**dict(zip(names, arrays, strict=True)))
    _same(images, "units", "bring them to the same scale and units first")
    return arrays


def _same(images: Sequence[ArrayLike], field: str, advice: str) -> None:
    values = [getattr(image, field) for image in images if isinstance(image, Image)]
    for value in values[1:]:
        close = field == "spacing" and None not in (value, values[0]) and np.allclose(value, values[0], rtol=1e-3)
        if not close and value != values[0]:
            raise ValueError(f"images must have the same {field}, received {values[0]!r} and {value!r}; {advice}")


def _image(
    pixels: NDArray, images: Sequence[ArrayLike], step: Step, *, grids: Sequence[ArrayLike]
) -> NDArray | Image:
    affines = [image.affine for image in grids if isinstance(image, Image) and image.affine is not None]
    for affine in affines[1:]:
        if not np.allclose(affine, affines[0], atol=1e-3):
            raise ValueError("images must lie on one grid, received other affines; resample one onto the other")
    known = [image for image in images if isinstance(image, Image)]
    if not known:
        return pixels
    modality = known[0].modality if len({image.modality for image in known}) == 1 else "OT"
    place = {"affine": affines[0]} if affines else {}
    return known[0].replace(pixels=pixels, modality=modality, step=step, **place)


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
