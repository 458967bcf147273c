"""Disturbances that a gradient passes through, for images that a discriminator judges."""

from __future__ import annotations

from typing import Any

from ..backend import tensorflow as tf

SHIFT, COVER = 1 / 8, 1 / 4
CONTRAST, BRIGHTNESS = 0.25, 0.3


def disturbed(images: Any, *, seed: Any, mean: Any, deviation: Any) -> Any:
    """Shift, brighten and partly cover each image in its own way.

    Each is shifted by up to an eighth of its sides (its edges go on outward), its contrast about the mean changes
    by up to a quarter and its brightness by up to 0.3 standard deviations, and a box of half its sides, anywhere,
    is covered with the mean. Nothing is mirrored: the heart stays on its side.

    Parameters
    ----------
    images : (n, ..., channels) tensor of float32
        In their own units.
    seed : (2,) tensor of int
        Decides everything.
    mean, deviation : (channels,) array_like of float32
        Of the training images.

    Returns
    -------
    (n, ..., channels) tensor of float32
        Its gradient with respect to `images` is defined.

    References
    ----------
    Zhao S, Liu Z, Lin J, Zhu JY, Han S. Differentiable augmentation for data-efficient GAN training. NeurIPS
    (2020).

    Examples
    --------
    >>> import numpy as np
    >>> flat = np.full((1, 8, 8, 1), 5, np.float32)
    >>> found = disturbed(flat, seed=[0, 1], mean=[5.0], deviation=[0.0])
    >>> bool((np.asarray(found) == flat).all())
    True
    """
    count, sides = tf.shape(images)[0], list(images.shape[1:-1])
    seeds = tf.unstack(tf.random.experimental.stateless_split(seed, 2 + 2 * len(sides)))
    each = (count, *(1,) * (len(sides) + 1))
    contrast = tf.random.stateless_uniform(each, seeds[0], 1 - CONTRAST, 1 + CONTRAST)
    brightness = tf.random.stateless_uniform(each, seeds[1], -BRIGHTNESS, BRIGHTNESS)
    covered = tf.ones(each, bool)
    changed = (images - mean) * contrast + brightness * tf.constant(deviation, tf.float32)
    for axis, side in enumerate(sides, start=1):
        reach = int(side * SHIFT)
        shift = tf.random.stateless_uniform((count, 1), seeds[2 * axis], -reach, reach + 1, tf.int32)
        places = tf.range(side)[tf.newaxis]
        changed = tf.gather(changed, tf.clip_by_value(places + shift, 0, side - 1), axis=axis, batch_dims=1)
        centre = tf.random.stateless_uniform((count, 1), seeds[2 * axis + 1], 0, side, tf.int32)
        along = [-1, *(side if other == axis else 1 for other in range(1, len(sides) + 1)), 1]
        covered &= tf.reshape(tf.abs(places - centre) < int(side * COVER), along)
    return tf.where(covered, 0.0, changed) + mean
