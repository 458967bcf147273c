"""A network that gives each pixel its class."""

from __future__ import annotations

from collections.abc import Sequence

from ..backend import keras
from .parts import convolved, start


def unet(
    shape: Sequence[int | None],
    classes: int,
    *,
    channels: int = 1,
    width: int = 16,
    depth: int = 3,
    seed: int = 0,
) -> keras.Model:
    """Make a U-Net that gives each pixel the probabilities of its classes.

    Images go in with their own intensities; layer ``intensities`` standardizes them by the mean and variance that
    `fit` takes from the training images. On the way down, level ``i`` convolves twice (its maps are the output of
    layer ``down{i}``), then halves the sides. At the turn stands ``bottom``. On the way up, ``up{i}`` convolves
    twice what comes from below, brought to twice its sides, together with the maps of ``down{i}``.

    Batch normalization stands once in each pair of convolutions. On tissue classes, with batches of four crops, it
    learned in fewer steps than group, layer or no normalization, and in less time than with one per convolution.

    Parameters
    ----------
    shape : sequence of 2 or 3 int or None
        Of one image without its channels, in pixels: multiples of ``2**depth``; ``None`` leaves a side open, so
        that one can train on crops and predict on whole images.
    classes : int
        How many, background included, 2 or more.
    channels : int, optional
        Of one image.
    width : int, optional
        Maps at level 0; each level has twice as many as the one before.
    depth : int, optional
        How often the sides are halved.
    seed : int, optional
        Of the initial weights.

    Returns
    -------
    keras.Model
        From ``(batch, *shape, channels)`` to ``(batch, *shape, classes)``.

    Raises
    ------
    ValueError
        If a number is too small, or a side no multiple of ``2**depth``.

    References
    ----------
    Ronneberger O, Fischer P, Brox T. U-Net: convolutional networks for biomedical image segmentation. MICCAI
    (2015) 234-241.

    Examples
    --------
    >>> model = unet((64, 64), classes=3, width=4, depth=2)
    >>> model.output_shape
    (None, 64, 64, 3)
    >>> model.get_layer("bottom").output.shape
    (None, 16, 16, 16)
    """
    image, scaled, make = start(shape, classes=classes, channels=channels, width=width, depth=depth, seed=seed)
    for side in shape:
        if side is not None and side % 2**depth:
            raise ValueError(
                f"sides must be multiples of 2**depth = {2**depth}, received shape {tuple(shape)}; "
                "crop or pad the images, or choose a smaller depth"
            )
    maps, kept = scaled, []
    for level in range(depth):
        maps = convolved(make, maps, width * 2**level, f"down{level}")
        kept.append(maps)
        maps = make("MaxPooling", 2, name=f"down{level}_pool")(maps)
    maps = convolved(make, maps, width * 2**depth, "bottom")
    for level in reversed(range(depth)):
        name, filters = f"up{level}", width * 2**level
        larger = make("ConvTranspose", filters, 2, strides=2, name=f"{name}_larger")(maps)
        maps = keras.layers.Concatenate(name=f"{name}_joined")([kept[level], larger])
        maps = convolved(make, maps, filters, name)
    return keras.Model(image, make("Conv", classes, 1, activation="softmax", name="probabilities")(maps))
