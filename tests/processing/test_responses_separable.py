"""Gradients, Laplacian of Gaussian, Laws and wavelets equal their written-out definitions and analytic answers."""

from itertools import permutations, product

import numpy as np
import pytest
import pywt
import skimage
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import ndimage, signal

from workbench.processing import responses

BORDERS = ["reflect", "mirror", "nearest", "constant", "wrap"]
METHODS = {"central": [1], "sobel": [0.25, 0.5, 0.25], "scharr": [3 / 16, 10 / 16, 3 / 16]}
thorough = settings(deadline=None, max_examples=30)
borders = st.sampled_from(BORDERS)


@st.composite
def pictures(draw):
    shape = draw(hnp.array_shapes(min_dims=2, max_dims=3, min_side=1, max_side=9))
    dtype = np.dtype(draw(st.sampled_from(["uint8", "int16", ">i2", "float32", "float64"])))
    random = np.random.default_rng(draw(st.integers(0, 10**6)))
    return random.integers(0, 200, shape).astype(dtype)


def agrees(response, truth, image):
    single = image.dtype.kind == "f" and image.dtype.itemsize <= 4
    assert response.dtype == (np.float32 if single else np.float64)
    scale = max(np.abs(truth).max(), 200)
    np.testing.assert_allclose(response, truth, rtol=0, atol=scale * (5e-6 if single else 1e-12))


def along_axes(image, kernels, border):
    """Convolve with one kernel along each axis, in scipy."""
    result = image.astype(float)
    for axis, kernel in enumerate(kernels):
        result = ndimage.convolve1d(result, kernel, axis=axis, mode=border)
    return result


def turned(image, order, backwards):
    return np.transpose(image, order)[tuple(slice(None, None, -1 if each else 1) for each in backwards)]


def turned_back(image, order, backwards):
    straight = image[tuple(slice(None, None, -1 if each else 1) for each in backwards)]
    return np.transpose(straight, np.argsort(order))


def rotations(ndim):
    """Yield the turns whose matrix has determinant 1."""
    for order in permutations(range(ndim)):
        for backwards in product([False, True], repeat=ndim):
            matrix = np.eye(ndim)[list(order)] * np.where(backwards, -1, 1)[:, None]
            if np.linalg.det(matrix) > 0:
                yield order, backwards


def pooled_by_turning_the_image(image, respond, pool):
    return pool(
        [turned_back(respond(turned(image, *turn)), *turn) for turn in rotations(image.ndim)],
        axis=0,
    )


@thorough
@given(pictures(), st.sampled_from(list(METHODS)), borders)
def test_gradient_is_a_difference_and_a_mean_across(image, method, border):
    result = responses.gradient(image, method=method, border=border)
    assert result.shape == (image.ndim, *image.shape)
    for axis, part in enumerate(result):
        kernels = [METHODS[method]] * image.ndim
        kernels[axis] = [0.5, 0, -0.5]
        agrees(part, along_axes(image, kernels, border), image)


@thorough
@given(pictures(), borders)
def test_gradient_magnitude_is_scipys(image, border):
    parts = [ndimage.sobel(image.astype(float), axis, mode=border) for axis in range(image.ndim)]
    truth = np.sqrt(sum((part / (2 * 4 ** (image.ndim - 1))) ** 2 for part in parts))
    agrees(responses.gradient_magnitude(image, border=border), truth, image)


@pytest.mark.parametrize("ndim", [2, 3])
def test_gradient_magnitude_is_scikit_images_in_its_scale(ndim):
    image = np.random.default_rng(0).normal(size=(12,) * ndim)
    theirs = skimage.filters.sobel(image, mode="reflect") * np.sqrt(ndim) / 2
    np.testing.assert_allclose(responses.gradient_magnitude(image), theirs, atol=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_gradient_of_a_ramp_is_its_slope_per_millimetre(method):
    slice_, row, column = np.indices((6, 7, 8)).astype(float)
    spacing = (5.0, 2.0, 0.5)
    ramp = 3 * slice_ * 5 - 2 * row * 2 + column * 0.5
    inner = (slice(None), *[slice(1, -1)] * 3)
    slopes = responses.gradient(ramp, method=method, spacing=spacing)[inner]
    np.testing.assert_allclose(slopes, np.broadcast_to(np.reshape([3, -2, 1], (3, 1, 1, 1)), slopes.shape))
    steepness = responses.gradient_magnitude(ramp, method=method, spacing=spacing)[inner[1:]]
    np.testing.assert_allclose(steepness, np.sqrt(14))
    direction = responses.gradient_direction(ramp, method=method, spacing=spacing)[inner]
    np.testing.assert_allclose(direction, slopes / np.sqrt(14))


def test_direction_has_length_1_or_is_0_where_the_image_is_flat():
    image = np.zeros((9, 9))
    image[4:, 4:] = np.random.default_rng(0).normal(size=(5, 5))
    lengths = np.linalg.norm(responses.gradient_direction(image), axis=0)
    assert np.all(np.isclose(lengths, 1) | (lengths == 0))
    assert lengths[0, 0] == 0


def test_scharr_finds_the_direction_of_a_wave_better_than_sobel():
    row, column = np.indices((64, 64))
    angle = np.deg2rad(30)
    wave = np.sin(2 * np.pi * (row * np.sin(angle) + column * np.cos(angle)) / 8)
    errors = {}
    for method in METHODS:
        down, across = responses.gradient(wave, method=method)[:, 8:-8, 8:-8]
        steep = np.hypot(down, across) > 0.2
        found = np.rad2deg(np.arctan2(down, across)[steep])
        errors[method] = np.abs((found - 30 + 90) % 180 - 90).max()
    assert errors["scharr"] < 0.3 < errors["sobel"] < errors["central"]


def laplacian_of_gaussian(image, sigmas, border):
    """Add convolutions with sampled kernels, written out in scipy."""
    total = 0
    for derived in np.flatnonzero(sigmas):
        kernels = []
        for axis, sigma in enumerate(sigmas):
            if sigma == 0:
                kernels.append([1])
                continue
            radius = int(4 * sigma + 0.5)
            k = np.arange(-radius, radius + 1)
            g = np.exp(-(k**2) / (2 * sigma**2)) / np.exp(-(k**2) / (2 * sigma**2)).sum()
            kernels.append((k**2 - (k**2 * g).sum()) / sigma**4 * g if axis == derived else g)
        total = total + along_axes(image, kernels, border)
    return total


@thorough
@given(pictures(), st.lists(st.sampled_from([0, 0.5, 1, 2.3]), min_size=3, max_size=3), borders)
def test_laplacian_of_gaussian_equals_its_definition(image, sigmas, border):
    sigma = tuple(sigmas[: image.ndim])
    if not any(sigma):
        with pytest.raises(ValueError, match="sigma must be positive for at least one axis"):
            responses.laplacian_of_gaussian(image, sigma=sigma, border=border)
        return
    truth = laplacian_of_gaussian(image, sigma, border)
    agrees(responses.laplacian_of_gaussian(image, sigma=sigma, border=border), truth, image)


@pytest.mark.parametrize("sigma", [1.0, 2.5])
def test_laplacian_of_gaussian_is_near_scipys(sigma):
    image = np.random.default_rng(0).normal(size=(30, 30))
    theirs = ndimage.gaussian_laplace(image, sigma)
    ours = responses.laplacian_of_gaussian(image, sigma=sigma)
    assert np.abs(ours - theirs).max() < 0.005 * np.ptp(theirs)


@pytest.mark.parametrize(("ndim", "tolerance"), [(2, 2e-3), (3, 4e-3)])
def test_laplacian_of_gaussian_of_a_gaussian_blob_is_that_of_a_wider_one(ndim, tolerance):
    blob, sigma = 3.0, 2.0
    squared = ((np.indices((41,) * ndim) - 20) ** 2).sum(axis=0)
    image = np.exp(-squared / (2 * blob**2))
    wide = blob**2 + sigma**2
    truth = (blob**2 / wide) ** (ndim / 2) * (squared / wide - ndim) / wide * np.exp(-squared / (2 * wide))
    response = responses.laplacian_of_gaussian(image, sigma=sigma)
    assert np.abs(response - truth).max() < tolerance * np.ptp(truth)


def test_laplacian_of_gaussian_is_strongest_for_a_blob_of_its_size():
    squared = ((np.indices((61, 61)) - 30) ** 2).sum(axis=0)
    disc = (squared <= 6**2).astype(float)
    sigmas = np.arange(2, 8, 0.25)
    centres = [responses.laplacian_of_gaussian(disc, sigma=s, scale_normalized=True)[30, 30] for s in sigmas]
    assert sigmas[np.argmin(centres)] == pytest.approx(6 / np.sqrt(2), abs=0.3)


@pytest.mark.parametrize("level", [-1000, 0, 3000])
def test_laplacian_of_gaussian_of_a_constant_is_nothing(level):
    response = responses.laplacian_of_gaussian(np.full((9, 9, 9), level), sigma=1.5)
    np.testing.assert_allclose(response, 0, atol=1e-11)


def test_laplacian_of_gaussian_measures_in_millimetres():
    image = np.random.default_rng(0).normal(size=(12, 12, 12))
    log = responses.laplacian_of_gaussian
    np.testing.assert_allclose(log(image, sigma=3, spacing=(2, 2, 2)), log(image, sigma=1.5), atol=1e-12)
    # Thick slices: between them the second derivative is per squared voxel of the shorter edge too.
    thick = {"sigma": 4, "spacing": (4, 2, 2)}
    by_slice = np.broadcast_to(image.mean(axis=(1, 2), keepdims=True), image.shape)
    np.testing.assert_allclose(log(by_slice, **thick), log(by_slice, sigma=(1, 0, 0)) / 4, atol=1e-12)
    np.testing.assert_allclose(log(image, **thick, scale_normalized=True), log(image, **thick) * 4, atol=1e-12)


@thorough
@given(st.data(), pictures(), borders)
def test_laws_equals_scipys_convolution(data, image, border):
    names = [data.draw(st.sampled_from(list(responses.LAWS_KERNELS))) for _ in range(image.ndim)]
    kernels = [responses.LAWS_KERNELS[name] for name in reversed(names)]
    result = responses.laws(image, kernels="".join(names), border=border)
    agrees(result, along_axes(image, kernels, border), image)


def test_the_kernels_of_length_5_are_products_of_those_of_length_3():
    names = {"L5": ("L3", "L3"), "E5": ("L3", "E3"), "S5": ("L3", "S3"), "R5": ("S3", "S3"), "W5": ("E3", "S3")}
    for name, (first, second) in names.items():
        made = np.convolve(responses.LAWS_KERNELS[first], responses.LAWS_KERNELS[second])
        expected = np.array(responses.LAWS_KERNELS[name])
        cosine = made @ expected / np.linalg.norm(made)
        assert abs(cosine) == pytest.approx(1), name
        assert np.linalg.norm(expected) == pytest.approx(1)


@pytest.mark.parametrize("pooling", ["max", "average", "min"])
@pytest.mark.parametrize(
    ("kernels", "shape"),
    [("L5E5", (9, 8)), ("E5W5", (6, 7)), ("E3W5R5", (7, 6, 8)), ("L5E5S5", (5, 6, 7)), ("E5E3W5", (6, 5, 4))],
)
@pytest.mark.parametrize("border", ["reflect", "constant"])
def test_pooled_laws_equals_turning_the_image(kernels, shape, pooling, border):
    image = np.random.default_rng(0).normal(size=shape)
    pool = {"max": np.max, "average": np.mean, "min": np.min}[pooling]
    truth = pooled_by_turning_the_image(
        image, lambda each: responses.laws(each, kernels=kernels, border=border), pool
    )
    result = responses.laws(image, kernels=kernels, pooling=pooling, border=border)
    np.testing.assert_allclose(result, truth, atol=1e-12)


@pytest.mark.parametrize("pooling", ["max", "average", "min"])
@pytest.mark.parametrize(
    ("wavelet", "shape"),
    [
        (("haar", "LH", 1), (8, 9)),
        (("db2", "LHL", 1), (7, 8, 9)),
        (("haar", "HHH", 2), (6, 7, 8)),
        (("db3", "HL", 2), (9, 7)),
    ],
)
@pytest.mark.parametrize("border", ["reflect", "wrap"])
def test_pooled_wavelets_equal_turning_the_image(wavelet, shape, pooling, border):
    image = np.random.default_rng(0).normal(size=shape)
    options = {**dict(zip(("family", "band", "level"), wavelet, strict=True)), "border": border}
    pool = {"max": np.max, "average": np.mean, "min": np.min}[pooling]
    truth = pooled_by_turning_the_image(image, lambda each: responses.wavelet(each, **options), pool)
    np.testing.assert_allclose(responses.wavelet(image, pooling=pooling, **options), truth, atol=1e-12)


@pytest.mark.parametrize("ndim", [2, 3])
@pytest.mark.parametrize("pooling", ["max", "average", "min"])
def test_pooled_responses_turn_with_the_image(ndim, pooling):
    image = np.random.default_rng(0).normal(size=(8,) * ndim)
    names = "L5E5S5"[: 2 * ndim]
    filters = [
        lambda each: responses.laws(each, kernels=names, pooling=pooling),
        lambda each: responses.laws_energy(each, kernels=names, distance=2, pooling=pooling),
        lambda each: responses.wavelet(each, family="db2", band="LHH"[:ndim], pooling=pooling),
    ]
    for respond in filters:
        response = respond(image)
        for turn in rotations(ndim):
            np.testing.assert_allclose(respond(turned(image, *turn)), turned(response, *turn), atol=1e-12)


def test_energy_is_the_mean_absolute_response():
    image = np.random.default_rng(0).normal(size=(9, 10, 11))
    response = responses.laws(image, kernels="L5E5", axes=(1, 2), border="nearest")
    truth = ndimage.uniform_filter(np.abs(response), (1, 7, 7), mode="nearest")
    energy = responses.laws_energy(image, kernels="L5E5", axes=(1, 2), distance=3, border="nearest")
    np.testing.assert_allclose(energy, truth, atol=1e-12)
    alone = responses.laws_energy(image[0], kernels="L5E5", distance=0)
    np.testing.assert_allclose(alone, np.abs(responses.laws(image[0], kernels="L5E5")), atol=1e-12)


def spread(kernel, step):
    """Insert zeros, one behind the last weight too, as IBSI has it."""
    result = np.zeros(len(kernel) * step)
    result[::step] = kernel
    return result


@thorough
@given(st.data(), pictures(), st.sampled_from(["haar", "db2", "coif1", "sym4"]), st.integers(1, 3), borders)
def test_wavelet_equals_its_cascade_in_scipy(data, image, family, level, border):
    band = "".join(data.draw(st.sampled_from("LH")) for _ in range(image.ndim))
    filters = {"L": pywt.Wavelet(family).dec_lo, "H": pywt.Wavelet(family).dec_hi}
    truth = image.astype(float)
    for step in range(level):
        letters = band if step == level - 1 else "L" * image.ndim
        truth = along_axes(truth, [spread(filters[each], 2**step) for each in reversed(letters)], border)
    agrees(responses.wavelet(image, band=band, family=family, level=level, border=border), truth, image)


@pytest.mark.parametrize("family", ["haar", "db2", "coif1", "bior2.2"])
@pytest.mark.parametrize("shape", [(8, 16), (8, 8, 16)])
def test_the_bands_are_pywavelets(family, shape):
    image = np.random.default_rng(0).normal(size=shape)
    theirs = pywt.swtn(image, family, level=1)[0]
    ours = responses.wavelets(image, family=family, border="wrap")
    assert list(ours) == ["".join(each) for each in product("LH", repeat=len(shape))]
    for name, band in ours.items():
        other = theirs["".join("a" if letter == "L" else "d" for letter in reversed(name))]
        np.testing.assert_allclose(band, other, atol=1e-12)


@pytest.mark.parametrize("shape", [(7, 9), (5, 6, 7)])
@pytest.mark.parametrize("level", [1, 2, 3])
def test_all_bands_are_those_one_by_one(shape, level):
    image = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    for band, response in responses.wavelets(image, family="db2", level=level).items():
        np.testing.assert_allclose(
            response, responses.wavelet(image, band=band, family="db2", level=level), atol=1e-5
        )


@pytest.mark.parametrize("family", ["haar", "db3", "coif1", "bior4.4"])
def test_bands_reconstruct_the_image_perfectly(family):
    image = np.random.default_rng(0).normal(size=(10, 12))
    wavelet = pywt.Wavelet(family)
    back = {"L": wavelet.rec_lo, "H": wavelet.rec_hi}
    total = np.zeros_like(image)
    for band, response in responses.wavelets(image, family=family, border="wrap").items():
        total += along_axes(response, [back[letter] for letter in reversed(band)], "wrap") / 4
    # A filter and its inverse, both centred on the later of two middle weights, move the image by one voxel.
    np.testing.assert_allclose(np.roll(total, (1, 1), (0, 1)), image, atol=1e-10)


def test_a_low_pass_multiplies_a_constant_by_the_root_of_2_for_each_axis_and_level():
    flat = np.full((6, 6, 6), 5.0)
    np.testing.assert_allclose(responses.wavelet(flat, band="LLL", family="db2", level=2), 5 * 8)
    np.testing.assert_allclose(responses.wavelet(flat, band="LHL", family="db2", level=2), 0, atol=1e-10)


@pytest.mark.parametrize(
    "respond",
    [
        responses.gradient_magnitude,
        lambda each, **options: responses.laws(each, kernels="E5S5", pooling="max", **options),
        lambda each, **options: responses.laws_energy(each, kernels="E5S5", distance=1, **options),
        lambda each, **options: responses.wavelet(each, band="LH", family="db2", level=2, **options),
    ],
)
def test_axes_1_and_2_filter_the_slices_of_a_volume_one_by_one(respond):
    volume = np.random.default_rng(0).normal(size=(4, 9, 8))
    np.testing.assert_allclose(respond(volume, axes=(1, 2)), [respond(part) for part in volume], atol=1e-12)
    np.testing.assert_allclose(respond(volume, axes=(-1, 1)), respond(volume, axes=(1, 2)), atol=0)


def test_a_kernel_far_larger_than_the_image():
    image = np.random.default_rng(0).normal(size=(3, 4))
    for border in BORDERS:
        truth = laplacian_of_gaussian(image, (6.0, 6.0), border)
        np.testing.assert_allclose(
            responses.laplacian_of_gaussian(image, sigma=6, border=border), truth, atol=1e-12
        )


def test_responses_to_an_impulse_are_the_kernels():
    impulse = signal.unit_impulse((11, 11), "mid")
    kernels = responses.LAWS_KERNELS
    response = responses.laws(impulse, kernels="E5L5")[3:8, 3:8]
    np.testing.assert_allclose(response, np.outer(kernels["L5"], kernels["E5"]), atol=1e-15)
