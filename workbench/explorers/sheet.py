"""Small pictures to choose from, with the mouse or the keyboard."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import anywidget
import numpy as np
import traitlets
from numpy.typing import NDArray
from PIL import Image as Picture

from workbench import processing
from workbench.images import Image

from .canvas import Canvas
from .encoding import encoded
from .sending import FOLDER, script
from .showing import building

SIZE = 96
COLUMNS_DRAWN = 6
LONGEST = 14
INKS = {"error": "#b3261e", "warning": "#8a5300", "": "black"}


class Sheet(anywidget.AnyWidget):
    """Small pictures, one of which may be chosen.

    Parameters
    ----------
    label : str, optional
        What screen readers call the list.
    size : int, optional
        Of a picture, in screen pixels.

    Examples
    --------
    >>> sheet = Sheet(label="cases")
    >>> sheet.show([Picture.new("L", (9, 9))], ["a"])
    >>> sheet.captions, sheet.chosen
    (['a'], -1)
    """

    _esm = script("saving", "sheet")
    _css = FOLDER / "figures.css"

    captions = traitlets.List(traitlets.Unicode()).tag(sync=True)
    marks = traitlets.List(traitlets.Unicode()).tag(sync=True)
    chosen = traitlets.Int(-1).tag(sync=True)
    label = traitlets.Unicode("pictures").tag(sync=True)
    size = traitlets.Int(SIZE).tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        self.pictures: list[Picture.Image] = []
        self._asked = False
        super().__init__(**traits)
        self.on_msg(self._receive)

    def show(
        self, pictures: Iterable[Picture.Image], captions: Sequence[str], *, marks: Sequence[str] = ()
    ) -> None:
        """Show other pictures; none is chosen.

        Parameters
        ----------
        pictures : iterable of PIL.Image.Image
            Any number.
        captions : sequence of str
            One for each; a second line is told apart by a line break.
        marks : sequence of str, optional
            ``"error"``, ``"warning"`` or nothing for each: the caption's colour.
        """
        self.pictures = list(pictures)
        with self.hold_sync():
            self.captions, self.marks = list(captions), list(marks) or [""] * len(captions)
            self.chosen = -1
        self._send_pictures()

    def _receive(self, _: Any, content: Mapping[str, Any], buffers: Sequence[Any]) -> None:
        del buffers
        if content.get("kind") == "ready":
            self._asked = True
            self._send_pictures()

    def _send_pictures(self) -> None:
        """Send pictures by message, not as state: state is saved in notebooks."""
        if self._asked:
            self.send({"kind": "pictures"}, [encoded(picture) for picture in self.pictures])


def thumbnail(
    image: Image,
    mask: Image | None = None,
    boxes: Sequence[Mapping[str, Any]] = (),
    *,
    size: int = SIZE,
) -> Picture.Image:
    """Draw an image in small: of a volume the middle slice, or the one where the mask is largest.

    Parameters
    ----------
    image : Image
        Any.
    mask : Image, optional
        On its grid; outlined.
    boxes : sequence of mapping, optional
        Drawn on slices; see `stills.panel`.
    size : int, optional
        Of the longer side, in screen pixels.

    Returns
    -------
    PIL.Image.Image
        A square, black where the image is not.

    Examples
    --------
    >>> thumbnail(Image(np.eye(8)), size=24).size
    (24, 24)
    """
    if image.ndim == 3:
        image, mask = _largest_slice(image, mask)
        boxes = ()
    with building(live=False):
        plain = [{**box, "label": ""} for box in boxes]
        canvas = Canvas(image, mask, boxes=plain, title="", opacity=0.12, show_letters=False)
    drawn = canvas.still(height=size, width=size)
    square = Picture.new("RGB", (size, size))
    square.paste(drawn, ((size - drawn.width) // 2, (size - drawn.height) // 2))
    return square


def tile(text: str, *, size: int = SIZE) -> Picture.Image:
    """Return a tile that says why there is no picture.

    Parameters
    ----------
    text : str
        Few words.
    size : int, optional
        In screen pixels.

    Returns
    -------
    PIL.Image.Image
        A grey square.
    """
    from PIL import ImageDraw

    from .stills import write

    drawn = Picture.new("RGB", (size, size), "#3a3f45")
    write(ImageDraw.Draw(drawn), (size / 2, size / 2), text.replace(" ", "\n"), anchor="mm")
    return drawn


def draw_sheet(
    axes: Any,
    pictures: Sequence[Picture.Image],
    captions: Sequence[str],
    *,
    marks: Sequence[str] = (),
    columns: int = COLUMNS_DRAWN,
    numbered: bool = False,
    longest: int = LONGEST,
) -> None:
    """Draw small pictures into a figure.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Changed in place.
    pictures : sequence of PIL.Image.Image
        Squares.
    captions : sequence of str
        One for each.
    marks : sequence of str, optional
        As for `Sheet.show`.
    columns : int, optional
        Pictures in a row.
    numbered : bool, optional
        Whether to write a number, from 1, into each picture.
    longest : int, optional
        Letters of a caption that have room; of longer ones the end is written.
    """
    axes.axis("off")
    for number, (picture, caption) in enumerate(zip(pictures, captions, strict=True)):
        row, column = divmod(number, columns)
        top, color = 1.2 * row, INKS[marks[number] if marks else ""]
        axes.imshow(picture, extent=(column, column + 0.96, top + 0.96, top))
        name = caption if len(caption) <= longest else f"\N{HORIZONTAL ELLIPSIS}{caption[1 - longest :]}"
        axes.text(column, top + 0.99, name, va="top", fontsize=7, color=color)
        if numbered:
            axes.text(
                column + 0.04, top + 0.03, str(number + 1), va="top", fontsize=8, weight="bold", color="white"
            )
    rows = max(-(-len(pictures) // columns), 1)
    axes.set(xlim=(0, columns), ylim=(1.2 * rows, 0), aspect="equal", anchor="NW")


def _largest_slice(image: Image, mask: Image | None) -> tuple[Image, Image | None]:
    if image.affine is not None:
        image = image.oriented("SPL")
        mask = mask.oriented("SPL") if mask is not None and mask.affine is not None else mask
    marked: NDArray[np.intp] | None = None if mask is None else np.count_nonzero(np.asarray(mask), axis=(1, 2))
    index = image.shape[0] // 2 if marked is None or not marked.any() else int(marked.argmax())
    flat = processing.plane(image, index=index)
    return flat, None if mask is None else Image(np.asarray(mask)[index], spacing=flat.spacing)
