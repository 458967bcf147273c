"""Integrated gradients: how much each pixel adds to the log-odds, on the way from an image with nothing to see."""

from __future__ import annotations

import operator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..backend import keras, tensorflow
from .evidence import log_odds, logits, neutral, question


def integrated_gradients(
    model: keras.Model,
    images: ArrayLike,
    *,
    classes: ArrayLike | None = None,
    baseline: ArrayLike | None = None,
    steps: int = 32,
    batch_size: int = 16,
) -> NDArray:
    """Share the log-odds of a class out among the pixels.

    The gradient of the log-odds is averaged along the straight way from the baseline to the image, and multiplied
    by their difference. The shares of all pixels add up to the log-odds of the image less those of the baseline
    (completeness), but for the error of the `steps`, which falls as there are more of them.

    Parameters
    ----------
    model : keras.Model
        A classifier that ends in a softmax, such as `classifier`.
    images : (n, ...[, channels]) array_like
        As for `predict`.
    classes : int or (n,) array_like of int, optional
        The class to explain, the most probable one of each image by default.
    baseline : array_like, optional
        What stands for nothing to see, in the images' units: a number, or an array that broadcasts over
        ``(..., channels)``. By default the mean of the training images, from the layer ``intensities``.
    steps : int, optional
        Places on the way at which the gradient is taken: the middles of as many equal parts.
    batch_size : int, optional
        Gradients at once.

    Returns
    -------
    (n, ...) ndarray of float32
        Shape of the images without channels, which are added; in logits: positive speaks for the class, negative
        against it.

    Raises
    ------
    TypeError
        If images or classes are not numbers of the right kind.
    ValueError
        If the images or classes do not fit the model, it does not end in a softmax, or no baseline is known.

    References
    ----------
    Sundararajan M, Taly A, Yan Q. Axiomatic attribution for deep networks. ICML (2017) 3319-3328.

    Examples
    --------
    >>> from workbench.cnn import classifier
    >>> integrated_gradients(classifier((8, 8), 2, width=2, depth=1), np.ones((3, 8, 8)), steps=4).shape
    (3, 8, 8)
    """
    if operator.index(steps) < 1:
        raise ValueError(f"steps must be 1 or more, received {steps}")
    batch, chosen = question(model, images, classes, batch_size)
    empty = neutral(model, baseline, name="baseline")
    summing = keras.Model(model.input, logits(model))
    along = (np.arange(steps, dtype=np.float32) + 0.5) / steps
    found = np.empty(batch.shape, np.float32)
    for index, image in enumerate(batch):
        difference = image - empty
        way = empty + along.reshape(-1, *(1,) * image.ndim) * difference
        asked = np.full(steps, chosen[index])
        total = sum(
            _gradients(summing, way[i : i + batch_size], asked[i : i + batch_size]).sum(axis=0)
            for i in range(0, steps, batch_size)
        )
        found[index] = difference * total / steps
    return found.sum(axis=-1)


def _gradients(summing: keras.Model, batch: NDArray, classes: NDArray) -> NDArray:
    pixels = tensorflow.constant(batch)
    with tensorflow.GradientTape() as tape:
        tape.watch(pixels)
        odds = log_odds(summing(pixels, training=False), classes)
    return np.asarray(tape.gradient(odds, pixels))
