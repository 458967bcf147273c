"""Backgrounds: top-hats against scipy, the rolling ball against scikit-image and its definition."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import ndimage
from skimage.restoration import ellipsoid_kernel
from skimage.restoration import rolling_ball as skimage_ball

from workbench import processing

thorough = settings(deadline=None, max_examples=40)
images = hnp.arrays(
    st.sampled_from([np.uint8, np.int16, np.float32, np.float64]),
    hnp.array_shapes(min_dims=2, max_dims=3, min_side=1, max_side=12),
    elements=st.integers(0, 120),
)


@thorough
@given(images, st.integers(1, 3))
def test_the_top_hat_is_scipys_where_nothing_lies_outside(image, radius):
    inner = tuple(slice(2 * radius, -2 * radius) for _ in image.shape)
    distances = np.indices((2 * radius + 1,) * image.ndim) - radius
    ball = (distances**2).sum(axis=0) <= radius**2
    for bright, theirs in ((True, ndimage.white_tophat), (False, ndimage.black_tophat)):
        result = processing.remove_background(image, radius=radius, method="top-hat", bright=bright)
        assert result.min() >= 0
        np.testing.assert_allclose(result[inner], theirs(image.astype(float), footprint=ball)[inner], atol=1e-4)


@pytest.mark.parametrize("method", ["top-hat", "rolling-ball"])
@pytest.mark.parametrize("bright", [True, False])
def test_haze_goes_and_points_stay(method, bright):
    haze = np.add.outer(np.linspace(0, 300, 64), np.linspace(0, 200, 64))
    points = np.zeros((64, 64))
    points[8::16, 8::16] = 50
    hazy = haze + points if bright else 1000 - haze - points
    result = processing.remove_background(hazy, radius=4, method=method, height=40, bright=bright)
    assert result[points > 0].min() > 45
    assert np.ptp(result[points == 0]) < 40  # of 500 before
    assert result.min() >= 0


@thorough
@given(images, st.integers(1, 6))
def test_the_rolling_ball_is_scikit_images(image, radius):
    real = image.astype(np.float64) if image.dtype.kind in "iu" else image
    result = processing.rolling_ball(image, radius=radius)
    assert result.dtype == real.dtype
    np.testing.assert_allclose(result, skimage_ball(real, radius=radius), rtol=1e-6, atol=1e-5)


@thorough
@given(images, st.integers(1, 4), st.floats(1, 500))
def test_a_ball_of_another_height_is_scikit_images_ellipsoid(image, radius, height):
    kernel = ellipsoid_kernel((2 * radius + 1,) * image.ndim, height)
    truth = skimage_ball(image.astype(float), kernel=kernel)
    result = processing.rolling_ball(image.astype(float), radius=radius, height=height)
    np.testing.assert_allclose(result, truth, atol=1e-6)


@pytest.mark.parametrize("radii", [(2.5, 4.0), (1e9, 1e9), (0.2, 30.0)])
def test_the_rolling_ball_by_its_definition(radii):
    image, height = np.random.default_rng(0).gamma(1, 40, (13, 11)), 90.0
    truth = np.full(image.shape, np.inf)
    for place in np.ndindex(image.shape):
        for other in np.ndindex(image.shape):
            squared = sum(((a - b) / r) ** 2 for a, b, r in zip(place, other, radii, strict=True))
            if squared <= 1:
                truth[place] = min(truth[place], image[other] + height * (1 - np.sqrt(1 - squared)))
    np.testing.assert_allclose(processing.rolling_ball(image, radius=radii, height=height), truth, atol=1e-9)


def test_the_background_lies_under_the_image_and_a_constant_is_its_own():
    image = np.random.default_rng(0).normal(0, 50, (40, 40)).astype(np.float32)
    assert (processing.rolling_ball(image, radius=9) <= image).all()
    np.testing.assert_array_equal(processing.rolling_ball(np.full((5, 6), 7), radius=100), 7)


def test_a_huge_disc_leaves_what_is_above_the_lowest_value():
    image = np.random.default_rng(0).normal(0, 50, (9, 12))
    result = processing.remove_background(image, radius=1e9, method="top-hat")
    np.testing.assert_allclose(result, image - image.min())


def test_bad_options_are_refused():
    for call, message in (
        (lambda: processing.rolling_ball(np.eye(4), radius=0), "radius must be positive"),
        (lambda: processing.rolling_ball(np.eye(4), radius=(1, 2, 3)), "one for each of the 2 axes"),
        (lambda: processing.rolling_ball(np.eye(4), radius=3, height=-1), "height must be positive"),
        (lambda: processing.rolling_ball(np.ones(4), radius=3), "a slice or a volume"),
        (lambda: processing.rolling_ball([[np.nan, 1]], radius=3), "image must be finite"),
        (lambda: processing.remove_background(np.eye(4), radius=-1), "radius must be positive"),
        (lambda: processing.remove_background(np.eye(4), radius=1, method="ball"), "method must be one of"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
