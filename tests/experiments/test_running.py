import gc
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
    path = make_notebook("before = 1\nprint(before)", "raise KeyError('no such case')", RECORD)
    done = run(path, folder=tmp_path / "o")
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


def test_the_record_says_where_it_came_from(make_notebook, tmp_path):
    done = run(
        make_notebook(RECORD, parameters="size: int = 3\nseed: int = 11"), folder=tmp_path / "out", threads=1
    )
    about = load(done.notebook)["metadata"]["workbench"]["run"]
    assert (about["seed"], about["threads"], about["parameters"]) == (11, 1, {})
    assert about["machine"]["cores"] == os.cpu_count()
    assert 20 < about["peak_mb"] < 2000
    assert done.notebook.parent.name == f"chapter-{about['digest'][:12]}"
    assert about["versions"]["numpy"] and about["seconds"] > 0


def test_the_same_run_is_not_done_twice_unless_forced(make_notebook, tmp_path):
    path = make_notebook(RECORD)
    first = run(path, folder=tmp_path / "out")
    before = first.notebook.read_bytes()
    again = run(path, folder=tmp_path / "out", size=3)  # the default, said aloud
    assert (again.notebook, again.fresh, first.fresh) == (first.notebook, False, True)
    assert first.notebook.read_bytes() == before
    forced = run(path, folder=tmp_path / "out", force=True)
    assert forced.fresh and forced.notebook == first.notebook
    assert first.notebook.read_bytes() != before


def test_a_run_that_was_not_finished_is_done_again(make_notebook, tmp_path):
    done = run(make_notebook(RECORD), folder=tmp_path / "out")
    partial = load(done.notebook)
    del partial["cells"][-1]["metadata"]["execution"]
    done.notebook.write_text(json.dumps(partial))
    again = run(make_notebook(RECORD), folder=tmp_path / "out")
    assert again.fresh and again.status == "complete"


def test_what_papermill_wrote_into_a_notebook_does_not_stay(make_notebook, tmp_path):
    path = make_notebook("print(1)", "import os; os.kill(os.getpid(), 9)")
    content = json.loads(path.read_text())
    content["metadata"]["papermill"] = {"output_path": str(tmp_path / "out.ipynb")}
    path.write_text(json.dumps(content))
    done = run(path, folder=tmp_path / "out", size=5)
    assert done.status == "interrupted"
    text = done.notebook.read_text()
    assert "papermill" not in text and str(tmp_path) not in text


def test_a_run_that_takes_too_long_is_stopped(make_notebook, tmp_path, caplog, capfd):
    done = run(make_notebook("print(1)", "import time; time.sleep(60)"), folder=tmp_path / "out", timeout=4)
    assert done.status == "interrupted" and done.seconds < 20
    assert "(import time; time.sleep(60)) was not finished: it took longer than 4 s" in done.failure
    gc.collect()
    assert "Task was destroyed" not in caplog.text + capfd.readouterr().err
    assert "1\n" in load(done.notebook)["cells"][2]["outputs"][0]["text"]


def test_much_printed_text_is_cut_and_the_run_goes_on(make_notebook, tmp_path):
    source = "for _ in range(20_000):\n    print('x' * 999)"  # 20 MB
    done = run(make_notebook(source, RECORD), folder=tmp_path / "out")
    assert done.status == "complete"
    assert "[workbench: cut after 1,000,000 printed characters]" in done.notebook.read_text()
    assert done.notebook.stat().st_size < 2_000_000
    assert results(tmp_path / "out")["results.double"].tolist() == [6]


def test_printed_text_is_joined_as_a_terminal_shows_it(make_notebook, tmp_path):
    source = (
        "import sys, time\nfor n in range(3):\n    print(n, end='\\r', flush=True)\n    time.sleep(0.3)\n"
        "print('done')\nprint('careful', file=sys.stderr, flush=True)\ndisplay('shown')\n"
        "print('after')\nprint('x' * 900_000)"
    )
    done = run(make_notebook(source), folder=tmp_path / "out")
    outputs = load(done.notebook)["cells"][2]["outputs"]
    kinds = [output.get("name", output["output_type"]) for output in outputs]
    assert kinds == ["stdout", "stderr", "display_data", "stdout"]
    texts = ["".join(output.get("text", [])) for output in outputs]
    assert (texts[0], texts[1]) == ("done\n", "careful\n")
    assert texts[3] == "after\n" + "x" * 900_000 + "\n"
    assert done.seconds < 30  # a long line takes no longer than short ones


def test_a_full_disk_is_told_and_the_other_runs_go_on(make_notebook, tmp_path):
    small, large = (
        make_notebook(RECORD, name="small.ipynb"),
        make_notebook("print('x' * 500_000)", name="large.ipynb"),
    )
    code = f"""
import resource
from workbench.experiments import run_all
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
for run in run_all([{str(large)!r}, {str(small)!r}], folder={str(tmp_path / "out")!r}, progress=False):
    print(run.status, run.failure)
"""
    done = subprocess.run([sys.executable, "-"], input=code, capture_output=True, text=True, check=True)
    first, second = done.stdout.splitlines()
    assert first.startswith("failed the record could not be written: ") and "File too large" in first
    assert second == "complete "
    assert results(tmp_path / "out")["status"].tolist() == ["interrupted", "complete"]


def test_a_folder_that_cannot_be_written_is_told_at_once(make_notebook, tmp_path):
    (tmp_path / "out").write_text("a file is in the way")
    done = run(make_notebook(RECORD), folder=tmp_path / "out")
    assert done.status == "failed" and "the record could not be written" in done.failure


def test_runs_start_inside_a_running_event_loop_as_in_a_notebook(make_notebook, tmp_path, run_coroutine):
    async def cell():
        return run(make_notebook(RECORD), folder=tmp_path / "out")

    assert run_coroutine(cell()).status == "complete"


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
    time.sleep(2.5)  # what happens within a second may be lost
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
