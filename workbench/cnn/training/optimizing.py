"""Adam for small networks: quick to compile, and ready to begin anew."""

from __future__ import annotations

from typing import Any

from ..backend import keras
from ..backend import tensorflow as tf


class Adam(keras.optimizers.Adam):
    """Keras' Adam, with one operation for each weight in place of a dozen, and a rate that rises and falls.

    Of a small network, most of the time goes into the number of operations, when they are compiled and when they
    are run.

    Parameters
    ----------
    learning_rate : float
        The greatest.
    warm_up : float
        Share of all steps in which the learning rate rises from 0; then it falls along half a cosine.
    weight_decay : float
        Of kernels, times the learning rate.
    steps : int
        Of the training.

    References
    ----------
    Kingma DP, Ba J. Adam: a method for stochastic optimization. ICLR (2015).

    Examples
    --------
    >>> rate = Adam(0.1, 0.5, 0.0, 4).schedule
    >>> [round(float(rate(step)), 3) for step in range(5)]
    [0.0, 0.05, 0.1, 0.05, 0.0]
    """

    def __init__(self, learning_rate: float, warm_up: float, weight_decay: float, steps: int) -> None:
        rising = round(warm_up * steps)
        schedule = keras.optimizers.schedules.CosineDecay(
            0.0 if rising else learning_rate,
            steps - rising,
            warmup_target=learning_rate if rising else None,
            warmup_steps=rising,
        )
        # Variables, so that one graph serves trainings of any number of steps.
        schedule.decay_steps = tf.Variable(float(steps - rising), trainable=False)
        schedule.warmup_steps = tf.Variable(float(rising), trainable=False)
        super().__init__(schedule, weight_decay=weight_decay or None)
        self.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
        self.schedule, self.warm_up = schedule, warm_up

    def restart(self, steps: int) -> bool:
        """Begin anew, if the same graph serves so many steps.

        Parameters
        ----------
        steps : int
            Of the next training.

        Returns
        -------
        bool
            Whether it does: not where one training is too short for a warm-up and the other is not.
        """
        rising = round(self.warm_up * steps)
        if bool(rising) != (self.schedule.warmup_target is not None):
            return False
        self.schedule.decay_steps.assign(float(steps - rising))
        self.schedule.warmup_steps.assign(float(rising))
        for variable in self.variables:
            variable.assign(tf.zeros_like(variable))
        return True

    def _backend_update_step(self, grads: Any, trainable_variables: Any, learning_rate: Any) -> None:
        if tf.distribute.has_strategy():
            super()._backend_update_step(grads, trainable_variables, learning_rate)
            return
        step = tf.cast(self.iterations.value + 1, "float32")
        rates = {"beta1_power": self.beta_1**step, "beta2_power": self.beta_2**step, "lr": learning_rate}
        fixed = {"beta1": self.beta_1, "beta2": self.beta_2, "epsilon": self.epsilon}
        for gradient, variable in zip(grads, trainable_variables, strict=True):
            number = self._get_variable_index(variable)
            tf.raw_ops.ResourceApplyAdam(
                var=variable.value.handle,
                m=self._momentums[number].value.handle,
                v=self._velocities[number].value.handle,
                grad=gradient,
                **{name: tf.cast(rate, variable.dtype) for name, rate in rates.items()},
                **fixed,
            )
