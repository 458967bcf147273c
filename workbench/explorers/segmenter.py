"""Segment: a mask made by hand and function together, judged against a reference as it grows."""

from __future__ import annotations

import html
from typing import Any

import ipywidgets
import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench import processing
from workbench.checks import one_of
from workbench.images import Image

from . import controls
from .canvas import Canvas
from .computing import Computing
from .copying import CodeLine
from .descending import Descending
from .masks import AGREEMENT, Mask, agreement_legend, overlap
from .methods import AUTOMATIC, CLEANING, METHODS, RANGE, threshold_options
from .places import Click
from .saving import Saving
from .seeds import Seeds
from .segmenter_computing import SO_FAR, computed
from .segmenter_hint import segmenter_hint
from .segmenter_still import segmenter_still
from .settings import spread_of
from .slices import SLICE, VOLUME, Slices
from .state import EDITING

MOST_STEPS = 200
LARGEST_AT_ONCE = 2**25


class Segmenter(Computing):
    """An image and a mask that is being made.

    Parameters
    ----------
    image : array_like or Image
        A slice or a volume; colours are turned into grey.
    reference : array_like or Image, optional
        The true mask.
    method : str, optional
        Which one of `methods.METHODS` comes first.
    steps : int, optional
        Where a descent stands at first.
    seeds, inside, outside : sequence of tuple of int, optional
        Clicks that have been made already.
    **settings
        Of the method.

    Attributes
    ----------
    canvas : Canvas
        The image and the mask.
    drawn : Mask
        What the method found and the brush painted.
    code : CodeLine
        The line that gives the mask without strokes.
    """

    def __init__(
        self,
        image: ArrayLike | Image,
        reference: ArrayLike | Image | None = None,
        *,
        method: str = "threshold",
        steps: int = 0,
        live: bool | None = None,
        **settings: Any,
    ) -> None:
        self.given_array = not isinstance(image, Image)
        given = image if isinstance(image, Image) else Image(np.asarray(image))
        self.is_color = given.channel_axis is not None
        self.image = processing.grayscale(given) if self.is_color else given
        self.reference = None if reference is None else np.asarray(reference) != 0
        if self.reference is not None and self.reference.shape != self.image.shape:
            raise ValueError(
                f"reference must have the image's shape {self.image.shape}, received {self.reference.shape}"
            )
        self._first = one_of(method, list(METHODS), name="method")
        self.start: tuple[NDArray, str] | None = None
        self.descending: Descending | None = None
        super().__init__(live=live)
        self._set(steps, settings)

    def build(self) -> ipywidgets.Widget:
        """Make the canvas and its controls."""
        self.message, self.hint = ipywidgets.HTML(), ipywidgets.HTML()
        scope = VOLUME if self.image.pixels.size <= LARGEST_AT_ONCE else SLICE
        self.slices = Slices(self.image, given_array=self.given_array and not self.is_color, scope=scope)
        self.drawn, self.seeds = Mask(self.slices), Seeds(self.slices)
        self.canvas = Canvas(self.slices.image, tools=list(EDITING), opacity=0.3)
        self.canvas.on_click(self._click)
        self.canvas.on_paint(self._paint)
        self.method = controls.choice("method", METHODS, self._first)
        self.row, self.code = controls.row(), CodeLine()
        self.automatic = controls.choice("automatic", [("choose", ""), *((name, name) for name in AUTOMATIC)])
        self.marks = controls.choice("a click marks", ["inside", "outside"])
        self.forget = controls.button("Remove seeds", self._forget_seeds)
        self.begin = controls.choice("start", ["brighter than the mean", SO_FAR])
        self.step = controls.slider("step", 0, 0, MOST_STEPS)
        self.play = ipywidgets.Play(max=MOST_STEPS, interval=80, description="descend", show_repeat=False)
        controls.link((self.step, "value"), (self.play, "value"), live=self.live)
        controls.link((self.step, "max"), (self.play, "max"), live=self.live)
        self.energy = ipywidgets.HTML()
        self.cleaning = controls.choice("then", ["nothing", *CLEANING])
        self.size = controls.slider("size [voxels]", 3, 3, 31, step=2)
        self.size.layout.display = "none"
        self.holes, self.largest = controls.switch("fill holes", False), controls.switch("largest region", False)
        self.canvas.controls = {
            **controls.OVERLAY, "brush_radius": controls.moving("brush radius [voxels]", 0.5, 30, step=0.5)
        }  # fmt: skip
        self.undo = controls.button("Undo stroke", self._undo)
        self.agreement = controls.switch("compare with the reference", self.reference is not None)
        self.numbers, self.saving = ipywidgets.HTML(), Saving(self.drawn, self.image)
        self._choose()
        self.method.observe(lambda _: self._choose(), "value")
        self.automatic.observe(self._suggest, "value")
        self.begin.observe(lambda _: self._restart(), "value")
        for control in (self.step, self.cleaning, self.size, self.holes, self.largest):
            control.observe(self._update, "value")
        self.agreement.observe(lambda _: self._show(), "value")
        self.slices.on_move(self._move)
        self.slices.scope.observe(lambda _: self._rescope(), "value")
        places = [controls.row(*self.slices.controls)] if self.slices.controls else []
        compared = [self.agreement, ipywidgets.HTML(agreement_legend())] if self.reference is not None else []
        return ipywidgets.VBox([
            controls.row(self.method, self.row), *places,
            controls.row(self.cleaning, self.size, self.holes, self.largest), self.hint, self.message, self.canvas,
            self.numbers, controls.row(self.undo, *compared), self.energy, self.code,
            self.saving.row,
        ])  # fmt: skip

    # What is computed

    @property
    def mask(self) -> NDArray[np.bool_]:
        """The mask as it is, strokes included, on the image's grid."""
        return self.drawn.whole

    @property
    def options(self) -> dict[str, Any]:
        """The method's options as they stand."""
        values = {one.name: one.rounded(self.settings[one.name].value) for one in self.moved}
        if RANGE in values:
            (low, high), (one,) = values.pop(RANGE), self.moved
            values = threshold_options(one, low, high)
        return values | self.seeds.options(METHODS[self.method.value].seeds)

    def compute(self, options: dict[str, Any], step: int) -> tuple[NDArray[np.bool_], str]:
        """Return the mask of what is acted on, and the code that makes it."""
        return computed(self, options, step)

    @property
    def acted_on(self) -> Any:
        """What the method sees: the volume, or which slice."""
        return VOLUME if self.slices.acts_on_volume else self.slices.place

    # What happens

    def _set(self, steps: int, settings: dict[str, Any]) -> None:
        kinds = METHODS[self.method.value].seeds
        for name, value in settings.items():
            if name in kinds:
                for place in np.atleast_2d(np.asarray(value, int)).tolist():
                    self.seeds.put(name, place)
            elif RANGE in self.settings and name in {"low", "high"}:
                ends = {"low": self.settings[RANGE].min, "high": self.settings[RANGE].max}
                self.put(self.settings[RANGE], tuple((ends | settings)[end] for end in ends))
            else:
                one_of(name, [*self.settings, *kinds], name=f"a setting of {self.method.value}")
                self.put(self.settings[name], value)
        if settings or steps:
            self.step.value = steps
            self._update()

    def _choose(self) -> None:
        method = METHODS[self.method.value]
        self.moved = method.settings_for(self.image, spread_of(self.image))
        moved = self._redo if method.steps else self._update
        with self.building():
            self.settings = {one.name: self.control(one, self.image.units, moved) for one in self.moved}
        extra: list[ipywidgets.Widget] = []
        if RANGE in self.settings:
            extra.append(self.automatic)
        if len(method.seeds) > 1:
            extra.append(self.marks)
        if method.seeds:
            extra.append(self.forget)
        if method.steps:
            extra += ([] if method.needs_start else [self.begin]) + [self.play, self.step]
        self.row.children = (*self.settings.values(), *extra)
        self._keep_previous()
        self.seeds.forget()
        self._restart()

    def _keep_previous(self) -> None:
        line = "mask" if self.drawn.painted or not self.code.text else self.code.text
        self.previous = self.mask, line, self.acted_on

    def _redo(self, _: Any = None) -> None:
        """Another setting: the descent begins again, and is shown at the same step."""
        self.descending = None
        self._update()

    def _restart(self) -> None:
        self.descending = None
        self.step.max = MOST_STEPS
        self.step.value = 0
        self._update()

    def _suggest(self, change: Any) -> None:
        if change["new"] and RANGE in self.settings:
            with self.in_words(change["new"]):
                slider = self.settings[RANGE]
                low = self.moved[0].rounded(float(AUTOMATIC[change["new"]](self.image.pixels)))
                slider.value = (low, slider.max)

    def _update(self, _: Any = None) -> None:
        found: NDArray | None = None
        with self.in_words(self.method.value):
            found, self.code.text = self.compute(self.options, self.step.value)
            if self.descending is not None and self.descending.converged:
                self.step.max = max(self.descending.last, 1)
        if found is None:
            found = np.zeros(self.image.shape if self.slices.acts_on_volume else self.slices.image.shape, bool)
        self.drawn.find(found)
        self._show()
        self._draw_energy()
        self.size.layout.display = None if self.cleaning.value in CLEANING else "none"
        self.hint.value = segmenter_hint(self)
        self.soon(self._judge)

    def _move(self) -> None:
        self.canvas.show(self.slices.image)
        if not self.slices.acts_on_volume:
            self.seeds.forget()
            self.descending = None
            self._keep_previous()
        self._show()
        self.soon(self._judge)

    def _rescope(self) -> None:
        self.seeds.forget()
        self._restart()

    def _click(self, click: Click) -> None:
        kinds = METHODS[self.method.value].seeds
        if not kinds:
            return
        second = click.alt or click.shift or self.marks.value == "outside"
        self.seeds.add(kinds[-1] if second else kinds[0], *click.index)
        self._update()

    def _forget_seeds(self) -> None:
        self.seeds.forget()
        self._update()

    def _paint(self) -> None:
        painted = self.canvas.mask
        assert painted is not None  # noqa: S101 (the brush needs a mask)
        self.drawn.paint(self._labels(), painted)
        self._show()
        self.soon(self._judge)

    def _undo(self) -> None:
        if self.drawn.undo():
            self._show()
            self.soon(self._judge)
        else:
            self.hint.value = "There is no stroke to undo on this slice."

    def save(self) -> None:
        """Write the mask to the file that is named, whole or not at all, and say so."""
        self.saving.save()

    # What is shown

    def _labels(self) -> NDArray[np.uint8]:
        return self.drawn.labels(self.reference if self.agreement.value else None)

    def _show(self) -> None:
        compared = self.reference is not None and self.agreement.value
        self.canvas.label_names = AGREEMENT if compared else {"1": "mask"}
        self.canvas.set_mask(self._labels())
        self.canvas.boxes = self.seeds.boxes()

    def _draw_energy(self) -> None:
        shown = self.descending is not None and self.descending.last >= 0
        self.energy.value = self.descending.curve(self.step.value) if shown and self.descending else ""

    def _judge(self) -> None:
        try:
            self.numbers.value = " &nbsp; ".join(self.drawn.numbers(self.reference))
        except ValueError as error:
            self.numbers.value = html.escape(str(error))

    # Without a browser

    def still(self) -> bytes:
        """Draw the mask with three values of the method's main setting, and the reference."""
        return segmenter_still(self)

    @property
    def alt(self) -> str:
        """What is to be seen, in one sentence."""
        told = f"{self.canvas.alt} with a mask by {self.method.value} of {int(self.mask.sum())} voxels"
        if self.reference is not None:
            told += f", Dice {overlap(self.mask, self.reference)} against the reference"
        return f"{told}."


def segment(
    image: ArrayLike | Image,
    reference: ArrayLike | Image | None = None,
    *,
    method: str = "threshold",
    **settings: Any,
) -> Segmenter:
    """Make a mask: threshold, grow, flood, descend or paint, clean it, judge it, save it.

    Region growing and watershed start where you click (or press Enter at the crosshair). A descent runs step by
    step, and its slider goes back. Strokes of the brush stay when a slider moves. Of a volume, methods act on the
    slice that is shown or on the volume, as chosen.

    Parameters
    ----------
    image : array_like or Image
        A slice or a volume; colours are turned into grey.
    reference : array_like or Image, optional
        The true mask: Dice follows, and colours say what is in both, too much, or missed.
    method : str, optional
        What comes first: ``"threshold"``, ``"region growing"``, ``"watershed"``, ``"Chan and Vese"``,
        ``"geodesic contour"`` or ``"by hand"``.
    **settings
        Of the method, such as ``low=200``, ``tolerance=30``, ``seeds=[(120, 200)]``, ``steps=20``.

    Returns
    -------
    Segmenter
        Shows itself; without a browser as a still. Its `mask` is the mask.

    Raises
    ------
    TypeError, ValueError
        If the image is not finite, there is no such method or setting, or the reference has another shape.

    Examples
    --------
    >>> made = segment(np.eye(8) * 9, method="threshold", low=5)
    >>> made.code.text, int(made.mask.sum())
    ('segmentation.threshold(image, low=5.0)', 8)
    """
    return Segmenter(image, reference, method=method, **settings)
