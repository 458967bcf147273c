"""A whole classification judged at once: every metric with its interval, beside the majority's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from .cases import Cases, cases_of, rarest, table_cases
from .intervals import Interval
from .metrics import measures, metric_intervals
from .resampling import drawn_patients, patient_codes

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Classification:
    """How good a classification is, and how sure that is.

    Parameters
    ----------
    table : pandas.DataFrame
        Indexed by metric: value, low, high, and majority, the value of who always says the most frequent class,
        with the classes' shares as probabilities.
    classes : tuple
        The positive class alone, or, of more than two, all: then the rates, areas and calibrations are plain means
        over the classes, each against the rest (macro average).
    cases, patients : int
        How many were judged.
    names : frozenset
        Of the patients; empty where `groups` was None.
    """

    table: pd.DataFrame
    classes: tuple[Any, ...]
    cases: int
    patients: int
    names: frozenset[Any]

    def __getitem__(self, metric: str) -> Interval:
        return Interval(*self.table.loc[metric, ["value", "low", "high"]])

    def __repr__(self) -> str:
        what = f"positive: {self.classes[0]}" if len(self.classes) == 1 else f"mean of {len(self.classes)} classes"
        units = f"{self.patients} patients" if self.names else f"{self.patients} cases, each taken for one patient"
        return f"Classification({what}; {self.cases} cases of {units})\n{self.table.round(3)}"


def classification(
    labels: ArrayLike,
    probabilities: ArrayLike,
    *,
    groups: ArrayLike | None,
    positive: Any = None,
    classes: ArrayLike | None = None,
    threshold: ArrayLike = 0.5,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> Classification:
    """Judge a classification by every usual metric, each with an interval from resampled patients.

    Parameters
    ----------
    labels : (n,) array_like
        True class of each case.
    probabilities : (n,) or (n, k) array_like of float
        Of the positive class; or of each of `classes`, which sum to one.
    groups : (n,) array_like or None
        Patient of each case; all cases of a patient are drawn together. None where each case is one patient.
    positive : optional
        The class to be found, judged against all others. Needed unless there are more than two `classes`.
    classes : (k,) array_like, optional
        The classes of the columns.
    threshold : float or (n,) array_like, optional
        With `positive`: a case is called so where its probability is at least this; one for each case where folds
        have their own. Without, the most probable class is called, the first where two are equal.
    level : float, optional
        Share of studies whose interval is to hold the truth.
    resamples : int, optional
        How often to draw the patients.
    seed : int, optional
        Of the draws: the same seed gives the same intervals.

    Returns
    -------
    Classification
        With a table of accuracy, balanced accuracy, recall, precision, specificity, F1, Matthews's correlation
        (MCC), area under the ROC curve, average precision, Brier score (of more than two classes a sum over them,
        up to 2), calibration slope (1 is right, below 1 too extreme) and calibration intercept (at a slope of 1; 0
        is right, below 0 too high). NaN where undefined.

    Raises
    ------
    ValueError
        If neither or both ways of naming the classes fit, a class or probability is impossible, or a value is
        missing.

    References
    ----------
    Van Calster B, McLernon DJ, van Smeden M, Wynants L, Steyerberg EW. Calibration: the Achilles heel of
    predictive analytics. BMC Medicine 17 (2019) 230.

    Matthews BW. Comparison of the predicted and observed secondary structure of T4 phage lysozyme. Biochimica et
    Biophysica Acta 405 (1975) 442-451.

    Examples
    --------
    >>> labels, said = ["ill", "ill", "well", "well"] * 10, [0.9, 0.4, 0.6, 0.2] * 10
    >>> found = classification(labels, said, groups=None, positive="ill")
    >>> found.table.loc[["accuracy", "auc"], ["value", "majority"]]
              value  majority
    metric
    accuracy   0.50       0.5
    auc        0.75       0.5
    """
    named = patient_codes(groups, len(np.asarray(labels)))
    cases, judged = cases_of(labels, probabilities, named, positive, classes, threshold)
    return _judged([cases], judged, groups, level=level, resamples=resamples, seed=seed)


def evaluate(
    predictions: pd.DataFrame,
    *,
    positive: Any = None,
    threshold: float = 0.5,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> Classification:
    """Judge a table of predictions, from whatever model they are.

    Parameters
    ----------
    predictions : pandas.DataFrame
        One row per case: patient, label, a column ``p_<class>`` for each class, and, where cross-validation was
        repeated, repeat: then each metric is the mean over repeats, and a patient is drawn with all repeats at
        once. A column threshold, where there is one, goes before the option of that name.
    positive : optional
        The class to be found, judged against all others; without it, macro averages.
    threshold, level, resamples, seed
        As for `classification`.

    Returns
    -------
    Classification
        As from `classification`.

    Raises
    ------
    ValueError
        If the table lacks a column, or a repeat lacks a patient.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"patient": [*"abcd"], "label": ["ill", "ill", "well", "well"]})
    >>> table["p_ill"], table["p_well"] = [0.9, 0.4, 0.6, 0.2], [0.1, 0.6, 0.4, 0.8]
    >>> evaluate(table, positive="ill")["auc"].value
    0.75
    """
    parts, classes = table_cases(predictions, positive=positive, threshold=threshold)
    return _judged(parts, classes, predictions["patient"], level=level, resamples=resamples, seed=seed)


def subgroups(
    predictions: pd.DataFrame,
    by: ArrayLike,
    *,
    positive: Any = None,
    threshold: float = 0.5,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    """Judge parts of the cases by themselves: scanners, hospitals, sexes, ages.

    Parameters
    ----------
    predictions : pandas.DataFrame
        As for `evaluate`.
    by : (n,) array_like
        Subgroup of each row.
    positive, threshold, level, resamples, seed
        As for `evaluate`.

    Returns
    -------
    pandas.DataFrame
        Indexed by subgroup and metric, the subgroup "all" last: value, low, high, cases, patients. Many subgroups
        are many chances of a surprise: an interval that misses the value of all cases is a question, not an
        answer.

    Raises
    ------
    ValueError
        If a subgroup is missing, or the table lacks a column.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"patient": range(8), "label": ["ill", "well"] * 4})
    >>> table["p_ill"] = [0.9, 0.1, 0.9, 0.1, 0.2, 0.8, 0.2, 0.8]
    >>> table["p_well"] = 1 - table["p_ill"]
    >>> subgroups(table, [*"mmmmffff"], positive="ill").xs("auc", level="metric")["value"]
    subgroup
    f      0.00
    m      1.00
    all    0.75
    Name: value, dtype: float64
    """
    import pandas as pd

    values = pd.Series(np.asarray(by))
    if len(values) != len(predictions) or values.isna().any():
        raise ValueError(f"by must name the subgroup of each of {len(predictions)} rows, received {len(values)}")
    options = {"positive": positive, "threshold": threshold, "level": level, "resamples": resamples, "seed": seed}
    tables = {}
    for name in [*sorted(values.unique()), None]:
        chosen = np.ones(len(values), bool) if name is None else (values == name).to_numpy()
        found = evaluate(predictions[chosen], **options)
        counted = found.table.drop(columns="majority").assign(cases=found.cases, patients=found.patients)
        tables["all" if name is None else name] = counted
    return pd.concat(tables, names=["subgroup", "metric"])


def patients_needed(found: Classification, *, half_width: float = 0.05) -> pd.DataFrame:
    """Say how many patients like these an interval of a given width takes.

    Parameters
    ----------
    found : Classification
        A study, which may be a pilot.
    half_width : float, optional
        Half of the width wanted.

    Returns
    -------
    pandas.DataFrame
        Indexed by metric: half_width here, and patients, as many as give the width wanted, since widths fall with
        the square root of their number. For the same share of ill and the same number of cases of each patient.

    Raises
    ------
    ValueError
        If the width is not positive.

    Examples
    --------
    >>> found = classification([1, 0] * 50, [0.8, 0.2] * 40 + [0.2, 0.8] * 10, groups=None, positive=1)
    >>> int(patients_needed(found, half_width=0.04).loc["accuracy", "patients"])
    378
    """
    import pandas as pd

    if not half_width > 0:
        raise ValueError(f"half_width must be positive, received {half_width}")
    half = (found.table["high"] - found.table["low"]) / 2
    needed = np.ceil(found.patients * (half / half_width) ** 2)
    return pd.DataFrame({"half_width": half, "patients": needed.astype("Int64")})


def _judged(
    parts: list[Cases],
    classes: tuple[Any, ...],
    groups: ArrayLike | None,
    *,
    level: float,
    resamples: int,
    seed: int,
) -> Classification:
    count = int(parts[0].patients.max()) + 1
    counts = drawn_patients(count, resamples=resamples, seed=seed)
    table = metric_intervals(
        measures(parts, counts),
        classes=parts[0].probabilities.shape[1],
        patients=count,
        fewest=rarest(parts[0]),
        level=level,
    )
    table["majority"] = measures([_majority(part) for part in parts], counts[:1])[0]
    names = frozenset() if groups is None else frozenset(np.asarray(groups).tolist())
    return Classification(table, classes, len(parts[0].truth), count, names)


def _majority(cases: Cases) -> Cases:
    shares = np.bincount(cases.truth, minlength=cases.probabilities.shape[1]) / len(cases.truth)
    said = np.full(len(cases.truth), shares.argmax())
    return replace(cases, decided=said, probabilities=np.tile(shares, (len(said), 1)))
