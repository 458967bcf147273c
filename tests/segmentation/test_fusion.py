import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from workbench import samples
from workbench.evaluation import dice
from workbench.processing import gaussian
from workbench.segmentation import fuse_labels, joint_weights, similarity_weights

SETTINGS = settings(deadline=None, max_examples=40)
SITK = pytest.importorskip("SimpleITK")


@SETTINGS
@given(arrays.arrays(np.uint8, (5, 3, 4), elements=st.integers(0, 3)))
def test_the_majority_is_itks_where_it_is_decided(votes):
    undecided = 99
    theirs = SITK.GetArrayFromImage(SITK.LabelVoting([SITK.GetImageFromArray(vote) for vote in votes], undecided))
    ours = fuse_labels(votes)
    decided = theirs != undecided
    assert np.array_equal(ours[decided], theirs[decided])
    assert ours.dtype == votes.dtype


@SETTINGS
@given(arrays.arrays(np.uint8, (4, 6), elements=st.integers(0, 2)), st.integers(0, 10**6))
def test_the_weighted_vote_is_written_out(votes, seed):
    weights = np.random.default_rng(seed).random((4, 6))
    for place, label in enumerate(fuse_labels(votes, weights=weights)):
        support = [weights[votes[:, place] == k, place].sum() for k in range(3)]
        assert support[label] == pytest.approx(max(support))


def direct(image, atlases, place, half, exponent):
    row, column = place
    window = (slice(max(row - half, 0), row + half + 1), slice(max(column - half, 0), column + half + 1))
    errors = [np.abs(atlas[window] - image[window]) for atlas in atlases]
    return np.array([[np.mean(a * b) ** exponent for b in errors] for a in errors])


def test_weights_are_those_of_the_papers():
    rng = np.random.default_rng(0)
    image, atlases = rng.random((9, 9)), rng.random((4, 9, 9))
    similar = similarity_weights(image, atlases, size=3, power=1.5)
    joint = joint_weights(image, atlases, size=3, alpha=0.2, beta=2)
    for row, column in [(4, 4), (2, 6)]:
        distance = np.diagonal(direct(image, atlases, (row, column), 1, 1.0)) ** -1.5
        assert np.allclose(similar[:, row, column], distance / distance.sum())
        matrix = direct(image, atlases, (row, column), 1, 2.0)
        solved = np.linalg.solve(matrix + 0.2 * matrix.mean() * np.eye(4), np.ones(4))
        assert np.allclose(joint[:, row, column], solved / solved.sum())


def test_copies_share_one_joint_vote():
    rng = np.random.default_rng(0)
    image = rng.random((8, 8))
    first, second = image + rng.normal(0, 0.2, (2, 8, 8))
    weights = joint_weights(image, [first, first, second], size=5, alpha=1e-4)
    alone = joint_weights(image, [first, second], size=5, alpha=1e-4)
    assert np.allclose(weights[0], weights[1])
    assert np.allclose(weights[0] + weights[1], alone[0], atol=0.01)


def test_an_exact_atlas_decides():
    image = np.random.default_rng(0).random((6, 6))
    for weights in (similarity_weights(image, [image, image + 1]), joint_weights(image, [image, image + 1])):
        assert (weights[0] > 0.5).all()
        assert np.allclose(weights.sum(axis=0), 1)
    assert np.allclose(joint_weights(image, [image, image]), 0.5)


def test_estimated_weights_beat_the_majority_on_displaced_brains():
    head, white = (samples.load(f"mni152_{name}").pixels[85] for name in ("t1", "white"))
    rng = np.random.default_rng(0)
    atlases, segmentations = [], []
    for amount in (1, 2, 6, 6, 7, 7):
        wave = gaussian(rng.normal(0, 1, head.shape), sigma=12)
        shift = np.rint(wave / np.abs(wave).max() * amount).astype(int)
        rows, columns = np.indices(head.shape)
        moved = (np.clip(rows + shift, 0, head.shape[0] - 1), columns)
        atlases.append(head[moved].astype(float) + rng.normal(0, 4, head.shape))
        segmentations.append(white[moved] > 0.5)
    truth = white > 0.5
    majority = dice(fuse_labels(segmentations), truth)
    similar = dice(fuse_labels(segmentations, weights=similarity_weights(head, atlases)), truth)
    joint = dice(fuse_labels(segmentations, weights=joint_weights(head, atlases)), truth)
    assert min(similar, joint) > majority + 0.02


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: fuse_labels([1, 0]), "stacked on the first axis"),
        (lambda: fuse_labels([[0.5, 1.0]]), "received floats"),
        (lambda: fuse_labels([[0, 1]], weights=[1, 1]), "weights must have shape"),
        (lambda: fuse_labels([[0, 1], [1, 1]], weights=[0, 0]), "all be zero"),
        (lambda: similarity_weights(np.ones((2, 2)), np.ones((3, 2, 3))), "same shape"),
        (lambda: similarity_weights(np.ones((2, 2)), np.ones((3, 2, 2)), power=-1), "power"),
        (lambda: joint_weights(np.ones((2, 2)), np.ones((3, 2, 2)), alpha=0), "alpha and beta"),
        (lambda: joint_weights(np.ones((2, 2)), np.ones((3, 2, 2)), size=2), "odd"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
