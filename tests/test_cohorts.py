import numpy as np
import pandas as pd
import pytest

from workbench import samples
from workbench.cohorts import Cohort, CohortError, read
from workbench.images import Image, ImageReadError, write


def save(path, value=1):
    return write(Image(np.full((2, 3), value), spacing=(1, 1)), path)


def table(path, text):
    path.write_text(text)
    return path


def test_the_samples():
    cohort = read("samples")
    assert list(cohort) == list(samples.SAMPLES)
    assert len(cohort) == len(samples.SAMPLES)
    assert cohort.image("cell").name == "cell"


def test_a_table(tmp_path):
    save(tmp_path / "images" / "one.nii.gz", 1)
    save(tmp_path / "one_mask.npz", 5)
    path = table(
        tmp_path / "cohort.csv",
        "case,patient,image,mask,label\n001,p1,images/one.nii.gz,one_mask.npz,benign\n002,p2,sample:cell,,malignant\n",
    )
    cohort = read(path)
    assert list(cohort) == ["001", "002"]
    image = cohort.image("001")
    assert (image.name, image.pixels.max()) == ("001", 1)
    assert cohort.mask("001").pixels.max() == 5
    assert cohort.image("002").shape == (660, 550)
    assert cohort.table.loc["002", "label"] == "malignant"
    with pytest.raises(CohortError, match="case '002' has no mask"):
        cohort.mask("002")


def test_a_table_reads_nothing_until_asked(tmp_path):
    cohort = read(table(tmp_path / "a.csv", "case,patient,image\nx,p,gone.nii\n"))
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
        read(path)
    assert str(path) in str(caught.value)


def test_a_table_that_is_no_text(tmp_path):
    path = tmp_path / "cohort.csv"
    path.write_bytes(b"case,patient,image\n\xff\xfe\x00,a,b\n")
    with pytest.raises(CohortError, match="UTF-8"):
        read(path)


def test_a_folder(tmp_path):
    save(tmp_path / "brain.1.nii.gz")
    save(tmp_path / "1.2.840.npy")
    (tmp_path / "series.2").mkdir()
    (tmp_path / "README.txt").write_text("not a case")
    (tmp_path / ".hidden.png").write_text("not a case")
    cohort = read(str(tmp_path))
    assert list(cohort) == ["1.2.840", "brain.1", "series.2"]
    assert cohort.image("brain.1").shape == (2, 3)
    assert list(cohort.table["patient"]) == list(cohort)


def test_a_folder_without_images_and_one_with_two_of_a_name(tmp_path):
    with pytest.raises(CohortError, match="no images") as caught:
        read(tmp_path)
    assert str(tmp_path) in str(caught.value)
    save(tmp_path / "a.npy")
    save(tmp_path / "a.nii")
    with pytest.raises(CohortError, match="'a' more than once") as caught:
        read(tmp_path)
    assert str(tmp_path) in str(caught.value)


@pytest.mark.parametrize("source", ["sample", "missing.csv", "notes.txt"])
def test_unknown_sources(source):
    with pytest.raises(CohortError, match=source):
        read(source)


def test_unknown_case():
    with pytest.raises(CohortError, match="no case 'heart' in this cohort; it has head_ct"):
        read("samples").image("heart")


@pytest.mark.parametrize("location", ["", None, np.nan])
def test_an_image_that_is_not_given(location):
    cohort = Cohort(pd.DataFrame({"patient": ["p"], "image": [location]}, index=["a"]))
    with pytest.raises(CohortError, match="case 'a' has no image"):
        cohort.image("a")


def test_describe(tmp_path):
    write(Image(np.array([[-5, 7]], np.int16), spacing=(2, 3), modality="CT", units="HU"), tmp_path / "a.npz")
    np.save(tmp_path / "b.npy", np.zeros((2, 3, 4), np.float32))
    cohort = read(tmp_path)
    table = cohort.describe()
    assert table.loc["a"].to_dict() == {
        "modality": "CT",
        "shape": "1 x 2",
        "dtype": "int16",
        "lowest": -5,
        "highest": 7,
        "units": "HU",
        "spacing": "2 x 3",
        "orientation": "PL",
    }
    assert list(table.loc["b", ["shape", "spacing", "orientation", "units"]]) == ["2 x 3 x 4", "", "", ""]
    assert list(cohort.describe(["b"]).index) == ["b"]
