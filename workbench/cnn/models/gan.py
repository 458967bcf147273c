"""Two networks that learn from each other: one makes images, one tells them from real ones."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ..backend import keras

layers = keras.layers
FEATURES = 128


class Gan(NamedTuple):
    """A generator and its discriminator.

    Parameters
    ----------
    generator : keras.Model
        From ``noise`` ``(batch, latent)`` and ``class`` ``(batch,)`` to images ``(batch, *shape, channels)`` in
        the units of the training images. Save this one.
    discriminator : keras.Model
        From ``image`` and ``class`` to a score ``(batch, 1)`` in logits: positive for what seems real.
    """

    generator: keras.Model
    discriminator: keras.Model


def gan(
    shape: Sequence[int],
    classes: int = 1,
    *,
    channels: int = 1,
    width: int = 16,
    latent: int = 64,
    seed: int = 0,
) -> Gan:
    """Make a generative adversarial network of two convolutional networks.

    The sides are halved while the shortest is 8 or more. The generator starts from noise, weighted by its class,
    at the smallest size (layer ``base``); each ``up{level}`` doubles the sides by a transposed convolution, down
    to level 0, which has the image's own; ``intensities`` brings the result into the range of the training images.
    In the discriminator each ``down{level}`` convolves and halves; ``features`` is what it knows of an image, and
    the score asks both whether that seems real and whether it suits the class (projection).

    No layer normalizes over a batch: in the generator, the maps of each position are scaled to a mean square of
    1, and the discriminator needs nothing because `fit_gan` bounds its gradient.

    Parameters
    ----------
    shape : sequence of 2 or 3 int
        Of one image without its channels, in pixels, such as ``(28, 28)``, ``(64, 64)`` or ``(32, 32, 32)``.
    classes : int, optional
        How many, 1 or more; the generator makes images of each.
    channels : int, optional
        Of one image.
    width : int, optional
        Maps at level 0; each level has twice as many as the one before, up to 8 times.
    latent : int, optional
        Numbers of noise that an image is made from.
    seed : int, optional
        Of the initial weights.

    Returns
    -------
    Gan
        Two ordinary Keras models.

    Raises
    ------
    ValueError
        If a number is too small, or the sides cannot be halved often enough.

    References
    ----------
    Radford A, Metz L, Chintala S. Unsupervised representation learning with deep convolutional generative
    adversarial networks. ICLR (2016).
    Miyato T, Koyama M. cGANs with projection discriminator. ICLR (2018).
    Karras T, Aila T, Laine S, Lehtinen J. Progressive growing of GANs for improved quality, stability, and
    variation. ICLR (2018).

    Examples
    --------
    >>> model = gan((28, 28), classes=2, width=4)
    >>> model.generator.output_shape, model.discriminator.output_shape
    ((None, 28, 28, 1), (None, 1))
    >>> model.generator.get_layer("base").output.shape
    (None, 7, 7, 16)
    """
    sides = tuple(operator.index(side) for side in shape)
    if len(sides) not in {2, 3}:
        raise ValueError(f"shape must name 2 or 3 sides of an image without channels, received {sides}")
    for name, value in {"classes": classes, "channels": channels, "width": width, "latent": latent}.items():
        if operator.index(value) < 1:
            raise ValueError(f"{name} must be 1 or more, received {value}")
    halvings = 0
    while min(side >> halvings for side in sides) >= 8 and not any(side % (2 << halvings) for side in sides):
        halvings += 1
    base = tuple(side >> halvings for side in sides)
    if halvings == 0 or min(base) >= 8:
        raise ValueError(
            f"sides must be halved without a remainder until the shortest is 4 to 7, received {sides}; "
            "crop, pad or resize to 28, 32, 48 or 64, for example"
        )
    # Each layer has its own seed: two equal initial layers would learn the same.
    rng = np.random.default_rng(seed)
    parts = _Parts(len(sides), rng)
    filters = [width * min(2**level, 8) for level in range(halvings + 1)]
    return Gan(
        _generator(parts, base, filters, classes=classes, channels=channels, latent=latent),
        _discriminator(parts, sides, filters[1:], classes=classes, channels=channels),
    )


class _Parts(NamedTuple):
    ndim: int
    rng: np.random.Generator

    def initializer(self) -> Any:
        return keras.initializers.HeNormal(int(self.rng.integers(2**31)))

    def dense(self, count: int, name: str) -> Any:
        return layers.Dense(count, kernel_initializer=self.initializer(), name=name)

    def convolution(self, filters: int, size: int, name: str, **options: Any) -> Any:
        kind = getattr(layers, f"Conv{self.ndim}D")
        return kind(filters, size, padding="same", kernel_initializer=self.initializer(), name=name, **options)

    def doubling(self, filters: int, name: str) -> Any:
        # Size 4 is a multiple of the stride, so all pixels get as many contributions: no chequered pattern.
        kind = getattr(layers, f"Conv{self.ndim}DTranspose")
        return kind(filters, 4, strides=2, padding="same", kernel_initializer=self.initializer(), name=name)


def _generator(
    parts: _Parts, base: tuple[int, ...], filters: list[int], *, classes: int, channels: int, latent: int
) -> keras.Model:
    noise = keras.Input((latent,), name="noise")
    label = keras.Input((), dtype="int32", name="class")
    start = keras.initializers.RandomNormal(1.0, 0.5, seed=int(parts.rng.integers(2**31)))
    weight = layers.Embedding(classes, latent, embeddings_initializer=start, name="class_weight")(label)
    maps = parts.dense(math.prod(base) * filters[-1], "dense")(layers.Multiply(name="start")([noise, weight]))
    maps = _normalized(layers.Reshape((*base, filters[-1]), name="shape")(maps), "base")
    for level in reversed(range(len(filters) - 1)):
        maps = _normalized(parts.doubling(filters[level], f"up{level}_larger")(maps), f"up{level}")
    maps = parts.convolution(channels, 3, "shades", activation="sigmoid")(maps)
    # As in `classifier`, an untrainable normalization holds the units: range and least value.
    image = layers.BatchNormalization(epsilon=1e-12, trainable=False, name="intensities")(maps)
    return keras.Model([noise, label], image, name="generator")


def _normalized(maps: Any, name: str) -> Any:
    maps = layers.UnitNormalization(name=f"{name}_norm")(maps)
    # Length 1 over all maps would leave each with 1 / sqrt(maps).
    maps = layers.Rescaling(math.sqrt(maps.shape[-1]), name=f"{name}_scale")(maps)
    return layers.LeakyReLU(0.2, name=name)(maps)


def _discriminator(
    parts: _Parts, sides: tuple[int, ...], filters: list[int], *, classes: int, channels: int
) -> keras.Model:
    image = keras.Input((*sides, channels), name="image")
    label = keras.Input((), dtype="int32", name="class")
    maps = layers.BatchNormalization(
        center=False, scale=False, epsilon=1e-12, trainable=False, name="intensities"
    )(image)
    for level, count in enumerate(filters):
        maps = parts.convolution(count, 4, f"down{level}_conv", strides=2)(maps)
        maps = layers.LeakyReLU(0.2, name=f"down{level}")(maps)
    known = parts.dense(FEATURES, "dense")(layers.Flatten(name="flat")(maps))
    known = layers.LeakyReLU(0.2, name="features")(known)
    # Zero at first: an untrained opinion, however loud, would only have to be unlearned.
    real = layers.Dense(1, kernel_initializer="zeros", name="real")(known)
    wanted = layers.Embedding(classes, FEATURES, embeddings_initializer="zeros", name="class_features")(label)
    suits = layers.Dot(axes=1, name="suits_class")([known, wanted])
    return keras.Model([image, label], layers.Add(name="score")([real, suits]), name="discriminator")
