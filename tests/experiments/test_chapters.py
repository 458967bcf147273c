import pytest

from workbench.experiments import ChapterError, available, find
from workbench.experiments.chapters import load


def test_a_chapter_is_found_by_name_and_by_path(make_notebook):
    assert find("02_processing") == find("02_processing.ipynb") == available()[2]
    assert find(make_notebook()).name == "chapter.ipynb"


def test_a_missing_chapter_lists_those_there_are(tmp_path):
    with pytest.raises(
        ChapterError, match="no chapter or notebook '02_procesing'; the chapters are 00_start_here, 01_images, "
    ):
        find("02_procesing")
    with pytest.raises(ChapterError, match="; the studies are studies/bone, studies/breast, "):
        find("chest")
    with pytest.raises(ChapterError, match=r"gone\.ipynb"):
        find(tmp_path / "gone.ipynb")


@pytest.mark.parametrize("content", ["", "[]", '{"cells": 1}', "\xff"])
def test_what_is_no_notebook_is_refused(tmp_path, content):
    path = tmp_path / "x.ipynb"
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(ChapterError, match=r"x\.ipynb: not a notebook"):
        load(path)
