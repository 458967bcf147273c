"""What is explained: the log-odds of a class, and the images in which there is nothing to see."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array

from ..arrays import image_batch
from ..backend import keras
from ..prediction.predicting import predict

ops = keras.ops


def logits(model: keras.Model) -> Any:
    """Return the symbolic sums that the model's softmax turns into probabilities.

    Parameters
    ----------
    model : keras.Model
        A classifier that ends in a softmax, or in the average of several that do.

    Returns
    -------
    keras.KerasTensor
        ``(batch, classes)``, of the model's own graph. Of an average, the logarithms of its probabilities, which
        have the same log-odds, up to 16 logits.

    Raises
    ------
    ValueError
        If the model does not end so.
    """
    last = model.layers[-1]
    if isinstance(last, keras.layers.Average):
        return ops.log(ops.clip(last.output, 1e-7, 1.0))
    if len(model.output_shape) != 2 or not _is_softmax(last):
        raise ValueError(
            "expected a classifier whose last layer gives each image its probabilities by softmax, received "
            f"{type(last).__name__} {last.name!r} with output {model.output_shape}"
        )
    if not last.weights:
        return last.input
    linear = type(last).from_config({**last.get_config(), "activation": "linear", "name": f"{last.name}_logits"})
    made = linear(last.input)
    linear.set_weights(last.get_weights())
    return made


def log_odds(sums: Any, classes: NDArray) -> Any:
    """Return the logarithm of the odds of one class for each image.

    Parameters
    ----------
    sums : (n, classes) tensor
        As from `logits`.
    classes : (n,) ndarray of int
        The class of each image.

    Returns
    -------
    (n,) tensor of float32
        In logits: the class's own sum, less the log-sum-exp of all other classes.

    Examples
    --------
    >>> float(log_odds(np.array([[1.0, 3.0]]), np.array([1]))[0])
    2.0
    """
    values = ops.cast(sums, "float32")
    chosen = ops.one_hot(classes, values.shape[-1], dtype="float32")
    others = ops.logsumexp(values - 1e9 * chosen, axis=-1)
    return ops.sum(values * chosen, axis=-1) - others


def question(
    model: keras.Model, images: ArrayLike, classes: ArrayLike | None, batch_size: int
) -> tuple[NDArray, NDArray]:
    """Return the images as the model takes them, and the class to explain of each.

    Parameters
    ----------
    model : keras.Model
        A classifier.
    images : (n, ...[, channels]) array_like
        As for `predict`.
    classes : int, (n,) array_like of int, or None
        The class to explain; None for the most probable one of each image.
    batch_size : int
        Images at once.

    Returns
    -------
    batch : (n, ..., channels) ndarray of float32
    classes : (n,) ndarray of int

    Raises
    ------
    TypeError
        If the classes are not whole numbers.
    ValueError
        If the images do not fit, or a class is none of the model's.
    """
    if operator.index(batch_size) < 1:
        raise ValueError(f"batch_size must be 1 or more, received {batch_size}")
    batch = image_batch(model, images)
    if classes is None:
        return batch, predict(model, batch, batch_size=batch_size).argmax(-1)
    chosen = real_array(classes, name="classes")
    if chosen.dtype.kind not in "iu":
        raise TypeError(f"classes must be whole numbers, received dtype {chosen.dtype}")
    if chosen.shape not in {(), (len(batch),)}:
        raise ValueError(
            f"classes must be one number or one for each of {len(batch)} images, received {chosen.shape}"
        )
    count = model.output_shape[-1]
    if chosen.min() < 0 or chosen.max() >= count:
        raise ValueError(f"classes must lie from 0 to {count - 1}, received {chosen.min()} to {chosen.max()}")
    return batch, np.broadcast_to(chosen, (len(batch),))


def neutral(model: keras.Model, value: ArrayLike | None, *, name: str) -> NDArray:
    """Return what stands for "nothing to see": a value of one's own, or the mean of the training images.

    Parameters
    ----------
    model : keras.Model
        Its layer ``intensities``, if there is one, knows the mean of each channel.
    value : array_like or None
        In the images' units, with any shape that broadcasts over ``(..., channels)``.
    name : str
        What the error message calls the argument.

    Returns
    -------
    ndarray of float32
        Broadcasts over a batch.

    Raises
    ------
    ValueError
        If there is neither.
    """
    if value is not None:
        return real_array(value, name=name).astype(np.float32)
    layer = next((layer for layer in model.layers if layer.name == "intensities"), None)
    if layer is None or not hasattr(layer, "moving_mean"):
        raise ValueError(f"{name} must be given: the model has no layer 'intensities' that knows a mean intensity")
    return np.asarray(layer.moving_mean, np.float32)


def _is_softmax(layer: keras.Layer) -> bool:
    if isinstance(layer, keras.layers.Softmax):
        return True
    return getattr(layer, "activation", None) is keras.activations.softmax
