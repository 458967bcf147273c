"""N4: a known field on known tissue comes back, up to a factor."""

import numpy as np
import pytest

from workbench import processing, samples
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


def test_the_default_does_not_take_anatomy_for_a_field():
    head, grey, white = (samples.load(f"mni152_{name}").pixels[::2, ::2, ::2] for name in ("t1", "grey", "white"))
    inside = head > 0
    z, y, x = np.meshgrid(*(np.linspace(-1, 1, n) for n in head.shape), indexing="ij")
    shading = np.exp(0.2 * (0.8 * x + 0.6 * y**2 - 0.5 * z + 0.4 * x * y))
    noisy = head * shading + np.random.default_rng(0).normal(0, 6, head.shape)
    image = np.where(inside, noisy.clip(1), 0)
    found = processing.bias_field(image, mask=inside, spacing=(2, 2, 2))
    finer = processing.bias_field(image, mask=inside, spacing=(2, 2, 2), iterations=(50,) * 4)
    assert variation((found / shading)[inside]) < 0.75 * variation((finer / shading)[inside])
    for tissue in (grey, white):
        pure = inside & (tissue > 0.95)
        assert variation((image / found)[pure]) < 0.85 * variation(image[pure])


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
