import csv
import hashlib
import logging
from functools import cache

import nibabel
import numpy as np
import pydicom
import pytest

from workbench.images import ImageReadError, read, render


@cache
def manifest(folder):
    with (folder / "dicom_zoo" / "manifest.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def opened(path):
    try:
        return read(path)
    except ImageReadError as error:
        assert str(path) in str(error)
        return None


def test_each_real_dicom_file_is_an_image_or_a_clear_error(shared_data, recwarn, capfd):
    images = [opened(shared_data / row["file"]) for row in manifest(shared_data)]
    assert len(images) == 206
    assert sum(image is not None for image in images) >= 119
    assert all(render(image).startswith(b"\x89PNG") for image in images if image is not None)
    assert not recwarn.list
    assert capfd.readouterr().err == ""


def test_files_that_pydicom_decodes_are_refused_only_for_frames_or_codecs(shared_data):
    for row in manifest(shared_data):
        if row["pixels"] != "ok":
            continue
        try:
            read(shared_data / row["file"])
        except ImageReadError as error:
            assert "expected one frame" in str(error) or "cannot be decoded here" in str(error)


def test_stored_pixels_have_the_manifests_digest(shared_data):
    equal = 0
    for row in manifest(shared_data):
        single = row["pixels"] == "ok" and row["NumberOfFrames"] in {"", "1"}
        rescaled = float(row["RescaleSlope"] or 1) != 1 or float(row["RescaleIntercept"] or 0) != 0
        if not single or rescaled or row["PhotometricInterpretation"] != "MONOCHROME2":
            continue
        image = opened(shared_data / row["file"])
        if image is None:
            assert "JPEG" in row["transfer_syntax"]
            continue
        stored = image.pixels.astype(row["dtype"])
        assert hashlib.sha1(stored.tobytes(), usedforsecurity=False).hexdigest()[:16] == row["pixel_sha1"]
        equal += 1
    assert equal >= 60


def test_rescaled_pixels_equal_pydicoms(shared_data, caplog):
    caplog.set_level(logging.CRITICAL)
    equal = 0
    for row in manifest(shared_data):
        if row["pixels"] != "ok" or row["PhotometricInterpretation"] != "MONOCHROME2":
            continue
        if float(row["RescaleSlope"] or 1) == 1 and float(row["RescaleIntercept"] or 0) == 0:
            continue
        image = opened(shared_data / row["file"])
        if image is not None:
            dataset = pydicom.dcmread(shared_data / row["file"])
            np.testing.assert_allclose(
                image,
                dataset.pixel_array * float(dataset.RescaleSlope) + float(dataset.RescaleIntercept),
                rtol=1e-6,
            )
            equal += 1
    assert equal >= 15


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
        ("dicom_zoo/ge_head_ct_tilt_variable_spacing", "is a slice missing?"),
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
    image = read(shared_data / "dicom_broken" / "series" / "real_variable_spacing")
    slice_direction = image.affine[:3, 0]
    normal = np.cross(image.affine[:3, 2], image.affine[:3, 1])
    cosine = slice_direction @ normal / np.linalg.norm(slice_direction) / np.linalg.norm(normal)
    assert np.degrees(np.arccos(cosine)) == pytest.approx(18.5, abs=0.1)


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


@pytest.mark.parametrize(("study", "units"), [("CT", "HU"), ("MR_T1", ""), ("PET", "GML")])
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
