"""What a detector has to beat: one template, slid over every place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import cv2
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array
from workbench.detection import non_maximum_suppression
from workbench.detection.tables import EDGES

from .images import BoxedImages


def mean_object(data: BoxedImages, kind: str) -> NDArray[np.float32]:
    """Average all objects of a class, brought to their median size.

    Parameters
    ----------
    data : BoxedImages
        Training images.
    kind : str
        One of its classes.

    Returns
    -------
    (rows, columns[, channels]) ndarray of float32
        A template, in the units of the images.

    Raises
    ------
    ValueError
        If there is no such object that lies in an image with its whole box.

    Examples
    --------
    >>> from workbench import samples
    >>> from workbench.cnn import boxed_images
    >>> data = boxed_images(samples.smear(images=4, size=64))
    >>> mean_object(data, "red cell").shape
    (11, 12, 3)
    """
    rows, columns = data.images.shape[1:3]
    found = [
        (image, np.round(box).astype(int))
        for image, boxes, labels in zip(data.images, data.boxes, data.labels, strict=True)
        for box, label in zip(boxes, labels, strict=True)
        if data.classes[label] == kind and (box[:2] >= 1).all() and box[2] <= rows - 1 and box[3] <= columns - 1
    ]
    if not found:
        raise ValueError(f"expected a whole object of class {kind!r}, received none; there are {data.classes}")
    high, wide = np.median([box[2:] - box[:2] for _, box in found], axis=0).astype(int).clip(3).tolist()
    patches = [image[top:bottom, left:right] for image, (top, left, bottom, right) in found]
    return np.mean([cv2.resize(patch.astype(np.float32), (wide, high)) for patch in patches], axis=0)


def slide(
    images: ArrayLike,
    template: ArrayLike,
    *,
    kind: str,
    cases: Iterable[Any] | None = None,
    scales: Sequence[float] = (0.8, 1.0, 1.25),
    score: float = 0.3,
    iou: float = 0.3,
) -> pd.DataFrame:
    """Find objects where a template fits, with a window at every place and at several scales.

    The score of a window is its correlation with the template; non-maximum suppression takes the best. A window
    must lie in the image.

    Parameters
    ----------
    images : (n, rows, columns[, 3]) array_like
        Grey or RGB.
    template : (r, c[, 3]) array_like
        Such as from `mean_object`.
    kind : str
        What to call the objects.
    cases : iterable, optional
        Name of each image; 0, 1, 2 ... where not given.
    scales : sequence of float, optional
        How many times as large as the template a window is.
    score : float, optional
        Least correlation, up to 1.
    iou : float, optional
        Of two windows that overlap more, the one with the lower score goes.

    Returns
    -------
    pandas.DataFrame
        Columns case, class, score, top, left, bottom, right, as `workbench.detection` takes it.

    Raises
    ------
    ValueError
        If the template does not fit into the images at some scale, or shapes or numbers of cases do not fit.

    References
    ----------
    Lewis JP. Fast normalized cross-correlation. Vision Interface (1995) 120-123.

    Examples
    --------
    >>> image = np.zeros((9, 9))
    >>> image[2:5, 3:6] = [[1, 2, 1], [2, 5, 2], [1, 2, 1]]
    >>> found = slide(image[None], image[2:5, 3:6], kind="spot", scales=(1,), score=0.9)
    >>> found[["top", "left", "bottom", "right"]].to_numpy().tolist()
    [[2.0, 3.0, 5.0, 6.0]]
    """
    array = real_array(images, name="images").astype(np.float32)
    pattern = real_array(template, name="template").astype(np.float32)
    names = list(range(len(array)) if cases is None else cases)
    if array.ndim - 1 != pattern.ndim or array.shape[3:] != pattern.shape[2:] or len(names) != len(array):
        raise ValueError(
            f"expected a template with the images' axes and a case for each, received images {array.shape}, "
            f"template {pattern.shape} and {len(names)} cases"
        )
    sizes = [np.round(np.multiply(pattern.shape[:2], scale)).astype(int) for scale in scales]
    if not sizes or min(map(min, sizes)) < 2 or (np.max(sizes, axis=0) > array.shape[1:3]).any():
        raise ValueError(
            f"windows must have from 2 pixels to the images' sides, received {sizes}; change the scales"
        )
    windows = [(size, cv2.resize(pattern, size[::-1].tolist())) for size in sizes]
    tables = []
    for name, image in zip(names, array, strict=True):
        places = [_places(image, window, size, score) for size, window in windows]
        boxes, scores = (np.concatenate(parts) for parts in zip(*places, strict=True))
        kept = non_maximum_suppression(boxes, scores, iou=iou)
        table = pd.DataFrame(boxes[kept.indices], columns=EDGES)
        table.insert(0, "score", kept.scores)
        table.insert(0, "class", kind)
        table.insert(0, "case", name)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def _places(image: NDArray, window: NDArray, size: NDArray, score: float) -> tuple[NDArray, NDArray]:
    fit = cv2.matchTemplate(image, window, cv2.TM_CCOEFF_NORMED)
    corners = np.argwhere(np.isfinite(fit) & (fit >= score))
    return np.concatenate([corners, corners + size], axis=1).astype(float), fit[tuple(corners.T)].astype(float)
