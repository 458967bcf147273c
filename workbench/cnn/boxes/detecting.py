"""Boxes from images, by a trained detector."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array
from workbench.detection import non_maximum_suppression
from workbench.detection.tables import EDGES

from ..arrays import side_multiple
from ..backend import keras
from ..prediction.predicting import predict
from .maps import decode_maps

COLUMNS = ["case", "class", "score", *EDGES]
#: Where the distances up, left, down, right come from in an image that was turned over along rows, columns.
TURNED = {(): (0, 1, 2, 3), (0,): (2, 1, 0, 3), (1,): (0, 3, 2, 1), (0, 1): (2, 3, 0, 1)}


def detect(
    model: keras.Model | Sequence[keras.Model],
    images: ArrayLike,
    *,
    classes: Sequence[str],
    cases: Iterable[Any] | None = None,
    score: float = 0.05,
    iou: float = 0.5,
    method: str = "hard",
    flips: bool = False,
    batch_size: int = 8,
) -> pd.DataFrame:
    """Find objects in images: boxes with classes and scores, one for each object.

    Parameters
    ----------
    model : keras.Model or sequence of keras.Model
        Such as `detector`, trained. The maps of several are averaged.
    images : (n, rows, columns[, channels]) array_like
        In the units of the training images, of any size that the model's sides leave open.
    classes : sequence of str
        Names of the model's classes.
    cases : iterable, optional
        Name of each image; 0, 1, 2 ... where not given.
    score : float, optional
        Boxes with a lower score are left out, 0 to 1. For curves leave it low; for a count choose it on other
        images.
    iou : float, optional
        Of two boxes of a class that overlap more, the one with the lower score goes.
    method : {"hard", "soft_linear", "soft_gaussian"}, optional
        As for `workbench.detection.non_maximum_suppression`.
    flips : bool, optional
        Whether to look at each image four times, also turned over along rows, columns and both, and to average:
        for what has no handedness, such as cells.
    batch_size : int, optional
        Images at once.

    Returns
    -------
    pandas.DataFrame
        One row per box, best first in each image, as `workbench.detection` takes it: case, class, score, top,
        left, bottom, right in pixels of the images, inside them.

    Raises
    ------
    TypeError
        If the images are not real numbers.
    ValueError
        If their shape is not the model's, one holds NaN, the number of names is not that of classes or cases, or
        an option is out of its range.

    Examples
    --------
    >>> from workbench.cnn import detector
    >>> model = detector((32, 32), classes=1, width=2, depth=3)
    >>> detect(model, np.zeros((2, 32, 32)), classes=["nodule"], score=0.9).columns.tolist()
    ['case', 'class', 'score', 'top', 'left', 'bottom', 'right']
    """
    array = real_array(images, name="images")
    names = list(range(len(array)) if cases is None else cases)
    models = [model] if isinstance(model, keras.Model) else list(model)
    if len(names) != len(array):
        raise ValueError(f"expected a case for each of {len(array)} images, received {len(names)}")
    kinds = {each.output_shape[-1] - 4 for each in models}
    if kinds != {len(classes)}:
        raise ValueError(f"expected names of the model's {', '.join(map(str, kinds))} classes, received {classes}")
    if not 0 <= score <= 1:
        raise ValueError(f"score must be from 0 to 1, received {score}")
    tables = [pd.DataFrame(columns=COLUMNS)]
    for first in range(0, len(array), batch_size):
        maps = detection_maps(models, array[first : first + batch_size], flips=flips)
        for name, one in zip(names[first:], maps, strict=False):
            found = _boxes(one, array.shape[1:3], score=score, iou=iou, method=method)
            found.insert(0, "class", np.array(list(classes), dtype=object)[found.pop("label")])
            found.insert(0, "case", [name] * len(found))
            tables.append(found)
    filled = [table for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else tables[0]


def detection_maps(
    model: keras.Model | Sequence[keras.Model], images: ArrayLike, *, flips: bool = False
) -> NDArray[np.float32]:
    """Return the maps from which `detect` reads its boxes.

    Parameters
    ----------
    model : keras.Model or sequence of keras.Model
        As for `detect`.
    images : (n, rows, columns[, channels]) array_like
        As for `detect`; all at once, so not too many.
    flips : bool, optional
        As for `detect`.

    Returns
    -------
    (n, rows / 4, columns / 4, classes + 4) ndarray of float32
        Heat of each class, then distances in pixels up, left, down and right. Sides are rounded up to the whole
        cells that the models need; there the image goes on as it ends.

    Examples
    --------
    >>> from workbench.cnn import detector
    >>> detection_maps(detector((None, None), classes=1, width=2, depth=3), np.zeros((1, 30, 32))).shape
    (1, 8, 8, 5)
    """
    array = real_array(images, name="images")
    models = [model] if isinstance(model, keras.Model) else list(model)
    multiple = max(map(side_multiple, models))
    grown = [(0, -side % multiple) for side in array.shape[1:3]]
    padded = np.pad(array, [(0, 0), *grown, *[(0, 0)] * (array.ndim - 3)], mode="edge")
    views = []
    for turn, sources in TURNED.items() if flips else [((), TURNED[()])]:
        axes = tuple(axis + 1 for axis in turn)
        for each in models:
            maps = np.flip(predict(each, np.flip(padded, axes), batch_size=len(padded)), axes)
            views.append(np.concatenate([maps[..., :-4], maps[..., -4:][..., sources]], axis=-1))
    return np.mean(views, axis=0)


def _boxes(maps: NDArray, shape: tuple[int, ...], *, score: float, iou: float, method: str) -> pd.DataFrame:
    found = decode_maps(maps, score=score)
    boxes = np.clip(found.boxes, 0, np.tile(shape[:2], 2))
    # A padded border may show what is not there.
    inside = ((boxes[:, 2:] - boxes[:, :2]) >= 1).all(axis=1)
    boxes, labels, scores = boxes[inside], found.labels[inside], found.scores[inside]
    kept = non_maximum_suppression(boxes, scores, iou=iou, classes=labels, method=method)
    table = pd.DataFrame(boxes[kept.indices], columns=EDGES)
    table.insert(0, "score", kept.scores)
    table.insert(0, "label", labels[kept.indices])
    return table[table["score"] >= score]
