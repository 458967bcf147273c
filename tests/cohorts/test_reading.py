import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from workbench import cohorts
from workbench.cohorts import CohortError
from workbench.images import Image, ImageReadError, write


def save(path, value=1):
    return write(Image(np.full((2, 3), value), spacing=(1, 1)), path)


def table(path, text):
    path.write_text(text)
    return path


def test_a_table(tmp_path):
    save(tmp_path / "images" / "one.nii.gz", 1)
    save(tmp_path / "one_mask.npz", 5)
    path = table(
        tmp_path / "cohort.csv",
        "case,patient,image,mask,label\n001,p1,images/one.nii.gz,one_mask.npz,benign\n002,p2,sample:cell,,malignant\n",
    )
    cohort = cohorts.read(path)
    assert list(cohort) == ["001", "002"]
    image = cohort.image("001")
    assert (image.name, image.pixels.max()) == ("001", 1)
    assert cohort.mask("001").pixels.max() == 5
    assert cohort.image("002").shape == (660, 550)
    assert cohort.table.loc["002", "label"] == "malignant"
    with pytest.raises(CohortError, match="case '002' has no mask"):
        cohort.mask("002")


def test_a_table_reads_nothing_until_asked(tmp_path):
    cohort = cohorts.read(table(tmp_path / "a.csv", "case,patient,image\nx,p,gone.nii\n"))
    assert len(cohort) == 1
    with pytest.raises(ImageReadError, match=r"gone\.nii: no such file"):
        cohort.image("x")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not a table"),
        ("case,patient,image\n", "at least one row"),
        ("name,patient,image\na,b,c\n", "expected a column 'case'"),
        ("case,patient\na,b\n", "missing: image"),
        ("case,image\na,b\n", "missing: patient"),
        ("case,patient,image\na,p,x.png\na,p,y.png\n", "'a' more than once"),
        ("case,patient,image\na,p,x.png\n,p,y.png\n", "row 3 has no case"),
        ('case,patient,image\na,p,x,y,z,w\nb\n"', "not a table"),
    ],
)
def test_errors_name_the_table(tmp_path, text, message):
    path = table(tmp_path / "cohort.csv", text)
    with pytest.raises(CohortError, match=message) as caught:
        cohorts.read(path)
    assert str(path) in str(caught.value)


def test_a_table_that_is_no_text(tmp_path):
    path = tmp_path / "cohort.csv"
    path.write_bytes(b"case,patient,image\n\xff\xfe\x00,a,b\n")
    with pytest.raises(CohortError, match="UTF-8"):
        cohorts.read(path)


def test_a_folder(tmp_path):
    save(tmp_path / "brain.1.nii.gz")
    save(tmp_path / "1.2.840.npy")
    (tmp_path / "README.txt").write_text("not a case")
    (tmp_path / ".hidden.png").write_text("not a case")
    cohort = cohorts.read(str(tmp_path))
    assert list(cohort) == ["1.2.840", "brain.1"]
    assert cohort.image("brain.1").shape == (2, 3)
    assert list(cohort.table["patient"]) == list(cohort)


def test_a_folder_without_images_and_one_with_two_of_a_name(tmp_path):
    with pytest.raises(CohortError, match="no images") as caught:
        cohorts.read(tmp_path)
    assert str(tmp_path) in str(caught.value)
    save(tmp_path / "a.npy")
    save(tmp_path / "a.nii")
    with pytest.raises(CohortError, match="'a' more than once") as caught:
        cohorts.read(tmp_path)
    assert str(tmp_path) in str(caught.value)


@pytest.mark.parametrize("source", ["sample", "missing.csv", "notes.txt"])
def test_unknown_sources(source):
    with pytest.raises(CohortError, match=source):
        cohorts.read(source)


def test_a_table_keeps_names_as_they_are_written(tmp_path):
    save(tmp_path / "a.npz")
    text = "case,patient,image,image_2,split,age\n007,0012,a.npz,,1,40\n"
    found = cohorts.read(table(tmp_path / "cases.csv", text)).table.reset_index().loc[0]
    assert (found["case"], found["patient"], found["split"], found["age"]) == ("007", "0012", "1", 40)


def test_parquet_reads_as_csv_does(tmp_path):
    save(tmp_path / "a.npz", 3)
    frame = pd.DataFrame(
        {"case": ["1"], "patient": [12], "image": ["a.npz"], "boxes": [json.dumps([[0, 0, 1, 1]])]}
    )
    frame.to_parquet(tmp_path / "cases.parquet", index=False)
    cohort = cohorts.read(tmp_path)
    assert cohort.image("1").pixels.max() == 3
    assert cohort.table.loc["1", "patient"] == "12"
    assert len(cohort.boxes("1")) == 1
    (tmp_path / "bad.parquet").write_text("no parquet")
    with pytest.raises(CohortError, match="not a table of parquet"):
        cohorts.read(tmp_path / "bad.parquet")


def test_a_folder_with_a_table_is_the_table(tmp_path):
    save(tmp_path / "a.npz")
    save(tmp_path / "b.npz")
    table(tmp_path / "cases.csv", "case,patient,image\nonly,p,b.npz\n")
    assert list(cohorts.read(tmp_path)) == ["only"]


def test_dicom_beside_other_images_is_refused(tmp_path):
    save(tmp_path / "a.nii.gz")
    (tmp_path / "b.dcm").write_bytes(b"x")
    with pytest.raises(CohortError, match=r"DICOM files and other images \(a\.nii\.gz\)"):
        cohorts.read(tmp_path)


def test_a_misspelt_folder_is_told_with_the_near_one(tmp_path, monkeypatch):
    (tmp_path / "images" / "PNEUMONIA").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    near = Path("images") / "PNEUMONIA"
    with pytest.raises(
        CohortError, match=re.escape(f"images/PNEUMONA is not there; did you mean {near}? Expected")
    ):
        cohorts.read("images/PNEUMONA")
    Path("notes.txt").touch()
    with pytest.raises(CohortError, match=r"notes\.txt is none of these\. Expected 'samples'"):
        cohorts.read("notes.txt")
