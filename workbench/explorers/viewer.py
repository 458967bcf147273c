"""View: look at an image, a volume or a cohort."""

from __future__ import annotations

import html
from typing import Any

import ipywidgets
import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.cohorts import Cohort, CohortError
from workbench.cohorts.summarizing import facts
from workbench.images import Image

from . import controls
from .canvas import Canvas
from .encoding import png
from .showing import Explorer

BINS = 128
MOST_COUNTED = 4_000_000


class Viewer(Explorer):
    """An image in its planes, with its window, its mask, its histogram and what is known about it.

    Parameters
    ----------
    image : array_like, Image or Cohort
        What to look at.
    mask : array_like or Image, optional
        Of an image; a cohort brings its own.
    **options
        Traits of the canvas.

    Attributes
    ----------
    canvas : Canvas
        The view.
    case : ipywidgets.Dropdown or None
        Which case of a cohort.
    """

    def __init__(
        self,
        image: ArrayLike | Image | Cohort,
        mask: ArrayLike | Image | None = None,
        *,
        live: bool | None = None,
        **options: Any,
    ) -> None:
        self.cohort = image if isinstance(image, Cohort) else None
        if self.cohort is not None and not len(self.cohort):
            raise CohortError("expected a cohort with at least one case, received an empty one")
        if self.cohort is None:
            self.image = image if isinstance(image, Image) else Image(np.asarray(image))
            self._mask = mask
        else:
            self.image, self._mask = self._read(next(iter(self.cohort)))
        self._options = options
        super().__init__(live=live)

    def build(self) -> ipywidgets.Widget:
        """Make the canvas and its controls."""
        volume = self.image.ndim == 3
        options = {"panes": (0, 1, 2) if volume and self.image.affine is not None else (0,), **self._options}
        self.canvas = Canvas(self.image, self._mask, histogram=histogram(self.image), **options)
        self.canvas.show_crosshair = self._options.get("show_crosshair", len(self.canvas.panes) > 1)
        self.case = None if self.cohort is None else controls.choice("case", self.cohort)
        self._retune()
        self.planes = controls.choice("planes", self._planes(), tuple(self.canvas.panes))
        self.facts = ipywidgets.HTML(self._facts())
        self.planes.observe(self._choose_planes, "value")
        above: list[ipywidgets.Widget] = []
        if self.case is not None:
            self.case.observe(self._choose_case, "value")
            above = [self.case, self._step("previous", -1), self._step("next", 1)]
        if volume:
            above.append(self.planes)
        self._adapt()
        return ipywidgets.VBox([*([controls.row(*above)] if above else []), self.canvas, self.facts])

    def still(self) -> bytes:
        """Draw the planes as they are now."""
        return png(self.canvas.still())

    @property
    def alt(self) -> str:
        """What is to be seen, in one sentence."""
        level, width = self.canvas.window
        unit = f" {self.image.units}" if self.image.units else ""
        mask = " with its mask" if self.canvas.mask is not None else ""
        return f"{self.canvas.alt}{mask}, window level {level:g}{unit}, width {width:g}{unit}."

    def _read(self, case: str) -> tuple[Image, Image | None]:
        assert self.cohort is not None  # noqa: S101 (tells the type checker)
        image = self.cohort.image(case)
        has_mask = bool(self.cohort.masks) and self.cohort.table.at[case, self.cohort.masks[0]] is not None
        try:
            return image, self.cohort.mask(case) if has_mask else None
        except CohortError:
            return image, None

    def _choose_case(self, _: Any) -> None:
        assert self.case is not None  # noqa: S101 (tells the type checker)
        self.image, mask = self._read(self.case.value)
        canvas = self.canvas
        canvas.change(self.image)
        canvas.set_mask(mask)
        canvas.histogram = histogram(self.image)
        self._retune()
        self.facts.value = self._facts()
        self._adapt()

    def _choose_planes(self, change: Any) -> None:
        self.canvas.panes = list(change["new"])

    def _step(self, label: str, by: int) -> ipywidgets.Button:
        def move() -> None:
            assert self.case is not None  # noqa: S101 (tells the type checker)
            self.case.index = (self.case.index + by) % len(self.case.options)

        return controls.button(label, move)

    def _adapt(self) -> None:
        if self.cohort is not None and "boxes" in self.cohort.table and self.case is not None:
            self.canvas.boxes = self.cohort.boxes(self.case.value).to_dict("records")

    def _planes(self) -> list[tuple[str, tuple[int, ...]]]:
        named = [(plane["name"], (axis,)) for axis, plane in enumerate(self.canvas.planes)]
        known = {tuple(self.canvas.panes)} - {axes for _, axes in named} - {(0, 1, 2)}
        return [("all three", (0, 1, 2)), *named, *((", ".join(map(str, axes)), axes) for axes in known)]

    def _retune(self) -> None:
        """Give the sliders the range of these pixels, in steps that the window itself lies on."""
        canvas = self.canvas
        low, high = canvas.range
        step = (
            controls.step_of(high - low) if canvas.error or high - low < 10 else 1.0 if high - low > 255 else 0.5
        )
        canvas.level, canvas.width = (
            max(round(value / step), least) * step for value, least in ((canvas.level, -np.inf), (canvas.width, 1))
        )
        levels, widths = zip(canvas.window, *canvas.presets.values(), strict=True)
        low, high, widest = min(low, *levels), max(high, *levels), max(2 * (high - low), *widths)
        canvas.controls = {
            "level": controls.moving(
                "level", *(np.floor(low / step) * step, np.ceil(high / step) * step), step=step
            ),
            "width": controls.moving("width", step, np.ceil(widest / step) * step, step=step),
            **controls.OVERLAY,
        }

    def _facts(self) -> str:
        known = {name: value for name, value in facts(self.image).items() if value != ""}
        if self.canvas.error:
            known["shown to within"] = f"{self.canvas.error:.2g}"
        if self.image.history:
            known["history"] = "; ".join(map(str, self.image.history))
        texts = {name: f"{value:g}" if isinstance(value, float) else str(value) for name, value in known.items()}
        rows = "".join(
            f"<tr><th scope='row' style='text-align:left;padding-right:1.5em;font-weight:500'>{name}</th>"
            f"<td style='text-align:left'>{html.escape(text)}</td></tr>"
            for name, text in texts.items()
        )
        return (
            f"<details><summary style='cursor:pointer'>About this image</summary><table>{rows}</table></details>"
        )


def view(image: ArrayLike | Image | Cohort, mask: ArrayLike | Image | None = None, **options: Any) -> Viewer:
    """Look at an image, a volume in its three planes, or a cohort case by case.

    Drag moves the crosshair, the wheel scrolls slices, with Ctrl it zooms; the right button changes the window,
    Shift and drag move the image. Keys: arrows and page keys move, ``+`` ``-`` ``0`` zoom, ``w`` window, ``r``
    ruler, ``e`` ellipse, ``b`` rectangle, ``h`` crosshair, ``o`` outlines, ``i`` inverted.

    Parameters
    ----------
    image : array_like, Image or Cohort
        A slice or a volume, grey or colour, or a cohort.
    mask : array_like or Image, optional
        Boolean or labels from 0 to 255 on the image's grid; a cohort brings its own.
    **options
        Traits of `Canvas`, such as ``window=(40, 400)``, ``colormap="viridis"``, ``height=600``.

    Returns
    -------
    Viewer
        Shows itself; without a browser as a still.

    Raises
    ------
    CohortError
        If the cohort is empty.
    TypeError, ValueError
        If the image is not finite, or the mask does not fit.

    Examples
    --------
    >>> view(np.eye(8)).canvas.picture().shape
    (8, 8, 3)
    """
    return Viewer(image, mask, **options)


def histogram(image: ArrayLike, *, bins: int = BINS) -> list[int]:
    """Count values in even bins from the least to the greatest.

    Parameters
    ----------
    image : array_like
        Of a large volume, evenly spaced voxels are counted.
    bins : int, optional
        How many.

    Returns
    -------
    list of int
        Empty where all values are equal.

    Examples
    --------
    >>> histogram([0, 0, 1, 3], bins=2)
    [3, 1]
    """
    values: NDArray = np.asarray(image).ravel()
    low, high = values.min(), values.max()
    if low == high:
        return []
    counted = values[:: max(values.size // MOST_COUNTED, 1)]
    return np.histogram(counted, bins, (float(low), float(high)))[0].tolist()
