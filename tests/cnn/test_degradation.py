import numpy as np
import pytest
from scipy.stats import rice

from workbench import cnn


def test_a_bias_field_keeps_the_mean_of_an_even_image_and_tilts_it():
    image = np.full((3, 4, 11), 50.0)
    tilted = cnn.bias_field(image, strength=0.2)
    assert tilted.mean() == pytest.approx(50)
    np.testing.assert_allclose(tilted[0, 0, [0, 5, 10]], [40, 50, 60])
    np.testing.assert_array_equal(cnn.bias_field(image, strength=0), image)


@pytest.mark.parametrize("signal", [0.0, 5.0, 40.0])
def test_noise_has_the_rice_distribution(signal):
    noisy = cnn.rician_noise(np.full(200_000, signal), sd=4, seed=1)
    expected = rice(signal / 4, scale=4)
    assert noisy.mean() == pytest.approx(expected.mean(), rel=0.01)
    assert noisy.std() == pytest.approx(expected.std(), rel=0.01)


def test_bad_faults_are_refused():
    for strength in (-0.1, 1.0):
        with pytest.raises(ValueError, match="strength"):
            cnn.bias_field([[1.0]], strength=strength)
    for image, sd in (([-1.0], 1), ([1.0], -1)):
        with pytest.raises(ValueError, match="not be negative"):
            cnn.rician_noise(image, sd=sd)
