"""Features as a step of a scikit-learn pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from .discretization import Discretization
from .extraction import Families, Filters, extract


class FeatureExtractor(TransformerMixin, BaseEstimator):
    """Turn pairs of image and mask into rows of features.

    Features are measured in each pair alone: nothing is learnt but their names, so that nothing can leak. Behind
    it in a pipeline belong an imputer, if some features are NaN, and a scaler.

    Parameters
    ----------
    families, discretization, aggregation, resegment, outliers, resample, filters : optional
        As for `extract`.
    jobs : int, optional
        Processes; -1 for all cores.

    Examples
    --------
    >>> pairs = [([[1, 2], [3, 4]], [[1, 1], [0, 0]]), ([[5, 6], [7, 8]], [[1, 1], [1, 1]])]
    >>> rows = FeatureExtractor(families="intensity_statistics").fit_transform(pairs)
    >>> rows.shape, rows[:, 0].tolist()
    ((2, 18), [1.5, 6.5])
    """

    def __init__(
        self,
        *,
        families: Families = "all",
        discretization: Discretization | None = None,
        aggregation: str = "3d_merged",
        resegment: tuple[float, float] | None = None,
        outliers: float | None = None,
        resample: float | Sequence[float] | None = None,
        filters: Filters | None = None,
        jobs: int = 1,
    ) -> None:
        self.families = families
        self.discretization = discretization
        self.aggregation = aggregation
        self.resegment = resegment
        self.outliers = outliers
        self.resample = resample
        self.filters = filters
        self.jobs = jobs

    def fit(self, pairs: Sequence[tuple[ArrayLike, ArrayLike]], y: Any = None) -> FeatureExtractor:
        """Learn the features' names from the first pair.

        Parameters
        ----------
        pairs : sequence of (image, mask)
            Of which the first is measured.
        y : ignored
            For scikit-learn.

        Returns
        -------
        FeatureExtractor
            Itself.
        """
        _check_pairs(pairs)
        self.feature_names_out_ = np.array(self._measure(*pairs[0]).index, dtype=object)
        return self

    def transform(self, pairs: Sequence[tuple[ArrayLike, ArrayLike]]) -> NDArray:
        """Measure each pair.

        Parameters
        ----------
        pairs : sequence of (image, mask)
            As for `extract`.

        Returns
        -------
        (n, m) ndarray of float64
            One row per pair; a table after ``set_output(transform="pandas")``.

        Raises
        ------
        ValueError
            As `extract`; or if a pair has other features than the first of `fit`, such as a slice among volumes.
        """
        from joblib import Parallel, delayed

        check_is_fitted(self)
        _check_pairs(pairs)
        rows = Parallel(n_jobs=None if self.jobs == 1 else self.jobs)(
            delayed(self._measure)(*one) for one in pairs
        )
        for number, row in enumerate(rows):
            if len(row) != len(self.feature_names_out_) or (row.index != self.feature_names_out_).any():
                raise ValueError(
                    f"pair {number} has {len(row)} features, the first of fit {len(self.feature_names_out_)}; "
                    "measure slices and volumes, or images with and without spacing, apart"
                )
        return np.stack([row.to_numpy() for row in rows])

    def get_feature_names_out(self, input_features: Any = None) -> NDArray:
        """Return the names of the columns.

        Parameters
        ----------
        input_features : ignored
            For scikit-learn.

        Returns
        -------
        (m,) ndarray of object
            Names, as in `catalog`.
        """
        check_is_fitted(self)
        return self.feature_names_out_

    def _measure(self, image: ArrayLike, mask: ArrayLike) -> pd.Series:
        options = {name: value for name, value in self.get_params(deep=False).items() if name != "jobs"}
        return extract(image, mask, **options)


def _check_pairs(pairs: Sequence[tuple[ArrayLike, ArrayLike]]) -> None:
    if len(pairs) == 0 or any(not isinstance(pair, tuple | list) or len(pair) != 2 for pair in pairs):
        raise ValueError("expected a list of pairs (image, mask), at least one")
