"""Leaks: refusing them, and one made on purpose, so that its taste is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench import evaluation

#: So many cases of each class do not fall apart along one feature by chance.
ENOUGH = 20


def noise_study(
    *, cases: int = 60, features: int = 2000, chosen: int = 10, studies: int = 10, folds: int = 5, seed: int = 0
) -> pd.DataFrame:
    """Recognise a coin's sides from pure noise, with feature selection outside and inside the folds.

    Outside, the features that differ most between the classes are selected on all cases, and cross-validation
    follows. Inside, they are selected anew in each fold, on its training cases alone. The truth is an AUC of 0.5.

    Parameters
    ----------
    cases : int, optional
        In each study, half of each class.
    features : int, optional
        Columns of independent Gaussian noise.
    chosen : int, optional
        Features to select, by the F test.
    studies : int, optional
        Independent studies.
    folds : int, optional
        Of the cross-validation.
    seed : int, optional
        Of noise and folds.

    Returns
    -------
    pandas.DataFrame
        One row per study; columns outside and inside: the AUC of logistic regression over all cases.

    References
    ----------
    Ambroise C, McLachlan GJ. Selection bias in gene extraction on the basis of microarray gene-expression data.
    PNAS 99 (2002) 6562-6566.

    Examples
    --------
    >>> aucs = noise_study(studies=5).mean()
    >>> bool(aucs["outside"] > 0.85), bool(0.35 < aucs["inside"] < 0.65)
    (True, True)
    """
    from sklearn.feature_selection import SelectKBest
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline

    coin = np.arange(cases) % 2
    rng = np.random.default_rng(seed)
    rows = []
    for study in range(studies):
        noise = rng.normal(size=(cases, features))
        selection, model = SelectKBest(k=chosen), LogisticRegression(solver="newton-cholesky")
        tried = {
            "outside": (model, selection.fit_transform(noise, coin)),
            "inside": (make_pipeline(selection, model), noise),
        }
        parts = StratifiedKFold(folds, shuffle=True, random_state=seed + study)
        said = {
            name: cross_val_predict(estimator, x, coin, cv=parts, method="predict_proba")[:, 1]
            for name, (estimator, x) in tried.items()
        }
        rows.append({name: evaluation.auc(coin, scores, positive=1) for name, scores in said.items()})
    return pd.DataFrame(rows).rename_axis("study")


def refuse_leaks(features: pd.DataFrame, labels: NDArray, patients: NDArray) -> None:
    """Raise if a feature is the label or the patient under another name, or two patients share a row.

    Parameters
    ----------
    features : pandas.DataFrame
        One row per case.
    labels : (n,) ndarray
        Class of each case.
    patients : (n,) ndarray
        Patient of each case.

    Raises
    ------
    ValueError
        If each value (or gap) of a column stands for one class and values repeat; if a column alone tells the
        classes apart without an error among at least 20 cases of each; if the values of a column and the patients
        map one to one; or if cases of two patients have the same values in all features.

    Examples
    --------
    >>> table = pd.DataFrame({"size": [3.0, 4.0, 3.5, 4.5], "code": [7, 7, 3, 3]})
    >>> refuse_leaks(table, np.array(["ill", "ill", "well", "well"]), np.arange(4))
    Traceback (most recent call last):
    ...
    ValueError: feature 'code' is the label in disguise: each of its values stands for one class; drop that column
    """
    codes, classes = pd.factorize(labels)
    people, names = pd.factorize(patients)
    enough = np.bincount(codes).min() >= ENOUGH
    for name, column in features.items():
        if _stands_for(column, codes) or _stands_for(column.isna(), codes):
            raise ValueError(
                f"feature {name!r} is the label in disguise: each of its values stands for one class; "
                "drop that column"
            )
        if enough and len(classes) > 1 and _separates(column, codes):
            raise ValueError(
                f"feature {name!r} alone tells the classes apart without a single error in {len(column)} cases; "
                "drop it if it was recorded after the diagnosis, else pass allow_leak=True"
            )
        # Where each row is one patient, every column without ties would map one to one.
        if len(names) < len(people) and _one_to_one(column, people):
            raise ValueError(
                f"feature {name!r} is the patient in disguise: each of its values stands for one patient; "
                "drop that column"
            )
    rows = features.groupby(list(features.columns), dropna=False, sort=False).ngroup().to_numpy()
    if len(np.unique(rows)) < len(rows):
        of_row = pd.Series(people).groupby(rows).nunique()
        shared = np.flatnonzero(rows == of_row.idxmax())
        if of_row.max() > 1:
            raise ValueError(
                f"{int((of_row > 1).sum())} row(s) of features occur under several patients, first in cases "
                f"{', '.join(repr(case) for case in features.index[shared[:5]])}; "
                "name their one patient in groups, drop the copies, or pass allow_leak=True"
            )


def _stands_for(column: pd.Series, codes: NDArray) -> bool:
    """Say whether a column's values, few enough to repeat, have one class each."""
    values = column.nunique()
    if column.isna().any() or values < 2 or values > max(len(np.unique(codes)), len(column) // 4):
        return False
    pairs = pd.DataFrame({"value": column.to_numpy(), "class": codes}).drop_duplicates()
    return len(pairs) == values


def _separates(column: pd.Series, codes: NDArray) -> bool:
    """Say whether the classes lie one after the other along the column."""
    known = column.notna().to_numpy()
    if not known.all():
        return False
    order = np.lexsort((codes, column.to_numpy(dtype=float)))
    values, classes = column.to_numpy(dtype=float)[order], codes[order]
    change = np.flatnonzero(classes[1:] != classes[:-1])
    return len(change) == len(np.unique(codes)) - 1 and bool((values[change] < values[change + 1]).all())


def _one_to_one(column: pd.Series, names: NDArray) -> bool:
    if column.isna().any() or column.nunique() != len(np.unique(names)):
        return False
    return len(pd.DataFrame({"value": column.to_numpy(), "name": names}).drop_duplicates()) == column.nunique()
