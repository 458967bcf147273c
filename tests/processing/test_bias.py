"""N4: a known field on known tissue comes back, up to a factor."""

import numpy as np
import pytest

from workbench import processing
from workbench.images import Image


def tissue(shape=(40, 48)):
    """Two tissues in blobs of a size that a smooth field does not follow."""
    index = np.indices(shape)
    return np.where(sum(np.sin(i / 2.5) for i in index) > 0, 100.0, 200.0)


def field(shape=(40, 48)):
    return 1 + 0.3 * np.sin(np.linspace(-1, 1, shape[0]))[:, None] + 0.2 * np.linspace(-1, 1, shape[1]) ** 2


def variation(values):
    return float(values.std() / values.mean())


@pytest.mark.parametrize("shrink", [1, 2])
def test_a_simulated_field_is_found_and_removed(shrink):
    truth, shading = tissue(), field()
    found = processing.bias_field(truth * shading, shrink=shrink)
    assert found.shape == truth.shape
    assert variation(found / shading) < 0.25 * variation(shading)
    corrected = processing.correct_bias(truth * shading, shrink=shrink)
    for each in (100, 200):
        assert variation(corrected[truth == each]) < 0.4 * variation((truth * shading)[truth == each])
    np.testing.assert_allclose(corrected * found, truth * shading, rtol=1e-9)


def test_the_same_in_a_volume_with_a_mask():
    shape = (16, 32, 32)
    truth = np.where(sum(np.sin(i / 2) for i in np.indices(shape)) > 0, 100.0, 200.0).astype(np.float32)
    shading = (1 + 0.3 * np.linspace(-1, 1, 32)).astype(np.float32)
    inside = np.zeros(shape, bool)
    inside[2:-2, 4:-4, 4:-4] = True
    image = Image(np.where(inside, truth * shading, 0).astype(np.float32), spacing=(2, 1, 1), units="a.u.")
    corrected = image.map(processing.correct_bias, mask=inside, shrink=2)
    assert (corrected.units, corrected.dtype) == ("a.u.", np.float32)
    for each in (100, 200):
        where = inside & (truth == each)
        assert variation(corrected.pixels[where]) < 0.5 * variation(image.pixels[where])


def test_bad_input_is_refused():
    image = tissue()
    for call, message in (
        (lambda: processing.bias_field(image - 150, mask=np.ones(image.shape)), "must be positive"),
        (lambda: processing.bias_field(np.zeros((16, 16))), "received 0 voxels there"),
        (lambda: processing.bias_field(np.full((16, 16), 5.0)), "not constant"),
        (lambda: processing.bias_field(image, mask=np.ones((3, 3))), "must have the same shape"),
        (lambda: processing.bias_field(image, shrink=0), "shrink and iterations must be positive"),
        (lambda: processing.bias_field(image, iterations=()), "shrink and iterations must be positive"),
        (lambda: processing.bias_field(image, spacing=(0, 1)), "spacing must be positive"),
        (lambda: processing.bias_field(np.ones(9)), "a slice or a volume"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
