"""Canvas: the view that all explorers share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import anywidget
import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray
from PIL import Image as Picture

from workbench.images import Image, Window

from .colors import COLORMAPS, LABEL_COLORS, color_table
from .drawing import color, combine, paint_labels, take
from .opening import describe, eight_bit, fitting_window, presets
from .pixels import Pixels, encode, grid, upright
from .places import as_given, to_given
from .sending import FOLDER, parts, script
from .showing import bundle, is_live
from .stills import montage, panel, png

READING = ("navigate", "window", "pan", "ruler", "rectangle", "ellipse")
EDITING = ("navigate", "brush", "erase", "window", "pan", "ruler")


@dataclass(frozen=True)
class Click:
    """Where somebody clicked.

    Parameters
    ----------
    index : tuple of int
        (row, column) or (slice, row, column) in the image as it was given.
    mm : tuple of 3 float or None
        LPS millimetres; ``None`` where the affine is unknown.
    shift, alt : bool
        Keys held.
    """

    index: tuple[int, ...]
    mm: tuple[float, ...] | None
    shift: bool
    alt: bool


class Canvas(anywidget.AnyWidget):
    """An image in the browser: windowed, scrolled, measured and painted on without the kernel.

    Parameters
    ----------
    image : array_like or Image
        A slice or a volume, grey or colour.
    mask : array_like or Image, optional
        Boolean or labels, on the image's grid.
    window : Window or (level, width), optional
        The one that suits the modality where not given.
    panes : sequence of int, optional
        Axes (of the volume as it is shown) along which slices are taken: ``(0,)`` is one plane (default),
        ``(0, 1, 2)`` all three.
    **traits
        Of those below.

    Examples
    --------
    >>> canvas = Canvas(np.arange(16, dtype=np.uint8).reshape(4, 4), level=8, width=8)
    >>> canvas.picture(0)[0, :, 0].tolist()
    [0, 0, 0, 0]
    """

    _esm = script()
    _css = FOLDER / "canvas.css"

    level = traitlets.Float(0.5).tag(sync=True)
    width = traitlets.Float(1.0).tag(sync=True)
    colormap = traitlets.Enum(COLORMAPS, "gray").tag(sync=True)
    opacity = traitlets.Float(0.35, min=0, max=1).tag(sync=True)
    outline = traitlets.Bool(True).tag(sync=True)
    crosshair = traitlets.List(traitlets.Int(), [0, 0, 0]).tag(sync=True)
    zoom = traitlets.Float(1.0).tag(sync=True)
    center = traitlets.List(traitlets.Float()).tag(sync=True)
    tool = traitlets.Unicode("navigate").tag(sync=True)
    tools = traitlets.List(traitlets.Unicode(), list(READING)).tag(sync=True)
    presets = traitlets.Dict().tag(sync=True)
    colormaps = traitlets.List(traitlets.Unicode(), list(COLORMAPS)).tag(sync=True)
    brush_radius = traitlets.Float(4.0).tag(sync=True)
    brush_label = traitlets.Int(1, min=1, max=255).tag(sync=True)
    label_names = traitlets.Dict().tag(sync=True)
    boxes = traitlets.List(traitlets.Dict()).tag(sync=True)
    regions = traitlets.List(traitlets.Dict()).tag(sync=True)
    histogram = traitlets.List(traitlets.Int()).tag(sync=True)
    clicks = traitlets.Bool(False).tag(sync=True)
    scrolls = traitlets.Bool(False).tag(sync=True)
    mode = traitlets.Enum(("single", "blend", "swipe", "checkerboard"), "single").tag(sync=True)
    mix = traitlets.Float(0.5, min=0, max=1).tag(sync=True)
    tiles = traitlets.Int(8, min=1).tag(sync=True)
    other_level = traitlets.Float(0.5).tag(sync=True)
    other_width = traitlets.Float(1.0).tag(sync=True)
    other_colormap = traitlets.Enum(COLORMAPS, "gray").tag(sync=True)
    panes = traitlets.List(traitlets.Int(min=0, max=2), [0]).tag(sync=True)
    height = traitlets.Int(420, min=60).tag(sync=True)
    title = traitlets.Unicode("").tag(sync=True)
    alt = traitlets.Unicode("").tag(sync=True)
    smooth = traitlets.Bool(True).tag(sync=True)
    show_crosshair = traitlets.Bool(False).tag(sync=True)
    show_letters = traitlets.Bool(True).tag(sync=True)
    show_toolbar = traitlets.Bool(True).tag(sync=True)
    show_readout = traitlets.Bool(True).tag(sync=True)
    _palette = traitlets.List(list(LABEL_COLORS)).tag(sync=True)
    _colornames = traitlets.List(list(COLORMAPS)).tag(sync=True)
    _colortables = traitlets.Bytes().tag(sync=True)

    def __init__(
        self,
        image: ArrayLike | Image,
        mask: ArrayLike | Image | None = None,
        *,
        window: Window | tuple[float, float] | None = None,
        panes: Sequence[int] = (0,),
        **traits: Any,
    ) -> None:
        self._clicked: list[Callable[[Click], None]] = []
        self._painted: list[Callable[[], None]] = []
        self._scrolled: list[Callable[[int], None]] = []
        self._asked, self._revision = False, 0
        self._second: Pixels | None = None
        self._labels: NDArray | None = None
        self._take(image)
        level, width = window or fitting_window(self._image)
        traits = {"level": level, "width": width, "presets": presets(self._image, self.range), **traits}
        middle = [length // 2 for length in self._pixels.stored.shape[:3]]
        traits.setdefault("crosshair", middle)
        traits.setdefault("title", self._image.name)
        traits.setdefault("alt", describe(self._image))
        tables = b"".join(color_table(name).tobytes() for name in COLORMAPS)
        super().__init__(panes=list(panes), _colortables=tables, **traits)
        if mask is not None:
            self.set_mask(mask)
        self.on_msg(self._receive)

    # What is shown

    def show(self, image: ArrayLike | Image, *, window: Window | tuple[float, float] | None = None) -> None:
        """Show other pixels, such as a filter's result; the view stays.

        Parameters
        ----------
        image : array_like or Image
            Any; of the same shape, crosshair and zoom stay where they are.
        window : Window or (level, width), optional
            A new one; the present one stays where not given.
        """
        shape = self._pixels.stored.shape[:3]
        if not isinstance(image, Image) and np.shape(image) == self._given.shape:
            image = self._given.replace(pixels=np.asarray(image))
        self._take(image)
        if self._pixels.stored.shape[:3] != shape:
            self.set_mask(None)
            self.hide_second()
            self.crosshair = [length // 2 for length in self._pixels.stored.shape[:3]]
            self.zoom, self.center, self.regions = 1.0, [], []
        if window is not None:
            self.level, self.width = window
        self._send_layer("image")

    def change(self, image: ArrayLike | Image) -> None:
        """Show another image from the start: its own window, title, middle slice and presets.

        Parameters
        ----------
        image : array_like or Image
            Any; mask, boxes and second image are taken away.
        """
        self._take(image)
        self._labels, self._second = None, None
        middle = [length // 2 for length in self._pixels.stored.shape[:3]]
        level, width = fitting_window(self._image)
        with self.hold_sync():
            self.level, self.width = level, width
            self.set_trait("presets", presets(self._image, self.range))
            self.crosshair, self.zoom, self.center = middle, 1.0, []
            self.boxes, self.regions, self.mode = [], [], "single"
            self.title, self.alt = self._image.name, describe(self._image)
        for layer in ("mask", "other", "image"):
            self._send_layer(layer)

    def show_second(
        self, image: ArrayLike | Image, *, mode: str = "blend", window: Window | tuple[float, float] | None = None
    ) -> None:
        """Show a second image of the same grid in the same place.

        Parameters
        ----------
        image : array_like or Image
            Of the same shape; its window and colour map are traits of their own.
        mode : str, optional
            ``"blend"``, ``"swipe"`` or ``"checkerboard"``.
        window : Window or (level, width), optional
            The one that suits its modality where not given.

        Raises
        ------
        ValueError
            If the shapes differ.
        """
        second = eight_bit(upright(self._like(image)))
        if second.shape[:3] != self._image.shape[:3]:
            raise ValueError(
                f"both images must have one shape, received {self._image.shape[:3]} and {second.shape[:3]}; "
                "resample one onto the other first (registration.align, processing.geometry)"
            )
        self._second_image, self._second = second, encode(second.pixels)
        self.other_level, self.other_width = window or fitting_window(second)
        self.mode = mode
        self._send_layer("other")

    def hide_second(self) -> None:
        """Show the first image alone."""
        self._second = None
        self.mode = "single"
        self._send_layer("other")

    def set_mask(self, mask: ArrayLike | Image | None) -> None:
        """Lay other labels over the image.

        Parameters
        ----------
        mask : array_like or Image or None
            Boolean or labels on the image's grid; ``None`` removes them.

        Raises
        ------
        ValueError
            If it has another shape than the image, or more than 255 labels.
        """
        if mask is None:
            self._labels = None
        else:
            labels = np.asarray(mask)
            shape = tuple(np.delete(self._given.shape, self._given.channel_axis)) \
                if self._given.channel_axis is not None else self._given.shape  # fmt: skip
            if labels.shape != shape:
                raise ValueError(f"mask must have the image's shape {shape}, received {labels.shape}")
            if labels.dtype != bool and (labels.min() < 0 or labels.max() > 255):
                raise ValueError(
                    f"labels must be from 0 to 255, received {labels.min()} to {labels.max()}; relabel them first"
                )
            placed = Image(labels.astype(np.uint8), affine=self._given.affine, spacing=self._given.spacing)
            self._labels = np.array(upright(placed).pixels)
        self._send_layer("mask")

    # What comes back

    @property
    def planes(self) -> list[dict[str, Any]]:
        """The planes along axes 0, 1 and 2: name, letters, flip; see `pixels.planes`."""
        return self._grid["planes"]

    @property
    def range(self) -> tuple[float, float]:
        """The image's least and greatest value."""
        low, high = self._pixels.values([self._grid["low"], self._grid["high"]]).tolist()
        return low, high

    @property
    def error(self) -> float:
        """How far a value read in the browser may be from the image's; 0 where it is exact."""
        return self._pixels.error

    @property
    def window(self) -> Window:
        """The window of the first image."""
        return Window(self.level, self.width)

    @property
    def mask(self) -> NDArray | None:
        """The labels as they are now, on the grid of the image as it was given."""
        return None if self._labels is None else as_given(self._labels, self._image, self._given)

    @property
    def index(self) -> tuple[int, ...]:
        """The crosshair's place in the image as it was given."""
        return to_given(self.crosshair, self._image, self._given)

    def on_click(self, call: Callable[[Click], None]) -> None:
        """Call a function when somebody clicks into the image.

        Parameters
        ----------
        call : callable
            Called with a `Click`.
        """
        self._clicked.append(call)
        self.clicks = True

    def on_paint(self, call: Callable[[], None]) -> None:
        """Call a function when a stroke of the brush has changed the mask.

        Parameters
        ----------
        call : callable
            Called without arguments; see `mask`.
        """
        self._painted.append(call)

    def on_scroll(self, call: Callable[[int], None]) -> None:
        """Call a function when somebody turns the wheel or presses a page key over a single slice.

        Parameters
        ----------
        call : callable
            Called with the number of slices, negative for backwards.
        """
        self._scrolled.append(call)
        self.scrolls = True

    def _receive(self, _: Any, content: Mapping[str, Any], buffers: Sequence[Any]) -> None:
        match content.get("kind"):
            case "ready":
                self._asked = True
                for layer in ("image", "other", "mask"):
                    self._send_layer(layer)
            case "click":
                at = to_given(content["index"], self._image, self._given)
                place = None
                if self._image.affine is not None:
                    place = tuple((self._image.affine @ (*content["index"], 1))[:3].tolist())
                click = Click(at, place, bool(content.get("shift")), bool(content.get("alt")))
                for call in self._clicked:
                    call(click)
            case "scroll":
                for scroll in self._scrolled:
                    scroll(int(content["steps"]))
            case "paint" if self._labels is not None:
                (z, y, x), (depth, rows, columns) = content["origin"], content["shape"]
                patch = np.frombuffer(buffers[0], np.uint8).reshape(depth, rows, columns)
                self._labels[z : z + depth, y : y + rows, x : x + columns] = patch
                for painted in self._painted:
                    painted()

    # Pictures

    def picture(self, axis: int | None = None) -> NDArray:
        """Draw one plane through the crosshair, voxel by voxel: the same bytes as in the browser.

        Parameters
        ----------
        axis : int, optional
            Which plane; the first pane's where not given.

        Returns
        -------
        (rows, columns, 3) ndarray of uint8
            Without letters, outlines and boxes.
        """
        axis = self.panes[0] if axis is None else axis
        cut = {"axis": axis, "index": self.crosshair[axis], "flip": self._grid["planes"][axis]["flip"]}
        drawn = color(self._pixels, take(self._pixels.stored, **cut), self.window, self.colormap)
        if self._second is not None and self.mode != "single":
            window = Window(self.other_level, self.other_width)
            above = color(self._second, take(self._second.stored, **cut), window, self.other_colormap)
            drawn = combine(
                drawn, above, mode=self.mode, mix=self.mix, tiles=self.tiles, spacing=self._spacing(axis)
            )
        if self._labels is not None:
            drawn = paint_labels(drawn, take(self._labels, **cut), self.opacity)
        return drawn

    def panel(self, axis: int, scale: float) -> Picture.Image:
        """Draw one plane through the crosshair with all that is written over it.

        Parameters
        ----------
        axis : int
            Which plane.
        scale : float
            Screen pixels for a millimetre.

        Returns
        -------
        PIL.Image.Image
            RGB.
        """
        about, index = self._grid["planes"][axis], self.crosshair[axis]
        rows, columns = [other for other in range(3) if other != axis]
        labels = None
        if self._labels is not None and self.outline:
            labels = take(self._labels, axis, index, flip=about["flip"])
        row = self.crosshair[rows]
        last = self._grid["shape"][rows] - 1
        slices = self._grid["shape"][axis]
        titles = [self.title] * (axis == self.panes[0]) + [f"{about['name']} {index + 1}/{slices}"] * (slices > 1)
        return panel(
            self.picture(axis),
            spacing=self._spacing(axis),
            scale=scale,
            letters=about["letters"] if self.show_letters else "",
            title="  ".join(filter(None, titles)),
            labels=labels,
            boxes=[box for box in self.boxes if box.get("axis", 0) == axis and box.get("slice", index) == index],
            crosshair=(last - row if about["flip"] else row, self.crosshair[columns])
            if self.show_crosshair
            else None,
        )

    def still(self, *, height: int = 320, width: int = 850) -> Picture.Image:
        """Draw all panes side by side at one scale.

        Parameters
        ----------
        height, width : int, optional
            What there is room for, in screen pixels.

        Returns
        -------
        PIL.Image.Image
            RGB.
        """
        extents = []
        for axis in self.panes:
            shape = np.delete(self._grid["shape"], axis)
            extents.append(shape * self._spacing(axis))
        tall, wide = np.max([one[0] for one in extents]), np.sum([one[1] for one in extents])
        scale = float(min(height / tall, (width - 6 * (len(extents) - 1)) / wide))
        return montage([self.panel(axis, scale) for axis in self.panes])

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        return bundle(png(self.still()), self.alt, self if is_live() and self.comm is not None else None)

    # Places

    def _take(self, image: ArrayLike | Image) -> None:
        self._given = image if isinstance(image, Image) else Image(np.asarray(image))
        self._image = eight_bit(upright(self._given))
        self._pixels = encode(self._image.pixels)
        self._grid = grid(self._image, self._pixels)

    def _like(self, image: ArrayLike | Image) -> Image:
        if isinstance(image, Image):
            return image
        if np.shape(image) == self._given.shape:
            return self._given.replace(pixels=np.asarray(image))
        return Image(np.asarray(image))

    def _spacing(self, axis: int) -> tuple[float, float]:
        row, column = np.delete(self._grid["spacing"], axis).tolist()
        return row, column

    def _send_layer(self, layer: str) -> None:
        """Send pixels by message, not as state: state is saved in notebooks."""
        if not self._asked:
            return
        self._revision += 1
        content = {"kind": "pixels", "layer": layer, "revision": self._revision, "begin": 0}
        described, volume = self._layer(layer)
        if volume is None:
            self.send({**content, "grid": None})
            return
        for begin, data in parts(volume, near=self.crosshair[0]):
            self.send({**content, "grid": described, "begin": begin}, [data])

    def _layer(self, layer: str) -> tuple[dict[str, Any], NDArray | None]:
        if layer == "image":
            return self._grid, self._pixels.stored
        if layer == "other" and self._second is not None:
            return grid(self._second_image, self._second), self._second.stored
        if layer == "mask" and self._labels is not None:
            return {"shape": list(self._labels.shape), "channels": 1, "dtype": "uint8"}, self._labels
        return {}, None
