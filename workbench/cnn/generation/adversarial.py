"""Training a generative adversarial network: seeded, stable, interruptible, resumable."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from tqdm.auto import tqdm

from workbench.checks import real_array

from ..backend import keras, tensorflow
from ..models.gan import Gan
from ..training.epochs import EARLY, FINISHED, INTERRUPTED
from .duel import Learner, Run


@dataclass(frozen=True, eq=False)
class GanTraining:
    """What the training of a generative adversarial network went through.

    Parameters
    ----------
    table : pandas.DataFrame
        Index ``step``; means since the row before of ``discriminator_loss``, ``generator_loss``,
        ``gradient_penalty`` and the discriminator's mean scores of real and generated images, in logits. They say
        whether the two are in balance, not whether the images are good: measure that (`frechet_distance`).
    ended : str
        ``"finished"``, ``"stopped early"`` (by `watch`) or ``"interrupted"``.
    """

    table: pd.DataFrame
    ended: str


def fit_gan(
    model: Gan,
    images: ArrayLike,
    classes: ArrayLike | None = None,
    *,
    steps: int = 2000,
    batch_size: int = 16,
    learning_rate: float = 1e-3,
    penalty: float = 0.05,
    augment: bool = True,
    average: float = 0.995,
    every: int = 50,
    checkpoint: str | Path | None = None,
    seed: int = 0,
    progress: bool = True,
    watch: Callable[[pd.DataFrame], bool | None] | None = None,
) -> GanTraining:
    """Train a generator and a discriminator against each other.

    Both take a step at once on the same generated images, with the logistic loss, in which the generator raises
    the score of its images (non-saturating). Four things keep it stable, also with few images:

    - the gradient of the score with respect to real images is penalized (R1), with which training provably
      converges near its goal; it is taken on a quarter of the batch, for it costs a second derivative;
    - real and generated images are shifted, brightened and partly covered alike before they are judged, so that
      the discriminator cannot learn a small set by heart, and the generator need not learn to do so;
    - nothing depends on the other images of a batch;
    - the generator that one gets is a moving average of its weights.

    One `seed` gives the same weights on the same machine. Interrupting it keeps what was learned.

    Parameters
    ----------
    model : Gan
        As from `gan`; trained in place. Its generator is the moving average all the time.
    images : (n, ...[, channels]) array_like
        In their own units. Their least and greatest values are those of the generated images: bring
        extreme ones in before (`processing.window`).
    classes : (n,) array_like of int, optional
        0 to classes - 1; not needed of a network with one class.
    steps : int, optional
        In all, those of a resumed training included.
    batch_size : int, optional
        Real images in a step, and as many generated ones.
    learning_rate : float, optional
        Of Adam, without momentum, for both.
    penalty : float, optional
        Weight of the squared gradient, per standard deviation of the images, 0 or more.
    augment : bool, optional
        Whether to disturb images before they are judged. Images are not mirrored.
    average : float, optional
        Decay of the moving average, from 0 up to but not 1; at first it is shorter.
    every : int, optional
        Steps from one row of the table to the next, and from one checkpoint to the next.
    checkpoint : str or Path, optional
        Folder of a file that is replaced after each row. If it is there already, training goes on from it to the
        same result as without interruption.
    seed : int, optional
        Of noise, order and disturbances.
    progress : bool, optional
        Show a bar.
    watch : callable, optional
        Called with the table so far after each row; returns False to stop.

    Returns
    -------
    GanTraining
        Losses and scores.

    Raises
    ------
    TypeError
        If images or classes are not numbers of the right kind.
    ValueError
        If shapes do not fit, an image holds NaN, all are constant, a number is out of range, a loss becomes
        infinite, or the checkpoint belongs to another training.

    References
    ----------
    Goodfellow I, Pouget-Abadie J, Mirza M and others. Generative adversarial nets. NeurIPS (2014) 2672-2680.
    Mescheder L, Geiger A, Nowozin S. Which training methods for GANs do actually converge? ICML (2018) 3481-3490.
    Zhao S, Liu Z, Lin J, Zhu JY, Han S. Differentiable augmentation for data-efficient GAN training. NeurIPS
    (2020). Yazici Y, Foo CS, Winkler S and others. The unusual effectiveness of averaging in GAN training. ICLR
    (2019).

    Examples
    --------
    >>> from workbench.cnn import gan
    >>> model = gan((8, 8), width=2, latent=4)
    >>> images = np.random.default_rng(0).normal(size=(8, 8, 8))
    >>> training = fit_gan(model, images, steps=2, every=1, progress=False)
    >>> len(training.table), training.ended
    (2, 'finished')
    """
    batch, labels = _examples(model, images, classes)
    for name, value in {"steps": steps, "batch_size": batch_size, "every": every}.items():
        if operator.index(value) < 1:
            raise ValueError(f"{name} must be 1 or more, received {value}")
    if not (math.isfinite(learning_rate) and learning_rate > 0):
        raise ValueError(f"learning_rate must be positive, received {learning_rate}; try 1e-3")
    if not (math.isfinite(penalty) and penalty >= 0 and 0 <= average < 1):
        raise ValueError(f"penalty must be 0 or more and average from 0 to below 1, received {penalty}, {average}")
    keras.utils.set_random_seed(seed)
    tensorflow.config.experimental.enable_op_determinism()
    scale = _take_units(model, batch)
    learner = Learner(model, learning_rate, scale, penalty=penalty, augment=augment, average=average, seed=seed)
    run = Run(learner, batch, labels, batch_size=batch_size, seed=seed)
    if checkpoint is not None:
        settings = {
            "batch_size": batch_size,
            "learning_rate": learning_rate,
            "penalty": penalty,
            "augment": augment,
            "average": average,
            "every": every,
            "seed": seed,
        }
        run.keep_in(Path(checkpoint), settings)
    if run.step > steps:
        raise ValueError(f"{checkpoint} has made {run.step} steps already, received steps={steps}")
    bar = tqdm(total=steps, initial=run.step, desc="training", unit="step", disable=not progress)
    ended = FINISHED
    try:
        while run.step < steps:
            count = min(every, steps - run.step)
            row = run.advance(count)
            bar.update(count)
            bar.set_postfix({name: f"{row[f'{name}_loss']:.2f}" for name in ("discriminator", "generator")})
            if watch is not None and watch(run.table()) is False:
                ended = EARLY
                break
    except KeyboardInterrupt:
        ended = INTERRUPTED
        if not run.rows:
            raise
    finally:
        bar.close()
    return GanTraining(run.table(), ended)


def _examples(model: Gan, images: ArrayLike, classes: ArrayLike | None) -> tuple[NDArray, NDArray]:
    array = real_array(images, name="images")
    expected = model.generator.output_shape[1:]
    if array.shape[1:] == expected[:-1] and expected[-1] == 1:
        array = array[..., np.newaxis]
    if array.shape[1:] != expected:
        raise ValueError(
            f"images must have the model's shape (n, {', '.join(map(str, expected))}), received {array.shape}"
        )
    count = model.generator.get_layer("class_weight").input_dim
    if classes is None and count > 1:
        raise ValueError(f"classes must say which of {count} classes each image has, received None")
    labels = real_array(np.zeros(len(array), int) if classes is None else classes, name="classes")
    if labels.dtype.kind not in "iu":
        raise TypeError(f"classes must be whole numbers, received dtype {labels.dtype}")
    if labels.shape != (len(array),) or labels.min() < 0 or labels.max() >= count:
        raise ValueError(
            f"classes must be {len(array)} numbers from 0 to {count - 1}, one for each image, received shape "
            f"{labels.shape}, {labels.min()} to {labels.max()}"
        )
    return array.astype(np.float32, copy=False), labels.astype(np.int32)


def _take_units(model: Gan, batch: NDArray) -> tuple[NDArray, NDArray]:
    layer = model.discriminator.get_layer("intensities")
    # A trained model keeps the scale that its weights were learned with.
    if np.all(np.asarray(layer.moving_mean) == 0) and np.all(np.asarray(layer.moving_variance) == 1):
        axes = tuple(range(batch.ndim - 1))
        low, high = batch.min(axis=axes), batch.max(axis=axes)
        if not (high > low).all():
            raise ValueError(
                "images must differ in intensity, received a constant channel; there is nothing to learn"
            )
        layer.moving_mean.assign(batch.mean(axis=axes, dtype=np.float64))
        layer.moving_variance.assign(batch.var(axis=axes, dtype=np.float64))
        inverse = model.generator.get_layer("intensities")
        inverse.gamma.assign(high - low)
        inverse.beta.assign(low)
    return np.asarray(layer.moving_mean), np.sqrt(np.asarray(layer.moving_variance))
