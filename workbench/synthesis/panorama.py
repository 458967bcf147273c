"""A panorama: overlapping images found to fit, made equally bright, and blended into one."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array
from workbench.images import Image, Step
from workbench.registration import RegistrationError

from .inputs import same_field
from .overlaps import Overlap, find_overlap, joint


@dataclass(frozen=True, eq=False)
class Panorama:
    """What `panorama` made, and how.

    Parameters
    ----------
    image : ndarray or Image
        The whole, in the dtype of the parts.
    covered : ndarray of bool
        Where there is at least one part.
    offsets : (N, D) ndarray of int
        Index of each part's first voxel in the whole.
    gains : (N,) ndarray
        What each part was multiplied by; 1 for the first.
    overlaps : tuple of Overlap
        The pairs that were found to fit.
    """

    image: NDArray | Image
    covered: NDArray
    offsets: NDArray
    gains: NDArray
    overlaps: tuple[Overlap, ...]


def panorama(
    images: Sequence[ArrayLike],
    *,
    gain: bool = True,
    background: float = 0,
    channel_axis: int | None = None,
) -> Panorama:
    """Join overlapping images to one, as with photographs of a long bone or of a retina.

    Each pair is tried at every whole shift; the pairs that fit are joined, the best first, until all hang
    together. Brightness is made equal by one gain for each image, and neighbours fade into each other.

    Parameters
    ----------
    images : sequence of (...) array_like
        Two or more that differ by a shift: 2-D or 3-D, of any sizes. Rotated ones are to be aligned first.
    gain : bool, optional
        Whether to make up for different brightness; for calibrated units, such as HU, say False.
    background : float, optional
        What is seen where no image is.
    channel_axis : int, optional
        The axis that holds channels; Images bring their own. Shifts and gains are found on the mean of the
        channels.

    Returns
    -------
    Panorama
        Its `image` has the dtype of the inputs, and is an Image if they are.

    Raises
    ------
    RegistrationError
        If some image overlaps with no other, or images that should overlap do not look alike.
    ValueError
        If there are fewer than two images, they have different spacing or units, or negative values with `gain`.

    References
    ----------
    Brown M, Lowe DG. Automatic panoramic image stitching using invariant features. International Journal of
    Computer Vision 74 (2007) 59-73. Burt PJ, Adelson EH. A multiresolution spline with application to image
    mosaics. ACM Transactions on Graphics 2 (1983) 217-236.

    Examples
    --------
    >>> scene = np.random.default_rng(0).integers(0, 200, (40, 60))
    >>> joined = panorama([scene[:, :40], scene[:, 20:]])
    >>> bool((joined.image == scene).all()), joined.offsets.tolist()
    (True, [[0, 0], [0, 20]])
    """
    arrays = [real_array(image, name=f"images[{index}]") for index, image in enumerate(images)]
    if len(arrays) < 2:
        raise ValueError(f"a panorama needs two images or more, received {len(arrays)}")
    for field, advice in (("spacing", "resample them first"), ("units", "bring them to the same units first")):
        same_field(images, field, advice)
    channels = {image.channel_axis for image in images if isinstance(image, Image)} or {channel_axis}
    if len(channels) > 1 or len({array.ndim for array in arrays}) > 1:
        raise ValueError("images must have the same number of axes, and channels on the same axis")
    channel = channels.pop()
    if gain and min(array.min() for array in arrays) < 0:
        raise ValueError("gains belong to brightnesses from 0 up, received negative values; say gain=False")
    grey = [array.astype(np.float64) if channel is None else array.mean(axis=channel) for array in arrays]
    overlaps = [
        found
        for first, second in itertools.combinations(range(len(grey)), 2)
        if (found := find_overlap(grey, first, second)) is not None
    ]
    offsets, kept = _laid_out(overlaps, len(grey), grey)
    gains = _gains(grey, kept, arrays[0].dtype) if gain else np.ones(len(grey))
    colours = [array if channel is None else np.moveaxis(array, channel, -1) for array in arrays]
    whole, covered = _faded(colours, offsets, gains, ndim=grey[0].ndim)
    whole[~covered] = background
    dtype = np.result_type(*arrays)
    if dtype.kind in "iu":
        limits = np.iinfo(dtype)
        whole = whole.round().clip(limits.min, limits.max)
    pixels = whole.astype(dtype)
    pixels = pixels if channel is None else np.moveaxis(pixels, -1, channel)
    return Panorama(_placed(pixels, images, offsets), covered, offsets, gains, tuple(kept))


def _laid_out(overlaps: list[Overlap], count: int, grey: list[NDArray]) -> tuple[NDArray, list[Overlap]]:
    """Join the best-fitting pairs first (a spanning tree), then check what has come to overlap."""
    group = list(range(count))
    places = [np.zeros(grey[0].ndim, int) for _ in range(count)]
    for pair in sorted(overlaps, key=lambda pair: -pair.evidence):
        if group[pair.first] == group[pair.second]:
            continue
        joined = group[pair.second]
        move = places[pair.first] + pair.shift - places[pair.second]
        for member in [index for index in range(count) if group[index] == joined]:
            places[member] = places[member] + move
            group[member] = group[pair.first]
    apart = [index for index in range(count) if group[index] != group[0]]
    if apart:
        raise RegistrationError(
            f"no overlap was found between images {sorted(set(range(count)) - set(apart))} and {apart}; "
            "take images that share more, or stitch them side by side"
        )
    kept = []
    for first, second in itertools.combinations(range(count), 2):
        found = joint(grey, first, second, places[second] - places[first])
        if found is None:
            continue
        if found.contradicts(grey):
            raise RegistrationError(
                f"images {first} and {second} should overlap by {found.voxels} voxels, but do not look alike "
                f"there (correlation {found.correlation:.2f}); are they rotated, or of another scene?"
            )
        kept.append(found)
    offsets = np.array(places)
    return offsets - offsets.min(axis=0), kept


def _gains(grey: list[NDArray], overlaps: list[Overlap], dtype: np.dtype) -> NDArray:
    """Solve for the logarithms of the gains: each pair gives the ratio of two of them."""
    top = np.iinfo(dtype).max if dtype.kind in "iu" else np.inf
    rows, ratios = [], []
    for pair in overlaps:
        one, two = pair.views(grey)
        valid = (one < top) & (two < top)
        sums = [float((part[valid] ** 2).sum()) for part in (one, two)]
        if min(sums) > 0:
            weight = np.sqrt(valid.sum())
            row = np.zeros(len(grey))
            row[pair.first], row[pair.second] = weight, -weight
            rows.append(row)
            ratios.append(weight * 0.5 * np.log(sums[1] / sums[0]))
    fixed = np.zeros(len(grey))
    fixed[0] = 1
    logarithms = np.linalg.lstsq(np.array([fixed, *rows]), np.array([0, *ratios]), rcond=None)[0]
    return np.exp(logarithms)


def _faded(parts: list[NDArray], offsets: NDArray, gains: NDArray, *, ndim: int) -> tuple[NDArray, NDArray]:
    shapes = np.array([part.shape[:ndim] for part in parts])
    size = tuple((offsets + shapes).max(axis=0))
    rest = parts[0].shape[ndim:]
    total, weights = np.zeros((*size, *rest)), np.zeros(size)
    for part, offset, one in zip(parts, offsets, gains, strict=True):
        box = tuple(slice(start, start + length) for start, length in zip(offset, part.shape, strict=False))
        # The distance to the nearest edge: an image counts nothing just beyond its border.
        edges = [np.minimum(np.arange(1, length + 1), np.arange(length, 0, -1)) for length in part.shape[:ndim]]
        near = edges[0].astype(np.float64)
        for edge in edges[1:]:
            near = np.minimum.outer(near, edge)
        weights[box] += near
        total[box] += one * part * (near[..., None] if rest else near)
    covered = weights > 0
    divisor = np.where(covered, weights, 1)
    return total / (divisor[..., None] if rest else divisor), covered


def _placed(pixels: NDArray, images: Sequence[Any], offsets: NDArray) -> NDArray | Image:
    first = images[0]
    if not isinstance(first, Image):
        return pixels
    affine = first.affine
    if affine is not None:
        affine = affine.copy()
        affine[:3, 3] -= affine[:3, 3 - first.ndim : 3] @ offsets[0]
    step = Step("synthesis.panorama", {"others": tuple(images[1:])})
    return first.replace(pixels=pixels, affine=affine, step=step)
