import gzip
import io
import logging
import threading
import warnings

import nibabel
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Picture

from workbench.images import ImageReadError, read
from workbench.images.names import stem
from workbench.images.reading import is_image_file
from workbench.images.silence import quiet, unlogged

TILTED = nibabel.affines.from_matvec(
    nibabel.eulerangles.euler2mat(0.2, -0.3, 0.1) @ np.diag([0.7, 0.8, 2.5]), (-10, 20, -30)
)
RGB = np.random.default_rng(0).integers(0, 256, (6, 7, 3), dtype=np.uint8)
GREY = RGB[..., 0]


def failing(path, **options):
    with pytest.raises(ImageReadError) as caught:
        read(path, **options)
    assert str(path) in str(caught.value)
    return str(caught.value)


def write_nifti(path, stored, affine=TILTED, **header):
    file = nibabel.Nifti1Image(stored, affine, dtype=stored.dtype)
    file.header.set_xyzt_units(header.get("units", "mm"))
    nibabel.save(file, path)
    return path


@given(
    index=st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(0, 5)),
    ending=st.sampled_from([".nii", ".nii.gz", ".NII.GZ"]),
    dtype=st.sampled_from([np.uint8, np.int16, np.float32, np.float64]),
)
@settings(deadline=None, max_examples=30)
def test_nifti_voxels_are_where_nibabel_has_them(tmp_path_factory, index, ending, dtype):
    path = tmp_path_factory.mktemp("nifti") / f"a{ending}"
    stored = np.arange(120).reshape(4, 5, 6).astype(dtype)
    write_nifti(path, stored)
    image, reference = read(path), nibabel.load(path)
    x, y, z = index
    assert image.pixels[z, y, x] == stored[x, y, z] == reference.dataobj[x, y, z]
    assert image.dtype == dtype
    right, front, top = (reference.affine @ (x, y, z, 1))[:3]
    np.testing.assert_allclose((image.affine @ (z, y, x, 1))[:3], (-right, -front, top), atol=1e-4)


def test_nifti_scaling_is_applied(tmp_path):
    file = nibabel.Nifti1Image(np.array([[[0.0, 100.0, 25.5]]]), np.eye(4))
    file.header.set_data_dtype(np.uint8)
    nibabel.save(file, tmp_path / "a.nii")
    np.testing.assert_array_equal(read(tmp_path / "a.nii").pixels.T, nibabel.load(tmp_path / "a.nii").get_fdata())


@pytest.mark.parametrize(("units", "factor"), [("meter", 1000), ("micron", 0.001), ("mm", 1), ("unknown", 1)])
def test_nifti_lengths_become_millimetres(tmp_path, units, factor):
    path = write_nifti(tmp_path / "a.nii", np.zeros((2, 2, 2), np.uint8), np.diag([1.0, 2, 3, 1]), units=units)
    assert read(path).spacing == pytest.approx(np.array((3, 2, 1)) * factor)


@pytest.mark.parametrize(
    ("shape", "expected"), [((4, 3), (3, 4)), ((4, 3, 2, 1), (2, 3, 4)), ((4, 3, 1), (1, 3, 4))]
)
def test_nifti_of_other_dimensions(tmp_path, shape, expected):
    assert read(write_nifti(tmp_path / "a.nii", np.zeros(shape, np.uint8))).shape == expected


@pytest.mark.parametrize("shape", [(4, 3, 2, 5), (4, 3, 2, 1, 5), (4, 3, 1, 5)])
def test_nifti_series_and_vectors_have_channels_last(tmp_path, shape):
    stored = np.arange(np.prod(shape), dtype=np.int16).reshape(shape)
    image = read(write_nifti(tmp_path / "a.nii", stored))
    assert (image.shape, image.channel_axis) == ((shape[2], 3, 4, 5), 3)
    for index in np.ndindex(image.shape):
        slice_, row, column, channel = index
        assert image.pixels[index] == stored.reshape(*shape[:3], 5)[column, row, slice_, channel]
    assert image.spacing == pytest.approx((2.5, 0.8, 0.7))


@pytest.mark.parametrize("shape", [(4, 3), (4, 3, 2)])
@pytest.mark.parametrize("names", ["RGB", "RGBA"])
def test_nifti_colours(tmp_path, shape, names):
    stored = np.zeros(shape, [(name, "u1") for name in names])
    for number, name in enumerate(names):
        stored[name] = np.arange(stored.size).reshape(shape) * (number + 1)
    image = read(write_nifti(tmp_path / "a.nii", stored))
    assert image.channel_axis == image.pixels.ndim - 1 == len(shape)
    for number, name in enumerate("RGB"):
        np.testing.assert_array_equal(image.pixels[..., number], stored[name].T)


def test_nifti_of_complex_numbers_or_too_many_axes_is_refused(tmp_path):
    assert "real pixels" in failing(write_nifti(tmp_path / "a.nii", np.zeros((2, 2, 2), np.complex64)))
    assert "split it" in failing(write_nifti(tmp_path / "b.nii", np.zeros((2, 2, 2, 2, 2), np.uint8)))


@given(
    dtype=st.sampled_from([np.uint8, np.int8, np.uint16, np.int16, np.uint32, np.int32, np.int64, np.uint64]),
    scaling=st.sampled_from([(1.0, 0.0), (0.5, 0.0), (-2.0, 7.5), (1e-3, -1024.0), (1.0, -1024.0)]),
    order=st.sampled_from("<>"),
    seed=st.integers(0, 99),
)
@settings(deadline=None, max_examples=40)
def test_nifti_of_any_type_is_scaled_as_its_header_says(tmp_path_factory, dtype, scaling, order, seed):
    path = tmp_path_factory.mktemp("nifti") / "a.nii"
    slope, intercept = scaling
    limits = np.iinfo(dtype)
    low, high = max(limits.min, -(2**40)), min(limits.max, 2**40)
    stored = np.random.default_rng(seed).integers(low, high, (3, 4, 2), dtype=np.int64).astype(dtype)
    header = nibabel.Nifti1Header(endianness=order)
    header.set_data_dtype(np.dtype(dtype).newbyteorder(order))
    header.set_data_shape(stored.shape)
    header.set_sform(TILTED, code=1)
    header["scl_slope"], header["scl_inter"], header["vox_offset"] = slope, intercept, 352
    content = header.binaryblock + bytes(4) + stored.astype(stored.dtype.newbyteorder(order)).tobytes(order="F")
    path.write_bytes(content.replace(b"ni1\0", b"n+1\0"))
    image = read(path)
    np.testing.assert_allclose(image.pixels.T, stored * float(np.float32(slope)) + intercept, rtol=1e-12)
    if (slope, intercept) == (1, 0):
        assert image.dtype == dtype


def test_a_read_nifti_does_not_hang_on_its_file(tmp_path):
    path = write_nifti(tmp_path / "a.nii", np.ones((20, 20, 20), np.int16))
    image = read(path)
    path.write_bytes(b"")
    assert image.pixels.sum() == 8000


@pytest.mark.parametrize("keep", [0.0, 0.001, 0.02, 0.3, 0.9, 0.999])
@pytest.mark.parametrize("ending", [".nii", ".nii.gz"])
def test_truncated_nifti(tmp_path, keep, ending):
    path = write_nifti(tmp_path / f"a{ending}", np.random.default_rng(0).normal(size=(12, 12, 12)))
    content = path.read_bytes()
    path.write_bytes(content[: int(keep * len(content))])
    failing(path)


def test_nifti_with_a_broken_stream_or_header(tmp_path):
    path = write_nifti(tmp_path / "a.nii.gz", np.random.default_rng(0).normal(size=(12, 12, 12)))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    failing(path)
    path.write_bytes(gzip.compress(b"\0" * 400))
    failing(path)


def test_what_nibabel_repairs_goes_into_the_history(tmp_path, capfd):
    path = write_nifti(tmp_path / "a.nii", np.zeros((2, 2, 2), np.uint8))
    header = nibabel.load(path).header
    header["pixdim"][1:4] = 0, 1, 1
    path.write_bytes(header.binaryblock + b"\0" * 12)
    assert "pixdim[1,2,3] should be non-zero" in str(read(path).history[0])
    assert capfd.readouterr().err == ""


def test_nifti_2(tmp_path):
    stored = np.arange(24, dtype=np.int16).reshape(2, 3, 4)
    nibabel.save(nibabel.Nifti2Image(stored, TILTED), tmp_path / "a.nii")
    np.testing.assert_array_equal(read(tmp_path / "a.nii").pixels.T, stored)


def test_a_header_that_asks_for_too_much_memory(tmp_path):
    path = write_nifti(tmp_path / "a.nii", np.zeros((2, 2, 2)))
    header = nibabel.load(path).header
    header["dim"] = (3, 32000, 32000, 32000, 1, 1, 1, 1)
    path.write_bytes(header.binaryblock + b"\0" * 100)
    failing(path)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_pixels_that_are_not_finite(tmp_path, value):
    pixels = np.ones((4, 5), np.float32)
    pixels[1, 2] = value
    np.save(tmp_path / "a.npy", pixels)
    assert "1 of 20 pixels are NaN or infinite" in failing(tmp_path / "a.npy")
    image = read(tmp_path / "a.npy", nan=-1)
    assert (image.pixels[1, 2], image.pixels.sum(), image.dtype) == (-1, 18, np.float32)
    assert str(image.history[-1]) == "images.read(nan=-1)"


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_the_replacement_must_be_finite(tmp_path, value):
    np.save(tmp_path / "a.npy", np.ones((2, 2)))
    with pytest.raises(ValueError, match="finite number"):
        read(tmp_path / "a.npy", nan=value)


def test_missing_and_unknown(tmp_path):
    assert "no such file" in failing(tmp_path / "none.nii")
    for name in ("a.txt", "a", "a.nii.zip"):
        (tmp_path / name).write_text("hello")
        assert "rename or convert" in failing(tmp_path / name)


def test_a_text_path_will_do(tmp_path):
    np.save(tmp_path / "a.npy", GREY)
    np.testing.assert_array_equal(read(str(tmp_path / "a.npy")), GREY)


@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.tiff", "a.PNG"])
@pytest.mark.parametrize("mode", ["1", "L", "I;16", "RGB", "I", "F"])
def test_pictures_equal_pillows(tmp_path, name, mode):
    if name.lower().endswith(".png") and mode in {"I", "F"}:
        pytest.skip("PNG holds no 32-bit pixels")
    pixels = {
        "1": GREY > 99,
        "L": GREY,
        "I;16": GREY.astype(np.uint16) * 200,
        "RGB": RGB,
        "I": GREY.astype(np.int32) * -70000,
        "F": GREY.astype(np.float32) / 3,
    }[mode]
    picture = Picture.fromarray(pixels)
    assert picture.mode == mode
    picture.save(tmp_path / name)
    image = read(tmp_path / name)
    np.testing.assert_array_equal(image, pixels)
    assert (image.dtype, image.channel_axis) == (pixels.dtype, 2 if mode == "RGB" else None)
    assert (image.spacing, image.name, image.history) == (None, "a", ())


def test_big_endian_tiff(tmp_path):
    pixels = (GREY.astype(np.uint16) * 200).astype(">u2")
    Picture.frombytes("I;16B", pixels.shape[::-1], pixels.tobytes()).save(tmp_path / "a.tif")
    image = read(tmp_path / "a.tif")
    np.testing.assert_array_equal(image, pixels)
    assert image.dtype == np.uint16


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_transparency_is_dropped_and_told(tmp_path, mode):
    alpha = np.full(GREY.shape, 7, np.uint8)
    base = GREY[..., None] if mode == "LA" else RGB
    Picture.fromarray(np.concatenate([base, alpha[..., None]], axis=-1), mode=None).save(tmp_path / "a.png")
    image = read(tmp_path / "a.png")
    np.testing.assert_array_equal(image, GREY if mode == "LA" else RGB)
    assert [str(step) for step in image.history] == ["images.read(transparency='dropped')"]


@pytest.mark.parametrize("mode", ["P", "CMYK"])
def test_other_colours_become_pillows_rgb(tmp_path, mode):
    picture = Picture.fromarray(RGB).convert(mode)
    path = tmp_path / ("a.png" if mode == "P" else "a.tif")
    picture.save(path)
    image = read(path)
    np.testing.assert_array_equal(image, np.asarray(picture.convert("RGB")))
    assert image.channel_axis == 2


@pytest.mark.parametrize("pixels", [GREY, RGB], ids=["grey", "colour"])
def test_jpeg_equals_pillows(tmp_path, pixels):
    Picture.fromarray(pixels).save(tmp_path / "a.jpg")
    np.testing.assert_array_equal(read(tmp_path / "a.jpg"), np.asarray(Picture.open(tmp_path / "a.jpg")))


def test_exif_orientation_is_left_alone(tmp_path):
    picture, exif = Picture.fromarray(RGB), Picture.Exif()
    exif[0x0112] = 6
    picture.save(tmp_path / "a.jpg", exif=exif)
    assert read(tmp_path / "a.jpg").shape == (6, 7, 3)


def test_sixteen_bit_colours_are_not_cut_silently(tmp_path):
    import cv2

    cv2.imwrite(str(tmp_path / "a.png"), RGB.astype(np.uint16) * 257)
    assert "16 bits per colour" in failing(tmp_path / "a.png")


def test_pages_are_refused(tmp_path):
    Picture.fromarray(GREY).save(tmp_path / "a.tif", save_all=True, append_images=[Picture.fromarray(GREY)])
    assert "received 2 pages" in failing(tmp_path / "a.tif")


def test_a_decompression_bomb_is_an_error_not_a_crash(tmp_path):
    Picture.new("1", (20000, 20000)).save(tmp_path / "a.png")
    assert "decompression bomb" in failing(tmp_path / "a.png")


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.tif"])
@pytest.mark.parametrize("keep", [0, 10, 60, 0.5])
def test_truncated_pictures(tmp_path, name, keep):
    pixels = np.random.default_rng(0).integers(0, 256, (64, 64), dtype=np.uint8)
    Picture.fromarray(pixels).save(tmp_path / name)
    content = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(content[: int(keep * len(content)) if keep == 0.5 else keep])
    failing(tmp_path / name)


@pytest.mark.parametrize("name", ["a.npy", "a.NPY"])
def test_npy(tmp_path, name):
    with (tmp_path / name).open("wb") as file:
        np.save(file, GREY)
    np.testing.assert_array_equal(read(tmp_path / name), GREY)


def test_pickled_objects_are_never_loaded(tmp_path):
    objects = np.array([[{"a": 1}, None]], dtype=object)
    np.save(tmp_path / "a.npy", objects, allow_pickle=True)
    assert "pickle" in failing(tmp_path / "a.npy")
    np.savez(tmp_path / "b.npz", pixels=objects)
    assert "pickle" in failing(tmp_path / "b.npz")


def test_npz_without_pixels_and_other_arrays(tmp_path):
    np.savez(tmp_path / "a.npz", image=GREY)
    assert "named 'pixels', received image" in failing(tmp_path / "a.npz")
    np.save(tmp_path / "b.npy", np.zeros((2, 2), complex))
    assert "real numbers" in failing(tmp_path / "b.npy")
    np.save(tmp_path / "c.npy", np.zeros(5))
    failing(tmp_path / "c.npy")


@given(
    content=st.binary(max_size=600),
    ending=st.sampled_from([".nii", ".nii.gz", ".png", ".tif", ".npy", ".npz", ".dcm"]),
)
@settings(deadline=None, max_examples=50)
def test_noise_is_an_image_read_error(tmp_path_factory, content, ending):
    path = tmp_path_factory.mktemp("noise") / f"a{ending}"
    path.write_bytes(content)
    failing(path)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.nii.gz", "a"),
        ("a.b.png", "a.b"),
        ("1.2.840.dcm", "1.2.840"),
        ("IM01", "IM01"),
        ("a.NII", "a"),
        ("v1.2", "v1.2"),
    ],
)
def test_stem(tmp_path, name, expected):
    assert stem(tmp_path / name) == expected


def test_is_image_file(tmp_path):
    for name, expected in (("a.png", True), ("a.txt", False), ("a", False)):
        (tmp_path / name).write_bytes(b"\0" * 10)
        assert is_image_file(tmp_path / name) is expected
    (tmp_path / "b").write_bytes(b"\0" * 128 + b"DICM")
    assert is_image_file(tmp_path / "b")


def test_quiet_leaves_the_filters_as_they_were_with_threads():
    before = list(warnings.filters)

    def warn_often():
        for _ in range(50):
            with quiet() as remarks:
                warnings.warn("odd", stacklevel=1)
                assert len(remarks) == 1

    threads = [threading.Thread(target=warn_often) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert warnings.filters == before
    with pytest.warns(UserWarning, match="heard again"):
        warnings.warn("heard again", stacklevel=1)


def test_a_valid_stream_is_needed_not_only_a_magic(tmp_path):
    buffer = io.BytesIO()
    Picture.fromarray(GREY).save(buffer, "PNG")
    (tmp_path / "a.png").write_bytes(buffer.getvalue()[:8] + b"\0" * 500)
    failing(tmp_path / "a.png")


def test_what_a_library_logs_is_kept_and_its_handlers_given_back(capfd):
    logger = logging.getLogger("workbench.tests.a_library")
    with unlogged("workbench.tests.a_library") as remarks:
        logger.warning("a tag is %s", "odd")
    assert (remarks, logger.handlers, logger.propagate) == (["a tag is odd"], [], True)
    assert capfd.readouterr().err == ""
