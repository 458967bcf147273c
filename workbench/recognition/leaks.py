"""A leak made on purpose, so that its taste is known."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench import evaluation


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
