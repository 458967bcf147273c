"""A whole classification judged at once: every metric with its interval, beside the majority's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array

from .classification import label_pair
from .intervals import Interval, spread_interval
from .resampling import METRICS, Cases, drawn_patients, measures, patient_codes

if TYPE_CHECKING:
    import pandas as pd

#: The column of a predictions table that holds the probabilities of a class starts with this.
PREFIX = "p_"


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


def probability_columns(classes: ArrayLike) -> list[str]:
    """Name the columns of a predictions table that hold the probabilities of classes.

    Parameters
    ----------
    classes : (k,) array_like
        The classes.

    Returns
    -------
    list of str

    Examples
    --------
    >>> probability_columns(["benign", "malignant"])
    ['p_benign', 'p_malignant']
    """
    return [f"{PREFIX}{name}" for name in np.asarray(classes).tolist()]


def table_cases(
    predictions: pd.DataFrame, *, positive: Any = None, threshold: float = 0.5
) -> tuple[list[Cases], tuple[Any, ...]]:
    """Read a table of predictions.

    Parameters
    ----------
    predictions, positive, threshold
        As for `evaluate`.

    Returns
    -------
    parts : list of Cases
        One for each repeat.
    classes : tuple
        The positive one, or all.

    Raises
    ------
    ValueError
        If the table lacks a column, or a repeat lacks a patient.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"patient": ["a"], "label": ["ill"], "p_ill": [0.9], "p_well": [0.1]})
    >>> table_cases(table, positive="ill")[0][0].probabilities
    array([[0.1, 0.9]])
    """
    columns = [name for name in predictions.columns if str(name).startswith(PREFIX)]
    missing = {"patient", "label"} - set(predictions.columns)
    if missing or len(columns) < 2 or not len(predictions):
        raise ValueError(
            f"expected rows with patient, label and p_<class> of at least two classes, received "
            f"{len(predictions)} with {', '.join(map(str, predictions.columns))}"
        )
    labels = predictions["label"].astype(str)
    patients = patient_codes(predictions["patient"], len(predictions))
    said = predictions[columns].to_numpy()
    limits = predictions["threshold"] if "threshold" in predictions else np.full(len(said), threshold)
    names = [name.removeprefix(PREFIX) for name in columns]
    wanted = None if positive is None else str(positive)
    whole, judged = cases_of(labels, said, patients, wanted, names, limits)
    if "repeat" not in predictions:
        return [whole], judged
    parts = []
    for name, rows in predictions.reset_index(drop=True).groupby("repeat"):
        part = replace(whole, **{field: getattr(whole, field)[rows.index] for field in Cases.__dataclass_fields__})
        if len(np.unique(part.patients)) <= patients.max():
            raise ValueError(f"each repeat must hold every patient, but repeat {name} lacks some")
        parts.append(part)
    return parts, judged


def cases_of(  # noqa: PLR0917 of one family with the public functions, whose options they are
    labels: ArrayLike,
    probabilities: ArrayLike,
    patients: NDArray[np.intp],
    positive: Any,
    classes: ArrayLike | None,
    threshold: ArrayLike,
) -> tuple[Cases, tuple[Any, ...]]:
    """Check labels and probabilities, decide, and number the classes.

    Parameters
    ----------
    labels, probabilities, positive, classes, threshold
        As for `classification`.
    patients : (n,) ndarray of int
        As from `patient_codes`.

    Returns
    -------
    cases : Cases
        Of two classes where there is a positive one.
    classes : tuple
        The positive one, or all.

    Raises
    ------
    ValueError
        As `classification`.

    Examples
    --------
    >>> cases_of(["ill", "well"], [0.9, 0.2], np.arange(2), "ill", None, 0.5)[0].decided
    array([1, 0])
    """
    said = real_array(probabilities, name="probabilities").astype(float, copy=False)
    columns = said[:, None] if said.ndim == 1 else said
    true, _ = label_pair(labels, columns[:, 0], name="probabilities")
    if columns.min() < 0 or columns.max() > 1:
        raise ValueError(
            f"probabilities must be from 0 to 1, received {columns.min():g} to {columns.max():g}; "
            "scores of another scale can be ranked (auc) but not judged as probabilities"
        )
    names = None if classes is None else np.asarray(classes)
    if said.ndim == 2:
        _check_columns(true, columns, names)
    if positive is None:
        if names is None or len(names) < 3 or said.ndim == 1:
            raise ValueError("expected positive, the class to be found, or at least three classes, one per column")
        codes = np.argmax(true[:, None] == names, axis=1)
        return Cases(codes, columns.argmax(axis=1), columns, patients), tuple(names.tolist())
    if positive not in (true if names is None else names):
        raise ValueError(f"positive must be one of {np.unique(true).tolist()}, received {positive!r}")
    if said.ndim == 2:
        columns = columns[:, [np.asarray(names).tolist().index(positive)]]
    limits = np.broadcast_to(real_array(threshold, name="threshold"), (len(true),))
    decided = (columns[:, 0] >= limits).astype(np.intp)
    return Cases((true == positive).astype(np.intp), decided, np.hstack([1 - columns, columns]), patients), (
        positive,
    )


def _check_columns(true: NDArray, columns: NDArray, names: NDArray | None) -> None:
    if names is None or names.shape != (columns.shape[1],):
        raise ValueError(f"classes must name each of {columns.shape[1]} columns, received {names}")
    unknown = np.setdiff1d(true, names)
    if len(unknown):
        raise ValueError(f"classes must name every class, received {names.tolist()}; add {unknown.tolist()[0]!r}")
    off = float(np.abs(columns.sum(axis=1) - 1).max())
    if off > 1e-3:
        raise ValueError(f"probabilities of a case must sum to 1, received a sum that is off by {off:.3g}")


def metric_bounds(metric: str, classes: int) -> tuple[float, float] | None:
    """Return the least and greatest value of a metric, or None.

    Parameters
    ----------
    metric : str
        One of `METRICS`.
    classes : int
        How many there are.

    Returns
    -------
    (float, float) or None

    Examples
    --------
    >>> metric_bounds("mcc", 2), metric_bounds("calibration_slope", 2)
    ((-1.0, 1.0), None)
    """
    if metric.startswith("calibration"):
        return None
    return (-1.0, 1.0) if metric == "mcc" else (0.0, 2.0 if metric == "brier" and classes > 2 else 1.0)


def rarest(cases: Cases) -> int:
    """Count the patients of the class that the fewest have.

    Parameters
    ----------
    cases : Cases
        Numbered cases.

    Returns
    -------
    int

    Examples
    --------
    >>> rarest(Cases(np.array([0, 0, 1]), np.zeros(3, int), np.full((3, 2), 0.5), np.arange(3)))
    1
    """
    owners = [len(np.unique(cases.patients[cases.truth == name])) for name in np.unique(cases.truth)]
    return min(owners)


def _judged(
    parts: list[Cases],
    classes: tuple[Any, ...],
    groups: ArrayLike | None,
    *,
    level: float,
    resamples: int,
    seed: int,
) -> Classification:
    import pandas as pd

    count = int(parts[0].patients.max()) + 1
    counts = drawn_patients(count, resamples=resamples, seed=seed)
    draws = np.mean([measures(part, counts) for part in parts], axis=0)
    plain = np.mean([measures(_majority(part), counts[:1]) for part in parts], axis=0)[0]
    rows = {}
    for name, drawn, simple in zip(METRICS, draws.T, plain, strict=True):
        bounds, fewest = metric_bounds(name, parts[0].probabilities.shape[1]), rarest(parts[0])
        interval = spread_interval(drawn[0], drawn[1:], patients=count, fewest=fewest, bounds=bounds, level=level)
        rows[name] = {**interval._asdict(), "majority": simple}
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("metric")
    names = frozenset() if groups is None else frozenset(np.asarray(groups).tolist())
    return Classification(table, classes, len(parts[0].truth), count, names)


def _majority(cases: Cases) -> Cases:
    shares = np.bincount(cases.truth, minlength=cases.probabilities.shape[1]) / len(cases.truth)
    said = np.full(len(cases.truth), shares.argmax())
    return replace(cases, decided=said, probabilities=np.tile(shares, (len(said), 1)))
