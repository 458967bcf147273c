"""The brain in a CT of the head, and where its two halves differ."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array
from workbench.processing import gaussian

from .morphology import erosion, opening
from .regions import fill_holes, label, largest_region

#: Between soft tissue, up to 90 HU, and bone.
BONE = 150.0


def brain_mask(image: ArrayLike, *, bone: float = BONE, neck: int = 3) -> NDArray[np.bool_]:
    """Mark what the skull encloses in an axial CT slice of the head, or in each slice of a volume.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        In Hounsfield units.
    bone : float, optional
        Above this lies bone.
    neck : int, optional
        Odd; passages of fewer pixels, as through a foramen, are cut.

    Returns
    -------
    ndarray of bool
        The largest region that is enclosed.

    Raises
    ------
    ValueError
        If nothing is enclosed by bone, or the image is not finite.

    Examples
    --------
    >>> head = np.zeros((12, 12))
    >>> head[2:10, 2:10] = 1000.0
    >>> head[3:9, 3:9] = 35.0
    >>> int(brain_mask(head).sum())
    36
    """
    pixels = real_array(image)
    slices = pixels if pixels.ndim == 3 else pixels[np.newaxis]
    found = np.stack([_enclosed(one > bone, neck) for one in slices]).reshape(pixels.shape)
    if not found.any():
        raise ValueError(
            f"expected a brain enclosed by bone above {bone:g} HU, found nothing enclosed; is it in HU?"
        )
    return largest_region(found)


def one_sided(
    image: ArrayLike, mask: ArrayLike, *, sigma: float = 1.5, margin: int = 5, least: float = 0.5
) -> NDArray[np.bool_]:
    """Mark the region of a symmetric organ that differs most from its mirror image.

    The image is smoothed and mirrored about the middle of the mask. Where it differs, the side that is further
    from the organ's median is the one that has changed. Kept is the region about the greatest change, as far as
    the change is at least a share of it.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        Left and right lie along the last axis.
    mask : array_like of bool
        Of the organ, such as `brain_mask`.
    sigma : float, optional
        Standard deviation of the smoothing, in pixels.
    margin : int, optional
        Odd; the mask is eroded by a square of so many pixels: its rims never lie just opposite.
    least : float, optional
        Share of the greatest change that belongs to the region, above 0 to 1.

    Returns
    -------
    ndarray of bool
        One connected region, never empty.

    Raises
    ------
    ValueError
        If the mask is empty after erosion, shapes differ, or an option is out of range.

    Examples
    --------
    >>> image = np.full((15, 15), 30.0)
    >>> image[6:9, 3:6] = 60.0
    >>> found = one_sided(image, np.ones((15, 15), bool), sigma=0.5, margin=3)
    >>> bool(found[7, 4]), bool(found[7, 10])
    (True, False)
    """
    pixels, organ = real_array(image).astype(np.float64), np.asarray(mask, dtype=bool)
    if pixels.shape != organ.shape:
        raise ValueError(f"image and mask must have one shape, received {pixels.shape} and {organ.shape}")
    if not 0 < least <= 1:
        raise ValueError(f"least must be above 0 and at most 1, received {least}")
    inside = erosion(organ, size=margin) if organ.any() else organ
    columns = np.flatnonzero(organ.any(axis=tuple(range(organ.ndim - 1))))
    inside = inside & _mirrored(inside, columns) if inside.any() else inside
    if not inside.any():
        raise ValueError(f"the mask is empty after an erosion by {margin} pixels; give a smaller margin")
    middle = np.median(pixels[organ])
    smooth = gaussian(np.where(organ, pixels, middle), sigma=sigma)
    other = _mirrored(smooth, columns)
    change = np.where(inside & (np.abs(smooth - middle) >= np.abs(other - middle)), np.abs(smooth - other), 0.0)
    top = np.unravel_index(np.argmax(change), change.shape)
    parts = label(change >= least * change[top])
    return parts == parts[top]


def _enclosed(bone: NDArray[np.bool_], neck: int) -> NDArray[np.bool_]:
    inside = fill_holes(bone) & ~bone
    return largest_region(opening(inside, size=neck)) if inside.any() else inside


def _mirrored(image: NDArray, columns: NDArray) -> NDArray:
    first, last = int(columns[0]), int(columns[-1])
    flipped = np.zeros_like(image)
    flipped[..., first : last + 1] = image[..., first : last + 1][..., ::-1]
    return flipped
