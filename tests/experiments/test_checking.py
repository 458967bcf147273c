import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from workbench.experiments import available, check_notebook


@pytest.fixture
def write(tmp_path):
    def make(*cells, parameters="size: int = 3  # odd", count=1):
        first = new_code_cell(parameters, metadata={"tags": ["parameters"]}, execution_count=count)
        path = tmp_path / "notebook.ipynb"
        nbformat.write(new_notebook(cells=[new_markdown_cell("# A title"), first, *cells]), path)
        return path

    return make


def cell(source="size + 1", count=2, **output):
    return new_code_cell(source, execution_count=count, outputs=[new_output(**output)] if output else [])


@pytest.mark.parametrize("path", available(), ids=lambda path: path.stem)
def test_the_chapters_pass(path):
    assert check_notebook(path) == []


def test_a_good_notebook_passes_executed_or_not(write):
    assert check_notebook(write(cell(), cell(count=3))) == []
    assert check_notebook(write(cell(count=None), count=None)) == []


@pytest.mark.parametrize(
    ("made", "problem"),
    [
        (cell("read('/home/anna/study')"), "cell 3: an absolute path, /home/anna..."),
        (cell(r"read('C:\\Users\\anna')"), "cell 3: an absolute path, C:"),
        (cell(output_type="stream", name="stdout", text="saved to /tmp/x.csv"), "an absolute path, /tmp/x.csv..."),
        (cell(output_type="stream", name="stderr", text="careful"), "a warning or log is stored"),
        (
            cell(output_type="stream", name="stdout", text="(0010, 0010) Patient's Name"),
            "patient data may be shown",
        ),
        (cell(output_type="error", ename="KeyError", evalue="", traceback=[]), "an error is stored: KeyError"),
        (
            cell(output_type="display_data", data={"application/vnd.jupyter.widget-view+json": {}}),
            "a widget without a picture",
        ),
        (cell(count=7), "executed in the order [1, 7]"),
        (cell(count=None), "executed in the order [1, None]"),
        (cell("x = '" + "y" * 700_000 + "'"), "701 kB, expected at most 600"),
    ],
)
def test_what_must_not_be_passed_on_is_found(write, made, problem):
    (found,) = check_notebook(write(made))
    assert problem in found


@pytest.mark.parametrize(
    ("parameters", "problem"),
    [
        ("size = 3", "expected 'name: type = value"),
        ("size: int = 3", "parameter size has no comment"),
        ("size: int = 4  # odd", "breaks its own rule"),
        ("size: int = (", "never closed"),
    ],
)
def test_parameters_must_be_readable(write, parameters, problem):
    (found,) = check_notebook(write(parameters=parameters))
    assert problem in found


def test_a_url_and_a_picture_are_no_paths(write):
    picture = cell(output_type="display_data", data={"image/png": "AAAA/tmp/BBBB", "text/plain": "a picture"})
    words = cell("# https://example.org/home/x and either/or and a/tmp/b", count=3)
    assert check_notebook(write(picture, words)) == []


def test_what_is_no_notebook_is_told(tmp_path):
    path = tmp_path / "x.ipynb"
    path.write_text("{")
    assert "not a notebook" in check_notebook(path)[0]
    path.write_text(
        json.dumps({"cells": [{"cell_type": "code"}], "nbformat": 4, "nbformat_minor": 5, "metadata": {}})
    )
    assert any("not a valid notebook" in problem for problem in check_notebook(path))
