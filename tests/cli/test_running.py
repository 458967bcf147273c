import json
import sys

import numpy as np
import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from workbench.cli import app
from workbench.cli.running import _told_moved, _usual, recorded_name, stopped
from workbench.experiments.chapters import find
from workbench.experiments.places import alone
from workbench.experiments.recording import RESULTS
from workbench.images import Image, write
from workbench.studies.remembering import Remembered, remember


def record(path, started, auc, data="one"):
    answered = {"execution": {"shell.execute_reply": "now"}}
    told = dict(zip(("cnn_auc", "cnn_auc_low", "cnn_auc_high"), auc, strict=True))
    output = {"output_type": "display_data", "data": {}, "metadata": {RESULTS: told}}
    parameters = 'cohort: str = "samples"  # where\nmargin: int = 0  # per cent'
    cells = [
        {"source": parameters, "metadata": {"tags": ["parameters"], **answered}, "outputs": []},
        {"source": "1", "metadata": answered if auc else {}, "outputs": [output]},
    ]
    for cell in cells:
        cell |= {"cell_type": "code", "execution_count": 1}
    about = {"workbench": {"run": {"started": started, "data": data, "parameters": {"margin": int(started)}}}}
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"cells": cells, "metadata": about, "nbformat": 4, "nbformat_minor": 5}))


def test_results_have_their_intervals_and_a_verdict(tmp_path):
    record(tmp_path / "a" / "study.ipynb", "0", (0.98123, 0.961, 0.99))
    record(tmp_path / "b" / "study.ipynb", "10", (0.98456, 0.965, 0.995))
    said = CliRunner().invoke(app, ["results", str(tmp_path)]).stdout
    assert "results.cnn_auc = 0.981 (0.961 to 0.990)" in said
    assert "cnn_auc_low" not in said
    for name in ("cnn_auc", "AUC of the CNN"):
        said = CliRunner().invoke(app, ["results", str(tmp_path), "--compare", name]).stdout
        assert "cannot be told: intervals overlap" in said and "0.9610" in said
        assert "value" in said and "mean" not in said and " p " not in said


def test_runs_of_other_data_are_not_compared_in_silence(tmp_path):
    record(tmp_path / "a" / "study.ipynb", "0", (0.98, 0.96, 0.99))
    record(tmp_path / "b" / "study.ipynb", "10", (0.97, 0.95, 0.99))
    compare = ["results", str(tmp_path), "--compare", "cnn_auc"]
    assert "not of the same data" not in CliRunner().invoke(app, compare).stderr
    record(tmp_path / "c" / "study.ipynb", "20", (0.96, 0.94, 0.98), data="other")
    assert "not of the same data" in CliRunner().invoke(app, compare).stderr


@pytest.mark.skipif(sys.platform == "win32", reason="no locks there")
def test_a_run_in_progress_is_called_so(tmp_path):
    path = tmp_path / "a" / "study.ipynb"
    record(path, "0", (0.98, 0.96, 0.99))
    unfinished = json.loads(path.read_text())
    unfinished["cells"][1] |= {"execution_count": None, "metadata": {}}
    path.write_text(json.dumps(unfinished))
    with alone(path.parent) as held:
        assert held and "study.ipynb  running" in CliRunner().invoke(app, ["results", str(tmp_path)]).stdout
    assert "study.ipynb  interrupted" in CliRunner().invoke(app, ["results", str(tmp_path)]).stdout


def test_a_result_is_found_by_the_name_on_the_page():
    table = pd.DataFrame({"results.cnn_auc": [1.0]})
    assert recorded_name(table, "auc of the cnn") == "cnn_auc"
    assert recorded_name(table, "dice") == "dice"


def test_the_folder_of_a_study_can_be_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "study.ipynb").write_text("{}")
    assert find("mine").as_posix() == "mine/study.ipynb"
    assert _usual(["mine"]).replace("\\", "/") == "mine/runs"
    assert _usual(["02_processing"]) == _usual(["mine", "02_processing"]) == _usual([]) == "runs"


def test_a_failed_study_without_its_images_says_so_first(tmp_path, capsys):
    path = tmp_path / "sound.png"
    write(Image(np.arange(9, dtype=np.uint8).reshape(3, 3)), path)
    for name in ("mine", "sound", "none"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "study.ipynb").write_text("{}")
    remember(Remembered(), tmp_path / "mine")
    remember(Remembered(), tmp_path / "sound")
    rows = "case,patient,image\ncase-1,p,../sound.png\ncase-2,q,"
    (tmp_path / "mine" / "cases.csv").write_text(rows + "../gone.png\n")
    (tmp_path / "sound" / "cases.csv").write_text(rows + "../sound.png\n")
    _told_moved([tmp_path / name / "study.ipynb" for name in ("mine", "sound", "none")])
    (said,) = capsys.readouterr().err.splitlines()
    gone = (tmp_path / "gone.png").resolve()
    assert said.startswith(f"{tmp_path / 'mine'}: images are not where cases.csv says: {gone} is not found;")


def test_a_stopped_run_is_named(tmp_path, capsys):
    record(tmp_path / "a" / "study.ipynb", "0", (0.9, 0.8, 1.0))
    (tmp_path / "b").mkdir()
    cells = [{"cell_type": "code", "source": "1", "metadata": {}, "outputs": [], "execution_count": None}]
    text = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    (tmp_path / "b" / "study.ipynb").write_text(text)
    with pytest.raises(typer.Exit):
        stopped(tmp_path)
    said = capsys.readouterr().err
    assert str(tmp_path / "a") not in said
    assert f"to be deleted if you do not go on: {tmp_path / 'b'}" in said
