"""Gabor, Simoncelli and Riesz equal their written-out definitions and analytic answers."""

from itertools import product
from math import factorial, prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import signal

from workbench.processing import responses

BORDERS = ["reflect", "mirror", "nearest", "constant", "wrap"]
PADDING = {"reflect": "symmetric", "mirror": "reflect", "nearest": "edge", "constant": "constant", "wrap": "wrap"}
thorough = settings(deadline=None, max_examples=30)
borders = st.sampled_from(BORDERS)


@st.composite
def pictures(draw, largest=9):
    shape = draw(hnp.array_shapes(min_dims=2, max_dims=3, min_side=1, max_side=largest))
    dtype = np.dtype(draw(st.sampled_from(["uint8", "int16", "float32", "float64"])))
    random = np.random.default_rng(draw(st.integers(0, 10**6)))
    return random.integers(0, 200, shape).astype(dtype)


def agrees(response, truth, image):
    single = image.dtype == np.float32
    assert response.dtype == (np.float32 if single else np.float64)
    scale = max(np.abs(truth).max(), 200)
    np.testing.assert_allclose(response, truth, rtol=0, atol=scale * (1e-5 if single else 1e-10))


def gabor_kernel(sigma, wavelength, aspect, angle, radius):
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1].astype(float)
    theta = np.deg2rad(angle)
    r1 = x * np.cos(theta) + y * np.sin(theta)
    r2 = x * np.sin(theta) - y * np.cos(theta)
    return np.exp(-(r1**2 + aspect**2 * r2**2) / (2 * sigma**2) + 2j * np.pi * r1 / wavelength)


def convolved(image, kernel, border):
    # Continued by numpy: far beyond a mirrored border scipy.ndimage (1.17) reads the wrong voxels.
    radius = len(kernel) // 2
    padded = np.pad(image.astype(float), radius, mode=PADDING[border])
    return signal.convolve(padded, kernel, mode="valid", method="direct")


@settings(deadline=None, max_examples=15)
@given(pictures(), st.sampled_from([0.0, 30.0, 90.0, 200.0]), st.sampled_from([0.5, 1.0, 2.0]), borders)
def test_gabor_equals_direct_convolution(image, angle, aspect, border):
    kernel = gabor_kernel(1.2, 3.0, aspect, angle, 13)
    slices = image if image.ndim == 3 else image[None]
    truth = np.abs([convolved(each, kernel, border) for each in slices]).reshape(image.shape)
    axes = (image.ndim - 2, image.ndim - 1)
    result = responses.gabor(
        image, sigma=1.2, wavelength=3.0, angles=angle, aspect=aspect, axes=axes, border=border
    )
    # Beyond 5 sigma, where our kernel ends, there is 1e-5 of it.
    np.testing.assert_allclose(result, truth, rtol=0, atol=200 * 1e-4)


@pytest.mark.parametrize("pooling", ["average", "max", "min"])
def test_gabor_of_a_volume_pools_angles_and_planes(pooling):
    volume = np.random.default_rng(0).normal(size=(7, 8, 9))
    angles = (0, 45, 120)
    options = {"sigma": 1.5, "wavelength": 4.0, "border": "mirror"}
    pool = {"average": np.mean, "max": np.max, "min": np.min}[pooling]
    each = [
        responses.gabor(volume, angles=angle, axes=axes, **options)
        for angle, axes in product(angles, [(0, 1), (0, 2), (1, 2)])
    ]
    result = responses.gabor(volume, angles=angles, pooling=pooling, **options)
    np.testing.assert_allclose(result, pool(each, axis=0), atol=1e-12)
    slices = [responses.gabor(part, angles=angles, pooling=pooling, **options) for part in volume]
    np.testing.assert_allclose(
        responses.gabor(volume, angles=angles, pooling=pooling, axes=(1, 2), **options), slices, atol=1e-12
    )


@pytest.mark.parametrize("angle", [0.0, 30.0, 45.0, 135.0])
@pytest.mark.parametrize("aspect", [0.5, 1.0])
def test_gabor_of_a_plane_wave_is_the_gaussians_transform(angle, aspect):
    """A wave e^(i w r) through a Gaussian under e^(i v r): its area times exp(-|w - v|^2 sigma^2 / 2)."""
    sigma, wavelength, theta = 3.0, 8.0, np.deg2rad(angle)
    row, column = np.indices((80, 80))
    phase = 2 * np.pi / wavelength * (column * np.cos(theta) + row * np.sin(theta))
    area = 2 * np.pi * sigma**2 / aspect
    options = {"sigma": sigma, "wavelength": wavelength, "aspect": aspect}
    along = responses.gabor(np.cos(phase), angles=angle, **options)[40, 40]
    opposite = np.exp(-((4 * np.pi / wavelength) ** 2) * sigma**2 / 2)
    assert along == pytest.approx(area / 2, rel=1e-4 + opposite)
    across = responses.gabor(np.cos(phase), angles=angle + 90, **options)[40, 40]
    squared = (2 * np.pi / wavelength) ** 2
    # Both halves of the cosine are equally far, by the wave along r1 and by the crest along r2.
    away = area * np.exp(-squared * sigma**2 / 2 * (1 + 1 / aspect**2)) * abs(np.cos(phase[40, 40]))
    assert across == pytest.approx(away, abs=1e-4 * area)


def test_gabor_measures_in_millimetres():
    image = np.random.default_rng(0).normal(size=(20, 24))
    options = {"angles": (0, 30), "border": "wrap"}
    voxels = responses.gabor(image, sigma=2, wavelength=5, **options)
    millimetres = responses.gabor(image, sigma=1, wavelength=2.5, spacing=(0.5, 0.5), **options)
    np.testing.assert_allclose(millimetres, voxels)
    # A wave of 8 mm in voxels of 1 by 2 mm is found at 30 degrees in millimetres.
    row, column = np.indices((120, 60)) * np.reshape([1.0, 2.0], (2, 1, 1))
    wave = np.cos(2 * np.pi / 8 * (column * np.cos(np.pi / 6) + row * np.sin(np.pi / 6)))
    found = [
        responses.gabor(wave, sigma=4, wavelength=8, spacing=(1, 2), angles=angle)[60, 30]
        for angle in range(0, 180, 10)
    ]
    assert np.argmax(found) == 3


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_gabor_over_all_right_angles_turns_with_the_image(turns):
    image = np.random.default_rng(0).normal(size=(15, 18))
    options = {"sigma": 1.5, "wavelength": 4.0, "aspect": 0.5, "angles": (0, 45, 90, 135)}
    np.testing.assert_allclose(
        responses.gabor(np.rot90(image, turns), **options),
        np.rot90(responses.gabor(image, **options), turns),
        atol=1e-10,
    )


def test_gabor_half_a_turn_on_is_the_same():
    image = np.random.default_rng(0).normal(size=(12, 13))
    options = {"sigma": 2.0, "wavelength": 5.0, "aspect": 0.7}
    np.testing.assert_allclose(
        responses.gabor(image, angles=70, **options), responses.gabor(image, angles=250, **options), atol=1e-10
    )


@pytest.mark.parametrize("border", BORDERS)
def test_gabor_that_reaches_far_beyond_the_image(border):
    image = np.random.default_rng(0).normal(size=(5, 6))
    kernel = gabor_kernel(4.0, 6.0, 0.5, 20.0, 45)
    result = responses.gabor(image, sigma=4.0, wavelength=6.0, aspect=0.5, angles=20.0, border=border)
    np.testing.assert_allclose(result, np.abs(convolved(image, kernel, border)), atol=1e-3)


def by_definition(image, transfer, border):
    """Multiply the complex spectrum of the continued image; a mirrored one continues for exactly one period."""
    if border == "wrap":
        around = [(0, 0)] * image.ndim
    else:
        lengths = [max(n - 2 * (border == "mirror"), 0) for n in image.shape]
        around = [(n // 2, n - n // 2) for n in lengths]
    padded = np.pad(image.astype(float), around, mode=PADDING[border])
    grid = np.meshgrid(*[np.fft.fftfreq(n) * 2 for n in padded.shape], indexing="ij")
    response = np.fft.ifftn(np.fft.fftn(padded) * transfer(grid)).real
    return response[tuple(slice(before, before + n) for (before, _), n in zip(around, image.shape, strict=True))]


def simoncelli_band(level):
    def transfer(grid):
        length = np.sqrt(sum(each**2 for each in grid))
        inside = (length > 2.0 ** (-level - 1)) & (length <= 2.0 ** (1 - level))
        return np.where(inside, np.cos(np.pi / 2 * np.log2(2.0**level * np.where(inside, length, 1))), 0)

    return transfer


def riesz_transfer(order):
    total = sum(order)
    factor = (-1j) ** total * np.sqrt(factorial(total) / prod(map(factorial, order)))

    def transfer(grid):
        length = np.sqrt(sum(each**2 for each in grid))
        # The highest frequency of an even length has no sign, so an odd function of it is 0.
        grid = [np.where(power % 2 & (each == -1), 0, each) for each, power in zip(grid, order, strict=True)]
        powers = np.prod([each**power for each, power in zip(grid, order, strict=True)], axis=0)
        return np.where(length > 0, factor * powers / np.where(length > 0, length, 1) ** total, 0)

    return transfer


@thorough
@given(pictures(), st.integers(1, 3), borders)
def test_simoncelli_equals_its_definition(image, level, border):
    truth = by_definition(image, simoncelli_band(level), border)
    agrees(responses.simoncelli(image, level=level, border=border), truth, image)


@thorough
@given(st.data(), pictures(), borders)
def test_riesz_equals_its_definition(data, image, border):
    order = tuple(data.draw(st.integers(0, 3)) for _ in range(image.ndim))
    if sum(order) == 0:
        with pytest.raises(ValueError, match="order must be an integer"):
            responses.riesz(image, order=order)
        return
    truth = by_definition(image, riesz_transfer(order), border)
    agrees(responses.riesz(image, order=order, border=border), truth, image)


@pytest.mark.parametrize("shape", [(32, 32), (16, 16, 16)])
def test_the_bands_of_simoncelli_are_a_partition_of_unity(shape):
    """Applied twice and summed over levels, the bands give back what lies between their outermost centres."""
    random = np.random.default_rng(0)
    grid = np.meshgrid(*[np.fft.fftfreq(n) * 2 for n in shape], indexing="ij")
    length = np.sqrt(sum(each**2 for each in grid))
    spectrum = np.fft.fftn(random.normal(size=shape)) * ((length <= 0.5) & (length >= 1 / 16))
    image = np.fft.ifftn(spectrum).real
    total = np.zeros(shape)
    for level in range(1, 6):
        once = responses.simoncelli(image, level=level, border="wrap")
        total += responses.simoncelli(once, level=level, border="wrap")
    np.testing.assert_allclose(total, image, atol=1e-12)


def test_ibsis_grid_nears_the_exact_one_as_images_grow_but_does_not_mirror():
    away = []
    for size in (32, 64, 128):
        row = np.arange(size)
        wave = np.cos(2 * np.pi * row / 8)[:, None] * np.cos(2 * np.pi * row / 16)
        exact, theirs = (
            responses.simoncelli(wave, level=2, border="wrap", grid=grid) for grid in ("exact", "ibsi")
        )
        away.append(np.abs(exact - theirs).max())
    assert away[0] > 1.5 * away[1] > 2 * away[2]
    image = np.random.default_rng(0).normal(size=(32, 32))
    for grid, same in (("exact", True), ("ibsi", False)):
        response, mirrored = (
            responses.simoncelli(each, level=2, border="wrap", grid=grid) for each in (image, image[::-1])
        )
        assert np.allclose(mirrored[::-1], response, atol=1e-6) == same


@pytest.mark.parametrize("border", BORDERS)
def test_ibsis_grid_has_all_borders(border):
    image = np.random.default_rng(0).normal(size=(24, 26)).astype(np.float32)
    theirs = responses.simoncelli(image, border=border, grid="ibsi")
    exact = responses.simoncelli(image, border=border)
    assert theirs.shape == image.shape
    assert theirs.dtype == np.float32
    assert np.abs(theirs - exact).max() < 0.2 * np.ptp(exact)


@pytest.mark.parametrize(("order", "sign"), [((0, 1), None), ((0, 2), -1), ((0, 4), 1)])
def test_riesz_turns_a_cosine_by_a_quarter_for_each_order(order, sign):
    phase = 2 * np.pi * np.arange(32) / 8
    wave = np.tile(np.cos(phase), (4, 1))
    expected = np.sin(phase) if sign is None else sign * np.cos(phase)
    np.testing.assert_allclose(responses.riesz(wave, order=order, border="wrap")[2], expected, atol=1e-12)


@pytest.mark.parametrize("degrees", [0, 45, 90])
def test_riesz_of_an_oblique_wave_is_the_cosine_of_its_direction(degrees):
    row, column = np.indices((32, 32))
    step = (np.sin(np.deg2rad(degrees)), np.cos(np.deg2rad(degrees)))
    down, across = np.round(np.array(step) * 4 / max(step)) / 32
    phase = 2 * np.pi * (row * down + column * across)
    for order, factor in (((1, 0), step[0]), ((0, 1), step[1])):
        response = responses.riesz(np.cos(phase), order=order, border="wrap")
        np.testing.assert_allclose(response, factor * np.sin(phase), atol=1e-12)


@pytest.mark.parametrize("total", [1, 2, 3])
@pytest.mark.parametrize("shape", [(15, 17), (7, 9, 11)])
def test_all_components_of_an_order_hold_the_energy_of_the_image(total, shape):
    image = np.random.default_rng(0).normal(size=shape)
    orders = [order for order in product(range(total + 1), repeat=len(shape)) if sum(order) == total]
    energy = sum((responses.riesz(image, order=order, border="wrap") ** 2).sum() for order in orders)
    assert energy == pytest.approx(((image - image.mean()) ** 2).sum())


def test_riesz_steers_to_any_direction():
    image = np.random.default_rng(0).normal(size=(17, 15))
    for order, angle in product((1, 2, 3), (0.0, 0.4, 2.0)):
        down, across = np.sin(angle), np.cos(angle)
        truth = by_definition(
            image,
            lambda grid, down=down, across=across, order=order: (
                (riesz_transfer((1, 0))(grid) * down + riesz_transfer((0, 1))(grid) * across) ** order
            ),
            "wrap",
        )
        steered = responses.riesz_along(image, direction=(7 * down, 7 * across), order=order, border="wrap")
        np.testing.assert_allclose(steered, truth, atol=1e-10)


def test_riesz_is_steered_voxel_by_voxel():
    image = np.random.default_rng(0).normal(size=(5, 9, 8))
    field = np.random.default_rng(1).normal(size=(3, 5, 9, 8))
    field[:, 0, 0, 0] = 0
    steered = responses.riesz_along(image, direction=field, order=2)
    assert steered[0, 0, 0] == 0
    for place in [(1, 2, 3), (4, 8, 7)]:
        alone = responses.riesz_along(image, direction=field[(slice(None), *place)], order=2)
        assert steered[place] == pytest.approx(alone[place])
    slices = responses.riesz_along(image, direction=field[1:], axes=(1, 2))
    truth = [responses.riesz_along(part, direction=field[1:, index]) for index, part in enumerate(image)]
    np.testing.assert_allclose(slices, truth, atol=1e-12)


@pytest.mark.parametrize("border", BORDERS[:3] + BORDERS[4:])
@pytest.mark.parametrize("level", [-1000.0, 0.0, 7.0])
def test_a_constant_image_has_no_response(border, level):
    flat = np.full((8, 9, 7), level)
    for response in (
        responses.simoncelli(flat, level=2, border=border),
        responses.riesz(flat, order=(0, 2, 0), border=border),
        responses.riesz(flat, order=(1, 0, 0), border=border),
    ):
        np.testing.assert_allclose(response, 0, atol=1e-9)


def test_axes_filter_planes_one_by_one():
    volume = np.random.default_rng(0).normal(size=(4, 9, 8))
    for respond in (
        lambda each, **options: responses.simoncelli(each, level=1, **options),
        lambda each, **options: responses.simoncelli(each, level=1, grid="ibsi", **options),
        lambda each, **options: responses.riesz(each, order=(1, 2), border="nearest", **options),
        lambda each, **options: responses.riesz(each, order=(2, 1), **options),
    ):
        np.testing.assert_allclose(respond(volume, axes=(1, 2)), [respond(part) for part in volume], atol=1e-10)
        across = np.moveaxis([respond(volume[:, index]) for index in range(9)], 0, 1)
        np.testing.assert_allclose(respond(volume, axes=(0, 2)), across, atol=1e-10)
