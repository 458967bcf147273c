import json
import os
import subprocess
import sys
import time

import psutil
import pytest

from workbench.experiments import ClusterError, grid, results, run, sweep

pytest.importorskip("distributed")
RECORD = "from workbench import experiments\nexperiments.record(double=2 * size)"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cluster")
    address = folder / "scheduler.json"
    dask = [sys.executable, "-m", "dask"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    options = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(address)]
    processes = [subprocess.Popen([*dask, "scheduler", *options], **quiet)]
    try:
        while not address.exists() or not address.read_text():
            time.sleep(0.1)
        url = json.loads(address.read_text())["address"]
        of_worker = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(folder)]
        processes += [subprocess.Popen([*dask, "worker", url, *of_worker], **quiet) for _ in range(3)]
        yield url, processes[1:]
    finally:
        for process in processes:
            process.kill()
            process.wait()


def test_runs_survive_the_death_of_a_worker(cluster, make_notebook, tmp_path):
    url, workers = cluster
    mark = tmp_path / "workers"
    mark.mkdir()
    # A kernel's parent is the process that forked it, and above that stands the worker.
    path = make_notebook(
        "import pathlib, psutil, time\nabove = psutil.Process().parents()[:2]\n"
        f"[pathlib.Path({str(mark)!r}, str(process.pid)).touch() for process in above]\ntime.sleep(1)",
        RECORD,
    )
    sizes = list(range(1, 21, 2))
    code = f"""
from workbench.experiments import grid, sweep
folder = {str(tmp_path / "out")!r}
runs = sweep({str(path)!r}, grid(size={sizes}), folder=folder, scheduler={url!r}, progress=False)
print(*(run.status for run in runs))
"""
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 90
    while not any((mark / str(worker.pid)).exists() for worker in workers):
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.1)
    victim = next(worker for worker in workers if (mark / str(worker.pid)).exists())
    kernels = psutil.Process(victim.pid).children(recursive=True)
    victim.kill()
    told, _ = process.communicate(timeout=200)
    assert told.split() == ["complete"] * 10
    assert not psutil.wait_procs(kernels, timeout=20)[1]
    table = results(tmp_path / "out")
    assert sorted(table["parameters.size"]) == sizes and set(table["status"]) == {"complete"}
    assert (table["results.double"] == 2 * table["parameters.size"]).all()


def test_records_go_to_any_place_and_are_found_there(cluster, make_notebook):
    url, _ = cluster
    folder, path = f"memory://runs-{os.getpid()}", make_notebook(RECORD)
    first = sweep(path, grid(size=[3, 5]), folder=folder, scheduler=url, progress=False)
    again = sweep(path, grid(size=[3, 5, 7]), folder=folder, scheduler=url, progress=False)
    assert [run.fresh for run in first + again] == [True, True, False, False, True]
    table = results(folder)
    assert sorted(table["results.double"]) == [6, 10, 14]
    assert all(name.startswith(folder) for name in table["notebook"])
    assert results(folder).equals(table)


def test_a_failing_cell_is_told_from_afar(cluster, make_notebook, tmp_path):
    runs = sweep(
        make_notebook("assert size < 4"),
        grid(size=[3, 5]),
        folder=tmp_path / "out",
        scheduler=cluster[0],
        progress=False,
    )
    assert [run.status for run in runs] == ["complete", "failed"]
    assert "raised AssertionError" in runs[1].failure


def test_a_study_that_the_worker_sees_otherwise_is_refused(cluster, make_notebook, tmp_path, monkeypatch):
    monkeypatch.setattr("workbench.experiments.planning.data_fingerprint", lambda values: "other")
    (made,) = sweep(make_notebook(RECORD), [{}], folder=tmp_path / "out", scheduler=cluster[0], progress=False)
    assert made.status == "failed" and "the worker sees other data" in made.failure


def test_a_scheduler_that_does_not_answer_is_named(make_notebook, tmp_path):
    with pytest.raises(ClusterError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        sweep(make_notebook(RECORD), [{}], folder=tmp_path / "out", scheduler="tcp://127.0.0.1:9")


@pytest.mark.parametrize("scheme", ["memory://single", "file://{}"])
def test_one_run_goes_to_a_url_without_a_cluster(make_notebook, tmp_path, scheme):
    folder = scheme.format(tmp_path / "out")
    made = run(make_notebook(RECORD), folder=folder, size=9)
    assert (made.status, made.fresh) == ("complete", True)
    assert not run(make_notebook(RECORD), folder=folder, size=9).fresh
    assert results(folder)["results.double"].tolist() == [18]
