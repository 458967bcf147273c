"""Segment without a browser: the mask as the method's main setting moves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .canvas import Canvas
from .encoding import png
from .masks import overlap
from .methods import METHODS, RANGE
from .settings import ladder
from .showing import building
from .stills import montage

if TYPE_CHECKING:
    from .segmenter import Segmenter


def segmenter_still(explorer: Segmenter) -> bytes:
    """Draw the mask with three values of the method's main setting, and the reference; see `Segmenter.still`."""
    sheets: list[tuple[str, NDArray]] = []
    for title, options, step in _variants(explorer):
        try:
            found = explorer.compute(options, step)[0]
        except (TypeError, ValueError) as error:
            sheets.append((str(error)[:40], np.zeros(explorer.slices.image.shape, bool)))
            continue
        plane = explorer.slices.take(found) if found.ndim == 3 else found
        truth = None if explorer.reference is None else explorer.slices.take(explorer.reference)
        sheets.append((title if truth is None else f"{title}  Dice {overlap(plane, truth)}", plane))
    if not sheets:
        sheets = [("mask", explorer.drawn.plane)]
    if explorer.reference is not None:
        sheets.append(("reference", explorer.slices.take(explorer.reference)))
    drawn = []
    with building(live=False):
        canvas = Canvas(explorer.slices.image, window=explorer.canvas.window, colormap=explorer.canvas.colormap)
    canvas.opacity = explorer.canvas.opacity
    canvas.boxes = explorer.canvas.boxes
    for title, plane in sheets:
        canvas.title = title
        canvas.set_mask(plane)
        drawn.append(canvas.still(width=850 // max(len(sheets), 2), height=320))
    return png(montage(drawn, columns=len(drawn)))


def _variants(explorer: Segmenter) -> Iterator[tuple[str, dict[str, Any], int]]:
    method, options, step = METHODS[explorer.method.value], explorer.options, explorer.step.value
    if method.function is None or explorer.drawn.painted or (method.seeds and method.seeds[0] not in options):
        return
    if method.steps:
        for one in sorted({0, step // 4, step}):
            yield f"step {one}", options, one
        return
    main = explorer.moved[0]
    if main.name == RANGE:
        reach = (main.high - main.low) / 12
        end = "low" if "low" in options else "high"
        for about in (options[end] - reach, options[end], options[end] + reach):
            value = min(max(main.rounded(about), main.low), main.high)
            yield f"{end}={value:g}", {**options, end: value}, step
        return
    for value in ladder(main, options[main.name]):
        yield f"{main.name}={value:g}", {**options, main.name: value}, step
