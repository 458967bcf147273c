import itertools

import numpy as np
import pydicom
import pytest
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, generate_uid

from workbench.images import ImageReadError, ImageReadWarning, read

STRAIGHT = (1, 0, 0, 0, 1, 0)
OBLIQUE = (0.8, 0.6, 0, -0.36, 0.48, 0.8)


def failing(path):
    with pytest.raises(ImageReadError) as caught:
        read(path)
    assert str(path) in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint16])
@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ExplicitVRBigEndian])
def test_a_file_gives_the_stored_pixels_in_native_order(tmp_path, dtype, syntax, write_dicom):
    pixels = np.random.default_rng(0).integers(0, 200, (3, 5)).astype(dtype)
    image = read(write_dicom(tmp_path / "a.dcm", pixels, syntax=syntax))
    np.testing.assert_array_equal(image, pixels)
    assert image.dtype == dtype
    assert (image.modality, image.units, image.history) == ("CT", "HU", ())


def test_a_file_without_suffix_is_recognized_by_its_content(tmp_path, write_dicom):
    assert read(write_dicom(tmp_path / "IM0001", np.ones((2, 2), np.int16))).shape == (2, 2)


def test_hounsfield_units(tmp_path, write_dicom):
    stored = np.array([[0, 24], [1024, 4095]], np.uint16)
    image = read(write_dicom(tmp_path / "a.dcm", stored, RescaleIntercept=-1024))
    np.testing.assert_array_equal(image, [[-1024, -1000], [0, 3071]])
    assert image.dtype == np.int16


def test_fractional_rescaling_is_pydicoms(tmp_path, write_dicom):
    stored = np.random.default_rng(0).integers(0, 4095, (8, 8)).astype(np.uint16)
    path = write_dicom(
        tmp_path / "a.dcm", stored, Modality="PT", RescaleSlope=0.37, RescaleIntercept=1.5, Units="BQML"
    )
    with pytest.warns(ImageReadWarning, match="PET stays in BQML, for SUV lacks: ATTN in CorrectedImage"):
        image = read(path)
    np.testing.assert_allclose(image, stored * 0.37 + 1.5, rtol=1e-6)
    assert (image.dtype, image.units) == (np.float32, "BQML")


def test_ct_without_rescaling_claims_no_units(tmp_path, write_dicom):
    path = write_dicom(
        tmp_path / "a.dcm", np.ones((2, 2), np.int16), leave_out=("RescaleSlope", "RescaleIntercept")
    )
    assert read(path).units == ""
    assert read(write_dicom(tmp_path / "b.dcm", np.ones((2, 2), np.int16), RescaleType="US")).units == "US"


@pytest.mark.parametrize(("dtype", "bits"), [(np.uint8, 8), (np.uint16, 12), (np.uint16, 16)])
def test_monochrome1_is_inverted_so_that_high_is_bright(tmp_path, dtype, bits, write_dicom):
    top = 2**bits - 1
    tags = {"Modality": "DX", "PhotometricInterpretation": "MONOCHROME1", "BitsStored": bits, "HighBit": bits - 1}
    image = read(write_dicom(tmp_path / "a.dcm", np.array([[0, 1, top]], dtype), **tags))
    np.testing.assert_array_equal(image, [[top, top - 1, 0]])
    assert (image.dtype, [str(s) for s in image.history]) == (dtype, ["images.read(inverted=True)"])


def test_signed_monochrome1(tmp_path, write_dicom):
    tags = {"Modality": "DX", "PhotometricInterpretation": "MONOCHROME1"}
    image = read(write_dicom(tmp_path / "a.dcm", np.array([[-32768, -1, 0, 32767]], np.int16), **tags))
    np.testing.assert_array_equal(image, [[32767, 0, -1, -32768]])


def test_monochrome1_never_inverts_hounsfield_units(tmp_path, write_dicom):
    tags = {"PhotometricInterpretation": "MONOCHROME1", "RescaleIntercept": -1024}
    image = read(write_dicom(tmp_path / "a.dcm", np.array([[24, 1024]], np.uint16), **tags))
    np.testing.assert_array_equal(image, [[-1000, 0]])


def test_colours(tmp_path, write_dicom):
    pixels = np.random.default_rng(0).integers(0, 256, (4, 5, 3), dtype=np.uint8)
    image = read(write_dicom(tmp_path / "a.dcm", pixels, Modality="US"))
    np.testing.assert_array_equal(image, pixels)
    assert (image.channel_axis, image.ndim) == (2, 2)


@pytest.mark.parametrize("bits", [8, 16])
def test_a_palette_gives_8_bit_colours(tmp_path, bits, write_dicom):
    index = np.arange(256, dtype=np.uint8).reshape(16, 16)
    ramps = {"Red": np.arange(256), "Green": np.arange(256)[::-1], "Blue": np.full(256, 9)}
    tags = {"Modality": "US", "PhotometricInterpretation": "PALETTE COLOR"}
    for name, ramp in ramps.items():
        tags[f"{name}PaletteColorLookupTableDescriptor"] = [256, 0, bits]
        table = ramp.astype(np.uint8) if bits == 8 else (ramp * 257).astype("<u2")
        tags[f"{name}PaletteColorLookupTableData"] = table.tobytes()
    image = read(write_dicom(tmp_path / "a.dcm", index, **tags))
    expected = np.stack([ramp[index] for ramp in ramps.values()], axis=-1)
    np.testing.assert_array_equal(image, expected)
    assert (image.dtype, image.channel_axis) == (np.uint8, 2)


@pytest.mark.parametrize("orientation", [STRAIGHT, OBLIQUE], ids=["straight", "oblique"])
def test_geometry_of_a_file(tmp_path, orientation, write_dicom):
    path = write_dicom(tmp_path / "a.dcm", np.ones((3, 4), np.int16), ImageOrientationPatient=list(orientation))
    image = read(path)
    # Equation C.7.6.2.1-1 of DICOM PS3.3
    along_row, along_column = np.array(orientation[:3]), np.array(orientation[3:])
    for row, column in itertools.product((0, 2), (0, 3)):
        expected = np.array([-10, -20, 30]) + along_row * 0.25 * column + along_column * 0.5 * row
        np.testing.assert_allclose((image.affine @ (0, row, column, 1))[:3], expected, atol=1e-9)
    assert image.spacing == pytest.approx((0.5, 0.25))


def test_without_position_the_spacing_stays(tmp_path, write_dicom):
    pixels = np.ones((2, 2), np.int16)
    image = read(write_dicom(tmp_path / "a.dcm", pixels, leave_out=("ImagePositionPatient",)))
    assert image.spacing == (0.5, 0.25)
    assert read(write_dicom(tmp_path / "b.dcm", pixels, leave_out=("PixelSpacing",))).spacing is None


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        ({"RescaleSlope": 0}, "RescaleSlope is 0"),
        ({"PixelSpacing": [0, 1]}, "two positive lengths"),
        ({"PixelSpacing": [-1, 1]}, "two positive lengths"),
        ({"ImageOrientationPatient": [1, 0, 0, 1, 0, 0]}, "perpendicular"),
        ({"ImageOrientationPatient": [2, 0, 0, 0, 2, 0]}, "perpendicular"),
        ({"RescaleSlope": 1, "RescaleIntercept": "1e400"}, "RescaleIntercept inf"),
        ({"ImagePositionPatient": [1, 2]}, "three finite numbers"),
        ({"BitsAllocated": 0}, "must be positive"),
        ({"Rows": 9}, "damaged or incomplete"),
    ],
)
def test_wrong_tags_are_named(tmp_path, tags, message, write_dicom):
    assert message in failing(write_dicom(tmp_path / "a.dcm", np.ones((2, 2), np.int16), **tags))


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (4, 3, 2, 1, 0), (3, 0, 4, 1, 2)])
@pytest.mark.parametrize(
    "orientation", [STRAIGHT, OBLIQUE, (0, 1, 0, 0, 0, -1)], ids=["axial", "oblique", "sagittal"]
)
def test_a_series_is_sorted_by_position(tmp_path, order, orientation, write_series):
    volume = write_series(tmp_path, order=order, orientation=orientation, RescaleIntercept=-1024)
    image = read(tmp_path)
    np.testing.assert_array_equal(image, volume - 1024)
    assert image.spacing == pytest.approx((2, 0.5, 0.25))
    normal = np.cross(orientation[:3], orientation[3:])
    for index in (0, 4):
        np.testing.assert_allclose(
            (image.affine @ (index, 0, 0, 1))[:3], (-10, -20, 30) + normal * 2 * index, atol=1e-5
        )


def test_a_tilted_gantry_shears_the_affine(tmp_path, write_dicom):
    for index in range(3):
        write_dicom(tmp_path / f"{index}", np.ones((2, 2), np.int16), ImagePositionPatient=[0, index, 4 * index])
    with pytest.warns(ImageReadWarning, match="tilted gantry: slices are shifted by 14.0 degrees"):
        image = read(tmp_path)
    np.testing.assert_allclose(image.affine[:3, 0], (0, 1, 4))
    assert "tilted gantry" in str(image.history[-1])


def test_each_slice_has_its_own_rescaling(tmp_path, write_dicom):
    for index in range(3):
        tags = {"ImagePositionPatient": [0, 0, index], "RescaleSlope": 0.5 * (index + 1), "Modality": "MR"}
        write_dicom(tmp_path / f"{index}", np.full((2, 2), 3, np.uint16), **tags)
    np.testing.assert_allclose(read(tmp_path).pixels[:, 0, 0], (1.5, 3, 4.5))


def test_one_slice_is_a_slice(tmp_path, write_series):
    write_series(tmp_path, count=1)
    assert read(tmp_path).shape == (4, 6)


def test_files_of_other_kinds_are_passed_over(tmp_path, write_series):
    volume = write_series(tmp_path)
    (tmp_path / "notes.txt").write_text("seen by two readers")
    (tmp_path / "more").mkdir()
    np.testing.assert_array_equal(read(tmp_path), volume)


def test_a_missing_slice_is_named_and_leaves_no_affine(tmp_path, write_series):
    volume = write_series(tmp_path)
    (tmp_path / "002.dcm").unlink()
    with pytest.warns(ImageReadWarning, match=r"001.dcm and 003.dcm are 4 mm apart; is a slice missing\?"):
        image = read(tmp_path)
    np.testing.assert_array_equal(image, volume[[0, 1, 3, 4]])
    assert (image.affine, image.spacing) == (None, None)
    assert "in_plane_spacing=(0.5, 0.25)" in str(image.history[0])


def test_two_slices_at_one_position_are_named(tmp_path, write_series):
    write_series(tmp_path, order=(0, 1, 2, 2, 3))
    assert "002.dcm and 003.dcm are at the same position" in failing(tmp_path)


def test_two_series_are_refused(tmp_path, write_dicom, write_series):
    write_series(tmp_path)
    write_dicom(tmp_path / "other.dcm", np.ones((4, 6), np.int16), SeriesInstanceUID=generate_uid())
    assert "expected one series, received 2 of 2" in failing(tmp_path)


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        ({"leave_out": ("ImagePositionPatient",)}, "place in the series is unknown"),
        ({"leave_out": ("PixelSpacing",)}, "place in the series is unknown"),
        ({"ImageOrientationPatient": [0, 1, 0, 1, 0, 0]}, "differs from the first"),
        ({"ImageOrientationPatient": [0, 1, 0, 0, 0, -1]}, "differs from the first"),
        ({"PixelSpacing": [0.5, 0.5]}, "differs from the first"),
    ],
)
def test_a_slice_that_does_not_belong_is_named(tmp_path, tags, message, write_dicom, write_series):
    write_series(tmp_path)
    path = write_dicom(tmp_path / "odd.dcm", np.ones((4, 6), np.int16), **tags)
    with pytest.raises(ImageReadError, match=message) as caught:
        read(tmp_path)
    assert str(path) in str(caught.value)


def test_a_slice_of_another_size_is_named(tmp_path, write_dicom, write_series):
    write_series(tmp_path)
    path = write_dicom(tmp_path / "odd.dcm", np.ones((4, 5), np.int16))
    with pytest.raises(ImageReadError, match="differs from the first") as caught:
        read(tmp_path)
    assert str(path) in str(caught.value)


def test_a_text_file_named_dcm(tmp_path):
    path = tmp_path / "a.dcm"
    path.write_text("not an image")
    assert "not a DICOM file" in failing(path)


@pytest.mark.parametrize("keep", [0, 100, 132, 140, 300, 700])
def test_a_file_cut_short(tmp_path, keep, write_dicom):
    path = write_dicom(tmp_path / "a.dcm", np.ones((20, 20), np.int16))
    path.write_bytes(path.read_bytes()[:keep])
    failing(path)


def test_an_empty_folder_and_a_folder_of_junk(tmp_path):
    assert "no DICOM images" in failing(tmp_path)
    (tmp_path / "a.txt").write_text("junk")
    (tmp_path / "b").write_bytes(bytes(range(256)))
    assert "no DICOM images" in failing(tmp_path)


def lengthen(path):
    dataset = pydicom.dcmread(path)
    dataset.PixelData += b"\0" * 64
    dataset.save_as(path)
    return path


def test_more_frames_than_the_tags_tell_of(tmp_path, write_dicom):
    assert "expected 1 frame(s), received pixels of shape (9, 2, 2)" in failing(
        lengthen(write_dicom(tmp_path / "a.dcm", np.ones((2, 2), np.int16)))
    )


def test_what_decoding_warns_of_goes_into_the_history(tmp_path, recwarn, capfd, write_dicom):
    path = lengthen(write_dicom(tmp_path / "a.dcm", np.ones((20, 20), np.int16)))
    image = read(path)
    assert "excess padding" in str(image.history[0])
    assert not recwarn.list
    assert capfd.readouterr().err == ""
