"""The cases that are looked at while a network trains."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.cohorts import Cohort
from workbench.images import Image


def some_cases(
    images: Any, targets: Any, options: dict[str, Any], count: int, classes: Sequence[str] | None
) -> tuple[NDArray | None, list[Any], list[str]]:
    """Choose some cases, evenly through the validation data, with their truth and the classes' names."""
    names = list(classes or ())
    validation = options.get("validation")
    if isinstance(images, Cohort):
        column = targets or "label"
        if column != "label" or column not in images.table or count < 1:
            return None, [], names
        names = names or sorted(set(images.table[column].dropna().astype(str)))
        source = validation if isinstance(validation, Cohort) else images
        cases = source.table.index
        if source is images and "split" in images.table:
            wanted = "validation" if "validation" in set(images.table["split"]) else "train"
            cases = images.table.index[images.table["split"] == wanted]
        chosen = [cases[at] for at in _spread(len(cases), count)]
        prepare = options.get("prepare") or np.asarray
        batch = np.stack([np.asarray(prepare(source.image(case))) for case in chosen])
        return batch, [names.index(str(source.table.at[case, column])) for case in chosen], names
    if options.get("encode") is not None or count < 1 or targets is None:
        return None, [], names
    pixels, truths = (images, targets) if validation is None else validation
    at = _spread(len(pixels), count)
    return np.asarray(pixels)[at], [np.asarray(truths)[one] for one in at], names


def _spread(length: int, count: int) -> list[int]:
    return np.linspace(0, length - 1, min(count, length)).round().astype(int).tolist()


def as_image(pixels: NDArray, model: Any) -> Image:
    """Return a case of a batch as an image: with a channel axis where the model sees one."""
    if pixels.ndim == len(model.input_shape) - 1:
        return Image(pixels[..., 0]) if pixels.shape[-1] == 1 else Image(pixels, channel_axis=-1)
    return Image(pixels)
