"""Boxes as maps and back: by hand, by round trips, and by what turning the image over must do."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.cnn import box_encoder, decode_maps, encode_boxes
from workbench.detection import iou

SHAPE = (64, 96)


def apart(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Boxes of at least 8 pixels, each in a field of its own of 32 x 32 pixels."""
    rng = np.random.default_rng(seed)
    fields = [(row, column) for row in (0, 32) for column in (0, 32, 64)]
    chosen = rng.permutation(6)[: rng.integers(1, 7)]
    sizes = rng.uniform(8, 32, (len(chosen), 2))
    corners = np.array(fields)[chosen] + rng.uniform(0, 1, sizes.shape) * (32 - sizes)
    return np.concatenate([corners, corners + sizes], axis=1), rng.integers(0, 3, len(chosen))


def test_maps_by_hand():
    # A box of 24 x 24 pixels around (12, 20): its centre lies in cell (3, 5), whose middle is (14, 22).
    maps = encode_boxes([[0, 8, 24, 32]], [1], shape=(32, 48), classes=2)
    assert maps.shape == (8, 12, 7) and maps.dtype == np.float32
    assert not maps[..., 0].any()
    assert maps[3, 5, 1] == 1 and (maps[..., 1] == 1).sum() == 1
    # Its standard deviation is 0.09 * 24 / 4 = 0.54 cells.
    assert maps[4, 5, 1] == pytest.approx(np.exp(-1 / (2 * 0.54**2)), rel=1e-5)
    assert maps[3, 5, 2:6].tolist() == [14, 14, 10, 10]
    assert maps[4, 5, 2:6].tolist() == [18, 14, 6, 10]
    assert maps[..., 6].sum() == pytest.approx(1, rel=1e-6)
    assert np.array_equal(maps[..., 6] > 0, maps[..., 1] > 0)


def test_no_boxes_give_empty_maps():
    assert not encode_boxes([], [], shape=SHAPE, classes=2).any()
    assert len(decode_maps(np.zeros((4, 4, 6))).boxes) == 0


def test_the_smaller_of_two_boxes_has_the_cells():
    large, small = [0, 0, 64, 64], [26, 26, 38, 38]
    both = [encode_boxes(boxes, [0, 1], shape=(64, 64), classes=2) for boxes in ([large, small], [small, large])]
    for maps in both:
        assert maps[8, 8, 2:6].tolist() == [8, 8, 4, 4]
        assert maps[..., 6].sum() == pytest.approx(2, rel=1e-5)


@given(st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=50)
def test_boxes_come_back_from_their_maps(seed):
    boxes, labels = apart(seed)
    found = decode_maps(encode_boxes(boxes, labels, shape=SHAPE, classes=3)[..., :-1])
    shared = iou(boxes, found.boxes)
    assert len(found.boxes) == len(boxes) and (found.scores == 1).all()
    assert shared.max(axis=1) == pytest.approx(1, abs=1e-4)
    assert np.array_equal(found.labels[shared.argmax(axis=1)], labels)


@given(st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=20)
def test_a_box_turned_over_gives_its_maps_turned_over(seed):
    boxes, labels = apart(seed)
    boxes = np.round(boxes) + 0.25
    boxes[:, 2:] = boxes[:, 2:].clip(max=np.array(SHAPE) - 0.25)
    turned = np.stack([SHAPE[0] - boxes[:, 2], boxes[:, 1], SHAPE[0] - boxes[:, 0], boxes[:, 3]], axis=1)
    # A centre on the border of two cells belongs to the later one, which a turn makes the earlier one.
    inside = ((boxes[:, 0] + boxes[:, 2]) / 2) % 4 != 0
    plain, other = (encode_boxes(b[inside], labels[inside], shape=SHAPE, classes=3) for b in (boxes, turned))
    assert np.allclose(other[::-1][..., [0, 1, 2, 5, 4, 3, 6, 7]], plain, atol=1e-5)


def test_batches_are_encoded_one_by_one():
    boxes, labels = apart(3)
    rows = np.column_stack([boxes, labels]).astype(np.float32)
    batch = np.full((2, len(rows) + 2, 5), -1, np.float32)
    batch[1, : len(rows)] = rows
    maps = np.asarray(box_encoder(SHAPE, 3)(batch))
    assert not maps[0].any()
    assert np.allclose(maps[1], encode_boxes(boxes, labels, shape=SHAPE, classes=3), atol=1e-4)


def test_scores_choose_and_order_peaks():
    maps = np.zeros((6, 6, 5), np.float32)
    maps[..., 1:] = 4
    maps[1, 1, 0], maps[1, 2, 0], maps[4, 4, 0], maps[4, 1, 0] = 0.9, 0.8, 0.95, 0.04
    found = decode_maps(maps)
    assert found.scores == pytest.approx([0.95, 0.9])
    assert found.boxes[1].tolist() == [2, 2, 10, 10]
    assert len(decode_maps(maps, most=1).boxes) == 1
    assert len(decode_maps(maps, score=0.01).boxes) == 3


@pytest.mark.parametrize(
    ("boxes", "labels", "shape", "message"),
    [
        ([[0, 0, 4, 4]], [2], (16, 16), "from 0 to 1"),
        ([[0, 0, 4, 4]], [0, 1], (16, 16), "each of 1 boxes"),
        ([[0, 0, 4, 4]], [0], (18, 16), "multiples of 4"),
        ([[20, 0, 24, 4]], [0], (16, 16), "centres"),
        ([[4, 4, 4, 8]], [0], (16, 16), "area"),
    ],
)
def test_what_cannot_be_drawn_is_an_error(boxes, labels, shape, message):
    with pytest.raises(ValueError, match=message):
        encode_boxes(boxes, labels, shape=shape, classes=2)


def test_an_encoder_needs_whole_cells():
    with pytest.raises(ValueError, match="multiples of 4"):
        box_encoder((18, 16), 1)


def test_maps_of_another_shape_are_an_error():
    with pytest.raises(ValueError, match=r"classes \+ 4"):
        decode_maps(np.zeros((4, 4)))
