"""Smoothing equals scipy.ndimage on random images, windows, dtypes and borders.

mean: uniform_filter; gaussian: gaussian_filter; convolve: convolve; median: median_filter; unsharp: scikit-image.
"""

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import ndimage

from workbench import processing
from workbench.compiled import medians
from workbench.images import Image, Step
from workbench.processing import slices, smoothing

BORDERS = ["reflect", "mirror", "nearest", "constant", "wrap"]
DTYPES = ["bool", "uint8", "int8", "uint16", ">i2", "int16", "int64", "float16", "float32", ">f4", "float64"]
LARGEST = 1000
thorough = settings(deadline=None, max_examples=50)
windows = st.sampled_from([1, 3, 5, 7, 9])


@st.composite
def pictures(draw):
    shape = draw(hnp.array_shapes(min_dims=2, max_dims=3, min_side=1, max_side=9))
    dtype = np.dtype(draw(st.sampled_from(DTYPES)))
    random = np.random.default_rng(draw(st.integers(0, 10**6)))
    low = 0 if dtype.kind in "bu" else -LARGEST
    values = random.integers(low, LARGEST, shape) + (0.25 if dtype.kind == "f" else 0)
    return values.astype(dtype)


def sizes_for(draw, image):
    one = draw(windows)
    return draw(st.sampled_from([one, tuple(draw(windows) for _ in range(image.ndim))]))


def tolerance(result):
    return LARGEST * (1e-6 if result.dtype == np.float32 else 1e-12)


def expected_dtype(image):
    return np.float32 if image.dtype.kind == "f" and image.dtype.itemsize <= 4 else np.float64


@thorough
@given(st.data(), pictures(), st.sampled_from(BORDERS))
def test_mean_equals_scipy(data, image, border):
    size = sizes_for(data.draw, image)
    result = processing.mean(image, size=size, border=border)
    assert result.dtype == expected_dtype(image)
    truth = ndimage.uniform_filter(image.astype(np.float64), size, mode=border)
    np.testing.assert_allclose(result, truth, rtol=0, atol=tolerance(result))


@thorough
@given(pictures(), st.lists(st.floats(0, 4), min_size=3, max_size=3), st.sampled_from(BORDERS))
def test_gaussian_equals_scipy(image, sigmas, border):
    sigma = tuple(sigmas[: image.ndim])
    result = processing.gaussian(image, sigma=sigma, border=border)
    assert result.dtype == expected_dtype(image)
    truth = ndimage.gaussian_filter(image.astype(np.float64), sigma, mode=border)
    np.testing.assert_allclose(result, truth, rtol=0, atol=tolerance(result))


@thorough
@given(st.data(), pictures(), st.sampled_from(BORDERS))
def test_convolve_equals_scipy(data, image, border):
    shape = tuple(data.draw(st.integers(1, 6)) for _ in range(image.ndim))
    kernel = np.random.default_rng(len(border)).normal(size=shape)
    result = processing.convolve(image, kernel=kernel, border=border)
    assert result.dtype == expected_dtype(image)
    truth = ndimage.convolve(image.astype(np.float64), kernel, mode=border)
    np.testing.assert_allclose(result, truth, rtol=0, atol=tolerance(result) * np.abs(kernel).sum())


@pytest.mark.parametrize("border", BORDERS)
def test_convolve_with_a_kernel_so_large_that_opencv_uses_a_fourier_transform(border):
    random = np.random.default_rng(0)
    image, kernel = random.normal(size=(40, 50)), random.normal(size=(21, 15))
    result = processing.convolve(image, kernel=kernel, border=border)
    np.testing.assert_allclose(result, ndimage.convolve(image, kernel, mode=border), rtol=0, atol=1e-10)


@thorough
@given(st.data(), pictures(), st.sampled_from(BORDERS))
def test_median_equals_scipy_exactly(data, image, border):
    size = sizes_for(data.draw, image)
    result = processing.median(image, size=size, border=border)
    assert result.dtype == image.dtype.newbyteorder("=")
    truth = ndimage.median_filter(image.astype(np.float64), size, mode=border)
    np.testing.assert_array_equal(result.astype(np.float64), truth)


@pytest.mark.parametrize("extremes", [("int8", -128, 127), ("int16", -32768, 32767), ("uint8", 0, 255)])
def test_median_of_a_full_range_does_not_overflow(extremes):
    dtype, low, high = extremes
    image = np.random.default_rng(0).choice(np.array([low, 0, high], dtype), (20, 20))
    for size in (3, 5, 7):
        np.testing.assert_array_equal(processing.median(image, size=size), ndimage.median_filter(image, size))


def test_median_of_doubles_that_single_precision_cannot_hold():
    image = np.random.default_rng(0).normal(size=(20, 20)) * 1e300
    np.testing.assert_array_equal(processing.median(image), ndimage.median_filter(image, 3))


@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("dtype", ["uint8", "int16", "uint16", "int32", "float32", "float64"])
def test_median_with_every_way_to_compute_it_equals_scipy(dtype, border):
    random = np.random.default_rng(0)
    volume = random.normal(100, 60, (6, 24, 40)).clip(0, 255).astype(dtype)
    # OpenCV by slices, a network, counting.
    for size in (
        (1, 3, 3),
        (1, 5, 5),
        (1, 9, 9),
        (3, 3, 3),
        (5, 3, 7),
        (1, 1, 9),
        (5, 1, 1),
        (1, 25, 25),
        (11, 15, 13),
    ):
        truth = ndimage.median_filter(volume, size, mode=border)
        np.testing.assert_array_equal(processing.median(volume, size=size, border=border), truth)


@pytest.mark.parametrize("dtype", ["int64", "float64", "int16"])
def test_median_by_counting_of_values_that_are_far_apart(dtype):
    far = {"int64": 2**62, "float64": 1e300, "int16": 2**15 - 1}[dtype]
    image = (np.random.default_rng(0).uniform(-1, 1, (30, 30)) * far).astype(dtype)
    np.testing.assert_array_equal(processing.median(image, size=25), ndimage.median_filter(image, 25))


def test_median_with_a_window_much_larger_than_the_image():
    # scipy.ndimage 1.17 errs here, so the image is continued by numpy.
    image = np.random.default_rng(0).integers(0, 99, (4, 3))
    padded = np.pad(image, 50, mode="symmetric")
    truth = [[np.median(padded[i : i + 101, j : j + 101]) for j in range(3)] for i in range(4)]
    np.testing.assert_array_equal(processing.median(image, size=101), truth)


def test_median_does_not_depend_on_the_pieces_that_rows_are_cut_into(monkeypatch):
    volume = np.random.default_rng(0).integers(-1000, 1000, (4, 5, 150), dtype=np.int16)
    truth = ndimage.median_filter(volume, 3)
    for piece in (1, 10, 64, 149, 150):
        monkeypatch.setattr(medians, "PIECE", piece)
        np.testing.assert_array_equal(processing.median(volume), truth)


@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_large_slice_is_the_same_in_bands(dtype, border, monkeypatch):
    monkeypatch.setattr(slices, "WORTH", 5000)
    random = np.random.default_rng(0)
    image, kernel = random.normal(size=(301, 200)).astype(dtype), random.normal(size=(5, 7))
    exact = image.astype(np.float64)
    atol = 1e-5 if dtype == "float32" else 1e-12
    for result, truth in (
        (processing.mean(image, size=11, border=border), ndimage.uniform_filter(exact, 11, mode=border)),
        (processing.gaussian(image, sigma=2, border=border), ndimage.gaussian_filter(exact, 2, mode=border)),
        (processing.convolve(image, kernel=kernel, border=border), ndimage.convolve(exact, kernel, mode=border)),
    ):
        np.testing.assert_allclose(result, truth, rtol=0, atol=atol)


@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize(("dtype", "size"), [("uint8", 13), ("int16", 3), ("uint16", 5), ("float32", 5)])
def test_medians_of_a_large_slice_are_the_same_in_bands(dtype, size, border, monkeypatch):
    monkeypatch.setattr(slices, "WORTH", 5000)
    image = np.random.default_rng(0).integers(0, 255, (301, 60)).astype(dtype)
    truth = ndimage.median_filter(image, size, mode=border)
    np.testing.assert_array_equal(processing.median(image, size=size, border=border), truth)


@pytest.mark.parametrize("border", BORDERS)
def test_a_separable_kernel_gives_what_scipy_gives(border):
    random = np.random.default_rng(0)
    volume = random.normal(size=(8, 9, 10))
    one, two, three = (random.normal(size=length) for length in (3, 4, 5))
    kernel = one[:, None, None] * two[:, None] * three
    result = processing.convolve(volume, kernel=kernel, border=border)
    np.testing.assert_allclose(result, ndimage.convolve(volume, kernel, mode=border), rtol=0, atol=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", [(11, 1, 1), (1, 11, 1), (1, 1, 11), (11, 3, 1), (1, 1, 1), (2, 1, 6)])
def test_kernels_along_some_axes_keep_their_sign_and_leave_the_input_alone(shape, dtype):
    image, kernel = np.random.default_rng(0).normal(size=(8, 9, 10)).astype(dtype), -2.5 * np.ones(shape)
    result = processing.convolve(image, kernel=kernel)
    atol = 1e-4 if dtype == "float32" else 1e-12
    np.testing.assert_allclose(result, ndimage.convolve(image.astype(float), kernel), rtol=0, atol=atol)
    unchanged = processing.gaussian(image, sigma=0)
    np.testing.assert_array_equal(unchanged, image)
    assert not np.shares_memory(unchanged, image)


def test_kernels_are_factored_if_and_only_if_they_have_rank_one():
    factors = smoothing._factors(np.outer([1.0, 2, 1], [1.0, 0, -1]))
    np.testing.assert_allclose(np.outer(*factors), [[1, 0, -1], [2, 0, -2], [1, 0, -1]], atol=1e-15)
    assert smoothing._factors(np.eye(3)) is None
    almost = np.ones((3, 3, 3))
    almost[0, 0, 0] += 1e-9
    assert smoothing._factors(almost) is None
    np.testing.assert_array_equal(processing.convolve(np.ones((4, 4)), kernel=np.zeros((3, 3))), np.zeros((4, 4)))


@pytest.mark.parametrize("shape", [(30, 40), (7, 8, 9)])
def test_unsharp_equals_scikit_image(shape):
    from skimage.filters import unsharp_mask

    image = np.random.default_rng(0).normal(100, 20, shape)
    truth = unsharp_mask(image, radius=1.3, amount=0.7, preserve_range=True)
    np.testing.assert_allclose(processing.unsharp(image, sigma=1.3, amount=0.7), truth, rtol=1e-12)
    with pytest.raises(ValueError, match="amount must be positive"):
        processing.unsharp(image, amount=0)


FILTERS = [
    processing.mean,
    processing.median,
    processing.gaussian,
    processing.unsharp,
    partial(processing.convolve, kernel=np.arange(9.0).reshape(3, 3)),
]


@pytest.mark.parametrize("smooth", FILTERS)
@pytest.mark.parametrize("axis", [0, 1, -1])
def test_channels_are_filtered_each_by_itself(smooth, axis):
    colours = np.random.default_rng(0).integers(0, 256, (3, 9, 8), dtype=np.uint8)
    moved = np.moveaxis(colours, 0, axis)
    truth = np.stack([smooth(channel) for channel in colours], axis=axis)
    np.testing.assert_array_equal(smooth(moved, channel_axis=axis), truth)
    with pytest.raises(ValueError, match="channel_axis must be from -3 to 2, received 3"):
        smooth(moved, channel_axis=3)
    with pytest.raises(ValueError, match="channel_axis must hold channels"):
        smooth(np.ones((3, 3, 0)), channel_axis=-1)


@pytest.mark.parametrize("smooth", FILTERS)
@pytest.mark.parametrize("border", BORDERS)
def test_a_dask_array_gives_the_same(smooth, border):
    import dask.array

    image = np.random.default_rng(0).normal(size=(23, 17))
    lazy = smooth(dask.array.from_array(image, chunks=(7, 9)), border=border)
    np.testing.assert_allclose(lazy.compute(), smooth(image, border=border), rtol=0, atol=1e-12)
    colours = np.stack([image, image + 1], axis=-1)
    lazy = smooth(dask.array.from_array(colours, chunks=(8, 8, 1)), border=border, channel_axis=-1)
    truth = smooth(colours, border=border, channel_axis=-1)
    np.testing.assert_allclose(lazy.compute(), truth, rtol=0, atol=1e-12)


@pytest.mark.parametrize("smooth", FILTERS[:4])
def test_four_axes(smooth):
    image = np.random.default_rng(0).normal(size=(2, 4, 5, 6))
    truth = {
        processing.mean: partial(ndimage.uniform_filter, size=3),
        processing.median: partial(ndimage.median_filter, size=3),
        processing.gaussian: partial(ndimage.gaussian_filter, sigma=1),
        processing.unsharp: lambda image: 2 * image - ndimage.gaussian_filter(image, 1),
    }[smooth](image)
    np.testing.assert_allclose(smooth(image), truth, rtol=0, atol=1e-12)


@pytest.mark.parametrize("smooth", [processing.mean, processing.median, processing.gaussian, processing.unsharp])
def test_smoothing_commutes_with_transposition(smooth):
    volume = np.random.default_rng(0).normal(size=(5, 6, 7))
    np.testing.assert_allclose(smooth(volume.T), smooth(volume).T, atol=1e-12)


def test_a_shift_of_the_image_shifts_the_result():
    volume = np.random.default_rng(0).normal(size=(5, 6, 70))
    for smooth in FILTERS[:4]:
        moved = smooth(np.roll(volume, 7, axis=2), border="wrap")
        np.testing.assert_allclose(moved, np.roll(smooth(volume, border="wrap"), 7, axis=2), atol=1e-12)


def test_a_gaussian_wider_than_the_image_is_defined_and_an_endless_one_refused():
    image = np.random.default_rng(0).normal(size=(4, 3))
    truth = ndimage.gaussian_filter(image, 30)
    np.testing.assert_allclose(processing.gaussian(image, sigma=30), truth, atol=1e-12)
    with pytest.raises(ValueError, match="sigma must be at most 16384 voxels, received 1e"):
        processing.gaussian(image, sigma=1e9)


@pytest.mark.parametrize("smooth", [processing.mean, processing.median])
def test_a_batch_is_filtered_slice_by_slice(smooth):
    batch = np.random.default_rng(0).normal(size=(4, 9, 8))
    np.testing.assert_array_equal(smooth(batch, size=(1, 5, 5)), [smooth(part, size=5) for part in batch])


def test_channels_are_left_apart_by_a_window_of_one():
    colours = np.random.default_rng(0).integers(0, 256, (9, 8, 3), dtype=np.uint8)
    blurred = processing.median(colours, size=(3, 3, 1))
    np.testing.assert_array_equal(blurred[..., 1], processing.median(colours[..., 1], size=3))


def test_gaussian_in_millimetres():
    volume = np.random.default_rng(0).normal(size=(6, 7, 8))
    np.testing.assert_array_equal(
        processing.gaussian(volume, sigma=2.0, spacing=(4.0, 1.0, 0.5)),
        processing.gaussian(volume, sigma=(0.5, 2.0, 4.0)),
    )


def test_convolving_a_point_gives_the_kernel_not_its_mirror_image():
    point = np.zeros((5, 5))
    point[2, 2] = 1
    kernel = np.arange(9.0).reshape(3, 3)
    np.testing.assert_array_equal(processing.convolve(point, kernel=kernel)[1:4, 1:4], kernel)


@pytest.mark.parametrize("smooth", [processing.mean, processing.median, processing.gaussian])
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_smoothing_commutes_with_flips(smooth, axis):
    volume = np.random.default_rng(0).normal(size=(5, 6, 7))
    np.testing.assert_allclose(smooth(np.flip(volume, axis)), np.flip(smooth(volume), axis), atol=1e-12)


@pytest.mark.parametrize("smooth", [processing.mean, processing.median, processing.gaussian])
def test_input_stays_and_units_stay(smooth):
    image = np.full((6, 6), -1000, np.int16)
    image.flags.writeable = False
    np.testing.assert_allclose(smooth(image), -1000)


def test_an_image_maps():
    image = Image(np.eye(5, dtype=np.int16), spacing=(2, 3), modality="CT", units="HU")
    mapped = image.map(processing.median, size=5)
    assert mapped.spacing == (2, 3)
    assert mapped.history == (Step("processing.smoothing.median", {"size": 5}),)
    np.testing.assert_array_equal(mapped, processing.median(image, size=5))


@pytest.mark.parametrize("smooth", [processing.mean, processing.median])
def test_even_windows_are_refused(smooth):
    with pytest.raises(ValueError, match="size must be an odd positive integer, received 4; use 3 or 5"):
        smooth(np.ones((5, 5)), size=4)


def convolve3(image, **options):
    return processing.convolve(image, kernel=np.ones((3, 3)), **options)


@pytest.mark.parametrize("function", [processing.mean, processing.median, processing.gaussian, convolve3])
def test_bad_images_and_borders_are_refused(function):
    with pytest.raises(ValueError, match="image must be finite"):
        function([[1.0, np.nan]])
    with pytest.raises(ValueError, match="at least one element"):
        function(np.ones((0, 3)))
    with pytest.raises(ValueError, match="image must have 2 axes or more"):
        function([1.0, 2.0])
    with pytest.raises(TypeError, match="real numbers"):
        function([[1j]])
    with pytest.raises(ValueError, match="border must be one of 'reflect'"):
        function(np.ones((3, 3)), border="symmetric")


def test_bad_widths_are_refused():
    with pytest.raises(ValueError, match="sigma must be zero or positive"):
        processing.gaussian(np.ones((3, 3)), sigma=-1)
    with pytest.raises(ValueError, match="sigma must be one number or one for each of the 2 axes"):
        processing.gaussian(np.ones((3, 3)), sigma=(1, 1, 1))
    with pytest.raises(ValueError, match="spacing must be positive"):
        processing.gaussian(np.ones((3, 3)), sigma=1, spacing=(0, 1))


def test_bad_kernels_are_refused():
    with pytest.raises(ValueError, match=r"use kernel\[None\]"):
        processing.convolve(np.ones((3, 3, 3)), kernel=np.ones((3, 3)))
    with pytest.raises(ValueError, match="kernel must be finite"):
        processing.convolve(np.ones((3, 3)), kernel=[[np.inf]])
