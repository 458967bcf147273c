import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.detection import iou, non_maximum_suppression

SETTINGS = settings(deadline=None, max_examples=50)
METHODS = ("hard", "soft_linear", "soft_gaussian")


@st.composite
def proposals(draw):
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    count, axes = draw(st.integers(1, 30)), draw(st.sampled_from([2, 3]))
    starts = rng.integers(0, 12, (count, axes))
    return np.hstack([starts, starts + rng.integers(1, 9, (count, axes))]), rng.permutation(count) / count


def written_out(boxes, scores, iou_above, method):
    """Bodla's loop over all boxes, with the overlap counted on a grid of pixels."""
    grids = []
    for box in boxes.astype(int):
        grid = np.zeros((24,) * (len(box) // 2), bool)
        grid[tuple(slice(*ends) for ends in zip(*np.split(box, 2), strict=True))] = True
        grids.append(grid)
    left, kept, final = dict(enumerate(scores)), [], []
    while left:
        best = max(left, key=lambda box: (left[box], -box))
        score = left.pop(best)
        if method != "hard" and score < 0.001:
            break
        kept.append(best)
        final.append(score)
        for box in list(left):
            overlap = (grids[best] & grids[box]).sum() / (grids[best] | grids[box]).sum()
            if method == "soft_gaussian":
                left[box] *= np.exp(-(overlap**2) / 0.5)
            elif overlap > iou_above and method == "soft_linear":
                left[box] *= 1 - overlap
            elif overlap > iou_above:
                del left[box]
    return kept, final


@SETTINGS
@given(proposals(), st.sampled_from([0.0, 0.3, 0.5, 0.7, 1.0]), st.sampled_from(METHODS))
def test_suppression_is_the_written_out_loop(given_boxes, threshold, method):
    boxes, scores = given_boxes
    found = non_maximum_suppression(boxes, scores, iou=threshold, method=method)
    kept, final = written_out(boxes, scores, threshold, method)
    assert found.scores == pytest.approx(final)
    assert found.indices.tolist() == kept


@SETTINGS
@given(proposals(), st.sampled_from([0.0, 0.3, 0.5, 1.0]))
def test_the_kept_overlap_little_stay_when_repeated_and_do_not_depend_on_order(given_boxes, threshold):
    boxes, scores = given_boxes
    kept = non_maximum_suppression(boxes, scores, iou=threshold).indices
    assert (iou(boxes[kept], boxes[kept]) - np.eye(len(kept)) <= threshold).all()
    again = non_maximum_suppression(boxes[kept], scores[kept], iou=threshold).indices
    assert again.tolist() == list(range(len(kept)))
    order = np.random.default_rng(0).permutation(len(boxes))
    assert (
        order[non_maximum_suppression(boxes[order], scores[order], iou=threshold).indices].tolist()
        == kept.tolist()
    )


@SETTINGS
@given(proposals(), st.sampled_from(METHODS))
def test_classes_are_suppressed_apart(given_boxes, method):
    boxes, scores = given_boxes
    classes = np.array(list("ab" * len(boxes)))[: len(boxes)]
    together = non_maximum_suppression(boxes, scores, classes=classes, method=method)
    apart = []
    for kind in "ab":
        rows = np.flatnonzero(classes == kind)
        one = non_maximum_suppression(boxes[rows].reshape(-1, boxes.shape[1]), scores[rows], method=method)
        apart += zip(rows[one.indices].tolist(), one.scores.tolist(), strict=True)
    assert sorted(apart) == sorted(zip(together.indices.tolist(), together.scores.tolist(), strict=True))


def test_hard_suppression_of_many_boxes_is_opencvs():
    import cv2

    rng = np.random.default_rng(0)
    corners = rng.integers(0, 300, (2000, 2))
    boxes = np.hstack([corners, corners + rng.integers(10, 40, (2000, 2))]).astype(float)
    scores = rng.permutation(2000) / 2048
    rectangles = np.column_stack([boxes[:, 1], boxes[:, 0], boxes[:, 3] - boxes[:, 1], boxes[:, 2] - boxes[:, 0]])
    theirs = cv2.dnn.NMSBoxes(rectangles, scores, 0.0, 0.4567)
    # OpenCV leaves out a score of 0.
    kept = non_maximum_suppression(boxes, scores, iou=0.4567).indices
    assert [box for box in kept if scores[box] > 0] == theirs.tolist()


def test_nothing_is_kept_of_nothing_and_input_stays():
    assert non_maximum_suppression([], []).indices.tolist() == []
    assert iou([], [[0, 0, 1, 1]]).shape == (0, 1)
    boxes, scores = np.array([[0.0, 0, 2, 2], [0, 0, 2, 3]]), np.array([0.5, 0.9])
    before = boxes.copy(), scores.copy()
    non_maximum_suppression(boxes, scores, method="soft_gaussian")
    assert (boxes == before[0]).all()
    assert (scores == before[1]).all()


@pytest.mark.parametrize(
    ("boxes", "scores", "options", "message"),
    [
        ([[0, 0, 0, 2]], [1], {}, "must have an area"),
        ([[0, 0, 2, -2]], [1], {}, "must have an area"),
        ([[0, 0, 2]], [1], {}, "must have the shape"),
        ([[0, 0, np.nan, 2]], [1], {}, "must be finite"),
        ([[0, 0, 1, 1]], [np.nan], {}, "must be finite"),
        ([[0, 0, 1, 1]], [1, 2], {}, "one score for each"),
        ([[0, 0, 1, 1]], [1], {"classes": ["a", "b"]}, "one class for each"),
        ([[0, 0, 1, 1]], [1], {"iou": 1.5}, "iou must be"),
        ([[0, 0, 1, 1]], [1], {"sigma": 0}, "sigma must be"),
        ([[0, 0, 1, 1]], [1], {"method": "soft"}, "method must be"),
        ([[0, 0, 1, 1]], [-1], {"method": "soft_linear"}, "at least 0"),
    ],
)
def test_bad_input_is_refused_in_words(boxes, scores, options, message):
    with pytest.raises(ValueError, match=message):
        non_maximum_suppression(boxes, scores, **options)


def test_boxes_of_pictures_and_of_volumes_do_not_mix():
    with pytest.raises(ValueError, match="of pictures or of volumes"):
        iou([[0, 0, 1, 1]], [[0, 0, 0, 1, 1, 1]])
