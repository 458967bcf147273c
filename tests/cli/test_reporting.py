import json
import sys
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from workbench.cli import app
from workbench.cli.reporting import report_of
from workbench.experiments.places import alone
from workbench.experiments.recording import RESULTS

# Stands for a browser, which the tests of printing itself start.
PRINTER = """#!/bin/sh
for option in "$@"; do
  case "$option" in --print-to-pdf=*) printf '%%PDF-' > "${option#*=}" ;; esac
done
"""


def workbench(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def notebook(tmp_path):
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": "# A page\n\n## Why"},
        {"cell_type": "code", "metadata": {}, "source": "f()", "outputs": [], "execution_count": 1},
    ]
    path = tmp_path / "runs" / "small.ipynb"
    path.parent.mkdir()
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}))
    return path


def test_a_file_a_site_or_both_on_paper(notebook, tmp_path):
    page = workbench("report", notebook, "-o", tmp_path / "a.html")
    assert page.stdout.splitlines() == [str(tmp_path / "a.html")]
    assert "next: open it in a browser" in page.stderr
    assert f"next: workbench report {notebook} -o {tmp_path / 'summary.html'} --summary" in page.stderr
    assert "f()" not in (tmp_path / "a.html").read_text()
    coded = workbench("report", notebook.parent, "-o", tmp_path / "b.html", "--code", "--title", "Mine")
    assert coded.exit_code == 0
    assert "<h1>Mine</h1>" in (tmp_path / "b.html").read_text() and "details" in (tmp_path / "b.html").read_text()
    site = workbench("report", notebook, notebook, "-o", tmp_path / "site")
    assert site.stdout.splitlines() == [str(tmp_path / "site" / "index.html")]


def test_no_page_of_another_run_is_replaced_in_silence(notebook, tmp_path):
    record = json.loads(notebook.read_text())
    notebook.unlink()
    runs = []
    for day, digest in ((1, "5aba4f09fb0b"), (2, "58763442906b")):
        run = {"started": f"2026-01-0{day}T08:00:00+00:00", "digest": digest * 5, "parameters": {"margin": day}}
        record["metadata"]["workbench"] = {"run": run}
        runs.append(notebook.parent / f"small-{digest}" / "small.ipynb")
        runs[-1].parent.mkdir()
        runs[-1].write_text(json.dumps(record))
    page, summary = tmp_path / "report.html", tmp_path / "summary.html"
    first = workbench("report", runs[0], "-o", page)
    assert f"next: workbench report {runs[0]} -o {summary} --summary" in first.stderr
    workbench("report", runs[0], "-o", summary, "--summary")
    other = workbench("report", runs[1], "-o", tmp_path / "other.html")
    assert f"next: workbench report {runs[1].parent} -o {tmp_path / 'summary-5876.html'} --summary" in other.stderr
    again = workbench("report", runs[0], "-o", page)
    assert "replaced" not in again.stderr and f"-o {summary} --summary" in again.stderr
    whose = "run of 2026-01-01 08:00 UTC · digest 5aba4f09fb0b"
    for made in (page, summary):
        assert f" · {whose} · for research" in made.read_text()
    replacing = workbench("report", runs[1], "-o", page)
    assert f"{page} was the page of another run, and is replaced: {whose}" in replacing.stderr


def test_paper(notebook, tmp_path, monkeypatch):
    browser = tmp_path / "browser"
    browser.write_text(PRINTER)
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER_PATH", str(browser))
    printed = workbench("report", notebook, "-o", tmp_path / "c.html", "--pdf")
    assert printed.stdout.splitlines() == [str(tmp_path / "c.html"), str(tmp_path / "c.pdf")]
    assert (tmp_path / "c.pdf").read_bytes()[:5] == b"%PDF-"
    only = workbench("report", notebook, "-o", tmp_path / "d.pdf")
    assert only.stdout.splitlines() == [str(tmp_path / "d.pdf")]
    assert not (tmp_path / "d.html").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-o", "site", "--pdf"], "expected a .html or .pdf file"),
        (["-o", "site", "--summary"], "expected a .html or .pdf file"),
        (["-o", "page.html", "--summary", "two"], "expected one executed notebook with --summary, received 2"),
    ],
)
def test_a_mistake_is_told(notebook, tmp_path, arguments, message):
    runs = [notebook, notebook] if "two" in arguments else [notebook]
    result = workbench("report", *runs, *[argument for argument in arguments if argument != "two"])
    assert result.exit_code == 2
    assert message in result.stderr


def test_an_empty_folder_is_told(tmp_path):
    result = workbench("report", tmp_path, "-o", tmp_path / "page.html")
    assert result.exit_code == 2
    assert "expected at least one executed notebook" in result.stderr


def test_without_a_browser_there_is_a_message(notebook, tmp_path, monkeypatch):
    monkeypatch.setenv("BROWSER_PATH", "/nowhere")
    result = workbench("report", notebook, "-o", tmp_path / "c.pdf")
    assert result.exit_code == 2
    assert "expected a Chromium" in result.stderr


def test_a_notebook_that_was_never_run_is_no_run(notebook, tmp_path):
    record = json.loads(notebook.read_text())
    record["cells"][1]["execution_count"] = None
    waiting = tmp_path / "study.ipynb"
    waiting.write_text(json.dumps(record))
    page = tmp_path / "page.html"
    assert workbench("report", tmp_path, "-o", page).exit_code == 0
    assert "study" not in page.read_text().split("<main")[1].split("</main")[0]
    only = workbench("report", waiting, "-o", page)
    assert only.exit_code == 1
    assert f"{waiting} was never run: workbench run {waiting}" in only.stderr


def test_what_is_not_there_is_named_with_what_is(notebook, tmp_path):
    result = workbench("report", tmp_path / "ruins", "-o", tmp_path / "page.html")
    assert result.exit_code == 2
    assert f"ruins is not there; did you mean {tmp_path / 'runs'}?" in result.stderr
    for number in range(13):
        (tmp_path / f"{number:02}").mkdir()
    other = workbench("report", tmp_path / "elsewhere", "-o", tmp_path / "page.html")
    assert f"elsewhere is not there; in {tmp_path} there is 00, 01" in other.stderr
    assert "11 and 2 more" in other.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="no locks there")
def test_a_run_in_progress_is_not_called_killed(notebook, tmp_path):
    record = json.loads(notebook.read_text())
    record["cells"][1]["execution_count"] = None
    record["metadata"]["workbench"] = {"run": {"started": "2026-01-01T08:00:00"}}
    notebook.write_text(json.dumps(record))
    page = tmp_path / "page.html"
    with alone(notebook.parent) as held:
        assert held and workbench("report", notebook, "-o", page).exit_code == 0
        assert "still running" in page.read_text() and "killed" not in page.read_text()
        told = workbench("report", notebook, "-o", page).stderr
        assert f"unfinished: {notebook} is still running (just begun)" in told
    killed = workbench("report", notebook, "-o", page)
    assert f"unfinished: {notebook} is interrupted" in killed.stderr
    assert "still running" not in page.read_text() and "killed" in page.read_text()


def test_a_report_that_fails_loses_neither_results_nor_record(notebook, tmp_path, monkeypatch, capsys):
    values = {"auc": 0.9, "auc_low": 0.8, "auc_high": 1.0}
    record = json.loads(notebook.read_text())
    shown = {"output_type": "display_data", "data": {"text/plain": "auc 0.9"}, "metadata": {RESULTS: values}}
    record["cells"][1]["outputs"] = [shown]
    notebook.write_text(json.dumps(record))

    def failing(*_, **__):
        raise KeyError("auc_high")

    monkeypatch.setattr("workbench.reports.write_page", failing)
    report_of([SimpleNamespace(notebook=notebook, status="complete")], notebook.parent)
    said = capsys.readouterr().err
    assert "results (in brackets intervals):\n  AUC  0.90 (0.80 to 1.00)" in said  # of a level that nobody noted
    assert (
        f"the report could not be written (KeyError: 'auc_high'); the record of the run is whole: {notebook}"
        in said
    )


def test_after_a_second_run_the_comparison_is_named(notebook, capsys):
    record = json.loads(notebook.read_text())
    values = {"cnn_auc": 0.9, "logistic_auc": 0.8, "set_aside_cnn_auc": 0.7}
    shown = {"output_type": "display_data", "data": {"text/plain": "auc"}, "metadata": {RESULTS: values}}
    record["cells"][1] |= {"metadata": {"execution": {"shell.execute_reply": "now"}}, "outputs": [shown]}
    record["metadata"] = {"workbench": {"run": {"started": "2026-01-01T08:00:00"}}}
    notebook.write_text(json.dumps(record))
    run = SimpleNamespace(notebook=notebook, status="complete")
    report_of([run], notebook.parent)
    assert "--compare" not in capsys.readouterr().err
    again = notebook.parent / "again" / notebook.name
    again.parent.mkdir()
    again.write_text(notebook.read_text())
    report_of([run], notebook.parent)
    said = [line.partition("  #")[0] for line in capsys.readouterr().err.splitlines() if "--compare" in line]
    names = ("cnn_auc", "logistic_auc")
    assert said == [f"next: workbench results {notebook.parent} --compare {name}" for name in names]
