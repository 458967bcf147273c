import importlib
import shutil
import subprocess
import sys

import pandas as pd
import pytest

from workbench.experiments import results, run, run_all
from workbench.experiments.recording import RESULTS, Results, record

module = importlib.import_module("workbench.experiments.results")
RECORD = "from workbench import experiments\nexperiments.record(double=2 * size)"


def test_results_are_rebuilt_from_the_notebooks_alone(make_notebook, tmp_path):
    notebooks = [make_notebook(RECORD, name=f"{name}.ipynb") for name in "ab"]
    runs = run_all(notebooks, folder=tmp_path / "out", parameters={"size": "5"}, jobs=2, progress=False)
    shutil.move(tmp_path / "out", tmp_path / "moved")
    table = results(tmp_path / "moved")
    assert table["chapter"].tolist() == ["a", "b"]
    assert table["results.double"].tolist() == [10, 10]
    assert table["seconds"].tolist() == pytest.approx([run.seconds for run in runs], abs=0.01)


def test_a_run_by_papermill_itself_counts_and_says_what_ours_says(make_notebook, tmp_path):
    notebook = make_notebook(RECORD)
    ours = run(notebook, folder=tmp_path / "ours", size=5)
    (tmp_path / "theirs").mkdir()
    # In a process of its own: its progress goes to standard error, its kernel warns of TCP.
    command = [sys.executable, "-m", "papermill", str(notebook), str(tmp_path / "theirs" / "chapter.ipynb")]
    subprocess.run([*command, "-p", "size", "5", "--no-progress-bar"], check=True, capture_output=True)
    tables = [results(folder).iloc[0] for folder in (ours.notebook.parent, tmp_path / "theirs")]
    for name in ("chapter", "status", "parameters.size", "parameters.fraction", "results.double"):
        assert tables[0][name] == tables[1][name]


def test_rows_are_kept_until_their_notebook_changes(make_notebook, tmp_path, monkeypatch):
    run_all([make_notebook(RECORD)], folder=tmp_path / "out", progress=False)
    first = results(tmp_path / "out")
    monkeypatch.setattr(module, "_row", None)  # would fail if a notebook were read again
    assert results(tmp_path / "out").equals(first)
    monkeypatch.undo()
    (path,) = (tmp_path / "out").rglob("*.ipynb")
    path.write_text(path.read_text().replace('"double": 6', '"double": 66'))
    assert results(tmp_path / "out")["results.double"].tolist() == [66]
    path.unlink()
    assert results(tmp_path / "out").empty


@pytest.mark.parametrize("content", ["", "[]", '{"source": 1}', '{"rows": 3, "source": ""}'])
def test_a_damaged_cache_costs_only_time(make_notebook, tmp_path, content):
    run_all([make_notebook(RECORD)], folder=tmp_path / "out", progress=False)
    first = results(tmp_path / "out")
    (tmp_path / "out" / module.CACHE).write_text(content)
    assert results(tmp_path / "out").equals(first)


def test_notebooks_that_are_no_runs_are_passed_over_and_damaged_ones_are_named(make_notebook, tmp_path):
    make_notebook(RECORD)
    (tmp_path / ".hidden.ipynb").write_text("")
    (tmp_path / "half.ipynb").write_text('{"cells": [')
    table = results(tmp_path)
    assert table["chapter"].tolist() == ["half"]
    assert table["status"].tolist() == ["failed"]
    assert "not a notebook" in table["failure"].iloc[0]


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere: no such folder"):
        results(tmp_path / "nowhere")


def test_recorded_numbers_are_rounded_for_reading_and_kept_in_full():
    text, metadata = Results({"dice": 0.98765, "cases": 12, "ok": True}, 2)._repr_mimebundle_()
    assert text["text/plain"].split() == ["dice", "0.99", "cases", "12", "ok", "True"]
    assert metadata[RESULTS] == {"dice": 0.98765, "cases": 12, "ok": True}


def test_numpy_numbers_become_plain_ones(capsys):
    record(mean=pd.Series([1.0, 2.0]).mean(), count=pd.Series([1]).sum())
    assert capsys.readouterr().out.split() == ["mean", "1.5", "count", "1"]


def test_what_is_no_number_is_refused():
    with pytest.raises(TypeError, match="'curve' must be a number"):
        record(curve=[1, 2])
