import numpy as np
import pytest

from workbench.phantoms.physics import _project, computed_tomography, radiograph


def disc(radius, size=128):
    rows, columns = np.indices((size, size)) - (size - 1) / 2
    return np.where(np.hypot(rows, columns) < radius, 0.0, -1000.0).astype(np.float32)


def noise(image, photons=1e5, repeats=12):
    return np.stack(
        [
            computed_tomography(image, spacing=3.0, photons=photons, rng=np.random.default_rng(k)) - image
            for k in range(repeats)
        ]
    )


def test_a_projection_is_the_line_integral_at_every_angle():
    inside = disc(40) + 1000
    for angle in np.deg2rad([0, 33, 90, 140]):
        assert _project(inside, angle)[63:65].mean() / 1000 == pytest.approx(80, rel=0.02)


def test_noise_halves_with_four_times_the_photons():
    assert noise(disc(40), 4e5).std() == pytest.approx(noise(disc(40), 1e5).std() / 2, rel=0.05)


def test_noise_is_strongest_where_rays_are_long():
    spread = noise(disc(50)).std(axis=0)
    assert spread[59:69, 59:69].mean() > 1.2 * spread[59:69, 16:20].mean() > 1.1 * spread[:6, :6].mean()


def test_noise_is_that_of_a_ramp_filter():
    power = np.mean(
        [np.abs(np.fft.fft2(one)) ** 2 for one in noise(np.full((128, 128), -1000.0), repeats=40)], axis=0
    )
    radius = np.hypot(*np.meshgrid(np.fft.fftfreq(128), np.fft.fftfreq(128)))
    rings = [power[(radius > low) & (radius < low + 0.02)].mean() for low in (0.02, 0.06, 0.14)]
    # Power rises with frequency, as |ramp|^2 over the density of views does.
    assert rings[0] < rings[1] < rings[2]
    assert rings[1] / rings[0] == pytest.approx(7 / 3, rel=0.35)


def test_noise_has_no_mean():
    stack = noise(disc(40), repeats=30)
    assert abs(stack.mean()) < 1


def test_a_radiograph_obeys_beer_and_lambert():
    body = np.repeat([[1.0], [3.0]], 64, axis=0) * np.ones((1, 64))
    image = radiograph(body, photons=1e6, blur=0.4, rng=np.random.default_rng(0))
    np.testing.assert_allclose(image[20].mean(), 1, atol=0.01)
    np.testing.assert_allclose(image[-20].mean(), 3, atol=0.01)


def test_a_radiographs_noise_grows_with_thickness():
    spread = [
        radiograph(np.full((128, 128), depth), photons=1e4, blur=0.3, rng=np.random.default_rng(0)).std()
        for depth in (1.0, 3.0)
    ]
    # The variance of the logarithm of a Poisson count is one over its mean.
    assert spread[1] / spread[0] == pytest.approx(np.e, rel=0.05)
