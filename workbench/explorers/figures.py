"""Figures as stills."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image as Picture

from workbench.plots import Figure

from .stills import LARGEST_STILL, png

GREYS = COLORS = 128
COLORFUL = 12


def figure_png(figure: Figure) -> bytes:
    """Return a figure as a PNG file that a notebook can hold.

    Parameters
    ----------
    figure : Figure
        As from `plots.figure`.

    Returns
    -------
    bytes
        A PNG file.

    Examples
    --------
    >>> from workbench.plots import figure
    >>> figure_png(figure(size=(1, 1), alt="Empty.")[0])[1:4]
    b'PNG'
    """
    return picture_png(Picture.open(io.BytesIO(figure._png())))


def picture_png(picture: Picture.Image) -> bytes:
    """Return a picture of greys and few colours as a PNG file that a notebook can hold.

    Parameters
    ----------
    picture : PIL.Image.Image
        Such as a figure with images in it.

    Returns
    -------
    bytes
        A PNG file.

    Examples
    --------
    >>> picture_png(Picture.new("RGB", (9, 9), "red"))[1:4]
    b'PNG'
    """
    drawn = picture.convert("RGB")
    pixels = np.asarray(drawn)
    is_color = np.ptp(pixels, axis=-1) > COLORFUL
    if not is_color.any():
        return png(drawn)
    # Images in figures have many greys, which would leave few colours for what is drawn beside them.
    colors = Picture.fromarray(pixels[is_color][np.newaxis]).quantize(COLORS, dither=Picture.Dither.NONE)
    index = np.rint(pixels.mean(axis=-1) * (GREYS - 1) / 255).astype(np.uint8)
    index[is_color] = GREYS + np.asarray(colors)[0]
    small = Picture.fromarray(index)
    greys = np.linspace(0, 255, GREYS).round().astype(np.uint8).repeat(3)
    small.putpalette([*greys.tolist(), *(colors.getpalette() or [])[: 3 * COLORS]])
    buffer = io.BytesIO()
    small.save(buffer, "PNG", optimize=True)
    return buffer.getvalue() if buffer.tell() <= LARGEST_STILL else png(drawn)
