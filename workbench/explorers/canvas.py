"""Canvas: the view that all explorers share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image as Picture

from workbench.images import Image, Window

from . import rendering
from .colors import COLORMAPS, color_table
from .encoding import png
from .opening import describe, eight_bit, fitting_window, presets
from .pixels import Pixels, encode, grid, upright
from .places import Click, as_given, placed, to_given
from .sending import parts
from .showing import bundle, is_live
from .state import State


class Canvas(State):
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
        Of `State`.

    Examples
    --------
    >>> canvas = Canvas(np.arange(16, dtype=np.uint8).reshape(4, 4), level=8, width=8)
    >>> canvas.picture(0)[0, :, 0].tolist()
    [0, 0, 0, 0]
    """

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
        self.second: Pixels | None = None
        self.labels: NDArray | None = None
        self._take(image)
        level, width = window or fitting_window(self._image)
        traits = {"level": level, "width": width, "presets": presets(self._image, self.range), **traits}
        traits.setdefault("crosshair", self._middle)
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
        shape = self.pixels.stored.shape[:3]
        self._take(self._like(image))
        if self.pixels.stored.shape[:3] != shape:
            self.set_mask(None)
            self.hide_second()
            self.crosshair = self._middle
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
        self.labels, self.second = None, None
        level, width = fitting_window(self._image)
        with self.hold_sync():
            self.level, self.width = level, width
            self.set_trait("presets", presets(self._image, self.range))
            self.crosshair, self.zoom, self.center = self._middle, 1.0, []
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
        self._second_image, self.second = second, encode(second.pixels)
        self.other_level, self.other_width = window or fitting_window(second)
        self.mode = mode
        self._send_layer("other")

    def hide_second(self) -> None:
        """Show the first image alone."""
        self.second = None
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
        self.labels = None if mask is None else placed(mask, self._given)
        self._send_layer("mask")

    # What comes back

    @property
    def planes(self) -> list[dict[str, Any]]:
        """The planes along axes 0, 1 and 2: name, letters, flip; see `pixels.planes`."""
        return self.grid["planes"]

    @property
    def range(self) -> tuple[float, float]:
        """The image's least and greatest value."""
        low, high = self.pixels.values([self.grid["low"], self.grid["high"]]).tolist()
        return low, high

    @property
    def error(self) -> float:
        """How far a value read in the browser may be from the image's; 0 where it is exact."""
        return self.pixels.error

    @property
    def window(self) -> Window:
        """The window of the first image."""
        return Window(self.level, self.width)

    @property
    def mask(self) -> NDArray | None:
        """The labels as they are now, on the grid of the image as it was given."""
        return None if self.labels is None else as_given(self.labels, self._image, self._given)

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
            case "paint" if self.labels is not None:
                (z, y, x), (depth, rows, columns) = content["origin"], content["shape"]
                patch = np.frombuffer(buffers[0], np.uint8).reshape(depth, rows, columns)
                self.labels[z : z + depth, y : y + rows, x : x + columns] = patch
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
        return rendering.picture(self, self.panes[0] if axis is None else axis)

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
        return rendering.annotated(self, axis, scale)

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
        return rendering.side_by_side(self, height=height, width=width)

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        return bundle(png(self.still()), self.alt, self if is_live() and self.comm is not None else None)

    # Places

    def _take(self, image: ArrayLike | Image) -> None:
        self._given = image if isinstance(image, Image) else Image(np.asarray(image))
        self._image = eight_bit(upright(self._given))
        self.pixels = encode(self._image.pixels)
        self.grid = grid(self._image, self.pixels)

    @property
    def _middle(self) -> list[int]:
        return [length // 2 for length in self.pixels.stored.shape[:3]]

    def _like(self, image: ArrayLike | Image) -> Image:
        if isinstance(image, Image):
            return image
        if np.shape(image) == self._given.shape:
            return self._given.replace(pixels=np.asarray(image))
        return Image(np.asarray(image))

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
            return self.grid, self.pixels.stored
        if layer == "other" and self.second is not None:
            return grid(self._second_image, self.second), self.second.stored
        if layer == "mask" and self.labels is not None:
            return {"shape": list(self.labels.shape), "channels": 1, "dtype": "uint8"}, self.labels
        return {}, None
