"""Segment: a mask made by hand and function together, judged against a reference as it grows."""

from __future__ import annotations

import html
from collections.abc import Iterator
from functools import partial
from typing import Any

import ipywidgets
import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench import processing
from workbench.checks import one_of
from workbench.images import Image

from . import controls
from .calls import Call
from .canvas import EDITING, Canvas, Click
from .colors import LABEL_COLORS
from .computing import Computing
from .copying import CodeLine
from .descending import Descending
from .masks import AGREEMENT, Mask, overlap
from .methods import AUTOMATIC, CLEANING, METHODS, RANGE, cleaning, threshold_options
from .seeds import Seeds
from .settings import ladder, spread_of
from .showing import building
from .slices import SLICE, VOLUME, Slices
from .stills import montage, png

MOST_STEPS = 200
LARGEST_AT_ONCE = 2**25
SO_FAR = "the mask so far"


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
        self._start: tuple[NDArray, str] | None = None
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
        self.forget = self._button("Remove seeds", self._forget_seeds)
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
        self.opacity = controls.slider("mask opacity", self.canvas.opacity, 0.0, 1.0, step=0.05)
        self.radius = controls.slider("brush radius [voxels]", 4.0, 0.5, 30.0, step=0.5)
        self.undo = self._button("Undo stroke", self._undo)
        self.agreement = controls.switch("compare with the reference", self.reference is not None)
        self.numbers, self.saved = ipywidgets.HTML(), ipywidgets.HTML()
        volume_ending = ".npz" if self.image.spacing is None else ".nii.gz"
        ending = ".png" if self.image.ndim == 2 else volume_ending
        self.path = ipywidgets.Text(
            f"{self.image.name or 'image'}_mask{ending}", description="file", style=controls.DESCRIBED,
            layout=ipywidgets.Layout(width="320px"),
        )  # fmt: skip
        save = self._button("Save mask", self.save)
        for control, trait in ((self.opacity, "opacity"), (self.radius, "brush_radius")):
            controls.link((self.canvas, trait), (control, "value"), live=self.live)
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
        compared = [self.agreement, ipywidgets.HTML(_legend())] if self.reference is not None else []
        return ipywidgets.VBox([
            controls.row(self.method, self.row), *places,
            controls.row(self.cleaning, self.size, self.holes, self.largest), self.hint, self.message, self.canvas,
            self.numbers, controls.row(self.opacity, self.radius, self.undo, *compared), self.energy, self.code,
            controls.row(self.path, save, self.saved),
        ])  # fmt: skip

    # What is computed

    @property
    def mask(self) -> NDArray[np.bool_]:
        """The mask as it is, strokes included, on the image's grid."""
        return self.drawn.whole

    @property
    def options(self) -> dict[str, Any]:
        """The method's options as they stand."""
        values = {one.name: one.rounded(self.settings[one.name].value) for one in self._settings}
        if RANGE in values:
            (low, high), (one,) = values.pop(RANGE), self._settings
            values = threshold_options(one, low, high)
        return values | self.seeds.options(METHODS[self.method.value].seeds)

    def compute(self, options: dict[str, Any], step: int) -> tuple[NDArray[np.bool_], str]:
        """Return the mask of what is acted on, and the code that makes it."""
        method = METHODS[self.method.value]
        whole = self.slices.acts_on_volume
        target: Any = self.image if whole else self.slices.image
        where = "image" if whole else self.slices.code
        if self.is_color:
            where = where.replace("image", "processing.grayscale(image)", 1)
        if self.given_array and not self.is_color:
            target = np.asarray(target)
        if method.function is None or (method.seeds and method.seeds[0] not in options):
            return np.zeros(target.shape, bool), ""
        if method.steps is None:
            found = np.asarray(method.function(target, **options))
            line = Call(method.function, options).on(where)
        else:
            if self.descending is None:
                self._start = self._starting()
                start = {} if self._start is None else {"start": self._start[0]}
                self.descending = Descending(partial(method.steps, target, **start, **options))
            found = self.descending.at(step).mask
            call = Call(method.function, {**options, "steps": min(step, self.descending.last)})
            start_code = "" if self._start is None else f", start={self._start[1]}"
            line = f"{call.name}({where}{start_code}, {call.arguments}).mask"
        for call in self._cleaning:
            found, line = call(found), call.on(line)
        return found.astype(bool), line

    @property
    def _cleaning(self) -> list[Call]:
        return cleaning(self.cleaning.value, self.size.value, holes=self.holes.value, largest=self.largest.value)

    def _starting(self) -> tuple[NDArray, str] | None:
        """The mask from which a descent starts, and its code; the name ``mask`` where a line cannot make it."""
        method = METHODS[self.method.value]
        if not method.needs_start and self.begin.value != SO_FAR:
            return None
        mask, line, acted_on = self._previous
        if not self.slices.acts_on_volume:
            mask = self.slices.take(mask)
        return mask, line if acted_on == self._acted_on else "mask"

    @property
    def _acted_on(self) -> Any:
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
        self._settings = method.settings_for(self.image, spread_of(self.image))
        moved = self._redo if method.steps else self._update
        with self.building():
            self.settings = {one.name: self.control(one, self.image.units, moved) for one in self._settings}
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
        self._previous = self.mask, line, self._acted_on

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
                low = self._settings[0].rounded(float(AUTOMATIC[change["new"]](self.image.pixels)))
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
        self._say_hint()
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
        try:
            written = self.drawn.save(self.path.value)
        except (OSError, ValueError) as error:
            self.saved.value = f"<span role='alert'>not saved: {html.escape(str(error))}</span>"
        else:
            told = f"saved {html.escape(written.name)}: {self.mask.sum():,} voxels"
            self.saved.value = f"<span role='status'>{told}</span>"

    # What is shown

    def _labels(self) -> NDArray[np.uint8]:
        return self.drawn.labels(self.reference if self.agreement.value else None)

    def _show(self) -> None:
        compared = self.reference is not None and self.agreement.value
        self.canvas.label_names = AGREEMENT if compared else {"1": "mask"}
        self.canvas.set_mask(self._labels())
        self.canvas.boxes = self.seeds.boxes()

    def _say_hint(self) -> None:
        method, descending = METHODS[self.method.value], self.descending
        seeds = self.seeds.options(method.seeds)
        self.size.layout.display = None if self.cleaning.value in CLEANING else "none"
        said = ""
        if method.seeds and method.seeds[0] not in seeds:
            said = "Click into the region, or move the crosshair by arrow keys and press Enter."
        elif len(method.seeds) > 1 and method.seeds[1] not in seeds:
            said = "The rim of the image counts as outside; mark places outside for a closer border."
        elif method.function is None:
            said = "Paint with the brush (p), erase with x, make it larger with ]."
        elif descending is not None and self._start is not None and not self._start[0].any():
            said = "It moves the border of a mask: make one first, by another method or the brush."
        elif descending is not None and descending.converged and self.step.value >= descending.last:
            said = f"It has converged after {descending.last} steps."
        elif descending is not None and self._start is not None and self._start[1] == "mask":
            said = "In the line of code, mask is the mask from which it started."
        self.hint.value = said

    def _draw_energy(self) -> None:
        shown = self.descending is not None and self.descending.last >= 0
        self.energy.value = self.descending.curve(self.step.value) if shown and self.descending else ""

    def _judge(self) -> None:
        try:
            self.numbers.value = " &nbsp; ".join(self.drawn.numbers(self.reference))
        except ValueError as error:
            self.numbers.value = html.escape(str(error))

    def _button(self, label: str, act: Any) -> ipywidgets.Button:
        made = ipywidgets.Button(description=label, layout=ipywidgets.Layout(width="auto"))
        made.on_click(lambda _: act())
        return made

    # Without a browser

    def still(self) -> bytes:
        """Draw the mask with three values of the method's main setting, and the reference."""
        sheets: list[tuple[str, NDArray]] = []
        for title, options, step in self._variants():
            try:
                found = self.compute(options, step)[0]
            except (TypeError, ValueError) as error:
                sheets.append((str(error)[:40], np.zeros(self.slices.image.shape, bool)))
                continue
            plane = self.slices.take(found) if found.ndim == 3 else found
            truth = None if self.reference is None else self.slices.take(self.reference)
            sheets.append((title if truth is None else f"{title}  Dice {overlap(plane, truth)}", plane))
        if not sheets:
            sheets = [("mask", self.drawn.plane)]
        if self.reference is not None:
            sheets.append(("reference", self.slices.take(self.reference)))
        drawn = []
        with building(live=False):
            canvas = Canvas(self.slices.image, window=self.canvas.window, colormap=self.canvas.colormap)
        canvas.opacity = self.canvas.opacity
        canvas.boxes = self.canvas.boxes
        for title, plane in sheets:
            canvas.title = title
            canvas.set_mask(plane)
            drawn.append(canvas.still(width=850 // max(len(sheets), 2), height=320))
        return png(montage(drawn, columns=len(drawn)))

    def _variants(self) -> Iterator[tuple[str, dict[str, Any], int]]:
        method, options, step = METHODS[self.method.value], self.options, self.step.value
        if method.function is None or self.drawn.painted or (method.seeds and method.seeds[0] not in options):
            return
        if method.steps:
            for one in sorted({0, step // 4, step}):
                yield f"step {one}", options, one
            return
        main = self._settings[0]
        if main.name == RANGE:
            reach = (main.high - main.low) / 12
            end = "low" if "low" in options else "high"
            for about in (options[end] - reach, options[end], options[end] + reach):
                value = min(max(main.rounded(about), main.low), main.high)
                yield f"{end}={value:g}", {**options, end: value}, step
            return
        for value in ladder(main, options[main.name]):
            yield f"{main.name}={value:g}", {**options, main.name: value}, step

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


def _legend() -> str:
    swatch = "display:inline-block;width:12px;height:12px;margin:0 5px 0 12px;vertical-align:-1px"
    return "".join(
        f"<span aria-hidden='true' style='{swatch};background:{LABEL_COLORS[int(label) - 1]}'></span>{name}"
        for label, name in AGREEMENT.items()
    )
