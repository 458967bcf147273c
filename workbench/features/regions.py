"""Regions of interest: what a feature is measured in."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array
from workbench.images import Image


def region_of(mask: ArrayLike, *, shape: tuple[int, ...]) -> NDArray:
    """Return a mask as truth values after checking that it marks one region of an image.

    Parameters
    ----------
    mask : (M, N) or (P, M, N) array_like
        Zero outside, one other value inside.
    shape : tuple of int
        The image's shape, without channels.

    Returns
    -------
    ndarray of bool
        Same shape.

    Raises
    ------
    ValueError
        If the shapes differ, nothing is inside, or there are several labels.

    Examples
    --------
    >>> region_of([[0, 255]], shape=(1, 2))
    array([[False,  True]])
    >>> region_of([[0, 1, 2]], shape=(1, 3))
    Traceback (most recent call last):
    ...
    ValueError: mask must mark one region, received the labels 1, 2; choose one, as in labels == 1
    """
    labels = real_array(mask, name="mask")
    if labels.shape != tuple(shape):
        raise ValueError(f"mask must have the image's shape {tuple(shape)}, received {labels.shape}")
    inside: NDArray = labels if labels.dtype == bool else labels != 0
    if not inside.any():
        raise ValueError("mask must mark at least one voxel, received an empty one; leave this region out")
    if labels.dtype == bool:
        return inside
    values = labels[inside]
    if (values != values[0]).any():
        present = np.unique(values)
        named = ", ".join(f"{label:g}" for label in present[:5]) + ", ..." * (present.size > 5)
        raise ValueError(
            f"mask must mark one region, received the labels {named}; choose one, as in labels == {present[0]:g}"
        )
    return inside


def bounding_box(inside: NDArray) -> tuple[slice, ...]:
    """Return the smallest box that holds a region.

    Parameters
    ----------
    inside : ndarray of bool
        At least one voxel is inside.

    Returns
    -------
    tuple of slice
        One for each axis.

    Examples
    --------
    >>> bounding_box(np.array([[False, True, True]]))
    (slice(0, 1, None), slice(1, 3, None))
    """
    sides = []
    for axis in range(inside.ndim):
        along = np.atleast_1d(inside.any(axis=tuple(other for other in range(inside.ndim) if other != axis)))
        sides.append(slice(int(along.argmax()), len(along) - int(along[::-1].argmax())))
    return tuple(sides)


def ball(image: ArrayLike, *, centre: Sequence[float], radius: float) -> NDArray:
    """Mark the voxels within a distance of a point: a disc in a slice, a ball in a volume.

    Parameters
    ----------
    image : (M, N[, C]) or (P, M, N[, C]) array_like
        Gives shape and spacing. An array without spacing counts as one unit per voxel; channels must be declared
        by an Image.
    centre : sequence of float
        Index along each spatial axis, (row, column) or (slice, row, column).
    radius : float
        In mm if the image has spacing, otherwise in voxels.

    Returns
    -------
    ndarray of bool
        The image's shape without channels.

    Raises
    ------
    ValueError
        If `centre` has another number of axes or lies outside, or `radius` is not positive.

    Examples
    --------
    >>> ball(np.zeros((3, 4)), centre=(1, 1), radius=1).astype(int)
    array([[0, 1, 0, 0],
           [1, 1, 1, 0],
           [0, 1, 0, 0]])
    """
    picture = image if isinstance(image, Image) else Image(np.asarray(image))
    shape = picture.spatial_shape
    if len(centre) != len(shape) or not all(0 <= c < n for c, n in zip(centre, shape, strict=True)):
        raise ValueError(f"centre must be a place in an image of shape {shape}, received {tuple(centre)}")
    if not radius > 0:
        raise ValueError(f"radius must be positive, received {radius}")
    spacing = picture.spacing or (1.0,) * len(shape)
    squared: Any = sum(
        ((index - c) * mm) ** 2
        for index, c, mm in zip(np.ogrid[tuple(map(slice, shape))], centre, spacing, strict=True)
    )
    return squared <= radius**2


def balls(image: ArrayLike, places: str) -> dict[str, NDArray]:
    """Mark several named balls that are written in one line, as a chapter's parameter.

    Parameters
    ----------
    image : (M, N[, C]) or (P, M, N[, C]) array_like
        Gives shape and spacing, as for `ball`.
    places : str
        ``"name: row column radius; ..."``, in a volume ``"name: slice row column radius; ..."``.

    Returns
    -------
    dict of str to ndarray of bool
        Name to mask, in the order given.

    Raises
    ------
    ValueError
        If an entry is not a name and numbers, a name comes twice, or a ball lies outside.

    Examples
    --------
    >>> {name: int(mask.sum()) for name, mask in balls(np.zeros((5, 9)), "liver: 2 2 1; spleen: 2 6 2").items()}
    {'liver': 5, 'spleen': 13}
    """
    masks: dict[str, NDArray] = {}
    for entry in filter(str.strip, places.split(";")):
        name, _, numbers = entry.partition(":")
        try:
            *centre, radius = map(float, numbers.split())
        except ValueError:
            raise ValueError(f"expected 'name: row column radius', received {entry.strip()!r}") from None
        if name.strip() in masks:
            raise ValueError(f"each region needs a name of its own, received {name.strip()!r} twice")
        try:
            masks[name.strip()] = ball(image, centre=centre, radius=radius)
        except ValueError as error:
            raise ValueError(f"region {name.strip()!r}: {error}") from error
    if not masks:
        raise ValueError("expected at least one region, as in 'liver: 135 85 8', received none")
    return masks
