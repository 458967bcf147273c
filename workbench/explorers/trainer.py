"""Train: a network that learns while one looks on, and may be stopped and sent on."""

from __future__ import annotations

import asyncio
import html
import re
import weakref
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import ipywidgets
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from PIL import Image as Picture

from workbench.cohorts import Cohort
from workbench.evaluation import dice
from workbench.images import Image

from . import controls
from .computing import Computing
from .curves import curves
from .sheet import Sheet, thumbnail
from .trainer_samples import as_image, some_cases
from .trainer_still import trainer_still

if TYPE_CHECKING:
    from workbench.cnn import LiveTraining, Training

PAUSE = 0.25
#: A cell that runs again takes its model from the training that still goes on.
_going: weakref.WeakKeyDictionary[Any, LiveTraining] = weakref.WeakKeyDictionary()


class Trainer(Computing):
    """A training with its curves and what the network says of some cases after each epoch.

    Parameters
    ----------
    model : keras.Model
        Trained in place.
    images : (n, ...[, channels]) array_like, or Cohort
        As for `cnn.fit`.
    targets : optional
        As for `cnn.fit`.
    samples : int, optional
        Cases that are looked at.
    classes : sequence of str, optional
        Names of the classes.
    **options
        Of `cnn.fit`.

    Attributes
    ----------
    table : pandas.DataFrame
        The numbers of each epoch so far.
    ended : str
        As of `cnn.Training`; empty while it goes on.
    sheet : Sheet
        Some cases and what the network says.
    """

    def __init__(
        self,
        model: Any,
        images: ArrayLike | Cohort,
        targets: Any = None,
        *,
        samples: int = 6,
        classes: Sequence[str] | None = None,
        epochs: int = 10,
        live: bool | None = None,
        **options: Any,
    ) -> None:
        self.model, self.images, self.targets, self.options = model, images, targets, options
        self._samples, self._truth, self.classes = some_cases(images, targets, options, samples, classes)
        self._past: list[pd.DataFrame] = []
        self._now = pd.DataFrame()
        self._said: NDArray | None = None
        self._drawn = 0
        self.ended = ""
        self.best_epoch = 0
        self.going: LiveTraining | None = None
        self._training: Training | None = None
        super().__init__(live=live)
        self.proceed(epochs)

    def build(self) -> ipywidgets.Widget:
        """Make the curves, the buttons and the sheet."""
        self.message, self.state = ipywidgets.HTML(), ipywidgets.HTML()
        self.loss, self.score = ipywidgets.HTML(), ipywidgets.HTML()
        self.sheet = Sheet(label="cases and what the network says of them", size=84)
        self.stop = ipywidgets.Button(
            description="Stop", tooltip="Stop after this epoch and keep the best weights"
        )
        self.more = ipywidgets.BoundedIntText(
            10, min=1, max=10_000, description="epochs", style=controls.DESCRIBED,
            layout=ipywidgets.Layout(width="130px"),
        )  # fmt: skip
        self.go_on = ipywidgets.Button(description="Continue", tooltip="Train for more epochs")
        self.stop.on_click(lambda _: self.halt())
        self.go_on.on_click(lambda _: self.proceed(self.more.value))
        both = ipywidgets.HBox([self.loss, self.score], layout=ipywidgets.Layout(flex_flow="row wrap"))
        for curve in (self.loss, self.score):
            curve.layout = ipywidgets.Layout(flex="1 1 300px")
        return ipywidgets.VBox(
            [controls.row(self.stop, self.go_on, self.more, self.state), self.message, both, self.sheet]
        )

    @property
    def table(self) -> pd.DataFrame:
        """The numbers of each epoch so far, of all runs, epochs counted on."""
        parts = [one for one in (*self._past, self._now) if len(one)]
        if not parts:
            return pd.DataFrame()
        whole = pd.concat(parts)
        return whole.set_axis(pd.RangeIndex(1, len(whole) + 1, name=parts[0].index.name))

    @property
    def problem(self) -> str:
        """What went wrong; empty where nothing did."""
        return html.unescape(re.sub("<[^>]+>", "", self.message.value))

    def proceed(self, epochs: int) -> None:
        """Train for more epochs: beside the notebook where there is a browser, and at once where there is none.

        Parameters
        ----------
        epochs : int
            At most.
        """
        from workbench import cnn

        if self.going is not None and self.going.running:
            return
        if len(self._now):
            self._past.append(self._now)
        self._now, self.ended = pd.DataFrame(), ""
        seed = int(self.options.get("seed", 0)) + len(self._past)
        options = self.options | {"epochs": epochs, "seed": seed, "watch": self._watch, "progress": False}
        with self.in_words("training"):
            if not self.live:
                self._finish(cnn.fit(self.model, self.images, self.targets, **options))
            else:
                self._wait_for_another()
                self.going = _going[self.model] = cnn.fit_live(self.model, self.images, self.targets, **options)
                self._task = asyncio.get_running_loop().create_task(self._follow())
        self._show()

    def halt(self) -> None:
        """Stop after the epoch that is under way; the model keeps its best weights."""
        if self.going is not None:
            self.going.stop()
            self.state.value = "<em>stopping after this epoch …</em>"

    def result(self) -> Training:
        """Wait until the training is over.

        Returns
        -------
        cnn.Training
            As from `cnn.fit`; of the last run.

        Raises
        ------
        RuntimeError
            If it failed.
        """
        if self.live and self.going is not None:
            return self.going.result()
        if self._training is None:
            raise RuntimeError(f"the training failed: {self.problem}")
        return self._training

    def still(self) -> bytes:
        """Draw the curves, and below them the cases."""
        return trainer_still(self)

    @property
    def alt(self) -> str:
        """What is to be seen, in one sentence."""
        table = self.table
        if not len(table):
            return f"A training without an epoch: {self.problem or 'it has begun'}."
        numbers = ", ".join(f"{name.replace('_', ' ')} {table[name].iloc[-1]:.3g}" for name in map(str, table))
        return f"Training after {len(table)} epoch{'s' * (len(table) > 1)}: {numbers}."

    def _watch(self, table: pd.DataFrame) -> None:
        """Called by the training, in its thread, where alone the model may be used."""
        if self._samples is not None:
            from workbench.cnn import predict

            self._said = np.asarray(predict(self.model, self._samples))
        self._now = table

    async def _follow(self) -> None:
        assert self.going is not None  # noqa: S101 (tells the type checker)
        while self.going.running:
            self._show()
            await asyncio.sleep(PAUSE)
        with self.in_words("training"):
            self._finish(self.going.result())
        self._show()

    def _finish(self, training: Training) -> None:
        self._training = training
        self._now, self.ended = training.table, training.ended
        self.best_epoch = sum(map(len, self._past)) + training.best_epoch
        if self._samples is not None:
            from workbench.cnn import predict

            # The best epoch's weights may not be the last one's.
            self._said = np.asarray(predict(self.model, self._samples))
        self._drawn = -1

    def _wait_for_another(self) -> None:
        other = _going.get(self.model)
        if other is not None and other.running:
            other.stop()
            other.result()

    def _show(self) -> None:
        table = self.table
        running = self.going is not None and self.going.running
        self.stop.disabled, self.go_on.disabled = not running, running
        if self._drawn == len(table) and running:
            return
        self._drawn = len(table)
        epochs = f"epoch {len(table)}" if len(table) else "first epoch"
        kept = f", the weights of epoch {self.best_epoch} are kept" if self.best_epoch else ""
        self.state.value = f"<b>{epochs} …</b>" if running else f"<b>{self.ended or 'failed'}</b>: {epochs}{kept}"
        if not len(table):
            return
        names = sorted(
            (str(name) for name in table if not str(name).startswith("val_")),
            key=lambda one: one != "loss",
        )
        for place, name in zip((self.loss, self.score), names, strict=False):
            place.value = self._curve(table, name)
        if self._said is not None and self._samples is not None:
            pictures, captions, marks = self._judged(self._said)
            self.sheet.show(pictures, captions, marks=marks)

    def _curve(self, table: pd.DataFrame, name: str) -> str:
        lines = {}
        for said, column in (("training", name), ("validation", f"val_{name}")):
            if column in table and np.isfinite(table[column]).any():
                known = table[column][np.isfinite(table[column])]
                lines[said] = known.index.to_numpy(), known.to_numpy()
        if not lines:
            return "<em>no finite numbers: lower the learning rate</em>"
        return curves(lines, across="epoch", up=name, title=f"{name} by epoch", width=420)

    def _judged(self, said: NDArray) -> tuple[list[Any], list[str], list[str]]:
        assert self._samples is not None  # noqa: S101 (tells the type checker)
        pictures: list[Picture.Image] = []
        captions, marks = [], []
        for pixels, one, truth in zip(self._samples, said, self._truth, strict=True):
            image = as_image(pixels, self.model)
            if one.ndim == 1:
                at = int(one.argmax())
                pictures.append(thumbnail(image, size=84))
                captions.append(f"{self._named(at)} {one[at]:.2f}\nis {self._named(truth)}")
                marks.append("" if at == truth else "error")
            else:
                labels = one.argmax(axis=-1).astype(np.uint8)
                pictures.append(thumbnail(image, Image(labels), size=84))
                captions.append(f"Dice {dice(labels > 0, np.asarray(truth) > 0):.2f}")
                marks.append("")
        return pictures, captions, marks

    def _named(self, number: int) -> str:
        return self.classes[number] if number < len(self.classes) else str(number)


def train(
    model: Any,
    images: ArrayLike | Cohort,
    targets: Any = None,
    *,
    samples: int = 6,
    classes: Sequence[str] | None = None,
    epochs: int = 10,
    **options: Any,
) -> Trainer:
    """Train a network and look on: curves after each epoch, what it says of some cases, stop and continue.

    In a browser the training goes on in a thread, and the notebook answers meanwhile; leave the model alone until
    it is over. Without one it is trained at once, as by `cnn.fit`, and the curves are shown.

    Parameters
    ----------
    model : keras.Model
        With probabilities as its output, such as `cnn.classifier` or `cnn.unet`. Trained in place.
    images, targets
        As for `cnn.fit`.
    samples : int, optional
        Cases that are looked at after each epoch, of the validation data where there are any; 0 for none.
    classes : sequence of str, optional
        Names of the classes; a cohort brings its own.
    epochs : int, optional
        How often each image is seen, at most.
    **options
        Others of `cnn.fit`, such as ``validation``, ``learning_rate``, ``augment``, ``seed``.

    Returns
    -------
    Trainer
        Shows itself; without a browser as a still. Its `table` has the numbers.

    Examples
    --------
    >>> from workbench import cnn
    >>> images = np.random.default_rng(0).normal(size=(4, 8, 8))
    >>> train(cnn.classifier((8, 8), 2, width=2, depth=1), images, [0, 0, 1, 1], epochs=1).ended
    'finished'
    """
    return Trainer(model, images, targets, samples=samples, classes=classes, epochs=epochs, **options)
