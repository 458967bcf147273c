"""Arrays stored by numpy."""

from pathlib import Path

import numpy as np

from .errors import ImageReadError
from .image import Image
from .names import stem


def read_array(path: Path) -> Image:
    """Read an array, or what `images.write` made of an image.

    Parameters
    ----------
    path : Path
        ``.npy``, or ``.npz`` with an array ``pixels``.

    Returns
    -------
    Image
        With the geometry that the file holds.

    Raises
    ------
    ImageReadError
        If there are no ``pixels``.
    """
    content = np.load(path, allow_pickle=False)
    if isinstance(content, np.ndarray):
        return Image(content, name=stem(path))
    with content:
        if "pixels" not in content:
            raise ImageReadError(
                f"{path}: expected an array named 'pixels', received {', '.join(content) or 'none'}"
            )
        text: dict[str, str] = {key: str(content[key]) for key in ("modality", "units", "name") if key in content}
        return Image(
            content["pixels"],
            affine=content["affine"] if "affine" in content else None,
            spacing=tuple(content["spacing"].tolist()) if "spacing" in content else None,
            channel_axis=int(content["channel_axis"]) if "channel_axis" in content else None,
            modality=text.get("modality", "OT"),
            units=text.get("units", ""),
            name=text.get("name", stem(path)),
        )
