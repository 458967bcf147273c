import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from workbench.cli import app
from workbench.studies.steps import reporting

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
    (page,) = (tmp_path / "out").rglob("small.html")
    assert result.stdout.splitlines()[-1] == str(page)
    assert page.with_suffix(".ipynb").exists() and "(changed)" in page.read_text()
    told = result.stderr.splitlines()
    place = told.index("results:")
    assert [line.split() for line in told[place + 1 : place + 3]] == [["size", "7"], ["report:"]]
    steps = reporting(tmp_path / "out", tmp_path)
    assert told[-2:] == [f"next: {step}" for step in steps]
    again = workbench("run", notebook, "-p", "size=7", "-o", tmp_path / "out")
    assert "1 of 1 runs were done before; --force runs them again" in again.stderr
    assert again.stdout == result.stdout
    table = workbench("results", tmp_path / "out", "-o", tmp_path / "table.csv")
    assert table.exit_code == 0
    assert "results.size" in (tmp_path / "table.csv").read_text()
    other = workbench("run", notebook, "-p", "size=5", "-o", tmp_path / "out")
    record = next(path for path in (tmp_path / "out").rglob("small.html") if path != page).parent
    assert f"next: {reporting(record, tmp_path)[1]}" in other.stderr
    two = workbench("report", tmp_path / "out", "-o", tmp_path / "two.html", "--summary")
    assert two.exit_code == 0 and f"the newest complete run: {record / 'small.ipynb'}" in two.stderr
    listed = workbench("results", tmp_path / "out")
    assert "results.size = 7" in listed.stdout


def test_a_failing_run_says_which_cell_and_exits_nonzero(notebook, tmp_path):
    result = workbench("run", notebook, "-p", "size=11", "-o", tmp_path / "out")
    assert result.exit_code == 1
    assert "small: failed: code cell 3" in result.stderr
    assert "AssertionError" in result.stderr
    (step,) = reporting(tmp_path / "out", tmp_path, stopped=True)
    assert result.stderr.splitlines()[-1] == f"next: {step}"
    assert "to keep and to send" not in result.stderr and "--summary" not in result.stderr
    (partial,) = (tmp_path / "out").rglob("small.ipynb")
    assert json.loads(partial.read_text())["cells"]


def test_the_report_of_several_runs_stands_beside_them(notebook, tmp_path):
    other = tmp_path / "other.ipynb"
    other.write_bytes(notebook.read_bytes())
    result = workbench("run", notebook, other, "-o", tmp_path / "out")
    assert result.stdout.splitlines()[-1] == str(tmp_path / "out" / "report" / "index.html")


def test_a_sweep_says_how_much_is_done(notebook, tmp_path):
    command = ["sweep", notebook, "-g", "size=3,5,11", "-o", tmp_path / "out", "-j", 2]
    result = workbench(*command)
    assert result.exit_code == 1
    assert "2 of 3 runs complete" in result.stderr and "raised AssertionError" in result.stderr
    assert "2 of 3 runs were done before" in workbench(*command).stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "expected one way to choose settings"),
        (["-g", "size"], "expected -g NAME=VALUE"),
        (["-g", "sizes=3"], "did you mean size?"),
        (["-g", "size=3,4"], "size must be odd, received 4"),
        (["-r", "size=9:3"], "LOW below HIGH"),
        (["-r", "size=0:3:log"], "above 0 with log"),
        (["--table", "nowhere.csv"], "nowhere.csv"),
        (["-g", "size=3", "--scheduler", "tcp://127.0.0.1:9"], "no Dask scheduler answers at tcp://127.0.0.1:9"),
    ],
)
def test_a_mistake_in_a_sweep_is_told_before_anything_runs(notebook, tmp_path, options, message):
    result = workbench("sweep", notebook, *options, "-o", tmp_path / "out")
    assert result.exit_code == 2
    assert message in result.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (TYPO, "did you mean filter_size?"),
        (["run", "02_processing", "-p", "filter_size=big"], "filter_size must be of type int, received 'big'"),
        (["run", "02_processing", "-p", "filter_size"], "expected -p NAME=VALUE"),
        (["run", "02_procesing"], "did you mean 02_processing? The chapters are 00_start_here"),
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


def test_an_audit_doubts_that_each_image_is_of_another_patient(tmp_path):
    import numpy as np

    rng = np.random.default_rng(0)
    for number in range(6):
        np.save(tmp_path / f"person{number // 2}_{number}.npy", rng.integers(0, 99, (40, 40)))
    said = workbench("audit", tmp_path, "-j", 1, "--patient", "image")
    assert "warning: 6 of 6 names of files look like several images of 3 patients" in said.stdout
    assert said.stdout.count("warning:") == 1
    assert "look like" not in workbench("audit", tmp_path, "-j", 1).stdout


def test_two_records_are_compared_and_settings_ranked(notebook, tmp_path):
    workbench("sweep", notebook, "-r", "size=1,3,5", "--samples", 6, "-o", tmp_path / "out")
    first, second, *_ = sorted((tmp_path / "out").glob("small-*"))
    different = workbench("diff", first, second)
    assert different.exit_code == 1
    assert "parameter size: " in different.stdout and "result size: " in different.stdout
    assert workbench("diff", first, first).exit_code == 0
    assert workbench("diff", first, tmp_path / "out").exit_code == 2
    ranked = workbench("results", tmp_path / "out", "--compare", "size", "--smallest")
    assert "best" in ranked.stdout and "unknown: one run" in ranked.stdout
    assert workbench("results", tmp_path / "out", "--compare", "dice").exit_code == 2
    assert workbench("results", tmp_path / "out", "-o", tmp_path / "table.xlsx").exit_code == 2


def test_a_notebook_is_checked(notebook):
    checked = workbench("check", notebook)
    assert (checked.exit_code, checked.stdout) == (0, "")
    notebook.write_text(notebook.read_text().replace("size < 9", "size < 9 # /home/anna/x"))
    checked = workbench("check", notebook)
    assert checked.exit_code == 1
    assert "cell 2: an absolute path, /home/anna" in checked.stdout
