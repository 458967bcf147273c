"""Counts of right and wrong decisions, and the rates made of them.

Each rate takes the true labels, then the predicted ones. With ``positive="malignant"`` it is the rate of that
class against all others; without, it is the macro average: the plain mean over all classes. A rate whose
denominator is empty is NaN, never 0, and so is a macro average with such a class in it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    import pandas as pd


def confusion(labels: ArrayLike, predictions: ArrayLike, *, classes: ArrayLike | None = None) -> pd.DataFrame:
    """Count the cases of each true class by the class predicted for them.

    Parameters
    ----------
    labels, predictions : (n,) array_like
        True and predicted class of each case.
    classes : array_like, optional
        The classes in the order wanted; sorted where not given.

    Returns
    -------
    pandas.DataFrame
        Rows are true classes, columns predicted ones; entries are numbers of cases.

    Raises
    ------
    ValueError
        If the lengths differ, a value is missing, or a class is not among `classes`.

    Examples
    --------
    >>> confusion(["ill", "ill", "well"], ["ill", "well", "well"])
    prediction  ill  well
    label
    ill           1     1
    well          0     1
    """
    import pandas as pd

    true, predicted = label_pair(labels, predictions)
    found = np.union1d(true, predicted)
    names = found if classes is None else np.asarray(classes)
    unknown = np.setdiff1d(found, names)
    if len(unknown):
        raise ValueError(f"classes must name every class, received {names.tolist()}; add {unknown.tolist()[0]!r}")
    index, columns = pd.Index(names, name="label"), pd.Index(names, name="prediction")
    counts = [[int(np.sum((true == row) & (predicted == column))) for column in names] for row in names]
    return pd.DataFrame(counts, index=index, columns=columns)


def accuracy(labels: ArrayLike, predictions: ArrayLike) -> float:
    """Share of all cases that are predicted rightly.

    Parameters
    ----------
    labels, predictions : (n,) array_like
        True and predicted class of each case.

    Returns
    -------
    float
        From 0 to 1. With rare disease, calling everyone healthy scores high: compare it with the majority's share.

    Raises
    ------
    ValueError
        If the lengths differ or a value is missing.

    Examples
    --------
    >>> accuracy(["ill", "well", "well", "well"], ["well", "well", "well", "well"])
    0.75
    """
    true, predicted = label_pair(labels, predictions)
    return float(np.mean(true == predicted))


def recall(labels: ArrayLike, predictions: ArrayLike, *, positive: Any = None) -> float:
    """Recall, or sensitivity: share of the positive cases that are found, TP / (TP + FN).

    Parameters
    ----------
    labels, predictions : (n,) array_like
        True and predicted class of each case.
    positive : optional
        The class to be found; without it, the macro average over all classes.

    Returns
    -------
    float
        From 0 to 1; NaN if no case is positive.

    Raises
    ------
    ValueError
        If the lengths differ or a value is missing.

    Examples
    --------
    >>> recall(["ill", "ill", "well", "well"], ["ill", "well", "well", "ill"], positive="ill")
    0.5
    """
    return _rate(labels, predictions, positive, lambda tp, fp, fn, tn: (tp, tp + fn))


def specificity(labels: ArrayLike, predictions: ArrayLike, *, positive: Any = None) -> float:
    """Specificity: share of the negative cases that are not flagged, TN / (TN + FP).

    Parameters
    ----------
    labels, predictions : (n,) array_like
        True and predicted class of each case.
    positive : optional
        The class to be found; without it, the macro average over all classes.

    Returns
    -------
    float
        From 0 to 1; NaN if no case is negative.

    Raises
    ------
    ValueError
        If the lengths differ or a value is missing.

    Examples
    --------
    >>> specificity(["ill", "well", "well", "well"], ["ill", "well", "well", "ill"], positive="ill")
    0.6666666666666666
    """
    return _rate(labels, predictions, positive, lambda tp, fp, fn, tn: (tn, tn + fp))


def precision(labels: ArrayLike, predictions: ArrayLike, *, positive: Any = None) -> float:
    """Precision, or positive predictive value: share of the alarms that are true, TP / (TP + FP).

    Parameters
    ----------
    labels, predictions : (n,) array_like
        True and predicted class of each case.
    positive : optional
        The class to be found; without it, the macro average over all classes.

    Returns
    -------
    float
        From 0 to 1; NaN if nothing is predicted positive. It holds for the prevalence of these cases alone: see
        `natural_frequencies`.

    Raises
    ------
    ValueError
        If the lengths differ or a value is missing.

    Examples
    --------
    >>> precision(["ill", "well", "well"], ["ill", "ill", "well"], positive="ill")
    0.5
    """
    return _rate(labels, predictions, positive, lambda tp, fp, fn, tn: (tp, tp + fp))


def f1(labels: ArrayLike, predictions: ArrayLike, *, positive: Any = None) -> float:
    """F1 score: the harmonic mean of recall and precision, 2 TP / (2 TP + FP + FN).

    Parameters
    ----------
    labels, predictions : (n,) array_like
        True and predicted class of each case.
    positive : optional
        The class to be found; without it, the macro average over all classes.

    Returns
    -------
    float
        From 0 to 1; NaN if no case is positive and none predicted so.

    Raises
    ------
    ValueError
        If the lengths differ or a value is missing.

    References
    ----------
    van Rijsbergen CJ. Information Retrieval. 2nd ed. Butterworths (1979).

    Examples
    --------
    >>> f1(["ill", "ill", "well"], ["ill", "well", "well"], positive="ill")
    0.6666666666666666
    """
    return _rate(labels, predictions, positive, lambda tp, fp, fn, tn: (2 * tp, 2 * tp + fp + fn))


def natural_frequencies(
    *, recall: float, specificity: float, prevalence: float, people: int = 1000
) -> pd.DataFrame:
    """Say what a test does to a number of people: how many are found, missed, alarmed, not flagged.

    Parameters
    ----------
    recall, specificity : float
        Of the test, from 0 to 1.
    prevalence : float
        Share of the people who are ill, from 0 to 1.
    people : int, optional
        How many to imagine.

    Returns
    -------
    pandas.DataFrame
        Rows ill and well, columns alarm and no alarm: expected whole numbers of people that sum to `people`.

    Raises
    ------
    ValueError
        If a share is not from 0 to 1, or there are no people.

    References
    ----------
    Gigerenzer G, Hoffrage U. How to improve Bayesian reasoning without instruction: frequency formats.
    Psychological Review 102 (1995) 684-704.

    Examples
    --------
    One woman in a hundred is ill; of ten alarms, nine are false:

    >>> natural_frequencies(recall=0.9, specificity=0.91, prevalence=0.01)
          alarm  no alarm
    ill       9         1
    well     89       901
    """
    import pandas as pd

    for name, share in {"recall": recall, "specificity": specificity, "prevalence": prevalence}.items():
        if not 0 <= share <= 1:
            raise ValueError(f"{name} must be from 0 to 1, received {share}; divide a percentage by 100")
    if people < 1:
        raise ValueError(f"people must be a positive integer, received {people}")
    ill = round(people * prevalence)
    found, peace = round(ill * recall), round((people - ill) * specificity)
    return pd.DataFrame(
        {"alarm": [found, people - ill - peace], "no alarm": [ill - found, peace]}, index=["ill", "well"]
    )


def label_pair(labels: ArrayLike, predictions: ArrayLike, *, name: str = "predictions") -> tuple[NDArray, NDArray]:
    """Return labels and what is to be compared with them as two vectors of one length, with nothing missing.

    Parameters
    ----------
    labels, predictions : (n,) array_like
        True classes, and predicted ones or scores.
    name : str, optional
        What the error message calls the second.

    Returns
    -------
    labels, predictions : (n,) ndarray

    Raises
    ------
    ValueError
        If they are not two vectors of one length, or a value is missing.

    Examples
    --------
    >>> label_pair(["ill"], ["ill", "well"])
    Traceback (most recent call last):
    ...
    ValueError: labels and predictions must be two vectors of one length, received shapes (1,) and (2,)
    """
    import pandas as pd

    true, predicted = np.asarray(labels), np.asarray(predictions)
    if true.ndim != 1 or true.shape != predicted.shape:
        raise ValueError(
            f"labels and {name} must be two vectors of one length, "
            f"received shapes {true.shape} and {predicted.shape}"
        )
    if not len(true):
        raise ValueError("expected at least one case, received none")
    for what, values in (("labels", true), (name, predicted)):
        missing = int(pd.isna(values).sum())
        if missing:
            raise ValueError(f"{what} must not be missing, received {missing} of {len(values)}; drop those cases")
    return true, predicted


def _rate(
    labels: ArrayLike, predictions: ArrayLike, positive: Any, parts: Callable[..., tuple[int, int]]
) -> float:
    true, predicted = label_pair(labels, predictions)
    if positive is None:
        return float(np.mean([_one_rate(true, predicted, name, parts) for name in np.union1d(true, predicted)]))
    return _one_rate(true, predicted, positive, parts)


def _one_rate(true: NDArray, predicted: NDArray, positive: Any, parts: Callable[..., tuple[int, int]]) -> float:
    is_positive, alarm = true == positive, predicted == positive
    tp, ill, alarms = int(np.sum(is_positive & alarm)), int(np.sum(is_positive)), int(np.sum(alarm))
    # A misspelt class would otherwise have a perfect specificity.
    if not ill + alarms:
        return float("nan")
    share, whole = parts(tp, alarms - tp, ill - tp, len(true) - ill - alarms + tp)
    return share / whole if whole else float("nan")
