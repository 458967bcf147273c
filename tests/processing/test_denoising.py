"""Denoising against written-out definitions, analytic answers and scikit-image."""

import itertools
from functools import partial

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
    np.testing.assert_allclose(result, truth, rtol=0, atol=2e-3 if dtype == np.float32 else 1e-10)


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


def non_local_means_by_definition(image, noise, patch, search):
    margin = patch // 2 + search // 2
    padded = np.pad(image.astype(np.float64), margin, mode="reflect")

    def around(place, size):
        return padded[tuple(slice(index + margin - size // 2, index + margin + size // 2 + 1) for index in place)]

    result = np.zeros(image.shape)
    for place in np.ndindex(image.shape):
        total = weights = 0.0
        for step in itertools.product(range(-(search // 2), search // 2 + 1), repeat=image.ndim):
            other = np.add(place, step)
            unlike = np.mean((around(place, patch) - around(other, patch)) ** 2)
            weight = np.exp(-max(unlike - 2 * noise**2, 0) / (0.6 * noise) ** 2)
            total, weights = total + weight * around(other, 1).item(), weights + weight
        result[place] = total / weights
    return result


@settings(deadline=None, max_examples=20)
@given(
    st.one_of(st.tuples(st.integers(1, 8), st.integers(1, 20)), st.tuples(*[st.integers(1, 4)] * 3)),
    st.floats(1, 50),
    st.sampled_from([1, 3]),
    st.sampled_from([1, 3, 5]),
    st.sampled_from([np.float32, np.float64, np.int16, np.uint8]),
)
def test_non_local_means_equals_its_definition(shape, noise, patch, search, dtype):
    image = np.random.default_rng(shape[0]).normal(100 if dtype == np.uint8 else -500, 20, shape).astype(dtype)
    result = processing.non_local_means(image, noise=noise, patch=patch, search=search)
    truth = non_local_means_by_definition(image, noise, patch, search)
    assert result.dtype == (np.float32 if dtype == np.float32 else np.float64)
    atol = 2e-4 if dtype in {np.float32, np.uint8} else 1e-10
    np.testing.assert_allclose(result, truth, rtol=0, atol=atol)


def test_non_local_means_where_strips_meet():
    image = np.random.default_rng(0).normal(0, 20, (35, 9))
    result = processing.non_local_means(image, noise=15, patch=5, search=7)
    np.testing.assert_allclose(result, non_local_means_by_definition(image, 15, 5, 7), rtol=0, atol=1e-10)


def test_non_local_means_is_near_scikit_image_whose_patches_are_one_voxel_short():
    # Of 2 x 2 voxels where 3 x 3 are asked for, so that it does not commute with flips; ours does.
    from skimage.restoration import denoise_nl_means

    clean = np.where(np.arange(40) < 20, 0.2, 0.8) * np.ones((30, 1))
    image = clean + np.random.default_rng(0).normal(0, 0.05, clean.shape)
    theirs = denoise_nl_means(image, patch_size=3, patch_distance=4, h=0.03, sigma=0.05, fast_mode=True)
    ours = processing.non_local_means(image, noise=0.05, patch=3, search=9)
    np.testing.assert_allclose(ours, theirs, atol=0.06)
    assert (ours - clean).std() < 1.1 * (theirs - clean).std()


def diffusion_by_definition(image, contrast, iterations, *, step, conductance, spacing):
    values = image.astype(np.float64)
    for _ in range(iterations):
        gain = np.zeros_like(values)
        for axis, distance in enumerate(spacing):
            gradient = np.diff(values, axis=axis) / distance
            steep = (gradient / contrast) ** 2
            flow = gradient / distance * (np.exp(-steep) if conductance == "exponential" else 1 / (1 + steep))
            before, after = [(0, 0)] * image.ndim, [(0, 0)] * image.ndim
            before[axis], after[axis] = (1, 0), (0, 1)
            gain += np.pad(flow, after) - np.pad(flow, before)
        values = values + step * gain
    return values


@settings(deadline=None, max_examples=25)
@given(
    st.one_of(st.tuples(*[st.integers(1, 9)] * 2), st.tuples(*[st.integers(1, 7)] * 3)),
    st.floats(1, 500),
    st.integers(1, 5),
    st.tuples(st.sampled_from(["exponential", "quadratic"]), st.booleans()),
    st.sampled_from([np.float32, np.float64, np.int16]),
)
def test_anisotropic_diffusion_equals_its_definition(shape, contrast, iterations, form, dtype):
    conductance, is_spaced = form
    image = np.random.default_rng(shape[0]).normal(0, 100, shape).astype(dtype)
    spacing = (2.5, 0.7, 1.1)[: len(shape)] if is_spaced else None
    unit = spacing or (1,) * len(shape)
    longest = 0.5 / sum(distance**-2 for distance in unit)
    for step in (None, longest / 3):
        result = processing.anisotropic_diffusion(
            image, contrast=contrast, iterations=iterations, step=step, conductance=conductance, spacing=spacing
        )
        truth = diffusion_by_definition(
            image, contrast, iterations, step=step or longest, conductance=conductance, spacing=unit
        )
        assert result.dtype == (np.float32 if dtype == np.float32 else np.float64)
        np.testing.assert_allclose(result, truth, rtol=0, atol=1e-3 if dtype == np.float32 else 1e-10)


@pytest.mark.parametrize("conductance", ["exponential", "quadratic"])
def test_anisotropic_diffusion_keeps_the_mean_and_invents_no_extremes(conductance):
    image = np.random.default_rng(0).normal(0, 100, (6, 20, 21))
    result = processing.anisotropic_diffusion(image, contrast=80, iterations=30, conductance=conductance)
    assert result.mean() == pytest.approx(image.mean(), abs=1e-10)
    assert image.min() < result.min() < result.max() < image.max()


def test_anisotropic_diffusion_with_a_huge_contrast_is_a_gaussian():
    point = np.zeros((41, 41))
    point[20, 20] = 1
    result = processing.anisotropic_diffusion(point, contrast=1e6, iterations=40, step=0.1)
    # Variance 2 per step length and axis.
    np.testing.assert_allclose(result, processing.gaussian(point, sigma=np.sqrt(8)), atol=5e-4)


DENOISERS = [
    partial(processing.bilateral, range_sigma=30, sigma=1.2),
    partial(processing.non_local_means, noise=10, patch=3, search=5),
    partial(processing.total_variation, weight=10),
    partial(processing.anisotropic_diffusion, contrast=30, iterations=4),
    partial(processing.anisotropic_diffusion, contrast=30, iterations=4, conductance="quadratic"),
]


@pytest.mark.parametrize("denoise", [*DENOISERS[:2], *DENOISERS[3:]])
def test_a_dask_array_gives_the_same(denoise):
    import dask.array

    image = np.random.default_rng(0).normal(0, 30, (31, 26))
    lazy = denoise(dask.array.from_array(image, chunks=(11, 13)))
    np.testing.assert_allclose(lazy.compute(), denoise(image), rtol=0, atol=1e-10)


def test_total_variation_refuses_a_dask_array():
    import dask.array

    with pytest.raises(TypeError, match="cannot work chunk by chunk"):
        processing.total_variation(dask.array.ones((4, 4)), weight=1)


@pytest.mark.parametrize("denoise", DENOISERS)
@pytest.mark.parametrize("axis", [0, 2])
def test_channels_are_denoised_each_by_itself(denoise, axis):
    colours = np.random.default_rng(0).integers(0, 256, (3, 12, 11), dtype=np.uint8)
    truth = np.stack([denoise(channel) for channel in colours], axis=axis)
    np.testing.assert_array_equal(denoise(np.moveaxis(colours, 0, axis), channel_axis=axis), truth)


@pytest.mark.parametrize("denoise", [*DENOISERS[:2], *DENOISERS[3:]])
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_denoising_commutes_with_flips(denoise, axis):
    volume = np.random.default_rng(0).normal(0, 30, (5, 19, 7))
    np.testing.assert_allclose(denoise(np.flip(volume, axis)), np.flip(denoise(volume), axis), atol=1e-10)


@pytest.mark.parametrize("denoise", DENOISERS)
@pytest.mark.parametrize("shape", [(1, 1), (1, 30), (1, 1, 1), (9, 1, 2)])
def test_constant_images_stay(denoise, shape):
    np.testing.assert_allclose(denoise(np.full(shape, -1000, np.int16)), np.full(shape, -1000.0), rtol=1e-12)


@pytest.mark.parametrize("shape", [(40, 30), (10, 12, 11)])
def test_total_variation_equals_scikit_image_in_any_units(shape):
    from skimage.restoration import denoise_tv_chambolle

    image = np.random.default_rng(0).normal(0.5, 0.1, shape)
    truth = denoise_tv_chambolle(image, weight=0.1)
    result = processing.total_variation(2000 * image - 1000, weight=200)
    np.testing.assert_allclose(result, 2000 * truth - 1000, rtol=0, atol=1e-9)


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
        lambda image: processing.anisotropic_diffusion(image, contrast=25),
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
    with pytest.raises(ValueError, match="tolerance must be positive"):
        processing.total_variation(image, weight=1, tolerance=0)
    with pytest.raises(ValueError, match=r"step must be at most 0\.25 to be stable, received 0\.3"):
        processing.anisotropic_diffusion(image, contrast=1, step=0.3)
    with pytest.raises(ValueError, match="contrast must be positive"):
        processing.anisotropic_diffusion(image, contrast=0)
    with pytest.raises(ValueError, match="iterations must be a positive integer"):
        processing.anisotropic_diffusion(image, contrast=1, iterations=2.5)
    with pytest.raises(ValueError, match="conductance must be one of 'exponential', 'quadratic'"):
        processing.anisotropic_diffusion(image, contrast=1, conductance="tukey")
    with pytest.raises(ValueError, match="spacing must be positive"):
        processing.anisotropic_diffusion(image, contrast=1, spacing=(1, -1))


@pytest.mark.parametrize(
    ("denoise", "option"),
    [
        (processing.bilateral, {"range_sigma": 1}),
        (processing.non_local_means, {"noise": 1}),
        (processing.total_variation, {"weight": 1}),
        (processing.anisotropic_diffusion, {"contrast": 1}),
    ],
)
def test_bad_images_are_refused(denoise, option):
    with pytest.raises(ValueError, match="image must be finite"):
        denoise([[np.nan, 1.0]], **option)
    with pytest.raises(ValueError, match="image must"):
        denoise([1.0, 2.0], **option)
