"""What training a detector makes small."""

from __future__ import annotations

from typing import Any

from ..backend import keras

ops = keras.ops

#: How much the boxes count beside the heat.
BOXES = 3.0


@keras.saving.register_keras_serializable(package="workbench")
def detection_loss(targets: Any, maps: Any) -> Any:
    """Sum of the focal loss of the heat and the loss of the boxes, three times.

    Parameters
    ----------
    targets : (batch, rows, columns, classes + 5) tensor
        As from `encode_boxes`.
    maps : (batch, rows, columns, classes + 4) tensor
        As `detector` gives them.

    Returns
    -------
    tensor
        One number, near 0 where centres alone are warm and all boxes are right.

    Raises
    ------
    ValueError
        If the targets do not have one map more than the model gives.

    Examples
    --------
    >>> from workbench.cnn import encode_boxes
    >>> wanted = encode_boxes([[4, 0, 12, 8]], [0], shape=(16, 16), classes=1)[None]
    >>> round(float(detection_loss(wanted, wanted[..., :-1])), 3)
    0.0
    """
    classes = maps.shape[-1] - 4
    if targets.shape[-1] not in {None, classes + 5}:
        raise ValueError(f"targets must have {classes + 5} maps (encode_boxes), received {targets.shape[-1]}")
    heat = penalty_reduced_focal(targets[..., :classes], maps[..., :classes])
    return heat + BOXES * box_loss(targets[..., classes:-1], maps[..., classes:], targets[..., -1])


def penalty_reduced_focal(wanted: Any, heat: Any) -> Any:
    r"""Focal loss of heat maps, in which cells near a centre are punished less for being warm.

    .. math:: -\frac{1}{n} \left(\sum_{t = 1} (1 - p)^2 \ln p + \sum_{t < 1} (1 - t)^4 p^2 \ln(1 - p)\right)

    Parameters
    ----------
    wanted : (...) tensor
        The heat :math:`t` to be learned; exactly 1 in the :math:`n` centres.
    heat : (...) tensor
        The heat :math:`p` of the model.

    Returns
    -------
    tensor
        One number, by the number of centres (or by 1 where there is none).

    References
    ----------
    Lin TY, Goyal P, Girshick R, He K, Dollar P. Focal loss for dense object detection. ICCV (2017) 2980-2988.
    Law H, Deng J. CornerNet: detecting objects as paired keypoints. ECCV (2018) 734-750.

    Examples
    --------
    >>> import numpy as np
    >>> loss = penalty_reduced_focal(np.float32([1, 0.5]), np.float32([0.5, 0.5]))
    >>> round(float(loss), 4), round(float((0.25 + 0.5**4 * 0.25) * np.log(2)), 4)
    (0.1841, 0.1841)
    """
    heat = ops.clip(heat, 1e-6, 1 - 1e-6)
    centre = ops.cast(wanted >= 1, heat.dtype)
    right = centre * (1 - heat) ** 2 * ops.log(heat)
    wrong = (1 - centre) * (1 - wanted) ** 4 * heat**2 * ops.log(1 - heat)
    return -ops.sum(right + wrong) / ops.maximum(ops.sum(centre), 1)


def box_loss(wanted: Any, edges: Any, weight: Any) -> Any:
    r"""Weighted mean of 1 - generalized intersection over union.

    .. math:: 1 - \left(\frac{|A \cap B|}{|A \cup B|} - \frac{|C| - |A \cup B|}{|C|}\right)

    where :math:`C` is the smallest box around :math:`A` and :math:`B`: boxes that do not touch are drawn together.

    Parameters
    ----------
    wanted, edges : (..., 4) tensor
        Distances from one point up, left, down and right in pixels, 0 or more.
    weight : (...) tensor
        Of each point.

    Returns
    -------
    tensor
        From 0, the same boxes, to below 2; 0 where no point has weight.

    References
    ----------
    Rezatofighi H et al. Generalized intersection over union: a metric and a loss for bounding box regression. CVPR
    (2019) 658-666.

    Examples
    --------
    >>> import numpy as np
    >>> loss = box_loss(np.float32([[2, 2, 2, 2]]), np.float32([[2, 2, 2, 0]]), np.float32([1]))
    >>> round(float(loss), 3)
    0.5
    """
    least, most = ops.minimum(wanted, edges), ops.maximum(wanted, edges)
    shared, around = _area(least), _area(most)
    union = _area(wanted) + _area(edges) - shared
    generalized = shared / ops.maximum(union, 1e-6) - (around - union) / ops.maximum(around, 1e-6)
    return ops.sum(weight * (1 - generalized)) / ops.maximum(ops.sum(weight), 1)


def _area(edges: Any) -> Any:
    return (edges[..., 0] + edges[..., 2]) * (edges[..., 1] + edges[..., 3])
