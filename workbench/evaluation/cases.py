"""Labels and probabilities as numbers, checked: from arrays, or from a table of predictions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array

from .classification import label_pair
from .resampling import patient_codes

if TYPE_CHECKING:
    import pandas as pd

#: The column of a predictions table that holds the probabilities of a class starts with this.
PREFIX = "p_"


@dataclass(frozen=True, eq=False)
class Cases:
    """Cases as numbers, checked: what every resample reads.

    Parameters
    ----------
    truth, decided : (n,) ndarray of int
        Index of the true and of the decided class; with two classes, 1 is the positive one.
    probabilities : (n, k) ndarray of float64
        Of each class.
    patients : (n,) ndarray of int
        From 0.
    """

    truth: NDArray[np.intp]
    decided: NDArray[np.intp]
    probabilities: NDArray[np.float64]
    patients: NDArray[np.intp]

    @property
    def judged(self) -> range:
        """Indices of the classes whose rates count: the positive one of two, or each of more."""
        classes = self.probabilities.shape[1]
        return range(1, 2) if classes == 2 else range(classes)

    def chosen(self, rows: NDArray) -> Cases:
        """Return some of the cases, their patients numbered anew."""
        patients = np.unique(self.patients[rows], return_inverse=True)[1]
        return Cases(self.truth[rows], self.decided[rows], self.probabilities[rows], patients)


def probability_column(name: Any) -> str:
    """Name the column of a predictions table that holds the probabilities of a class.

    Parameters
    ----------
    name
        The class.

    Returns
    -------
    str

    Examples
    --------
    >>> probability_column("benign")
    'p_benign'
    """
    return f"{PREFIX}{name}"


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
    return [probability_column(name) for name in np.asarray(classes).tolist()]


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


def _check_columns(true: NDArray, columns: NDArray, names: NDArray | None) -> None:
    if names is None or names.shape != (columns.shape[1],):
        raise ValueError(f"classes must name each of {columns.shape[1]} columns, received {names}")
    unknown = np.setdiff1d(true, names)
    if len(unknown):
        raise ValueError(f"classes must name every class, received {names.tolist()}; add {unknown.tolist()[0]!r}")
    off = float(np.abs(columns.sum(axis=1) - 1).max())
    if off > 1e-3:
        raise ValueError(f"probabilities of a case must sum to 1, received a sum that is off by {off:.3g}")
