"""What a model needs before its first step: its scale, seeds, optimizer, loss and metric."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from workbench.checks import one_of

from ..backend import keras
from ..data.examples import ExampleSet
from .losses import LOSSES, cross_entropy_dice
from .metrics import MeanDice
from .optimizing import Adam

#: How many cases of a cohort tell the scale of all.
SAMPLED = 256


def standardize(model: keras.Model, given: ExampleSet) -> None:
    """Tell a new model's layer ``intensities`` the mean and variance of the images."""
    layer = next((layer for layer in model.layers if layer.name == "intensities"), None)
    # A trained model keeps the scale that its weights were learned with.
    if layer is None or not (
        np.all(np.asarray(layer.moving_mean) == 0) and np.all(np.asarray(layer.moving_variance) == 1)
    ):
        return
    # Of a cohort, some hundred cases tell the scale, without reading it all before the first step.
    rows = np.unique(np.linspace(0, len(given) - 1, min(len(given), SAMPLED)).astype(int))
    batch = given.batch(rows)[0] if given.images is None else given.images
    axes = tuple(range(batch.ndim - 1))
    variance = batch.var(axis=axes, dtype=np.float64)
    if not (variance > 0).all():
        raise ValueError("images must differ in intensity, received a constant channel; there is nothing to learn")
    layer.moving_mean.assign(batch.mean(axis=axes, dtype=np.float64))
    layer.moving_variance.assign(variance)


def seed_layers(model: keras.Model, seed: int) -> None:
    """Give each layer that draws numbers its own part of the seed."""
    # A layer made without a seed has one of its own, another in each process.
    states = [variable for variable in model.variables if variable.name == "seed_generator_state"]
    for number, state in enumerate(states):
        state.assign([seed, number])


def optimizer_of(
    model: keras.Model, learning_rate: float, warm_up: float, weight_decay: float, steps: int
) -> Adam:
    """Return Adam with warm-up and a cosine's fall, its variables made."""
    optimizer = Adam(learning_rate, warm_up, weight_decay, steps)
    # With its variables made beforehand, TensorFlow traces the training step once and not twice.
    optimizer.build(model.trainable_variables)
    return optimizer


def loss_of(
    model: keras.Model,
    loss: Callable[..., Any] | str | None,
    class_weights: Sequence[float] | str | None,
    given: ExampleSet,
) -> Callable[[Any, Any], Any]:
    """Return the loss by its name, weighted by class if asked."""
    if loss is None:
        loss = cross_entropy_dice if given.kind == "labels" else "cross_entropy"
    chosen = LOSSES.get(loss) or keras.losses.get(loss) if isinstance(loss, str) else loss
    if class_weights is None:
        return chosen
    if chosen not in LOSSES.values():
        raise ValueError(f"class_weights go with the losses {', '.join(LOSSES)}, received loss={loss!r}")
    classes = int(model.output_shape[-1])
    if isinstance(class_weights, str):
        one_of(class_weights, ("balanced",), name="class_weights")
        counts = given.counts(classes)
        if not counts.all():
            raise ValueError(f"class {int(np.argmin(counts))} has no examples, and so no balanced weight")
        class_weights = (counts.sum() / (classes * counts)).tolist()
    weights = np.asarray(class_weights, float)
    if weights.shape != (classes,) or not (np.isfinite(weights).all() and (weights >= 0).all() and weights.any()):
        raise ValueError(f"class_weights must be {classes} numbers of 0 or more, received {list(class_weights)}")
    return partial(chosen, class_weights=weights.tolist())


def metric_of(model: keras.Model, given: ExampleSet) -> keras.metrics.Metric | None:
    """Return what is shown beside the loss: accuracy of classes, Dice of label maps, nothing of boxes."""
    if given.kind == "boxes":
        return None
    if given.kind == "labels":
        return MeanDice(model.output_shape[-1])
    return keras.metrics.SparseCategoricalAccuracy(name="accuracy")
