"""A network that finds objects: where their centres lie, of which class, and how far their edges are."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..backend import keras
from .parts import convolved, start

#: Pixels between neighbouring cells of the maps.
STRIDE = 4
#: How probable a centre is held to be before anything is learned.
PRIOR = 0.02


def detector(
    shape: Sequence[int | None],
    classes: int,
    *,
    channels: int = 1,
    width: int = 16,
    depth: int = 4,
    seed: int = 0,
) -> keras.Model:
    """Make a one-stage detector without anchors: heat maps of the objects' centres, and distances to their edges.

    Images go in with their own intensities; layer ``intensities`` standardizes them by the mean and variance that
    the training images have. Layer ``stem`` halves the sides. On the way down, level ``i`` halves them again and
    convolves twice (its maps are the output of layer ``down{i}``); on the way up, ``up{i}`` convolves twice what
    comes from below, brought to twice its sides, together with the maps of ``down{i}``, until one cell of the maps
    stands for 4 x 4 pixels. There two heads look at the same maps: ``heat`` says for each class how likely an
    object's centre lies in the cell, ``edges`` how many pixels its top, left, bottom and right edges are away.

    Parameters
    ----------
    shape : sequence of 2 int or None
        Of one image without its channels, in pixels: multiples of ``2**depth``; ``None`` leaves a side open, so
        that one can train on crops and detect in whole images.
    classes : int
        How many kinds of object, 1 or more; there is no background class.
    channels : int, optional
        Of one image.
    width : int, optional
        Maps after the stem; each level has twice as many as the one before.
    depth : int, optional
        How often the sides are halved, 3 or more: the deepest cell looks around some ``5 * 2**depth`` pixels, and
        the largest object should not be larger.
    seed : int, optional
        Of the initial weights.

    Returns
    -------
    keras.Model
        From ``(batch, *shape, channels)`` to ``(batch, rows / 4, columns / 4, classes + 4)``: heat from 0 to 1,
        then distances in pixels. `detect` reads it.

    Raises
    ------
    ValueError
        If a number is too small, there are not two sides, or one is no multiple of ``2**depth``.

    References
    ----------
    Zhou X, Wang D, Kraehenbuehl P. Objects as points. arXiv:1904.07850 (2019).
    Tian Z, Shen C, Chen H, He T. FCOS: fully convolutional one-stage object detection. ICCV (2019) 9627-9636.
    Liu Z, Zheng T, Xu G, Yang Z, Liu H, Cai D. Training-time-friendly network for real-time object detection. AAAI
    34 (2020) 11685-11692.

    Examples
    --------
    >>> model = detector((64, 96), classes=2, channels=3, width=4)
    >>> model.output_shape
    (None, 16, 24, 6)
    >>> model.get_layer("heat").output.shape
    (None, 16, 24, 2)
    """
    if len(tuple(shape)) != 2:
        raise ValueError(f"shape must name the 2 sides of an image without channels, received {tuple(shape)}")
    if depth < 3:
        raise ValueError(f"depth must be 3 or more, received {depth}")
    if classes < 1:
        raise ValueError(f"classes must be 1 or more, received {classes}; there is no background class")
    image, scaled, make = start(
        shape, classes=max(classes, 2), channels=channels, width=width, depth=depth, seed=seed
    )
    for side in shape:
        if side is not None and side % 2**depth:
            raise ValueError(f"sides must be multiples of 2**depth = {2**depth}, received shape {tuple(shape)}")
    maps = make("Conv", width, 3, strides=2, activation="relu", name="stem")(scaled)
    kept = []
    for level in range(depth - 1):
        maps = make("MaxPooling", 2, name=f"down{level}_pool")(maps)
        maps = convolved(make, maps, width * 2 ** (level + 1), f"down{level}")
        kept.append(maps)
    for level in reversed(range(depth - 2)):
        name, filters = f"up{level}", width * 2 ** (level + 1)
        larger = make("ConvTranspose", filters, 2, strides=2, name=f"{name}_larger")(maps)
        maps = keras.layers.Concatenate(name=f"{name}_joined")([kept[level], larger])
        maps = convolved(make, maps, filters, name)
    maps = make("Conv", 4 * width, 3, activation="relu", name="heads")(maps)
    rare = keras.initializers.Constant(math.log(PRIOR / (1 - PRIOR)))
    heat = make("Conv", classes, 1, activation="sigmoid", bias_initializer=rare, name="heat")(maps)
    reach = make("Conv", 4, 1, activation="softplus", name="reach")(maps)
    edges = keras.layers.Rescaling(4.0 * STRIDE, name="edges")(reach)
    return keras.Model(image, keras.layers.Concatenate(name="maps")([heat, edges]))
