import hashlib
import multiprocessing
import os
import shutil
import time
import warnings

import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file

from workbench import images, privacy

KEY, OTHER = b"a key of the tests alone", b"another key of the tests"


def digests(folder):
    return {
        path.relative_to(folder): hashlib.sha256(path.read_bytes()).digest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def read(path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return images.read(path), ""
        except images.ImageReadError as error:
            return None, str(error)


def same(before, after):
    def equal(name):
        first, second = getattr(before, name), getattr(after, name)
        return (first is None) == (second is None) and (first is None or np.array_equal(first, second))

    plain = ("shape", "dtype", "modality", "units", "channel_axis", "spacing")
    return equal("pixels") and equal("affine") and all(getattr(before, n) == getattr(after, n) for n in plain)


def uids(dataset):
    for element in [*dataset.file_meta, *dataset.iterall()]:
        if element.VR == "UI" and element.value:
            yield from [element.value] if isinstance(element.value, str) else element.value


def dicom(path, **elements):
    made = pydicom.dcmread(get_testdata_file("CT_small.dcm"))
    for name, value in elements.items():
        setattr(made, name, value)
    path.parent.mkdir(parents=True, exist_ok=True)
    made.save_as(path)
    return path


def test_no_canary_survives(canary_study, tmp_path):
    original, canaries = canary_study
    planted = {found.split(": ", 1)[-1] for found in canaries.in_tree(original)}
    assert len(planted) > 0.998 * len(canaries.planted) > 60_000
    for kind in (
        "private",
        "UN",
        "overlay data",
        "curve data",
        "preamble",
        "meta",
        "behind",
        "comment of",
        "depth 3",
    ):
        assert any(kind in where for where in planted), kind
    before = digests(original)
    table = privacy.deidentify(original, tmp_path / "clean", key=KEY, progress=False)
    assert set(table.status) == {"done"}
    assert canaries.in_tree(tmp_path / "clean") == []
    assert digests(original) == before
    paths, equal = [path for path in sorted(original.rglob("*")) if path.is_file()], 0
    for path, written in zip(paths, table.written, strict=True):
        (image, problem), (after, its) = read(path), read(tmp_path / "clean" / written)
        assert (image is None) == (after is None), (path.name, problem, its)
        assert image is None or same(image, after), path.name
        assert all(pydicom.uid.UID(uid).is_valid for uid in uids(pydicom.dcmread(tmp_path / "clean" / written)))
        equal += image is not None
    assert equal >= 14


def test_the_whole_zoo(shared_data, tmp_path):
    zoo = shared_data / "dicom_zoo"
    table = privacy.deidentify(zoo, tmp_path, key=KEY, jobs=2, progress=False)
    paths = sorted(path for path in zoo.rglob("*") if path.is_file())
    assert len(table) == len(paths)
    assert table.status.value_counts().to_dict() == {"done": 188, "refused": 51}
    assert table.reason[table.status == "refused"].ne("").all()
    for path, row in zip(paths, table.itertuples(), strict=True):
        if row.status != "done":
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dataset = pydicom.dcmread(tmp_path / row.written)
            assert all(pydicom.uid.UID(uid).is_valid for uid in uids(dataset)), path.name
            assert not any(element.tag.is_private for element in dataset.iterall())
        (image, problem), (after, its) = read(path), read(tmp_path / row.written)
        assert (image is None) == (after is None), (path.name, problem, its)
        assert image is None or same(image, after), path.name


def test_one_patient_is_one_patient_in_all_files_and_another_under_another_key(tmp_path):
    source = tmp_path / "in"
    for number, patient in enumerate(["A1", "A1", "B2"]):
        dicom(source / f"{number}.dcm", PatientID=patient, SOPInstanceUID=f"1.2.3.{number}")
    first = privacy.deidentify(source, tmp_path / "one", key=KEY, progress=False)
    again = privacy.deidentify(source, tmp_path / "two", key=KEY, progress=False, jobs=2)
    other = privacy.deidentify(source, tmp_path / "three", key=OTHER, progress=False)
    assert digests(tmp_path / "one") == digests(tmp_path / "two")
    assert first.equals(again)
    patients = [written.split("/")[0] for written in first.written]
    assert patients[0] == patients[1] != patients[2]
    assert not set(first.written) & set(other.written)
    one, three = (
        pydicom.dcmread(tmp_path / name / table.written[0]) for name, table in (("one", first), ("three", other))
    )
    for keyword in (
        "PatientID",
        "PatientName",
        "StudyInstanceUID",
        "SeriesInstanceUID",
        "SOPInstanceUID",
        "StudyDate",
    ):
        assert one[keyword].value != three[keyword].value
    same_series = pydicom.dcmread(tmp_path / "one" / first.written[1])
    assert one.SeriesInstanceUID == same_series.SeriesInstanceUID
    assert one.SOPInstanceUID != same_series.SOPInstanceUID


def test_what_is_refused_is_named_and_not_written(tmp_path):
    source = tmp_path / "in"
    dicom(source / "Muster_Erika" / "burned.dcm", PatientName="Muster^Erika", BurnedInAnnotation="YES")
    dicom(source / "photograph.dcm", BurnedInAnnotation="", Modality="US")
    document = dicom(source / "document.dcm", EncapsulatedDocument=b"%PDF")
    (source / "letter.txt").write_text("Dear Erika")
    (source / "cut.dcm").write_bytes(document.read_bytes()[:200])
    shutil.copy(get_testdata_file("DICOMDIR"), source / "DICOMDIR")
    table = privacy.deidentify(source, tmp_path / "out", key=KEY, progress=False).set_index("file")
    assert "BurnedInAnnotation is YES" in table.reason["***_***/burned.dcm"]
    assert "index of other files" in table.reason["DICOMDIR"]
    assert table.reason["letter.txt"] == "not a DICOM file"
    assert table.reason["document.dcm"].startswith("holds a document")
    assert table.status["cut.dcm"] == "refused"
    assert "look for words in its pixels (US)" in table.remarks["photograph.dcm"]
    assert len(digests(tmp_path / "out")) == 1


def test_a_file_is_done_once_and_again_when_it_changed(tmp_path):
    source = dicom(tmp_path / "in" / "a.dcm")
    assert privacy.deidentify(tmp_path / "in", tmp_path / "out", key=KEY, progress=False).status[0] == "done"
    assert privacy.deidentify(tmp_path / "in", tmp_path / "out", key=KEY, progress=False).status[0] == "skipped"
    os.utime(source, (time.time() + 60, time.time() + 60))
    assert privacy.deidentify(tmp_path / "in", tmp_path / "out", key=KEY, progress=False).status[0] == "done"


def _slowly(source, destination):
    from workbench.privacy import deidentification

    write = deidentification._write

    def slow(dataset, target):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.with_suffix(".part").write_bytes(b"half")
        time.sleep(0.05)
        write(dataset, target)

    deidentification._write = slow
    privacy.deidentify(source, destination, key=KEY, progress=False)


def test_a_killed_call_can_be_repeated(tmp_path):
    source, destination = tmp_path / "in", tmp_path / "out"
    for number in range(40):
        dicom(source / f"{number}.dcm", SOPInstanceUID=f"1.2.3.{number}")
    process = multiprocessing.get_context("spawn").Process(target=_slowly, args=(source, destination))
    process.start()
    while not len(list(destination.rglob("*.dcm"))) > 3:
        time.sleep(0.02)
    process.kill()
    process.join()
    assert 3 < len(list(destination.rglob("*.dcm"))) < 40
    table = privacy.deidentify(source, destination, key=KEY, progress=False)
    assert set(table.status) == {"done", "skipped"}
    privacy.deidentify(source, tmp_path / "at_once", key=KEY, progress=False)
    assert digests(destination) == digests(tmp_path / "at_once")


def test_source_and_destination_are_kept_apart(tmp_path):
    dicom(tmp_path / "in" / "a.dcm")
    for destination in (tmp_path / "in", tmp_path / "in" / "out", tmp_path):
        with pytest.raises(privacy.PrivacyError, match="separate folders"):
            privacy.deidentify(tmp_path / "in", destination, key=KEY)
    with pytest.raises(FileNotFoundError, match="no such file or folder"):
        privacy.deidentify(tmp_path / "nowhere", tmp_path / "out", key=KEY)
    (tmp_path / "empty").mkdir()
    with pytest.raises(privacy.PrivacyError, match="holds no files"):
        privacy.deidentify(tmp_path / "empty", tmp_path / "out", key=KEY)
