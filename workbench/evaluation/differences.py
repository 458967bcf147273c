"""Two classifiers on the same cases, or one on two cohorts: the difference, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from .cases import Cases, cases_of, rarest, table_cases
from .judging import Classification
from .metrics import measures, metric_intervals
from .paired import PairedTest, delong, mcnemar
from .resampling import drawn_patients, patient_codes

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Comparison:
    """How two classifiers differ on the same cases.

    Parameters
    ----------
    table : pandas.DataFrame
        Indexed by metric: first, second, difference (first minus second) and its low and high.
    delong : PairedTest or None
        Of the areas under the ROC curves; None of more than two classes.
    mcnemar : PairedTest
        Of the shares of right decisions.
    """

    table: pd.DataFrame
    delong: PairedTest | None
    mcnemar: PairedTest


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


def _compared(first: list[Cases], second: list[Cases], *, level: float, resamples: int, seed: int) -> Comparison:
    count, classes = int(first[0].patients.max()) + 1, first[0].probabilities.shape[1]
    counts = drawn_patients(count, resamples=resamples, seed=seed)
    one, two = measures(first, counts), measures(second, counts)
    sizes = {"classes": classes, "patients": count, "fewest": rarest(first[0])}
    table = metric_intervals(one - two, **sizes, difference=True, level=level)
    table = table.rename(columns={"value": "difference"})
    table.insert(0, "first", one[0])
    table.insert(1, "second", two[0])
    return Comparison(table, delong(first[0], second[0]) if classes == 2 else None, mcnemar(first[0], second[0]))
