"""What the models share: their input, seeded layers, pairs of convolutions."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..backend import keras

MOMENTUM = 0.9


def start(
    shape: Sequence[int | None], *, classes: int, channels: int, width: int, depth: int, seed: int
) -> tuple[Any, Any, Callable[..., Any]]:
    """Make the input of a network, standardized, and what makes its layers.

    Parameters
    ----------
    shape : sequence of 2 or 3 int or None
        Of one image without its channels; ``None`` leaves a side open.
    classes, channels, width, depth : int
        Checked: 2 classes or more, of the others 1 or more, and no side shorter than ``2**depth``.
    seed : int
        Of the initial weights.

    Returns
    -------
    (tensor, tensor, callable)
        The layer ``image``, the output of the layer ``intensities``, and a function that makes seeded layers for
        so many dimensions: ``make("Conv", filters, 3, name="a")``.

    Raises
    ------
    ValueError
        If a number is too small.
    """
    sides = tuple(side if side is None else operator.index(side) for side in shape)
    if len(sides) not in {2, 3}:
        raise ValueError(f"shape must name 2 or 3 sides of an image without channels, received {sides}")
    for name, value, least in (
        ("classes", classes, 2),
        ("channels", channels, 1),
        ("width", width, 1),
        ("depth", depth, 1),
    ):
        if operator.index(value) < least:
            raise ValueError(f"{name} must be {least} or more, received {value}")
    if any(side is not None and side < 2**depth for side in sides):
        raise ValueError(f"sides must be at least 2**depth = {2**depth} pixels, received shape {sides}")
    image = keras.Input((*sides, channels), name="image")
    scaled = keras.layers.BatchNormalization(
        center=False, scale=False, epsilon=1e-12, trainable=False, name="intensities"
    )(image)
    return image, scaled, _maker(len(sides), seed)


def _maker(ndim: int, seed: int) -> Callable[..., Any]:
    # Each layer has its own seed: two equal initial layers would learn the same.
    rng = np.random.default_rng(seed)

    def make(kind: str, *arguments: Any, **options: Any) -> Any:
        if kind == "Dense" or kind.startswith("Conv"):
            options["kernel_initializer"] = keras.initializers.HeNormal(int(rng.integers(2**31)))
        if kind.startswith("Conv"):
            options["padding"] = "same"
        name = {"ConvTranspose": f"Conv{ndim}DTranspose", "Dense": "Dense"}.get(kind, f"{kind}{ndim}D")
        return getattr(keras.layers, name)(*arguments, **options)

    return make


def convolve_twice(make: Callable[..., Any], maps: Any, filters: int, name: str) -> Any:
    """Lead maps through two convolutions, ``{name}_conv1`` and ``_conv2``, and the normalization ``_norm``."""
    maps = make("Conv", filters, 3, activation="relu", name=f"{name}_conv1")(maps)
    maps = make("Conv", filters, 3, name=f"{name}_conv2")(maps)
    return keras.layers.BatchNormalization(momentum=MOMENTUM, name=f"{name}_norm")(maps)


def convolved(make: Callable[..., Any], maps: Any, filters: int, name: str) -> Any:
    """Lead maps through `convolve_twice`, then through the layer `name`, which sets what is negative to 0."""
    return keras.layers.Activation("relu", name=name)(convolve_twice(make, maps, filters, name))
