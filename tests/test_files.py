import os
from pathlib import Path

import pytest

from workbench.files import nearest, replacing


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
