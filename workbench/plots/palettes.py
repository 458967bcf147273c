"""Figures in the smallest of PNG's modes that shows them as they are, because chapters live in git."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Picture

GREYS = 128
COMMON, RARE = 96, 32
GREY_UP_TO = 4
#: A tenth of the range: the rims of thin lines may be off by more at one pixel in a thousand, all else not.
VISIBLE = 24
#: A line of a legend has some dozen pixels, all of one colour, and must not get that of another.
SMALLEST_MARK = 24


def smallest_mode(picture: Picture.Image) -> Picture.Image:
    """Return a picture as grey, with a palette, or as it is: whichever is smallest and looks the same.

    Parameters
    ----------
    picture : PIL.Image.Image
        In RGB.

    Returns
    -------
    PIL.Image.Image
        Grey (``L``) if no pixel has a colour. With a palette (``P``) if 128 greys, the 96 most frequent colours
        and 32 for all rare ones can stand for it. Else in ``RGB``.

    Examples
    --------
    >>> smallest_mode(Picture.new("RGB", (9, 9), "grey")).mode
    'L'
    >>> smallest_mode(Picture.new("RGB", (9, 9), "orange")).mode
    'P'
    """
    pixels = np.asarray(picture)
    if (pixels == pixels[..., :1]).all():
        return picture.getchannel(0)
    is_color = np.ptp(pixels, axis=-1) > GREY_UP_TO
    index = np.rint(pixels.mean(axis=-1) * (GREYS - 1) / 255).astype(np.uint8)
    palette = np.linspace(0, 255, GREYS).round()[:, np.newaxis].repeat(3, axis=1).astype(np.uint8)
    if is_color.any():
        index[is_color], colors = _index(pixels[is_color])
        palette = np.concatenate([palette, colors])
    off = np.abs(palette[index].astype(np.int16) - pixels).max(axis=-1)
    if np.mean(off > VISIBLE) >= 0.001 or np.sum(off > 2 * VISIBLE) > SMALLEST_MARK:
        return picture
    made = Picture.fromarray(index)
    made.putpalette(palette.tobytes())
    return made


def _index(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    # What fills an area, such as a marker in a legend, is frequent and stays exact; rims share what is left.
    codes = pixels.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)
    values, inverse, counts = np.unique(codes, return_inverse=True, return_counts=True)
    colors = np.stack([values >> 16, values >> 8 & 255, values & 255], axis=-1).astype(np.uint8)
    order = np.argsort(-counts, kind="stable")
    common, rare = order[:COMMON], order[COMMON:]
    palette = colors[common]
    place: NDArray[Any] = np.zeros(len(values), np.uint8)
    place[common] = np.arange(len(common), dtype=np.uint8)
    if len(rare):
        few = Picture.fromarray(colors[rare][np.newaxis]).quantize(RARE, dither=Picture.Dither.NONE)
        rims = np.reshape(few.getpalette() or [], (-1, 3)).astype(np.uint8)
        palette = np.concatenate([palette, rims])
        away = np.abs(colors[rare, np.newaxis].astype(np.int16) - palette).max(axis=-1)
        place[rare] = away.argmin(axis=-1)
    return GREYS + place[inverse], palette
