"""Using a trained model: probabilities, and the maps inside."""

from __future__ import annotations

import operator
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .arrays import image_batch
from .backend import keras


def predict(model: keras.Model, images: ArrayLike, *, batch_size: int = 16) -> NDArray:
    """Return the probabilities of the classes.

    Parameters
    ----------
    model : keras.Model
        Such as `classifier` or `unet`, trained.
    images : (n, ...[, channels]) array_like
        In the units of the training images. The channel axis may be left out where the model has one channel.
    batch_size : int, optional
        Images at once; bounds the memory.

    Returns
    -------
    (n, classes) or (n, ..., classes) ndarray of float32
        They sum to 1 along the last axis; ``argmax(-1)`` is the most probable class.

    Raises
    ------
    TypeError
        If the images are not real numbers.
    ValueError
        If their shape is not the model's, or one holds NaN.

    Examples
    --------
    >>> from workbench.cnn import unet
    >>> probabilities = predict(unet((8, 8), 3, width=2, depth=1), np.zeros((2, 8, 8)))
    >>> probabilities.shape
    (2, 8, 8, 3)
    """
    if model.predict_function is None:
        # XLA would compile anew for each shape, which takes seconds, and slows convolutions on a CPU.
        model.jit_compile = False
    # predict_on_batch runs the compiled graph in milliseconds; predict spends 50 ms setting up a data pipeline.
    return _in_batches(model.predict_on_batch, image_batch(model, images), batch_size)


def feature_maps(model: keras.Model, images: ArrayLike, *, layer: str, batch_size: int = 16) -> NDArray:
    """Return the maps that a layer makes of images.

    Parameters
    ----------
    model : keras.Model
        Any with named layers.
    images : (n, ...[, channels]) array_like
        As for `predict`.
    layer : str
        Its name, such as ``"down0"``.
    batch_size : int, optional
        Images at once.

    Returns
    -------
    (n, ..., maps) ndarray of float32
        The layer's output.

    Raises
    ------
    ValueError
        If there is no such layer, or the images do not fit.

    Examples
    --------
    >>> from workbench.cnn import unet
    >>> feature_maps(unet((8, 8), 2, width=3, depth=1), np.zeros((1, 8, 8)), layer="bottom").shape
    (1, 4, 4, 6)
    """
    names = [each.name for each in model.layers]
    if layer not in names:
        raise ValueError(f"layer must be one of {', '.join(names)}, received {layer!r}")
    inside = keras.Model(model.input, model.get_layer(layer).output)
    # Not compiled: that takes longer than the few images that one looks at.
    return _in_batches(lambda batch: inside(batch, training=False), image_batch(model, images), batch_size)


def _in_batches(call: Callable[[NDArray], ArrayLike], batch: NDArray, size: int) -> NDArray:
    if operator.index(size) < 1:
        raise ValueError(f"batch_size must be 1 or more, received {size}")
    return np.concatenate([np.asarray(call(batch[i : i + size])) for i in range(0, len(batch), size)])
