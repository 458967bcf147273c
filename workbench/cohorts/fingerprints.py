"""Fingerprints of images: which are the same, and which are nearly so."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.images import Image

SIDE = 32
FREQUENCIES = slice(1, 9)
BLOCK = 512
PART = 2**20


@dataclass(frozen=True)
class Fingerprint:
    """What is kept of an image to compare it with thousands of others.

    Parameters
    ----------
    digest : bytes
        Of shape and values: equal for equal pixels of whatever dtype, and for practical purposes only for them.
    perceptual : int
        64 bits, see `perceptual_hash`.
    thumbnail : (1024,) ndarray of float32
        The image at 32 x 32, mean 0 and length 1; zeros where all pixels are equal.
    """

    digest: bytes
    perceptual: int
    thumbnail: NDArray


def fingerprint(image: ArrayLike, *, channel_axis: int | None = None) -> Fingerprint:
    """Take the fingerprint of an image.

    Parameters
    ----------
    image : (M, N[, C]) or (P, M, N[, C]) array_like
        A picture, slice or volume; an Image says itself where its channels are.
    channel_axis : int, optional
        The axis of channels.

    Returns
    -------
    Fingerprint
        A volume's perceptual part is that of the mean of its slices.

    Examples
    --------
    >>> fingerprint([[1, 2]]).digest == fingerprint([[1.0, 2.0]]).digest
    True
    """
    if isinstance(image, Image):
        channel_axis = image.channel_axis
    pixels = np.asarray(image)
    small = thumbnail(pixels, channel_axis=channel_axis)
    return Fingerprint(_digest(pixels), perceptual_hash(small), _normalized(small))


def thumbnail(pixels: NDArray, *, channel_axis: int | None = None) -> NDArray:
    """Bring an image to 32 x 32 grey pixels.

    Parameters
    ----------
    pixels : ndarray
        As for `fingerprint`.
    channel_axis : int, optional
        The axis of channels.

    Returns
    -------
    (32, 32) ndarray of float32
        Means of areas, of channels and of slices.

    Examples
    --------
    >>> thumbnail(np.ones((64, 100, 3), np.uint8), channel_axis=2).shape
    (32, 32)
    """
    import cv2

    grey = pixels if channel_axis is None else pixels.mean(axis=channel_axis, dtype=np.float32)
    plane = grey.mean(axis=0, dtype=np.float32) if grey.ndim == 3 else grey.astype(np.float32)
    smaller = cv2.INTER_AREA if min(plane.shape) >= SIDE else cv2.INTER_LINEAR
    return cv2.resize(plane, (SIDE, SIDE), interpolation=smaller)


def perceptual_hash(grey: NDArray) -> int:
    """Hash what an image looks like, coarsely: alike images differ in few of the 64 bits.

    Parameters
    ----------
    grey : (32, 32) ndarray of float32
        See `thumbnail`.

    Returns
    -------
    int
        Bit i says whether the i-th of the 8 x 8 lowest frequencies (without the constant ones) of the discrete
        cosine transform is above their median; so brightness and contrast do not count.

    References
    ----------
    Zauner C. Implementation and benchmarking of perceptual image hash functions. Hagenberg 2010, section 3.2.1.

    Examples
    --------
    >>> ramp = np.outer(np.arange(32), np.arange(32)).astype(np.float32)
    >>> perceptual_hash(ramp) == perceptual_hash(2 * ramp + 5)
    True
    """
    import cv2

    low = cv2.dct(grey)[FREQUENCIES, FREQUENCIES].ravel()
    return int.from_bytes(np.packbits(low > np.median(low)).tobytes(), "big")


def alike(
    prints: list[Fingerprint], *, bits: int = 10, correlation: float = 0.98, most: int = 100_000
) -> list[tuple[int, int, float]]:
    """Find pairs of images that look nearly the same.

    Parameters
    ----------
    prints : list of Fingerprint
        Of n images.
    bits : int, optional
        How many of the 64 may differ for a pair to be looked at.
    correlation : float, optional
        Of their thumbnails, at least.
    most : int, optional
        Where about so many are found, the search ends.

    Returns
    -------
    list of (int, int, float)
        Pairs of indices, the smaller first, and their correlation. Pairs with equal digests are left out, and so
        are images without any contrast.

    Examples
    --------
    >>> noise = np.random.default_rng(0).normal(size=(2, 64, 64))
    >>> [pair[:2] for pair in alike([fingerprint(noise[0]), fingerprint(noise[1]), fingerprint(noise[0] * 1.1)])]
    [(0, 2)]
    """
    if not prints:
        return []
    hashes = np.array([one.perceptual for one in prints], dtype=np.uint64)
    small = np.stack([one.thumbnail for one in prints])
    seen = np.asarray(small.any(axis=1))
    pairs: list[tuple[int, int, float]] = []
    for start in range(0, len(prints), BLOCK):
        differing = np.bitwise_count(hashes[start : start + BLOCK, None] ^ hashes[None, start:])
        near = np.asarray(differing <= bits) & seen[start : start + BLOCK, None] & seen[None, start:]
        first, second = np.nonzero(near)
        keep = second > first
        first, second = first[keep] + start, second[keep] + start
        if len(pairs) >= most:
            break
        # In parts, for a study of look-alikes has many candidates.
        for part in np.array_split(np.arange(len(first)), len(first) // 65536 + 1):
            one, other = first[part], second[part]
            found = np.einsum("ij,ij->i", small[one], small[other])
            close = found >= correlation
            pairs += [
                (int(a), int(b), float(r))
                for a, b, r in zip(one[close], other[close], found[close], strict=True)
                if prints[a].digest != prints[b].digest
            ]
    return pairs


def same_looking(one: NDArray, other: NDArray) -> float:
    """Compare two images pixel by pixel, whatever their brightness and contrast.

    Parameters
    ----------
    one, other : ndarray
        Of the same shape.

    Returns
    -------
    float
        Correlation of their pixels; 0 if one has no contrast.

    Examples
    --------
    >>> same_looking(np.array([1, 2, 3]), np.array([10, 20, 30]))
    1.0
    """
    return round(float(_normalized(one.astype(np.float64)) @ _normalized(other.astype(np.float64))), 9)


def _normalized(pixels: NDArray) -> NDArray:
    flat = pixels.ravel() - pixels.mean()
    length = np.linalg.norm(flat)
    # Rounding of a constant image's mean is no contrast.
    return flat / length if length > 1e-6 * max(1.0, float(np.abs(pixels).max())) else np.zeros_like(flat)


def _digest(pixels: NDArray) -> bytes:
    digest = hashlib.blake2b(str(pixels.shape).encode(), digest_size=16)
    flat = pixels.reshape(-1)
    for start in range(0, flat.size, PART):
        digest.update(_canonical(flat[start : start + PART]).tobytes())
    return digest.digest()


def _canonical(values: NDArray) -> NDArray:
    # The narrowest integers that hold the values, if they are whole: the dtype that a file chose does not count.
    if values.dtype.kind == "f":
        whole = np.rint(values)
        if not (values == whole).all() or np.abs(whole).max() > 2**53:
            # A negative zero is a zero.
            return values.astype("<f8") + 0.0
        values = whole
    low, high = int(values.min()), int(values.max())
    return values.astype(np.promote_types(np.min_scalar_type(low), np.min_scalar_type(high)).newbyteorder("<"))
