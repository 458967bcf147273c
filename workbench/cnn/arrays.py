"""Checks of what goes into a model."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array

from .backend import keras


def image_batch(model: keras.Model, images: ArrayLike, *, name: str = "images") -> NDArray:
    """Return images as a model's input.

    Parameters
    ----------
    model : keras.Model
        With one input.
    images : (n, ...[, channels]) array_like
        The channel axis may be left out where the model has one channel.
    name : str, optional
        What the error message calls them.

    Returns
    -------
    (n, ..., channels) ndarray of float32
        Not copied where they were so already.

    Raises
    ------
    TypeError
        If they are not real numbers.
    ValueError
        If some are not finite, or their shape is not the model's.

    Examples
    --------
    >>> from workbench.cnn import classifier
    >>> image_batch(classifier((8, 8), 2), np.zeros((5, 8, 8))).shape
    (5, 8, 8, 1)
    """
    array = real_array(images, name=name)
    expected = tuple(model.input_shape)
    batch = array[..., np.newaxis] if expected[-1] == 1 and array.ndim == len(expected) - 1 else array
    matches = batch.ndim == len(expected) and all(
        wanted in {None, got} for wanted, got in zip(expected, batch.shape, strict=True)
    )
    if not matches:
        wanted = ", ".join("any" if side is None else str(side) for side in expected[1:])
        raise ValueError(
            f"{name} must have the model's shape (n, {wanted}), channels last, received {array.shape}"
        )
    factor = side_multiple(model)
    if any(side % factor for side in batch.shape[1:-1]):
        raise ValueError(
            f"{name} must have sides that are multiples of 2**depth = {factor}, received {array.shape}; "
            "crop or pad them (cnn.fit_to)"
        )
    return batch.astype(np.float32, copy=False)


def side_multiple(model: keras.Model) -> int:
    """Return of what the sides of an image must be multiples: ``2**depth`` where maps grow again, else 1.

    Parameters
    ----------
    model : keras.Model
        Any.

    Returns
    -------
    int

    Examples
    --------
    >>> from workbench.cnn import unet
    >>> side_multiple(unet((None, None), 2, width=2, depth=3))
    8
    """
    grows = {layer for layer in model.layers if type(layer).__name__.endswith("DTranspose")}
    if not grows:
        return 1
    return math.prod(
        layer.strides[0] for layer in model.layers if hasattr(layer, "strides") and layer not in grows
    )


def target_batch(model: keras.Model, targets: ArrayLike, batch: NDArray, *, name: str = "targets") -> NDArray:
    """Return classes as a model is trained on them.

    Parameters
    ----------
    model : keras.Model
        Its last axis holds the classes.
    targets : (n,) or (n, ...) array_like of int
        The class of each image or pixel.
    batch : (n, ..., channels) ndarray
        The images that they belong to.
    name : str, optional
        What the error message calls them.

    Returns
    -------
    ndarray of int32
        Same shape as `targets`.

    Raises
    ------
    TypeError
        If they are not whole numbers.
    ValueError
        If the shape does not fit, or one is no class of the model.

    Examples
    --------
    >>> from workbench.cnn import classifier
    >>> target_batch(classifier((8, 8), 2), [0, 2], np.zeros((2, 8, 8, 1)))
    Traceback (most recent call last):
    ...
    ValueError: targets must be classes from 0 to 1, received 0 to 2; renumber them or give the model more classes
    """
    array = real_array(targets, name=name)
    if array.dtype.kind == "f":
        raise TypeError(f"{name} must be whole numbers, received dtype {array.dtype}; use astype(int) if they are")
    *sides, classes = model.compute_output_shape((None, *batch.shape[1:]))
    expected = (len(batch), *sides[1:])
    if array.shape != expected:
        raise ValueError(f"{name} must have shape {expected}, one class for each output, received {array.shape}")
    if array.min() < 0 or array.max() >= classes:
        raise ValueError(
            f"{name} must be classes from 0 to {classes - 1}, received {array.min()} to {array.max()}; "
            "renumber them or give the model more classes"
        )
    return array.astype(np.int32)
