"""Threshold: a ROC curve with a point that moves, and what it does to the cases, in the browser."""

from __future__ import annotations

from typing import Any

import anywidget
import numpy as np
import traitlets
from numpy.typing import ArrayLike

from workbench.evaluation import confusion

from .sending import FOLDER, script


class Threshold(anywidget.AnyWidget):
    """Cases of two classes by their probability, and the threshold from which on one is called positive.

    Parameters
    ----------
    **traits
        Of those below.

    Examples
    --------
    >>> threshold = Threshold(threshold=0.4)
    >>> threshold.show(["ill", "ill", "well"], [0.9, 0.3, 0.2], positive="ill", negative="well")
    >>> threshold.table.loc["ill"].tolist()
    [1, 1]
    """

    _esm = script("saving", "axes", "threshold")
    _css = FOLDER / "figures.css"

    ill = traitlets.Bytes().tag(sync=True)
    well = traitlets.Bytes().tag(sync=True)
    positive = traitlets.Unicode("positive").tag(sync=True)
    negative = traitlets.Unicode("negative").tag(sync=True)
    threshold = traitlets.Float(0.5, min=0, max=1).tag(sync=True)

    def show(self, labels: ArrayLike, probabilities: ArrayLike, *, positive: str, negative: str) -> None:
        """Show other cases.

        Parameters
        ----------
        labels : (n,) array_like
            True classes; all but `positive` count as negative.
        probabilities : (n,) array_like of float
            Of the positive class, from 0 to 1.
        positive, negative : str
            What the two are called.

        Raises
        ------
        ValueError
            If there is no positive or no negative case.
        """
        is_ill, values = np.asarray(labels).astype(str) == positive, np.asarray(probabilities, float)
        if is_ill.all() or not is_ill.any():
            raise ValueError(f"expected {positive} and other cases, received {is_ill.sum()} of {is_ill.size}")
        self._labels, self._values = np.where(is_ill, positive, negative), values
        with self.hold_sync():
            self.positive, self.negative = positive, negative
            self.ill, self.well = (np.sort(values[chosen]).tobytes() for chosen in (is_ill, ~is_ill))

    @property
    def called(self) -> np.ndarray:
        """What each case is called at the threshold."""
        return np.where(self._values >= self.threshold, self.positive, self.negative)

    @property
    def table(self) -> Any:
        """The confusion matrix at the threshold."""
        return confusion(self._labels, self.called, classes=[self.positive, self.negative])
