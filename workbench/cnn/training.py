"""Training a Keras model: checked, seeded, stopped in time, interruptible."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from tqdm.auto import tqdm

from .arrays import image_batch, target_batch
from .backend import keras, tensorflow
from .losses import MeanDice, cross_entropy_dice

FINISHED, EARLY, INTERRUPTED = "finished", "stopped early", "interrupted"


@dataclass(frozen=True, eq=False)
class Training:
    """What a training went through.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per epoch, counted from 1: ``loss``, ``accuracy`` or ``dice``, and with validation data the same of
        them as ``val_loss`` and so on. The training's own numbers are means while the epoch was running.
    best_epoch : int
        Of the weights that the model now has: the least ``val_loss``, or the last epoch without validation data.
    ended : str
        ``"finished"``, ``"stopped early"`` or ``"interrupted"``.
    """

    table: pd.DataFrame
    best_epoch: int
    ended: str


def fit(
    model: keras.Model,
    images: ArrayLike,
    targets: ArrayLike,
    *,
    validation: tuple[ArrayLike, ArrayLike] | None = None,
    epochs: int = 10,
    batch_size: int = 8,
    learning_rate: float = 1e-3,
    loss: Callable[..., Any] | str | None = None,
    patience: int | None = None,
    seed: int = 0,
    progress: bool = True,
) -> Training:
    """Train a model, keeping the weights of its best epoch.

    Adam, with a learning rate that falls to 0 along half a cosine. On the first training of a model that has a
    layer ``intensities``, that layer is given the mean and variance of `images`. One `seed` gives the same weights
    on the same machine: Keras, NumPy and Python are seeded, and TensorFlow is told, for the rest of the process,
    to use deterministic operations only. Interrupting it (the stop button) ends the training and keeps what was
    learned.

    Parameters
    ----------
    model : keras.Model
        With probabilities as its output, such as `classifier` or `unet`. Trained in place.
    images : (n, ...[, channels]) array_like
        In their own units. The channel axis may be left out where the model has one channel.
    targets : (n,) or (n, ...) array_like of int
        The class of each image, or of each pixel: 0 to classes - 1.
    validation : (images, targets), optional
        Other cases, never trained on, to choose the best epoch by. Not the test cases.
    epochs : int, optional
        How often each image is seen, at most.
    batch_size : int, optional
        Images in one step.
    learning_rate : float, optional
        At the start.
    loss : callable or str, optional
        As Keras takes it. By default the cross-entropy for classes of images, `cross_entropy_dice` for pixels.
    patience : int, optional
        Stop after so many epochs without a smaller ``val_loss``; needs `validation`.
    seed : int, optional
        Of the order of the images and of any dropout.
    progress : bool, optional
        Show a bar.

    Returns
    -------
    Training
        The numbers of each epoch.

    Raises
    ------
    TypeError
        If images are not real numbers or targets not whole ones.
    ValueError
        If shapes do not fit the model or each other, a target is no class of the model, an image holds NaN, all
        images are constant, or the loss becomes infinite.

    References
    ----------
    Kingma DP, Ba J. Adam: a method for stochastic optimization. ICLR (2015).
    Loshchilov I, Hutter F. SGDR: stochastic gradient descent with warm restarts. ICLR (2017).

    Examples
    --------
    >>> from workbench.cnn import classifier
    >>> images = np.zeros((4, 8, 8))
    >>> images[2:] = 1
    >>> training = fit(classifier((8, 8), 2, width=2, depth=1), images, [0, 0, 1, 1], epochs=2, progress=False)
    >>> list(training.table.columns), training.ended
    (['accuracy', 'loss'], 'finished')
    """
    batch, wanted = _examples(model, images, targets, "images", "targets")
    held_out = None if validation is None else _examples(model, *validation, "validation images", "targets")
    for name, value in {"epochs": epochs, "batch_size": batch_size, "patience": patience}.items():
        if value is not None and operator.index(value) < 1:
            raise ValueError(f"{name} must be 1 or more, received {value}")
    if not (math.isfinite(learning_rate) and learning_rate > 0):
        raise ValueError(f"learning_rate must be positive, received {learning_rate}; try 1e-3")
    if patience is not None and held_out is None:
        raise ValueError("patience needs validation=(images, targets) to tell when to stop, received None")
    keras.utils.set_random_seed(seed)
    tensorflow.config.experimental.enable_op_determinism()
    _standardize(model, batch)
    _compile(model, learning_rate, steps=epochs * -(-len(batch) // batch_size), loss=loss, pixels=wanted.ndim > 1)
    keeper = _Keeper(epochs, patience, progress)
    try:
        model.fit(
            batch,
            wanted,
            batch_size=batch_size,
            epochs=epochs,
            validation_data=held_out,
            validation_batch_size=batch_size,
            callbacks=[keeper],
            verbose=0,
        )
    except KeyboardInterrupt:
        keeper.ended = INTERRUPTED
        if not keeper.rows:
            raise
    finally:
        keeper.close()
    model.set_weights(keeper.best_weights)
    table = pd.DataFrame(keeper.rows, index=pd.RangeIndex(1, len(keeper.rows) + 1, name="epoch"))
    return Training(table, keeper.best_epoch, keeper.ended)


class _Keeper(keras.callbacks.Callback):
    def __init__(self, epochs: int, patience: int | None, progress: bool) -> None:
        super().__init__()
        self.patience = patience
        self.rows: list[dict[str, float]] = []
        self.best_epoch, self.best_loss = 0, math.inf
        self.best_weights: list[NDArray] = []
        self.ended = FINISHED
        self.bar = tqdm(total=epochs, desc="training", unit="epoch", disable=not progress)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        row = {name: float(value) for name, value in (logs or {}).items()}
        if not math.isfinite(row["loss"]):
            raise ValueError(f"the loss became {row['loss']} in epoch {epoch + 1}; try a smaller learning_rate")
        self.rows.append(row)
        self.bar.set_postfix({name: f"{value:.3f}" for name, value in row.items()}, refresh=False)
        self.bar.update()
        if "val_loss" not in row or row["val_loss"] < self.best_loss:
            self.best_epoch, self.best_loss = epoch + 1, row.get("val_loss", math.inf)
            self.best_weights = self.model.get_weights()
        elif self.patience is not None and epoch + 1 - self.best_epoch >= self.patience:
            self.ended = EARLY
            self.model.stop_training = True

    def close(self) -> None:
        self.bar.close()


def _examples(
    model: keras.Model, images: ArrayLike, targets: ArrayLike, image_name: str, target_name: str
) -> tuple[NDArray, NDArray]:
    batch = image_batch(model, images, name=image_name)
    return batch, target_batch(model, targets, batch, name=target_name)


def _standardize(model: keras.Model, batch: NDArray) -> None:
    layer = next((layer for layer in model.layers if layer.name == "intensities"), None)
    # A trained model keeps the scale that its weights were learned with.
    if layer is None or not (
        np.all(np.asarray(layer.moving_mean) == 0) and np.all(np.asarray(layer.moving_variance) == 1)
    ):
        return
    axes = tuple(range(batch.ndim - 1))
    variance = batch.var(axis=axes, dtype=np.float64)
    if not (variance > 0).all():
        raise ValueError("images must differ in intensity, received a constant channel; there is nothing to learn")
    layer.moving_mean.assign(batch.mean(axis=axes, dtype=np.float64))
    layer.moving_variance.assign(variance)


def _compile(
    model: keras.Model, learning_rate: float, *, steps: int, loss: Callable[..., Any] | str | None, pixels: bool
) -> None:
    optimizer = keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(learning_rate, steps))
    # With its variables made beforehand, TensorFlow traces the training step once and not twice.
    optimizer.build(model.trainable_variables)
    model.compile(
        optimizer,
        loss or (cross_entropy_dice if pixels else "sparse_categorical_crossentropy"),
        metrics=[
            MeanDice(model.output_shape[-1])
            if pixels
            else keras.metrics.SparseCategoricalAccuracy(name="accuracy")
        ],
        jit_compile=False,
    )
