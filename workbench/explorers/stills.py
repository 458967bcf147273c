"""Still pictures of planes: drawn by Pillow as the canvas draws them, small enough to live in a notebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from numpy.typing import NDArray
from PIL import Image as Picture
from PIL import ImageDraw, ImageFont

from .colors import LABEL_COLORS
from .drawing import edges

ACCENT = (108, 200, 255)
GAP = 6


def panel(
    plane: NDArray,
    *,
    spacing: tuple[float, float] = (1.0, 1.0),
    scale: float = 1.0,
    letters: str = "",
    title: str = "",
    note: str = "",
    labels: NDArray | None = None,
    boxes: Sequence[Mapping[str, Any]] = (),
    crosshair: tuple[int, int] | None = None,
) -> Picture.Image:
    """Draw one plane with what is written over it.

    Parameters
    ----------
    plane : (rows, columns, 3) ndarray of uint8
        Its colours.
    spacing : tuple of 2 float, optional
        Millimetres (row, column).
    scale : float, optional
        Screen pixels for a millimetre.
    letters : str, optional
        At the top, right, bottom and left.
    title, note : str, optional
        In the upper and the lower left corner.
    labels : (rows, columns) ndarray of int, optional
        Outlined in their colours.
    boxes : sequence of mapping, optional
        With ``top``, ``left``, ``bottom``, ``right`` and perhaps ``label``, ``score``, ``color``.
    crosshair : tuple of 2 int, optional
        Its (row, column) as drawn.

    Returns
    -------
    PIL.Image.Image
        RGB, with true voxel aspect.

    Examples
    --------
    >>> import numpy as np
    >>> panel(np.zeros((4, 4, 3), np.uint8), spacing=(5, 1), scale=10).size
    (40, 200)
    """
    rows, columns = plane.shape[:2]
    down, across = spacing[0] * scale, spacing[1] * scale
    size = max(round(columns * across), 1), max(round(rows * down), 1)
    enlarging = min(down, across) >= 4
    filtering = Picture.Resampling.NEAREST if enlarging else Picture.Resampling.LANCZOS
    drawn = Picture.fromarray(plane).resize(size, filtering)
    pen = ImageDraw.Draw(drawn)
    for label, segments in edges(labels).items() if labels is not None else ():
        color = LABEL_COLORS[(label - 1) % len(LABEL_COLORS)]
        for (y0, x0), (y1, x1) in (segments * [down, across]).tolist():
            pen.line((x0, y0, x1, y1), fill=color)
    for at, box in enumerate(boxes):
        _draw_box(pen, box, box.get("color") or LABEL_COLORS[at % len(LABEL_COLORS)], down, across)
    if crosshair is not None:
        _draw_crosshair(pen, (crosshair[1] + 0.5) * across, (crosshair[0] + 0.5) * down, size)
    width, height = size
    places = (((width / 2, 3), "mt"), ((width - 4, height / 2), "rm"), ((width / 2, height - 3), "mb"),
              ((4, height / 2), "lm"))  # fmt: skip
    for letter, (place, anchor) in zip(letters, places, strict=False):
        write(pen, place, letter, anchor=anchor, size=14)
    write(pen, (5, 4), title, anchor="lt")
    write(pen, (5, height - 5), note, anchor="lb")
    return drawn


def write(
    pen: ImageDraw.ImageDraw,
    place: tuple[float, float],
    text: str,
    *,
    anchor: str,
    size: int = 12,
    fill: Any = "white",
) -> None:
    """Write readable text over a picture.

    Parameters
    ----------
    pen : PIL.ImageDraw.ImageDraw
        Of the picture; changed in place.
    place : tuple of 2 float
        x and y.
    text : str
        What.
    anchor : str
        Which of its corners lies there (Pillow's code).
    size : int, optional
        In pixels.
    fill : optional
        Its colour.
    """
    pen.text(place, text, fill=fill, anchor=anchor, font=_font(size), stroke_width=2, stroke_fill="black")


def montage(
    panels: Sequence[Picture.Image], *, columns: int | None = None, titles: Sequence[str] = ()
) -> Picture.Image:
    """Put pictures side by side on black.

    Parameters
    ----------
    panels : sequence of PIL.Image.Image
        RGB.
    columns : int, optional
        In a row; all where not given.
    titles : sequence of str, optional
        Written over each.

    Returns
    -------
    PIL.Image.Image
        RGB.

    Examples
    --------
    >>> montage([Picture.new("RGB", (10, 20)), Picture.new("RGB", (30, 10))]).size
    (46, 20)
    """
    columns = columns or len(panels)
    lines = [panels[start : start + columns] for start in range(0, len(panels), columns)]
    heights = [max(one.height for one in line) for line in lines]
    width = max(sum(one.width + GAP for one in line) - GAP for line in lines)
    sheet = Picture.new("RGB", (width, sum(heights) + GAP * (len(lines) - 1)))
    pen = ImageDraw.Draw(sheet)
    named = iter(titles)
    top = 0
    for line, height in zip(lines, heights, strict=True):
        left = 0
        for one in line:
            sheet.paste(one, (left, top + (height - one.height) // 2))
            write(pen, (left + 5, top + 4), next(named, ""), anchor="lt")
            left += one.width + GAP
        top += height + GAP
    return sheet


@cache
def _font(size: int) -> Any:
    return ImageFont.load_default(size)


def _draw_box(pen: ImageDraw.ImageDraw, box: Mapping[str, Any], color: str, down: float, across: float) -> None:
    x0, x1 = sorted((box["left"] * across, box["right"] * across))
    y0, y1 = sorted((box["top"] * down, box["bottom"] * down))
    pen.rectangle((x0, y0, x1, y1), outline=color, width=2)
    score = None if box.get("score") is None else f"{box['score']:.2f}"
    words = " ".join(str(word) for word in (box.get("label"), score) if word)
    write(pen, (x0, max(y0 - 3, 12)), words, anchor="lb", fill=color)


def _draw_crosshair(pen: ImageDraw.ImageDraw, x: float, y: float, size: tuple[int, int], gap: int = 10) -> None:
    for line in ((0, y, x - gap, y), (x + gap, y, size[0], y), (x, 0, x, y - gap), (x, y + gap, x, size[1])):
        if line[2] > line[0] or line[3] > line[1]:
            pen.line(line, fill=ACCENT)
