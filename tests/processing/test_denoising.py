"""Denoising against written-out definitions, analytic answers and scikit-image."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench import processing

BORDERS = {"reflect": "symmetric", "mirror": "reflect", "nearest": "edge", "constant": "constant", "wrap": "wrap"}


def bilateral_by_definition(image, sigma, range_sigma, border):
    radius = int(np.ceil(3 * sigma))
    padded = np.pad(image.astype(np.float64), radius, mode=BORDERS[border])
    result = np.zeros(image.shape)
    for place in np.ndindex(image.shape):
        centre = padded[tuple(index + radius for index in place)]
        total = weights = 0.0
        for step in itertools.product(range(-radius, radius + 1), repeat=image.ndim):
            distance = sum(s * s for s in step)
            if distance > radius**2:
                continue
            value = padded[tuple(index + radius + s for index, s in zip(place, step, strict=True))]
            weight = np.exp(-distance / (2 * sigma**2) - (value - centre) ** 2 / (2 * range_sigma**2))
            total, weights = total + weight * value, weights + weight
        result[place] = total / weights
    return result


@settings(deadline=None, max_examples=25)
@given(
    st.tuples(st.integers(1, 9), st.integers(1, 9)),
    st.floats(0.3, 1.6),
    st.floats(1, 500),
    st.sampled_from(list(BORDERS)),
    st.sampled_from([np.float32, np.float64, np.int16]),
)
def test_bilateral_equals_its_definition(shape, sigma, range_sigma, border, dtype):
    image = np.random.default_rng(shape[0]).normal(0, 100, shape).astype(dtype)
    result = processing.bilateral(image, sigma=sigma, range_sigma=range_sigma, border=border)
    truth = bilateral_by_definition(image, sigma, range_sigma, border)
    assert result.dtype == (np.float32 if dtype == np.float32 else np.float64)
    np.testing.assert_allclose(result, truth, rtol=0, atol=1e-5 * max(np.abs(image).max(), np.ptp(image)))


def test_bilateral_of_a_volume_equals_its_definition():
    image = np.random.default_rng(0).normal(0, 10, (4, 5, 3))
    result = processing.bilateral(image, sigma=0.6, range_sigma=8)
    np.testing.assert_allclose(result, bilateral_by_definition(image, 0.6, 8, "reflect"), atol=1e-10)


def test_bilateral_of_a_batch_and_in_millimetres():
    batch = np.random.default_rng(0).normal(0, 10, (3, 6, 5))
    parts = [processing.bilateral(part, sigma=0.5, range_sigma=8) for part in batch]
    np.testing.assert_allclose(processing.bilateral(batch, sigma=(0, 0.5, 0.5), range_sigma=8), parts, atol=1e-3)
    np.testing.assert_array_equal(
        processing.bilateral(batch[0], sigma=1.0, spacing=(2, 2), range_sigma=8), parts[0]
    )


def test_bilateral_with_a_huge_range_is_a_gaussian_in_a_ball():
    point = np.zeros((9, 9))
    point[4, 4] = 1
    result = processing.bilateral(point, sigma=1.0, range_sigma=1e6)
    away = np.hypot(*(np.indices((9, 9)) - 4))
    weights = np.exp(-0.5 * away**2) * (away <= 3)
    np.testing.assert_allclose(result, weights / weights.sum(), atol=1e-6)


@pytest.mark.parametrize("shape", [(40, 30), (10, 12, 11)])
def test_non_local_means_equals_scikit_image_in_any_units(shape):
    from skimage.restoration import denoise_nl_means

    image = np.random.default_rng(0).normal(0.5, 0.1, shape)
    truth = denoise_nl_means(image, patch_size=3, patch_distance=4, h=0.06, sigma=0.1, fast_mode=True)
    result = processing.non_local_means(2000 * image - 1000, noise=200, patch=3, search=9)
    np.testing.assert_allclose(result, 2000 * truth - 1000, rtol=0, atol=1e-6 * 2000)


@pytest.mark.parametrize("shape", [(40, 30), (10, 12, 11)])
def test_total_variation_equals_scikit_image_in_any_units(shape):
    from skimage.restoration import denoise_tv_chambolle

    image = np.random.default_rng(0).normal(0.5, 0.1, shape)
    truth = denoise_tv_chambolle(image, weight=0.1)
    result = processing.total_variation(2000 * image - 1000, weight=200)
    np.testing.assert_allclose(result, 2000 * truth - 1000, rtol=0, atol=1e-3)


def test_total_variation_of_a_step_moves_each_side_by_weight_over_length():
    step = np.repeat([[10.0, 50.0]], 4, axis=1)
    result = processing.total_variation(step, weight=8)
    np.testing.assert_allclose(result, np.repeat([[12.0, 48.0]], 4, axis=1), atol=0.3)


@pytest.mark.parametrize(
    "denoise",
    [
        lambda image: processing.bilateral(image, range_sigma=30),
        lambda image: processing.non_local_means(image, noise=10),
        lambda image: processing.total_variation(image, weight=10),
    ],
)
def test_noise_falls_edges_stay_input_stays(denoise):
    clean = np.where(np.arange(48) < 24, 0.0, 100.0) * np.ones((48, 1))
    noisy = (clean + np.random.default_rng(0).normal(0, 10, clean.shape)).astype(np.float32)
    noisy.flags.writeable = False
    result = denoise(noisy)
    assert result.dtype == np.float32
    assert (result - clean)[:, :20].std() < 0.6 * (noisy - clean)[:, :20].std()
    assert result[:, 25].mean() - result[:, 22].mean() > 80


def test_bad_options_are_refused():
    image = np.ones((8, 8))
    with pytest.raises(ValueError, match="range_sigma must be positive"):
        processing.bilateral(image, range_sigma=0)
    with pytest.raises(ValueError, match="border must be one of"):
        processing.bilateral(image, range_sigma=1, border="edge")
    with pytest.raises(ValueError, match="noise must be positive"):
        processing.non_local_means(image, noise=float("nan"))
    with pytest.raises(ValueError, match="patch must be an odd positive integer"):
        processing.non_local_means(image, noise=1, patch=4)
    with pytest.raises(ValueError, match="search must be an odd positive integer"):
        processing.non_local_means(image, noise=1, search=8)
    with pytest.raises(ValueError, match="a slice or a volume"):
        processing.non_local_means(np.ones((2, 2, 2, 2)), noise=1)
    with pytest.raises(ValueError, match="weight must be positive"):
        processing.total_variation(image, weight=-1)
    with pytest.raises(ValueError, match="iterations must be positive"):
        processing.total_variation(image, weight=1, iterations=0)


@pytest.mark.parametrize(
    ("denoise", "option"),
    [
        (processing.bilateral, {"range_sigma": 1}),
        (processing.non_local_means, {"noise": 1}),
        (processing.total_variation, {"weight": 1}),
    ],
)
def test_bad_images_are_refused(denoise, option):
    with pytest.raises(ValueError, match="image must be finite"):
        denoise([[np.nan, 1.0]], **option)
    with pytest.raises(ValueError, match="image must"):
        denoise([1.0, 2.0], **option)
