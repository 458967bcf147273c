"""PNG, JPEG and TIFF pictures."""

from pathlib import Path

import numpy as np

from .errors import ImageReadError
from .history import Step
from .image import Image
from .names import stem


def read_picture(path: Path) -> Image:
    """Read a picture without geometry.

    Parameters
    ----------
    path : Path
        PNG, JPEG or TIFF.

    Returns
    -------
    Image
        Grey as stored; colours as RGB with channels last.

    Raises
    ------
    ImageReadError
        If it has several pages, or colours of 16 bits, which Pillow would cut.
    """
    from PIL import Image as Picture

    with Picture.open(path) as picture:
        pages = getattr(picture, "n_frames", 1)
        if pages > 1:
            raise ImageReadError(f"{path}: expected one picture, received {pages} pages; split it first")
        # Pillow would cut 16-bit colours to 8 bits without a word.
        if picture.mode.startswith(("RGB", "LA")) and ";16" in str(picture.tile):
            raise ImageReadError(f"{path}: 16 bits per colour; save it with 8 bits, or as .npy")
        alpha = picture.has_transparency_data
        if picture.mode == "LA":
            pixels = np.asarray(picture)[..., 0]
        elif picture.mode in {"1", "L", "I", "F", "RGB"} or picture.mode.startswith("I;16"):
            pixels = np.asarray(picture)
        else:
            pixels = np.asarray(picture.convert("RGB"))
    return Image(
        pixels,
        channel_axis=-1 if pixels.ndim == 3 else None,
        name=stem(path),
        history=(Step("images.read", {"transparency": "dropped"}),) if alpha else (),
    )
