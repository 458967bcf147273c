"""Compare: two images in one place, before and after they are aligned."""

from __future__ import annotations

import html
from typing import Any

import ipywidgets
import numpy as np
from numpy.typing import ArrayLike

from workbench.checks import one_of
from workbench.images import Image
from workbench.registration import Alignment, RegistrationError, align
from workbench.registration.aligning import TRANSFORMS
from workbench.registration.grids import Grid

from . import controls
from .canvas import Canvas
from .colors import COLORMAPS
from .encoding import png
from .showing import Explorer, building
from .stills import montage

MODES = ("swipe", "blend", "checkerboard")


class Comparison(Explorer):
    """Two images on the first one's grid, as swipe, blend or checkerboard.

    Parameters
    ----------
    a, b : array_like or Image
        Two slices or two volumes.
    transform : str or None, optional
        How to align b with a; not where ``None``.
    **options
        Traits of the canvas.

    Attributes
    ----------
    canvas : Canvas
        The view.
    alignment : Alignment or None
        What aligned b, as far as it was believed.
    """

    def __init__(
        self,
        a: ArrayLike | Image,
        b: ArrayLike | Image,
        *,
        transform: str | None = None,
        live: bool | None = None,
        **options: Any,
    ) -> None:
        self.a, self.b = (one if isinstance(one, Image) else Image(np.asarray(one)) for one in (a, b))
        self.alignment: Alignment | None = None
        self._options = {"mode": "swipe", **options}
        one_of(self._options["mode"], MODES, name="mode")
        self.unaligned = resampled(self.b, self.a)
        self.aligned: Image | None = None
        self._first = transform
        if transform is not None:
            one_of(transform, TRANSFORMS, name="transform")
        super().__init__(live=live)
        if transform is not None:
            self._align(transform)

    def build(self) -> ipywidgets.Widget:
        """Make the canvas and its controls."""
        options = dict(self._options)
        mode = options.pop("mode")
        planes = (0, 1, 2) if self.a.ndim == 3 and self.a.affine is not None else (0,)
        other = "hot" if self.a.modality != self.b.modality else "gray"
        settings = {"panes": planes, "other_colormap": other, "show_crosshair": len(planes) > 1, **options}
        self.canvas = Canvas(self.a, **settings)
        self.canvas.show_second(self.unaligned, mode=mode)
        low, high = float(self.unaligned.pixels.min()), float(self.unaligned.pixels.max())
        level, width = self.canvas.other_level, self.canvas.other_width
        step = controls.step_of(high - low)
        moving = controls.moving
        self.canvas.controls = {
            "mode": {"label": "show as", "options": MODES},
            "mix": moving("first | second", 0, 1, step=0.01, mode=["swipe", "blend"]),
            "tiles": moving("squares", 2, 32, step=1, mode=["checkerboard"]),
            "other_level": moving("second's level", min(low, level), max(high, level), step=step),
            "other_width": moving("second's width", min(step, width), max(2 * (high - low), width), step=step),
            "other_colormap": {"label": "second's colours", "options": COLORMAPS},
        }
        self.transform = controls.choice(
            "align by", [("nothing", ""), *((name, name) for name in TRANSFORMS)], self._first or ""
        )
        self.report = ipywidgets.HTML(self._report(""))
        self.transform.observe(lambda change: self._align(change["new"]), "value")
        return ipywidgets.VBox([controls.row(self.transform), self.canvas, self.report])

    def still(self) -> bytes:
        """Draw the present view; where it is aligned, a checkerboard before and after."""
        canvas = self.canvas
        if self.aligned is None:
            return png(canvas.still())
        window = canvas.other_level, canvas.other_width
        with building(live=False):
            drawn = Canvas(
                self.a,
                window=canvas.window,
                colormap=canvas.colormap,
                crosshair=canvas.crosshair,
                tiles=canvas.tiles,
            )
            drawn.other_colormap = canvas.other_colormap
        sheets = []
        for title, second in (("before", self.unaligned), ("after", self.aligned)):
            drawn.title = title
            drawn.show_second(second, mode="checkerboard", window=window)
            sheets.append(drawn.still(width=420))
        return png(montage(sheets))

    @property
    def alt(self) -> str:
        """What is to be seen, in one sentence."""
        names = " and ".join(one.name or "an image" for one in (self.a, self.b))
        if self.alignment is None:
            return f"{names} in one place, shown as {self.canvas.mode}."
        return f"{names} as a checkerboard, before and after {self.alignment.transform} alignment."

    def _align(self, transform: str) -> None:
        self.alignment = self.aligned = None
        said = ""
        if transform:
            self.report.value = "<em>aligning \N{HORIZONTAL ELLIPSIS}</em>"
            try:
                self.alignment = align(self.b, self.a, transform=transform)
            except (RegistrationError, ValueError, TypeError) as error:
                said = f"not aligned: {error}"
            else:
                self.aligned = _applied(self.alignment, self.b)
        canvas = self.canvas
        shown = self.unaligned if self.aligned is None else self.aligned
        canvas.show_second(shown, mode=canvas.mode, window=(canvas.other_level, canvas.other_width))
        self.report.value = self._report(said)

    def _report(self, said: str) -> str:
        if said:
            return html.escape(said)
        if self.alignment is None:
            return "The second image lies where its own geometry puts it."
        rows = "<br>".join(" ".join(f"{value:9.3f}" for value in line) for line in self.alignment.matrix)
        return f"{html.escape(repr(self.alignment))}<pre style='line-height:1.3;margin:4px 0'>{rows}</pre>"


def compare(
    a: ArrayLike | Image, b: ArrayLike | Image, *, transform: str | None = None, **options: Any
) -> Comparison:
    """Compare two images of one place: swipe, blend or checkerboard, before and after alignment.

    Parameters
    ----------
    a : array_like or Image
        A slice or a volume; its grid is the one shown.
    b : array_like or Image
        Another. Where both have an affine it is put where it lies; otherwise the shapes must be equal.
    transform : str, optional
        Align b with a: ``"translation"``, ``"rigid"``, ``"similarity"``, ``"affine"`` or ``"deformable"``; see
        `registration.align`. Where that fails, the reason is shown.
    **options
        Traits of `Canvas`, such as ``mode="blend"``, ``mix=0.4``, ``other_colormap="hot"``.

    Returns
    -------
    Comparison
        Shows itself; without a browser as a still.

    Raises
    ------
    ValueError
        If the images cannot be laid on one grid.

    Examples
    --------
    >>> both = compare(np.zeros((4, 4)), np.ones((4, 4)), mode="blend", mix=1.0)
    >>> both.canvas.mode
    'blend'
    """
    return Comparison(a, b, transform=transform, **options)


def resampled(image: Image, like: Image) -> Image:
    """Put an image onto another's grid, where its own geometry says that it lies.

    Parameters
    ----------
    image, like : Image
        With affines, or of one shape.

    Returns
    -------
    Image
        `image` itself where it lies there already.

    Raises
    ------
    ValueError
        If an affine is unknown and the shapes differ.

    Examples
    --------
    >>> image = Image(np.zeros((2, 2)))
    >>> resampled(image, Image(np.ones((2, 2)))) is image
    True
    """
    if image.spatial_shape == like.spatial_shape and image.may_lie_on(like):
        return image
    if image.affine is None or like.affine is None or image.ndim != like.ndim:
        raise ValueError(
            f"images of shapes {image.spatial_shape} and {like.spatial_shape} are compared where both have an "
            "affine; resample one first (processing.resize)"
        )
    return _applied(Alignment(np.eye(4), fixed=Grid.of(like), moving=Grid.of(image)), image)


def _applied(alignment: Alignment, image: Image) -> Image:
    moved = alignment.apply(image)
    assert isinstance(moved, Image)  # noqa: S101 (tells the type checker)
    return moved
