"""A canvas drawn without a browser, as its view would draw it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Picture

from workbench.images import Window

from .drawing import color, combine, paint_labels, take
from .stills import GAP, montage, panel

if TYPE_CHECKING:
    from .canvas import Canvas


def picture(canvas: Canvas, axis: int) -> NDArray:
    """Draw one plane through the crosshair, voxel by voxel; see `Canvas.picture`."""
    cut = {"axis": axis, "index": canvas.crosshair[axis], "flip": canvas.planes[axis]["flip"]}
    drawn = color(canvas.pixels, take(canvas.pixels.stored, **cut), canvas.window, canvas.colormap)
    second, labels = canvas.second, canvas.labels
    if second is not None and canvas.mode != "single":
        window = canvas.window if canvas.same_window else Window(canvas.other_level, canvas.other_width)
        above = color(second, take(second.stored, **cut), window, canvas.other_colormap)
        spacing = _spacing(canvas, axis)
        drawn = combine(drawn, above, mode=canvas.mode, mix=canvas.mix, tiles=canvas.tiles, spacing=spacing)
    if labels is not None:
        drawn = paint_labels(drawn, take(labels, **cut), canvas.opacity)
    return drawn


def annotated(canvas: Canvas, axis: int, scale: float) -> Picture.Image:
    """Draw one plane with all that is written over it; see `Canvas.panel`."""
    about, index = canvas.planes[axis], canvas.crosshair[axis]
    rows, columns = [other for other in range(3) if other != axis]
    outlined = None
    if canvas.labels is not None and canvas.outline:
        outlined = take(canvas.labels, axis, index, flip=about["flip"])
    row = canvas.crosshair[rows]
    last = canvas.grid["shape"][rows] - 1
    slices = canvas.grid["shape"][axis]
    titles = [canvas.title] * (axis == canvas.panes[0]) + [f"{about['name']} {index + 1}/{slices}"] * (slices > 1)
    return panel(
        picture(canvas, axis),
        spacing=_spacing(canvas, axis),
        scale=scale,
        letters=about["letters"] if canvas.show_letters else "",
        title="  ".join(filter(None, titles)),
        labels=outlined,
        boxes=[box for box in canvas.boxes if box.get("axis", 0) == axis and box.get("slice", index) == index],
        crosshair=(last - row if about["flip"] else row, canvas.crosshair[columns])
        if canvas.show_crosshair
        else None,
    )


def side_by_side(canvas: Canvas, *, height: int, width: int) -> Picture.Image:
    """Draw all panes at one scale; see `Canvas.still`."""
    shape = canvas.grid["shape"]
    extents = [np.delete(shape, axis) * _spacing(canvas, axis) for axis in canvas.panes]
    tall, wide = np.max([one[0] for one in extents]), np.sum([one[1] for one in extents])
    scale = float(min(height / tall, (width - GAP * (len(extents) - 1)) / wide))
    return montage([annotated(canvas, axis, scale) for axis in canvas.panes])


def _spacing(canvas: Canvas, axis: int) -> tuple[float, float]:
    row, column = np.delete(canvas.grid["spacing"], axis).tolist()
    return row, column
