"""Pixels as the canvas stores them: whole numbers of at most 16 bits, and the line back to their values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array
from workbench.images import Image
from workbench.images.geometry import OPPOSITE, orientation_code

LEVELS = 2**16 - 1
STORED = {np.dtype(kind) for kind in ("uint8", "uint16", "int16")}
PLANES = ("axial", "coronal", "sagittal")


@dataclass(frozen=True, eq=False)
class Pixels:
    """Values stored as integers: ``value = stored * slope + intercept``.

    Parameters
    ----------
    stored : (P, M, N[, 3]) ndarray of uint8, uint16 or int16
        Contiguous.
    slope, intercept : float, optional
        Of the line.
    error : float, optional
        How far a value given back may be from the one received; 0 where the integers are exact.

    Examples
    --------
    >>> encode([[[-1000.0, 3071.0]]]).values()
    array([[[-1000.,  3071.]]])
    """

    stored: NDArray
    slope: float = 1.0
    intercept: float = 0.0
    error: float = 0.0

    def values(self, stored: ArrayLike | None = None) -> NDArray:
        """Return values in the image's units.

        Parameters
        ----------
        stored : array_like, optional
            Some of the integers; all where not given.

        Returns
        -------
        ndarray of float64
            Same shape.
        """
        return np.asarray(self.stored if stored is None else stored) * self.slope + self.intercept


def encode(pixels: ArrayLike) -> Pixels:
    """Store values as integers of at most 16 bits.

    Parameters
    ----------
    pixels : array_like
        Any shape, finite.

    Returns
    -------
    Pixels
        Exact for whole numbers whose range fits 16 bits; otherwise 65,536 even steps, with their error.

    Raises
    ------
    TypeError, ValueError
        If the values are not finite real numbers.

    Examples
    --------
    >>> encode([0.0, 0.5, 1.0]).error < 1e-5
    True
    >>> encode([-1024, 3071]).stored.dtype
    dtype('int16')
    """
    array = real_array(pixels)
    if array.dtype == bool:
        array = array.astype(np.uint8)
    if array.dtype in STORED:
        return Pixels(np.ascontiguousarray(array))
    if array.dtype == np.int8:
        return Pixels(np.ascontiguousarray(array, dtype=np.int16))
    low, high = float(array.min()), float(array.max())
    if high - low <= LEVELS and (array.dtype.kind in "ui" or np.array_equal(array, np.rint(array))):
        kind, base = (np.int16, 0.0) if low >= -(2**15) and high < 2**15 else (np.uint16, low)
        return Pixels(np.ascontiguousarray(array - base if base else array, dtype=kind), 1.0, base)
    if low == high:
        return Pixels(np.zeros(array.shape, np.uint8), 1.0, low)
    slope = (high - low) / LEVELS
    stored = np.rint((array - low) / slope).astype(np.uint16)
    return Pixels(np.ascontiguousarray(stored), slope, low, slope / 2)


def upright(image: ArrayLike | Image) -> Image:
    """Return an image as a viewer holds it: slices first, patient's right on the left side, channels last.

    Parameters
    ----------
    image : array_like or Image
        A slice or a volume. A volume with an affine is reordered to ``"SPL"``, exactly; anything else stays as
        it is stored. Of more than three channels, the first is kept.

    Returns
    -------
    Image
        A volume; a slice becomes a volume of one slice.

    Examples
    --------
    >>> upright(np.zeros((4, 5))).shape
    (1, 4, 5)
    """
    image = image if isinstance(image, Image) else Image(np.asarray(image))
    if image.channel_axis is not None:
        pixels = np.moveaxis(image.pixels, image.channel_axis, -1)
        pixels = pixels[..., :3] if pixels.shape[-1] in {3, 4} else pixels[..., 0]
        image = image.replace(pixels=pixels, channel_axis=image.ndim if pixels.ndim > image.ndim else None)
    if image.ndim == 3:
        return image if image.affine is None else image.oriented("SPL")
    spacing = None if image.spacing is None or image.affine is not None else (1.0, *image.spacing)
    channel = None if image.channel_axis is None else 3
    return Image(
        image.pixels[np.newaxis],
        affine=image.affine,
        spacing=spacing,
        modality=image.modality,
        units=image.units,
        channel_axis=channel,
        name=image.name,
    )


def planes(volume: Image) -> list[dict]:
    """Describe the three planes of a volume: what they are called, the letters at their edges, what is turned.

    Parameters
    ----------
    volume : Image
        As `upright` returns it.

    Returns
    -------
    list of dict
        For slices along axis 0, 1 and 2: ``name``, ``letters`` (top, right, bottom, left, or ``""``) and
        ``flip``, whether row 0 of the plane is drawn at the bottom.

    Examples
    --------
    >>> from workbench.images import affine_from_spacing
    >>> volume = Image(np.zeros((2, 3, 4)), affine=affine_from_spacing((5, 1, 1)))
    >>> [plane["letters"] for plane in planes(volume)]
    ['ALPR', 'SLIR', 'SPIA']
    """
    if volume.affine is None:
        return [{"name": f"axis {axis}", "letters": "", "flip": False} for axis in range(3)]
    code = orientation_code(volume.affine)
    described = []
    for axis, (row, column) in enumerate(((1, 2), (0, 2), (0, 1))):
        flip = axis > 0 and code[row] == "S"
        bottom = OPPOSITE[code[row]] if flip else code[row]
        letters = OPPOSITE[bottom] + code[column] + bottom + OPPOSITE[code[column]]
        normal = {"S": 0, "I": 0, "P": 1, "A": 1, "L": 2, "R": 2}[code[axis]]
        described.append({"name": PLANES[normal], "letters": letters, "flip": flip})
    return described


def grid(volume: Image, pixels: Pixels) -> dict:
    """Describe a volume for the browser: shape, type, units, spacing, affine and planes.

    Parameters
    ----------
    volume : Image
        As `upright` returns it.
    pixels : Pixels
        Its values, encoded.

    Returns
    -------
    dict
        Of what JSON can hold.

    Examples
    --------
    >>> volume = upright(np.zeros((4, 5), np.uint8))
    >>> grid(volume, encode(volume.pixels))["shape"]
    [1, 4, 5]
    """
    return {
        "shape": list(pixels.stored.shape[:3]),
        "channels": 3 if pixels.stored.ndim == 4 else 1,
        "dtype": str(pixels.stored.dtype),
        "slope": pixels.slope,
        "intercept": pixels.intercept,
        "error": pixels.error,
        "low": int(pixels.stored.min()),
        "high": int(pixels.stored.max()),
        "units": volume.units,
        "spacing": list(volume.spacing or (1.0, 1.0, 1.0)),
        "measured": volume.spacing is not None,
        "affine": None if volume.affine is None else volume.affine.ravel().tolist(),
        "planes": planes(volume),
    }
