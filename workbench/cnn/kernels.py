"""What a convolution and a dense layer compute, laid open: kernels by hand, and evidence map by map."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array

from .backend import keras
from .prediction.predicting import feature_maps


def convolve(
    image: ArrayLike, kernels: Mapping[str, ArrayLike], *, channel_axis: int | None = None
) -> dict[str, NDArray]:
    """Lead an image through one convolutional layer whose kernels were written by hand.

    As in a network, a kernel is laid over each pixel, multiplied with what is there, and summed; it is not turned
    over, and beyond the border everything is 0.

    Parameters
    ----------
    image : (M, N) or (M, N, channels) array_like
        In its own units.
    kernels : mapping of str to (k, k) or (k, k, channels) array_like
        Name to weights: of texture, or with channels of colour too. All of one odd size.
    channel_axis : int, optional
        Of the image.

    Returns
    -------
    dict of str to (M, N) ndarray of float32
        The map that each kernel makes.

    Raises
    ------
    ValueError
        If a kernel does not fit the image or the others.

    Examples
    --------
    >>> maps = convolve([[0, 0, 1, 1]], {"edge": [[0, 0, 0], [-1, 0, 1], [0, 0, 0]]})
    >>> maps["edge"].tolist()
    [[0.0, 1.0, 1.0, -1.0]]
    """
    pixels = real_array(image, name="image").astype(np.float32)
    pixels = pixels[..., np.newaxis] if channel_axis is None else np.moveaxis(pixels, channel_axis, -1)
    if pixels.ndim != 3:
        raise ValueError(
            f"image must be (M, N), or (M, N, channels) with channel_axis, received {np.shape(image)}"
        )
    weights = []
    for name, kernel in kernels.items():
        weight = real_array(kernel, name=f"kernel {name}").astype(np.float32)
        weight = weight[..., np.newaxis] if weight.ndim == 2 else weight
        if (
            weight.ndim != 3
            or weight.shape[-1] != pixels.shape[-1]
            or not all(side % 2 for side in weight.shape[:2])
        ):
            raise ValueError(
                f"kernel {name} must be of odd sides with {pixels.shape[-1]} channels, received {np.shape(kernel)}"
            )
        weights.append(weight)
    if len({weight.shape for weight in weights}) != 1:
        raise ValueError(f"kernels must be of one size, received {[weight.shape for weight in weights]}")
    found = keras.ops.conv(pixels[np.newaxis], np.stack(weights, axis=-1), padding="same")
    return dict(zip(kernels, np.moveaxis(keras.ops.convert_to_numpy(found)[0], -1, 0), strict=True))


def evidence(model: keras.Model, images: ArrayLike, *, positive: int = 1) -> pd.DataFrame:
    """Say what each map of the last level contributes to the decision between two classes.

    The dense layer multiplies the average of each map by a weight for each class. The difference of both sums is
    the logarithm of the odds.

    Parameters
    ----------
    model : keras.Model
        A `classifier` of two classes.
    images : (n, ...[, channels]) array_like
        As for `predict`.
    positive : int, optional
        The class that positive numbers speak for.

    Returns
    -------
    pandas.DataFrame
        One row per image, a column for each map and one, ``bias``, for what holds without any; a row sums to the
        log-odds.

    Raises
    ------
    ValueError
        If the model has not two classes, or there is no such class.

    Examples
    --------
    >>> from workbench.cnn import classifier
    >>> evidence(classifier((8, 8), 2, width=2, depth=1), np.zeros((3, 8, 8))).columns.tolist()
    ['map 0', 'map 1', 'bias']
    """
    if model.output_shape != (None, 2) or positive not in {0, 1}:
        raise ValueError(
            f"expected a model of classes 0 and 1, received {model.output_shape} and class {positive}"
        )
    averages = feature_maps(model, images, layer="average")
    kernel, bias = model.get_layer("probabilities").get_weights()
    share = averages * (kernel[:, positive] - kernel[:, 1 - positive])
    table = pd.DataFrame(share, columns=[f"map {k}" for k in range(share.shape[1])])
    return table.assign(bias=bias[positive] - bias[1 - positive])
