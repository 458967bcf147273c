"""The components of a mixture of intensities: their expectation and maximisation."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .clusters import exact_means
from .histograms import Tally

# Voxels of two tissues are told in so many steps from one to the other.
STEPS = 8
# A smaller deviation, of intensities between 0 and 1, would let one value take a class for itself.
LEAST_DEVIATION = 1e-4
LEAST_SHARE = 1e-12


class Components(NamedTuple):
    """Normal distributions: the pure classes, then, if mixed, steps between classes that follow each other.

    Parameters
    ----------
    compositions : (C, K) ndarray
        Which part of each component is of which class.
    families : (C,) ndarray of int
        Components of one family have one share among them: each class, and the steps between two classes.
    means : (K,) ndarray
        Of the classes.
    deviations : (C,) ndarray
        Of the components; equal if mixed.
    shares : (F,) ndarray
        Of the families.
    """

    compositions: NDArray[np.float64]
    families: NDArray[np.intp]
    means: NDArray[np.float64]
    deviations: NDArray[np.float64]
    shares: NDArray[np.float64]

    @property
    def mixed(self) -> bool:
        """Whether there are components of two classes."""
        return len(self.compositions) > len(self.means)

    def centres(self) -> NDArray[np.float64]:
        """Return the mean of each component."""
        return self.compositions @ self.means

    def constants(self, shares: NDArray | float) -> NDArray[np.float64]:
        """Return the logarithm of each component's factor, where the families have these shares."""
        part = (shares / np.bincount(self.families))[self.families]
        return np.log(np.maximum(part, LEAST_SHARE) / (np.sqrt(2 * np.pi) * self.deviations))

    def expect(self, values: NDArray) -> tuple[NDArray, NDArray]:
        """Return the probability of each component given each value, (C, N), and the value's log-likelihood."""
        centres, deviations, constants = (
            column[:, None].astype(values.dtype)
            for column in (self.centres(), self.deviations, self.constants(self.shares))
        )
        chances = constants - ((values - centres) / deviations) ** 2 / 2
        highest = chances.max(axis=0)
        np.exp(chances - highest, out=chances)
        evidence = chances.sum(axis=0)
        chances /= evidence
        return chances, highest + np.log(evidence)

    def fractions(self, values: NDArray) -> NDArray:
        """Return the expected fraction of each class given each value, (K, N)."""
        chances, _ = self.expect(values)
        return self.compositions.T.astype(values.dtype) @ chances if self.mixed else chances

    def maximise(self, sums: NDArray) -> Components:
        """Return the components that explain best which values were expected of which.

        Parameters
        ----------
        sums : (C, 3) ndarray
            Of the probabilities, of the values times them, and of the squared values times them.
        """
        counts, first, second = sums.T
        # A class that nothing belongs to keeps its mean.
        hold = 1e-9 * counts.sum() * np.eye(len(self.means))
        means = np.linalg.solve(
            self.compositions.T @ (counts[:, None] * self.compositions) + hold,
            self.compositions.T @ first + hold @ self.means,
        )
        centres = self.compositions @ means
        squares = np.maximum(second - 2 * centres * first + centres**2 * counts, 0)
        if self.mixed:
            variances = np.full(len(counts), squares.sum() / counts.sum())
        else:
            variances = squares / np.maximum(counts, LEAST_SHARE)
        deviations = np.maximum(np.sqrt(variances), LEAST_DEVIATION)
        shares = np.bincount(self.families, counts) / counts.sum()
        return self._replace(means=means, deviations=deviations, shares=shares)


def first_components(found: Tally, classes: int, *, mixed: bool) -> Components:
    """Return components made from the best clusters of the intensities."""
    means, _ = exact_means(found, classes)
    nearest = np.searchsorted((means[1:] + means[:-1]) / 2, found.values, side="left")
    counts = np.bincount(nearest, found.counts)
    squares = np.bincount(nearest, found.spreads + found.counts * (found.values - means[nearest]) ** 2)
    pure = np.eye(classes)
    if not mixed:
        deviations = np.maximum(np.sqrt(squares / counts), LEAST_DEVIATION)
        return Components(pure, np.arange(classes), means, deviations, counts / counts.sum())
    part = (np.arange(STEPS)[:, None] + 0.5) / STEPS
    steps = [(1 - part) * pure[k] + part * pure[k + 1] for k in range(classes - 1)]
    compositions = np.concatenate([pure, *steps])
    families = np.concatenate([np.arange(classes), np.repeat(np.arange(classes, 2 * classes - 1), STEPS)])
    deviation = max(float(np.sqrt(squares.sum() / counts.sum())), LEAST_DEVIATION)
    shares = np.full(2 * classes - 1, 1 / (2 * classes - 1))
    return Components(compositions, families, means, np.full(len(compositions), deviation), shares)
