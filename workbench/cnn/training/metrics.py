"""What training reports beside the loss."""

from __future__ import annotations

from typing import Any

from ..backend import keras

ops = keras.ops


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
