import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from workbench import studies
from workbench.cohorts import CohortError
from workbench.studies.gathering import rarer_class

EXAMPLE = Path(__file__).parents[2] / "data" / "example_study"


def gathered(source, **options):
    found = studies.gather(source, **options)
    return found.cohort, " | ".join(found.assumed)


def test_a_folder_for_each_class(classes):
    cohort, assumed = gathered(classes)
    assert cohort.table["label"].value_counts().to_dict() == {"NORMAL": 8, "PNEUMONIA": 8}
    assert "the folders NORMAL, PNEUMONIA are the classes" in assumed
    assert "each is taken for a patient of its own" in assumed


def test_folders_that_stand_above_all_images_say_nothing(tmp_path, classes):
    deep = tmp_path / "download" / "2023" / "chest"
    deep.mkdir(parents=True)
    classes.rename(deep / "set")
    cohort, _ = gathered(tmp_path / "download")
    assert set(cohort.table["label"]) == {"NORMAL", "PNEUMONIA"}
    assert cohort.image(next(iter(cohort))).shape == (24, 20)


def test_volumes_in_folders_of_classes(tmp_path, picture):
    for number in range(8):
        label = ("bleeding", "none")[number % 2]
        picture(tmp_path / label / f"v{number}.nii.gz", number, (4, 5, 6))
    cohort, assumed = gathered(tmp_path)
    assert cohort.table["label"].value_counts().to_dict() == {"bleeding": 4, "none": 4}
    assert cohort.table["patient"].nunique() == 8
    assert "bleeding, none are the classes" in assumed


def test_folders_of_patients_are_no_classes(tmp_path, picture):
    for patient in ("ann", "bob"):
        for number, series in enumerate(("CT", "MR", "PT")):
            picture(tmp_path / patient / f"{series}.nii.gz", number + len(patient), (4, 5, 6))
    cohort, _ = gathered(tmp_path)
    assert "label" not in cohort.table
    assert sorted(set(cohort.table["patient"])) == ["ann", "bob"]


def test_dicom_in_folders_of_classes(tmp_path):
    table = pd.read_csv(EXAMPLE / "cases.csv")
    for place, label in zip(table["image"], table["label"], strict=True):
        target = tmp_path / "dicom" / label / place.replace("/", "_")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(EXAMPLE / place, target)
    cohort, assumed = gathered(tmp_path / "dicom")
    assert cohort.table["label"].value_counts().to_dict() == {"no nodule": 6, "nodule": 6}
    assert cohort.table["patient"].nunique() == 6
    assert "no nodule, nodule are the classes" in assumed


def test_the_layout_of_the_example_study_needs_no_assumption():
    found = studies.gather(EXAMPLE)
    assert (found.assumed, found.named, len(found.cohort)) == ((), True, 12)


@pytest.mark.parametrize("separator", [",", ";"])
def test_a_table_with_other_names(tmp_path, picture, separator):
    for number in range(4):
        picture(tmp_path / "pictures" / f"{number}.png", number)
    lines = [
        "Subject ID,File,Diagnosis,age",
        "7,0.png,ill,40",
        "7,1.png,ill,40",
        "08,2.png,well,50",
        "9,3.png,,60",
    ]
    (tmp_path / "list.csv").write_text("\ufeff" + "\n".join(lines).replace(",", separator), encoding="utf-8")
    cohort, assumed = gathered(tmp_path / "list.csv")
    assert cohort.table["patient"].tolist() == ["7", "7", "08", "9"]
    assert cohort.table["label"].tolist()[:3] == ["ill", "ill", "well"]
    assert pd.isna(cohort.table["label"].iloc[3])
    assert cohort.image("2").shape == (24, 20)
    assert "Diagnosis is the label" in assumed


def test_columns_that_the_user_names(tmp_path, picture):
    for number in range(4):
        picture(tmp_path / f"{number}.png", number)
    (tmp_path / "list.csv").write_text(
        "who,where,what\n" + "".join(f"p{n // 2},{n}.png,c{n % 2}\n" for n in range(4))
    )
    cohort, _ = gathered(tmp_path / "list.csv", label="what", patient="who")
    assert cohort.table[["patient", "label"]].to_numpy().tolist() == [
        ["p0", "c0"],
        ["p0", "c1"],
        ["p1", "c0"],
        ["p1", "c1"],
    ]
    with pytest.raises(CohortError, match="no column 'whom'; it has who, where, what"):
        studies.gather(tmp_path / "list.csv", patient="whom")


def test_numbers_of_images_in_a_folder_below(tmp_path, picture):
    for number in range(4):
        picture(tmp_path / "train" / f"{number:04}.png", number)
    (tmp_path / "labels.csv").write_text("class,id\n" + "".join(f"{n % 2},{n:04}\n" for n in range(4)))
    cohort, _ = gathered(tmp_path / "labels.csv")
    assert cohort.table["label"].tolist() == ["0", "1", "0", "1"]
    assert cohort.image("0003").shape == (24, 20)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n", "expected a column of image files"),
        ("file,label\ngone.png,x\n", r"'gone.png' is neither beside"),
    ],
)
def test_tables_without_images(tmp_path, text, message):
    (tmp_path / "list.csv").write_text(text)
    with pytest.raises(CohortError, match=message):
        studies.gather(tmp_path / "list.csv")


def test_a_set_of_arrays(tmp_path):
    rng = np.random.default_rng(0)
    arrays = {"train_images": rng.integers(0, 9, (6, 8, 8, 8)), "train_labels": np.arange(6)[:, None] % 2}
    np.savez(tmp_path / "nodulemnist3d.npz", **arrays)
    cohort, assumed = gathered(tmp_path / "nodulemnist3d.npz")
    assert set(cohort.table["label"]) == {"benign", "malignant"}
    assert "each is taken for a patient" in assumed


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (["NORMAL"] * 2 + ["PNEUMONIA"] * 3, "PNEUMONIA"),
        (["benign", "malignant"], "malignant"),
        (["0", "1", "1"], "1"),
        (["no fracture", "fracture", "fracture"], "fracture"),
        (["glioma"] * 3 + ["meningioma"] * 2, "meningioma"),
        (["normal or benign", "malignant"], "malignant"),
        (["nodule", "notch"], "nodule"),
    ],
)
def test_the_class_to_be_found(labels, expected):
    assert rarer_class(pd.Series(labels)) == expected


def test_kermany(shared_data):
    cohort, assumed = gathered(shared_data / "cxr_kermany224")
    assert cohort.table["label"].value_counts().to_dict() == {"PNEUMONIA": 431, "NORMAL": 430}
    assert cohort.table["patient"].nunique() < 861
    assert "the file index.csv says more about the images: label, subtype, patient" in assumed
    assert "classes: column label of index.csv; the folders agree" in assumed
    assert "patients: column patient of index.csv (565)" in assumed
    cohort, assumed = gathered(shared_data / "cxr_kermany224", patient=r"([A-Za-z]+\d+).*")
    assert "in place of the column patient of index.csv; 183 of 861 names do not fit it" in assumed


def test_no_patient_of_kermany_is_split_where_names_of_files_are_all_there_is(shared_data):
    found = studies.gather(shared_data / "cxr_kermany224" / "train")
    names = found.cohort.table["image"].map(lambda path: Path(path).name)
    truth = pd.read_csv(shared_data / "cxr_kermany224" / "index.csv").set_index("file")["patient"]
    patients = found.cohort.table["patient"]
    assert patients.groupby(truth[names].to_numpy()).nunique().max() == 1
    assert patients.nunique() == truth.nunique() == 565
    assert "by the names of the files there are 565 patients" in found.assumed[-1]
    assert found.examples == (
        "taken for ONE patient, who has 3 images: person447_bacteria_1932 and person447_virus_921_1",
        "taken for two of 565 patients: IM-0127-0001 and IM-0128-0001",
        "IN DOUBT, and taken for two, as 23 such pairs are: IM-0391-0001 and NORMAL2-IM-0391-0001",
    )


def test_names_that_do_not_fit_an_expression_are_counted(tmp_path, picture):
    rows = ["file,label,patient"]
    for number in range(8):
        path = picture(tmp_path / f"{'odd' if number > 5 else 'p'}{number // 2}-{number}.png", number)
        rows.append(f"{path.name},{number % 2},x")
    found = studies.gather(tmp_path, patient=r"(p\d+)-.*")
    assert "2 of 8 names do not fit it" in found.assumed[-1]
    assert found.examples == ("a name that does not fit: odd3-6",)
    (tmp_path / "list.csv").write_text("\n".join(rows))
    listed = studies.gather(tmp_path / "list.csv", patient=r"(p\d+)-.*")
    assert listed.cohort.table["patient"].nunique() == 5


def test_the_expression_in_the_guide_fits_all_names_and_unites_the_pairs_in_doubt(shared_data):
    guide = (Path(__file__).parents[2] / "docs" / "own-data.md").read_text(encoding="utf-8")
    pattern = guide.partition("--patient '")[2].partition("'")[0]
    found = studies.gather(shared_data / "cxr_kermany224" / "train", patient=pattern)
    assert found.cohort.table["patient"].nunique() == 565 - 23
    assert "do not fit" not in found.assumed[-1]
    assert found.assumed[-1].endswith("decided by your expression: 23 pairs are one patient")
    assert found.doubtful == ()
    assert pattern == studies.gather(shared_data / "cxr_kermany224" / "train").unite
