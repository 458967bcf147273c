"""Cross-validation in which no patient is on both sides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from .models import models as classical_models
from .result import CrossValidation, probability_column
from .tables import aligned, features_array, refuse_leaks

if TYPE_CHECKING:
    from sklearn.base import BaseEstimator


def cross_validate(
    features: pd.DataFrame,
    labels: ArrayLike,
    *,
    groups: ArrayLike | None,
    models: Mapping[str, BaseEstimator] | None = None,
    folds: int = 5,
    repeats: int = 1,
    seed: int = 0,
    jobs: int = 1,
) -> CrossValidation:
    """Predict every case by models that have seen no case of its patient.

    The patients are dealt into `folds` parts with about the same shares of the classes (StratifiedGroupKFold).
    Each part is predicted by a fresh clone of each model, fitted on the other parts.

    Parameters
    ----------
    features : pandas.DataFrame
        One row per case, one numeric column per feature; NaN is a gap for the model's pipeline to fill.
    labels : (n,) array_like
        Class of each case. A patient's cases may have several.
    groups : (n,) array_like or None
        Patient of each case. None only where one row is one patient: the result says that this was assumed.
    models : mapping of str to estimator, optional
        Name to scikit-learn classifier with ``predict_proba``; `recognition.models` with `seed` where not given.
        Whatever they learn from data, scaling and selection too, belongs inside.
    folds : int, optional
        Number of parts, at least 2.
    repeats : int, optional
        How often to deal anew.
    seed : int, optional
        Of the dealing: the same seed gives the same folds.
    jobs : int, optional
        Processes at work; the result does not depend on it.

    Returns
    -------
    CrossValidation
        Out-of-fold probabilities of all cases, models and repeats.

    Raises
    ------
    ValueError
        If a class has fewer patients than there are folds, a label, patient or class is missing, a case has two
        rows, or a feature is not numeric, or is the label or the patient under another name.

    References
    ----------
    Stone M. Cross-validatory choice and assessment of statistical predictions. Journal of the Royal Statistical
    Society B 36 (1974) 111-147.

    Examples
    --------
    >>> table = pd.DataFrame({"size": [1.0, 2.0, 3.0, 4.0, 11.0, 12.0, 13.0, 14.0]})
    >>> patients = ["a", "a", "b", "b", "c", "c", "d", "d"]
    >>> result = cross_validate(
    ...     table, [0] * 4 + [1] * 4, groups=patients, models=classical_models("bayes"), folds=2
    ... )
    >>> result
    CrossValidation(bayes: 8 cases of 4 patients, 2 folds, 1 repeat)
    >>> result.predictions["prediction"].tolist()
    [0, 0, 0, 0, 1, 1, 1, 1]
    """
    from joblib import Parallel, delayed
    from tqdm.auto import tqdm

    features_array(features)
    classes_of = aligned(labels, features.index, name="labels")
    patients = features.index.to_numpy() if groups is None else aligned(groups, features.index, name="groups")
    refuse_leaks(features, classes_of, None if groups is None else patients)
    if repeats < 1:
        raise ValueError(f"repeats must be a positive integer, received {repeats}")
    chosen = classical_models(seed=seed) if models is None else dict(models)
    if not chosen:
        raise ValueError("expected at least one model, received none")
    classes = tuple(np.unique(classes_of).tolist())
    parts = list(_parts(classes_of, patients, folds, repeats, seed))
    work = [(model, *part) for model in chosen for part in parts]
    done = Parallel(n_jobs=jobs, return_as="generator")(
        delayed(_predict)(chosen[model], features, classes_of, train, test) for model, _, _, train, test in work
    )
    fold_of = np.zeros((repeats, len(features)), dtype=int)
    probabilities = {model: np.zeros((repeats, len(features), len(classes))) for model in chosen}
    progress = tqdm(done, total=len(work), desc="cross-validation", unit="fold")
    for (model, repeat, fold, _, test), predicted in zip(work, progress, strict=True):
        fold_of[repeat, test] = fold
        probabilities[model][repeat, test] = predicted
    tables = [
        pd.DataFrame(
            {
                "model": model,
                "repeat": repeat,
                "fold": fold_of[repeat],
                "case": features.index,
                "patient": patients,
                "label": classes_of,
                "prediction": np.asarray(classes)[values[repeat].argmax(axis=1)],
            }
            | {probability_column(name): values[repeat, :, k] for k, name in enumerate(classes)}
        )
        for model, values in probabilities.items()
        for repeat in range(repeats)
    ]
    return CrossValidation(pd.concat(tables, ignore_index=True), classes, groups is not None)


def _parts(
    labels: NDArray, patients: NDArray, folds: int, repeats: int, seed: int
) -> Iterator[tuple[int, int, NDArray, NDArray]]:
    from sklearn.model_selection import StratifiedGroupKFold

    per_class = pd.DataFrame({"label": labels, "patient": patients}).groupby("label")["patient"].nunique()
    if len(per_class) < 2:
        raise ValueError(f"expected at least two classes, received {list(per_class.index)}")
    if folds < 2:
        raise ValueError(f"folds must be at least 2, received {folds}")
    if per_class.min() < folds:
        raise ValueError(
            f"class {per_class.idxmin()!r} has {per_class.min()} patients, fewer than the {folds} folds; "
            "use fewer folds or gather more patients"
        )
    for repeat in range(repeats):
        splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed + repeat)
        for fold, (train, test) in enumerate(splitter.split(labels, labels, patients)):
            if len(np.unique(labels[train])) < len(per_class):
                raise ValueError(f"the training part of fold {fold} lacks a class; use more folds or another seed")
            yield repeat, fold, train, test


def _predict(
    model: BaseEstimator, features: pd.DataFrame, labels: NDArray, train: NDArray, test: NDArray
) -> NDArray:
    from sklearn.base import clone

    fitted = clone(model).fit(features.iloc[train], labels[train])
    return fitted.predict_proba(features.iloc[test])
