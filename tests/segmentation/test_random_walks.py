import numpy as np
import pytest
from scipy import ndimage
from skimage.segmentation import random_walker as skimage_random_walker

from workbench.compiled.grids import coarser_grids, solve
from workbench.images import Image
from workbench.segmentation import random_walker


def scene(shape, labels=3, seed=0):
    rng = np.random.default_rng(seed)
    image = ndimage.gaussian_filter(rng.random(shape), 1.5)
    image = (image - image.min()) / np.ptp(image)
    seeds = np.zeros(shape, int)
    seeds.flat[rng.choice(seeds.size, 2 * labels, replace=False)] = np.repeat(np.arange(1, labels + 1), 2)
    return image, seeds


@pytest.mark.parametrize("shape", [(20, 31), (9, 10, 11)])
@pytest.mark.parametrize("beta", [0, 130, 600])
@pytest.mark.parametrize("labels", [2, 4])
def test_probabilities_equal_scikit_images_direct_solution(shape, beta, labels):
    image, seeds = scene(shape, labels)
    expected = skimage_random_walker(image, seeds, beta=beta, mode="bf", return_full_prob=True)
    ours = random_walker(image, seeds=seeds, beta=beta, probabilities=True, tolerance=1e-9)
    np.testing.assert_allclose(ours, expected, atol=1e-5)
    best_two = np.sort(expected, axis=0)[-2:]
    clear = best_two[1] - best_two[0] > 1e-4
    assert np.array_equal(random_walker(image, seeds=seeds, beta=beta, tolerance=1e-9)[clear],
                          expected.argmax(axis=0)[clear] + 1)  # fmt: skip


def test_spacing_equals_scikit_images():
    image, seeds = scene((14, 17))
    expected = skimage_random_walker(image, seeds, mode="bf", return_full_prob=True, spacing=(2.0, 0.5))
    for given, options in ((image, {"spacing": (2.0, 0.5)}), (Image(image, spacing=(2.0, 0.5)), {})):
        ours = random_walker(given, seeds=seeds, probabilities=True, tolerance=1e-9, **options)
        np.testing.assert_allclose(ours, expected, atol=1e-5)


def test_on_a_line_the_chance_falls_evenly():
    seeds = np.zeros((1, 11), int)
    seeds[0, 0], seeds[0, 10] = 1, 2
    chances = random_walker(np.arange(11.0)[None], seeds=seeds, probabilities=True, tolerance=1e-10)
    assert np.allclose(chances[0, 0], np.linspace(1, 0, 11), atol=1e-7)
    assert np.allclose(chances.sum(axis=0), 1)


def test_a_weak_edge_is_bridged():
    image = np.zeros((21, 40))
    image[:, 20:] = 1
    image[8:13, 18:22] = 0.5
    seeds = np.zeros(image.shape, int)
    seeds[10, 3], seeds[10, 36] = 1, 2
    halves = random_walker(image, seeds=seeds)
    assert (halves[:8, :20] == 1).all()
    assert (halves[:8, 20:] == 2).all()


def test_names_of_labels_are_kept_and_units_do_not_matter():
    image, seeds = scene((12, 13), 2)
    first = random_walker(image, seeds=seeds)
    renamed = random_walker(1000 * image - 500, seeds=seeds * 10)
    assert np.array_equal(10 * first, renamed)
    assert np.array_equal(first[seeds > 0], seeds[seeds > 0])


def test_all_seeds_leave_nothing_to_do():
    seeds = np.array([[1, 2]])
    assert np.array_equal(random_walker([[0.0, 1.0]], seeds=seeds), seeds)
    assert np.array_equal(random_walker([[0.0, 1.0]], seeds=[[5, 0]]), [[5, 5]])


def test_too_few_steps_are_an_error():
    rng = np.random.default_rng(0)
    conductors = np.zeros((3, 1, 30, 30))
    conductors[1, 0, :-1], conductors[2, 0, :, :-1] = rng.random((29, 30)), rng.random((30, 29))
    ground = np.zeros((1, 30, 30))
    ground[0, 0, 0] = 1
    with pytest.raises(ArithmeticError, match="no solution"):
        solve(coarser_grids(conductors, ground), rng.random((1, 30, 30)), tolerance=1e-12, steps=2)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"seeds": np.zeros((3, 3), int)}, ValueError, "at least one label"),
        ({"seeds": -np.eye(3, dtype=int)}, ValueError, "from 0 to"),
        ({"seeds": np.eye(3)}, TypeError, "whole numbers"),
        ({"seeds": np.eye(4, dtype=int)}, ValueError, "same shape"),
        ({"seeds": np.eye(3, dtype=int), "beta": -1}, ValueError, "beta"),
        ({"seeds": np.eye(3, dtype=int), "tolerance": 0}, ValueError, "tolerance"),
        ({"seeds": np.eye(3, dtype=int), "spacing": (1,)}, ValueError, "spacing"),
    ],
)
def test_bad_input(options, error, message):
    with pytest.raises(error, match=message):
        random_walker(np.eye(3), **options)


def test_the_image_must_have_something_to_see():
    with pytest.raises(ValueError, match="everywhere"):
        random_walker(np.ones((3, 3)), seeds=np.eye(3, dtype=int))
    with pytest.raises(ValueError, match="2 or 3 axes"):
        random_walker(np.arange(3), seeds=[1, 0, 0])
