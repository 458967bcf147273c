import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from workbench.cli import app

TYPO = ["run", "02_processing", "-p", "filtersize=7"]


@pytest.fixture
def notebook(tmp_path):
    import nbformat
    from nbformat.v4 import new_code_cell, new_notebook

    cells = [
        new_code_cell("size: int = 3  # odd", metadata={"tags": ["parameters"]}),
        new_code_cell("from workbench import experiments\nassert size < 9\nexperiments.record(size=size)"),
    ]
    path = tmp_path / "small.ipynb"
    nbformat.write(
        new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": ""}}), path
    )
    return path


def workbench(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_a_run_ends_with_the_path_of_its_report(notebook, tmp_path):
    result = workbench("run", notebook, "-p", "size=7", "-o", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[-1] == str(tmp_path / "out" / "index.html")
    assert "size = 7" in (tmp_path / "out" / "index.html").read_text()
    table = workbench("results", tmp_path / "out", "-o", tmp_path / "table.csv")
    assert table.exit_code == 0
    assert "results.size" in (tmp_path / "table.csv").read_text()
    listed = workbench("results", tmp_path / "out")
    assert "results.size = 7" in listed.stdout


def test_a_failing_run_says_which_cell_and_exits_nonzero(notebook, tmp_path):
    result = workbench("run", notebook, "-p", "size=11", "-o", tmp_path / "out")
    assert result.exit_code == 1
    assert "small: failed: code cell 3" in result.stderr
    assert "AssertionError" in result.stderr
    assert json.loads((tmp_path / "out" / "small.ipynb").read_text())["cells"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (TYPO, "did you mean filter_size?"),
        (["run", "02_processing", "-p", "filter_size=big"], "filter_size must be of type int, received 'big'"),
        (["run", "02_processing", "-p", "filter_size"], "expected -p NAME=VALUE"),
        (["run", "02_procesing"], "the chapters are 01_images"),
        (["results", "nowhere"], "nowhere: no such folder"),
        (["report", "nowhere.ipynb"], "nowhere.ipynb"),
    ],
)
def test_a_mistake_is_told_in_one_message(arguments, message, tmp_path, monkeypatch):
    result = workbench(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.output


def test_a_typo_is_told_before_anything_slow_is_imported():
    code = f"""
import sys
from workbench.cli import app
try:
    app({TYPO!r})
except SystemExit:
    print(*sys.modules)
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(result.stdout.split())
    assert not {"papermill", "nbformat", "nbconvert", "matplotlib", "pandas", "tensorflow"} & loaded
    assert "filter_size: int" in result.stderr


def test_an_audit_exits_1_on_an_error_and_0_on_warnings(tmp_path):
    import numpy as np

    rng = np.random.default_rng(0)
    (tmp_path / "cases.csv").write_text("case,patient,image,split\na,p,a.npy,train\nb,q,b.npy,test\n")
    for name in "ab":
        np.save(tmp_path / f"{name}.npy", rng.integers(0, 99, (40, 40)))
    clean = workbench("audit", tmp_path, "-j", 1)
    assert (clean.exit_code, clean.stdout) == (0, "2 cases: 0 errors, 0 warnings\n")
    (tmp_path / "b.npy").write_bytes((tmp_path / "a.npy").read_bytes())
    leak = workbench("audit", tmp_path, "-j", 1, "-o", tmp_path / "out" / "findings.csv")
    assert leak.exit_code == 1
    assert leak.stdout.splitlines() == [
        "error: identical images in two splits: 2 cases of 2 patients, in train, test [a, b]",
        "2 cases: 1 errors, 0 warnings",
    ]
    assert "identical images in two splits,a b," in (tmp_path / "out" / "findings.csv").read_text()
    np.save(tmp_path / "b.npy", np.zeros((40, 40)))
    assert workbench("audit", tmp_path, "-j", 1).exit_code == 0
    assert workbench("audit", tmp_path / "nowhere").exit_code == 2
