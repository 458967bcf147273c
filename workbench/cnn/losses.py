"""What training makes small, and what it reports."""

from __future__ import annotations

from typing import Any

from .backend import keras

ops = keras.ops


@keras.saving.register_keras_serializable(package="workbench")
def cross_entropy_dice(targets: Any, probabilities: Any) -> Any:
    """Sum of the cross-entropy of each pixel and one minus the soft Dice coefficient of each class.

    The cross-entropy gives every pixel a clear gradient; the Dice part weighs a small class like a large one.

    Parameters
    ----------
    targets : (batch, ...) tensor of int
        The class of each pixel.
    probabilities : (batch, ..., classes) tensor
        As the model gives them.

    Returns
    -------
    tensor
        One number, 0 if every pixel is right beyond doubt.

    References
    ----------
    Milletari F, Navab N, Ahmadi SA. V-Net: fully convolutional neural networks for volumetric medical image
    segmentation. 3DV (2016) 565-571.

    Examples
    --------
    >>> import numpy as np
    >>> sure = np.array([[[1.0, 0.0], [0.0, 1.0]]], dtype="float32")
    >>> bool(abs(float(cross_entropy_dice(np.array([[0, 1]]), sure))) < 1e-5)
    True
    """
    wanted = ops.one_hot(ops.cast(targets, "int32"), probabilities.shape[-1], dtype=probabilities.dtype)
    axes = tuple(range(len(probabilities.shape) - 1))
    surprise = -ops.sum(wanted * ops.log(ops.clip(probabilities, 1e-7, 1.0)), axis=-1)
    overlap, total = ops.sum(wanted * probabilities, axis=axes), ops.sum(wanted + probabilities, axis=axes)
    # One pixel is added on both sides: a class absent from the batch and not predicted counts as right.
    return ops.mean(surprise) + 1 - ops.mean((2 * overlap + 1) / (total + 1))


@keras.saving.register_keras_serializable(package="workbench")
class MeanDice(keras.metrics.Metric):
    """Mean Dice coefficient of the classes other than background, over all pixels seen since the last reset.

    Parameters
    ----------
    classes : int
        Background, class 0, included.
    name : str, optional
        In the table of a training.

    Examples
    --------
    >>> import numpy as np
    >>> metric = MeanDice(2)
    >>> metric.update_state(np.array([[1, 0]]), np.array([[[0.1, 0.9], [0.2, 0.8]]]))
    >>> round(float(metric.result()), 4)
    0.6667
    """

    def __init__(self, classes: int, name: str = "dice", **options: Any) -> None:
        super().__init__(name=name, **options)
        self.classes = classes
        self.overlap = self.add_weight(shape=(classes,), initializer="zeros", name="overlap")
        self.total = self.add_weight(shape=(classes,), initializer="zeros", name="total")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: None = None) -> None:
        """Add a batch.

        Parameters
        ----------
        y_true : (batch, ...) tensor of int
            The class of each pixel.
        y_pred : (batch, ..., classes) tensor
            Probabilities; the largest is the prediction.
        sample_weight : None, optional
            Keras passes it; all pixels count alike.
        """
        wanted = ops.reshape(ops.one_hot(ops.cast(y_true, "int32"), self.classes), (-1, self.classes))
        given = ops.reshape(ops.one_hot(ops.argmax(y_pred, axis=-1), self.classes), (-1, self.classes))
        self.overlap.assign_add(ops.sum(wanted * given, axis=0))
        self.total.assign_add(ops.sum(wanted + given, axis=0))

    def result(self) -> Any:
        """Return the mean so far.

        Returns
        -------
        tensor
            Of the classes that occur in truth or prediction; 1 if none does.
        """
        seen = ops.cast(self.total[1:] > 0, "float32")
        dice = 2 * self.overlap[1:] / ops.maximum(self.total[1:], 1)
        count = ops.sum(seen)
        return ops.where(count > 0, ops.sum(dice * seen) / ops.maximum(count, 1), 1.0)

    def get_config(self) -> dict[str, Any]:
        """Return what remakes the metric.

        Returns
        -------
        dict
            Its arguments.
        """
        return {**super().get_config(), "classes": self.classes}
