import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.metrics import f1_score, jaccard_score

from workbench.evaluation import dice, jaccard

masks = hnp.arrays(bool, (3, 4, 5), elements=st.booleans())


@settings(deadline=None, max_examples=50)
@given(masks, masks)
def test_overlaps_equal_scikit_learns(mask, reference):
    if not (mask | reference).any():
        assert np.isnan(dice(mask, reference))
        assert np.isnan(jaccard(mask, reference))
        return
    assert dice(mask, reference) == pytest.approx(f1_score(reference.ravel(), mask.ravel()))
    assert jaccard(mask, reference) == pytest.approx(jaccard_score(reference.ravel(), mask.ravel()))


@settings(deadline=None, max_examples=30)
@given(masks, masks)
def test_overlaps_do_not_care_which_is_the_reference_nor_how_both_are_flipped(mask, reference):
    if (mask | reference).any():
        assert dice(mask, reference) == dice(reference, mask) == dice(mask[::-1], reference[::-1])
        assert jaccard(mask, reference) == pytest.approx(dice(mask, reference) / (2 - dice(mask, reference)))


def test_any_nonzero_label_is_inside():
    assert dice([0, 2, 7], [False, True, True]) == 1


@pytest.mark.parametrize("metric", [dice, jaccard])
def test_masks_that_cannot_be_compared_are_refused(metric):
    with pytest.raises(ValueError, match=r"same shape, received mask \(2,\), reference \(3,\)"):
        metric([0, 1], [0, 1, 1])
    with pytest.raises(ValueError, match="mask must be finite"):
        metric([0, np.nan], [0, 1])
