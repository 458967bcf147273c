import shutil
from pathlib import Path

import numpy as np
import pytest

from workbench import cohorts
from workbench.cohorts.locations import ArrayItem, Series
from workbench.cohorts.parts import FolderSeries, from_text, to_text

EXAMPLE = Path(__file__).parents[2] / "data" / "example_study"


@pytest.mark.parametrize(
    "cell",
    [
        "images/a.nii.gz",
        "sample:cell",
        ArrayItem("a folder/set.npz", "train_images", 12),
        ArrayItem("set.npz", "val_images", 0, 2),
        FolderSeries("a/b", "1.2.840.99"),
    ],
)
def test_a_text_comes_back_as_what_it_names(cell):
    assert from_text(to_text(cell)) == cell


def test_a_table_names_one_array_of_a_set(tmp_path):
    stack = np.random.default_rng(0).integers(0, 255, (3, 6, 5), dtype=np.uint8)
    np.savez(tmp_path / "set.npz", train_images=stack)
    (tmp_path / "cases.csv").write_text("case,patient,image\na,p,set.npz::train_images[2]\n")
    cohort = cohorts.read(tmp_path)
    np.testing.assert_array_equal(cohort.image("a"), stack[2])
    assert len(cohort.audit()) == 0


def test_a_table_names_one_series_of_a_folder(tmp_path):
    files = sorted(EXAMPLE.rglob("*.dcm"))[:3]
    for number, file in enumerate(files):
        shutil.copy(file, tmp_path / f"IM{number}")
    texts = [to_text(cell) for cell in cohorts.read(tmp_path).table["image"]]
    assert sorted(texts) == [str(tmp_path / f"IM{number}") for number in range(3)]
    together = to_text(Series(tuple(str(tmp_path / f"IM{number}") for number in range(2)), "S"))
    assert together.startswith(f"{tmp_path}::2.25.")
    assert from_text(together).open().modality == "CT"
    assert str(tmp_path) not in repr(from_text(together))


def test_what_no_text_can_say(tmp_path):
    assert to_text(Series(("a/1.dcm", "b/2.dcm"), "S")) is None
    assert to_text(None) is None
