"""What all filters of a bank have in common: borders, dtypes, errors, Dask arrays; and the bank itself."""

from functools import partial

import numpy as np
import pytest

from workbench import processing
from workbench.images import Image, Step
from workbench.processing import responses

BORDERS = ["reflect", "mirror", "nearest", "constant", "wrap"]
LOCAL = {
    "gradient_magnitude": responses.gradient_magnitude,
    "laplacian_of_gaussian": partial(responses.laplacian_of_gaussian, sigma=1.2),
    "laws": partial(responses.laws, kernels="L5E5"),
    "laws pooled": partial(responses.laws, kernels="L5E5", pooling="max"),
    "laws_energy": partial(responses.laws_energy, kernels="S3E5", distance=2),
    "gabor": partial(responses.gabor, sigma=1.1, wavelength=3.0, aspect=0.7),
    "wavelet": partial(responses.wavelet, band="LH", family="db2", level=2),
}
GLOBAL = {
    "simoncelli": responses.simoncelli,
    "riesz": partial(responses.riesz, order=(1, 1)),
    "riesz_along": partial(responses.riesz_along, direction=(1, 2)),
}
FILTERS = LOCAL | GLOBAL
MANY = {
    "gradient": responses.gradient,
    "gradient_direction": responses.gradient_direction,
    "wavelets": responses.wavelets,
}
anyone = pytest.mark.parametrize("name", FILTERS)
local = pytest.mark.parametrize("name", LOCAL)


def picture(dtype=np.float64, shape=(14, 17)):
    return np.random.default_rng(0).integers(0, 200, shape).astype(dtype)


@anyone
@pytest.mark.parametrize(
    "dtype", ["bool", "uint8", "int16", ">i2", "int64", "float16", "float32", ">f4", "float64"]
)
def test_dtypes_and_an_input_that_is_left_alone(name, dtype):
    image = picture(dtype)
    before = image.copy()
    response = FILTERS[name](image)
    np.testing.assert_array_equal(image, before)
    assert not np.shares_memory(response, image)
    assert response.shape == image.shape
    single = image.dtype.kind == "f" and image.dtype.itemsize <= 4
    assert response.dtype == (np.float32 if single else np.float64)
    truth = FILTERS[name](image.astype(np.float64))
    np.testing.assert_allclose(response, truth, atol=np.abs(truth).max() * (1e-5 if single else 1e-12))


@anyone
def test_a_read_only_or_strided_image_or_an_image_of_ours(name):
    image = picture()
    strided = np.repeat(np.repeat(image, 2, 0), 3, 1)[::2, ::3].T[::-1]
    strided.flags.writeable = False
    np.testing.assert_allclose(FILTERS[name](strided), FILTERS[name](np.ascontiguousarray(strided)))
    ours = Image(image, spacing=(1, 1))
    np.testing.assert_array_equal(FILTERS[name](ours), FILTERS[name](image))
    mapped = ours.map(FILTERS[name])
    assert mapped.spacing == ours.spacing
    assert mapped.history[0].function.startswith("processing.responses.")


@anyone
def test_responses_are_linear_but_for_moduli(name):
    image, other = picture(), np.random.default_rng(1).normal(size=(14, 17))
    respond = FILTERS[name]
    np.testing.assert_allclose(respond(3 * image), 3 * respond(image), atol=1e-8)
    if name in {"laplacian_of_gaussian", "laws", "wavelet", "simoncelli", "riesz", "riesz_along"}:
        np.testing.assert_allclose(respond(image + other), respond(image) + respond(other), atol=1e-8)


@anyone
def test_a_periodic_border_moves_with_the_image(name):
    image = picture()
    moved = np.roll(image, (3, -5), (0, 1))
    response = FILTERS[name](image, border="wrap")
    np.testing.assert_allclose(
        FILTERS[name](moved, border="wrap"), np.roll(response, (3, -5), (0, 1)), atol=np.abs(response).max() * 1e-9
    )


@local
@pytest.mark.parametrize("border", BORDERS)
def test_a_border_is_the_image_continued_by_numpy(name, border):
    image = picture()
    reach = 20
    mode = {"reflect": "symmetric", "mirror": "reflect", "nearest": "edge", "constant": "constant", "wrap": "wrap"}
    continued = LOCAL[name](np.pad(image, reach, mode=mode[border]), border="wrap")
    inside = slice(reach, -reach)
    response = LOCAL[name](image, border=border)
    if name in {"wavelet", "laws_energy"}:
        # Each stage continues its own result; they differ from the continued image's within a stage's reach.
        inside, response = slice(reach + 6, -reach - 6), response[6:-6, 6:-6]
    np.testing.assert_allclose(response, continued[inside, inside], atol=1e-9 * np.abs(continued).max())


@anyone
@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (2, 3)])
@pytest.mark.parametrize("border", BORDERS)
def test_tiny_images_have_finite_responses(name, shape, border):
    assert np.isfinite(FILTERS[name](picture(shape=shape), border=border)).all()


@anyone
def test_a_constant_image_has_a_constant_response(name):
    response = FILTERS[name](np.full((8, 9), -1000))
    np.testing.assert_allclose(response, response[4, 4], atol=1e-7)
    if name not in {"gabor"}:
        np.testing.assert_allclose(response, 0, atol=1e-8)


@anyone
@pytest.mark.parametrize(
    ("image", "error", "message"),
    [
        ([[1.0, float("nan")]], ValueError, "must be finite"),
        ([[1.0, float("inf")]], ValueError, "must be finite"),
        (np.zeros((0, 3)), ValueError, "at least one element"),
        (np.zeros(5), ValueError, "must have 2 or 3 axes"),
        (np.zeros((2, 2, 2, 2)), ValueError, "must have 2 or 3 axes"),
        ([[1j, 2]], TypeError, "real numbers"),
        ([["a"]], TypeError, "real numbers"),
    ],
)
def test_images_that_are_refused(name, image, error, message):
    with pytest.raises(error, match=message):
        FILTERS[name](image)


@pytest.mark.parametrize("respond", [*FILTERS.values(), *MANY.values()])
def test_options_that_all_refuse(respond):
    image = picture()
    with pytest.raises(ValueError, match="border must be one of 'reflect'"):
        respond(image, border="periodic")
    if getattr(respond, "func", respond) is responses.laplacian_of_gaussian:
        return
    for axes in (0, (0,), (0, 0), (0, 2), (0, 0.5)):
        with pytest.raises(ValueError, match="axes must"):
            respond(image, axes=axes)


@pytest.mark.parametrize(
    ("function", "options", "message"),
    [
        (responses.gradient, {"method": "prewitt"}, "method must be one of 'central'"),
        (responses.gradient_magnitude, {"spacing": (1, -1)}, "spacing must be positive"),
        (responses.gradient_magnitude, {"spacing": (1, 1, 1)}, "one for each of the 2 axes"),
        (responses.laplacian_of_gaussian, {"sigma": 0}, "sigma must be positive for at least one axis"),
        (responses.laplacian_of_gaussian, {"sigma": -1}, "sigma must be zero or positive"),
        (responses.laplacian_of_gaussian, {"sigma": 1e9}, "sigma must be at most"),
        (responses.laplacian_of_gaussian, {"sigma": (1, 1, 1)}, "one for each of the 2 axes"),
        (responses.laplacian_of_gaussian, {"sigma": 1, "spacing": (0, 1)}, "spacing must be positive"),
        (responses.laws, {"kernels": "L5"}, "for each of the 2 axes"),
        (responses.laws, {"kernels": "L5W3"}, "kernels must name one of L3"),
        (responses.laws, {"kernels": "L5E5S5"}, "for each of the 2 axes"),
        (responses.laws, {"kernels": "L5E5", "pooling": "median"}, "pooling must be one of 'max'"),
        (responses.laws_energy, {"kernels": "L5E5", "distance": -1}, "distance must be an integer of 0"),
        (responses.laws_energy, {"kernels": "L5E5", "distance": 1.5}, "distance must be an integer"),
        (responses.gabor, {"sigma": 0, "wavelength": 4}, "sigma must be positive"),
        (responses.gabor, {"sigma": 1, "wavelength": 1.9}, "wavelength must be at least two voxels, here 2"),
        (responses.gabor, {"sigma": 1, "wavelength": 4, "spacing": (3, 1)}, "at least two voxels, here 6"),
        (responses.gabor, {"sigma": 1, "wavelength": 0}, "wavelength must be positive"),
        (responses.gabor, {"sigma": 1, "wavelength": 4, "aspect": -1}, "aspect must be positive"),
        (responses.gabor, {"sigma": 1, "wavelength": 4, "angles": ()}, "angles must be"),
        (responses.gabor, {"sigma": 1, "wavelength": 4, "angles": float("nan")}, "angles must be"),
        (responses.gabor, {"sigma": 1, "wavelength": 4, "pooling": "sum"}, "pooling must be one of 'max'"),
        (responses.gabor, {"sigma": 1e4, "wavelength": 4}, "within 1024 voxels"),
        (responses.wavelet, {"band": "LHL"}, "band must be L or H for each of the 2 axes"),
        (responses.wavelet, {"band": "lh"}, "band must be L or H"),
        (responses.wavelet, {"band": "LH", "family": "mexh"}, "discrete wavelet of PyWavelets"),
        (responses.wavelet, {"band": "LH", "level": 0}, "level must be an integer from 1 to 16"),
        (responses.wavelet, {"band": "LH", "level": 1.0}, "level must be an integer from 1 to 16"),
        (responses.wavelet, {"band": "LH", "level": 40}, "level must be an integer from 1 to 16"),
        (responses.wavelets, {"family": "db99"}, "discrete wavelet of PyWavelets"),
        (responses.simoncelli, {"level": 0}, "level must be an integer from 1 to 16"),
        (responses.simoncelli, {"grid": "coarse"}, "grid must be one of 'exact'"),
        (responses.riesz, {"order": (0, 0)}, "their sum positive"),
        (responses.riesz, {"order": (1, -1)}, "order must be an integer of 0 or more"),
        (responses.riesz, {"order": (1, 0, 0)}, "for each of the 2 axes"),
        (responses.riesz_along, {"direction": (1, 0), "order": 0}, "order must be a positive integer"),
        (responses.riesz_along, {"direction": (1, 0, 0)}, "direction must have shape"),
        (responses.riesz_along, {"direction": (1, float("nan"))}, "direction must be finite"),
    ],
)
def test_options_that_are_refused(function, options, message):
    with pytest.raises(ValueError, match=message):
        function(picture(), **options)


@local
@pytest.mark.parametrize("border", BORDERS)
def test_a_dask_array_is_filtered_chunk_by_chunk_with_the_same_result(name, border):
    dask_array = pytest.importorskip("dask.array")
    image = picture("int16", (40, 37))
    lazy = LOCAL[name](dask_array.from_array(image, chunks=(13, 19)), border=border)
    assert isinstance(lazy, dask_array.Array)
    truth = LOCAL[name](image, border=border)
    np.testing.assert_allclose(lazy.compute(), truth, atol=np.abs(truth).max() * 1e-10)


def test_slices_of_a_dask_volume_stay_chunks():
    dask_array = pytest.importorskip("dask.array")
    volume = picture("float32", (6, 20, 21))
    lazy = dask_array.from_array(volume, chunks=(2, 20, 21))
    for function, options in (
        (responses.laplacian_of_gaussian, {"sigma": (0, 1, 1)}),
        (responses.gabor, {"sigma": 1, "wavelength": 3, "axes": (1, 2)}),
        (responses.laws, {"kernels": "L3E3", "axes": (1, 2)}),
    ):
        result = function(lazy, **options)
        assert result.chunks == lazy.chunks
        truth = function(volume, **options)
        np.testing.assert_allclose(result.compute(), truth, atol=1e-4 * np.abs(truth).max())


@pytest.mark.parametrize("respond", [*GLOBAL.values(), *MANY.values()])
def test_filters_without_end_or_with_several_results_refuse_dask_arrays(respond):
    dask_array = pytest.importorskip("dask.array")
    with pytest.raises(TypeError, match="cannot work chunk by chunk"):
        respond(dask_array.ones((20, 20), chunks=10))


def test_mean_is_the_one_of_smoothing():
    assert responses.mean is processing.mean


def test_names_of_ibsis_borders():
    assert responses.IBSI_BORDERS == {
        "zero": "constant",
        "nearest": "nearest",
        "periodic": "wrap",
        "mirror": "reflect",
    }


def test_a_bank_holds_one_response_for_each_filter():
    image = picture()
    found = responses.bank(image, FILTERS)
    assert list(found) == list(FILTERS)
    for name, response in found.items():
        np.testing.assert_array_equal(response, FILTERS[name](image))
    assert np.stack(list(found.values()), axis=-1).shape == (*image.shape, len(FILTERS))


def test_a_bank_of_an_image_keeps_geometry_and_history():
    image = Image(picture(), spacing=(0.5, 0.7), modality="CT", units="HU")
    blobs = partial(responses.laplacian_of_gaussian, sigma=2, spacing=image.spacing)
    found = responses.bank(image, {"blobs": blobs, "smooth": processing.mean})
    assert found["blobs"].spacing == (0.5, 0.7)
    assert found["smooth"].history == (Step("processing.smoothing.mean", {}),)
    np.testing.assert_array_equal(found["blobs"].pixels, blobs(image.pixels))


def test_a_bank_refuses_nothing_and_filters_that_change_the_shape():
    with pytest.raises(ValueError, match="at least one entry"):
        responses.bank(picture(), {})
    with pytest.raises(ValueError, match="'directions'"):
        responses.bank(picture(), {"directions": responses.gradient_direction})
    with pytest.raises(ValueError, match="changed the shape"):
        responses.bank(Image(picture()), {"directions": responses.gradient_direction})


def test_the_same_filters_serve_the_extraction_of_features():
    from workbench import features

    image = Image(picture(shape=(20, 21)), spacing=(1, 1))
    mask = np.zeros(image.shape, bool)
    mask[5:15, 4:16] = True
    filters = {"log": partial(responses.laplacian_of_gaussian, sigma=1.5), "laws": LOCAL["laws pooled"]}
    row = features.extract(image, mask, families="intensity_statistics", filters=filters)
    for name, response in responses.bank(image, filters).items():
        assert row[f"{name}_intensity_mean"] == pytest.approx(response.pixels[mask].mean())
