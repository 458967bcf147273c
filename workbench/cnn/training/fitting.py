"""Training a Keras model: checked, seeded, stopped in time, interruptible, resumable."""

from __future__ import annotations

import hashlib
import json
import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
from numpy.typing import ArrayLike

from workbench.checks import one_of
from workbench.cohorts import Cohort

from ..augmentation.augmenting import Augmentation
from ..backend import keras, tensorflow
from ..data.examples import ExampleSet, from_arrays
from ..data.reading import apart, from_cohort
from .checkpoints import Progress
from .compiling import seed_layers, standardize
from .epochs import INTERRUPTED, Epochs
from .pipeline import feed, in_order
from .precision import PRECISIONS, computing
from .sharing import loop_of


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
    classes : tuple
        Labels in the order of the model's outputs, of a cohort.
    """

    table: pd.DataFrame
    best_epoch: int
    ended: str
    classes: tuple[Any, ...] = ()


def fit(
    model: keras.Model,
    images: ArrayLike | Cohort,
    targets: Any = None,
    *,
    validation: tuple[ArrayLike, Any] | Cohort | None = None,
    epochs: int = 10,
    batch_size: int = 8,
    learning_rate: float = 1e-3,
    warm_up: float = 0.0,
    weight_decay: float = 0.0,
    loss: Callable[..., Any] | str | None = None,
    class_weights: Sequence[float] | str | None = None,
    augment: Augmentation | None = None,
    encode: Callable[[Any], Any] | None = None,
    average: float = 0.0,
    precision: str = "single",
    patience: int | None = None,
    prepare: Callable[..., Any] | None = None,
    cache: str | Path | None = None,
    checkpoint: str | Path | None = None,
    seed: int = 0,
    progress: bool = True,
    watch: Callable[[pd.DataFrame], bool | None] | None = None,
) -> Training:
    """Train a model, keeping the weights of its best epoch.

    Adam, with a learning rate that falls to 0 along half a cosine. On the first training of a model that has a
    layer ``intensities``, that layer is given the mean and variance of the images. One `seed` gives the same
    weights on the same machine: Keras, NumPy and Python are seeded, and TensorFlow is told, for the rest of the
    process, to use deterministic operations only. Interrupting it (the stop button) ends the training and keeps
    what was learned.

    Parameters
    ----------
    model : keras.Model
        With probabilities as its output, such as `classifier` or `unet`. Trained in place.
    images : (n, ...[, channels]) array_like, or Cohort
        In their own units. The channel axis may be left out where the model has one channel. Of a cohort with a
        column ``split``, the cases marked ``train`` are trained on, those marked ``validation`` are the
        validation, and others are not looked at; its images are read when they are needed.
    targets : (n,) or (n, ...) array_like of int, sequence of boxes, or str
        The class of each image, or of each pixel: 0 to classes - 1. With `encode`, for each image its boxes: a
        table of top, left, bottom, right and label (a class number), or an (m, 5) array. Of a cohort, the column:
        by default ``label``, ``mask`` or ``boxes``.
    validation : (images, targets) or Cohort, optional
        Other cases, never trained on, to choose the best epoch by. Not the test cases.
    epochs : int, optional
        How often each image is seen, at most.
    batch_size : int, optional
        Images in one step.
    learning_rate : float, optional
        The greatest.
    warm_up : float, optional
        Share of all steps in which the learning rate rises from 0.
    weight_decay : float, optional
        Share of each kernel taken away in each step, times the learning rate.
    loss : callable or str, optional
        ``"cross_entropy"`` (of classes, by default), ``"cross_entropy_dice"`` (of pixels, by default),
        ``"focal"``, ``"dice"``, ``"tversky"``, a name that Keras knows, or a function of targets and the model's
        outputs.
    class_weights : sequence of float or "balanced", optional
        What an example of each class counts in the loss; balanced gives all classes the same in all.
    augment : Augmentation, optional
        How far training images are changed, anew in each epoch; label maps and boxes with them.
    encode : callable, optional
        Makes of boxes (batch, most, 5), rows of class -1 for none, what the loss compares with; of TensorFlow
        operations.
    average : float, optional
        Decay of a moving average of the weights, such as 0.99, which is what is validated and kept.
    precision : str, optional
        ``"single"``, or ``"mixed"``: bfloat16 inside. On a processor without units for it that works, and is
        slower.
    patience : int, optional
        Stop after so many epochs without a smaller ``val_loss``; needs `validation`.
    prepare : callable, optional
        Of a cohort: called with an Image (and its mask), returns an array of the model's shape (and its mask).
    cache : "memory", str or Path, optional
        Of a cohort: keep prepared images in memory, or in a nameless file in a folder.
    checkpoint : str or Path, optional
        Folder to keep the training's state in, after each epoch. The same call goes on from there, to the weights
        that it would have reached without a break.
    seed : int, optional
        Of the order of the images, augmentation and dropout; below 2**31.
    progress : bool, optional
        Show a bar.
    watch : callable, optional
        Called with the table so far after each epoch; returns False to stop.

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
        images are constant, the loss becomes infinite, or a checkpoint is of another training.
    CohortError
        If a case cannot be read or does not fit the model.
    LeakError
        If a patient is in training and validation.

    References
    ----------
    Kingma DP, Ba J. Adam: a method for stochastic optimization. ICLR (2015).
    Loshchilov I, Hutter F. SGDR: stochastic gradient descent with warm restarts. ICLR (2017).
    Tarvainen A, Valpola H. Mean teachers are better role models. NeurIPS (2017) 1195-1204.

    Examples
    --------
    >>> import numpy as np
    >>> from workbench.cnn import classifier
    >>> images = np.zeros((4, 8, 8))
    >>> images[2:] = 1
    >>> training = fit(classifier((8, 8), 2, width=2, depth=1), images, [0, 0, 1, 1], epochs=2, progress=False)
    >>> list(training.table.columns), training.ended
    (['accuracy', 'loss'], 'finished')
    """
    counts = {"epochs": epochs, "batch_size": batch_size, "patience": patience}
    amounts = {
        "learning_rate": learning_rate,
        "warm_up": warm_up,
        "weight_decay": weight_decay,
        "average": average,
    }
    given, held_out = _given(
        images,
        targets,
        validation,
        arrays=partial(from_arrays, model, encoded=encode is not None),
        cohort=partial(from_cohort, model, encoded=encode is not None, prepare=prepare, cache=cache),
    )
    _check(counts, amounts, precision, seed)
    if patience is not None and held_out is None:
        raise ValueError("patience needs validation=(images, targets) to tell when to stop, received None")
    keras.utils.set_random_seed(seed)
    tensorflow.config.experimental.enable_op_determinism()
    standardize(model, given)
    seed_layers(model, seed)
    steps = -(-len(given) // batch_size)
    purpose = (
        {}
        if checkpoint is None
        else {
            "data": given.identity(),
            "validation": held_out.identity() if held_out else None,
            "model": hashlib.blake2b(json.dumps(_shapes(model)).encode(), digest_size=8).hexdigest(),
            "augment": repr(augment),
            "loss": getattr(loss, "__name__", str(loss)),
            "class_weights": repr(class_weights),
            "precision": precision,
            "seed": seed,
            **counts,
            **amounts,
        }
    )
    with computing(model, precision):
        schedule = learning_rate, warm_up, weight_decay, epochs * steps
        loop = loop_of(model, given, schedule, loss, class_weights, average=average, precision=precision)
        run = Epochs(loop, Progress(), [], checkpoint, purpose, epochs, patience, watch)
        run.resume()
        judged = in_order(held_out, batch_size=batch_size, encode=encode) if held_out else None
        try:
            if not run.progress.ended:
                batches = feed(
                    given,
                    batch_size=batch_size,
                    epochs=(len(run.progress.rows), epochs),
                    seed=seed,
                    augment=augment,
                    encode=encode,
                )
                run.go(batches, steps, judged, progress)
        except KeyboardInterrupt:
            run.progress.ended = INTERRUPTED
            if not run.progress.rows:
                raise
        except tensorflow.errors.OpError:
            for failure in [*given.failures, *(held_out.failures if held_out else [])]:
                raise failure from None
            raise
        finally:
            if run.best:
                model.set_weights(run.best)
    return Training(run.table, run.progress.best_epoch, run.progress.ended, given.classes)


def _given(
    images: ArrayLike | Cohort,
    targets: Any,
    validation: tuple[ArrayLike, Any] | Cohort | None,
    *,
    arrays: Callable[..., ExampleSet],
    cohort: Callable[..., ExampleSet],
) -> tuple[ExampleSet, ExampleSet | None]:
    if isinstance(images, Cohort) and "split" in images.table:
        of = {name: images.table.index[images.table["split"] == name] for name in ("train", "validation")}
        if validation is None and len(of["validation"]):
            validation = images.select(of["validation"])
        images = images.select(of["train"])
    given = cohort(images, targets) if isinstance(images, Cohort) else arrays(images, targets)
    if validation is None:
        return given, None
    if not isinstance(validation, Cohort):
        return given, arrays(*validation, name="validation ")
    if isinstance(images, Cohort):
        apart(images, validation)
    return given, cohort(validation, targets if isinstance(images, Cohort) else None, classes=given.classes)


def _check(counts: dict[str, int | None], amounts: dict[str, float], precision: str, seed: int) -> None:
    for name, value in counts.items():
        if value is not None and operator.index(value) < 1:
            raise ValueError(f"{name} must be 1 or more, received {value}")
    for name, amount in amounts.items():
        if not (math.isfinite(amount) and amount >= 0):
            raise ValueError(f"{name} must be 0 or more, received {amount}")
    if not amounts["learning_rate"]:
        raise ValueError("learning_rate must be positive, received 0.0; try 1e-3")
    for name in ("warm_up", "average"):
        if amounts[name] >= 1:
            raise ValueError(f"{name} is a share and must be below 1, received {amounts[name]}")
    if not 0 <= operator.index(seed) < 2**31:
        raise ValueError(f"seed must be from 0 to below 2**31, received {seed}")
    one_of(precision, PRECISIONS, name="precision")


def _shapes(model: keras.Model) -> list[Any]:
    return [[variable.name, list(variable.shape)] for variable in model.variables]
