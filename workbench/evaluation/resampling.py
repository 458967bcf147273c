"""Patients drawn with replacement, and what a vector of counts makes of sums and ranks."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

#: So many resamples become float64 at a time.
BLOCK = 128


def patient_codes(groups: ArrayLike | None, count: int) -> NDArray[np.intp]:
    """Number the patients from 0, in the order of their first cases.

    Parameters
    ----------
    groups : (n,) array_like or None
        Patient of each case; None where each case is one patient.
    count : int
        Number of cases.

    Returns
    -------
    (n,) ndarray of int

    Raises
    ------
    ValueError
        If not every case has a patient.

    Examples
    --------
    >>> patient_codes(["b", "a", "b"], 3)
    array([0, 1, 0])
    """
    import pandas as pd

    if groups is None:
        return np.arange(count)
    codes, _ = pd.factorize(np.asarray(groups))
    if codes.shape != (count,) or (codes < 0).any():
        raise ValueError(f"groups must name the patient of each of {count} cases, received {codes.shape} or a gap")
    return codes


def drawn_patients(patients: int, *, resamples: int, seed: int) -> NDArray[np.uint8]:
    """Draw as many patients as there are, with replacement, and count how often each was drawn.

    Parameters
    ----------
    patients : int
        How many there are.
    resamples : int
        How often to draw.
    seed : int
        The same seed gives the same draws.

    Returns
    -------
    (1 + resamples, patients) ndarray of uint8
        The first row is no draw but all ones: the patients at hand.

    Raises
    ------
    ValueError
        If there are no resamples.

    References
    ----------
    Field CA, Welsh AH. Bootstrapping clustered data. Journal of the Royal Statistical Society B 69 (2007) 369-390.

    Examples
    --------
    >>> counts = drawn_patients(5, resamples=2, seed=0)
    >>> counts[0], counts.sum(axis=1)
    (array([1, 1, 1, 1, 1], dtype=uint8), array([5, 5, 5], dtype=uint64))
    """
    if resamples < 1:
        raise ValueError(f"resamples must be a positive integer, received {resamples}")
    rng = np.random.default_rng(seed)
    counts = np.ones((1 + resamples, patients), np.uint8)
    for row in counts[1:]:
        row[:] = np.bincount(rng.integers(patients, size=patients), minlength=patients)
    return counts


def sums(counts: NDArray[np.uint8], patients: NDArray[np.intp], values: NDArray) -> NDArray[np.float64]:
    """Sum values of cases in each resample.

    Parameters
    ----------
    counts : (R, G) ndarray of uint8
        How often each patient was drawn.
    patients : (n,) ndarray of int
        Of each case.
    values : (n, k) ndarray
        Of each case.

    Returns
    -------
    (R, k) ndarray of float64

    Examples
    --------
    >>> sums(np.array([[1, 1], [2, 0]], np.uint8), np.array([0, 0, 1]), np.array([[1.0], [2.0], [4.0]]))
    array([[7.],
           [6.]])
    """
    of_patient = np.stack(
        [np.bincount(patients, column, minlength=counts.shape[1]) for column in values.T.astype(float)], axis=1
    )
    result = np.empty((len(counts), of_patient.shape[1]))
    for start in range(0, len(counts), BLOCK):
        result[start : start + BLOCK] = counts[start : start + BLOCK].astype(float) @ of_patient
    return result


def ranking(scores: NDArray, patients: NDArray, positive: NDArray) -> tuple[NDArray, NDArray, NDArray]:
    """Sort cases by falling score, for `compiled.draws.areas`.

    Parameters
    ----------
    scores, patients, positive : (n,) ndarray
        Of each case.

    Returns
    -------
    patients, positive, last : (n,) ndarray
        In falling order of the scores; `last` where the next score is lower.

    Examples
    --------
    >>> ranking(np.array([0.1, 0.5, 0.5]), np.arange(3), np.array([True, False, True]))
    (array([1, 2, 0]), array([False,  True,  True]), array([False,  True,  True]))
    """
    order = np.argsort(-scores, kind="stable")
    sorted_scores = scores[order]
    return patients[order], positive[order], np.append(sorted_scores[1:] < sorted_scores[:-1], True)


def resampled_auc(
    positive: ArrayLike, scores: ArrayLike, counts: NDArray[np.uint8], patients: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Take the area under the ROC curve in each resample.

    Parameters
    ----------
    positive : (n,) array_like of bool
        Outcome of each case.
    scores : (n,) array_like of float
        Higher means more likely positive.
    counts : (R, G) ndarray of uint8
        As from `drawn_patients`.
    patients : (n,) ndarray of int
        As from `patient_codes`.

    Returns
    -------
    (R,) ndarray of float64

    Examples
    --------
    >>> counts = drawn_patients(4, resamples=1000, seed=0)
    >>> float(resampled_auc([True, True, False, False], [0.9, 0.4, 0.5, 0.1], counts, np.arange(4))[0])
    0.75
    """
    from workbench.compiled import draws

    return draws.areas(counts, *ranking(np.asarray(scores, float), patients, np.asarray(positive, bool)))[:, 0]
