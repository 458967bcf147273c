"""The filters that `process` offers, and how far their settings go; defaults are the functions' own."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from numpy.typing import ArrayLike

from workbench import processing
from workbench.processing import responses

from .settings import SPREAD, VOXELS, Setting, spread_of


@dataclass(frozen=True)
class Filter:
    """A function of an image that keeps its shape, and its settings, the most telling first.

    Parameters
    ----------
    function : callable
        Of workbench.processing.
    settings : tuple of Setting
        In the order in which they are shown.
    kind : str
        The group in which it is listed.

    Raises
    ------
    ValueError
        If the function has no option of a setting's name.
    """

    function: Callable[..., Any]
    settings: tuple[Setting, ...]
    kind: str

    def __post_init__(self) -> None:
        known = set(inspect.signature(self.function).parameters)
        for setting in self.settings:
            if setting.name not in known:
                raise ValueError(
                    f"{self.function.__name__} has no option {setting.name!r}; it has {sorted(known)}"
                )

    @property
    def comparable(self) -> bool:
        """Whether its result is in the image's own intensities, so that a difference says something."""
        from workbench.images.marks import units_after

        return self.kind != "edges" and units_after(self.function, "own", {}) == "own"

    @property
    def takes_channels(self) -> bool:
        """Whether it filters colours when told where they are."""
        return "channel_axis" in inspect.signature(self.function).parameters

    def settings_for(self, image: ArrayLike) -> tuple[Setting, ...]:
        """Return its settings with ranges and first values that suit an image."""
        spread = spread_of(image) if any(one.unit == SPREAD for one in self.settings) else 1.0
        return tuple(_begun(self.function, one.scaled(spread)) for one in self.settings)


def _begun(function: Callable[..., Any], setting: Setting) -> Setting:
    if setting.value is not None:
        return setting
    value = inspect.signature(function).parameters[setting.name].default
    return Setting(setting.name, setting.low, setting.high, setting.step, value, setting.unit, setting.options)


_SIZE = Setting("size", 1, 31, 2, unit=VOXELS)
_SIGMA = Setting("sigma", 0.0, 10.0, 0.1, unit=VOXELS)
_SEED = Setting("seed", 0, 99, value=0)
_GRADIENTS = ("sobel", "scharr", "central")

TABLE = (
    Filter(processing.gaussian, (_SIGMA,), "smoothing"),
    Filter(processing.mean, (_SIZE,), "smoothing"),
    Filter(processing.median, (_SIZE,), "smoothing"),
    Filter(processing.bilateral, (
        Setting("range_sigma", 0.005, 0.5, value=0.05, unit=SPREAD), Setting("sigma", 0.5, 5.0, 0.1, unit=VOXELS),
    ), "denoising"),
    Filter(processing.anisotropic_diffusion, (
        Setting("contrast", 0.002, 0.3, value=0.03, unit=SPREAD), Setting("iterations", 1, 60),
        Setting("conductance", options=("exponential", "quadratic")),
    ), "denoising"),
    Filter(processing.non_local_means, (
        Setting("noise", 0.002, 0.2, value=0.02, unit=SPREAD), Setting("patch", 3, 9, 2, unit=VOXELS),
        Setting("search", 5, 21, 2, unit=VOXELS),
    ), "denoising"),
    Filter(processing.total_variation, (Setting("weight", 0.002, 0.3, value=0.03, unit=SPREAD),), "denoising"),
    Filter(processing.unsharp, (
        Setting("amount", 0.0, 5.0, 0.1), Setting("sigma", 0.1, 10.0, 0.1, unit=VOXELS),
    ), "contrast"),
    Filter(processing.clahe, (
        Setting("clip_limit", 0.0, 0.1, 0.001), Setting("tile", 8, 256, 4, 64, unit=VOXELS),
    ), "contrast"),
    Filter(processing.equalize, (), "contrast"),
    Filter(processing.gamma, (Setting("exponent", 0.1, 5.0, 0.05, 0.5),), "contrast"),
    Filter(processing.stretch, (Setting("percentiles", 0.0, 100.0, 0.5),), "contrast"),
    Filter(processing.normalize, (Setting("method", options=("z-score", "percentile", "min-max")),), "contrast"),
    Filter(processing.remove_background, (
        Setting("radius", 2, 60, value=15, unit=VOXELS), Setting("method", options=("rolling-ball", "top-hat")),
    ), "background"),
    Filter(processing.correct_bias, (Setting("shrink", 2, 8),), "background"),
    Filter(responses.gradient_magnitude, (Setting("method", options=_GRADIENTS),), "edges"),
    Filter(responses.laplacian_of_gaussian, (Setting("sigma", 0.5, 8.0, 0.1, 2.0, unit=VOXELS),), "edges"),
    Filter(processing.add_noise, (Setting("noise", 0.002, 0.3, value=0.03, unit=SPREAD), _SEED), "noise"),
    Filter(processing.add_impulses, (Setting("fraction", 0.0, 0.5, 0.005, 0.05), _SEED), "noise"),
)  # fmt: skip

FILTERS = {one.function.__name__: one for one in TABLE}
