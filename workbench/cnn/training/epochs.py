"""The epochs of a training: the best one kept, each checkpointed, ended in time."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from numpy.typing import NDArray
from tqdm.auto import tqdm

from . import checkpoints
from .checkpoints import Progress
from .loop import Loop

FINISHED, EARLY, INTERRUPTED = "finished", "stopped early", "interrupted"


@dataclass
class Epochs:
    """A training under way.

    Parameters
    ----------
    loop : Loop
        What makes a step.
    progress : Progress
        How far it is.
    best : list of ndarray
        Weights of the best epoch so far.
    folder : str or Path, optional
        Of the checkpoint.
    purpose : dict
        What the training is, so that a checkpoint of another one is refused.
    epochs : int
        At most.
    patience : int, optional
        Epochs without a smaller ``val_loss`` after which it ends.
    watch : callable, optional
        Called with the table after each epoch; returns False to stop.
    """

    loop: Loop
    progress: Progress
    best: list[NDArray]
    folder: str | Path | None
    purpose: dict[str, Any]
    epochs: int
    patience: int | None
    watch: Callable[[pd.DataFrame], bool | None] | None

    @property
    def table(self) -> pd.DataFrame:
        """The numbers of each epoch, counted from 1."""
        rows = self.progress.rows
        return pd.DataFrame(rows, index=pd.RangeIndex(1, len(rows) + 1, name="epoch"))

    def resume(self) -> None:
        """Go on from the checkpoint, if there is one."""
        found = None if self.folder is None else checkpoints.read(self.folder, self.purpose)
        if found is not None:
            self.progress, state, self.best = found
            self.loop.restore(state)

    def go(self, batches: Any, steps: int, held_out: Any, show: bool) -> None:
        """Train to the end.

        Parameters
        ----------
        batches : iterable
            Of all epochs that are left, one after the other.
        steps : int
            In an epoch.
        held_out : iterable or None
            Batches to judge each epoch by.
        show : bool
            Whether to show a bar.

        Raises
        ------
        ValueError
            If the loss becomes infinite.
        """
        iterator = iter(batches)
        first = len(self.progress.rows)
        with tqdm(total=self.epochs, initial=first, desc="training", unit="epoch", disable=not show) as bar:
            for _ in range(first, self.epochs):
                for _ in range(steps):
                    self.loop.step(*next(iterator))
                row = self.loop.results()
                if not math.isfinite(row["loss"]):
                    epoch = len(self.progress.rows) + 1
                    raise ValueError(
                        f"the loss became {row['loss']} in epoch {epoch}; try a smaller learning_rate"
                    )
                self.end_epoch(row if held_out is None else row | self.loop.evaluate(held_out))
                bar.set_postfix({name: f"{value:.3f}" for name, value in row.items()}, refresh=False)
                bar.update()
                if self.progress.ended:
                    return

    def end_epoch(self, row: dict[str, float]) -> None:
        """Note an epoch, keep the weights if they are the best, and tell whether it was the last.

        Parameters
        ----------
        row : dict
            Its numbers.
        """
        state = self.progress
        state.rows.append(row)
        epoch, found = len(state.rows), row.get("val_loss")
        if found is None or state.best_loss is None or found < state.best_loss:
            state.best_epoch, state.best_loss = epoch, found
            self.best = self.loop.weights()
        elif self.patience is not None and epoch - state.best_epoch >= self.patience:
            state.ended = EARLY
        if epoch == self.epochs:
            state.ended = state.ended or FINISHED
        if self.folder is not None:
            checkpoints.write(self.folder, self.purpose, state, self.loop.state(), self.best)
        if self.watch is not None and self.watch(self.table) is False and not state.ended:
            state.ended = INTERRUPTED
