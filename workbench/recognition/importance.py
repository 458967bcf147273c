"""Which features a model lives on: what it loses when one of them is shuffled among held-out cases."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, clone

from workbench import evaluation

from .folds import grouped_folds
from .recognizer import Recognizer
from .tables import aligned, features_array

#: Rows that a model is asked about at a time.
ROWS = 10_000


def permutation_importance(
    features: pd.DataFrame,
    labels: ArrayLike,
    groups: ArrayLike | None,
    model: BaseEstimator,
    *,
    positive: Any,
    outer: int = 5,
    shuffles: int = 5,
    level: float = 0.95,
    resamples: int = 200,
    seed: int = 0,
    jobs: int = 1,
) -> pd.DataFrame:
    """Measure how much AUC a model loses when one feature is shuffled among the cases that are held out.

    Parameters
    ----------
    features, labels, groups : optional
        As for `cross_validate`.
    model : estimator
        One of `recognition.models`, or a plain classifier.
    positive
        The class to be found.
    outer : int, optional
        Folds; each is judged by a model fitted on the others.
    shuffles : int, optional
        How often each feature is shuffled within a fold; the losses are averaged.
    level : float, optional
        Share of studies whose interval is to hold the truth.
    resamples : int, optional
        Of the bootstrap over patients.
    seed : int, optional
        Of folds, shuffles and bootstrap.
    jobs : int, optional
        Processes; -1 for all cores.

    Returns
    -------
    pandas.DataFrame
        Indexed by feature, the largest loss first: value (loss of AUC), low, high. Of features that say the same,
        each may be lost without harm: look at `features.redundancy` too.

    Raises
    ------
    ValueError
        As `cross_validate`; or if there is no class `positive`.

    References
    ----------
    Breiman L. Random forests. Machine Learning 45 (2001) 5-32.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> table = pd.DataFrame({"noise": rng.normal(size=60), "size": rng.normal(size=60)})
    >>> ill = (table["size"] + 0.3 * rng.normal(size=60) > 0).map({True: "ill", False: "well"})
    >>> from sklearn.linear_model import LogisticRegression
    >>> permutation_importance(table, ill, None, LogisticRegression(), positive="ill").index.tolist()
    ['size', 'noise']
    """
    from joblib import Parallel, delayed

    features_array(features)
    classes_of = aligned(labels, features.index, name="labels")
    patients = features.index.to_numpy() if groups is None else aligned(groups, features.index, name="groups")
    names, codes = np.unique(classes_of, return_inverse=True)
    if positive not in names.tolist():
        raise ValueError(f"positive must be one of {', '.join(map(repr, names.tolist()))}, received {positive!r}")
    column = names.tolist().index(positive)
    recognizer = model if isinstance(model, Recognizer) else Recognizer(model, seed=seed)
    folds = list(grouped_folds(codes, patients, outer, seed=seed, names=names))
    parts = Parallel(n_jobs=None if jobs == 1 else jobs)(
        delayed(_scores)(
            (recognizer, features.iloc[train], classes_of[train], patients[train]),
            features.iloc[test],
            column,
            shuffles,
            seed + fold,
        )
        for fold, (train, test) in enumerate(folds)
    )
    scores = np.zeros((features.shape[1] * shuffles + 1, len(features)))
    for (_, test), part in zip(folds, parts, strict=True):
        scores[:, test] = part
    owners = evaluation.patient_codes(patients, len(patients))
    count = int(owners.max()) + 1
    counts = evaluation.drawn_patients(count, resamples=resamples, seed=seed)
    areas = np.array([evaluation.resampled_auc(codes == column, row, counts, owners) for row in scores])
    losses = areas[0] - areas[1:].reshape(features.shape[1], shuffles, -1).mean(axis=1)
    rows = [
        evaluation.spread_interval(loss[0], loss[1:], patients=count, bounds=(-1.0, 1.0), level=level)
        for loss in losses
    ]
    table = pd.DataFrame(rows, index=features.columns.rename("feature"), columns=["value", "low", "high"])
    return table.sort_values("value", ascending=False, kind="stable")


def loss_in_words(importance: pd.DataFrame, area: float) -> str:
    """Say what the feature that a model needs most costs when it is shuffled.

    Parameters
    ----------
    importance : pandas.DataFrame
        As from `permutation_importance`.
    area : float
        The model's AUC.

    Returns
    -------
    str
        The loss with its interval, beside the AUC; and that it may be nothing, where the interval holds 0.

    Examples
    --------
    >>> loss_in_words(pd.DataFrame({"value": [0.0021], "low": [0.0008], "high": [0.004]}, index=["size"]), 0.99)
    'Shuffled, size costs 0.0021 (95 % interval 0.0008 to 0.0040) of an AUC of 0.990.'
    """
    first: Any = importance.iloc[0]
    loss, low, high = (f"{first[name] + 0.0:.4f}" for name in ("value", "low", "high"))
    nothing = "" if first["low"] > 0 else ", which may be nothing"
    cost = f"{loss} (95 % interval {low} to {high}) of an AUC of {area:.3f}"
    return f"Shuffled, {importance.index[0]} costs {cost}{nothing}."


def _scores(
    known: tuple[Recognizer, pd.DataFrame, NDArray, NDArray],
    held: pd.DataFrame,
    column: int,
    shuffles: int,
    seed: int,
) -> NDArray:
    """Return the scores of the held-out cases: as they are, then with each feature shuffled some times."""
    model, features, labels, patients = known
    rng = np.random.default_rng(seed)
    fitted = clone(model).fit(features, labels, groups=patients)
    values = held.to_numpy(float)
    changes = [
        (place, rng.permutation(values[:, place])) for place in range(values.shape[1]) for _ in range(shuffles)
    ]
    found = [fitted.predict_proba(held)[:, [column]].T]
    # Many small questions to a pipeline take far longer than few large ones.
    at_a_time = max(1, ROWS // len(values))
    for start in range(0, len(changes), at_a_time):
        some = changes[start : start + at_a_time]
        tables = np.repeat(values[np.newaxis], len(some), axis=0)
        for table, (place, shuffled) in zip(tables, some, strict=True):
            table[:, place] = shuffled
        asked = pd.DataFrame(tables.reshape(-1, values.shape[1]), columns=held.columns)
        found.append(fitted.predict_proba(asked)[:, column].reshape(len(some), -1))
    return np.concatenate(found)
