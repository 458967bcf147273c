"""Mean and spread over all images of a cohort, one image in memory at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from workbench.checks import real_array


@dataclass(frozen=True)
class Moments:
    """Number, mean and spread of values that need not be kept; parts add up to the whole.

    Parameters
    ----------
    count : int
        How many values.
    mean : float
        Of the values, in their unit.
    squares : float
        Sum of squared deviations from the mean.

    References
    ----------
    T. F. Chan, G. H. Golub, R. J. LeVeque: Algorithms for computing the sample variance: analysis and
    recommendations. The American Statistician 37, 1983.

    Examples
    --------
    >>> moments([1.0, 2.0]) + moments([6.0])
    Moments(count=3, mean=3.0, squares=14.0)
    """

    count: int
    mean: float
    squares: float

    def __add__(self, other: Moments) -> Moments:
        """Join two parts."""
        count, step = self.count + other.count, other.mean - self.mean
        between = step**2 * self.count * other.count / count
        return Moments(count, self.mean + step * other.count / count, self.squares + other.squares + between)

    @property
    def deviation(self) -> float:
        """Standard deviation of the values (of all of them, not estimated for more)."""
        return float((self.squares / self.count) ** 0.5)


def moments(values: ArrayLike) -> Moments:
    """Measure number, mean and spread of an image's values.

    Parameters
    ----------
    values : array_like
        Any shape.

    Returns
    -------
    Moments
        In double precision.

    Raises
    ------
    ValueError
        If there are no values, or any is not a number.

    Examples
    --------
    >>> moments([[0.0, 4.0]])
    Moments(count=2, mean=2.0, squares=8.0)
    """
    pixels = real_array(values).astype(np.float64)
    mean = float(pixels.mean())
    return Moments(pixels.size, mean, float(((pixels - mean) ** 2).sum()))


def pool(parts: Iterable[Moments]) -> Moments:
    """Join the moments of many images.

    Parameters
    ----------
    parts : iterable of Moments
        At least one.

    Returns
    -------
    Moments
        Of all values together: large images weigh more.

    Raises
    ------
    ValueError
        If there is none.

    Examples
    --------
    >>> pool([moments([1.0]), moments([2.0]), moments([6.0])]).mean
    3.0
    """
    known = list(parts)
    if not known:
        raise ValueError("expected the moments of at least one image, received none")
    return sum(known[1:], start=known[0])
