"""A classifier of single pixels, from a table with a row of filter answers for each."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from workbench.checks import one_of

METHODS = ("random_forest", "svm")


class PixelModel(ClassifierMixin, BaseEstimator):
    """A random forest, or a support vector machine with probabilities, on a table of features.

    Parameters
    ----------
    method : {"random_forest", "svm"}, optional
        Trees with at least 3 pixels in each leaf, or a support vector machine with a Gaussian kernel on
        standardised features, whose margin is turned into a probability by cross-validation.
    trees : int, optional
        In the forest.
    seed : int, optional
        Of the method.

    Attributes
    ----------
    classes_ : (K,) ndarray
        The labels seen in training, in increasing order.
    model_ : estimator
        The fitted scikit-learn model.

    References
    ----------
    Breiman L. Random forests. Machine Learning 45 (2001) 5-32.

    Cortes C, Vapnik V. Support-vector networks. Machine Learning 20 (1995) 273-297.

    Platt J. Probabilistic outputs for support vector machines and comparisons to regularized likelihood methods.
    Advances in Large Margin Classifiers (1999) 61-74.

    Examples
    --------
    >>> PixelModel(trees=10).fit([[0.0], [1.0], [2.0], [7.0], [8.0], [9.0]], [0, 0, 0, 1, 1, 1]).predict([[8.5]])
    array([1])
    """

    def __init__(self, *, method: str = "random_forest", trees: int = 100, seed: int = 0) -> None:
        self.method = method
        self.trees = trees
        self.seed = seed

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Learn from pixels whose classes are known.

        Parameters
        ----------
        X : (n, p) array_like
            A row for each pixel.
        y : (n,) array_like
            The class of each pixel.

        Returns
        -------
        PixelModel
            Itself.

        Raises
        ------
        ValueError
            If there is one class only, shapes do not fit, or values are not finite.
        """
        one_of(self.method, METHODS, name="method")
        table, labels = validate_data(self, X, y)
        check_classification_targets(labels)
        self.classes_, counts = np.unique(labels, return_counts=True)
        if len(self.classes_) < 2:
            raise ValueError(f"expected pixels of two classes, received one class only, {self.classes_[0]!r}")
        self.model_ = self._made(int(counts.min())).fit(table, labels)
        return self

    def predict(self, X: ArrayLike) -> NDArray:
        """Return the most probable class of each row.

        Parameters
        ----------
        X : (n, p) array_like
            A row for each pixel.

        Returns
        -------
        (n,) ndarray
            Of the type of the training labels.

        Raises
        ------
        NotFittedError
            If `fit` has not been called.
        ValueError
            If there are other columns than in training, or values are not finite.
        """
        probabilities = self.predict_proba(X)
        return self.classes_[probabilities.argmax(axis=1)]

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Estimate the probability of each class for each row.

        Parameters
        ----------
        X : (n, p) array_like
            A row for each pixel.

        Returns
        -------
        (n, K) ndarray
            A column for each of `classes_`.

        Raises
        ------
        NotFittedError
            If `fit` has not been called.
        ValueError
            If there are other columns than in training, or values are not finite.
        """
        check_is_fitted(self)
        return self.model_.predict_proba(validate_data(self, X, reset=False))

    def _made(self, fewest: int) -> Any:
        if self.method == "random_forest":
            return RandomForestClassifier(self.trees, min_samples_leaf=3, random_state=self.seed)
        machine = make_pipeline(StandardScaler(), SVC(random_state=self.seed))
        folds = min(5, fewest)
        if folds < 2:
            raise ValueError("an SVM's probabilities need two pixels of each class; give more pixels")
        return CalibratedClassifierCV(machine, cv=folds, ensemble=False)
