"""Principal components of a table of features."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd


class Components(NamedTuple):
    """The directions along which cases differ most.

    Parameters
    ----------
    scores : pandas.DataFrame
        One row per case, columns ``component 1`` and so on.
    shares : ndarray
        Of the variance of all standardized features, for each component.
    features : list of str
        What they were made of.
    """

    scores: pd.DataFrame
    shares: np.ndarray
    features: list[str]


def principal_components(table: pd.DataFrame, *, most: int = 5) -> Components:
    """Find the principal components of standardized features.

    Parameters
    ----------
    table : (n, m) pandas.DataFrame
        Numbers. Features that are constant or not known of all cases are left out.
    most : int, optional
        Components at most.

    Returns
    -------
    Components
        Without a column where fewer than two cases or features are left.

    References
    ----------
    Pearson K. On lines and planes of closest fit to systems of points in space. Philosophical Magazine 2 (1901)
    559-572.

    Examples
    --------
    >>> made = principal_components(pd.DataFrame({"a": [0.0, 1.0, 2.0], "b": [0.0, 2.0, 4.0]}))
    >>> made.shares.round(3).tolist(), made.scores["component 1"].round(2).tolist()
    ([1.0, 0.0], [-1.73, 0.0, 1.73])
    """
    from sklearn.decomposition import PCA
    from sklearn.preprocessing import StandardScaler

    values = table.astype(float)
    known = np.isfinite(values.to_numpy()).all(axis=0)
    varies = values.max(axis=0).to_numpy() > values.min(axis=0).to_numpy()
    values = values[values.columns[known & varies]]
    features = [str(name) for name in values.columns]
    if len(values) < 2 or len(features) < 2:
        return Components(pd.DataFrame(index=table.index), np.zeros(0), features)
    analysis = PCA(min(most, *values.shape), svd_solver="full")
    scores = analysis.fit_transform(StandardScaler().fit_transform(values))
    names = [f"component {number}" for number in range(1, scores.shape[1] + 1)]
    return Components(
        pd.DataFrame(scores, index=table.index, columns=names), analysis.explained_variance_ratio_, features
    )
