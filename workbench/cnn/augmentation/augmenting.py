"""Augmentation with medical sense: what another patient, position or scanner would have changed, and no more."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array

from ..backend import tensorflow as tf
from .draws import draws, keys_of, noise
from .warping import Warp, move_boxes, resample, smooth_fields


@dataclass(frozen=True)
class Augmentation:
    """How far training images may be changed; each amount is drawn anew for each case and epoch.

    Amounts are drawn evenly from minus to plus the number given. Nothing is mirrored unless it is asked for: the
    heart is on the left. Intensities are changed relative to each image's own, so that units do not matter.

    Parameters
    ----------
    flip : tuple of int, optional
        Axes of the image, without channels, along which every other image is mirrored.
    rotation : float, optional
        In degrees; of a volume, about each axis.
    scale : float, optional
        Share by which the image is made larger or smaller.
    shift : float, optional
        Share of each side by which it is moved.
    elastic : float, optional
        Standard deviation of a smooth displacement, in pixels.
    contrast : float, optional
        Share by which differences from the image's mean grow or shrink.
    brightness : float, optional
        What is added, in standard deviations of the image.
    gamma : float, optional
        Logarithm of the exponent that intensities, from the image's least to its greatest, are raised to.
    noise : float, optional
        Greatest standard deviation of the Gaussian noise added, in standard deviations of the image.
    bias : float, optional
        Standard deviation of the logarithm of a smooth field that the intensities, counted from the image's least,
        are multiplied by: the uneven sensitivity of MR coils.
    spacing : tuple of float, optional
        In mm along each axis, so that the rotation of a volume with thick slices is one.

    Raises
    ------
    ValueError
        If an amount is negative or not finite, or scale or shift is 1 or more.

    Examples
    --------
    >>> Augmentation(rotation=5, flip=(1,)).flip
    (1,)
    """

    flip: tuple[int, ...] = ()
    rotation: float = 10.0
    scale: float = 0.1
    shift: float = 0.05
    elastic: float = 0.0
    contrast: float = 0.1
    brightness: float = 0.1
    gamma: float = 0.1
    noise: float = 0.05
    bias: float = 0.0
    spacing: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "flip", tuple(self.flip))
        object.__setattr__(self, "spacing", tuple(self.spacing) if self.spacing else None)
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name in {"flip", "spacing"}:
                continue
            if not (math.isfinite(value) and value >= 0):
                raise ValueError(f"{field.name} must be 0 or more, received {value}")
            if field.name in {"scale", "shift"} and value >= 1:
                raise ValueError(f"{field.name} is a share and must be below 1, received {value}")

    @property
    def moves(self) -> bool:
        """Whether anything is displaced."""
        return bool(self.flip) or max(self.rotation, self.scale, self.shift, self.elastic) > 0

    def __call__(self, images: Any, targets: Any, keys: Any, *, kind: str) -> tuple[Any, Any]:
        """Change a batch, inside a TensorFlow graph or outside.

        Parameters
        ----------
        images : (batch, ..., channels) tensor of float32
            In their own units.
        targets : tensor
            Classes, label maps or boxes: see `workbench.cnn.data.examples`.
        keys : (batch, 2) tensor of int64
            What the draw for each image depends on, and nothing else.
        kind : str
            ``"classes"``, ``"labels"`` or ``"boxes"``.

        Returns
        -------
        (tensor, tensor)
            Changed images, and targets that still fit them.
        """
        if self.moves:
            warp = Warp.draw(self, keys, sides=tf.shape(images)[1:-1], ndim=len(images.shape) - 2)
            places = warp.places()
            images = resample(images, places)
            if kind == "labels":
                targets = resample(targets[..., tf.newaxis], tf.round(places))[..., 0]
            elif kind == "boxes":
                targets = move_boxes(targets, warp)
        return self._intensities(images, keys), targets

    def _intensities(self, images: Any, keys: Any) -> Any:
        ndim = len(images.shape) - 2
        axes = list(range(1, ndim + 1))
        contrast, brightness, gamma, grain = (
            tf.reshape(column, [-1] + [1] * (ndim + 1)) for column in tf.unstack(draws(keys, 4, purpose=1), axis=1)
        )
        if self.gamma:
            low = tf.reduce_min(images, axes, keepdims=True)
            extent = tf.maximum(tf.reduce_max(images, axes, keepdims=True) - low, 1e-12)
            images = low + extent * ((images - low) / extent) ** tf.exp(self.gamma * gamma)
        if self.bias:
            low = tf.reduce_min(images, axes, keepdims=True)
            field = smooth_fields(keys, tf.shape(images)[1:-1], ndim, count=1, purpose=5)
            images = low + tf.exp(self.bias * field) * (images - low)
        if not (self.contrast or self.brightness or self.noise):
            return images
        mean, variance = tf.nn.moments(images, axes, keepdims=True)
        deviation = tf.sqrt(variance)
        images = mean + (1 + self.contrast * contrast) * (images - mean) + self.brightness * brightness * deviation
        if self.noise:
            images += self.noise * (grain + 1) / 2 * deviation * noise(keys, tf.shape(images)[1:], purpose=3)
        return images


def augmented(
    images: ArrayLike,
    targets: ArrayLike | None = None,
    *,
    augment: Augmentation,
    seed: int = 0,
    epoch: int = 0,
    cases: Sequence[int] | None = None,
) -> Any:
    """Change images as a training would, to look at them or to average predictions over them.

    Parameters
    ----------
    images : (n, ..., channels) array_like
        In their own units, channels last.
    targets : (n, ...) or (n, boxes, 5) array_like, optional
        Label maps, moved with nearest neighbours, or boxes: top, left, bottom, right, class.
    augment : Augmentation
        How far.
    seed, epoch : int, optional
        Same numbers, same changes.
    cases : sequence of int, optional
        Row numbers that the draws depend on; 0, 1, 2 ... where not given.

    Returns
    -------
    (n, ..., channels) ndarray of float32, or it and the targets
        Same shapes.

    Raises
    ------
    ValueError
        If shapes do not fit.

    Examples
    --------
    >>> image = np.arange(9.0).reshape(1, 3, 3, 1)
    >>> still = Augmentation(rotation=0, scale=0, shift=0, contrast=0, brightness=0, gamma=0, noise=0)
    >>> bool((augmented(image, augment=still) == image).all())
    True
    """
    batch = real_array(images, name="images").astype(np.float32)
    if batch.ndim not in {4, 5}:
        raise ValueError(f"images must be (n, ..., channels) of 2 or 3 axes each, received shape {batch.shape}")
    keys = keys_of(seed, epoch, np.arange(len(batch)) if cases is None else np.asarray(cases))
    if targets is None:
        return _changed(augment, batch, np.zeros(len(batch), np.int32), keys, "classes")[0]
    wanted = np.asarray(targets)
    kind = "labels" if wanted.shape == batch.shape[:-1] else "boxes"
    if kind == "boxes" and (wanted.ndim != 3 or len(wanted) != len(batch) or wanted.shape[-1] != 5):
        raise ValueError(
            f"targets must be label maps {batch.shape[:-1]} or boxes ({len(batch)}, boxes, 5), "
            f"received shape {wanted.shape}"
        )
    moved = wanted.astype(np.float32) if kind == "boxes" else wanted
    return _changed(augment, batch, moved, keys, kind)


def _changed(
    augment: Augmentation, images: NDArray, targets: NDArray, keys: Any, kind: str
) -> tuple[NDArray, NDArray]:
    changed, moved = compiled(augment, kind, images.ndim)(tf.constant(images), tf.constant(targets), keys)
    return changed.numpy(), moved.numpy()


# Outside a graph, the draw for each case would be a call from Python; and no two trainings need compile the same.
@lru_cache(maxsize=16)
def compiled(augment: Augmentation, kind: str, ndim: int) -> Any:
    """Return an augmentation as a graph: a function of images, targets and keys."""
    del ndim  # of its own for slices and volumes: one graph takes any number of images, but not of axes
    return tf.function(partial(augment, kind=kind), autograph=False, reduce_retracing=True)
