import json
import os
import signal
import subprocess
import sys
import time

import pytest

from workbench.experiments import ParameterError, recorded, results, run, run_all
from workbench.experiments.chapters import load

RECORD = "from workbench import experiments\nexperiments.record(double=2 * size, third=1 / 3)"


def test_a_run_is_its_own_record(make_notebook, tmp_path):
    done = run(make_notebook(RECORD), folder=tmp_path / "out", size=7)
    assert (done.status, done.failure) == ("complete", "")
    assert recorded(load(done.notebook)) == {"double": 14, "third": 1 / 3}
    table = results(tmp_path / "out")
    row = table.iloc[0]
    assert (row["chapter"], row["version"], row["status"]) == ("chapter", "1.0.0", "complete")
    assert (row["parameters.size"], row["parameters.cohort"], row["results.double"]) == (7, "samples", 14)


def test_a_failing_cell_keeps_the_partial_notebook_and_is_named(make_notebook, tmp_path):
    done = run(
        make_notebook("before = 1\nprint(before)", "raise KeyError('no such case')", RECORD), folder=tmp_path / "o"
    )
    assert done.status == "failed"
    assert "code cell 3 (raise KeyError('no such case')) raised KeyError" in done.failure
    assert "1\n" in json.dumps(load(done.notebook)).encode().decode("unicode_escape")
    assert results(tmp_path / "o")["status"].tolist() == ["failed"]


def test_a_killed_kernel_is_not_called_complete(make_notebook, tmp_path):
    done = run(make_notebook("print(1)", "import os\nos.kill(os.getpid(), 9)", RECORD), folder=tmp_path / "out")
    assert done.status != "complete"
    assert "code cell 3 (import os)" in done.failure
    assert results(tmp_path / "out")["status"].tolist() == [done.status]


def test_one_failure_does_not_stop_the_others(make_notebook, tmp_path):
    good = make_notebook(RECORD, name="good.ipynb")
    bad = make_notebook("1 / 0", name="bad.ipynb")
    runs = run_all([bad, good], folder=tmp_path / "out", jobs=2, progress=False)
    assert [run.status for run in runs] == ["failed", "complete"]


def test_nothing_starts_and_nothing_is_written_for_a_typo(make_notebook, tmp_path):
    with pytest.raises(ParameterError):
        run(make_notebook(RECORD), folder=tmp_path / "out", sizes=7)
    assert not (tmp_path / "out").exists()


def test_results_are_never_overwritten(make_notebook, tmp_path):
    path = make_notebook(RECORD)
    first = run(path, folder=tmp_path / "out")
    before = first.notebook.read_bytes()
    with pytest.raises(FileExistsError, match="never overwritten"):
        run(path, folder=tmp_path / "out")
    assert first.notebook.read_bytes() == before


def test_the_record_names_no_path_of_the_machine(make_notebook, tmp_path):
    done = run(make_notebook(RECORD), folder=tmp_path / "out")
    assert str(tmp_path) not in done.notebook.read_text()


@pytest.mark.parametrize("blow", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_killed_run_leaves_no_kernel_behind(make_notebook, tmp_path, blow):
    marker = tmp_path / "kernel.pid"
    path = make_notebook(
        f"import os, pathlib, time\npathlib.Path({str(marker)!r}).write_text(str(os.getpid()))\ntime.sleep(600)"
    )
    command = [sys.executable, "-m", "workbench", "run", str(path), "-o", str(tmp_path / "out")]
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_as_in_a_terminal,  # noqa: PLW1509 (it only sets a signal)
    )
    kernel = int(_wait_for(lambda: marker.exists() and marker.read_text(), 60))
    if blow == signal.SIGINT:
        os.killpg(process.pid, blow)  # a terminal sends Ctrl-C to the whole group
    else:
        process.send_signal(blow)
    process.wait(timeout=60)
    assert process.returncode != 0
    _wait_for(lambda: not _alive(kernel), 30)
    (partial,) = results(tmp_path / "out").to_dict("records")
    assert partial["status"] == "interrupted", partial["failure"]
    assert "code cell 2 (import os, pathlib, time)" in partial["failure"]


def _as_in_a_terminal():
    # A test run in the background of a shell ignores Ctrl-C, and so would all that it starts.
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _wait_for(condition, seconds):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds} s")


def _alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rsplit(")", 1)[1].split()[0] != "Z"
