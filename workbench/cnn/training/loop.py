"""One step of training, and all that it changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..backend import keras
from ..backend import tensorflow as tf
from .optimizing import Adam

WARM = 10


class Loop:
    """Steps of training and of validation, as compiled graphs.

    Parameters
    ----------
    model : keras.Model
        Trained in place.
    optimizer : Adam
        Built for the model.
    loss : callable
        Called with targets and what the model gives.
    metric : keras.metrics.Metric or None
        Reported beside the loss.
    average : float
        How much of the moving average of weights stays in each step; 0 for none. It starts lower.
    """

    def __init__(
        self,
        model: keras.Model,
        optimizer: Adam,
        loss: Callable[[Any, Any], Any],
        metric: keras.metrics.Metric | None,
        average: float = 0.0,
    ) -> None:
        self.model, self.optimizer, self.loss, self.metric, self.average = model, optimizer, loss, metric, average
        self.averages = [tf.Variable(weight) for weight in model.weights] if average else []
        self._seen, self._sum = tf.Variable(0.0), tf.Variable(0.0)
        self.step, self._test = _compiled(self._step), _compiled(self._judge)

    def results(self, prefix: str = "") -> dict[str, float]:
        """Return the means since the last call.

        Parameters
        ----------
        prefix : str, optional
            Before each name.

        Returns
        -------
        dict of str to float
            The metric, if there is one, and ``loss``.
        """
        found = {} if self.metric is None else {prefix + self.metric.name: float(self.metric.result())}
        found[f"{prefix}loss"] = float(self._sum) / float(self._seen)
        self._seen.assign(0.0)
        self._sum.assign(0.0)
        if self.metric is not None:
            self.metric.reset_state()
        return found

    def evaluate(self, batches: Any) -> dict[str, float]:
        """Judge the model, with its averaged weights if there are any.

        Parameters
        ----------
        batches : iterable of (tensor, tensor)
            Images and targets.

        Returns
        -------
        dict of str to float
            Names begin with ``val_``.
        """
        with self.averaged():
            for images, targets in batches:
                self._test(images, targets)
        return self.results("val_")

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """Give the model its averaged weights for a while."""
        if not self.averages:
            yield
            return
        weights = [weight.value for weight in self.model.weights]
        kept = [tf.identity(weight) for weight in weights]
        for weight, mean in zip(weights, self.averages, strict=True):
            weight.assign(mean)
        try:
            yield
        finally:
            for weight, value in zip(weights, kept, strict=True):
                weight.assign(value)

    def weights(self) -> list[NDArray]:
        """Copy the model's weights, averaged if they are."""
        return [np.asarray(weight.numpy()) for weight in self.averages or self.model.weights]

    def variables(self) -> list[Any]:
        """List everything that training changes: weights, states of random layers, optimizer, averages."""
        return [*self.model.variables, *self.optimizer.variables, *self.averages]

    def state(self) -> list[NDArray]:
        """Copy everything that training changes."""
        return [np.asarray(variable.numpy()) for variable in self.variables()]

    def restore(self, state: list[NDArray]) -> None:
        """Put everything back as it was.

        Parameters
        ----------
        state : list of ndarray
            From `state`.
        """
        for variable, value in zip(self.variables(), state, strict=True):
            variable.assign(value)

    def restart(self, steps: int) -> bool:
        """Begin a training of so many steps, from the model's present weights; tell whether that can be."""
        if not self.optimizer.restart(steps):
            return False
        for mean, weight in zip(self.averages, self.model.weights, strict=False):
            mean.assign(weight.value)
        self._seen.assign(0.0)
        self._sum.assign(0.0)
        if self.metric is not None:
            self.metric.reset_state()
        return True

    def _step(self, images: Any, targets: Any) -> None:
        with tf.GradientTape() as tape:
            given = self.model(images, training=True)
            loss = tf.reduce_mean(tf.cast(self.loss(targets, given), "float32"))
            total = tf.add_n([loss, *self.model.losses]) if self.model.losses else loss
        weights = self.model.trainable_variables
        self.optimizer.apply(tape.gradient(total, weights), weights)
        if self.averages:
            # A young average must not hold on to weights from before the first steps.
            steps = tf.cast(self.optimizer.iterations.value, "float32")
            share = 1 - tf.minimum(self.average, (1 + steps) / (WARM + steps))
            for mean, weight in zip(self.averages, self.model.weights, strict=True):
                mean.assign_sub(share * (mean - weight.value))
        self._count(images, targets, given, total)

    def _judge(self, images: Any, targets: Any) -> None:
        given = self.model(images, training=False)
        self._count(images, targets, given, tf.reduce_mean(tf.cast(self.loss(targets, given), "float32")))

    def _count(self, images: Any, targets: Any, given: Any, loss: Any) -> None:
        size = tf.cast(tf.shape(images)[0], "float32")
        self._seen.assign_add(size)
        self._sum.assign_add(size * loss)
        if self.metric is not None:
            self.metric.update_state(targets, given)


def _compiled(function: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
    # No Python here branches on a tensor: AutoGraph would only rewrite all that is called, for seconds.
    graph = tf.function(function, autograph=False, jit_compile=False, reduce_retracing=True)
    traced = False

    def call(images: Any, targets: Any) -> None:
        nonlocal traced
        if not traced:
            # For any number of images: the last batch of an epoch, a smaller one, would have it traced again.
            graph.get_concrete_function(*tf.nest.map_structure(_of_any_number, (images, targets)))
            traced = True
        graph(images, targets)

    return call


def _of_any_number(batch: Any) -> Any:
    return tf.TensorSpec((None, *batch.shape[1:]), batch.dtype)
