"""The steps of a generative adversarial network's training, and where it stands."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..backend import keras, tensorflow
from ..models.gan import Gan
from ..training.checkpoints import Progress, read, write
from .differentiable import disturbed

COLUMNS = ("discriminator_loss", "generator_loss", "gradient_penalty", "real_score", "generated_score")


class Learner:
    """Both networks' step, as one graph."""

    def __init__(
        self,
        model: Gan,
        learning_rate: float,
        scale: tuple[NDArray, NDArray],
        *,
        penalty: float,
        augment: bool,
        average: float,
        seed: int,
    ) -> None:
        self.averaged, self.discriminator = model
        self.generator = keras.models.clone_model(model.generator)
        self.generator.set_weights(model.generator.get_weights())
        self.optimizers = []
        for network in (self.generator, self.discriminator):
            optimizer = keras.optimizers.Adam(learning_rate, beta_1=0.0, beta_2=0.99)
            optimizer.build(network.trainable_variables)
            self.optimizers.append(optimizer)
        self.mean, self.deviation = scale
        self.penalty, self.augment, self.average, self.seed = penalty, augment, average, seed
        self.step = tensorflow.function(self._step, autograph=False, jit_compile=False)

    @property
    def variables(self) -> list[Any]:
        """All that a training changes."""
        networks = (self.averaged, self.generator, self.discriminator)
        return [
            variable
            for owner in (*(network.weights for network in networks), *(o.variables for o in self.optimizers))
            for variable in owner
        ]

    def _step(self, real: Any, labels: Any, number: Any) -> Any:
        tf = tensorflow
        count, ndim = real.shape[0], len(real.shape)
        # The numbers drawn depend on seed and step alone, so a resumed training draws the same.
        seeds = tf.random.experimental.stateless_split(tf.stack([self.seed, number]), 2)
        noise = tf.random.stateless_normal((count, self.generator.input_shape[0][-1]), seeds[0])
        with tf.GradientTape(persistent=True) as tape:
            both = tf.concat([real, self.generator([noise, labels], training=True)], axis=0)
            if self.augment:
                both = disturbed(both, seed=seeds[1], mean=self.mean, deviation=self.deviation)
            scores = self.discriminator([both, tf.concat([labels, labels], axis=0)], training=True)
            of_real, of_made = scores[:count], scores[count:]
            judging = tf.reduce_mean(tf.nn.softplus(-of_real)) + tf.reduce_mean(tf.nn.softplus(of_made))
            making = tf.reduce_mean(tf.nn.softplus(-of_made))
            steepness = tf.constant(0.0)
            if self.penalty:
                part = -(-count // 4)
                some = tf.stop_gradient(both[:part])
                with tf.GradientTape() as inner:
                    inner.watch(some)
                    total = tf.reduce_sum(self.discriminator([some, labels[:part]], training=True))
                slope = inner.gradient(total, some) * self.deviation
                steepness = tf.reduce_mean(tf.reduce_sum(slope**2, axis=list(range(1, ndim))))
                judging += self.penalty / 2 * steepness
        for loss, network, optimizer in zip(
            (making, judging), (self.generator, self.discriminator), self.optimizers, strict=True
        ):
            variables = network.trainable_variables
            optimizer.apply(tape.gradient(loss, variables), variables)
        past = tf.cast(number, tf.float32)
        decay = tf.minimum(self.average, (1 + past) / (10 + past))
        for kept, new in zip(self.averaged.trainable_variables, self.generator.trainable_variables, strict=True):
            kept.assign(kept * decay + new * (1 - decay))
        return tf.stack([judging, making, steepness, tf.reduce_mean(of_real), tf.reduce_mean(of_made)])


class Run:
    """Where a training stands: the order of the images, the rows so far, the folder that keeps both."""

    def __init__(self, learner: Learner, batch: NDArray, labels: NDArray, *, batch_size: int, seed: int) -> None:
        self.learner, self.batch, self.labels = learner, batch, labels
        self.batch_size, self.seed = batch_size, seed
        self.step = 0
        self.rows: list[dict[str, float]] = []
        self.folder: Path | None = None
        self.purpose: dict[str, Any] = {}

    def advance(self, count: int) -> dict[str, float]:
        """Make some steps, and return the means of what was measured."""
        values = []
        for _ in range(count):
            chosen = self._chosen()
            number = tensorflow.constant(self.step, tensorflow.int32)
            values.append(self.learner.step(self.batch[chosen], self.labels[chosen], number))
            self.step += 1
        means = np.array([np.asarray(value) for value in values]).mean(axis=0, dtype=np.float64)
        if not np.isfinite(means).all():
            raise ValueError(f"a loss became {means[0]} by step {self.step}; try a smaller learning_rate")
        self.rows.append({"step": self.step} | dict(zip(COLUMNS, means.tolist(), strict=True)))
        if self.folder is not None:
            state = [np.asarray(variable) for variable in self.learner.variables]
            write(self.folder, self.purpose, Progress(rows=self.rows), state, [])
        return self.rows[-1]

    def table(self) -> pd.DataFrame:
        """Return the rows so far."""
        return pd.DataFrame(self.rows, columns=["step", *COLUMNS]).set_index("step")

    def keep_in(self, folder: Path, settings: dict[str, Any]) -> None:
        """Write a checkpoint after each row, and go on from the one that is there."""
        content = hashlib.sha256(self.batch.tobytes() + self.labels.tobytes()).hexdigest()
        self.folder, self.purpose = folder, {"images and classes": content, **settings}
        found = read(folder, self.purpose)
        if found is not None:
            progress, state, _ = found
            for variable, value in zip(self.learner.variables, state, strict=True):
                variable.assign(value)
            self.rows, self.step = progress.rows, int(progress.rows[-1]["step"])

    def _chosen(self) -> NDArray:
        places = np.arange(self.step * self.batch_size, (self.step + 1) * self.batch_size)
        rounds, within = np.divmod(places, len(self.batch))
        orders = {r: np.random.default_rng([self.seed, r]).permutation(len(self.batch)) for r in np.unique(rounds)}
        return np.array([orders[r][place] for r, place in zip(rounds, within, strict=True)])
