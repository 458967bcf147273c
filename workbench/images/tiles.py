"""Whole-slide pictures: tiles laid side by side."""

import numpy as np
from numpy.typing import NDArray

from .errors import ImageReadError
from .frames import TILE, Frame

# A slide with fewer of its tiles is damaged.
EMPTIEST = 5000


def laid_out(pixels: NDArray, frames: list[Frame], size: tuple[int, int], *, full: bool) -> NDArray:
    """Lay the tiles of a slide side by side.

    Parameters
    ----------
    pixels : (tiles, rows, columns[, channels]) ndarray
        Their pixels.
    frames : list of Frame
        Their places, unless `full`.
    size : tuple of 2 int
        Rows and columns of the whole.
    full : bool
        Tiles come row by row, and none is left out.

    Returns
    -------
    (rows, columns[, channels]) ndarray
        What no tile covers is 0.

    Raises
    ------
    ImageReadError
        If the tiles are not those of one picture.

    Examples
    --------
    >>> from pathlib import Path
    >>> frames = [Frame(Path("a.dcm"), number, 2, (1, 2), {}) for number in range(2)]
    >>> laid_out(np.arange(4).reshape(2, 1, 2), frames, (1, 3), full=True)
    array([[0, 1, 2]])
    """
    height, width = pixels.shape[1:3]
    across, down = -(-size[1] // width), -(-size[0] // height)
    if min(size) < 1 or across * down > EMPTIEST * len(frames):
        raise ImageReadError(
            f"{frames[0].path}: {len(frames)} tiles for a {size[0]} x {size[1]} slide; is it damaged?"
        )
    if full:
        places = [(height * (n // across), width * (n % across)) for n in range(len(frames))]
    else:
        places = [_place(frame) for frame in frames]
    inside = all(0 <= row < size[0] and 0 <= column < size[1] for row, column in places)
    if len(frames) > across * down or len(set(places)) < len(places) or not inside:
        raise ImageReadError(
            f"{frames[0].path}: {len(frames)} tiles for {across * down} places of a {size[0]} x {size[1]} slide; "
            "several focal planes, optical paths or segments are not laid out"
        )
    whole = np.zeros((down * height, across * width, *pixels.shape[3:]), pixels.dtype)
    for tile, (row, column) in zip(pixels, places, strict=True):
        part = whole[row : row + height, column : column + width]
        part[:] = tile[: part.shape[0], : part.shape[1]]
    return whole[: size[0], : size[1]]


def _place(frame: Frame) -> tuple[int, int]:
    column, row = (frame.facts.get(keyword) for keyword in TILE)
    if not isinstance(row, int) or not isinstance(column, int):
        raise ImageReadError(f"{frame}: a tile without its place in the slide; repair the file")
    return row - 1, column - 1
