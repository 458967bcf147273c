"""Train without a browser: the curves, and below them what the network says of some cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib
from PIL import Image as Picture

from workbench.plots import STYLE, figure, show_learning

from .encoding import figure_picture, picture_png
from .sheet import draw_sheet

if TYPE_CHECKING:
    from .trainer import Trainer


def trainer_still(explorer: Trainer) -> bytes:
    """Draw the curves, and below them the cases; see `Trainer.still`."""
    table = explorer.table
    if not len(table):
        made, axes = figure(size=(8.5, 1), alt=explorer.alt)
        axes.axis("off")
        axes.text(0, 0.5, explorer.problem or "No epoch has ended yet.", wrap=True)
        return picture_png(figure_picture(made))
    parts = [figure_picture(show_learning(table, best_epoch=explorer.best_epoch or len(table), alt=explorer.alt))]
    if explorer.sheet.pictures:
        pictures, captions = (
            explorer.sheet.pictures[:6],
            [one.replace("\n", ", ") for one in explorer.sheet.captions[:6]],
        )
        made, axes = figure(size=(8.5, 1.75), alt=explorer.alt)
        with matplotlib.rc_context(STYLE):
            draw_sheet(axes, pictures, captions, marks=explorer.sheet.marks[:6], longest=26)
        parts.append(figure_picture(made))
    whole = Picture.new("RGB", (max(one.width for one in parts), sum(one.height for one in parts)), "white")
    top = 0
    for one in parts:
        whole.paste(one, (0, top))
        top += one.height
    return picture_png(whole)
