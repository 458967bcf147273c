import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sklearn.metrics import cohen_kappa_score

from workbench.evaluation import cohen_kappa, fleiss_kappa, staple

SETTINGS = settings(deadline=None, max_examples=50)
RATINGS = arrays.arrays(np.int8, (2, 12), elements=st.integers(0, 3))
# Fleiss 1971, table 1: 30 patients, 6 psychiatrists, 5 diagnoses; kappa is .430.
FLEISS = """0 0 0 6 0|0 3 0 0 3|0 1 4 0 1|0 0 0 0 6|0 3 0 3 0|2 0 4 0 0|0 0 4 0 2|2 0 3 1 0|2 0 0 4 0|0 0 0 0 6
1 0 0 5 0|1 1 0 4 0|0 3 3 0 0|1 0 0 5 0|0 2 0 3 1|0 0 5 0 1|3 0 0 1 2|5 1 0 0 0|0 2 0 4 0|1 0 2 0 3
0 0 0 0 6|0 1 0 5 0|0 2 0 1 3|2 0 0 4 0|1 0 0 4 1|0 5 0 1 0|4 0 0 0 2|0 2 0 4 0|1 0 5 0 0|0 0 0 0 6"""


@SETTINGS
@given(RATINGS, st.sampled_from(["none", "linear", "quadratic"]))
def test_cohens_kappa_is_scikit_learns(ratings, weights):
    if len(np.unique(ratings)) == 1:
        assert np.isnan(cohen_kappa(*ratings, weights=weights))
        return
    theirs = cohen_kappa_score(*ratings, weights=None if weights == "none" else weights)
    assert cohen_kappa(*ratings, weights=weights) == pytest.approx(theirs)


def test_a_published_example_of_fleiss():
    rows = [cell.split() for line in FLEISS.split("\n") for cell in line.split("|")]
    counts = np.array(rows, int)
    assert counts.shape == (30, 5)
    assert (counts.sum(axis=1) == 6).all()
    ratings = np.stack([np.repeat(np.arange(5), row) for row in counts], axis=1)
    assert fleiss_kappa(ratings) == pytest.approx(0.430, abs=5e-4)


@SETTINGS
@given(arrays.arrays(np.int8, (4, 3, 5), elements=st.integers(0, 2)), st.permutations(range(4)))
def test_fleiss_kappa_is_its_definition_whatever_the_order_of_readers(ratings, order):
    if len(np.unique(ratings)) == 1:
        assert np.isnan(fleiss_kappa(ratings))
        return
    flat = ratings.reshape(4, -1)
    pairs = [(flat[i] == flat[j]).mean() for i in range(4) for j in range(4) if i != j]
    chance = sum((flat == k).mean() ** 2 for k in range(3))
    assert fleiss_kappa(ratings[list(order)]) == pytest.approx((np.mean(pairs) - chance) / (1 - chance))


def readers(seed, shape=(12, 20, 20), square=30):
    rng = np.random.default_rng(seed)
    truth = ((np.indices(shape) - np.reshape(shape, (3, 1, 1, 1)) / 2) ** 2).sum(axis=0) < square
    rates = [(0.95, 0.99), (0.9, 0.97), (0.7, 0.999), (0.99, 0.9)]
    return truth, rates, np.stack([rng.random(shape) < np.where(truth, p, 1 - q) for p, q in rates])


@pytest.mark.parametrize("seed", range(3))
def test_staple_is_itks(seed):
    sitk = pytest.importorskip("SimpleITK")
    _, _, masks = readers(seed)
    filter_ = sitk.STAPLEImageFilter()
    theirs = sitk.GetArrayFromImage(
        filter_.Execute([sitk.GetImageFromArray(mask.astype(np.uint8)) for mask in masks])
    )
    found = staple(masks)
    assert np.allclose(found.probabilities, theirs, atol=1e-4)
    assert np.allclose(found.sensitivities, filter_.GetSensitivity(), atol=1e-4)
    assert np.allclose(found.specificities, filter_.GetSpecificity(), atol=1e-4)


def test_staple_finds_how_reliable_the_readers_were():
    truth, rates, masks = readers(7, (30, 40, 40), 250)
    found = staple(masks)
    assert np.allclose(found.specificities, [q for _, q in rates], atol=0.01)
    assert np.allclose(found.sensitivities, [p for p, _ in rates], atol=0.08)
    assert (found.mask == truth).mean() > 0.99


def test_readers_who_agree_are_right():
    mask = np.eye(5, dtype=bool)
    found = staple([mask, mask, mask])
    assert np.array_equal(found.mask, mask)
    assert found.sensitivities == pytest.approx([1, 1, 1])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: cohen_kappa([1, 2], [1]), "same shape"),
        (lambda: cohen_kappa([1], [1], weights="cubic"), "weights must be one of"),
        (lambda: fleiss_kappa([[1, 2]]), "two readers or more"),
        (lambda: staple([[1, 0]]), "2 to 62 readers"),
        (lambda: staple([[0, 0], [0, 0]]), "received all False"),
        (lambda: staple([[1, 1], [1, 1]]), "received all True"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
