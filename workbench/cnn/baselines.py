"""What a network has to beat: the best rule that looks at intensity alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array, same_shape
from workbench.evaluation import dice

STEPS = 256


@dataclass(frozen=True)
class Thresholds:
    """Intensity ranges, one for each class.

    Parameters
    ----------
    cuts : tuple of float
        Ascending; an intensity that equals a cut belongs to the range above it.
    classes : tuple of int
        One more than cuts: the class of each range, from dark to bright.
    """

    cuts: tuple[float, ...]
    classes: tuple[int, ...]

    def predict(self, images: ArrayLike) -> NDArray:
        """Return the class of each pixel.

        Parameters
        ----------
        images : (...) array_like
            In the units of the cuts.

        Returns
        -------
        (...) ndarray of int
            Same shape.
        """
        return np.asarray(self.classes)[np.digitize(real_array(images, name="images"), self.cuts)]


def fit_thresholds(images: ArrayLike, labels: ArrayLike) -> Thresholds:
    """Find the thresholds with the greatest mean Dice coefficient of the classes other than background.

    Every class gets one range of intensity, in the order of the classes' mean intensities. Of all cuts between 256
    steps from the least to the greatest intensity the best are found exactly, by dynamic programming.

    Parameters
    ----------
    images : (...) array_like
        Pixels to learn from.
    labels : (...) array_like of int
        Same shape; 0 is background. At least two classes.

    Returns
    -------
    Thresholds
        For images of the same units.

    Raises
    ------
    ValueError
        If shapes differ, the images are constant, or there is only one class.

    Examples
    --------
    >>> fit_thresholds([0, 1, 100, 101, 255], [0, 0, 1, 1, 2])
    Thresholds(cuts=(2.0, 102.0), classes=(0, 1, 2))
    """
    pixels, classes = real_array(images, name="images"), real_array(labels, name="labels")
    same_shape(images=pixels, labels=classes)
    present = np.unique(classes)
    low, high = float(pixels.min()), float(pixels.max())
    if len(present) < 2 or low == high:
        raise ValueError(f"expected two classes and two intensities at least, received classes {present.tolist()}")
    order = sorted(present.tolist(), key=lambda label: float(pixels[classes == label].mean()))
    edges = np.linspace(low, high, STEPS)
    # below[k, s]: how many pixels of class k lie under edge s; the last edge stands above all.
    bins = np.digitize(pixels, edges) - 1
    counts = np.stack([np.bincount(bins[classes == label], minlength=STEPS) for label in order])
    below = np.concatenate([np.zeros((len(order), 1)), counts.cumsum(axis=1)], axis=1)
    best, came_from = np.full(STEPS + 1, -np.inf), []
    best[0] = 0.0
    for index, label in enumerate(order):
        total = best[:, np.newaxis] + _interval_dice(below, index) * (label != 0)
        total[np.tril_indices(STEPS + 1, -1)] = -np.inf
        came_from.append(total.argmax(axis=0))
        best = total.max(axis=0)
    cuts, end = [], STEPS
    for start in reversed(came_from[1:]):
        end = int(start[end])
        cuts.append(float(edges[min(end, STEPS - 1)]))
    return Thresholds(tuple(reversed(cuts)), tuple(order))


def dice_by_slice(predictions: dict[str, NDArray], truth: ArrayLike, *, names: tuple[str, ...]) -> pd.DataFrame:
    """Compare label maps with the truth, slice by slice.

    Parameters
    ----------
    predictions : dict of str to (n, ...) ndarray of int
        Method to label maps.
    truth : (n, ...) array_like of int
        The right ones.
    names : tuple of str
        Of the labels, background first; background is not compared.

    Returns
    -------
    pandas.DataFrame
        One row per slice, columns (method, class): the Dice coefficient, NaN where the class is absent from both.

    Raises
    ------
    ValueError
        If shapes differ.

    Examples
    --------
    >>> truth = np.array([[0, 1], [1, 1]])
    >>> table = dice_by_slice({"all": np.ones_like(truth)}, truth, names=("air", "brain"))
    >>> table["all", "brain"].round(3).tolist()
    [0.667, 1.0]
    """
    right = np.asarray(truth)
    columns = {}
    for method, labels in predictions.items():
        same_shape(predictions=np.asarray(labels), truth=right)
        for label, name in enumerate(names[1:], start=1):
            columns[method, name] = [dice(a == label, b == label) for a, b in zip(labels, right, strict=True)]
    return pd.DataFrame(columns).rename_axis(index="slice", columns=["method", "class"])


def _interval_dice(below: NDArray, index: int) -> NDArray:
    inside = below[index] - below[index][:, np.newaxis]
    everything = below.sum(axis=0) - below.sum(axis=0)[:, np.newaxis]
    return 2 * inside / np.maximum(everything + below[index, -1], 1)
