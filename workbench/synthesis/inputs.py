"""What images made into one must have in common."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array, same_shape
from workbench.images import Image, Step


def alike(images: Sequence[ArrayLike], names: Sequence[str]) -> list[NDArray]:
    """Return images as arrays of one shape and unit, or raise a ValueError that uses their names."""
    arrays = [real_array(image, name=name) for image, name in zip(images, names, strict=True)]
    if not arrays:
        raise ValueError("expected at least one image, received none")
    same_shape(**dict(zip(names, arrays, strict=True)))
    same_field(images, "units", "bring them to the same scale and units first")
    return arrays


def same_field(images: Sequence[ArrayLike], field: str, advice: str) -> None:
    """Raise a ValueError with advice unless all Images among the images agree in a field."""
    values = [getattr(image, field) for image in images if isinstance(image, Image)]
    for value in values[1:]:
        close = field == "spacing" and None not in (value, values[0]) and np.allclose(value, values[0], rtol=1e-3)
        if not close and value != values[0]:
            raise ValueError(f"images must have the same {field}, received {values[0]!r} and {value!r}; {advice}")


def on_one_grid(
    pixels: NDArray, images: Sequence[ArrayLike], step: Step, *, grids: Sequence[ArrayLike]
) -> NDArray | Image:
    """Return pixels as an Image if one of the images is; raise a ValueError if `grids` have different affines."""
    affines = [image.affine for image in grids if isinstance(image, Image) and image.affine is not None]
    for affine in affines[1:]:
        if not np.allclose(affine, affines[0], atol=1e-3):
            raise ValueError("images must lie on one grid, received other affines; resample one onto the other")
    known = [image for image in images if isinstance(image, Image)]
    if not known:
        return pixels
    modality = known[0].modality if len({image.modality for image in known}) == 1 else "OT"
    place = {"affine": affines[0]} if affines else {}
    return known[0].replace(pixels=pixels, modality=modality, step=step, **place)
