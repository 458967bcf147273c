"""Training beside whatever else goes on, so that a notebook or an explorer answers meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pandas as pd

from ..backend import keras
from .fitting import Training, fit


class LiveTraining:
    """A training that goes on in a thread of its own; made by `fit_live`."""

    def __init__(self, work: Callable[[Callable[[pd.DataFrame], bool]], Training]) -> None:
        self._table = pd.DataFrame()
        self._stopped = threading.Event()
        self._future: Future[Training] = Future()
        threading.Thread(target=self._run, args=(work,), daemon=True, name="training").start()

    @property
    def running(self) -> bool:
        """Whether it goes on."""
        return not self._future.done()

    @property
    def table(self) -> pd.DataFrame:
        """The numbers of each epoch so far."""
        return self._table

    def stop(self) -> None:
        """End it after the epoch that is under way; the model keeps the best weights so far."""
        self._stopped.set()

    def result(self, timeout: float | None = None) -> Training:
        """Wait for its end.

        Parameters
        ----------
        timeout : float, optional
            In seconds; without it as long as it takes.

        Returns
        -------
        Training
            As from `fit`.

        Raises
        ------
        TimeoutError
            If it is not over by then.
        Exception
            Whatever ended the training.
        """
        return self._future.result(timeout)

    def _run(self, work: Callable[[Callable[[pd.DataFrame], bool]], Training]) -> None:
        try:
            self._future.set_result(work(self._watch))
        except BaseException as error:
            self._future.set_exception(error)

    def _watch(self, table: pd.DataFrame) -> bool:
        self._table = table
        return not self._stopped.is_set()


def fit_live(
    model: keras.Model,
    images: Any,
    targets: Any = None,
    *,
    watch: Callable[[pd.DataFrame], bool | None] | None = None,
    **options: Any,
) -> LiveTraining:
    """Train a model in a thread.

    Parameters
    ----------
    model, images, targets
        As for `fit`. Leave the model alone until it is over.
    watch : callable, optional
        As for `fit`; called in the thread.
    **options
        Others of `fit`; no progress bar by default.

    Returns
    -------
    LiveTraining
        To look at, to stop, and to wait for.

    Examples
    --------
    >>> import numpy as np
    >>> from workbench.cnn import classifier
    >>> images = np.random.default_rng(0).normal(size=(4, 8, 8))
    >>> live = fit_live(classifier((8, 8), 2, width=2, depth=1), images, [0, 0, 1, 1], epochs=1)
    >>> live.result().ended
    'finished'
    """

    def work(keep: Callable[[pd.DataFrame], bool]) -> Training:
        def both(table: pd.DataFrame) -> bool:
            return keep(table) and (watch is None or watch(table) is not False)

        return fit(model, images, targets, watch=both, **({"progress": False} | options))

    return LiveTraining(work)
