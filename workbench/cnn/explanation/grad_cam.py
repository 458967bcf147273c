"""Grad-CAM: which of a layer's maps speak for a class, and where."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage

from ..backend import keras, tensorflow
from .evidence import log_odds, logits, question


def grad_cam(
    model: keras.Model,
    images: ArrayLike,
    *,
    classes: ArrayLike | None = None,
    layer: str | None = None,
    batch_size: int = 16,
) -> NDArray:
    """Map where a layer's features speak for a class.

    Each map of the layer is weighted by the mean gradient of the class's log-odds over its positions, the weighted
    maps are added, negative sums are set to 0, and the result is enlarged to the image by linear interpolation.

    Parameters
    ----------
    model : keras.Model
        A classifier of 2-D or 3-D images that ends in a softmax, such as `classifier`.
    images : (n, ...[, channels]) array_like
        As for `predict`.
    classes : int or (n,) array_like of int, optional
        The class to explain, the most probable one of each image by default.
    layer : str, optional
        Whose maps; by default the last one with positions that is no pooling. Later layers know more and see less
        sharply.
    batch_size : int, optional
        Images at once.

    Returns
    -------
    (n, ...) ndarray of float32
        Shape of the images without channels; 0 or more, in logits per position of the layer. Where an average
        and a dense layer follow, the sums before cutting off add up to the log-odds without their bias.

    Raises
    ------
    TypeError
        If images or classes are not numbers of the right kind.
    ValueError
        If the images or classes do not fit the model, it does not end in a softmax, or the layer has no positions.

    References
    ----------
    Selvaraju RR, Cogswell M, Das A and others. Grad-CAM: visual explanations from deep networks via gradient-based
    localization. ICCV (2017) 618-626.

    Examples
    --------
    >>> from workbench.cnn import classifier
    >>> grad_cam(classifier((8, 8), 2, width=2, depth=1), np.ones((3, 8, 8))).shape
    (3, 8, 8)
    """
    batch, chosen = question(model, images, classes, batch_size)
    name = _last_with_positions(model) if layer is None else layer
    if name not in _with_positions(model):
        raise ValueError(f"layer must be one of {', '.join(_with_positions(model))}, received {name!r}")
    inside = keras.Model(model.input, [model.get_layer(name).output, logits(model)])
    found = np.empty(batch.shape[:-1], np.float32)
    for first in range(0, len(batch), batch_size):
        part = slice(first, first + batch_size)
        pixels = tensorflow.constant(batch[part])
        with tensorflow.GradientTape() as tape:
            tape.watch(pixels)
            maps, sums = inside(pixels, training=False)
            odds = log_odds(sums, chosen[part])
        found[part] = _enlarged(
            _weighted(np.asarray(maps), np.asarray(tape.gradient(odds, maps))), batch.shape[1:-1]
        )
    return found


def _weighted(maps: NDArray, gradients: NDArray) -> NDArray:
    positions = tuple(range(1, maps.ndim - 1))
    weights = gradients.astype(np.float32).mean(axis=positions, keepdims=True)
    return np.maximum((weights * maps.astype(np.float32)).sum(axis=-1), 0)


def _enlarged(maps: NDArray, sides: tuple[int, ...]) -> NDArray:
    zoom = (1.0, *(want / have for want, have in zip(sides, maps.shape[1:], strict=True)))
    return ndimage.zoom(maps, zoom, order=1, mode="nearest", grid_mode=True)


def _with_positions(model: keras.Model) -> list[str]:
    rank = len(model.input_shape)
    return [each.name for each in model.layers[1:] if len(each.output.shape) == rank]


def _last_with_positions(model: keras.Model) -> str:
    candidates = [name for name in _with_positions(model) if "Pooling" not in type(model.get_layer(name)).__name__]
    if not candidates:
        raise ValueError(
            "expected a model with a layer whose maps have positions, received none; "
            "explain the members of an ensemble one by one"
        )
    return candidates[-1]
