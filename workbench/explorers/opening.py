"""How an image opens: its window, the windows to choose from, its name for those who cannot see it."""

from __future__ import annotations

import numpy as np

from workbench.images import PRESETS, Image, Window, default_window

MOST_LOOKED_AT = 2_000_000


def eight_bit(image: Image) -> Image:
    """Return a colour image of 8 bits for each colour, as screens have; a grey one stays as it is.

    Parameters
    ----------
    image : Image
        Any; floating colours are from 0 to 1.

    Returns
    -------
    Image

    Examples
    --------
    >>> eight_bit(Image(np.ones((1, 1, 3)), channel_axis=-1)).pixels[0, 0].tolist()
    [255, 255, 255]
    """
    if image.channel_axis is None or image.dtype == np.uint8:
        return image
    top = 1.0 if image.dtype.kind in "bf" else float(np.iinfo(image.dtype).max)
    return image.replace(pixels=np.rint(np.clip(image.pixels / top, 0, 1) * 255).astype(np.uint8))


def fitting_window(image: Image) -> Window:
    """Choose a window that suits the modality, of a large volume by looking at evenly spaced voxels.

    Parameters
    ----------
    image : Image
        Any.

    Returns
    -------
    Window
        See `images.default_window`.

    Examples
    --------
    >>> fitting_window(Image([[0, 255]], modality="CT", units="HU"))
    Window(level=40, width=400)
    """
    if image.ndim == 2 or image.channel_axis is not None or image.pixels.size <= MOST_LOOKED_AT:
        return default_window(image)
    every = int(np.ceil((image.pixels.size / MOST_LOOKED_AT) ** (1 / 3)))
    looked_at = image.pixels[::every, ::every, ::every]
    return default_window(Image(looked_at, modality=image.modality, units=image.units))


def presets(image: Image, values: tuple[float, float]) -> dict[str, tuple[float, float]]:
    """Return the windows to choose from.

    Parameters
    ----------
    image : Image
        Any.
    values : tuple of 2 float
        Its least and greatest value.

    Returns
    -------
    dict of str to (level, width)
        CT in HU has the usual ones.

    Examples
    --------
    >>> presets(Image([[0, 255]]), (0.0, 255.0))["full range"]
    (127.5, 255.0)
    """
    own: dict[str, tuple[float, float]] = {"default": fitting_window(image)}
    if image.modality == "CT" and image.units == "HU":
        return own | PRESETS
    if image.channel_axis is not None:
        return own
    low, high = values
    return own | {"full range": ((low + high) / 2, max(high - low, 1e-12))}


def describe(image: Image) -> str:
    """Name an image: modality, name and size.

    Parameters
    ----------
    image : Image
        As `pixels.upright` returns it.

    Returns
    -------
    str

    Examples
    --------
    >>> describe(Image(np.zeros((1, 4, 5)), modality="MR", name="head"))
    'MR image head 4 x 5'
    """
    size = " x ".join(str(length) for length in image.shape[image.shape[0] == 1 : 3])
    modality = "" if image.modality == "OT" else image.modality
    return " ".join(part for part in (modality, "image", image.name, size) if part)
