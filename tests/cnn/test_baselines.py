import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench import cnn
from workbench.evaluation import dice

quickly = settings(deadline=None, max_examples=25)


@quickly
@given(st.integers(0, 10**6))
def test_no_pair_of_thresholds_is_better(seed):
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 3, 60)
    pixels = (rng.normal(0, 4, 60) + 6 * truth).round().clip(0, 15)
    pixels[:6] = [0, 0, 7, 7, 255, 255]
    truth[:6] = [0, 0, 1, 1, 2, 2]
    found = cnn.fit_thresholds(pixels, truth)

    def score(labels):
        return dice(labels == 1, truth == 1) + dice(labels == 2, truth == 2)

    best = max(
        score(np.asarray(found.classes)[np.digitize(pixels, cuts)])
        for cuts in itertools.combinations_with_replacement(range(17), 2)
    )
    assert score(found.predict(pixels)) >= best - 1e-12


def test_classes_may_be_ordered_from_bright_to_dark():
    found = cnn.fit_thresholds([0, 1, 9, 10], [1, 1, 0, 0])
    assert found.classes == (1, 0)
    assert found.predict([0, 10]).tolist() == [1, 0]


@pytest.mark.parametrize(("images", "labels"), [([1, 2], [1, 1]), ([1, 1], [0, 1])])
def test_there_must_be_something_to_tell_apart(images, labels):
    with pytest.raises(ValueError, match="two classes and two intensities"):
        cnn.fit_thresholds(images, labels)


def test_scores_by_slice_are_those_of_each_class_and_method():
    rng = np.random.default_rng(0)
    truth, one, two = rng.integers(0, 3, (3, 4, 5, 5))
    table = cnn.dice_by_slice({"one": one, "two": two}, truth, names=("air", "grey", "white"))
    assert table.shape == (4, 4)
    assert table.loc[2, ("two", "white")] == dice(two[2] == 2, truth[2] == 2)
    with pytest.raises(ValueError, match="same shape"):
        cnn.dice_by_slice({"one": one[:2]}, truth, names=("air", "grey", "white"))
