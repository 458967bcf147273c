"""Several networks that differ by chance alone, and answer together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..backend import keras
from .fitting import Training, fit
from .sharing import Stand


@dataclass(frozen=True, eq=False)
class Ensemble:
    """Networks trained alike from different beginnings.

    Parameters
    ----------
    model : keras.Model
        Gives the mean of what its members give: an ordinary model, to predict with, save and explain.
    members : tuple of keras.Model
        Each for itself.
    trainings : tuple of Training
        Of each member.
    """

    model: keras.Model
    members: tuple[keras.Model, ...]
    trainings: tuple[Training, ...]


def ensemble(
    make: Callable[..., keras.Model],
    images: Any,
    targets: Any = None,
    *,
    members: int = 3,
    seed: int = 0,
    checkpoint: str | Path | None = None,
    **options: Any,
) -> Ensemble:
    """Train several networks and join them.

    What they agree on is more often right, and how far they disagree tells how uncertain the answer is.

    Parameters
    ----------
    make : callable
        Called with ``seed=``; returns a model, such as ``functools.partial(cnn.classifier, (28, 28), 2)``.
    images, targets
        As for `fit`.
    members : int, optional
        How many, 2 or more.
    seed : int, optional
        Of the first; each has one more than the one before.
    checkpoint : str or Path, optional
        As for `fit`; each member has a folder in it.
    **options
        Others of `fit`.

    Returns
    -------
    Ensemble
        The joined model and its members.

    Raises
    ------
    ValueError
        If there are fewer than two members, or as for `fit`.

    References
    ----------
    Lakshminarayanan B, Pritzel A, Blundell C. Simple and scalable predictive uncertainty estimation using deep
    ensembles. NeurIPS (2017) 6402-6413.

    Examples
    --------
    >>> import numpy as np
    >>> from functools import partial
    >>> from workbench.cnn import classifier
    >>> images = np.random.default_rng(0).normal(size=(4, 8, 8))
    >>> make = partial(classifier, (8, 8), 2, width=2, depth=1)
    >>> found = ensemble(make, images, [0, 0, 1, 1], members=2, epochs=1, progress=False)
    >>> found.model.output_shape, len(found.trainings)
    ((None, 2), 2)
    """
    if members < 2:
        raise ValueError(f"members must be 2 or more, received {members}; for one there is cnn.fit")
    models, trainings, stand = [], [], Stand()
    for number in range(members):
        model = make(seed=seed + number)
        folder = None if checkpoint is None else Path(checkpoint) / f"member{number}"
        with stand.holding(model) as held:
            trainings.append(fit(held, images, targets, seed=seed + number, checkpoint=folder, **options))
        models.append(model)
    return Ensemble(join(models), tuple(models), tuple(trainings))


def join(models: Sequence[keras.Model]) -> keras.Model:
    """Make one model that gives the mean of several.

    Parameters
    ----------
    models : sequence of keras.Model
        Of the same input and output shape; they are used, not copied.

    Returns
    -------
    keras.Model
        Its layers ``member0``, ``member1`` ... are the models.

    Raises
    ------
    ValueError
        If they differ in shape.

    Examples
    --------
    >>> from workbench.cnn import classifier
    >>> join([classifier((8, 8), 2, width=2, depth=1, seed=seed) for seed in (0, 1)]).output_shape
    (None, 2)
    """
    shapes = {(model.input_shape, model.output_shape) for model in models}
    if len(shapes) != 1:
        raise ValueError(f"members must have one input and output shape, received {sorted(shapes, key=str)}")
    image = keras.Input(models[0].input_shape[1:], name="image")
    for number, model in enumerate(models):
        model.name = f"member{number}"
    return keras.Model(image, keras.layers.Average(name="probabilities")([model(image) for model in models]))
