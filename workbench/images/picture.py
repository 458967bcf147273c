"""A picture of an image: a fitting window, true voxel aspect, orientation letters."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Picture
from PIL import ImageDraw, ImageFont

from .geometry import OPPOSITE, orientation_code

if TYPE_CHECKING:
    from .image import Image


class Window(NamedTuple):
    """The intensities shown, from black to white.

    Parameters
    ----------
    level : float
        The middle grey, in the image's units.
    width : float
        From black to white, in the image's units.
    """

    level: float
    width: float


#: Usual CT windows in HU.
PRESETS = {
    "abdomen": Window(50, 400),
    "bone": Window(400, 1800),
    "brain": Window(40, 80),
    "lung": Window(-600, 1500),
    "soft tissue": Window(40, 400),
}


def default_window(image: Image) -> Window:
    """Choose a window that suits the modality.

    Parameters
    ----------
    image : Image
        Grey or colour.

    Returns
    -------
    Window
        Soft tissue for CT in HU; the whole range of their type for masks, 8-bit pictures and colours (0 to 1 for
        floating colours); otherwise from percentile 0.5 to 99.5.

    Examples
    --------
    >>> from workbench.images import Image
    >>> default_window(Image([[0, 255]], modality="CT", units="HU"))
    Window(level=40, width=400)
    """
    if image.modality == "CT" and image.units == "HU":
        return PRESETS["soft tissue"]
    if image.dtype in {np.dtype(bool), np.dtype(np.uint8)} or image.channel_axis is not None:
        top = float(np.iinfo(image.dtype).max) if image.dtype.kind in "iu" else 1.0
        return Window(top / 2, top)
    low, high = np.percentile(image.pixels, (0.5, 99.5))
    if low == high:
        low, high = image.pixels.min(), image.pixels.max()
    return Window((float(low) + float(high)) / 2, max(float(high) - float(low), 1e-12))


def to_bytes(pixels: NDArray, window: Window) -> NDArray:
    """Map a window linearly to grey levels 0 to 255.

    Parameters
    ----------
    pixels : ndarray
        Any shape.
    window : Window
        Values at or below its lower end become 0, at or above its upper end 255.

    Returns
    -------
    ndarray of uint8
        Same shape.

    Examples
    --------
    >>> to_bytes(np.array([-200.0, 40.0, 300.0]), Window(40, 400))
    array([  0, 128, 255], dtype=uint8)
    """
    scaled = (np.asarray(pixels, dtype=np.float64) - window.level) / window.width + 0.5
    return np.rint(np.clip(scaled, 0, 1) * 255).astype(np.uint8)


def planes(image: Image) -> list[tuple[NDArray, tuple[float, float], str]]:
    """Return what to show of an image: a slice as it is stored, a volume as its three middle planes.

    Parameters
    ----------
    image : Image
        A volume with an affine is shown in the radiological convention: patient's right on the left side.

    Returns
    -------
    list of (pixels, spacing, letters)
        Pixels (rows, columns[, channels]), mm (row, column), and the letters (top, right, bottom, left) or "".

    Examples
    --------
    >>> from workbench.images import Image, affine_from_spacing
    >>> volume = Image(np.zeros((2, 3, 4)), affine=affine_from_spacing((5, 1, 1)))
    >>> [letters for _, _, letters in planes(volume)]
    ['ALPR', 'SLIR', 'SPIA']
    """
    spacing = image.spacing or (1.0,) * image.ndim
    pixels = image.pixels if image.channel_axis is None else np.moveaxis(image.pixels, image.channel_axis, -1)
    if image.ndim == 2:
        return [(pixels, (spacing[0], spacing[1]), edge_letters(image))]
    if image.affine is None:
        return [(pixels[len(pixels) // 2], (spacing[1], spacing[2]), "")]
    volume = image.replace(pixels=pixels, channel_axis=None if image.channel_axis is None else -1).oriented("SPL")
    assert volume.affine is not None and volume.spacing is not None  # noqa: S101 (tells the type checker)
    middle = [length // 2 for length in volume.shape[:3]]
    slice_mm, row_mm, column_mm = volume.spacing
    headwards = volume.affine * np.array([-1, 1, 1, 1])
    return [
        (volume.pixels[middle[0]], (row_mm, column_mm), _letters(volume.affine, 1, 2)),
        (volume.pixels[::-1, middle[1]], (slice_mm, column_mm), _letters(headwards, 0, 2)),
        (volume.pixels[::-1, :, middle[2]], (slice_mm, row_mm), _letters(headwards, 0, 1)),
    ]


def render(image: Image, *, window: Window | None = None, height: int = 384) -> bytes:
    """Draw an image as PNG.

    Parameters
    ----------
    image : Image
        A slice, or a volume (its three middle planes).
    window : Window, optional
        `default_window` where not given.
    height : int, optional
        Of the tallest plane, in screen pixels; less where a plane is more than eight times as wide.

    Returns
    -------
    bytes
        A PNG file.

    Examples
    --------
    >>> from workbench.images import Image
    >>> render(Image([[0, 255]]))[1:4]
    b'PNG'
    """
    window = window or default_window(image)
    shown = planes(image)
    tallest = max(pixels.shape[0] * mm[0] for pixels, mm, _ in shown)
    widest = max(pixels.shape[1] * mm[1] for pixels, mm, _ in shown)
    scale = min(height / tallest, 8 * height / widest)
    height = max(round(tallest * scale), 1)
    drawn = [_draw(to_bytes(pixels, window), mm, letters, scale) for pixels, mm, letters in shown]
    gap = 6
    sheet = Picture.new(drawn[0].mode, (sum(d.width + gap for d in drawn) - gap, height), 0)
    left = 0
    for panel in drawn:
        sheet.paste(panel, (left, (height - panel.height) // 2))
        left += panel.width + gap
    buffer = io.BytesIO()
    sheet.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def edge_letters(image: Image) -> str:
    """Name the directions at the edges of a slice as it is stored.

    Parameters
    ----------
    image : Image
        A slice.

    Returns
    -------
    str
        Letters at the top, right, bottom and left; empty where the affine is unknown.

    Examples
    --------
    >>> from workbench.images import Image, affine_from_spacing
    >>> edge_letters(Image([[1]], affine=affine_from_spacing((1, 1))))
    'ALPR'
    """
    return "" if image.affine is None else _letters(image.affine, 1, 2)


def _letters(affine: NDArray, row_axis: int, column_axis: int) -> str:
    code = orientation_code(affine)
    bottom, right = code[row_axis], code[column_axis]
    return OPPOSITE[bottom] + right + bottom + OPPOSITE[right]


def _draw(pixels: NDArray, mm: tuple[float, float], letters: str, scale: float) -> Picture.Image:
    if pixels.ndim == 3 and pixels.shape[-1] not in {3, 4}:
        pixels = pixels[..., 0]
    size = max(round(pixels.shape[1] * mm[1] * scale), 1), max(round(pixels.shape[0] * mm[0] * scale), 1)
    enlarging = size[1] > pixels.shape[0] * 4
    panel = Picture.fromarray(pixels).resize(
        size, Picture.Resampling.NEAREST if enlarging else Picture.Resampling.LANCZOS
    )
    pen = ImageDraw.Draw(panel)
    font = ImageFont.load_default(14)
    width, height = panel.size
    anchors = [
        ((width / 2, 2), "mt"),
        ((width - 3, height / 2), "rm"),
        ((width / 2, height - 3), "mb"),
        ((3, height / 2), "lm"),
    ]
    for letter, (place, anchor) in zip(letters, anchors, strict=False):
        bright: int | tuple[int, ...] = 255 if panel.mode == "L" else (255,) * len(panel.getbands())
        dark: int | tuple[int, ...] = 0 if panel.mode == "L" else (0, 0, 0, 255)[: len(panel.getbands())]
        pen.text(place, letter, fill=bright, anchor=anchor, font=font, stroke_width=2, stroke_fill=dark)
    return panel
