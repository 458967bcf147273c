"""Losses of a detector against their definitions, written out."""

import numpy as np
import pytest

from workbench.cnn import detection_loss, encode_boxes
from workbench.cnn.boxes.losses import BOXES, box_loss, penalty_reduced_focal


def test_focal_loss_is_its_definition():
    rng = np.random.default_rng(0)
    wanted, heat = rng.random((2, 5, 7, 3)).astype(np.float32), rng.uniform(0.05, 0.95, (2, 5, 7, 3)).astype("f4")
    wanted[0, 1, 2, 0] = wanted[1, 4, 6, 2] = 1
    total = 0.0
    for t, p in zip(wanted.ravel().astype(float), heat.ravel().astype(float), strict=True):
        total -= (1 - p) ** 2 * np.log(p) if t == 1 else (1 - t) ** 4 * p**2 * np.log(1 - p)
    assert float(penalty_reduced_focal(wanted, heat)) == pytest.approx(total / 2, rel=1e-5)


def test_focal_loss_without_centres_punishes_heat():
    cold, warm = (float(penalty_reduced_focal(np.zeros(4, "f4"), np.full(4, p, "f4"))) for p in (0.01, 0.9))
    assert 0 <= cold < 1e-4 < warm


def test_box_loss_is_one_minus_generalized_iou():
    # Around one point: 4 x 4 pixels wanted, 2 x 8 given. Shared 2 x 4, union 24, smallest box around both 4 x 8.
    wanted, given = np.float32([[2, 2, 2, 2]]), np.float32([[1, 4, 1, 4]])
    assert float(box_loss(wanted, given, np.float32([1]))) == pytest.approx(1 - (8 / 24 - (32 - 24) / 32))
    assert float(box_loss(wanted, wanted, np.float32([1]))) == pytest.approx(0, abs=1e-6)


def test_box_loss_weighs_points():
    wanted, given = np.float32([[2, 2, 2, 2]] * 2), np.float32([[2, 2, 2, 2], [2, 2, 2, 0]])
    assert float(box_loss(wanted, given, np.float32([0, 0]))) == 0
    assert float(box_loss(wanted, given, np.float32([3, 1]))) == pytest.approx(0.5 / 4)


def test_the_sum_of_both():
    wanted = encode_boxes([[0, 8, 24, 32]], [1], shape=(32, 48), classes=2)[None]
    maps = np.concatenate([np.full((1, 8, 12, 2), 0.3, "f4"), np.full((1, 8, 12, 4), 9, "f4")], axis=-1)
    heat = float(penalty_reduced_focal(wanted[..., :2], maps[..., :2]))
    edges = float(box_loss(wanted[..., 2:6], maps[..., 2:], wanted[..., 6]))
    assert float(detection_loss(wanted, maps)) == pytest.approx(heat + BOXES * edges, rel=1e-6)


def test_targets_that_do_not_fit_are_an_error():
    with pytest.raises(ValueError, match="must have 7 maps"):
        detection_loss(np.zeros((1, 2, 2, 5), "f4"), np.zeros((1, 2, 2, 6), "f4"))
