"""What segment computes: a mask, and the line of code that makes it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .calls import Call
from .descending import Descending
from .methods import METHODS, cleaning

if TYPE_CHECKING:
    from .segmenter import Segmenter

SO_FAR = "the mask so far"


def computed(explorer: Segmenter, options: dict[str, Any], step: int) -> tuple[NDArray[np.bool_], str]:
    """Return the mask of what is acted on, and the code that makes it; see `Segmenter.compute`."""
    method = METHODS[explorer.method.value]
    whole = explorer.slices.acts_on_volume
    target: Any = explorer.image if whole else explorer.slices.image
    where = "image" if whole else explorer.slices.code
    if explorer.is_color:
        where = where.replace("image", "processing.grayscale(image)", 1)
    if explorer.given_array and not explorer.is_color:
        target = np.asarray(target)
    if method.function is None or (method.seeds and method.seeds[0] not in options):
        return np.zeros(target.shape, bool), ""
    if method.steps is None:
        found = np.asarray(method.function(target, **options))
        line = Call(method.function, options).on(where)
    else:
        if explorer.descending is None:
            explorer.start = _starting(explorer)
            start = {} if explorer.start is None else {"start": explorer.start[0]}
            explorer.descending = Descending(partial(method.steps, target, **start, **options))
        found = explorer.descending.at(step).mask
        call = Call(method.function, {**options, "steps": min(step, explorer.descending.last)})
        start_code = "" if explorer.start is None else f", start={explorer.start[1]}"
        line = f"{call.name}({where}{start_code}, {call.arguments}).mask"
    for call in cleaning(
        explorer.cleaning.value, explorer.size.value, holes=explorer.holes.value, largest=explorer.largest.value
    ):
        found, line = call(found), call.on(line)
    return found.astype(bool), line


def _starting(explorer: Segmenter) -> tuple[NDArray, str] | None:
    """The mask from which a descent starts, and its code; the name ``mask`` where a line cannot make it."""
    method = METHODS[explorer.method.value]
    if not method.needs_start and explorer.begin.value != SO_FAR:
        return None
    mask, line, acted_on = explorer.previous
    if not explorer.slices.acts_on_volume:
        mask = explorer.slices.take(mask)
    return mask, line if acted_on == explorer.acted_on else "mask"
