import numpy as np
import pytest
from scipy import ndimage

from workbench import cnn

RNG = np.random.default_rng(0)


def test_a_convolution_is_a_correlation_with_zeros_beyond_the_border():
    image = RNG.normal(size=(9, 12))
    kernels = {"one": RNG.normal(size=(3, 3)), "other": RNG.normal(size=(3, 3))}
    for name, found in cnn.convolve(image, kernels).items():
        np.testing.assert_allclose(found, ndimage.correlate(image, kernels[name], mode="constant"), atol=1e-5)


@pytest.mark.parametrize("axis", [0, 2])
def test_colours_are_summed(axis):
    image = RNG.normal(size=(9, 12, 3))
    kernel = RNG.normal(size=(3, 3, 3))
    expected = sum(ndimage.correlate(image[..., k], kernel[..., k], mode="constant") for k in range(3))
    found = cnn.convolve(np.moveaxis(image, -1, axis), {"k": kernel}, channel_axis=axis)["k"]
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize(
    ("image", "kernels", "message"),
    [
        (np.zeros((4, 4)), {"a": np.zeros((2, 2))}, "odd sides"),
        (np.zeros((4, 4)), {"a": np.zeros((3, 3, 3))}, "1 channels"),
        (np.zeros((4, 4)), {"a": np.zeros((3, 3)), "b": np.zeros((5, 5))}, "one size"),
        (np.zeros((4, 4, 3)), {"a": np.zeros((3, 3))}, "channel_axis"),
    ],
)
def test_kernels_that_do_not_fit_are_refused(image, kernels, message):
    with pytest.raises(ValueError, match=message):
        cnn.convolve(image, kernels)


def test_evidence_sums_to_the_log_odds():
    model = cnn.classifier((16, 16), 2, width=4, seed=3)
    images = RNG.normal(size=(5, 16, 16))
    probabilities = cnn.predict(model, images)
    for positive in (0, 1):
        odds = np.log(probabilities[:, positive] / probabilities[:, 1 - positive])
        np.testing.assert_allclose(cnn.evidence(model, images, positive=positive).sum(axis=1), odds, atol=1e-4)


def test_evidence_is_of_two_classes():
    with pytest.raises(ValueError, match="classes 0 and 1"):
        cnn.evidence(cnn.classifier((8, 8), 3, width=2), np.zeros((1, 8, 8)))
