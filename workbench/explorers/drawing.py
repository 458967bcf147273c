"""What the canvas draws, as pure functions of arrays; its JavaScript computes the same bytes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.checks import one_of
from workbench.images import Window
from workbench.images.picture import to_bytes

from .colors import color_table, label_colors
from .pixels import Pixels

MODES = ("single", "blend", "swipe", "checkerboard")


def take(volume: NDArray, axis: int, index: int, *, flip: bool = False) -> NDArray:
    """Return one plane of a volume as it is seen.

    Parameters
    ----------
    volume : (P, M, N[, C]) ndarray
        Any.
    axis, index : int
        Which plane.
    flip : bool, optional
        Whether its row 0 is drawn at the bottom.

    Returns
    -------
    (rows, columns[, C]) ndarray
        A view.

    Examples
    --------
    >>> take(np.arange(8).reshape(2, 2, 2), 1, 0, flip=True)
    array([[4, 5],
           [0, 1]])
    """
    plane = volume[(slice(None),) * axis + (index,)]
    return plane[::-1] if flip else plane


def color(pixels: Pixels, plane: NDArray, window: Window, colormap: str = "gray") -> NDArray:
    """Give stored pixels their colours.

    Parameters
    ----------
    pixels : Pixels
        The line from stored integers to values.
    plane : (rows, columns[, 3]) ndarray
        Stored integers of one plane.
    window : Window
        In units of the values.
    colormap : str, optional
        For grey images; of colour images only the window changes.

    Returns
    -------
    (rows, columns, 3) ndarray of uint8

    Examples
    --------
    >>> stored = np.array([[0, 128, 255]], np.uint8)
    >>> color(Pixels(stored), stored, Window(127.5, 255))[0, :, 0]
    array([  0, 128, 255], dtype=uint8)
    """
    wide = plane.dtype.itemsize > 1
    codes = np.arange(2**16 if wide else 2**8, dtype=np.uint16 if wide else np.uint8)
    grey = to_bytes(pixels.values(codes.view(plane.dtype)), window)
    shades = grey[plane.view(codes.dtype)]
    return shades if plane.ndim == 3 else color_table(colormap)[shades]


def blend(below: NDArray, above: NDArray, opacity: float) -> NDArray:
    """Mix two colours in whole numbers.

    Parameters
    ----------
    below, above : ndarray of uint8
        Shapes that broadcast.
    opacity : float
        Of the second, 0 to 1.

    Returns
    -------
    ndarray of uint8

    Examples
    --------
    >>> blend(np.uint8([0, 100]), np.uint8([255, 200]), 0.5)
    array([128, 150], dtype=uint8)
    """
    weight = int(np.floor(opacity * 255 + 0.5))
    mixed = below.astype(np.int32) * (255 - weight) + above.astype(np.int32) * weight + 127
    return (mixed // 255).astype(np.uint8)


def paint_labels(picture: NDArray, labels: NDArray, opacity: float) -> NDArray:
    """Lay labels over a picture in their colours.

    Parameters
    ----------
    picture : (rows, columns, 3) ndarray of uint8
        Below.
    labels : (rows, columns) ndarray of int
        0 shows the picture.
    opacity : float
        0 to 1.

    Returns
    -------
    (rows, columns, 3) ndarray of uint8

    Examples
    --------
    >>> paint_labels(np.zeros((1, 2, 3), np.uint8), np.array([[0, 1]]), 1.0)[0].tolist()
    [[0, 0, 0], [240, 163, 10]]
    """
    palette = label_colors()
    covered = blend(picture, palette[(labels.astype(np.int64) - 1) % len(palette)], opacity)
    return np.where((labels > 0)[..., np.newaxis], covered, picture)


def combine(
    first: NDArray,
    second: NDArray,
    *,
    mode: str,
    mix: float = 0.5,
    tiles: int = 8,
    spacing: tuple[float, float] = (1.0, 1.0),
) -> NDArray:
    """Show two pictures of one place in one.

    Parameters
    ----------
    first, second : (rows, columns, 3) ndarray of uint8
        On the same grid.
    mode : str
        ``"single"`` (the first), ``"blend"``, ``"swipe"`` or ``"checkerboard"``.
    mix : float, optional
        The second's opacity, or the part of the columns that shows the first.
    tiles : int, optional
        Squares of the checkerboard across the columns.
    spacing : tuple of 2 float, optional
        Millimetres (row, column), so that the squares are square.

    Returns
    -------
    (rows, columns, 3) ndarray of uint8

    Examples
    --------
    >>> black, white = np.zeros((1, 4, 3), np.uint8), np.full((1, 4, 3), 255, np.uint8)
    >>> combine(black, white, mode="swipe", mix=0.25)[0, :, 0]
    array([  0, 255, 255, 255], dtype=uint8)
    """
    one_of(mode, MODES, name="mode")
    if mode == "single":
        return first
    if mode == "blend":
        return blend(first, second, mix)
    rows, columns = first.shape[:2]
    if mode == "swipe":
        shows_first = np.arange(columns)[np.newaxis, :, np.newaxis] < np.floor(mix * columns + 0.5)
    else:
        side = columns * spacing[1] / tiles
        down = np.floor((np.arange(rows) + 0.5) * spacing[0] / side)
        across = np.floor((np.arange(columns) + 0.5) * spacing[1] / side)
        shows_first = ((down[:, np.newaxis] + across) % 2 == 0)[..., np.newaxis]
    return np.where(shows_first, first, second)


def edges(labels: NDArray) -> dict[int, NDArray]:
    """Return the sides of voxels at which a label ends, as lines between voxel corners.

    Parameters
    ----------
    labels : (rows, columns) ndarray of int
        0 for background.

    Returns
    -------
    dict of int to (n, 2, 2) ndarray
        Label to segments: from and to, each (row, column) of a corner; voxel (0, 0) has corners (0, 0) to (1, 1).

    Examples
    --------
    >>> edges(np.array([[1]]))[1].tolist()
    [[[0, 0], [0, 1]], [[1, 0], [1, 1]], [[0, 0], [1, 0]], [[0, 1], [1, 1]]]
    """
    padded = np.pad(labels, 1)
    found = {}
    for label in np.unique(labels[labels > 0]):
        inside = padded == label
        lying = np.argwhere(inside[1:, 1:-1] != inside[:-1, 1:-1])
        standing = np.argwhere(inside[1:-1, 1:] != inside[1:-1, :-1])
        sides = ((lying, np.array([0, 1])), (standing, np.array([1, 0])))
        found[int(label)] = np.concatenate([np.stack([start, start + step], 1) for start, step in sides])
    return found
