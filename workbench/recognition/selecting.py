"""Feature selection that is learnt inside the pipeline, on training rows alone."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.feature_selection import SelectorMixin
from sklearn.utils.validation import check_is_fitted, validate_data


class DropRedundant(SelectorMixin, BaseEstimator):
    """Drop each feature that says nearly the same as an earlier one.

    Parameters
    ----------
    above : float, optional
        A feature is dropped if the absolute Pearson correlation with one that is kept is above this.

    Examples
    --------
    >>> table = np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 1.0], [3.0, 6.0, 2.0]])
    >>> DropRedundant().fit_transform(table).tolist()
    [[1.0, 3.0], [2.0, 1.0], [3.0, 2.0]]
    """

    def __init__(self, above: float = 0.95) -> None:
        self.above = above

    def fit(self, x: ArrayLike, y: Any = None) -> DropRedundant:
        """Learn which features to keep.

        Parameters
        ----------
        x : (n, m) array_like
            Features without gaps.
        y : ignored
            For scikit-learn.

        Returns
        -------
        DropRedundant
            Itself.

        Raises
        ------
        ValueError
            If `above` is not above 0 and at most 1.
        """
        if not 0 < self.above <= 1:
            raise ValueError(f"above must be above 0 and at most 1, received {self.above}")
        values = validate_data(self, x, dtype=np.float64)
        centred = values - values.mean(axis=0)
        length = np.linalg.norm(centred, axis=0)
        centred = np.divide(centred, length, out=np.zeros_like(centred), where=length > 0)
        likeness = np.abs(centred.T @ centred)
        # Rounding must not make a feature that is its own copy differ from it, nor fall above 1.
        redundant = likeness > self.above - 1e-12 if self.above < 1 else likeness > 2
        self.kept_ = np.ones(values.shape[1], dtype=bool)
        for feature in range(1, values.shape[1]):
            self.kept_[feature] = not (redundant[feature, :feature] & self.kept_[:feature]).any()
        return self

    def _get_support_mask(self) -> NDArray:
        check_is_fitted(self)
        return self.kept_
