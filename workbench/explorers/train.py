"""Train: a network that learns while one looks on, and may be stopped and sent on."""

from __future__ import annotations

import asyncio
import html
import io
import re
import weakref
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import ipywidgets
import matplotlib
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from PIL import Image as Picture

from workbench.cohorts import Cohort
from workbench.evaluation import dice
from workbench.images import Image
from workbench.plots import STYLE, figure, show_learning

from . import controls
from .computing import Computing
from .curves import curves
from .figures import picture_png
from .sheet import Sheet, draw_sheet, thumbnail

if TYPE_CHECKING:
    from workbench.cnn import LiveTraining

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
        self._samples, self._truth, self.classes = _some(images, targets, options, samples, classes)
        self._past: list[pd.DataFrame] = []
        self._now = pd.DataFrame()
        self._said: NDArray | None = None
        self._drawn = 0
        self.ended = ""
        self.best_epoch = 0
        self.going: LiveTraining | None = None
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

    def still(self) -> bytes:
        """Draw the curves, and below them the cases."""
        table = self.table
        if not len(table):
            made, axes = figure(size=(8.5, 1), alt=self.alt)
            axes.axis("off")
            axes.text(0, 0.5, self.problem or "No epoch has ended yet.", wrap=True)
            return picture_png(_drawn(made))
        parts = [_drawn(show_learning(table, best_epoch=self.best_epoch or len(table), alt=self.alt))]
        if self.sheet.pictures:
            pictures, captions = (
                self.sheet.pictures[:6],
                [one.replace("\n", ", ") for one in self.sheet.captions[:6]],
            )
            made, axes = figure(size=(8.5, 1.75), alt=self.alt)
            with matplotlib.rc_context(STYLE):
                draw_sheet(axes, pictures, captions, marks=self.sheet.marks[:6], longest=26)
            parts.append(_drawn(made))
        whole = Picture.new("RGB", (max(one.width for one in parts), sum(one.height for one in parts)), "white")
        top = 0
        for one in parts:
            whole.paste(one, (0, top))
            top += one.height
        return picture_png(whole)

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

    def _finish(self, training: Any) -> None:
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
            image = _image(pixels, self.model)
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


def _some(
    images: Any, targets: Any, options: dict[str, Any], count: int, classes: Sequence[str] | None
) -> tuple[NDArray | None, list[Any], list[str]]:
    """Choose some cases, evenly through the validation data, with their truth and the classes' names."""
    names = list(classes or ())
    validation = options.get("validation")
    if isinstance(images, Cohort):
        column = targets or "label"
        if column != "label" or column not in images.table or count < 1:
            return None, [], names
        names = names or sorted(set(images.table[column].dropna().astype(str)))
        source = validation if isinstance(validation, Cohort) else images
        cases = source.table.index
        if source is images and "split" in images.table:
            wanted = "validation" if "validation" in set(images.table["split"]) else "train"
            cases = images.table.index[images.table["split"] == wanted]
        chosen = [cases[at] for at in _spread(len(cases), count)]
        prepare = options.get("prepare") or np.asarray
        batch = np.stack([np.asarray(prepare(source.image(case))) for case in chosen])
        return batch, [names.index(str(source.table.at[case, column])) for case in chosen], names
    if options.get("encode") is not None or count < 1 or targets is None:
        return None, [], names
    pixels, truths = (images, targets) if validation is None else validation
    at = _spread(len(pixels), count)
    return np.asarray(pixels)[at], [np.asarray(truths)[one] for one in at], names


def _spread(length: int, count: int) -> list[int]:
    return np.linspace(0, length - 1, min(count, length)).round().astype(int).tolist()


def _image(pixels: NDArray, model: Any) -> Image:
    if pixels.ndim == len(model.input_shape) - 1:
        return Image(pixels[..., 0]) if pixels.shape[-1] == 1 else Image(pixels, channel_axis=-1)
    return Image(pixels)


def _drawn(made: Any) -> Picture.Image:
    return Picture.open(io.BytesIO(made._png())).convert("RGB")
