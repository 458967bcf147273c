from pathlib import Path

import numpy as np
import pandas as pd
import pydicom
import pytest

from workbench import phantoms
from workbench.images import read
from workbench.samples.example_study import write_example_study

SHIPPED = Path(__file__).parents[2] / "data" / "example_study"


def files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_example_study(tmp_path_factory.mktemp("study"))


def test_two_runs_give_the_same_bytes(folder, tmp_path):
    assert files(write_example_study(tmp_path)) == files(folder)


def test_another_seed_gives_other_images_and_identifiers(folder, tmp_path):
    other = pydicom.dcmread(write_example_study(tmp_path, seed=1) / "images/simulated-01/slice-1.dcm")
    one = pydicom.dcmread(folder / "images/simulated-01/slice-1.dcm")
    assert one.StudyInstanceUID != other.StudyInstanceUID
    assert one.PixelData != other.PixelData


def test_images_and_masks_are_the_phantoms(folder):
    table = pd.read_csv(folder / "cases.csv", dtype={"patient": str})
    assert len(table) == 12
    for number, row in table.iterrows():
        phantom = phantoms.simulate("chest", patient=number // 2, image=number % 2)
        image, mask = read(folder / row["image"]), read(folder / row["mask"])
        np.testing.assert_array_equal(image.pixels, phantom.image.pixels)
        np.testing.assert_array_equal(mask.pixels, phantom.mask.pixels)
        np.testing.assert_allclose(image.affine, mask.affine)
        assert (image.modality, image.units) == ("CT", "HU")
        assert row["label"] == phantom.label


def test_no_patient_is_in_two_splits(folder):
    table = pd.read_csv(folder / "cases.csv")
    assert (table.groupby("patient")["split"].nunique() == 1).all()
    assert set(table["split"]) == {"train", "test"}


def test_identifiers_are_valid_unique_and_fictitious(folder):
    headers = [pydicom.dcmread(path) for path in folder.rglob("*.dcm")]
    assert len({header.SOPInstanceUID for header in headers}) == len(headers) == 12
    assert len({header.StudyInstanceUID for header in headers}) == 6
    for header in headers:
        assert header.SOPInstanceUID.is_valid
        assert "Fictitious" in str(header.PatientName)
        assert "SIMULATED" in header.StudyDescription


def test_it_is_small(folder):
    assert sum(map(len, files(folder).values())) < 3e6


def test_the_shipped_study_is_what_the_command_makes(folder):
    assert files(SHIPPED) == files(folder)


def test_a_folder_with_something_in_it_is_refused(folder):
    with pytest.raises(FileExistsError, match="new or empty folder"):
        write_example_study(folder)
