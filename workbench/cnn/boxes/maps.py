"""Boxes as the maps that a detector learns, and its maps as boxes again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array
from workbench.detection.boxes import box_array

from ..backend import tensorflow
from ..models.detector import STRIDE

#: Standard deviations of the bell over an object, as a share of its sides (Liu 2020: 0.54 / 6).
SPREAD = 0.09
#: Nor less than so many cells: the neighbours of a small object's centre are almost right.
NARROW = 0.4
#: Bells end at three standard deviations.
LEAST = float(np.exp(-4.5))


class Decoded(NamedTuple):
    """Boxes of one image, best first.

    Parameters
    ----------
    boxes : (n, 4) ndarray of float64
        Top, left, bottom, right in pixels.
    labels : (n,) ndarray of int
        The class of each.
    scores : (n,) ndarray of float64
        Its heat.
    """

    boxes: NDArray[np.float64]
    labels: NDArray[np.int64]
    scores: NDArray[np.float64]


def encode_boxes(
    boxes: ArrayLike, labels: ArrayLike, *, shape: tuple[int, int], classes: int
) -> NDArray[np.float32]:
    r"""Draw boxes as maps: what `detector` is to say of the image.

    Over the cell of each box's centre stands a bell

    .. math:: \exp\left(-\frac{\Delta r^2}{2 (s h)^2} - \frac{\Delta c^2}{2 (s w)^2}\right)

    in the map of its class, 1 at its top; :math:`\Delta r` and :math:`\Delta c` are the distances to that cell,
    :math:`h` and :math:`w` the height and width of the box, :math:`s` a small share; no standard deviation is
    below 0.4 cells. Where the bells of two boxes of a class meet, the higher counts. The cells beneath a bell
    learn the distances to its box's edges, weighted by it; where boxes meet, the smaller one has the cells.

    Parameters
    ----------
    boxes : (n, 4) array_like
        Top, left, bottom, right in pixels, their centres inside the image. ``[]`` for none.
    labels : (n,) array_like of int
        From 0 to classes - 1.
    shape : (int, int)
        Rows and columns of the image: multiples of 4.
    classes : int
        How many there are.

    Returns
    -------
    (rows / 4, columns / 4, classes + 5) ndarray of float32
        Heat of each class, then the distances in pixels from the middle of the cell up, left, down and right, then
        weights, which sum to 1 for each box that has cells.

    Raises
    ------
    ValueError
        If a box has no area or its centre is outside, a label is no class, or a side is no multiple of 4.

    References
    ----------
    Law H, Deng J. CornerNet: detecting objects as paired keypoints. ECCV (2018) 734-750.
    Liu Z et al. Training-time-friendly network for real-time object detection. AAAI 34 (2020) 11685-11692.

    Examples
    --------
    >>> maps = encode_boxes([[4, 0, 12, 8]], [0], shape=(16, 16), classes=1)
    >>> maps.shape, maps[2, 1, 0]
    ((4, 4, 6), np.float32(1.0))
    >>> maps[2, 1, 1:5]
    array([6., 6., 2., 2.], dtype=float32)
    """
    array, kinds = _checked(boxes, labels, shape, classes)
    rows, columns = (side // STRIDE for side in shape)
    sizes, middles = array[:, 2:] - array[:, :2], (array[:, :2] + array[:, 2:]) / 2
    heat, weight = np.zeros((rows, columns, classes)), np.zeros((rows, columns))
    owner = np.full((rows, columns), -1)
    down, across = np.arange(rows)[:, np.newaxis], np.arange(columns)
    for number in np.argsort(-sizes.prod(axis=1), kind="stable"):
        row, column = middles[number] // STRIDE
        high, wide = (SPREAD * sizes[number] / STRIDE).clip(NARROW)
        bell = np.exp(-(((down - row) / high) ** 2 + ((across - column) / wide) ** 2) / 2)
        bell[bell < LEAST] = 0
        under = bell > 0
        owner[under], weight[under] = number, bell[under]
        heat[..., kinds[number]] = np.maximum(heat[..., kinds[number]], bell)
    return np.concatenate([heat, *_owned(array, owner, weight)], axis=-1, dtype=np.float32)


def _checked(
    boxes: ArrayLike, labels: ArrayLike, shape: tuple[int, int], classes: int
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    array, kinds = box_array(boxes), np.asarray(labels, dtype=np.int64).reshape(-1)
    if len(kinds) != len(array) or (len(kinds) and (kinds.min() < 0 or kinds.max() >= classes)):
        raise ValueError(
            f"labels must be one class from 0 to {classes - 1} for each of {len(array)} boxes, "
            f"received {kinds[:5].tolist()}"
        )
    _whole_cells(shape)
    middles = (array[:, :2] + array[:, 2:]) / 2
    outside = np.flatnonzero(((middles < 0) | (middles >= shape)).any(axis=1))
    if len(outside):
        raise ValueError(
            f"centres of boxes must lie in the image of shape {tuple(shape)}, received the box "
            f"{array[outside[0]].tolist()}; crop the boxes with the image"
        )
    return array, kinds


def _whole_cells(shape: tuple[int, int]) -> None:
    if any(side < STRIDE or side % STRIDE for side in shape):
        raise ValueError(f"sides must be multiples of {STRIDE} pixels, received shape {tuple(shape)}")


def _owned(boxes: NDArray, owner: NDArray, weight: NDArray) -> tuple[NDArray, NDArray]:
    """Return distances from each cell to the edges of the box that owns it, and weights of sum 1 for each box."""
    edges, shares, has = np.zeros((*owner.shape, 4)), np.zeros_like(weight), owner >= 0
    if has.any():
        rows, columns = np.nonzero(has)
        y, x = (rows + 0.5) * STRIDE, (columns + 0.5) * STRIDE
        top, left, bottom, right = boxes[owner[has]].T
        edges[has] = np.stack([y - top, x - left, bottom - y, right - x], axis=1).clip(0)
        shares[has] = weight[has] / np.bincount(owner[has], weight[has], len(boxes))[owner[has]]
    return edges, shares[..., np.newaxis]


def box_encoder(shape: tuple[int, int], classes: int) -> Callable[[Any], Any]:
    """Return what `fit` needs as ``encode`` to train a detector: `encode_boxes` for batches, after augmentation.

    Parameters
    ----------
    shape : (int, int)
        Rows and columns of the images: multiples of 4.
    classes : int
        How many there are.

    Returns
    -------
    callable
        From (batch, most, 5) boxes (top, left, bottom, right, class; -1 for no box) to a (batch, rows / 4,
        columns / 4, classes + 5) tensor.

    Raises
    ------
    ValueError
        If a side is no multiple of 4.

    Examples
    --------
    >>> encode = box_encoder((16, 16), 1)
    >>> maps = encode(np.float32([[[4, 0, 12, 8, 0], [0, 0, 0, 0, -1]]]))
    >>> maps.shape, float(maps[0, 2, 1, 0])
    (TensorShape([1, 4, 4, 6]), 1.0)
    """
    _whole_cells(shape)

    def encoded(batch: NDArray) -> NDArray[np.float32]:
        there = [rows[rows[:, 4] >= 0] for rows in batch]
        return np.stack([encode_boxes(rows[:, :4], rows[:, 4], shape=shape, classes=classes) for rows in there])

    def encode(boxes: Any) -> Any:
        maps = tensorflow.numpy_function(encoded, [boxes], tensorflow.float32, stateful=False)
        return tensorflow.ensure_shape(maps, (None, shape[0] // STRIDE, shape[1] // STRIDE, classes + 5))

    return encode


def decode_maps(maps: ArrayLike, *, score: float = 0.05, most: int = 300) -> Decoded:
    """Read boxes from the maps of one image: one for each peak of the heat.

    Parameters
    ----------
    maps : (rows, columns, classes + 4) array_like
        Heat of each class, then distances in pixels, as `detector` gives them for one image, or `encode_boxes`
        without its last map.
    score : float, optional
        Peaks with less heat are left out.
    most : int, optional
        Only so many of the best are returned.

    Returns
    -------
    Decoded
        Where two neighbouring boxes of a class, or a peak beside a peak, share an object, it is found twice:
        `workbench.detection.non_maximum_suppression` takes one.

    Raises
    ------
    ValueError
        If there are no three axes, or fewer than 5 maps.

    References
    ----------
    Zhou X, Wang D, Kraehenbuehl P. Objects as points. arXiv:1904.07850 (2019).

    Examples
    --------
    >>> maps = encode_boxes([[4, 0, 12, 8]], [0], shape=(16, 16), classes=1)
    >>> decode_maps(maps[..., :-1]).boxes
    array([[ 4.,  0., 12.,  8.]])
    """
    from scipy.ndimage import maximum_filter

    array = real_array(maps, name="maps")
    if array.ndim != 3 or array.shape[-1] < 5:
        raise ValueError(
            f"maps must have the shape (rows, columns, classes + 4) of one image, received {array.shape}"
        )
    heat, edges = array[..., :-4], array[..., -4:].astype(np.float64)
    peaks = (heat == maximum_filter(heat, size=(3, 3, 1), mode="nearest")) & (heat >= score) & (heat > 0)
    rows, columns, labels = np.nonzero(peaks)
    best = np.argsort(-heat[peaks], kind="stable")[:most]
    rows, columns, labels = rows[best], columns[best], labels[best]
    y, x = (rows + 0.5) * STRIDE, (columns + 0.5) * STRIDE
    top, left, bottom, right = edges[rows, columns].T
    boxes = np.stack([y - top, x - left, y + bottom, x + right], axis=1)
    solid = (boxes[:, 2:] > boxes[:, :2]).all(axis=1)
    scores = heat[rows, columns, labels].astype(np.float64)
    return Decoded(boxes[solid], labels[solid], scores[solid])
