import numpy as np
import pydicom
import pytest
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from workbench import cohorts
from workbench.cohorts import CohortError
from workbench.pseudonyms import pseudonym, session_key

CT = "1.2.840.10008.5.1.4.1.1.2"


@pytest.fixture
def dicom(tmp_path):
    """Write one slice of a series."""

    def dicom(path, *, patient="Miller", series="1.2.3", height=0.0, placed=True, **tags):
        meta = FileMetaDataset()
        meta.MediaStorageSOPClassUID = CT
        meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=[str(path)])
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
        dataset = FileDataset("", {}, file_meta=meta, preamble=bytes(128))
        dataset.SOPClassUID, dataset.SOPInstanceUID = CT, meta.MediaStorageSOPInstanceUID
        dataset.PatientID, dataset.SeriesInstanceUID, dataset.StudyInstanceUID = patient, series, "1.9"
        dataset.Modality = tags.pop("Modality", "CT")
        if placed:
            dataset.ImagePositionPatient = [0, 0, height]
            dataset.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
            dataset.PixelSpacing = [1, 1]
        dataset.Rows, dataset.Columns = 8, 9
        dataset.BitsAllocated = dataset.BitsStored = 16
        dataset.HighBit, dataset.PixelRepresentation, dataset.SamplesPerPixel = 15, 1, 1
        dataset.PhotometricInterpretation = "MONOCHROME2"
        rng = np.random.default_rng(int(height))
        dataset.PixelData = rng.integers(0, 100, (8, 9), dtype=np.int16).tobytes()
        for name, value in tags.items():
            setattr(dataset, name, value)
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        dataset.save_as(target, enforce_file_format=True)
        return target

    return dicom


def test_a_case_for_each_series_under_pseudonyms(dicom, tmp_path):
    for number in range(3):
        dicom(f"Miller/ct/{number}.dcm", height=2.0 * number)
        dicom(f"Miller/ct/other-{number}", height=2.0 * number, series="1.2.4")
    dicom("Smith/1.dcm", patient="Smith", series="1.2.5")
    cohort = cohorts.read(tmp_path)
    names = {uid: pseudonym(uid, key=session_key(), prefix="S-") for uid in ("1.2.3", "1.2.4", "1.2.5")}
    assert set(cohort) == set(names.values())
    assert cohort.summary().loc["all", "patients"] == 2
    assert cohort.image(names["1.2.3"]).shape == (3, 8, 9)
    assert cohort.image(names["1.2.5"]).shape == (8, 9)
    told = cohort.table.to_csv() + repr(cohort) + repr(cohort.table["image"].tolist())
    for secret in ("Miller", "Smith", "1.2.3", "1.2.4", "1.2.5"):
        assert secret not in told


def test_views_of_one_series_are_cases(dicom, tmp_path):
    dicom("pa.dcm", placed=False)
    dicom("lateral.dcm", placed=False, height=3)
    cohort = cohorts.read(tmp_path)
    assert [case[-2:] for case in cohort] == ["-1", "-2"]
    assert cohort.table["patient"].nunique() == 1
    assert {image.shape for image in map(cohort.image, cohort)} == {(8, 9)}


def test_faults_of_the_files(dicom, tmp_path):
    dicom("a.dcm", patient="")
    (tmp_path / "b.dcm").write_bytes(b"no dicom at all")
    cohort = cohorts.read(tmp_path)
    found = cohort.audit().set_index("kind")
    (broken,) = found.loc["unreadable file", "cases"]
    assert broken.startswith("unreadable-")
    assert found.loc["missing patient", "cases"] == tuple(cohort)


def test_nothing_but_a_report(dicom, tmp_path):
    path = dicom("a.dcm")
    dataset = pydicom.dcmread(path)
    for name in ("Rows", "Columns", "PixelData"):
        delattr(dataset, name)
    dataset.Modality = "SR"
    dataset.save_as(path)
    with pytest.raises(CohortError, match="hold no image"):
        cohorts.read(tmp_path)


def test_burned_in_annotation(dicom, tmp_path):
    dicom("a.dcm", BurnedInAnnotation="YES")
    dicom("b.dcm", series="1.2.4", BurnedInAnnotation="NO", height=4)
    found = cohorts.read(tmp_path).audit()
    assert found["kind"].tolist() == ["burned-in annotation"]
    assert found["detail"].tolist() == ["its tags say that it shows burned-in text"]


def test_the_sarcoma_study(shared_data):
    cohort = cohorts.read(shared_data / "sts_ct_mr_pet" / "dicom")
    assert sorted(cohort.table["modality"]) == ["CT", "MR", "PT"]
    assert cohort.table["patient"].nunique() == 1
    nifti = cohorts.read(shared_data / "sts_ct_mr_pet" / "nifti")
    (case,) = cohort.table.index[cohort.table["modality"] == "PT"]
    mask = cohort.mask(case)
    assert mask.shape == cohort.image(case).shape
    np.testing.assert_array_equal(mask, nifti.mask("STS_002/PET").oriented(mask.orientation))
    with pytest.raises(CohortError, match=r"DICOM files and other images"):
        cohorts.read(shared_data / "sts_ct_mr_pet")
