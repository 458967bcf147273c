"""Which features survive a second measurement, and which say the same."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.checks import one_of

#: Lower end of the interval from which a feature counts as moderate, good or excellent (Koo and Li 2016).
GRADES = {0.5: "moderate", 0.75: "good", 0.9: "excellent"}
SYSTEMATIC = ("agreement", "consistency")


def stability(*tables: pd.DataFrame, kind: str = "agreement", confidence: float = 0.95) -> pd.DataFrame:
    """Measure how well features agree when the same regions are measured again.

    The intraclass correlation is the share of a feature's variance that comes from differences between the
    regions. The second measurement may be a retest, another reader, or a perturbed mask (`perturb`).

    Parameters
    ----------
    *tables : pandas.DataFrame
        Two or more, each with one row per region and one column per feature. Regions are matched by the index, and
        those that a table lacks or does not define are left out.
    kind : str, optional
        ``"agreement"`` (default): a shift between the tables counts against the feature, ICC(2,1).
        ``"consistency"``: it does not, ICC(3,1).
    confidence : float, optional
        Of the interval.

    Returns
    -------
    pandas.DataFrame
        One row per feature: regions (how many were compared), icc, low, high, and grade by the lower end of the
        interval: ``"poor"``, ``"moderate"`` from 0.5, ``"good"`` from 0.75, ``"excellent"`` from 0.9. A feature
        that is the same everywhere has no correlation (NaN) and no grade.

    Raises
    ------
    ValueError
        If there are fewer than two tables, they share fewer than two regions or no feature, or an index is not
        unique.

    References
    ----------
    Shrout PE, Fleiss JL. Intraclass correlations. Psychol Bull 86 (1979) 420-428.
    McGraw KO, Wong SP. Forming inferences about some intraclass correlation coefficients. Psychol Methods 1 (1996)
    30-46.
    Koo TK, Li MY. A guideline of selecting and reporting intraclass correlation coefficients. J Chiropr Med 15
    (2016) 155-163.

    Examples
    --------
    >>> first = pd.DataFrame({"volume": [9.0, 6, 8, 7, 10, 6]})
    >>> second = pd.DataFrame({"volume": [2.0, 1, 4, 1, 5, 2]})
    >>> float(stability(first, second, kind="consistency").loc["volume", "icc"].round(3))
    0.745
    """
    one_of(kind, SYSTEMATIC, name="kind")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must be between 0 and 1, received {confidence}")
    values, features = _matched(tables)
    rows = {}
    for place, feature in enumerate(features):
        both = values[:, :, place]
        both = both[np.isfinite(both).all(axis=1)]
        icc, low, high = _correlation(both, kind, 1 - confidence) if len(both) > 1 else (np.nan,) * 3
        rows[feature] = (len(both), icc, low, high, _grade(low))
    return pd.DataFrame.from_dict(rows, orient="index", columns=["regions", "icc", "low", "high", "grade"])


def redundancy(table: pd.DataFrame, *, threshold: float = 0.9, method: str = "spearman") -> pd.DataFrame:
    """Group features that say the same.

    Features are clustered so that any two of a cluster correlate, up or down, with at least the threshold
    (complete linkage). The representative is the one that correlates most with the others.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per region, one column per feature.
    threshold : float, optional
        Smallest absolute correlation within a cluster, above 0 and below 1.
    method : str, optional
        ``"spearman"`` (default: any monotone relation counts) or ``"pearson"``.

    Returns
    -------
    pandas.DataFrame
        One row per feature: cluster (from 1, largest first; 0 for features that are constant or not defined
        everywhere), representative (of the cluster), correlation (with it).

    Raises
    ------
    ValueError
        If there are fewer than three rows or no feature that varies, or the threshold is not between 0 and 1.

    Examples
    --------
    >>> table = pd.DataFrame({"a": [1, 2, 3, 4], "b": [1, 4, 9, 16], "c": [2, 1, 2, 1]})
    >>> redundancy(table)["cluster"].to_dict()
    {'a': 1, 'b': 1, 'c': 2}
    """
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    one_of(method, ("spearman", "pearson"), name="method")
    if not 0 < threshold < 1:
        raise ValueError(f"threshold must be above 0 and below 1, received {threshold}")
    if len(table) < 3:
        raise ValueError(f"expected at least three regions to correlate features over, received {len(table)}")
    spread = table.max() - table.min()
    varying = table.columns[table.notna().all() & (spread > 1e-12 * table.abs().max())]
    if varying.empty:
        raise ValueError("expected at least one feature that varies and is defined everywhere, received none")
    ranked = table[varying].rank() if method == "spearman" else table[varying]
    signed = np.atleast_2d(np.corrcoef(ranked.to_numpy(dtype=float), rowvar=False))
    strength = np.abs(signed)
    found = np.ones(len(varying), dtype=int)
    if len(varying) > 1:
        distance = squareform(np.clip(1 - strength, 0, None), checks=False)
        # A hair above, so that a correlation of exactly the threshold is inside.
        found = fcluster(linkage(distance, "complete"), 1 - threshold + 1e-9, criterion="distance")
    rows: dict[str, tuple[int, str, float]] = {}
    groups = sorted(
        (np.flatnonzero(found == number) for number in np.unique(found)), key=lambda g: (-len(g), g[0])
    )
    for number, group in enumerate(groups, start=1):
        chosen = int(group[strength[np.ix_(group, group)].sum(axis=0).argmax()])
        rows |= {varying[member]: (number, varying[chosen], signed[member, chosen]) for member in group.tolist()}
    lone = {name: (0, name, np.nan) for name in table.columns if name not in rows}
    named = pd.DataFrame.from_dict(
        rows | lone, orient="index", columns=["cluster", "representative", "correlation"]
    )
    return named.loc[table.columns]


def _matched(tables: tuple[pd.DataFrame, ...]) -> tuple[NDArray, list[str]]:
    if len(tables) < 2:
        raise ValueError(f"expected at least two tables to compare, received {len(tables)}")
    for table in tables:
        if not table.index.is_unique:
            raise ValueError(
                f"each region must have one row, received {table.index[table.index.duplicated()][0]!r} twice"
            )
    first, *others = tables
    features = [name for name in first.columns if all(name in other for other in others)]
    regions = first.index[np.all([first.index.isin(other.index) for other in others], axis=0)]
    if not features or len(regions) < 2:
        raise ValueError(
            f"expected tables of the same features and regions, received {len(features)} features and "
            f"{len(regions)} regions in common"
        )
    return np.stack([table.loc[regions, features].to_numpy(dtype=float) for table in tables], axis=1), features


def _correlation(values: NDArray, kind: str, risk: float) -> tuple[float, float, float]:
    """ICC of n regions (rows) by k measurements (columns), with the interval of McGraw and Wong."""
    from scipy.stats import f as fisher

    n, k = values.shape
    grand = values.mean()
    regions = k * ((values.mean(axis=1) - grand) ** 2).sum() / (n - 1)
    raters = n * ((values.mean(axis=0) - grand) ** 2).sum() / (k - 1)
    rest = values - values.mean(axis=1, keepdims=True) - values.mean(axis=0) + grand
    error = (rest**2).sum() / ((n - 1) * (k - 1))
    noise = (1e-12 * np.abs(values).max()) ** 2
    if regions <= noise and error <= noise:
        return np.nan, np.nan, np.nan
    if kind == "consistency":
        if error <= noise:
            return 1.0, 1.0, 1.0
        ratio = regions / error
        low = ratio / fisher.ppf(1 - risk / 2, n - 1, (n - 1) * (k - 1))
        high = ratio * fisher.ppf(1 - risk / 2, (n - 1) * (k - 1), n - 1)
        return tuple((bound - 1) / (bound + k - 1) for bound in (ratio, low, high))
    icc = (regions - error) / (regions + (k - 1) * error + k * (raters - error) / n)
    if error <= noise and raters <= noise:
        return 1.0, 1.0, 1.0
    a, b = k * icc / (n * (1 - icc)), 1 + k * icc * (n - 1) / (n * (1 - icc))
    freedom = (a * raters + b * error) ** 2 / (
        (a * raters) ** 2 / (k - 1) + (b * error) ** 2 / ((n - 1) * (k - 1))
    )
    upper, lower = fisher.ppf(1 - risk / 2, n - 1, freedom), fisher.ppf(1 - risk / 2, freedom, n - 1)
    shared = k * raters + (k * n - k - n) * error
    low = n * (regions - upper * error) / (upper * shared + n * regions)
    high = n * (lower * regions - error) / (shared + n * lower * regions)
    return icc, low, high


def _grade(low: float) -> str:
    if np.isnan(low):
        return ""
    return next((name for limit, name in sorted(GRADES.items(), reverse=True) if low >= limit), "poor")
