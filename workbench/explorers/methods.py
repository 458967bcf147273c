"""The ways to a mask that `segment` offers: their settings, and what a click means to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from workbench import segmentation
from workbench.segmentation import Descent

from .calls import Call
from .controls import step_of
from .settings import SPREAD, VOXELS, Setting

RANGE = "range"
CLEANING: dict[str, Callable[..., Any]] = {
    "opening": segmentation.opening,
    "closing": segmentation.closing,
    "erosion": segmentation.erosion,
    "dilation": segmentation.dilation,
}
AUTOMATIC: dict[str, Callable[..., float]] = {
    "Otsu": segmentation.otsu,
    "Li": segmentation.li,
    "triangle": segmentation.triangle,
}


@dataclass(frozen=True)
class Method:
    """A way to a mask.

    Parameters
    ----------
    function : callable or None
        Of workbench.segmentation; ``None`` leaves all to the brush.
    settings : tuple of Setting, optional
        What can be moved.
    seeds : tuple of str, optional
        What clicks mark: the function's options that take seeds.
    steps : callable, optional
        Of a descent: gives what is reached step by step.
    needs_start : bool, optional
        Whether it moves the border of a mask that is there.
    """

    function: Callable[..., Any] | None
    settings: tuple[Setting, ...] = ()
    seeds: tuple[str, ...] = ()
    steps: Callable[..., Iterator[Descent]] | None = None
    needs_start: bool = False

    def settings_for(self, image: ArrayLike, spread: float) -> tuple[Setting, ...]:
        """Return its settings with ranges and first values that suit an image."""
        return tuple(_intensities(image) if one.name == RANGE else one.scaled(spread) for one in self.settings)


_SMOOTHNESS = Setting("smoothness", 0.0, 20.0, 0.1, 1.0)

METHODS = {
    "threshold": Method(segmentation.threshold, (Setting(RANGE),)),
    "region growing": Method(
        segmentation.region_growing, (Setting("tolerance", 0.001, 0.5, value=0.05, unit=SPREAD),), ("seeds",)
    ),
    "watershed": Method(
        segmentation.seeded_watershed, (Setting("sigma", 0.0, 8.0, 0.1, 1.5, unit=VOXELS),), ("inside", "outside")
    ),
    "Chan and Vese": Method(segmentation.chan_vese, (_SMOOTHNESS,), steps=segmentation.chan_vese_steps),
    "geodesic contour": Method(
        segmentation.geodesic_active_contour,
        (
            Setting("balloon", -1.0, 1.0, 0.01, 0.0),
            Setting("inwards", 0.5, 30.0, 0.5, 5.0),
            Setting("outwards", 0.5, 60.0, 0.5, 5.0),
            Setting("sigma", 0.0, 5.0, 0.1, 1.0),
        ),
        steps=segmentation.geodesic_steps,
        needs_start=True,
    ),
    "by hand": Method(None),
}


def _intensities(image: ArrayLike) -> Setting:
    """The range of a threshold: all intensities, from Otsu's threshold upwards."""
    values = np.asarray(image)
    low, high = float(values.min()), float(values.max())
    step = 1.0 if values.dtype.kind in "ui" else step_of(high - low)
    begin = segmentation.otsu(values) if high > low else low
    snapped = min(low + round((float(begin) - low) / step) * step, high)
    return Setting(RANGE, low, high, step, (float(snapped), high), SPREAD)


def threshold_options(setting: Setting, low: float, high: float) -> dict[str, float]:
    """Return the options of a threshold; an end of the range that leaves nothing out needs none.

    Parameters
    ----------
    setting : Setting
        All intensities.
    low, high : float
        Where the slider stands.

    Returns
    -------
    dict

    Examples
    --------
    >>> threshold_options(Setting("range", 0, 9), 3, 9)
    {'low': 3}
    """
    below = {"high": high} if high < setting.high else {}
    return {"low": low, **below} if low > setting.low or not below else below


def cleaning(name: str, size: int, *, holes: bool, largest: bool) -> list[Call]:
    """Return what is done to a mask that a method has found.

    Parameters
    ----------
    name : str
        One of `CLEANING`, or another word for nothing.
    size : int
        Of its ball, in voxels.
    holes, largest : bool
        Whether holes are filled, and the largest region kept.

    Returns
    -------
    list of Call

    Examples
    --------
    >>> [call.on("mask") for call in cleaning("opening", 5, holes=True, largest=False)]
    ["segmentation.opening(mask, size=5, element='ball')", 'segmentation.fill_holes(mask)']
    """
    first = [Call(CLEANING[name], {"size": size, "element": "ball"})] if name in CLEANING else []
    then = ((holes, segmentation.fill_holes), (largest, segmentation.largest_region))
    return first + [Call(function) for wanted, function in then if wanted]
