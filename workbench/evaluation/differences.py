"""Two classifiers on the same cases, or one on two cohorts: the difference, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .cases import cases_of, table_cases
from .intervals import spread_interval
from .judging import Classification, metric_bounds
from .resampling import METRICS, Cases, drawn_patients, measures, patient_codes

if TYPE_CHECKING:
    import pandas as pd


class Test(NamedTuple):
    """A difference and the test of whether it is zero.

    Parameters
    ----------
    difference : float
        First minus second.
    statistic : float
        Standard normal where the truth is no difference; NaN for an exact test.
    p : float
        Two-sided.
    """

    difference: float
    statistic: float
    p: float


@dataclass(frozen=True, eq=False)
class Comparison:
    """How two classifiers differ on the same cases.

    Parameters
    ----------
    table : pandas.DataFrame
        Indexed by metric: first, second, difference (first minus second) and its low and high.
    delong : Test or None
        Of the areas under the ROC curves; None of more than two classes.
    mcnemar : Test
        Of the shares of right decisions.
    """

    table: pd.DataFrame
    delong: Test | None
    mcnemar: Test


def compare(
    labels: ArrayLike,
    first: ArrayLike,
    second: ArrayLike,
    *,
    groups: ArrayLike | None,
    positive: Any = None,
    classes: ArrayLike | None = None,
    threshold: ArrayLike = 0.5,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> Comparison:
    """Compare two classifiers on the same cases.

    Parameters
    ----------
    labels : (n,) array_like
        True class of each case.
    first, second : (n,) or (n, k) array_like of float
        Probabilities of each, as for `classification`.
    groups, positive, classes, threshold, level, resamples, seed
        As for `classification`; each draw judges both on the same patients.

    Returns
    -------
    Comparison
        Every metric's difference with its interval, and the tests of DeLong and McNemar, which where a patient has
        several cases take patients, not cases, for independent.

    Raises
    ------
    ValueError
        As `classification`.

    References
    ----------
    DeLong ER, DeLong DM, Clarke-Pearson DL. Comparing the areas under two or more correlated receiver operating
    characteristic curves: a nonparametric approach. Biometrics 44 (1988) 837-845.

    Obuchowski NA. Nonparametric analysis of clustered ROC curve data. Biometrics 53 (1997) 567-578.

    McNemar Q. Note on the sampling error of the difference between correlated proportions or percentages.
    Psychometrika 12 (1947) 153-157.

    Yang Z, Sun X, Hardin JW. A note on the tests for clustered matched-pair binary data. Biometrical Journal 52
    (2010) 638-652.

    Examples
    --------
    >>> labels = ["ill", "ill", "well", "well"] * 10
    >>> found = compare(labels, [0.9, 0.7, 0.3, 0.2] * 10, [0.9, 0.3, 0.6, 0.2] * 10, groups=None, positive="ill")
    >>> found.table.loc["accuracy", ["first", "second", "difference"]].tolist()
    [1.0, 0.5, 0.5]
    >>> found.mcnemar.p == 2 / 2**20
    True
    """
    patients = patient_codes(groups, len(np.asarray(labels)))
    pairs = [[cases_of(labels, said, patients, positive, classes, threshold)[0]] for said in (first, second)]
    return _compared(*pairs, level=level, resamples=resamples, seed=seed)


def compare_predictions(
    first: pd.DataFrame,
    second: pd.DataFrame,
    *,
    positive: Any = None,
    threshold: float = 0.5,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> Comparison:
    """Compare two tables of predictions of the same cases, from whatever models they are.

    Parameters
    ----------
    first, second : pandas.DataFrame
        As for `evaluate`, indexed by case; the order of the rows may differ.
    positive, threshold, level, resamples, seed
        As for `evaluate`.

    Returns
    -------
    Comparison
        As from `compare`. With several repeats the table compares means over repeats, and the tests the first
        repeat.

    Raises
    ------
    ValueError
        If the tables are not of the same cases, patients and labels.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"patient": [*"abcd"], "label": ["ill", "well"] * 2}, index=range(4))
    >>> good = table.assign(p_ill=[0.9, 0.2, 0.8, 0.1], p_well=[0.1, 0.8, 0.2, 0.9])
    >>> float(compare_predictions(good, good.iloc[::-1], positive="ill").table["difference"].abs().max())
    0.0
    """
    key = ["repeat"] if "repeat" in first and "repeat" in second else []
    known = ["patient", "label"]
    ordered = [
        table.rename_axis("case").reset_index().set_index(["case", *key]).sort_index() for table in (first, second)
    ]
    if not ordered[0].index.is_unique or not ordered[0][known].astype(str).equals(ordered[1][known].astype(str)):
        raise ValueError(
            "expected two tables of the same cases, each once in each repeat, with the same patients and labels; "
            "select one model from each"
        )
    pairs = [table_cases(table.reset_index(), positive=positive, threshold=threshold)[0] for table in ordered]
    return _compared(*pairs, level=level, resamples=resamples, seed=seed)


def external_validation(internal: Classification, external: Classification) -> pd.DataFrame:
    """Set a classification of new patients, from elsewhere, beside that of the patients it was made for.

    Parameters
    ----------
    internal, external : Classification
        As from `classification` or `evaluate`, of different patients.

    Returns
    -------
    pandas.DataFrame
        Indexed by metric: internal, external, difference (external minus internal), low, high. The interval of the
        difference is made of both intervals' arms.

    Raises
    ------
    ValueError
        If a patient is in both, or the classes differ.

    References
    ----------
    Zou GY, Donner A. Construction of confidence limits about effect measures: a general approach. Statistics in
    Medicine 27 (2008) 1693-1702.

    Examples
    --------
    >>> from workbench.evaluation import classification
    >>> labels = ["ill", "well"] * 20
    >>> home = classification(labels, [0.9, 0.1] * 20, groups=range(40), positive="ill")
    >>> away = classification(labels, [0.9, 0.1, 0.2, 0.8] * 10, groups=range(40, 80), positive="ill")
    >>> external_validation(home, away).loc["accuracy", ["internal", "external", "difference"]].tolist()
    [1.0, 0.5, -0.5]
    """
    import pandas as pd

    if internal.classes != external.classes:
        raise ValueError(f"expected the same classes, received {internal.classes} and {external.classes}")
    shared = internal.names & external.names
    if shared:
        raise ValueError(
            f"an external cohort shares no patient, but {len(shared)} are in both, such as {min(shared)!r}"
        )
    here, there = internal.table, external.table
    difference = there["value"] - here["value"]
    below = np.hypot(there["value"] - there["low"], here["high"] - here["value"])
    above = np.hypot(there["high"] - there["value"], here["value"] - here["low"])
    return pd.DataFrame(
        {
            "internal": here["value"],
            "external": there["value"],
            "difference": difference,
            "low": difference - below,
            "high": difference + above,
        }
    )


def auc_covariance(positive: ArrayLike, scores: ArrayLike, patients: ArrayLike) -> tuple[NDArray, NDArray]:
    """Estimate areas under ROC curves of the same cases, and their covariance without resampling.

    Parameters
    ----------
    positive : (n,) array_like of bool
        Outcome of each case.
    scores : (n, k) array_like of float
        Of k classifiers.
    patients : (n,) array_like of int
        Patient of each case, from 0. Where each has one case, this is the covariance of DeLong and others.

    Returns
    -------
    areas : (k,) ndarray
    covariance : (k, k) ndarray
        NaN with fewer than two patients in a class.

    References
    ----------
    Obuchowski NA. Nonparametric analysis of clustered ROC curve data. Biometrics 53 (1997) 567-578.

    Examples
    --------
    >>> areas, covariance = auc_covariance([True, True, False, False], [[0.9], [0.4], [0.5], [0.1]], range(4))
    >>> areas.tolist(), covariance.tolist()
    ([0.75], [[0.125]])
    """
    is_positive, values, owner = np.asarray(positive, bool), np.asarray(scores, float), np.asarray(patients)
    ill, well = is_positive.nonzero()[0], (~is_positive).nonzero()[0]
    beaten = np.column_stack([_share_below(column[well], column[ill]) for column in values.T])
    beating = np.column_stack([1 - _share_below(column[ill], column[well]) for column in values.T])
    areas = beaten.mean(axis=0)
    total = int(owner.max()) + 1
    deviations = []
    for rows, components in ((ill, beaten), (well, beating)):
        centred = components - areas
        deviations.append(
            np.stack([np.bincount(owner[rows], column, total) for column in centred.T], axis=1) / len(rows)
        )
    correction = [_bessel(len(np.unique(owner[rows]))) for rows in (ill, well)]
    a, b = deviations
    cross = a.T @ b
    together = _bessel(total) * (cross + cross.T)
    return areas, correction[0] * a.T @ a + correction[1] * b.T @ b + together


def _bessel(count: int) -> float:
    return count / (count - 1) if count > 1 else np.nan


def _share_below(references: NDArray, values: NDArray) -> NDArray:
    ranked = np.sort(references)
    twice = np.searchsorted(ranked, values, side="left") + np.searchsorted(ranked, values, side="right")
    return twice / (2 * len(ranked))


def _compared(first: list[Cases], second: list[Cases], *, level: float, resamples: int, seed: int) -> Comparison:
    import pandas as pd

    count = int(first[0].patients.max()) + 1
    counts = drawn_patients(count, resamples=resamples, seed=seed)
    drawn = [np.mean([measures(part, counts) for part in parts], axis=0) for parts in (first, second)]
    classes = first[0].probabilities.shape[1]
    rows = {}
    for column, name in enumerate(METRICS):
        one, two = drawn[0][:, column], drawn[1][:, column]
        bounds = metric_bounds(name, classes)
        widest = None if bounds is None else (bounds[0] - bounds[1], bounds[1] - bounds[0])
        found = spread_interval(one[0] - two[0], one[1:] - two[1:], patients=count, bounds=widest, level=level)
        rows[name] = {
            "first": one[0],
            "second": two[0],
            "difference": found.value,
            "low": found.low,
            "high": found.high,
        }
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("metric")
    return Comparison(table, _delong(first[0], second[0]) if classes == 2 else None, _mcnemar(first[0], second[0]))


def _delong(first: Cases, second: Cases) -> Test:
    from scipy import stats

    if len(np.unique(first.truth)) < 2:
        return Test(np.nan, np.nan, np.nan)
    scores = np.column_stack([first.probabilities[:, 1], second.probabilities[:, 1]])
    areas, covariance = auc_covariance(first.truth == 1, scores, first.patients)
    difference = float(areas[0] - areas[1])
    variance = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    if variance <= 1e-15:
        # Both rank every pair alike, or the difference has no spread to be judged by.
        return Test(difference, np.nan, 1.0 if difference == 0 else np.nan)
    statistic = float(difference / np.sqrt(variance))
    return Test(difference, statistic, float(2 * stats.norm.sf(abs(statistic))))


def _mcnemar(first: Cases, second: Cases) -> Test:
    from scipy import stats

    gain = (first.decided == first.truth).astype(int) - (second.decided == second.truth)
    difference = float(gain.mean())
    of_patient = np.bincount(first.patients, gain)
    better, worse = int(np.sum(gain > 0)), int(np.sum(gain < 0))
    if len(of_patient) == len(gain):
        p = stats.binomtest(better, better + worse).pvalue if better + worse else 1.0
        return Test(difference, np.nan, float(p))
    spread = float(np.sum(of_patient**2))
    if not spread:
        return Test(difference, np.nan, 1.0)
    statistic = float(of_patient.sum() / np.sqrt(spread))
    return Test(difference, statistic, float(2 * stats.norm.sf(abs(statistic))))
