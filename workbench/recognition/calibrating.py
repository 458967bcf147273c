"""From a model's scores to probabilities that mean what they say."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression

#: In place of the logarithm of a probability of 0, such as the share of no neighbour.
LOG_ZERO = -7.0


class Calibrator(BaseEstimator):
    """Platt's sigmoid, learnt from held-out scores; of several classes one for each, scaled to sum to 1.

    It never falls: where high scores are rarer among the positive cases, the scores say nothing, and all cases get
    the class's share.

    Parameters
    ----------
    strength : float, optional
        Inverse of the penalty that keeps the slope finite; so weak that it does not count otherwise.

    References
    ----------
    Platt JC. Probabilistic outputs for support vector machines. In: Advances in Large Margin Classifiers. MIT
    Press (1999) 61-74; the targets that are not quite 0 and 1 are from there too.

    Examples
    --------
    >>> scores = np.array([[-2.0], [-1.0], [1.0], [2.0]] * 20)
    >>> calibrator = Calibrator().fit(scores, np.array([0, 1, 0, 1] * 20))
    >>> calibrator.predict_proba([[0.0]]).round(2).tolist()
    [[0.5, 0.5]]
    """

    def __init__(self, strength: float = 1e4) -> None:
        self.strength = strength

    def fit(self, scores: ArrayLike, codes: ArrayLike) -> Calibrator:
        """Learn the sigmoid.

        Parameters
        ----------
        scores : (n, 1) or (n, k) array_like
            Of cases that the model was not fitted on; see `scores_of`.
        codes : (n,) array_like of int
            Each case's class, from 0 to k - 1; each class occurs.

        Returns
        -------
        Calibrator
            Itself.
        """
        values, truth = np.asarray(scores, dtype=float), np.asarray(codes)
        self.centre_, self.scale_ = values.mean(axis=0), values.std(axis=0)
        self.scale_ = np.where(self.scale_ > 0, self.scale_, 1.0)
        self.sigmoids_ = [
            self._sigmoid(column, truth == (number if values.shape[1] > 1 else 1))
            for number, column in enumerate(self._scaled(values).T)
        ]
        return self

    def predict_proba(self, scores: ArrayLike) -> NDArray:
        """Return probabilities.

        Parameters
        ----------
        scores : (n, 1) or (n, k) array_like
            Of the model, fitted on all training cases.

        Returns
        -------
        (n, k) ndarray
            Rows sum to 1.
        """
        columns = self._scaled(np.asarray(scores, dtype=float)).T
        pairs = zip(self.sigmoids_, columns, strict=True)
        own = [sigmoid.predict_proba(column[:, None])[:, 1] for sigmoid, column in pairs]
        if len(own) == 1:
            return np.column_stack([1 - own[0], own[0]])
        return np.column_stack(own) / np.sum(own, axis=0)[:, None]

    def _sigmoid(self, column: NDArray, positive: NDArray) -> LogisticRegression:
        # Each case counts for both sides: nearly whole for its own, a trifle for the other.
        trifle = 1 / (np.where(positive, positive.sum(), (~positive).sum()) + 2)
        weights = np.concatenate([np.where(positive, trifle, 1 - trifle), np.where(positive, 1 - trifle, trifle)])
        sides = np.repeat([0, 1], len(column))
        # Few scores need no iterations to speak of, but an optimum that is the same on every machine.
        model = LogisticRegression(C=self.strength, solver="newton-cg", tol=1e-8, max_iter=1000)
        model.fit(np.tile(column, 2)[:, None], sides, sample_weight=weights)
        if model.coef_[0, 0] < 0:
            # Labels shuffled among few cases make held-out scores point the wrong way: turned round, they would
            # find in the next fold what is not there.
            share = weights[len(column) :].sum() / weights.sum()
            model.coef_, model.intercept_ = np.zeros((1, 1)), np.array([np.log(share / (1 - share))])
        return model

    def _scaled(self, scores: NDArray) -> NDArray:
        return (scores - self.centre_) / self.scale_


def scores_of(model: BaseEstimator, features: ArrayLike) -> NDArray:
    """Return a fitted classifier's scores: its decision function, else its log odds, far ones drawn in.

    Parameters
    ----------
    model : estimator
        With ``decision_function``, ``predict_log_proba`` or ``predict_proba``.
    features : (n, m) array_like
        Of the cases.

    Returns
    -------
    (n, 1) or (n, k) ndarray
        One column for two classes, else one for each class.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> scores_of(DummyClassifier(strategy="prior").fit([[0], [0]], ["a", "b"]), [[0]]).tolist()
    [[0.0]]
    """
    if hasattr(model, "decision_function"):
        scores = np.asarray(model.decision_function(features), dtype=float)
        return scores[:, None] if scores.ndim == 1 else scores
    with np.errstate(divide="ignore"):
        if hasattr(model, "predict_log_proba"):
            logs = np.asarray(model.predict_log_proba(features), dtype=float)
        else:
            logs = np.log(np.asarray(model.predict_proba(features), dtype=float))
    logs = np.nan_to_num(logs, neginf=LOG_ZERO)
    # Bayes may say a million to one for the wrong class, which no sigmoid could take back without losing the rest.
    return 2 * np.arcsinh((logs[:, 1:] - logs[:, :1] if logs.shape[1] == 2 else logs) / 2)
