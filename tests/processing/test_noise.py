"""Simulated noise has the strength asked for, and the same seed gives the same noise."""

import numpy as np
import pytest

from workbench import processing


def test_noise_has_the_standard_deviation_asked_for():
    image = np.full((300, 300), -1000, np.int16)
    noisy = processing.add_noise(image, noise=25, seed=1)
    assert noisy.dtype == np.float64
    assert noisy.mean() == pytest.approx(-1000, abs=4 * 25 / 300)
    assert noisy.std() == pytest.approx(25, rel=0.02)
    assert image.min() == image.max() == -1000


def test_impulses_hit_the_share_asked_for():
    image = np.full((300, 300), 100, np.uint8)
    noisy = processing.add_impulses(image, fraction=0.2, seed=1, values=(0, 255))
    assert noisy.dtype == np.uint8
    assert np.mean(noisy == 0) == pytest.approx(0.1, abs=0.005)
    assert np.mean(noisy == 255) == pytest.approx(0.1, abs=0.005)
    assert np.mean(noisy == 100) == pytest.approx(0.8, abs=0.005)


def test_impulses_take_the_extremes_of_the_image():
    noisy = processing.add_impulses(np.arange(100.0).reshape(10, 10), fraction=1, seed=0)
    assert set(np.unique(noisy)) == {0, 99}


@pytest.mark.parametrize(
    "add",
    [
        lambda i, s: processing.add_noise(i, noise=1, seed=s),
        lambda i, s: processing.add_impulses(i, fraction=0.5, seed=s),
    ],
)
def test_the_seed_decides(add):
    image = np.arange(400, dtype=np.float32).reshape(20, 20)
    np.testing.assert_array_equal(add(image, 3), add(image, np.random.default_rng(3)))
    assert (add(image, 3) != add(image, 4)).any()
    assert add(image, 3).dtype == np.float32


def test_bad_options_are_refused():
    with pytest.raises(ValueError, match="noise must be zero or positive"):
        processing.add_noise(np.eye(3), noise=-1, seed=0)
    with pytest.raises(ValueError, match="fraction must be from 0 to 1"):
        processing.add_impulses(np.eye(3), fraction=1.5, seed=0)
    with pytest.raises(ValueError, match="image must be finite"):
        processing.add_noise([np.nan], noise=1, seed=0)
