"""Image quality against scikit-image and analytic answers."""

import numpy as np
import pytest
import skimage.metrics

from workbench import processing


@pytest.mark.parametrize("shape", [(20, 30), (12, 13, 14)])
def test_psnr_and_ssim_equal_scikit_image(shape):
    random = np.random.default_rng(0)
    truth, image = random.normal(0, 200, (2, *shape))
    expected = skimage.metrics.peak_signal_noise_ratio(truth, image, data_range=1500)
    assert processing.psnr(image, truth, data_range=1500) == pytest.approx(expected)
    expected = skimage.metrics.structural_similarity(
        truth, image, data_range=1500, gaussian_weights=True, sigma=1.5, use_sample_covariance=False
    )
    assert processing.ssim(image, truth, data_range=1500) == pytest.approx(expected)


def test_equal_images_are_perfect():
    image = np.random.default_rng(0).random((16, 16))
    assert processing.psnr(image, image, data_range=1) == np.inf
    assert processing.ssim(image, image, data_range=1) == pytest.approx(1)
    assert processing.edge_sharpness(image, image) == pytest.approx(1)


@pytest.mark.parametrize("shape", [(40, 40), (12, 12, 12)])
def test_edge_sharpness_of_a_scaled_image_is_the_scale(shape):
    image = np.random.default_rng(0).normal(size=shape)
    assert processing.edge_sharpness(2.5 * image + 7, image) == pytest.approx(2.5)


def test_edge_sharpness_falls_with_blur_and_stays_with_noise():
    image = np.where(np.hypot(*(np.indices((128, 128)) - 64)) < 40, 100.0, 0.0)
    noisy = processing.add_noise(image, noise=30, seed=0)
    assert processing.edge_sharpness(noisy, image) == pytest.approx(1, abs=0.05)
    sharpness = [processing.edge_sharpness(processing.gaussian(image, sigma=s), image) for s in (0.5, 1, 2)]
    assert sharpness == sorted(sharpness, reverse=True)
    assert sharpness[-1] < 0.5


def test_bad_images_are_refused():
    for measure in (processing.psnr, processing.ssim):
        with pytest.raises(ValueError, match="data_range must be positive"):
            measure(np.eye(12), np.eye(12), data_range=0)
        with pytest.raises(ValueError, match="must have the same shape"):
            measure(np.eye(12), np.eye(13), data_range=1)
        with pytest.raises(ValueError, match="reference must be finite"):
            measure(np.eye(2), [[np.nan, 1], [1, 1]], data_range=1)
    with pytest.raises(ValueError, match="11 voxels long at least"):
        processing.ssim(np.eye(10), np.eye(10), data_range=1)
    with pytest.raises(ValueError, match="a constant reference has no edges"):
        processing.edge_sharpness(np.eye(4), np.ones((4, 4)))
    with pytest.raises(ValueError, match="fraction must be above 0"):
        processing.edge_sharpness(np.eye(4), np.eye(4), fraction=0)
