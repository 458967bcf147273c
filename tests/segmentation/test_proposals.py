import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from workbench.evaluation import jaccard
from workbench.segmentation import mask_overlaps, suppress_overlaps

SETTINGS = settings(deadline=None, max_examples=50)
MASKS = arrays.arrays(bool, (5, 3, 4), elements=st.booleans())
SCORES = arrays.arrays(np.float64, 5, elements=st.floats(0, 1))


@SETTINGS
@given(MASKS)
def test_overlaps_are_jaccard_indices(masks):
    overlaps = mask_overlaps(masks)
    for i in range(5):
        for j in range(5):
            if i != j:
                assert overlaps[i, j] == pytest.approx(np.nan_to_num(jaccard(masks[i], masks[j])))
    assert (np.diagonal(overlaps) == 1).all()


@SETTINGS
@given(MASKS, SCORES, st.sampled_from([0.0, 0.3, 0.5, 1.0]))
def test_the_kept_do_not_overlap_and_the_dropped_do(masks, scores, overlap):
    kept = suppress_overlaps(masks, scores, overlap=overlap)
    overlaps = mask_overlaps(masks)
    assert (np.diff(scores[kept]) <= 0).all()
    among = overlaps[np.ix_(kept, kept)] - np.eye(len(kept))
    assert (among <= overlap).all()
    for dropped in set(range(5)) - set(kept.tolist()):
        better = [k for k in kept if (-scores[k], k) < (-scores[dropped], dropped)]
        assert (overlaps[dropped, better] > overlap).any()


def test_volumes_and_one_proposal():
    ball = np.ones((1, 2, 2, 2), bool)
    assert suppress_overlaps(ball, [0.1]).tolist() == [0]


@pytest.mark.parametrize(
    ("masks", "scores", "overlap", "message"),
    [
        ([1, 0], [1], 0.5, "stacked"),
        ([[1, 0]], [1, 2], 0.5, "one score for each"),
        ([[1, 0]], [1], 2, "overlap must be"),
        ([[1, 0]], [np.nan], 0.5, "scores must be finite"),
    ],
)
def test_bad_input(masks, scores, overlap, message):
    with pytest.raises(ValueError, match=message):
        suppress_overlaps(masks, scores, overlap=overlap)
