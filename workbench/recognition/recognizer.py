"""A pipeline with its settings, its calibration and its threshold, all learnt without the cases it will judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.model_selection import ParameterGrid
from sklearn.utils.validation import check_is_fitted
from threadpoolctl import threadpool_limits

from .calibrating import Calibrator, scores_of
from .folds import grouped_folds


class Recognizer(ClassifierMixin, BaseEstimator):
    """A classifier that chooses its settings and calibrates its probabilities by inner folds of patients.

    Every setting of the search space is cross-validated on the training rows. Held-out scores are turned into
    probabilities (see `Calibrator`), the setting with the smallest log loss is kept, and the pipeline is fitted
    with it on all training rows.

    Parameters
    ----------
    pipeline : estimator
        A scikit-learn classifier, usually a `sklearn.pipeline.Pipeline`.
    space : mapping of str to sequence, optional
        Parameter of the pipeline to the values to try, as for `sklearn.model_selection.ParameterGrid`.
    inner : int, optional
        Number of inner folds, at least 2.
    calibrate : bool, optional
        Whether probabilities are calibrated. Without, the pipeline needs ``predict_proba``.
    seed : int, optional
        Of the inner folds.

    References
    ----------
    Varma S, Simon R. Bias in error estimation when using cross-validation for model selection. BMC Bioinformatics
    7 (2006) 91.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> model = Recognizer(LogisticRegression(), {"C": [0.01, 1.0]}, inner=2)
    >>> fitted = model.fit([[1.0], [2.0], [3.0], [7.0], [8.0], [9.0]], ["a", "a", "a", "b", "b", "b"])
    >>> str(fitted.predict([[8.5]])[0])
    'b'
    """

    def __init__(
        self,
        pipeline: BaseEstimator,
        space: Mapping[str, Sequence[Any]] | None = None,
        *,
        inner: int = 3,
        calibrate: bool = True,
        seed: int = 0,
    ) -> None:
        self.pipeline = pipeline
        self.space = space
        self.inner = inner
        self.calibrate = calibrate
        self.seed = seed

    def fit(self, features: ArrayLike, labels: ArrayLike, groups: ArrayLike | None = None) -> Recognizer:
        """Choose settings, calibrate, and fit on all rows.

        Parameters
        ----------
        features : (n, m) array_like or DataFrame
            One row per case.
        labels : (n,) array_like
            Class of each case.
        groups : (n,) array_like, optional
            Patient of each case; each row is one patient where not given.

        Returns
        -------
        Recognizer
            Itself, with ``pipeline_`` (fitted), ``settings_`` (chosen), ``classes_``, and ``held_out_``: (n, k)
            probabilities of the training rows from the inner folds, on which a threshold may be chosen.

        Raises
        ------
        ValueError
            If a class has fewer patients than there are inner folds.
        """
        self.classes_, codes = np.unique(np.asarray(labels), return_inverse=True)
        folds = list(grouped_folds(codes, groups, self.inner, seed=self.seed, names=self.classes_))
        # Threads of several processes would wait for one another, and small tables have no use for them.
        with threadpool_limits(1):
            self._choose(features, codes, folds)
        if hasattr(self.pipeline_, "feature_names_in_"):
            self.feature_names_in_ = self.pipeline_.feature_names_in_
        return self

    def predict_proba(self, features: ArrayLike) -> NDArray:
        """Return the probability of each class.

        Parameters
        ----------
        features : (n, m) array_like or DataFrame
            Of the cases, under the names of the training table.

        Returns
        -------
        (n, k) ndarray
            In the order of ``classes_``; rows sum to 1.
        """
        check_is_fitted(self, "pipeline_")
        if self.calibrator_ is None:
            return self.pipeline_.predict_proba(features)
        return self.calibrator_.predict_proba(scores_of(self.pipeline_, features))

    def predict(self, features: ArrayLike) -> NDArray:
        """Return the most probable class.

        Parameters
        ----------
        features : (n, m) array_like or DataFrame
            Of the cases.

        Returns
        -------
        (n,) ndarray
            Classes.
        """
        return self.classes_[self.predict_proba(features).argmax(axis=1)]

    def _choose(self, features: Any, codes: NDArray, folds: list[tuple[NDArray, NDArray]]) -> None:
        best = np.inf
        for settings in ParameterGrid(dict(self.space or {})):
            model = clone(self.pipeline).set_params(**settings)
            scores = self._held_out(model, features, codes, folds)
            calibrator = Calibrator().fit(scores, codes) if self.calibrate else None
            held_out = calibrator.predict_proba(scores) if calibrator is not None else scores
            own = held_out[np.arange(len(codes)), codes]
            loss = float(-np.log(np.maximum(own, 1e-15)).mean())
            if loss < best:
                best = loss
                self.settings_, self.calibrator_, self.held_out_ = settings, calibrator, held_out
        self.pipeline_ = clone(self.pipeline).set_params(**self.settings_).fit(features, self.classes_[codes])

    def _held_out(
        self, model: BaseEstimator, features: Any, codes: NDArray, folds: list[tuple[NDArray, NDArray]]
    ) -> NDArray:
        parts = []
        for train, test in folds:
            fitted = clone(model).fit(_rows(features, train), self.classes_[codes[train]])
            held = _rows(features, test)
            parts.append(scores_of(fitted, held) if self.calibrate else fitted.predict_proba(held))
        order = np.argsort(np.concatenate([test for _, test in folds]))
        return np.concatenate(parts)[order]


def _rows(features: Any, rows: NDArray) -> Any:
    return features.iloc[rows] if hasattr(features, "iloc") else np.asarray(features)[rows]
