"""Other voxels over the same ground: resize to a shape, resample to a spacing."""

from typing import overload

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.images import Image
from workbench.images.marks import moves_voxels

from ..arrays import floating, per_axis
from .interpolation import interpolate
from .placing import indices, placed, spacing_of, spatial_axes

# Beyond these many new voxels per axis a spacing is more likely a slip of the unit.
LONGEST = 2**15


@overload
def resize(
    image: Image, *, shape: ArrayLike, order: int = ..., antialias: bool = ..., channel_axis: int | None = ...
) -> Image: ...
@overload
def resize(
    image: ArrayLike, *, shape: ArrayLike, order: int = ..., antialias: bool = ..., channel_axis: int | None = ...
) -> NDArray: ...
@moves_voxels
def resize(
    image: ArrayLike | Image,
    *,
    shape: ArrayLike,
    order: int = 1,
    antialias: bool = True,
    channel_axis: int | None = None,
) -> NDArray | Image:
    """Resample to another number of voxels over the same physical extent.

    Parameters
    ----------
    image : array_like or Image
        A slice or a volume.
    shape : array_like of int
        New length of each spatial axis.
    order : int, optional
        Of the spline: 0 takes the nearest voxel and is for masks and label maps, 1 is linear, 3 cubic, up to 5.
    antialias : bool, optional
        Whether, above order 0, an axis that gets shorter is smoothed first, with a Gaussian of sigma
        (factor - 1) / 2 voxels, so that fine detail does not turn into false patterns.
    channel_axis : int, optional
        An axis that is left as it is and has no entry in `shape`. An Image brings its own.

    Returns
    -------
    ndarray or Image
        Within the image's range. Order 0 keeps the dtype; otherwise float32 for float32 images and float64 for
        everything else. Equal to scikit-image to 1e-8 of the largest value (order 1: 1e-12; float32: 1e-6). An
        Image's affine fits the new voxels, whose outer edges are where they were; its history gains a step.

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
    array, axes = spatial_axes(image, channel_axis)
    lengths = indices(shape, len(axes), name="shape")
    if min(lengths) < 1:
        raise ValueError(f"shape must hold positive lengths, received {lengths}")
    scale = [array.shape[axis] / length for axis, length in zip(axes, lengths, strict=True)]
    origin = [(factor - 1) / 2 for factor in scale]
    if order == 1 and array.ndim == 2 and array.dtype == np.float32 and not (antialias and max(scale) > 1):
        # Exact in single precision, and faster still than two sums. OpenCV counts columns first.
        pixels: NDArray = cv2.resize(array, lengths[::-1], interpolation=cv2.INTER_LINEAR).reshape(lengths)
    else:
        # Not factor * index + origin: so rounded, the nearest voxel is the one that scipy takes, at ties too.
        places = [(np.arange(length) + 0.5) * factor - 0.5 for length, factor in zip(lengths, scale, strict=True)]
        pixels = _sampled(array, dict(zip(axes, places, strict=True)), scale, order=order, antialias=antialias)
    if not isinstance(image, Image):
        return pixels
    options = {"shape": lengths, "order": order} | ({} if antialias else {"antialias": False})
    return placed(image, pixels, matrix=scale, origin=origin, name="resize", options=options)


@overload
def resample(
    image: Image,
    *,
    to: float | tuple[float, ...],
    spacing: tuple[float, ...] | None = ...,
    order: int = ...,
    antialias: bool = ...,
    channel_axis: int | None = ...,
) -> Image: ...
@overload
def resample(
    image: ArrayLike,
    *,
    to: float | tuple[float, ...],
    spacing: tuple[float, ...] | None = ...,
    order: int = ...,
    antialias: bool = ...,
    channel_axis: int | None = ...,
) -> NDArray: ...
@moves_voxels
def resample(
    image: ArrayLike | Image,
    *,
    to: float | tuple[float, ...],
    spacing: tuple[float, ...] | None = None,
    order: int = 1,
    antialias: bool = False,
    channel_axis: int | None = None,
) -> NDArray | Image:
    """Resample to another spacing, exactly that one.

    Parameters
    ----------
    image : array_like or Image
        A slice or a volume.
    to : float or tuple of float
        New millimetres between neighbours, one number for all axes or one for each.
    spacing : tuple of float, optional
        Millimetres between neighbours now. An Image brings its own.
    order : int, optional
        Of the spline: 0 takes the nearest voxel and is for masks and label maps, 1 is linear, 3 cubic, up to 5.
    antialias : bool, optional
        Whether, above order 0, an axis that gets coarser is smoothed first, as in `resize`. Not by default: in
        radiomics and with SimpleITK it is not done.
    channel_axis : int, optional
        An axis that is left as it is. An Image brings its own.

    Returns
    -------
    ndarray or Image
        As many voxels as cover the old ones (rounded up), with the same centre, as the IBSI lays them; beyond the
        outermost old voxels their values go on. Within the image's range. Order 0 keeps the dtype; otherwise
        float32 for float32 images and float64 for everything else. Equal to scipy.ndimage.map_coordinates to 1e-8
        of the largest value (order 1: 1e-12; float32: 1e-6). An Image's affine fits the new voxels; its history
        gains a step.

    Raises
    ------
    TypeError, ValueError
        If the image is not finite real numbers, a spacing is missing or not positive, or the order is not 0 to 5.

    References
    ----------
    Zwanenburg A, Leger S, Vallieres M, Lock S. Image biomarker standardisation initiative: reference manual
    (2019), section 2.4.

    Examples
    --------
    >>> resample([[0.0, 4.0, 8.0]], to=(1, 0.75), spacing=(1, 1))
    array([[0. , 2.5, 5.5, 8. ]])
    >>> resample(Image([[0.0, 4.0, 8.0]], spacing=(2, 1)), to=2).spacing
    (2.0, 2.0)
    """
    array, axes = spatial_axes(image, channel_axis)
    now = spacing_of(image, spacing, len(axes))
    if now is None:
        raise ValueError("spacing must say how far apart the voxels are now, in mm; received none")
    then = per_axis(to, len(axes), name="to", positive=True)
    scale = [new / old for new, old in zip(then, now, strict=True)]
    # Rounded up, but for a hair: 0.3 / 0.1 is more than 3.
    lengths = tuple(
        max(int(np.ceil(array.shape[axis] / factor - 1e-6)), 1) for axis, factor in zip(axes, scale, strict=True)
    )
    if max(lengths) > LONGEST:
        raise ValueError(f"to={to} mm would give {lengths} voxels from a spacing of {now} mm; is it in mm?")
    origin = [
        (array.shape[axis] - 1 - factor * (length - 1)) / 2
        for axis, factor, length in zip(axes, scale, lengths, strict=True)
    ]
    places = [
        factor * np.arange(length) + start for length, factor, start in zip(lengths, scale, origin, strict=True)
    ]
    pixels = _sampled(array, dict(zip(axes, places, strict=True)), scale, order=order, antialias=antialias)
    if not isinstance(image, Image):
        return pixels
    options = {"to": to, "order": order} | ({"antialias": True} if antialias else {})
    return placed(image, pixels, matrix=scale, origin=origin, name="resample", options=options)


def _sampled(
    array: NDArray, places: dict[int, NDArray], scale: list[float], *, order: int, antialias: bool
) -> NDArray:
    if order not in range(6):
        raise ValueError(f"order must be 0 (nearest), 1 (linear) to 5, received {order}")
    sigmas = {
        axis: max((factor - 1) / 2, 0.0) if antialias else 0.0 for axis, factor in zip(places, scale, strict=True)
    }
    return interpolate(array if order == 0 else floating(array), places, order=order, sigmas=sigmas)
