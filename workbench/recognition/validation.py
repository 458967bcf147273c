"""Nested cross-validation in which no patient is on both sides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from workbench import evaluation

from .folds import given_folds, grouped_folds
from .leaks import refuse_leaks
from .models import models as classical_models
from .recognizer import Recognizer
from .result import CrossValidation
from .tables import aligned, features_array

if TYPE_CHECKING:
    from sklearn.base import BaseEstimator


def cross_validate(
    features: pd.DataFrame,
    labels: ArrayLike,
    groups: ArrayLike | None,
    models: Mapping[str, BaseEstimator] | None = None,
    *,
    outer: int | ArrayLike = 5,
    inner: int = 3,
    repeats: int = 1,
    seed: int = 0,
    jobs: int = 1,
    allow_leak: bool = False,
) -> CrossValidation:
    """Predict every case by models that have seen no case of its patient.

    The patients are dealt into `outer` folds with about the same shares of the classes. Each fold is predicted by
    a fresh clone of each model, fitted on the other folds. Whatever is chosen (settings, calibration, threshold)
    is chosen on `inner` folds of those other folds' patients.

    Parameters
    ----------
    features : pandas.DataFrame
        One row per case, one numeric column per feature; NaN is a gap for the model's pipeline to fill.
    labels : (n,) array_like
        Class of each case. A patient's cases may have several.
    groups : (n,) array_like or None
        Patient of each case. None only where one row is one patient: the result says that this was assumed.
    models : mapping of str to estimator, optional
        As from `recognition.models`, which makes all of them where not given. Another scikit-learn classifier is
        taken as it is, with its probabilities calibrated; whatever it learns from data, scaling and selection too,
        belongs inside.
    outer : int or (n,) array_like, optional
        Number of folds, at least 2; or the fold of each case, to use the folds of another model.
    inner : int, optional
        Number of inner folds, at least 2, where `models` is not given or holds plain classifiers.
    repeats : int, optional
        How often to deal anew.
    seed : int, optional
        Of the dealing: the same seed gives the same folds.
    jobs : int, optional
        Processes at work, -1 for all cores; the result does not depend on it. Where a ``joblib.parallel_config``
        is active, its workers do the work: a Dask cluster with ``parallel_config("dask")``.
    allow_leak : bool, optional
        Whether to go on where a feature gives the label away or patients share rows, to see what it does.

    Returns
    -------
    CrossValidation
        Out-of-fold probabilities of all cases, models and repeats.

    Raises
    ------
    ValueError
        If a class has fewer patients than there are folds, a label, patient or class is missing, a case has two
        rows, or a feature is not numeric; and if a feature is the label or the patient under another name, or two
        patients share a row of features, unless that is allowed.

    References
    ----------
    Stone M. Cross-validatory choice and assessment of statistical predictions. Journal of the Royal Statistical
    Society B 36 (1974) 111-147.

    Examples
    --------
    >>> table = pd.DataFrame({"size": [1.0, 2.0, 3.0, 4.0, 11.0, 12.0, 13.0, 14.0]})
    >>> patients = ["a", "a", "b", "b", "c", "c", "d", "d"]
    >>> from sklearn.naive_bayes import GaussianNB
    >>> result = cross_validate(
    ...     table, [0, 1] * 4, groups=list("abcdefgh"), models={"bayes": GaussianNB()}, outer=2, inner=2
    ... )
    >>> result
    CrossValidation(bayes: 8 cases of 8 patients, 2 folds, 1 repeat)
    >>> result.of("bayes").columns.tolist()
    ['patient', 'label', 'repeat', 'fold', 'p_0', 'p_1', 'prediction']
    """
    from joblib import Parallel, delayed
    from tqdm.auto import tqdm

    features_array(features)
    classes_of = aligned(labels, features.index, name="labels")
    patients = features.index.to_numpy() if groups is None else aligned(groups, features.index, name="groups")
    if not allow_leak:
        refuse_leaks(features, classes_of, patients)
    if repeats < 1:
        raise ValueError(f"repeats must be a positive integer, received {repeats}")
    chosen = classical_models(inner=inner, seed=seed) if models is None else dict(models)
    if not chosen:
        raise ValueError("expected at least one model, received none")
    chosen = {name: _recognizer(model, inner, seed) for name, model in chosen.items()}
    classes = tuple(np.unique(classes_of).tolist())
    columns = [evaluation.probability_column(name) for name in classes]
    parts = list(_parts(classes_of, patients, outer, repeats, seed))
    work = [(name, part) for name in chosen for part in parts]
    done = Parallel(n_jobs=None if jobs == 1 else jobs, return_as="generator")(
        delayed(_judge)(chosen[name], features, classes_of, patients, part) for name, part in work
    )
    progress = tqdm(done, total=len(work), desc="cross-validation", unit="fold")
    facts = pd.DataFrame({"patient": patients, "label": classes_of}, index=features.index).rename_axis("case")
    judged, trained, settings = [], [], []
    for (name, part), (predicted, held_out, chosen_settings) in zip(work, progress, strict=True):
        of = {"model": name, "repeat": part.repeat, "fold": part.fold}
        judged.append(_table(facts.iloc[part.test], of, predicted, columns))
        judged[-1]["prediction"] = np.asarray(classes)[predicted.argmax(axis=1)]
        trained.append(_table(facts.iloc[part.train], of, held_out, columns))
        settings.append(of | {"settings": chosen_settings})
    place = pd.Series(range(len(facts)), index=facts.index)
    order = {name: number for number, name in enumerate(chosen)}
    predictions = pd.concat(judged)
    predictions = predictions.iloc[
        np.lexsort((place[predictions.index], predictions["repeat"], predictions["model"].map(order)))
    ]
    return CrossValidation(predictions, pd.concat(trained), pd.DataFrame(settings), classes, groups is not None)


class _Part(NamedTuple):
    repeat: int
    fold: int
    train: NDArray
    test: NDArray


def _parts(labels: NDArray, patients: NDArray, outer: int | ArrayLike, repeats: int, seed: int) -> Iterator[_Part]:
    names, codes = np.unique(labels, return_inverse=True)
    if np.ndim(outer):
        folds = np.asarray(outer)
        if folds.shape != labels.shape:
            raise ValueError(f"outer must give the fold of each of {len(labels)} cases, received {folds.shape}")
        if repeats > 1:
            raise ValueError("given folds cannot be dealt anew; use repeats=1")
        for fold, (train, test) in enumerate(given_folds(folds, patients)):
            yield _Part(0, fold, train, test)
        return
    for repeat in range(repeats):
        dealt = grouped_folds(codes, patients, int(outer), seed=seed + repeat, names=names)  # type: ignore[arg-type]
        for fold, (train, test) in enumerate(dealt):
            yield _Part(repeat, fold, train, test)


def _recognizer(model: Any, inner: int, seed: int) -> Recognizer:
    return model if isinstance(model, Recognizer) else Recognizer(model, inner=inner, seed=seed)


def _judge(
    model: Recognizer, features: pd.DataFrame, labels: NDArray, patients: NDArray, part: _Part
) -> tuple[NDArray, NDArray, dict[str, Any]]:
    from sklearn.base import clone

    fitted = clone(model).fit(features.iloc[part.train], labels[part.train], groups=patients[part.train])
    return fitted.predict_proba(features.iloc[part.test]), fitted.held_out_, fitted.settings_


def _table(facts: pd.DataFrame, of: dict[str, Any], probabilities: NDArray, columns: list[str]) -> pd.DataFrame:
    table = facts.assign(**of)[["model", "patient", "label", "repeat", "fold"]]
    return table.assign(**{name: probabilities[:, number] for number, name in enumerate(columns)})
