"""A network that gives each image its class."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..backend import keras
from .backbones import IMAGENET, application, load_weights
from .parts import convolve_twice, start

RESIDUAL = "residual"
WIDEST = 8
LARGE = 10_000


def classifier(
    shape: Sequence[int | None],
    classes: int,
    *,
    channels: int = 1,
    width: int = 16,
    depth: int | None = None,
    dropout: float = 0.0,
    backbone: str = RESIDUAL,
    weights: str | Path | None = None,
    download: bool = False,
    seed: int = 0,
) -> keras.Model:
    """Make a compact network that gives each image the probabilities of its classes.

    Images go in with their own intensities; layer ``intensities`` standardizes them by the mean and variance that
    `fit` takes from the training images. Level ``i`` is a residual block (``level{i}_conv1`` finds texture, or
    edges and colours at level 0; ``level{i}`` is its output) and ``level{i}_pool`` halves the sides. The
    ``average`` of each map over all positions goes through one dense layer to ``probabilities``. Images of more
    than 10,000 pixels are first brought to half their sides by the convolution ``stem``.

    Parameters
    ----------
    shape : sequence of 2 or 3 int or None
        Of one image without its channels, in pixels; ``None`` leaves a side open.
    classes : int
        How many, 2 or more.
    channels : int, optional
        Of one image.
    width : int, optional
        Maps at level 0; each level has twice as many as the one before, up to 8 times as many as level 0.
    depth : int, optional
        Number of levels. By default as many as leave 3 pixels or more of the shortest side: 3 for 28 pixels, 5
        for 224.
    dropout : float, optional
        Share of the averages left out in each step of training.
    backbone : str, optional
        ``"residual"``, or a network of ``keras.applications`` by name, such as ``"MobileNetV3Small"``, for 2-D
        images of 1 or 3 channels; `width` and `depth` do not apply to it.
    weights : str or Path, optional
        To begin with: a file written by ``model.save_weights`` or `cnn.save`, of this network, its dense layer
        left out where the classes differ; or ``"imagenet"`` for what Keras has learned from photographs.
    download : bool, optional
        Whether Keras may fetch ``"imagenet"`` weights from its server.
    seed : int, optional
        Of the initial weights.

    Returns
    -------
    keras.Model
        From ``(batch, *shape, channels)`` to ``(batch, classes)``.

    Raises
    ------
    ValueError
        If a number is too small, a side too short for `depth`, or there is no such backbone.
    FileNotFoundError
        If the weights are not there, and were not to be downloaded.

    References
    ----------
    He K, Zhang X, Ren S, Sun J. Deep residual learning for image recognition. CVPR (2016) 770-778.

    Examples
    --------
    >>> model = classifier((32, 32), classes=2, width=4, depth=2)
    >>> model.output_shape
    (None, 2)
    >>> model.get_layer("level0").output.shape
    (None, 32, 32, 4)
    """
    if not 0 <= dropout < 1:
        raise ValueError(f"dropout must be from 0 to below 1, received {dropout}")
    own = backbone == RESIDUAL
    sides = [side or 1 for side in shape]
    large = own and None not in shape and math.prod(sides) > LARGE
    levels = _levels(shape, halved=large) if depth is None else depth
    image, scaled, make = start(
        shape, classes=classes, channels=channels, width=width, depth=levels if own else 1, seed=seed
    )
    maps = scaled
    if own:
        if large:
            maps = make("Conv", width, 5, strides=2, activation="relu", name="stem")(maps)
        for level in range(levels):
            maps = _level(make, maps, width * min(2**level, WIDEST), f"level{level}")
    else:
        maps = application(backbone, maps, weights=weights, download=download, seed=seed)
    average = make("GlobalAveragePooling", name="average")(maps)
    if dropout:
        average = keras.layers.Dropout(dropout, seed=seed, name="dropout")(average)
    model = keras.Model(image, make("Dense", classes, activation="softmax", name="probabilities")(average))
    if own and weights is not None:
        if weights == IMAGENET:
            raise ValueError("weights='imagenet' go with a backbone= of keras.applications, received 'residual'")
        load_weights(model, weights)
    return model


def _levels(shape: Sequence[int | None], *, halved: bool) -> int:
    sides = [side for side in shape if side is not None]
    shortest = min(sides) // (1 + halved) if sides else 28
    return max(1, int(math.log2(max(shortest, 2) / 3)))


def _level(make: Any, maps: Any, filters: int, name: str) -> Any:
    shortcut = make("Conv", filters, 1, name=f"{name}_shortcut")(maps)
    inner = convolve_twice(make, maps, filters, name)
    maps = keras.layers.Activation("relu", name=name)(keras.layers.Add(name=f"{name}_add")([shortcut, inner]))
    return make("MaxPooling", 2, name=f"{name}_pool")(maps)
