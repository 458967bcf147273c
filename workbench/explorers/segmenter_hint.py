"""What to do next in segment, in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .methods import METHODS

if TYPE_CHECKING:
    from .segmenter import Segmenter


def segmenter_hint(explorer: Segmenter) -> str:
    """Return it; empty where nothing needs to be said."""
    method, descending = METHODS[explorer.method.value], explorer.descending
    seeds = explorer.seeds.options(method.seeds)
    said = ""
    if method.seeds and method.seeds[0] not in seeds:
        said = "Click into the region, or move the crosshair by arrow keys and press Enter."
    elif len(method.seeds) > 1 and method.seeds[1] not in seeds:
        said = "The rim of the image counts as outside; mark places outside for a closer border."
    elif method.function is None:
        said = "Paint with the brush (p), erase with x, make it larger with ]."
    elif descending is not None and explorer.start is not None and not explorer.start[0].any():
        said = "It moves the border of a mask: make one first, by another method or the brush."
    elif descending is not None and descending.converged and explorer.step.value >= descending.last:
        said = f"It has converged after {descending.last} steps."
    elif descending is not None and explorer.start is not None and explorer.start[1] == "mask":
        said = "In the line of code, mask is the mask from which it started."
    return said
