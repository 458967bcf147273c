"""One number that makes a network's probabilities honest."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array

#: Temperatures are looked for between one part in this and this.
RANGE = 100.0
#: A probability below this is taken for it; float32 holds nothing much smaller.
LEAST = 1e-30


def fit_temperature(probabilities: ArrayLike, targets: ArrayLike) -> float:
    r"""Find the temperature that makes probabilities of validation cases fit their classes best.

    Networks are surer than they are right. The temperature :math:`T` divides the logits; above 1 it takes
    certainty away and below 1 it adds some. It is the one that makes the mean of
    :math:`-\log p(\text{true class})` least. The most probable class stays what it is.

    Parameters
    ----------
    probabilities : (n, ..., classes) array_like
        As `predict` gives them for cases that were not trained on: validation cases, never the test's.
    targets : (n, ...) array_like of int
        Their true classes.

    Returns
    -------
    float
        From 0.01 to 100: a bound means that every case is right (or that the probabilities tell nothing), and
        that there are too few validation cases to say how sure the model may be.

    Raises
    ------
    TypeError
        If a target is no whole number.
    ValueError
        If shapes do not fit, a probability is negative or a target is no class.

    References
    ----------
    Guo C, Pleiss G, Sun Y, Weinberger KQ. On calibration of modern neural networks. ICML (2017) 1321-1330.

    Examples
    --------
    Four cases called with probability 0.9, three of them rightly: 0.75 is honest, and 9 to 1 becomes 3 to 1.

    >>> round(fit_temperature([[0.9, 0.1]] * 4, [0, 0, 0, 1]), 6)
    2.0
    """
    from scipy.optimize import brentq

    logits = _logits(probabilities)
    wanted = _classes(targets, logits.shape)
    logits, wanted = logits.reshape(-1, logits.shape[-1]), wanted.ravel()
    right = float(np.take_along_axis(logits, wanted[:, np.newaxis], axis=1).mean())

    def slope(inverse: float) -> float:
        # The loss is convex in 1/T: its slope there, the mean logit expected minus the true one's, has one zero.
        weights = np.exp(inverse * logits)
        return float(((weights * logits).sum(axis=1) / weights.sum(axis=1)).mean()) - right

    low, high = 1 / RANGE, RANGE
    if slope(low) >= 0:
        return RANGE
    if slope(high) <= 0:
        return 1 / RANGE
    return 1 / brentq(slope, low, high, xtol=1e-12)


def apply_temperature(probabilities: ArrayLike, temperature: float) -> NDArray:
    """Make probabilities softer (above 1) or sharper (below 1).

    Parameters
    ----------
    probabilities : (n, ..., classes) array_like
        As `predict` gives them.
    temperature : float
        Positive; 1 changes nothing.

    Returns
    -------
    ndarray
        Same shape and dtype; sums to 1 along the last axis.

    Raises
    ------
    ValueError
        If a probability is negative or the temperature not positive.

    Examples
    --------
    >>> apply_temperature([[0.9, 0.1]], 2.0)
    array([[0.75, 0.25]])
    """
    if not (math.isfinite(temperature) and temperature > 0):
        raise ValueError(f"temperature must be positive, received {temperature}")
    given = np.asarray(probabilities)
    if temperature == 1:
        return given
    logits = _logits(given)
    weights = np.exp(logits / temperature)
    weights /= weights.sum(axis=-1, keepdims=True)
    return weights.astype(given.dtype, copy=False) if given.dtype.kind == "f" else weights


def calibration_error(probabilities: ArrayLike, targets: ArrayLike, *, bins: int = 15) -> float:
    """Measure how far stated and true certainty lie apart: the expected calibration error.

    Parameters
    ----------
    probabilities : (n, ..., classes) array_like
        As `predict` gives them.
    targets : (n, ...) array_like of int
        The true classes.
    bins : int, optional
        Of equal width, for the probability of the predicted class.

    Returns
    -------
    float
        Mean over the cases of the gap, in their bin, between mean probability and share of right predictions; 0
        is honest, 1 the worst.

    Raises
    ------
    TypeError
        If a target is no whole number.
    ValueError
        If shapes do not fit, a target is no class or `bins` is not positive.

    References
    ----------
    Naeini MP, Cooper GF, Hauskrecht M. Obtaining well calibrated probabilities using Bayesian binning. AAAI (2015)
    2901-2907.

    Examples
    --------
    >>> round(calibration_error([[0.9, 0.1]] * 4, [0, 0, 0, 1]), 6)
    0.15
    """
    if bins < 1:
        raise ValueError(f"bins must be 1 or more, received {bins}")
    given = real_array(probabilities, name="probabilities").astype(np.float64)
    wanted = _classes(targets, given.shape)
    sure, hit = given.max(axis=-1).ravel(), (given.argmax(axis=-1) == wanted).ravel()
    place = np.minimum((sure * bins).astype(int), bins - 1)
    gaps = np.bincount(place, weights=sure - hit, minlength=bins)
    return float(np.abs(gaps).sum() / len(sure))


def _logits(probabilities: ArrayLike) -> NDArray:
    given = real_array(probabilities, name="probabilities").astype(np.float64)
    if given.ndim < 2 or given.shape[-1] < 2 or given.min() < 0:
        raise ValueError(
            f"probabilities must have shape (n, ..., classes) and not be negative, received shape {given.shape} "
            f"with minimum {given.min():g}"
        )
    logits = np.log(np.maximum(given, LEAST))
    return logits - logits.max(axis=-1, keepdims=True)


def _classes(targets: ArrayLike, shape: tuple[int, ...]) -> NDArray:
    wanted = real_array(targets, name="targets")
    if wanted.dtype.kind == "f":
        raise TypeError(
            f"targets must be whole numbers, received dtype {wanted.dtype}; use astype(int) if they are"
        )
    if wanted.shape != shape[:-1]:
        raise ValueError(f"targets must have shape {shape[:-1]}, received {wanted.shape}")
    if wanted.min() < 0 or wanted.max() >= shape[-1]:
        raise ValueError(
            f"targets must be classes from 0 to {shape[-1] - 1}, received {wanted.min()} to {wanted.max()}"
        )
    return wanted.astype(np.int64)
