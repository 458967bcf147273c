"""What training makes small.

Each takes ``(targets, probabilities)``: classes as whole numbers, and what the model gives for them along the last
axis.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..backend import keras

ops = keras.ops


@keras.saving.register_keras_serializable(package="workbench")
def cross_entropy(targets: Any, probabilities: Any, *, class_weights: Sequence[float] | None = None) -> Any:
    """Mean of minus the logarithm of the right class's probability.

    Parameters
    ----------
    targets : (batch, ...) tensor of int
        The class of each image or pixel.
    probabilities : (batch, ..., classes) tensor
        As the model gives them.
    class_weights : sequence of float, optional
        What an example of each class counts.

    Returns
    -------
    tensor
        One number, 0 if every example is right beyond doubt.

    Examples
    --------
    >>> import numpy as np
    >>> even = np.full((1, 2), 0.5, "float32")
    >>> round(float(cross_entropy(np.array([0]), even)), 4)
    0.6931
    """
    return ops.mean(_weights(targets, class_weights) * _surprise(targets, probabilities))


@keras.saving.register_keras_serializable(package="workbench")
def focal(
    targets: Any, probabilities: Any, *, gamma: float = 2.0, class_weights: Sequence[float] | None = None
) -> Any:
    """Cross-entropy in which what is right already counts for little.

    Parameters
    ----------
    targets, probabilities, class_weights
        As for `cross_entropy`.
    gamma : float, optional
        Each example counts (1 - its right class's probability) to this power; 0 gives the cross-entropy.

    Returns
    -------
    tensor
        One number.

    References
    ----------
    Lin TY, Goyal P, Girshick R, He K, Dollar P. Focal loss for dense object detection. ICCV (2017) 2999-3007.

    Examples
    --------
    >>> import numpy as np
    >>> even = np.full((1, 2), 0.5, "float32")
    >>> round(float(focal(np.array([0]), even)) / float(cross_entropy(np.array([0]), even)), 4)
    0.25
    """
    surprise = _surprise(targets, probabilities)
    doubt = 1 - ops.exp(-surprise)
    return ops.mean(_weights(targets, class_weights) * doubt**gamma * surprise)


@keras.saving.register_keras_serializable(package="workbench")
def dice(targets: Any, probabilities: Any, *, class_weights: Sequence[float] | None = None) -> Any:
    """One minus the mean soft Dice coefficient of the classes, over the whole batch.

    Parameters
    ----------
    targets, probabilities
        As for `cross_entropy`.
    class_weights : sequence of float, optional
        What the coefficient of each class counts.

    Returns
    -------
    tensor
        One number between 0 and 1.

    References
    ----------
    Milletari F, Navab N, Ahmadi SA. V-Net: fully convolutional neural networks for volumetric medical image
    segmentation. 3DV (2016) 565-571.

    Examples
    --------
    >>> import numpy as np
    >>> float(dice(np.array([0, 1]), np.eye(2, dtype="float32")))
    0.0
    """
    return tversky(targets, probabilities, alpha=0.5, beta=0.5, class_weights=class_weights)


@keras.saving.register_keras_serializable(package="workbench")
def tversky(
    targets: Any,
    probabilities: Any,
    *,
    alpha: float = 0.3,
    beta: float = 0.7,
    class_weights: Sequence[float] | None = None,
) -> Any:
    """One minus the mean soft Tversky index of the classes: Dice that minds misses more than false alarms.

    Parameters
    ----------
    targets, probabilities, class_weights
        As for `dice`.
    alpha, beta : float, optional
        What false positives and false negatives count; one half each gives the Dice loss.

    Returns
    -------
    tensor
        One number between 0 and 1.

    References
    ----------
    Salehi SSM, Erdogmus D, Gholipour A. Tversky loss function for image segmentation using 3D fully convolutional
    deep networks. MLMI (2017) 379-387.

    Examples
    --------
    >>> import numpy as np
    >>> float(tversky(np.array([0, 1]), np.eye(2, dtype="float32")))
    0.0
    """
    wanted = ops.one_hot(ops.cast(targets, "int32"), probabilities.shape[-1], dtype=probabilities.dtype)
    axes = tuple(range(len(probabilities.shape) - 1))
    hits = ops.sum(wanted * probabilities, axis=axes)
    false, missed = ops.sum(probabilities, axis=axes) - hits, ops.sum(wanted, axis=axes) - hits
    # Half a pixel is added on both sides: a class absent from the batch and not predicted counts as right.
    index = (hits + 0.5) / (hits + alpha * false + beta * missed + 0.5)
    if class_weights is None:
        return 1 - ops.mean(index)
    weights = ops.convert_to_tensor(class_weights, index.dtype)
    return 1 - ops.sum(weights * index) / ops.sum(weights)


@keras.saving.register_keras_serializable(package="workbench")
def cross_entropy_dice(targets: Any, probabilities: Any, *, class_weights: Sequence[float] | None = None) -> Any:
    """Sum of `cross_entropy` and `dice`.

    The cross-entropy gives every pixel a clear gradient; the Dice part weighs a small class like a large one.

    Parameters
    ----------
    targets : (batch, ...) tensor of int
        The class of each pixel.
    probabilities : (batch, ..., classes) tensor
        As the model gives them.
    class_weights : sequence of float, optional
        For the cross-entropy; the Dice part weighs classes alike anyway.

    Returns
    -------
    tensor
        One number, 0 if every pixel is right beyond doubt.

    Examples
    --------
    >>> import numpy as np
    >>> sure = np.array([[[1.0, 0.0], [0.0, 1.0]]], dtype="float32")
    >>> bool(abs(float(cross_entropy_dice(np.array([[0, 1]]), sure))) < 1e-5)
    True
    """
    surprise = cross_entropy(targets, probabilities, class_weights=class_weights)
    return surprise + dice(targets, probabilities)


LOSSES: dict[str, Callable[..., Any]] = {
    loss.__name__: loss for loss in (cross_entropy, focal, dice, tversky, cross_entropy_dice)
}


def _surprise(targets: Any, probabilities: Any) -> Any:
    # Keras goes back to what the softmax was given, where the logarithm is exact however small the probability.
    return keras.losses.sparse_categorical_crossentropy(ops.cast(targets, "int32"), probabilities)


def _weights(targets: Any, class_weights: Sequence[float] | None) -> Any:
    if class_weights is None:
        return 1.0
    return ops.take(ops.convert_to_tensor(class_weights, "float32"), ops.cast(targets, "int32"))
