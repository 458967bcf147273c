"""Classical models and a network on the same folds of the same patients: the only fair comparison."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator

from workbench import recognition
from workbench.recognition.result import CrossValidation

from .backend import keras
from .validation import cross_validate

NETWORK = "CNN"


def contest(
    images: ArrayLike,
    features: pd.DataFrame,
    labels: pd.Series,
    groups: ArrayLike | None,
    *,
    network: Callable[[int], keras.Model],
    classical: Mapping[str, BaseEstimator] | None = None,
    outer: int = 5,
    inner: int = 3,
    seed: int = 0,
    allow_leak: bool = False,
    **training: Any,
) -> CrossValidation:
    """Cross-validate classical models on features and a network on images, on the same folds of the same patients.

    Parameters
    ----------
    images : (n, ...[, channels]) array_like
        In the order of `labels`.
    features : (n, m) DataFrame
        Measured in these images, in the same order.
    labels : (n,) Series
        Class of each image; its index names the cases.
    groups : (n,) array_like or None
        Patient of each image; None only where one image is one patient.
    network : callable
        Makes a new network from a seed, as for `cross_validate`.
    classical : mapping of str to estimator, optional
        As from `recognition.models`, which makes logistic regression where not given.
    outer, inner : int, optional
        Folds, and how each fold's training patients are divided again: for settings, calibration and thresholds of
        the classical models, and to hold back one part for epoch and temperature of the network.
    seed : int, optional
        Of all that is drawn.
    allow_leak : bool, optional
        As for `recognition.cross_validate`.
    **training
        Of `fit`.

    Returns
    -------
    CrossValidation
        With models ``"CNN"`` first and then the classical ones: ``evaluation.compare_predictions(found.of("CNN"),
        found.of("logistic"))`` compares them patient by patient.

    Raises
    ------
    ValueError
        As `recognition.cross_validate` and `cross_validate`; or if the cases of features and labels differ, or a
        classical model is called ``"CNN"``.

    References
    ----------
    Dietterich TG. Approximate statistical tests for comparing supervised classification learning algorithms.
    Neural Computation 10 (1998) 1895-1923.

    Examples
    --------
    >>> import numpy as np
    >>> from workbench.cnn import classifier
    >>> images = np.zeros((8, 8, 8)) + np.array([1.0, 2, 3, 4, 5, 6, 7, 8])[:, np.newaxis, np.newaxis]
    >>> labels = pd.Series(list("ababbaba"), index=list("stuvwxyz"))
    >>> features = pd.DataFrame({"mean": images.mean(axis=(1, 2))}, index=labels.index)
    >>> network = lambda seed: classifier((8, 8), 2, width=2, depth=1, seed=seed)
    >>> found = contest(images, features, labels, None, network=network, outer=2, inner=2, epochs=1)
    >>> bool((found.of("CNN")["fold"] == found.of("logistic")["fold"]).all())
    True
    """
    if not isinstance(labels, pd.Series) or not features.index.equals(labels.index):
        raise ValueError(
            "features and labels must have the same cases in the same order; use features.loc[labels.index]"
        )
    models = recognition.models("logistic", inner=inner, seed=seed) if classical is None else dict(classical)
    if NETWORK in models:
        raise ValueError(f"a classical model must not be called {NETWORK!r}; rename it")
    options: dict[str, Any] = {"inner": inner, "seed": seed, "allow_leak": allow_leak}
    known = recognition.cross_validate(features, labels, groups=groups, models=models, outer=outer, **options)
    folds = known.of(known.models[0]).loc[labels.index, "fold"].to_numpy()
    seen = cross_validate(images, labels, groups, {NETWORK: network}, outer=folds, **options, **training)
    predictions, learned, settings = (
        pd.concat([getattr(seen, part), getattr(known, part)]) for part in ("predictions", "training", "settings")
    )
    return CrossValidation(predictions, learned, settings, known.classes, known.grouped)
