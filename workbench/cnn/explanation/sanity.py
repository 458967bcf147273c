"""Does a map depend on what the model has learned? It must change when the weights are shuffled."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from ..backend import keras
from .evidence import question

ALIKE = 0.5


@dataclass(frozen=True, eq=False)
class SanityCheck:
    """What became of the maps of a model whose layers were shuffled one after another.

    Parameters
    ----------
    table : pandas.DataFrame
        Index ``layer``: down to which the weights were shuffled, from the output; the first row, ``trained``, is
        the model itself. One column per image: Spearman's rank correlation of its map with that of the trained
        model; 0 where one of the two is the same everywhere.
    maps : dict of str to (n, ...) ndarray
        Layer to maps.
    """

    table: pd.DataFrame
    maps: dict[str, NDArray]

    @property
    def passed(self) -> bool:
        """Whether the maps of the wholly shuffled model are others: mean correlation within 0.5 of 0.

        A map that stays as it was shows the image, whatever the model has learned.
        """
        return bool(abs(self.table.iloc[-1].mean()) <= ALIKE)


def sanity_check(
    model: keras.Model,
    images: ArrayLike,
    explain: Callable[..., NDArray],
    *,
    classes: ArrayLike | None = None,
    stages: int = 5,
    seed: int = 0,
    **options: Any,
) -> SanityCheck:
    """Shuffle a model's layers from the output to the input, and watch what its maps do.

    The weights of each array change places among themselves, so that their sizes stay those of the trained model.
    The model itself is not changed.

    Parameters
    ----------
    model : keras.Model
        A trained classifier.
    images : (n, ...[, channels]) array_like
        As for `predict`.
    explain : callable
        `grad_cam`, `integrated_gradients`, `occlusion`, or another function with their signature.
    classes : int or (n,) array_like of int, optional
        The class to explain at all stages; by default the one most probable to the trained model.
    stages : int, optional
        How often the maps are made on the way to the input, evenly spread over the layers; 1 for the end alone.
    seed : int, optional
        Of the shuffling.
    **options
        For `explain`.

    Returns
    -------
    SanityCheck
        Correlations, maps, and whether the method passed.

    Raises
    ------
    ValueError
        If there are no weights to shuffle, `stages` is not positive, or `explain` refuses.

    References
    ----------
    Adebayo J, Gilmer J, Muelly M and others. Sanity checks for saliency maps. NeurIPS (2018) 9505-9515.

    Examples
    --------
    >>> from workbench.cnn import classifier, grad_cam
    >>> model = classifier((8, 8), 2, width=2, depth=1)
    >>> check = sanity_check(model, np.random.default_rng(0).normal(size=(3, 8, 8)), grad_cam, stages=2)
    >>> list(check.table.index), check.table.shape
    (['trained', 'probabilities', 'level0_conv1'], (3, 3))
    """
    layers = [layer.name for layer in reversed(model.layers) if layer.trainable_weights]
    if operator.index(stages) < 1 or not layers:
        raise ValueError(
            f"expected stages of 1 or more and layers with weights, received {stages} and {len(layers)}"
        )
    batch, chosen = question(model, images, classes, options.get("batch_size", 16))
    shuffled = keras.models.clone_model(model)
    shuffled.set_weights(model.get_weights())
    rng = np.random.default_rng(seed)
    shown = {layers[round(place)] for place in np.linspace(len(layers) - 1, 0, stages)}
    maps = {"trained": explain(model, batch, classes=chosen, **options)}
    for name in layers:
        for weights in shuffled.get_layer(name).trainable_weights:
            values = np.asarray(weights)
            weights.assign(rng.permutation(values.ravel()).reshape(values.shape))
        if name in shown:
            maps[name] = explain(shuffled, batch, classes=chosen, **options)
    rows = {
        name: [_alike(*pair) for pair in zip(maps["trained"], made, strict=True)] for name, made in maps.items()
    }
    return SanityCheck(pd.DataFrame.from_dict(rows, orient="index").rename_axis("layer"), maps)


def _alike(first: NDArray, second: NDArray) -> float:
    from scipy.stats import spearmanr

    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return 0.0
    return float(spearmanr(first.ravel(), second.ravel()).statistic)
