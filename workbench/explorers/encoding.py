"""Pictures and figures as PNG files that a notebook can hold."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image as Picture

from workbench.plots import Figure

LARGEST_STILL = 95_000
GREYS = COLORS = 128
COLORFUL = 12


def encoded(picture: Picture.Image, *, optimize: bool = False) -> bytes:
    """Return a picture as a PNG file, to the byte.

    Parameters
    ----------
    picture : PIL.Image.Image
        Of any kind.
    optimize : bool, optional
        Smaller and slower.

    Returns
    -------
    bytes

    Examples
    --------
    >>> encoded(Picture.new("L", (9, 9)))[1:4]
    b'PNG'
    """
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=optimize)
    return buffer.getvalue()


def figure_picture(figure: Figure) -> Picture.Image:
    """Return a figure as a picture.

    Parameters
    ----------
    figure : Figure
        As from `plots.figure`.

    Returns
    -------
    PIL.Image.Image
        RGB.

    Examples
    --------
    >>> from workbench.plots import figure
    >>> figure_picture(figure(size=(1, 1), alt="Empty.")[0]).mode
    'RGB'
    """
    return Picture.open(io.BytesIO(figure._png())).convert("RGB")


def png(picture: Picture.Image, *, largest: int = LARGEST_STILL) -> bytes:
    """Return a picture as a PNG file that a notebook can hold.

    Parameters
    ----------
    picture : PIL.Image.Image
        RGB.
    largest : int, optional
        Bytes; colours are reduced to 256, and then the picture made smaller, until it fits.

    Returns
    -------
    bytes
        A PNG file.

    Examples
    --------
    >>> png(Picture.new("RGB", (9, 9)))[1:4]
    b'PNG'
    """
    picture = picture.convert("RGB")
    while True:
        red, green, blue = picture.split()
        if red.tobytes() == green.tobytes() == blue.tobytes():
            small = red
        else:
            small = picture.quantize(256, dither=Picture.Dither.NONE)
        data = encoded(small, optimize=True)
        if len(data) <= largest or min(picture.size) < 32:
            return data
        shrink = max(min(0.95, (largest / len(data)) ** 0.5), 0.5)
        picture = picture.resize(
            (max(int(picture.width * shrink), 1), max(int(picture.height * shrink), 1)), Picture.Resampling.LANCZOS
        )


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
    return picture_png(figure_picture(figure))


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
    data = encoded(small, optimize=True)
    return data if len(data) <= LARGEST_STILL else png(drawn)
