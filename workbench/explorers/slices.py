"""Slices: a volume worked on plane by plane, and what code calls the plane that is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.images import Image
from workbench.images.geometry import reorder
from workbench.processing import plane

from . import controls

# In which order axes must increase for a plane to look as radiologists hang it.
UPRIGHT = {"axial": "SPL", "coronal": "PIL", "sagittal": "LIP"}
SLICE, VOLUME = "this slice", "the volume"


class Slices:
    """The plane of an image that is shown: a slice is its only plane.

    Parameters
    ----------
    image : Image
        A slice or a volume.
    given_array : bool, optional
        Whether code is to be written for a NumPy array.
    scope : str, optional
        What functions act on at first: ``"this slice"`` or ``"the volume"``.

    Attributes
    ----------
    controls : list of widgets
        For a volume: plane, slice, and what functions act on. Empty for a slice.

    Examples
    --------
    >>> slices = Slices(Image(np.arange(12).reshape(3, 2, 2)), given_array=True)
    >>> slices.image.pixels.tolist(), slices.code
    ([[4, 5], [6, 7]], 'image[1]')
    """

    def __init__(self, image: Image, *, given_array: bool = False, scope: str = SLICE) -> None:
        self.whole, self.given_array = image, given_array
        self.is_volume = image.ndim == 3
        self.named = self.is_volume and image.affine is not None and image.channel_axis in {None, 3}
        names = list(UPRIGHT) if self.named else ["axis 0", "axis 1", "axis 2"]
        self.plane = controls.choice("plane", names)
        count = self._count()
        self.index = controls.slider("slice", count // 2, 0, count - 1)
        self.scope = controls.choice("acts on", [SLICE, VOLUME], scope)
        self.plane.observe(self._replane, "value")
        self.controls = [self.plane, self.index, self.scope] if self.is_volume else []
        self._called: list[Callable[[], None]] = []
        self.index.observe(lambda _: [call() for call in self._called], "value")

    @property
    def place(self) -> tuple[str, int]:
        """Which plane is shown."""
        return self.plane.value, self.index.value

    def on_move(self, call: Callable[[], None]) -> None:
        """Call a function when another plane is shown."""
        self._called.append(call)

    @property
    def acts_on_volume(self) -> bool:
        """Whether functions are to see the whole volume."""
        return self.is_volume and self.scope.value == VOLUME

    @property
    def image(self) -> Image:
        """The plane that is shown, at its place in the patient."""
        return self.shown(self.whole)

    def shown(self, whole: Image) -> Image:
        """Return the plane that is shown of another image on the same grid."""
        if not self.is_volume:
            return whole
        turned = whole.oriented(self._letters) if self.named else whole
        return plane(turned, axis=0 if self.named else self._axis, index=self.index.value)

    @property
    def code(self) -> str:
        """Code that takes the plane from what is called ``image``."""
        if not self.is_volume:
            return "image"
        index = self.index.value
        if self.given_array:
            return f"image[{':, ' * self._axis}{index}]"
        if not self.named:
            return f"processing.plane(image, axis={self._axis}, index={index})"
        turned = "" if self.whole.orientation == self._letters else f".oriented({self._letters!r})"
        return f"processing.plane(image{turned}, index={index})"

    def take(self, volume: NDArray) -> NDArray:
        """Return the plane of an array on the image's grid, as a view."""
        return self._turned(volume)[self.index.value] if self.is_volume else volume

    def voxel(self, row: int, column: int) -> tuple[int, ...]:
        """Return the index in the image of a place in the plane."""
        if not self.is_volume:
            return row, column
        if self.named:
            assert self.whole.affine is not None and self.image.affine is not None  # noqa: S101 (for the type checker)
            at = np.linalg.solve(self.whole.affine, self.image.affine @ (0, row, column, 1))
            return tuple(int(one) for one in np.rint(at[:3]))
        found = [row, column]
        found.insert(self._axis, self.index.value)
        return tuple(found)

    def show(self, place: tuple[int, ...]) -> tuple[int, int]:
        """Show the plane in which a voxel of a volume lies, and return its (row, column) there."""
        if self.named:
            turned = self.whole.oriented(self._letters)
            assert self.whole.affine is not None and turned.affine is not None  # noqa: S101 (for the type checker)
            at = np.linalg.solve(turned.affine, self.whole.affine @ (*place, 1))
            index, row, column = (int(one) for one in np.rint(at[:3]))
        else:
            rest = [one for axis, one in enumerate(place) if axis != self._axis]
            index, row, column = place[self._axis], *rest
        self.index.value = index
        return row, column

    @property
    def _axis(self) -> int:
        return list(self.plane.options).index(self.plane.value)

    @property
    def _letters(self) -> str:
        return UPRIGHT[self.plane.value]

    def _turned(self, volume: NDArray) -> NDArray:
        if self.named:
            assert self.whole.affine is not None  # noqa: S101 (for the type checker)
            return reorder(volume, self.whole.affine, self._letters)[0]
        return np.moveaxis(volume, self._axis, 0)

    def _count(self) -> int:
        if not self.is_volume:
            return 1
        return self._turned(np.broadcast_to(False, self.whole.spatial_shape)).shape[0]

    def _replane(self, _: Any) -> None:
        count = self._count()
        same = self.index.value == count // 2
        self.index.max = max(count - 1, self.index.value)
        self.index.value = count // 2
        self.index.max = count - 1
        if same:
            for call in self._called:
                call()
