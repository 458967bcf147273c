import io
import os

import gdcm
import numpy as np
import pydicom
import pytest
from PIL import Image as Picture
from pydicom.encaps import encapsulate
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from workbench.images import ImageReadError, read
from workbench.images.decoding import units_of
from workbench.images.silence import silent_codecs

SMOOTH = np.add.outer(np.arange(40), np.arange(30)) * 20
COLORS = np.random.default_rng(0).integers(0, 256, (40, 30, 3), dtype=np.uint8)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int16])
@pytest.mark.parametrize(
    "kind",
    ["JPEGLosslessProcess14", "JPEGLosslessProcess14_1", "JPEG2000Lossless", "JPEGLSLossless", "RLELossless"],
)
def test_lossless_syntaxes_written_by_gdcm(tmp_path, write_dicom, recoded, kind, dtype):
    pixels = (SMOOTH % np.iinfo(dtype).max - 7 * (np.dtype(dtype).kind == "i")).astype(dtype)
    path = write_dicom(tmp_path / "a.dcm", pixels, Modality="OT", leave_out=("RescaleSlope", "RescaleIntercept"))
    image = read(recoded(path, tmp_path / "b.dcm", getattr(gdcm.TransferSyntax, kind)))
    np.testing.assert_array_equal(image, pixels)
    assert (image.dtype, image.history) == (dtype, ())


@pytest.mark.parametrize("kind", ["JPEGLosslessProcess14_1", "JPEG2000Lossless", "JPEGLSLossless", "RLELossless"])
def test_lossless_colours(tmp_path, write_dicom, recoded, kind):
    path = write_dicom(tmp_path / "a.dcm", COLORS)
    image = read(recoded(path, tmp_path / "b.dcm", getattr(gdcm.TransferSyntax, kind)))
    np.testing.assert_array_equal(image, COLORS)
    assert image.channel_axis == 2


@pytest.mark.parametrize("syntax", [JPEGLSLossless, RLELossless])
def test_lossless_syntaxes_written_by_pydicom(tmp_path, write_dicom, syntax):
    volume = np.stack([SMOOTH, SMOOTH[::-1], SMOOTH // 2]).astype(np.uint16)
    dataset = pydicom.dcmread(write_dicom(tmp_path / "a.dcm", volume, NumberOfFrames=3))
    dataset.compress(syntax)
    dataset.save_as(tmp_path / "b.dcm")
    np.testing.assert_array_equal(read(tmp_path / "b.dcm"), volume)


def test_near_lossless_jpeg_ls_keeps_its_bound(tmp_path, write_dicom):
    noisy = np.random.default_rng(0).integers(0, 4000, (40, 30)).astype(np.uint16)
    dataset = pydicom.dcmread(write_dicom(tmp_path / "a.dcm", noisy, Modality="OT"))
    dataset.compress(JPEGLSNearLossless, jls_error=3)
    dataset.save_as(tmp_path / "b.dcm")
    assert 0 < np.abs(read(tmp_path / "b.dcm").pixels.astype(int) - noisy).max() <= 3


@pytest.mark.parametrize("syntax", [DeflatedExplicitVRLittleEndian, ImplicitVRLittleEndian])
def test_other_native_syntaxes(tmp_path, write_dicom, syntax):
    dataset = pydicom.dcmread(write_dicom(tmp_path / "a.dcm", SMOOTH.astype(np.int16)))
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.save_as(tmp_path / "b.dcm", implicit_vr=syntax.is_implicit_VR, little_endian=True)
    np.testing.assert_array_equal(read(tmp_path / "b.dcm"), SMOOTH)


def jpeg(path, write_dicom, pictures, *, syntax=JPEGBaseline8Bit, **tags):
    streams = []
    for picture in pictures:
        buffer = io.BytesIO()
        Picture.fromarray(picture).save(buffer, "JPEG", quality=95, subsampling=0)
        streams.append(buffer.getvalue())
    stack = np.stack(pictures)
    dataset = pydicom.dcmread(write_dicom(path, stack, NumberOfFrames=len(stack), **tags))
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.PixelData = encapsulate(streams)
    dataset.save_as(path)
    return np.stack([np.asarray(Picture.open(io.BytesIO(stream))) for stream in streams])


@pytest.mark.parametrize("syntax", [JPEGBaseline8Bit, JPEGExtended12Bit])
def test_jpeg_of_8_bits_equals_pillow(tmp_path, write_dicom, syntax):
    grey = (SMOOTH // 6).astype(np.uint8)
    path = tmp_path / "a.dcm"
    expected = jpeg(path, write_dicom, [grey, 255 - grey], syntax=syntax, Modality="XA")
    np.testing.assert_array_equal(read(path), expected)


def test_jpeg_colours_equal_pillow(tmp_path, write_dicom):
    smooth = np.stack([SMOOTH // 6, SMOOTH[:, ::-1] // 9, 255 - SMOOTH // 6], axis=-1).astype(np.uint8)
    path = tmp_path / "a.dcm"
    expected = jpeg(path, write_dicom, [smooth], PhotometricInterpretation="YBR_FULL_422", Modality="US")
    image = read(path)
    assert np.abs(image.pixels.astype(int) - expected[0]).max() <= 1
    assert np.abs(image.pixels.astype(int) - smooth).max() <= 8


def test_jpeg_of_12_bits_is_decoded_as_simpleitk_does(shared_data):
    import SimpleITK as sitk

    path = shared_data / "dicom_zoo" / "pydicom_test_files" / "JPGExtended.dcm"
    with silent_codecs():
        expected = sitk.GetArrayFromImage(sitk.ReadImage(str(path)))[0]
    np.testing.assert_array_equal(read(path), expected)


def test_a_jpeg_of_12_bits_that_is_none(tmp_path, write_dicom):
    pixels = np.zeros((4, 4), np.uint16)
    for stream in (b"", b"\xff\xd8\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00", b"\xff\xd8\xff\xda"):
        dataset = pydicom.dcmread(write_dicom(tmp_path / "a.dcm", pixels, BitsStored=12, HighBit=11))
        dataset.file_meta.TransferSyntaxUID = JPEGExtended12Bit
        dataset.PixelData = encapsulate([stream or b"\0\0"])
        dataset.save_as(tmp_path / "b.dcm")
        with pytest.raises(ImageReadError, match="cannot be decoded here"):
            read(tmp_path / "b.dcm")


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.4.102", JPEGLosslessSV1, RLELossless, JPEG2000Lossless])
def test_streams_that_cannot_be_decoded(tmp_path, write_dicom, syntax, capfd):
    dataset = pydicom.dcmread(write_dicom(tmp_path / "a.dcm", np.zeros((4, 4), np.uint16)))
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.PixelData = encapsulate([b"\xff\xd8 no such stream" * 9])
    dataset.save_as(tmp_path / "a.dcm")
    with pytest.raises(ImageReadError, match="cannot be decoded here") as caught:
        read(tmp_path / "a.dcm")
    assert "\n" not in str(caught.value)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    "tags",
    [
        {"Rows": 65535, "Columns": 65535, "NumberOfFrames": 4000},
        {"Rows": 65535, "Columns": 65535, "BitsAllocated": 32, "BitsStored": 32, "HighBit": 31},
    ],
)
@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, RLELossless, JPEGLSLossless])
def test_a_header_that_asks_for_too_much_memory(tmp_path, write_dicom, tags, syntax):
    dataset = pydicom.dcmread(write_dicom(tmp_path / "a.dcm", np.zeros((4, 4), np.uint16)))
    if syntax.is_compressed:
        dataset.compress(syntax)
    for name, value in tags.items():
        setattr(dataset, name, value)
    dataset.save_as(tmp_path / "b.dcm")
    with pytest.raises(ImageReadError, match="is it damaged"):
        read(tmp_path / "b.dcm")


def test_float_pixels_are_refused_by_name(tmp_path, write_dicom):
    dataset = pydicom.dcmread(write_dicom(tmp_path / "a.dcm", np.zeros((4, 4), np.uint16)))
    del dataset.PixelData
    dataset.FloatPixelData = np.zeros((4, 4), np.float32).tobytes()
    dataset.save_as(tmp_path / "a.dcm")
    with pytest.raises(ImageReadError, match="float pixels"):
        read(tmp_path / "a.dcm")


def test_large_whole_numbers_stay_exact(tmp_path, write_dicom):
    stored = np.array([[0, 2**24 + 1]], np.uint32)
    image = read(write_dicom(tmp_path / "a.dcm", stored, RescaleIntercept=-3))
    assert (image.pixels.tolist(), image.dtype) == ([[-3, 2**24 - 2]], np.int32)


@pytest.mark.parametrize(
    ("facts", "units"),
    [
        ({"Modality": "CT", "RescaleIntercept": 0.0}, "HU"),
        ({"Modality": "CT"}, ""),
        ({"Modality": "MR", "RescaleIntercept": 0.0}, ""),
        ({"Modality": "PT", "Units": "CNTS"}, "CNTS"),
        ({"Modality": "RTDOSE", "DoseUnits": "GY"}, "GY"),
    ],
)
def test_units(facts, units):
    assert units_of(facts, suv=False) == units


def test_the_error_stream_is_given_back(capfd):
    with silent_codecs():
        os.write(2, b"from a codec")
    os.write(2, b"from us")
    assert capfd.readouterr().err == "from us"
