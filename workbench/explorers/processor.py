"""Process: a filter moved by hand, before and after."""

from __future__ import annotations

import html
from typing import Any

import ipywidgets
import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import one_of
from workbench.images import Image, default_window

from . import controls
from .calls import Call
from .canvas import Canvas
from .computing import Computing
from .copying import CodeLine
from .curves import curves
from .filters import FILTERS
from .processor_still import processor_still
from .profiles import line_profile
from .quality import quality_table
from .slices import Slices

TOOLS = ("navigate", "ruler", "window", "pan", "rectangle", "ellipse")
RESULT, DIFFERENCE = "result", "difference"


class Processor(Computing):
    """An image, a filter and its result in one place.

    Parameters
    ----------
    image : array_like or Image
        A slice or a volume.
    filter : str, optional
        Which one of `filters.FILTERS` comes first.
    reference : array_like or Image, optional
        The truth, such as the image before noise was added; of the image's shape.
    **settings
        Options of the filter.

    Attributes
    ----------
    canvas : Canvas
        The image, and over it the result.
    filter : ipywidgets.Dropdown
        Which filter.
    settings : dict of str to ipywidgets.Widget
        What moves its options.
    code : CodeLine
        The line that gives the pixels that are seen.
    """

    def __init__(
        self,
        image: ArrayLike | Image,
        *,
        filter: str = "gaussian",
        reference: ArrayLike | Image | None = None,
        live: bool | None = None,
        **settings: Any,
    ) -> None:
        self.given_array = not isinstance(image, Image)
        self.image = image if isinstance(image, Image) else Image(np.asarray(image))
        self.reference = reference
        if reference is not None and np.shape(reference) != self.image.shape:
            raise ValueError(
                f"reference must have the image's shape {self.image.shape}, received {np.shape(reference)}"
            )
        self._first = one_of(filter, list(FILTERS), name="filter"), settings
        self._volume: tuple[Any, NDArray] | None = None
        super().__init__(live=live)
        self._set(settings)

    def build(self) -> ipywidgets.Widget:
        """Make the canvas and its controls."""
        self.message = ipywidgets.HTML()
        self.slices = Slices(self.image, given_array=self.given_array)
        self.before = self.slices.image
        rows, columns = self._rows_columns()
        line = [[rows / 2, columns * 0.1], [rows / 2, columns * 0.9]]
        self.canvas = Canvas(
            self.before, tools=list(TOOLS), regions=[{"kind": "ruler", "axis": 0, "index": 0, "points": line}]
        )
        self.filter = controls.choice("filter", FILTERS, self._first[0])
        self.shown = controls.choice("show", (RESULT, DIFFERENCE))
        self.canvas.controls = {"mix": controls.moving("before | after", 0, 1, step=0.01, needs="other")}
        self.numbers, self.profile = ipywidgets.HTML(), ipywidgets.HTML()
        self.code = CodeLine()
        self.row = controls.row()
        self._choose()
        self.filter.observe(lambda _: self._choose(), "value")
        self.shown.observe(self._update, "value")
        self.slices.on_move(self._move)
        self.slices.scope.observe(self._update, "value")
        self.canvas.observe(lambda _: self._draw_profile(), ["regions", "crosshair"])
        places = [controls.row(*self.slices.controls)] if self.slices.controls else []
        above = controls.row(self.filter, self.shown, self.row)
        return ipywidgets.VBox([above, *places, self.message, self.canvas, self.code, self.numbers, self.profile])

    # What is computed

    @property
    def call(self) -> Call:
        """The filter with its options as they stand."""
        options = {setting.name: setting.rounded(self.settings[setting.name].value) for setting in self.moved}
        chosen = FILTERS[self.filter.value]
        if self.image.channel_axis is not None and chosen.takes_channels:
            options["channel_axis"] = (self.image if self.slices.acts_on_volume else self.before).channel_axis
        return Call(chosen.function, options)

    def compute(self, call: Call) -> NDArray:
        """Return the shown plane of what a call makes of the image (or of the plane)."""
        if not self.slices.acts_on_volume:
            return self._checked(call(self.before))
        if self._volume is None or self._volume[0] != call:
            self._volume = call, self._checked(call(self.image), self.image)
        return np.asarray(self.slices.shown(self.image.replace(pixels=self._volume[1])))

    def forget(self) -> None:
        """Keep no volume that was computed."""
        self._volume = None

    def _checked(self, result: NDArray, like: Image | None = None) -> NDArray:
        shape = (like or self.before).shape
        if result.shape != shape:
            raise ValueError(f"the filter changed the shape from {shape} to {result.shape}")
        return result

    # What is shown

    def _set(self, settings: dict[str, Any]) -> None:
        for name, value in settings.items():
            one_of(name, list(self.settings), name=f"a setting of {self.filter.value}")
            self.put(self.settings[name], value)

    def _choose(self) -> None:
        chosen = FILTERS[self.filter.value]
        self.moved = chosen.settings_for(self.image)
        with self.building():
            made = [self.control(one, self.image.units, self._update) for one in self.moved]
        self.settings = {one.name: control for one, control in zip(self.moved, made, strict=True)}
        self.row.children = tuple(self.settings.values())
        self._update()

    def _move(self) -> None:
        self.before = self.slices.image
        self.canvas.show(self.before)
        self._update()

    def _update(self, _: Any = None) -> None:
        canvas, chosen = self.canvas, FILTERS[self.filter.value]
        self.after: NDArray | None = None
        call = self.call
        with self.in_words(self.filter.value):
            self.after = self.compute(call)
            shown, window, colors = self.picture(self.after)
            with canvas.hold_sync():
                canvas.same_window = shown is self.after and chosen.comparable
                canvas.other_colormap = colors
                canvas.show_second(shown, mode="swipe", window=window)
        self.code.text = self._code(call)
        if self.after is None:
            canvas.hide_second()
        elif self.shown.value == DIFFERENCE and not chosen.comparable:
            self.message.value = (
                f"{self.filter.value} changes the units: a difference would say nothing. This is its result."
            )
        self._draw_profile()
        self.soon(self._judge)

    def picture(self, after: NDArray) -> tuple[NDArray, tuple[float, float], str]:
        """Return what is shown of a result, its window and its colours."""
        canvas, comparable = self.canvas, FILTERS[self.filter.value].comparable
        if comparable and self.shown.value == DIFFERENCE:
            difference = after.astype(np.float64) - self.before.pixels
            reach = float(np.abs(difference).max()) or 1.0
            return difference, (0.0, reach), "RdBu_r"
        return (
            after,
            canvas.window if comparable else default_window(Image(after, channel_axis=self.before.channel_axis)),
            "gray",
        )

    def _code(self, call: Call) -> str:
        write = call.on if self.given_array else call.mapped
        if self.slices.acts_on_volume or not self.slices.is_volume:
            return write("image")
        return write(self.slices.code)

    @property
    def truth(self) -> NDArray | None:
        """The shown plane of the reference."""
        if self.reference is None:
            return None
        return np.asarray(self.slices.shown(self.image.replace(pixels=np.asarray(self.reference))))

    def _judge(self) -> None:
        try:
            self.numbers.value = self._table()
        except ValueError as error:
            self.numbers.value = html.escape(f"PSNR and SSIM: {error}")

    def _table(self) -> str:
        if self.after is None:
            return ""
        if not FILTERS[self.filter.value].comparable:
            return "PSNR and SSIM are not defined: the result has other units than the image."
        truth = self.truth
        if truth is None:
            return quality_table({"after, against before": self.after}, self.before.pixels)
        return "Against the reference:" + quality_table({"before": self.before.pixels, "after": self.after}, truth)

    def _draw_profile(self) -> None:
        if self.after is None:
            self.profile.value = ""
            return
        start, stop = self._line()
        images = {"before": self.before.pixels, "after": self.after}
        truth = self.truth
        if truth is not None:
            images["reference"] = truth
        if not FILTERS[self.filter.value].comparable:
            del images["before"]
            images.pop("reference", None)
        spacing = self.before.spacing
        lines = {
            name: line_profile(pixels, start, stop, spacing=spacing, channel_axis=self.before.channel_axis)
            for name, pixels in images.items()
        }
        units = self.image.units if "before" in images else ""
        ends = f"row {start[0]:.0f}, column {start[1]:.0f} to row {stop[0]:.0f}, column {stop[1]:.0f}"
        self.profile.value = curves(
            lines,
            across="along the line [mm]" if spacing else "along the line [voxels]",
            up=f"intensity [{units}]" if units else "intensity",
            title=f"Profile along a line from {ends}.",
        )

    def _line(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """The last ruler laid, or the row through the crosshair."""
        rulers = [region["points"] for region in self.canvas.regions if region["kind"] == "ruler"]
        rows, columns = self._rows_columns()
        if not rulers:
            row = float(self.canvas.crosshair[1])
            return (row, 0.0), (row, columns - 1.0)
        start, stop = (
            (float(min(max(row, 0), rows - 1)), float(min(max(column, 0), columns - 1)))
            for row, column in rulers[-1]
        )
        return start, stop

    def _rows_columns(self) -> tuple[int, int]:
        rows, columns = self.before.spatial_shape
        return rows, columns

    # Without a browser

    def still(self) -> bytes:
        """Draw the plane before, and after the filter with three values of its first setting."""
        return processor_still(self)

    @property
    def alt(self) -> str:
        """What is to be seen, in one sentence."""
        told = f"{self.canvas.alt} before and after {self.call.on('image')}"
        if self.message.value:
            return f"{told}, which failed."
        return f"{told}; further panels show other values of {self.moved[0].name}." if self.moved else f"{told}."


def process(
    image: ArrayLike | Image,
    *,
    filter: str = "gaussian",
    reference: ArrayLike | Image | None = None,
    **settings: Any,
) -> Processor:
    """Try filters on an image: move their options, and see before and after, difference, profile and code.

    Drag the border between before and after. The ruler (``r``) lays the line of the profile; without one it is the
    row through the crosshair. Of a volume, the filter acts on the slice that is shown or on the volume, as chosen.

    Parameters
    ----------
    image : array_like or Image
        A slice or a volume, grey or colour.
    filter : str, optional
        Which filter comes first, such as ``"median"``; `explorers.filters.FILTERS` has them all.
    reference : array_like or Image, optional
        The truth, of the same shape: PSNR and SSIM are against it. Against the image itself where not given.
    **settings
        Options of the filter, such as ``size=5``.

    Returns
    -------
    Processor
        Shows itself; without a browser as a still.

    Raises
    ------
    TypeError, ValueError
        If the image is not finite, there is no such filter or setting, or the reference has another shape.

    Examples
    --------
    >>> process(np.eye(8), filter="median", size=5).code.text
    'processing.median(image, size=5)'
    """
    return Processor(image, filter=filter, reference=reference, **settings)
