import numpy as np
import pytest

from workbench.evaluation import dice
from workbench.segmentation import middle_object


def ball(shape, radius):
    places = np.indices(shape) - (np.array(shape).reshape(-1, *[1] * len(shape)) - 1) / 2
    return np.sqrt((places**2).sum(axis=0)) <= radius


@pytest.mark.parametrize("shape", [(41, 41), (21, 21, 21)])
def test_it_finds_a_ball_beneath_noise(shape):
    truth = ball(shape, 6)
    image = 100 * truth + np.random.default_rng(0).normal(0, 15, shape)
    assert dice(middle_object(image), truth) > 0.85


def test_it_is_the_same_whatever_the_units():
    image = 100 * ball((41, 41), 7) + np.random.default_rng(1).normal(0, 10, (41, 41))
    np.testing.assert_array_equal(middle_object(image), middle_object(3 * image - 1000))


def test_a_thin_vessel_is_cut_and_a_bright_wall_left_out():
    truth = ball((41, 41), 6)
    image = 100.0 * truth
    image[20, :] = 100
    image[:, :4] = 100
    assert dice(middle_object(image, sigma=0), truth) > 0.95


def test_holes_are_filled_and_the_object_is_one():
    ring = ball((31, 31), 7) & ~ball((31, 31), 2)
    found = middle_object(100.0 * ring, sigma=0)
    assert found[15, 15] and dice(found, ball((31, 31), 7)) > 0.97


def test_what_is_thinner_than_the_neck_is_kept_where_nothing_else_is_there():
    image = np.zeros((21, 21))
    image[10, 8:13] = 1
    assert middle_object(image, sigma=0, neck=5).sum() == 5


@pytest.mark.parametrize(
    ("image", "options", "words"),
    [
        (np.zeros((9, 9)), {}, "nothing in the middle"),
        (-1.0 * ball((21, 21), 8), {"sigma": 0}, "negative of a dark object"),
        (np.ones(5), {}, "slice or volume"),
        (np.ones((9, 9)), {"reach": 0.7}, "reach must be"),
    ],
)
def test_what_cannot_be_outlined_is_refused(image, options, words):
    with pytest.raises(ValueError, match=words):
        middle_object(image, **options)
