"""Occlusion: what a class loses when a part of the image is covered."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..backend import keras
from .evidence import log_odds, logits, neutral, question


def occlusion(
    model: keras.Model,
    images: ArrayLike,
    *,
    classes: ArrayLike | None = None,
    size: int = 5,
    stride: int | None = None,
    fill: ArrayLike | None = None,
    batch_size: int = 64,
) -> NDArray:
    """Cover one patch after another and measure what the class loses.

    Parameters
    ----------
    model : keras.Model
        A classifier that ends in a softmax, such as `classifier`.
    images : (n, ...[, channels]) array_like
        As for `predict`.
    classes : int or (n,) array_like of int, optional
        The class to explain, the most probable one of each image by default.
    size : int, optional
        Side of the patch in pixels, from 1 to the image's shortest side.
    stride : int, optional
        Pixels from one patch to the next, from 1 to `size`; half of `size` by default. Patches that would stand
        over the edge are moved inside, so every pixel is covered.
    fill : array_like, optional
        What the patch shows, in the images' units: a number, or one for each channel. By default the mean of the
        training images, from the layer ``intensities``.
    batch_size : int, optional
        Covered images at once.

    Returns
    -------
    (n, ...) ndarray of float32
        Shape of the images without channels: the log-odds lost, in logits, as the mean over all patches that cover
        the pixel; positive speaks for the class, negative against it.

    Raises
    ------
    TypeError
        If images or classes are not numbers of the right kind.
    ValueError
        If the images or classes do not fit the model, it does not end in a softmax, a number is out of range, or
        no fill is known.

    References
    ----------
    Zeiler MD, Fergus R. Visualizing and understanding convolutional networks. ECCV (2014) 818-833.

    Examples
    --------
    >>> from workbench.cnn import classifier
    >>> occlusion(classifier((8, 8), 2, width=2, depth=1), np.ones((3, 8, 8)), size=4).shape
    (3, 8, 8)
    """
    batch, chosen = question(model, images, classes, batch_size)
    sides = batch.shape[1:-1]
    step = max(1, size // 2) if stride is None else stride
    if not 1 <= operator.index(size) <= min(sides) or not 1 <= operator.index(step) <= size:
        raise ValueError(
            f"size must lie from 1 to the image's shortest side of {min(sides)} and stride from 1 to size, "
            f"received size={size}, stride={step}"
        )
    cover = neutral(model, fill, name="fill")
    summing = keras.Model(model.input, logits(model))
    places = list(_patches(sides, size, step))
    found = np.empty(batch.shape[:-1], np.float32)
    for index, image in enumerate(batch):
        whole = _odds(summing, image[np.newaxis], chosen[index])[0]
        lost, times = np.zeros(sides, np.float32), np.zeros(sides, np.float32)
        for first in range(0, len(places), batch_size):
            part = places[first : first + batch_size]
            covered = np.repeat(image[np.newaxis], len(part), axis=0)
            for one, place in zip(covered, part, strict=True):
                one[place] = cover
            for place, odds in zip(part, _odds(summing, covered, chosen[index]), strict=True):
                lost[place] += whole - odds
                times[place] += 1
        found[index] = lost / times
    return found


def _patches(sides: tuple[int, ...], size: int, stride: int) -> Iterator[tuple[slice, ...]]:
    starts = [sorted({*range(0, side - size, stride), side - size}) for side in sides]
    for corner in itertools.product(*starts):
        yield tuple(slice(start, start + size) for start in corner)


def _odds(summing: keras.Model, batch: NDArray, label: int) -> NDArray:
    return np.asarray(log_odds(summing(batch, training=False), np.full(len(batch), label)))
