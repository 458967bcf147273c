"""Process without a browser: before, and after as the filter's first setting moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .canvas import Canvas
from .encoding import png
from .filters import FILTERS
from .quality import decibels, quality
from .settings import ladder
from .showing import building
from .stills import montage

if TYPE_CHECKING:
    from .processor import Processor


def processor_still(explorer: Processor) -> bytes:
    """Draw the plane before, and after with three values of its first setting; see `Processor.still`."""
    chosen = FILTERS[explorer.filter.value]
    rungs = (
        ladder(explorer.moved[0], explorer.settings[explorer.moved[0].name].value) if explorer.moved else [None]
    )
    with building(live=False):
        drawn = Canvas(
            explorer.before, window=explorer.canvas.window, colormap=explorer.canvas.colormap, title="before"
        )
    columns = len(rungs) + 1
    room = {"width": 850 // columns, "height": 300}
    sheets = [drawn.still(**room)]
    drawn.mix = 0.0
    for value in rungs:
        call = explorer.call
        if value is not None:
            call.options[explorer.moved[0].name] = value
        try:
            after = explorer.compute(call)
        except (TypeError, ValueError) as error:
            drawn.title = str(error)[:40]
            drawn.hide_second()
        else:
            shown, window, drawn.other_colormap = explorer.picture(after)
            drawn.show_second(shown, mode="swipe", window=window)
            named = explorer.filter.value if value is None else f"{explorer.moved[0].name}={value}"
            truth = explorer.truth
            against = explorer.before.pixels if truth is None else truth
            psnr = decibels(quality(after, against)[0]) if chosen.comparable else ""
            drawn.title, drawn.show_letters = f"{named}  {psnr}", False
        sheets.append(drawn.still(**room))
    explorer.forget()
    return png(montage(sheets, columns=columns))
