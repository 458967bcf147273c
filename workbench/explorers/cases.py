"""Reading a cohort's cases for the eye: what can be shown is shown, and the last ones are kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from PIL import Image as Picture

from workbench.cohorts import Cohort, CohortError
from workbench.images import Image, ImageReadError

from .canvas import Canvas
from .opening import fitting_window
from .sheet import SIZE, thumbnail, tile

KEPT = 64


class Shown:
    """The cases of a cohort as they are shown.

    Parameters
    ----------
    cohort : Cohort
        Of any kind.

    Examples
    --------
    >>> from workbench import cohorts
    >>> cases = Shown(cohorts.read("samples"))
    >>> cases.read("cell")[0].name, cases.picture("nobody").size
    ('cell', (96, 96))
    """

    def __init__(self, cohort: Cohort) -> None:
        self.cohort = cohort
        self._kept: OrderedDict[Any, tuple[Image, Image | None]] = OrderedDict()

    def read(self, case: Any) -> tuple[Image, Image | None]:
        """Read an image and, where it can be read, its mask.

        Parameters
        ----------
        case
            Its name.

        Returns
        -------
        image : Image
        mask : Image or None

        Raises
        ------
        CohortError
            If there is no such case or image, in words without paths: they may be names.
        """
        if case not in self._kept:
            try:
                image = self.cohort.image(case)
            except (CohortError, ImageReadError, OSError, ValueError) as error:
                raise CohortError(f"the image of case {case!r} cannot be read ({type(error).__name__})") from None
            self._kept[case] = image, self._mask(case)
        self._kept.move_to_end(case)
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return self._kept[case]

    def boxes(self, case: Any) -> list[dict[str, Any]]:
        """Return the boxes of a case, as the canvas takes them; none where they cannot be read."""
        try:
            return self.cohort.boxes(case).to_dict("records") if "boxes" in self.cohort.table else []  # type: ignore[return-value]
        except CohortError:
            return []

    def picture(self, case: Any, *, size: int = SIZE, boxes: bool = False) -> Picture.Image:
        """Draw a case in small; a tile says so where that cannot be done."""
        try:
            return thumbnail(*self.read(case), self.boxes(case) if boxes else (), size=size)
        except CohortError:
            return tile("unreadable", size=size)

    def pictures(self, cases: Sequence[Any], *, size: int = SIZE) -> list[Picture.Image]:
        """Draw cases in small."""
        return [self.picture(case, size=size) for case in cases]

    def _mask(self, case: Any) -> Image | None:
        try:
            return self.cohort.mask(case) if self.cohort.masks else None
        except (CohortError, ImageReadError, OSError, ValueError):
            # An audit says what is wrong with a mask; the image is shown all the same.
            return None


def change_to(canvas: Canvas, before: Image, image: Image) -> None:
    """Show another image; one like the one before needs less to be sent, so that it follows the pointer.

    Parameters
    ----------
    canvas : Canvas
        Shows `before`.
    before, image : Image
        Of any kind.
    """
    if (image.shape, image.modality, image.units) != (before.shape, before.modality, before.units):
        canvas.change(image)
        return
    with canvas.hold_sync():
        canvas.title, canvas.alt = image.name, f"image {image.name}"
        canvas.show(image, window=fitting_window(image))
