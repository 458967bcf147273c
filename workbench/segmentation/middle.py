"""The object in the middle of a square that somebody has cut out about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage

from workbench.checks import real_array
from workbench.processing import gaussian

from .morphology import opening
from .regions import fill_holes, label

#: Share of the sides within which the middle of the object is looked for.
NEAR = 0.1


def middle_object(image: ArrayLike, *, sigma: float = 1.0, neck: int = 3, reach: float = 0.4) -> NDArray[np.bool_]:
    """Outline the bright object in the middle: a lesion that was found by a reader and is to be measured.

    The image is smoothed. The threshold lies halfway between the brightest point near the middle and the median of
    all within reach (the "full width at half maximum"). What lies above it and is joined to that point is opened,
    which cuts necks to vessels and walls, and the part nearest to the point is kept, its holes filled.

    Parameters
    ----------
    image : (M, N) or (P, M, N) array_like
        Grey; the object is brighter than what surrounds it (else pass the negative).
    sigma : float, optional
        Standard deviation of the smoothing in pixels; 0 for none.
    neck : int, optional
        Odd; what is narrower is cut off, in pixels. Where that leaves nothing, nothing is cut.
    reach : float, optional
        Nothing further from the middle than this share of the sides belongs to the object, above 0 to 0.5.

    Returns
    -------
    (M, N) or (P, M, N) ndarray of bool
        One connected object, never empty.

    Raises
    ------
    ValueError
        If nothing in the middle is brighter than its surroundings, the image is not finite, or an option is out of
        range.

    Examples
    --------
    >>> image = np.zeros((9, 9))
    >>> image[3:6, 3:6] = 1.0
    >>> image[:, 0] = 1.0
    >>> middle_object(image, sigma=0, neck=1).sum()
    np.int64(9)
    """
    pixels = real_array(image)
    if pixels.ndim not in {2, 3}:
        raise ValueError(f"expected a grey slice or volume, received shape {pixels.shape}")
    if not 0 < reach <= 0.5:
        raise ValueError(f"reach must be above 0 and at most 0.5, received {reach}")
    smooth = gaussian(pixels.astype(np.float64), sigma=sigma) if sigma else pixels
    places = np.indices(pixels.shape, sparse=True)
    middle = [(side - 1) / 2 for side in pixels.shape]
    distance = _distance(places, middle, pixels.shape)
    within = distance <= reach
    top = np.unravel_index(np.argmax(np.where(distance <= NEAR, smooth, -np.inf)), pixels.shape)
    level = (float(smooth[top]) + float(np.median(smooth[within]))) / 2
    if not smooth[top] > level:
        raise ValueError(
            "nothing in the middle is brighter than what surrounds it; pass the negative of a dark object"
        )
    bright = (smooth > level) & within
    parts = label(bright)
    joined = parts == parts[top]
    cut = label(opening(joined, size=neck, element="ball")) if neck > 1 else label(joined)
    if not cut.any():
        return fill_holes(joined)
    away = _distance(places, top, (1,) * pixels.ndim)
    nearest = ndimage.minimum(away, cut, np.arange(1, cut.max() + 1))
    return fill_holes(cut == 1 + int(np.argmin(nearest)))


def _distance(places: Sequence[NDArray], point: Sequence[Any], unit: Sequence[int]) -> NDArray[np.float64]:
    parts = [((n - at) / one) ** 2 for n, at, one in zip(places, point, unit, strict=True)]
    return np.sqrt(np.asarray(sum(parts), dtype=np.float64))
