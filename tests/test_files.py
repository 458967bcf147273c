import os
from pathlib import Path

import pytest

from workbench.files import meant, nearest, not_there, replacing


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt), replacing(path) as temporary:
        temporary.write_text("half")
        raise KeyboardInterrupt
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_success_replaces(tmp_path):
    path = tmp_path / "new" / "folder" / "a.nii.gz"
    with replacing(path) as temporary:
        assert temporary.parent == path.parent
        assert temporary.name.endswith(".nii.gz")
        temporary.write_text("whole")
        assert not path.exists()
    assert path.read_text() == "whole"
    assert os.listdir(path.parent) == ["a.nii.gz"]


def test_the_file_has_the_usual_permissions(tmp_path):
    ordinary = tmp_path / "ordinary"
    ordinary.touch()
    with replacing(tmp_path / "ours") as temporary:
        temporary.touch()
    assert (tmp_path / "ours").stat().st_mode == ordinary.stat().st_mode


def test_the_nearest_of_that_name_above_is_found(tmp_path, monkeypatch):
    (tmp_path / "top" / "inner").mkdir(parents=True)
    (tmp_path / "data.csv").write_text("far")
    (tmp_path / "top" / "data.csv").write_text("near")
    monkeypatch.chdir(tmp_path / "top" / "inner")
    assert nearest("data.csv").read_text() == "near"
    (tmp_path / "top" / "inner" / "data.csv").write_text("here")
    assert nearest("data.csv") == Path("data.csv")
    assert nearest("gone.csv") == Path("gone.csv")
    assert nearest(tmp_path / "gone.csv") == tmp_path / "gone.csv"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("images/PNEUMONA", "images/PNEUMONIA"),
        ("imags/pneumonia", "images/PNEUMONIA"),
        ("images/PNEUMONIA/../NORML", "images/NORMAL"),
        ("images/other", None),
        ("images/a.png/PNEUMONIA", None),
    ],
)
def test_a_misspelt_path_has_a_near_one(tmp_path, monkeypatch, typed, found):
    for name in ("NORMAL", "PNEUMONIA", ".PNEUMONA"):
        (tmp_path / "images" / name).mkdir(parents=True)
    (tmp_path / "images" / "a.png").touch()
    monkeypatch.chdir(tmp_path)
    near = meant(typed)
    assert near is None if found is None else (near.exists() and near.samefile(found))
    assert (f"; did you mean {near}?" in not_there(typed)) == (found is not None)
