import numpy as np
import pytest
from scipy.stats import rice

from workbench import cnn


def test_a_bias_field_keeps_the_mean_of_an_even_image_and_tilts_it():
    image = np.full((3, 4, 11), 50.0)
    tilted = cnn.add_bias_field(image, strength=0.2)
    assert tilted.mean() == pytest.approx(50)
    np.testing.assert_allclose(tilted[0, 0, [0, 5, 10]], [40, 50, 60])
    np.testing.assert_array_equal(cnn.add_bias_field(image, strength=0), image)


@pytest.mark.parametrize("signal", [0.0, 5.0, 40.0])
def test_noise_has_the_rice_distribution(signal):
    noisy = cnn.add_rician_noise(np.full(200_000, signal), sd=4, seed=1)
    expected = rice(signal / 4, scale=4)
    assert noisy.mean() == pytest.approx(expected.mean(), rel=0.01)
    assert noisy.std() == pytest.approx(expected.std(), rel=0.01)


def test_bad_faults_are_refused():
    for strength in (-0.1, 1.0):
        with pytest.raises(ValueError, match="strength"):
            cnn.add_bias_field([[1.0]], strength=strength)
    for image, sd in (([-1.0], 1), ([1.0], -1)):
        with pytest.raises(ValueError, match="not be negative"):
            cnn.add_rician_noise(image, sd=sd)


def test_each_slice_may_have_its_own_noise():
    images = np.full((3, 50, 50), 100.0)
    noisy = cnn.add_rician_noise(images, sd=np.array([0.0, 1.0, 5.0])[:, None, None])
    np.testing.assert_allclose(noisy.std(axis=(1, 2)), [0, 1, 5], rtol=0.05)
    np.testing.assert_array_equal(
        cnn.add_rician_noise(images, sd=2.0, seed=3), cnn.add_rician_noise(images, sd=[2.0], seed=3)
    )
    with pytest.raises(ValueError, match="must not be negative"):
        cnn.add_rician_noise(images, sd=[-1.0])
