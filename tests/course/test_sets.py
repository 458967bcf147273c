import json
import re

import nbformat
import pytest
from typer.testing import CliRunner

from workbench import experiments
from workbench.cli import app
from workbench.course import CourseError, sets, write

CELLS = [
    ("markdown", "# 1 Small\n\n[glossary](../docs/glossary.md)", []),
    ("code", "size: int = 3  # of the window", ["parameters"]),
    ("code", "largest = max(size, 5)", ["solution"]),
    ("code", "assert largest == 5, 'which is larger?'", ["check"]),
]


@pytest.fixture(autouse=True)
def chapters(tmp_path, monkeypatch):
    cells = [
        {"cell_type": kind, "id": str(number), "metadata": {"tags": tags}, "source": text}
        | ({"outputs": [], "execution_count": None} if kind == "code" else {})
        for number, (kind, text, tags) in enumerate(CELLS)
    ]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    for name in ("01_small.ipynb", "studies/own.ipynb"):
        path = tmp_path / "here" / "notebooks" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(notebook))
    monkeypatch.chdir(tmp_path / "here")
    return path.parents[1]


def files(folder):
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("kind", ["student", "teacher"])
def test_a_set_holds_what_its_notebooks_need(kind, tmp_path):
    readme = write(kind, tmp_path / "set")
    made = files(tmp_path / "set")
    assert set(made) == {
        "README.md",
        "docs/glossary.md",
        "notebooks/01_small.ipynb",
        "notebooks/studies/own.ipynb",
    }
    assert readme == tmp_path / "set" / "README.md"
    assert "## Syllabus" in made["README.md"]
    assert ("largest = ..." in made["notebooks/01_small.ipynb"]) == (kind == "student")
    nbformat.validate(nbformat.reads(made["notebooks/01_small.ipynb"], as_version=4))


def test_links_of_the_readme_lead_into_the_set(tmp_path, monkeypatch, chapters):
    # The real chapters this time, as teachers have them.
    monkeypatch.chdir(tmp_path)
    real = experiments.chapters.folder()
    write("teacher", tmp_path / "set")
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", (tmp_path / "set" / "README.md").read_text())
    assert len(links) > 10
    assert {path.name for path in real.glob("*.ipynb")} <= {link.rpartition("/")[2] for link in links}
    assert [link for link in links if not (tmp_path / "set" / link).is_file()] == []


def test_a_set_can_be_written_again_and_gone_over_to_the_other(tmp_path):
    write("student", tmp_path / "set")
    before = files(tmp_path / "set")
    write("student", tmp_path / "set")
    assert files(tmp_path / "set") == before


def test_a_persons_work_is_not_written_over_unless_told(tmp_path):
    write("student", tmp_path / "set")
    mine = tmp_path / "set" / "notebooks" / "01_small.ipynb"
    mine.write_text(mine.read_text().replace("largest = ...", "largest = 5"))
    (tmp_path / "set" / "notes.txt").write_text("mine")
    before = files(tmp_path / "set")
    with pytest.raises(
        FileExistsError, match=r"other files of these names: notebooks/01_small.ipynb; they may be"
    ):
        write("student", tmp_path / "set")
    assert files(tmp_path / "set") == before
    write("student", tmp_path / "set", overwrite=True)
    assert "largest = ..." in mine.read_text()
    assert (tmp_path / "set" / "notes.txt").read_text() == "mine"


def test_nothing_is_written_if_one_exercise_cannot_be_made(tmp_path, chapters):
    path = chapters / "studies" / "own.ipynb"
    path.write_text(path.read_text().replace('"check"', '"other"'))
    with pytest.raises(CourseError, match=r"own\.ipynb: expected a cell tagged 'check'"):
        write("student", tmp_path / "set")
    assert not (tmp_path / "set").exists()


def test_a_third_kind_is_refused(tmp_path):
    with pytest.raises(ValueError, match="kind must be one of student, teacher, received 'tutor'"):
        write("tutor", tmp_path)


def test_a_package_without_its_glossary_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(sets, "PACKAGE", tmp_path / "workbench")
    with pytest.raises(CourseError, match=r"expected docs/glossary\.md"):
        write("student", tmp_path / "set")


def test_the_command_writes_both_sets_and_says_where(tmp_path):
    for kind in ("student", "teacher"):
        result = CliRunner().invoke(app, ["course", kind, str(tmp_path / kind)])
        assert result.exit_code == 0, result.output
        assert result.stdout.strip() == str(tmp_path / kind / "README.md")
    refused = CliRunner().invoke(app, ["course", "teacher", str(tmp_path / "student")])
    assert refused.exit_code == 2
    assert "--overwrite" in refused.stderr
    told = CliRunner().invoke(app, ["course", "teacher", str(tmp_path / "student"), "--overwrite"])
    assert told.exit_code == 0
    assert files(tmp_path / "student") == files(tmp_path / "teacher")
