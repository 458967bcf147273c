"""How sure a prediction is, and whether models agree on it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array


def entropy(probabilities: ArrayLike) -> NDArray[np.float64]:
    r"""Compute the uncertainty of each prediction: :math:`-\sum_k p_k \log_2 p_k`.

    Parameters
    ----------
    probabilities : (n, ..., classes) array_like
        As `predict` gives them.

    Returns
    -------
    (n, ...) ndarray of float64
        In bits: 0 where one class is certain, ``log2(classes)`` where all are alike.

    Raises
    ------
    ValueError
        If a probability is negative or they do not sum to 1.

    References
    ----------
    Shannon CE. A mathematical theory of communication. Bell System Technical Journal 27 (1948) 379-423.

    Examples
    --------
    >>> entropy([[1.0, 0.0], [0.5, 0.5]])
    array([0., 1.])
    """
    given = _distribution(probabilities)
    return np.abs((given * np.log2(np.where(given > 0, given, 1))).sum(axis=-1))


def mutual_information(members: ArrayLike) -> NDArray[np.float64]:
    """Compute how much of the uncertainty is disagreement between the members of an ensemble.

    It is the entropy of their mean minus the mean of their entropies. What is left, that mean, is uncertainty on
    which all agree: a voxel of two tissues stays one, however many models are trained.

    Parameters
    ----------
    members : (members, n, ..., classes) array_like
        As `predict_each` gives them; two members at least.

    Returns
    -------
    (n, ...) ndarray of float64
        In bits: 0 where all members say the same.

    Raises
    ------
    ValueError
        If there are fewer than two members, a probability is negative or they do not sum to 1.

    References
    ----------
    Houlsby N, Huszar F, Ghahramani Z, Lengyel M. Bayesian active learning for classification and preference
    learning. arXiv 1112.5745 (2011).

    Examples
    --------
    Two members that are sure of different classes, and two that are equally unsure.

    >>> mutual_information([[[1.0, 0.0], [0.5, 0.5]], [[0.0, 1.0], [0.5, 0.5]]])
    array([1., 0.])
    """
    given = _distribution(members)
    if given.ndim < 3 or len(given) < 2:
        raise ValueError(f"members must have shape (2 or more, n, ..., classes), received {given.shape}")
    return np.maximum(entropy(given.mean(axis=0)) - entropy(given).mean(axis=0), 0)


def spread(members: ArrayLike) -> NDArray[np.float64]:
    """Compute the standard deviation of each probability over the members of an ensemble.

    Parameters
    ----------
    members : (members, n, ..., classes) array_like
        As `predict_each` gives them; two members at least.

    Returns
    -------
    (n, ..., classes) ndarray of float64
        0 where all members say the same, 0.5 at most between two.

    Raises
    ------
    ValueError
        As `mutual_information`.

    Examples
    --------
    >>> spread([[[1.0, 0.0]], [[0.0, 1.0]]])
    array([[0.5, 0.5]])
    """
    given = _distribution(members)
    if given.ndim < 3 or len(given) < 2:
        raise ValueError(f"members must have shape (2 or more, n, ..., classes), received {given.shape}")
    return given.std(axis=0)


def _distribution(probabilities: ArrayLike) -> NDArray[np.float64]:
    given = real_array(probabilities, name="probabilities").astype(np.float64)
    if given.min() < 0 or not np.allclose(given.sum(axis=-1), 1, atol=1e-3):
        raise ValueError(
            f"probabilities must be 0 or more and sum to 1 along the last axis, received minimum {given.min():g} "
            f"and sums from {given.sum(axis=-1).min():g} to {given.sum(axis=-1).max():g}"
        )
    return given
