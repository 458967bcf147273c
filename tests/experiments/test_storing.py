import nbformat
import pytest

from workbench.experiments.chapters import ChapterError
from workbench.experiments.storing import StoringError, store

NOISY = "import sys\nprint('kept')\nprint('dropped', file=sys.stderr)\nsize"


def test_storing_twice_gives_the_same_bytes(make_notebook):
    path = make_notebook(NOISY)
    identities = [cell.id for cell in nbformat.read(path, 4).cells]
    store([path], progress=False)
    first = path.read_bytes()
    store([path], progress=False)
    assert path.read_bytes() == first
    notebook = nbformat.read(path, 4)
    assert [cell.id for cell in notebook.cells] == identities
    assert [output.get("name") for output in notebook.cells[2].outputs] == ["stdout", None]
    assert "version" not in notebook.metadata.language_info
    assert set(notebook.metadata.workbench) == {"title", "version"}


def test_a_chapter_that_is_not_there_is_no_new_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ChapterError, match="the chapters are 00_start_here"):
        store(["nope"], progress=False)
    assert not list(tmp_path.iterdir())


def test_a_failing_notebook_stays_as_it_was(make_notebook):
    path = make_notebook("1 / 0")
    before = path.read_bytes()
    with pytest.raises(StoringError, match=r"ZeroDivisionError.*left as it was"):
        store([path], progress=False)
    assert path.read_bytes() == before
