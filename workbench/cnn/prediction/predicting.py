"""Using trained models: probabilities, and a look at the maps inside."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, combinations
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..arrays import image_batch
from ..backend import keras
from .temperature import apply_temperature

Models: TypeAlias = keras.Model | Sequence[keras.Model]


def predict(
    model: Models,
    images: ArrayLike,
    *,
    batch_size: int = 16,
    mirror: Sequence[int] = (),
    temperature: float = 1.0,
) -> NDArray:
    """Return the probabilities of the classes.

    Parameters
    ----------
    model : keras.Model or sequence of keras.Model
        Such as `classifier` or `unet`, trained. Of several, an ensemble, the mean is returned.
    images : (n, ...[, channels]) array_like
        In the units of the training images. The channel axis may be left out where the model has one channel.
    batch_size : int, optional
        Images at once; bounds the memory.
    mirror : sequence of int, optional
        Test-time augmentation: axes of one image (0 for its first, -1 for its last, channels not counted) along
        which it is mirrored too, each alone and all together; the mean is returned. Only where a mirrored image
        could be a patient's: a heart is on the left.
    temperature : float, optional
        From `fit_temperature`, fitted for the same models and `mirror`.

    Returns
    -------
    (n, classes) or (n, ..., classes) ndarray of float32
        They sum to 1 along the last axis; ``argmax(-1)`` is the most probable class.

    Raises
    ------
    TypeError
        If the images are not real numbers.
    ValueError
        If their shape is not the model's, one holds NaN, there is no model, or an option is out of range.

    References
    ----------
    Lakshminarayanan B, Pritzel A, Blundell C. Simple and scalable predictive uncertainty estimation using deep
    ensembles. NeurIPS (2017).

    Examples
    --------
    >>> from workbench.cnn import unet
    >>> probabilities = predict(unet((8, 8), 3, width=2, depth=1), np.zeros((2, 8, 8)))
    >>> probabilities.shape
    (2, 8, 8, 3)
    """
    models = as_models(model)
    batch = image_batch(models[0], images)
    return apply_temperature(averaged(models, batch, views(mirror, batch.ndim - 2), batch_size), temperature)


def predict_each(model: Models, images: ArrayLike, *, batch_size: int = 16, mirror: Sequence[int] = ()) -> NDArray:
    """Return what each model says of each view, before they are averaged: for `mutual_information`.

    Parameters
    ----------
    model, images, batch_size, mirror : optional
        As for `predict`.

    Returns
    -------
    (members, n, ..., classes) ndarray of float32
        One member for each model and view, model after model.

    Raises
    ------
    ValueError
        As `predict`.

    Examples
    --------
    >>> from workbench.cnn import classifier
    >>> models = [classifier((8, 8), 2, width=2, depth=1, seed=seed) for seed in range(3)]
    >>> predict_each(models, np.zeros((5, 8, 8)), mirror=(-1,)).shape
    (6, 5, 2)
    """
    models = as_models(model)
    batch = image_batch(models[0], images)
    return np.stack(list(_members(models, batch, views(mirror, batch.ndim - 2), batch_size)))


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


def compiled_call(model: keras.Model) -> Callable[[NDArray], NDArray]:
    """Return a model's fast call for a batch that is known to fit.

    ``predict_on_batch`` runs the compiled graph in milliseconds; Keras' ``predict`` spends 50 ms setting up a data
    pipeline.

    Parameters
    ----------
    model : keras.Model
        Any.

    Returns
    -------
    callable
        From a batch to probabilities.

    Examples
    --------
    >>> from workbench.cnn import classifier
    >>> compiled_call(classifier((8, 8), 2, width=2, depth=1))(np.zeros((1, 8, 8, 1), np.float32)).shape
    (1, 2)
    """
    if model.predict_function is None:
        # XLA would compile anew for each shape, which takes seconds, and slows convolutions on a CPU.
        model.jit_compile = False
    return model.predict_on_batch


def as_models(model: Models) -> list[keras.Model]:
    """Return the models of an ensemble, or the one model.

    Parameters
    ----------
    model : keras.Model or sequence of keras.Model
        At least one.

    Returns
    -------
    list of keras.Model

    Raises
    ------
    ValueError
        If there is none, or their outputs differ in shape.

    Examples
    --------
    >>> as_models([])
    Traceback (most recent call last):
    ...
    ValueError: expected at least one model, received none
    """
    models = [model] if isinstance(model, keras.Model) else list(model)
    if not models:
        raise ValueError("expected at least one model, received none")
    shapes = {(one.input_shape, one.output_shape) for one in models}
    if len(shapes) > 1:
        raise ValueError(f"the models of an ensemble must have one input and output shape, received {shapes}")
    return models


def views(axes: Sequence[int], ndim: int) -> list[tuple[int, ...]]:
    """List the ways of mirroring an image along some of its axes, none of them first.

    Parameters
    ----------
    axes : sequence of int
        Of one image, without channels; negative ones count from its last.
    ndim : int
        Axes of one image.

    Returns
    -------
    list of tuple of int
        Axes of a batch to mirror in each view.

    Raises
    ------
    ValueError
        If an axis is not one of the image's, or named twice.

    Examples
    --------
    >>> views((0, -1), 2)
    [(), (1,), (2,), (1, 2)]
    """
    named = [axis + ndim if axis < 0 else axis for axis in map(operator.index, axes)]
    if not all(0 <= axis < ndim for axis in named) or len(set(named)) < len(named):
        raise ValueError(f"mirror must name different axes from {-ndim} to {ndim - 1}, received {tuple(axes)}")
    batch_axes = sorted(axis + 1 for axis in named)
    return list(chain.from_iterable(combinations(batch_axes, count) for count in range(len(named) + 1)))


def averaged(
    models: Sequence[keras.Model], batch: NDArray, ways: Sequence[tuple[int, ...]], batch_size: int
) -> NDArray:
    """Return the mean probabilities of models and views of a batch that is known to fit.

    Parameters
    ----------
    models : sequence of keras.Model
        From `as_models`.
    batch : (n, ..., channels) ndarray of float32
        From `image_batch`.
    ways : sequence of tuple of int
        From `views`.
    batch_size : int
        Images at once.

    Returns
    -------
    ndarray of float32
        As `predict` returns it.

    Examples
    --------
    >>> from workbench.cnn import classifier
    >>> averaged([classifier((8, 8), 2, width=2, depth=1)], np.zeros((3, 8, 8, 1), np.float32), [()], 2).shape
    (3, 2)
    """
    total: NDArray | None = None
    for one in _members(models, batch, ways, batch_size):
        total = one if total is None else total + one
    return np.asarray(total) / np.float32(len(models) * len(ways))


def _members(
    models: Sequence[keras.Model], batch: NDArray, ways: Sequence[tuple[int, ...]], batch_size: int
) -> Iterator[NDArray]:
    for one in models:
        call = compiled_call(one)
        for way in ways:
            found = _in_batches(call, np.flip(batch, way), batch_size)
            # Probabilities of classes of whole images have no axes to turn back.
            yield np.flip(found, way) if found.ndim == batch.ndim else found


def _in_batches(call: Callable[[NDArray], ArrayLike], batch: NDArray, size: int) -> NDArray:
    if operator.index(size) < 1:
        raise ValueError(f"batch_size must be 1 or more, received {size}")
    return np.concatenate([np.asarray(call(batch[i : i + size])) for i in range(0, len(batch), size)])
