import numpy as np
import pytest

from workbench import cohorts
from workbench.cohorts import CohortError
from workbench.images import Image, write


def volume(path, value=1):
    write(Image(np.full((2, 3, 4), value, np.uint8), spacing=(1, 1, 1)), path)


def test_a_folder_for_each_class(tmp_path, picture):
    for seed, place in enumerate(["train/cat/1.png", "train/dog/2.png", "val/cat/3.png", "test/dog/4.png"]):
        picture(tmp_path / place, seed)
    table = cohorts.read(tmp_path).table
    assert table["label"].to_dict() == {"1": "cat", "2": "dog", "3": "cat", "4": "dog"}
    assert table["split"].to_dict() == {"1": "train", "2": "train", "3": "validation", "4": "test"}
    assert table["patient"].to_dict() == {"1": "1", "2": "2", "3": "3", "4": "4"}


def test_a_folder_within_a_class_is_a_patient(tmp_path, picture):
    for seed, place in enumerate(["cat/tom/1.png", "cat/tom/2.png", "dog/rex/1.png"]):
        picture(tmp_path / place, seed)
    table = cohorts.read(tmp_path).table
    assert table["patient"].to_dict() == {"cat/tom/1": "tom", "cat/tom/2": "tom", "dog/rex/1": "rex"}


def test_one_name_in_two_splits_is_two_cases(tmp_path, picture):
    picture(tmp_path / "train/a.png", 1)
    picture(tmp_path / "test/a.png", 2)
    assert list(cohorts.read(tmp_path)) == ["test/a", "train/a"]


@pytest.mark.parametrize(
    ("image", "mask"),
    [
        ("x.nii.gz", "x_mask.nii.gz"),
        ("x.nii.gz", "x_seg.nii.gz"),
        ("x.nii", "x-label.nii.gz"),
        ("x_image.nii.gz", "x_mask.nii.gz"),
        ("image.nii.gz", "image_segmentation.nii"),
        ("images/x.nii.gz", "masks/x.nii.gz"),
        ("train/images/x.nii.gz", "train/labels/x.nii.gz"),
    ],
)
def test_masks_beside_volumes(tmp_path, image, mask):
    volume(tmp_path / image)
    volume(tmp_path / mask)
    cohort = cohorts.read(tmp_path)
    (case,) = cohort
    assert cohort.mask(case).pixels.all()
    assert cohort.mask(case).dtype == bool


def test_patients_are_folders_of_volumes(tmp_path):
    for place in ["ann/CT_image.nii.gz", "ann/CT_mask.nii.gz", "ann/MR_image.nii.gz", "bob/CT_image.nii.gz"]:
        volume(tmp_path / place)
    table = cohorts.read(tmp_path).table
    assert table["patient"].to_dict() == {"ann/CT": "ann", "ann/MR": "ann", "bob/CT": "bob"}
    assert table["mask"].notna().to_dict() == {"ann/CT": True, "ann/MR": False, "bob/CT": False}
    assert "label" not in table


def test_several_masks_of_an_image(tmp_path, picture):
    for name in ("a.png", "a_mask.png", "a_mask_1.png"):
        picture(tmp_path / name, 1)
    assert cohorts.read(tmp_path).masks == ["mask", "mask_1"]


def test_a_mask_alone_and_one_too_many(tmp_path):
    volume(tmp_path / "a_seg.nii.gz")
    volume(tmp_path / "b.nii.gz")
    with pytest.raises(CohortError, match=r"a_seg\.nii\.gz is named as a mask, but there is no image 'a' beside"):
        cohorts.read(tmp_path)
    volume(tmp_path / "a.nii.gz")
    volume(tmp_path / "a_mask.nii.gz")
    with pytest.raises(CohortError, match=r"a_seg\.nii\.gz is a second mask of 'a'"):
        cohorts.read(tmp_path)


def indexed(folder, text):
    (folder / "index.csv").write_text(text)
    return cohorts.read(folder)


def test_an_index_tells_more(tmp_path, picture):
    picture(tmp_path / "cat/1.png", 1)
    picture(tmp_path / "dog/2.png", 2)
    table = indexed(tmp_path, "file,patient,age\n2.png,rex,3\n1.png,tom,\n").table
    assert table["patient"].to_dict() == {"1": "tom", "2": "rex"}
    assert table.loc["2", "age"] == "3"
    with pytest.raises(CohortError, match=r"no file '9\.png'"):
        indexed(tmp_path, "file,patient\n9.png,rex\n")
    with pytest.raises(CohortError, match=r"1\.png has another label than its folder"):
        indexed(tmp_path, "file,label\n1.png,dog\n")
    with pytest.raises(CohortError, match="each row must name another file"):
        indexed(tmp_path, "file,patient\n1.png,a\n1.png,b\n")


def test_kermany(shared_data):
    cohort = cohorts.read(shared_data / "cxr_kermany224")
    assert cohort.table["label"].value_counts().to_dict() == {"PNEUMONIA": 431, "NORMAL": 430}
    assert cohort.table.loc["IM-0127-0001", "patient"] == "N-0127"
    assert cohort.image("IM-0127-0001").shape == (224, 224, 3)
    divided = cohort.split(test=0.2, validation=0.1)
    assert (divided.table.groupby("patient")["split"].nunique() == 1).all()
    shares = divided.summary()["cases"] / len(cohort)
    np.testing.assert_allclose([shares["test"], shares["validation"]], [0.2, 0.1], atol=1 / 861)


def test_volumes_of_the_sarcoma_study(shared_data):
    cohort = cohorts.read(shared_data / "sts_ct_mr_pet" / "nifti")
    assert cohort.summary().loc["all"].to_dict() == {"cases": 6, "patients": 2, "mask": 6}
    assert cohort.mask("STS_003/PET").shape == cohort.image("STS_003/PET").shape
    assert cohort.audit().empty
