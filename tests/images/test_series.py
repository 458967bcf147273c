import gc

import numpy as np
import pytest
from pydicom import Dataset
from pydicom.uid import generate_uid

from workbench.images import ImageReadError, ImageReadWarning, list_series, read

ONE, OTHER = (generate_uid(entropy_srcs=[name]) for name in ("series 1", "series 2"))
CANARY = "Canary^Identifying"


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv("WORKBENCH_KEY", "a key of at least sixteen bytes")


@pytest.fixture
def study(tmp_path, write_series):
    names = {"PatientID": CANARY, "PatientName": CANARY, "StudyInstanceUID": generate_uid(entropy_srcs=["study"])}
    volumes = {
        "thin": write_series(tmp_path / "a", SeriesInstanceUID=ONE, SeriesDescription="thin", **names),
        "thick": write_series(
            tmp_path / "b" / "c", count=3, step=5, SeriesInstanceUID=OTHER, SeriesDescription="thick", **names
        ),
    }
    (tmp_path / "notes.txt").write_text("read by two readers")
    return tmp_path, volumes


def test_the_table_of_a_tree(study):
    folder, _ = study
    table = list_series(folder)
    assert list(table.columns) == ["patient", "study", "modality", "description", "slices", "spacing", "problems"]
    assert table.index.is_unique
    table = table.set_index("description")
    assert table.loc["thin", ["modality", "slices", "spacing", "problems"]].tolist() == [
        "CT",
        5,
        (2, 0.5, 0.25),
        "",
    ]
    assert table.loc["thick", ["slices", "spacing"]].tolist() == [3, (5, 0.5, 0.25)]
    assert table["patient"].nunique() == table["study"].nunique() == 1


def test_the_table_names_nobody(study):
    text = list_series(study[0]).reset_index().to_csv()
    assert CANARY not in text
    assert ONE not in text
    assert "P-" in text


@pytest.mark.parametrize("by", ["uid", "description", "pseudonym"])
def test_a_series_is_chosen(study, by):
    folder, volumes = study
    table = list_series(folder)
    pseudonym = table.index[table["description"] == "thick"][0]
    name = {"uid": OTHER, "description": "thick", "pseudonym": pseudonym}[by]
    image = read(folder, series=name)
    np.testing.assert_array_equal(image, volumes["thick"])
    assert image.spacing == pytest.approx((5, 0.5, 0.25))


@pytest.mark.parametrize(("series", "count"), [(None, 2), ("middling", 0)])
def test_a_choice_is_needed_and_must_fit(study, series, count):
    folder, _ = study
    with pytest.raises(
        ImageReadError, match=f"received {count} of 2: CT 'thin'.*CT 'thick'.*list_series"
    ) as caught:
        read(folder, series=series)
    assert CANARY not in str(caught.value)
    assert ONE not in str(caught.value)


def test_one_series_in_a_tree_needs_no_choice(tmp_path, write_series):
    volume = write_series(tmp_path / "deep" / "deeper")
    np.testing.assert_array_equal(read(tmp_path), volume)


def test_series_is_for_folders(tmp_path, write_dicom):
    path = write_dicom(tmp_path / "a.dcm", np.ones((2, 2), np.int16))
    with pytest.raises(ValueError, match="series of a folder"):
        read(path, series="thin")


def test_no_folder(tmp_path):
    with pytest.raises(ImageReadError, match="no such folder"):
        list_series(tmp_path / "none")


@pytest.mark.parametrize(
    ("tags", "problem"),
    [
        ({"ImagePositionPatient": [-10, -20, 36]}, "at the same position"),
        ({"ImagePositionPatient": [-10, -20, 77]}, "is a slice missing?"),
        ({"Rows": 3}, "differs from the first"),
        ({"leave_out": ("ImagePositionPatient",)}, "its place in the series is unknown"),
        ({"PixelSpacing": [0, 1]}, "two positive lengths"),
        ({"NumberOfFrames": 0}, "NumberOfFrames must be"),
    ],
)
def test_problems_are_listed_with_paths_relative_to_the_study(tmp_path, write_series, write_dicom, tags, problem):
    write_series(tmp_path)
    write_dicom(tmp_path / "odd.dcm", np.ones((1, 4, 6) if "NumberOfFrames" in tags else (4, 6), np.int16), **tags)
    found = " ".join(list_series(tmp_path)["problems"])
    assert problem in found
    assert "odd.dcm" in found
    assert str(tmp_path) not in found


def test_pet_and_codec_problems_are_listed(tmp_path, write_series, write_dicom):
    write_series(tmp_path / "a", Modality="PT", Units="BQML", SeriesInstanceUID=ONE)
    write_dicom(tmp_path / "b.dcm", np.ones((2, 2), np.int16), SeriesInstanceUID=OTHER)
    content = (tmp_path / "b.dcm").read_bytes()
    native, video = b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.4."
    (tmp_path / "b.dcm").write_bytes(content.replace(native, video))
    pet, unknown = list_series(tmp_path)["problems"]
    assert "PET stays in BQML" in pet
    assert "cannot be decoded here" in unknown


def test_an_unreadable_file_is_listed_and_warned_of(tmp_path, write_series, write_dicom):
    volume = write_series(tmp_path)
    path = write_dicom(tmp_path / "odd.dcm", np.ones((1, 4, 6), np.int16), NumberOfFrames="1")
    path.write_bytes(path.read_bytes().replace(b"\x28\x00\x08\x00IS\x02\x001 ", b"\x28\x00\x08\x00IS\x02\x00xx"))
    assert "odd.dcm: NumberOfFrames" in list_series(tmp_path)["problems"].str.cat()
    with pytest.warns(ImageReadWarning, match=r"left out: .*odd.dcm"):
        np.testing.assert_array_equal(read(tmp_path), volume)


def test_objects_without_images_are_listed_by_themselves(tmp_path, write_series, write_dicom):
    write_series(tmp_path, SeriesInstanceUID=ONE)
    tags = {"Modality": "SR", "leave_out": ("Rows", "Columns"), "SeriesInstanceUID": OTHER}
    write_dicom(tmp_path / "report", np.ones((2, 2), np.int16), **tags)
    table = list_series(tmp_path).set_index("modality")
    assert table.loc["SR", ["slices", "problems"]].tolist() == [0, "no images"]
    assert read(tmp_path).shape == (5, 4, 6)


def datasets():
    # type(), for isinstance() asks weak references to what is gone.
    return sum(issubclass(type(thing), Dataset) for thing in gc.get_objects())


def test_no_dataset_and_no_identifier_outlives_reading(study):
    folder, _ = study
    gc.collect()
    before = datasets()
    image = read(folder, series="thin")
    gc.collect()
    assert datasets() == before
    held = repr(image) + repr(vars(image))
    assert CANARY not in held
    assert ONE not in held
