import csv
import hashlib
import io
import warnings
from functools import cache

import nibabel
import numpy as np
import pydicom
import pytest
from PIL import Image as Picture

from workbench.images import ImageReadError, ImageReadWarning, read, render
from workbench.images.decoding import decode
from workbench.images.silence import quiet

#: Files of the zoo whose pixels differ from the manifest's, each with its cause. All are lossy JPEG, of which the
#: manifest holds what a decoder under the GPL made; the standard allows decoders to differ by rounding.
DECODERS_DIFFER = {
    "JPGExtended.dcm": "JPEG of 12 bits, by GDCM",
    "SC_jpeg_no_color_transform.dcm": "JPEG of RGB, by libjpeg",
    "SC_jpeg_no_color_transform_2.dcm": "JPEG of RGB, by libjpeg",
    "SC_rgb_dcmtk_+eb+cr.dcm": "JPEG of RGB, by libjpeg",
    "SC_rgb_dcmtk_+eb+cy+n1.dcm": "JPEG of YBR with halved chroma, which libjpeg interpolates",
    "SC_rgb_dcmtk_+eb+cy+np.dcm": "JPEG of YBR with halved chroma, which libjpeg interpolates",
    "SC_rgb_jpeg.dcm": "JPEG of RGB, by libjpeg",
    "SC_rgb_jpeg_app14_dcmd.dcm": "JPEG of RGB, by libjpeg",
    "SC_rgb_jpeg_lossy_gdcm.dcm": "JPEG of YBR with halved chroma, which libjpeg interpolates",
    "examples_ybr_color.dcm": "JPEG of YBR with halved chroma, which libjpeg interpolates",
}
#: Files that hold pixels which nobody can decode, each with its cause.
UNDECODABLE = {
    "JPEG-lossy.dcm": "the scan header is not that of a sequential JPEG",
    "JPEG2000-embedded-sequence-delimiter.dcm": "pixels damaged, or compressed in a way",
    "MR_truncated.dcm": "damaged or incomplete pixels",
    "badVR.dcm": "NumberOfFrames must be a positive number, received 1A",
    "meta_missing_tsyntax.dcm": "no TransferSyntaxUID",
    "nested_priv_SQ.dcm": "Rows, Columns and BitsAllocated must be positive",
}


@cache
def manifest(folder):
    with (folder / "dicom_zoo" / "manifest.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def opened(path):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ImageReadWarning)
            return read(path)
    except ImageReadError as error:
        assert str(path) in str(error)
        return None


def name_of(row):
    return row["file"].rpartition("/")[2]


def test_each_real_dicom_file_is_an_image_or_a_clear_error(shared_data, recwarn, capfd):
    for row in manifest(shared_data):
        image = opened(shared_data / row["file"])
        assert (image is not None) == (row["pixels"] == "ok"), row["file"]
        assert image is None or render(image).startswith(b"\x89PNG")
    assert len(manifest(shared_data)) == 206
    assert not recwarn.list
    assert capfd.readouterr().err == ""


def test_decoded_pixels_have_the_manifests_digest(shared_data):
    equal = 0
    for row in manifest(shared_data):
        if row["pixels"] == "ok" and name_of(row) not in DECODERS_DIFFER:
            path = shared_data / row["file"]
            pixels, _ = decode(pydicom.dcmread(path), path)
            stored = pixels.astype(row["dtype"])
            assert hashlib.sha1(stored.tobytes(), usedforsecurity=False).hexdigest()[:16] == row["pixel_sha1"], (
                path
            )
            equal += 1
    assert equal == 151


def test_lossy_pixels_are_near_the_manifests(shared_data):
    rows = [row for row in manifest(shared_data) if name_of(row) in DECODERS_DIFFER]
    assert len(rows) == len(DECODERS_DIFFER)
    for row in rows:
        pixels = read(shared_data / row["file"]).pixels
        assert "x".join(map(str, pixels.shape)) == row["shape"]
        assert abs(int(pixels.min()) - int(row["min"])) <= 3
        assert abs(int(pixels.max()) - int(row["max"])) <= 3
        assert abs(pixels.mean() - float(row["mean"])) <= 0.05


def test_lossy_colours_equal_another_decoders(shared_data):
    folder = shared_data / "dicom_zoo" / "pydicom_test_files"
    for name in set(DECODERS_DIFFER) - {"JPGExtended.dcm"}:
        shown = read(folder / name).pixels.astype(int)
        difference = np.abs(shown - other_decoder(folder / name).reshape(shown.shape))
        assert difference.max() <= 3, name
        assert difference.mean() <= 0.05, name


def other_decoder(path):
    if path.name in {"SC_jpeg_no_color_transform.dcm", "SC_rgb_jpeg.dcm"}:
        # Nothing in these streams says that they are RGB: DCMTK decompressed one of them as the dataset says.
        return pydicom.dcmread(path.with_name("SC_rgb_jpeg_dcmd.dcm")).pixel_array.astype(int)
    dataset = pydicom.dcmread(path)
    count = int(dataset.get("NumberOfFrames", 1))
    streams = pydicom.encaps.generate_frames(dataset.PixelData, number_of_frames=count)
    return np.stack([np.asarray(Picture.open(io.BytesIO(stream)).convert("RGB"), int) for stream in streams])


def test_what_holds_no_image_says_so(shared_data):
    refused = 0
    for row in manifest(shared_data):
        if row["pixels"] == "ok":
            continue
        cause = UNDECODABLE.get(name_of(row), "without pixels|does not begin as one")
        with pytest.raises(ImageReadError, match=cause) as caught:
            read(shared_data / row["file"])
        assert str(shared_data / row["file"]) in str(caught.value)
        refused += 1
    assert refused == 45


def expected_frames(path):
    """Return what an image must show, by pydicom and the standard's formulas, in any order of frames."""
    with quiet():
        dataset = pydicom.dcmread(path)
    pixels, _ = decode(dataset, path)
    if dataset.PhotometricInterpretation == "PALETTE COLOR" and dataset.Modality != "SEG":
        return pydicom.pixels.apply_color_lut(pixels, dataset) >> 8
    if dataset.get("SamplesPerPixel") == 3:
        return pixels
    pixels = pixels.astype(float)
    if dataset.PhotometricInterpretation == "MONOCHROME1":
        pixels = 2**dataset.BitsStored - 1 - pixels
    slope = dataset.get("DoseGridScaling") or dataset.get("RescaleSlope") or 1
    return pixels * float(slope) + float(dataset.get("RescaleIntercept") or 0)


def test_images_show_what_is_stored_in_their_units(shared_data):
    checked = 0
    for row in manifest(shared_data):
        if row["pixels"] != "ok" or row["Modality"] == "SM":
            continue
        image, expected = opened(shared_data / row["file"]), expected_frames(shared_data / row["file"])
        pixels = image.pixels
        if image.channel_axis is not None and expected.ndim == 3:
            pixels = np.moveaxis(pixels, -1, 0)
        shown = np.sort(pixels.reshape(expected.shape).astype(float).reshape(len(expected), -1), axis=0)
        np.testing.assert_allclose(
            shown, np.sort(expected.astype(float).reshape(len(expected), -1), axis=0), rtol=1e-6
        )
        checked += 1
    assert checked == 153


def test_slides_are_laid_out_as_highdicom_does(shared_data):
    import highdicom

    paths = sorted((shared_data / "dicom_zoo" / "highdicom").glob("sm_image*.dcm"))
    assert len(paths) == 8
    for path in paths:
        slide = highdicom.imread(path).get_total_pixel_matrix()
        np.testing.assert_array_equal(read(path), slide)


@pytest.mark.parametrize("folder", ["dicom_broken", "nifti_broken", "nifti_zoo"])
def test_broken_files_are_images_or_clear_errors(shared_data, folder):
    paths = [path for path in (shared_data / folder).rglob("*") if path.is_file()]
    assert len(paths) >= 6
    for path in paths:
        opened(path)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("dicom_broken/zero_bytes.dcm", "not a DICOM file"),
        ("dicom_broken/truncated_in_header.dcm", "without pixels"),
        ("dicom_broken/rescale_slope_zero.dcm", "RescaleSlope is 0"),
        ("dicom_broken/no_photometric.dcm", "Photometric Interpretation"),
        ("dicom_broken/pixel_spacing_negative_zero.dcm", "two positive lengths"),
        ("dicom_broken/series/duplicate_position", "at the same position"),
        ("dicom_broken", "received 3 of 3: CT"),
        ("nifti_broken/singular_affine.nii.gz", "invertible"),
        ("nifti_broken/bad_magic.nii", "not NIfTI"),
        ("nifti_broken/gzip_named_nii.nii", "not NIfTI"),
        ("nifti_broken/not_gzip.nii.gz", "damaged or not NIfTI"),
        ("nifti_zoo", "no DICOM images"),
    ],
)
def test_the_fault_is_named(shared_data, name, message):
    with pytest.raises(ImageReadError, match=message) as caught:
        read(shared_data / name)
    assert str(shared_data / name) in str(caught.value)


def test_a_tilted_series_is_sheared_not_refused(shared_data):
    with pytest.warns(ImageReadWarning, match="shifted by 18.5 degrees"):
        image = read(shared_data / "dicom_broken" / "series" / "real_variable_spacing")
    slice_direction = image.affine[:3, 0]
    normal = np.cross(image.affine[:3, 2], image.affine[:3, 1])
    cosine = slice_direction @ normal / np.linalg.norm(slice_direction) / np.linalg.norm(normal)
    assert np.degrees(np.arccos(cosine)) == pytest.approx(18.5, abs=0.1)


def test_uneven_slices_are_named_and_have_no_affine(shared_data):
    with pytest.warns(ImageReadWarning, match=r"uneven slices: usually .* is a slice missing\?"):
        image = read(shared_data / "dicom_zoo" / "ge_head_ct_tilt_variable_spacing")
    assert (image.shape[1:], image.affine) == ((512, 512), None)


def test_twelve_storage_orders_are_one_image(shared_data):
    paths = sorted((shared_data / "nifti_zoo" / "orientations").glob("*.nii.gz"))
    images = [read(path).oriented("SPL") for path in paths]
    assert len(images) == 12
    for image in images[1:]:
        np.testing.assert_array_equal(image, images[0])
        np.testing.assert_allclose(image.affine, images[0].affine, atol=1e-3)


def test_nifti_of_the_zoo_equals_nibabel(shared_data):
    for path in (shared_data / "nifti_zoo").rglob("*.nii.gz"):
        np.testing.assert_array_equal(read(path).pixels.T, nibabel.load(path).get_fdata())


@pytest.mark.parametrize(("study", "units"), [("CT", "HU"), ("MR_T1", ""), ("PET", "SUV")])
def test_a_real_series_equals_its_own_files(shared_data, study, units):
    folder = shared_data / "sts_ct_mr_pet" / "dicom" / "STS_002" / study / "image"
    volume = read(folder)
    files = sorted((pydicom.dcmread(p) for p in folder.iterdir()), key=lambda d: float(d.ImagePositionPatient[2]))
    assert len(volume.pixels) == len(files)
    assert volume.units == units
    for index in (0, len(files) // 2, -1):
        file = files[index]
        expected = file.pixel_array * float(file.get("RescaleSlope", 1)) + float(file.get("RescaleIntercept", 0))
        np.testing.assert_allclose(volume.pixels[index], expected, rtol=1e-5)
        place = volume.affine @ (index % len(files), 0, 0, 1)
        np.testing.assert_allclose(place[:3], np.array(file.ImagePositionPatient, float), atol=0.05)
