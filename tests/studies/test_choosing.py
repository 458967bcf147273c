import json

import pytest

from workbench.studies.choosing import chosen, is_study


def record(folder, name, *, started, source="1", complete=True, given=()):
    answered = {"execution": {"shell.execute_reply": "now"}}
    cells = [
        {"cell_type": "code", "source": text, "outputs": [], "execution_count": 1, "metadata": {"tags": tags}}
        for text, tags in [
            ("size = 1", ["parameters"]),
            *[(text, ["injected-parameters"]) for text in given],
            (source, []),
        ]
    ]
    for cell in cells[: None if complete else 1]:
        cell["metadata"] |= answered if started else {}
    about = {"workbench": {"run": {"started": started}}} if started else {}
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"cells": cells, "metadata": about, "nbformat": 4, "nbformat_minor": 5}))
    return path


@pytest.fixture
def study(tmp_path):
    record(tmp_path, "study.ipynb", started="")
    (tmp_path / ".started.json").write_text("{}")
    return tmp_path


def test_the_newest_complete_run_of_the_present_notebook_is_taken(study):
    first = record(study, "runs/a/study.ipynb", started="2026-01-01", given=["size = 3"])
    late = record(study, "runs/b/study.ipynb", started="2026-01-03", source="2")
    stopped = record(study, "runs/c/study.ipynb", started="2026-01-04", complete=False)
    path, told = chosen([first, late, stopped])
    assert path == first
    assert told == f"3 runs are there; this is the newest complete run of the study as it is now: {first}"
    newer = record(study, "runs/d/study.ipynb", started="2026-01-02")
    assert chosen([first, late, newer])[0] == newer


def test_where_no_run_is_of_the_present_notebook_that_is_said(study):
    old = [record(study, f"runs/{n}/study.ipynb", started=f"2026-01-0{n}", source="old") for n in (2, 1)]
    path, told = chosen(old)
    assert path == old[0]
    assert "of the study as it was before: run it again" in told


def test_runs_of_no_study(tmp_path):
    runs = [record(tmp_path, f"{n}/x.ipynb", started=f"2026-01-0{n}", complete=n < 2) for n in (1, 2)]
    assert chosen(runs)[0] == runs[0]
    assert "none is complete" in chosen(runs[1:])[1]
    assert not is_study(tmp_path)
    with pytest.raises(ValueError, match="at least one"):
        chosen([])


def test_a_study_is_known_by_what_it_remembers(study):
    assert is_study(study)
    assert is_study(study / "runs")
