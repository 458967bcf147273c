"""Settings: options of functions that a hand can move, in the units of the image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .controls import digits, step_of

VOXELS, SPREAD = "voxels", "spread"


@dataclass(frozen=True)
class Setting:
    """One option of a function that a hand can move.

    Parameters
    ----------
    name : str
        As in the function's signature.
    low, high : float, optional
        How far it goes. Whole numbers give whole numbers.
    step : float, optional
        Between two places of the slider.
    value : optional
        Where it starts; the function's default where not given.
    unit : str, optional
        ``"voxels"``; with ``"spread"`` the numbers are parts of the image's own range of intensities.
    options : tuple of str, optional
        What to choose from, instead of numbers.

    Examples
    --------
    >>> Setting("sigma", 0.1, 0.9, unit=SPREAD, value=0.5).scaled(1000.0).value
    500.0
    """

    name: str
    low: float = 0
    high: float = 1
    step: float | None = None
    value: Any = None
    unit: str = ""
    options: tuple[str, ...] = ()

    def scaled(self, spread: float) -> Setting:
        """Return it in the image's intensities where it is a part of their range."""
        if self.unit != SPREAD:
            return self
        step = step_of(self.high * spread)
        low, value = (max(round(number * spread / step), 1) * step for number in (self.low, self.value))
        return Setting(self.name, float(low), float(self.high * spread), step, float(value), SPREAD)

    def rounded(self, value: Any) -> Any:
        """Return a slider's value as it is written in code."""
        if isinstance(value, tuple):
            return tuple(self.rounded(one) for one in value)
        # A slider's floats carry rounding errors, which a line of code should not show.
        return round(value, digits(self.step) + 3) if isinstance(value, float) and self.step else value


def spread_of(image: ArrayLike) -> float:
    """Return how far an image's intensities reach: from the 1st to the 99th of a hundred.

    Parameters
    ----------
    image : array_like
        Of a large one, evenly spaced voxels are looked at.

    Returns
    -------
    float
        Above 0, also for a constant image.

    Examples
    --------
    >>> spread_of(np.arange(101))
    98.0
    """
    values = np.asarray(image).ravel()
    low, high = np.percentile(values[:: max(values.size // 200_000, 1)], (1, 99))
    return float(high - low) or float(np.ptp(values)) or 1.0


def ladder(setting: Setting, value: Any) -> list[Any]:
    """Return three values of a setting about its present one, or all choices where it is a choice.

    Parameters
    ----------
    setting : Setting
        With its range.
    value : optional
        As it stands.

    Returns
    -------
    list
        In order; the present one among them.

    Examples
    --------
    >>> ladder(Setting("size", 1, 31, 2), 5)
    [3, 5, 9]
    """
    if setting.options:
        return list(setting.options)
    if isinstance(value, tuple):
        return [setting.rounded(value)]
    step = setting.step or 1

    def on_slider(number: float) -> Any:
        steps = round((min(max(number, setting.low), max(setting.high, value)) - setting.low) / step)
        found = setting.low + steps * step
        return found if isinstance(value, int) else round(found, digits(step))

    return sorted({on_slider(value / 2), setting.rounded(value), on_slider(value * 2)})
