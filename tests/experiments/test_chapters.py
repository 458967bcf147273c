import re

import pytest

from workbench.experiments import ChapterError, available, find
from workbench.experiments.chapters import load


def test_a_chapter_is_found_by_name_and_by_path(make_notebook):
    assert find("02_processing") == find("02_processing.ipynb") == available()[2]
    assert find(make_notebook()).name == "chapter.ipynb"


def test_a_missing_chapter_lists_those_there_are(tmp_path):
    with pytest.raises(
        ChapterError, match="no chapter or notebook '02_xyz'; the chapters are 00_start_here, 01_images, "
    ):
        find("02_xyz")
    with pytest.raises(ChapterError, match="; the studies are studies/bone, studies/breast, "):
        find("chest")
    with pytest.raises(ChapterError, match=r"gone\.ipynb"):
        find(tmp_path / "gone.ipynb")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("02_procesing", "02_processing? The chapters are"),
        ("studies/denoisin", "studies/denoising? The chapters are"),
        ("my_studdy", "my_study?"),
        ("my_studdy/study.ipynb", "my_study/study.ipynb?"),
        ("my_study/study.ipnb", "my_study/study.ipynb?"),
    ],
)
def test_a_misspelt_name_is_told_with_those_that_are_near(tmp_path, monkeypatch, typed, meant):
    for name in ("my_study", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "study.ipynb").write_text("{}")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ChapterError, match=re.escape(f"did you mean {meant}")):
        find(typed)
    below = tmp_path / "below"
    below.mkdir()
    monkeypatch.chdir(below)
    with pytest.raises(ChapterError, match=re.escape(f"did you mean {tmp_path / 'my_study'}?")):
        find(tmp_path / "my_studdy")


@pytest.mark.parametrize("content", ["", "[]", '{"cells": 1}', "\xff"])
def test_what_is_no_notebook_is_refused(tmp_path, content):
    path = tmp_path / "x.ipynb"
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(ChapterError, match=r"x\.ipynb: not a notebook"):
        load(path)
