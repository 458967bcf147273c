import os
import signal
import subprocess
import sys
import time

import nbformat
import pandas as pd
import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.experiments import ParameterError, grid, random, results, run, sweep
from workbench.experiments.nursery import imported
from workbench.experiments.pool import _Pool
from workbench.experiments.storing import clean

RECORD = "from workbench import experiments\nexperiments.record(double=2 * size, third=fraction / 3)"
ODD = [3, 5, 7, 9]


def contents(notebook):
    record = clean(nbformat.read(notebook, as_version=4))
    return [(cell.source, cell.get("outputs")) for cell in record.cells]


def test_a_sweep_runs_every_setting_once(make_notebook, tmp_path):
    path, made = make_notebook(RECORD), grid(size=ODD[:2], fraction=[0.1, 0.2])
    runs = sweep(path, made, folder=tmp_path / "out", jobs=3, progress=False)
    assert [run.status for run in runs] == ["complete"] * 4
    table = results(tmp_path / "out").set_index("notebook").loc[[str(run.notebook) for run in runs]]
    assert table["parameters.size"].tolist() == [3, 3, 5, 5]
    assert table["results.third"].tolist() == [0.1 / 3, 0.2 / 3] * 2
    again = sweep(path, [*made, {"size": 11, "fraction": 0.1}], folder=tmp_path / "out", jobs=3, progress=False)
    assert [run.fresh for run in again] == [False] * 4 + [True]


def test_a_table_is_a_sweep(make_notebook, tmp_path):
    table = pd.DataFrame({"size": [3, 5], "fraction": [0.25, 1]})
    runs = sweep(make_notebook(RECORD), table, folder=tmp_path / "out", cohort="samples", progress=False)
    assert [run.status for run in runs] == ["complete"] * 2


def test_a_setting_that_is_wrong_stops_the_sweep_before_it_starts(make_notebook, tmp_path):
    with pytest.raises(ParameterError, match="size must be odd, received 4"):
        sweep(make_notebook(RECORD), grid(size=[3, 4]), folder=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_same_setting_twice_is_one_run(make_notebook, tmp_path):
    runs = sweep(make_notebook(RECORD), [{"size": 5}] * 3, folder=tmp_path / "out", jobs=3, progress=False)
    assert sorted(run.fresh for run in runs) == [False, False, True]
    assert len(results(tmp_path / "out")) == 1


def test_a_failing_setting_is_not_retried_and_does_not_stop_the_others(make_notebook, tmp_path):
    marks = tmp_path / "marks"
    marks.mkdir()
    path = make_notebook(f"open(f'{marks}/{{size}}', 'a').write('x')\nassert size != 5", RECORD)
    runs = sweep(path, grid(size=ODD), folder=tmp_path / "out", jobs=2, progress=False)
    assert [run.status for run in runs] == ["complete", "failed", "complete", "complete"]
    assert {mark.read_text() for mark in marks.iterdir()} == {"x"}


def test_a_killed_kernel_is_begun_anew_but_not_for_ever(make_notebook, tmp_path):
    mark = tmp_path / "mark"
    kill = f"import os, pathlib\nmark = pathlib.Path('{mark}' + str(size))\n"
    kill += "tries = len(mark.read_text()) if mark.exists() else 0\n"
    kill += "mark.write_text('x' * (tries + 1))\nif tries < {3: 1, 5: 99}[size]:\n    os.kill(os.getpid(), 9)"
    runs = sweep(make_notebook(kill, RECORD), grid(size=[3, 5]), folder=tmp_path / "out", jobs=2, progress=False)
    assert [run.status for run in runs] == ["complete", "interrupted"]
    assert "was not finished: the kernel was killed" in runs[1].failure
    assert [len((tmp_path / f"mark{size}").read_text()) for size in (3, 5)] == [2, 3]


STATE = """
import os, sys, threading
import numpy as np
left = sorted(name for name in globals() if name.startswith("left_"))
found = [hasattr(np, "left"), "LEFT" in os.environ, "left" in sys.modules, os.getcwd() == "/"]
found.append(threading.active_count())
"""
LEAVE = """
left_here = np.left = sys.modules["left"] = os
os.environ["LEFT"] = "1"
np.random.seed(0)
np.seterr(all="raise")
os.chdir("/")
"""
TELL = """
from workbench import experiments
experiments.record(left=str(left), found=str(found), errors=str(np.geterr()), drawn=float(drawn))
"""


def test_nothing_leaks_from_one_warm_run_into_the_next(make_notebook, tmp_path):
    path = make_notebook(
        STATE, "errors = np.geterr()\ndrawn = np.random.random()", LEAVE, "np.geterr = lambda: errors", TELL
    )
    runs = sweep(path, grid(size=ODD), folder=tmp_path / "warm", jobs=1, progress=False)
    cold = run(path, folder=tmp_path / "cold", size=3)
    assert [run.status for run in [*runs, cold]] == ["complete"] * 5, runs
    table = pd.concat([results(tmp_path / "warm"), results(tmp_path / "cold")])
    for name in ("left", "found", "errors"):
        assert table[f"results.{name}"].nunique() == 1, table[f"results.{name}"].tolist()
    assert table["results.drawn"].nunique() == 5  # each drew its own random number, as cold kernels do


FIGURE = """
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from workbench import plots, samples
"""
DRAW = """
values = np.random.default_rng(size).normal(size=(60, 60))
plots.show({"noise": values}, alt="noise")
"""
FIT = """
fitted = LogisticRegression().fit(values[:, :5], values[:, 5] > 0)
print({"a", "b", "c", "d"}, fitted.coef_.round(12))
pd.DataFrame(values[:3, :3])
"""


def test_libraries_are_imported_in_the_notebooks_order():
    def code(*sources):
        return {"cells": [{"cell_type": "code", "source": source} for source in sources]}

    asked = code(
        "import scipy.ndimage as nd, numpy\nimport mine, numpy", "from keras import layers", "%matplotlib inline"
    )
    assert imported(asked) == ("scipy.ndimage", "numpy", "keras", "keras.layers")
    assert imported(code("import os\nos.environ['TF_X'] = '1'", "import tensorflow")) == ()
    assert imported(code("import matplotlib.pyplot as plt", "from . import numpy", "def (")) == ()


def test_warm_runs_equal_cold_ones(make_notebook, tmp_path):
    path = make_notebook(FIGURE, DRAW, FIT, RECORD)
    warm = sweep(path, grid(size=[3, 5]), folder=tmp_path / "warm", jobs=2, progress=False)
    for size, made in zip([3, 5], warm, strict=True):
        cold = run(path, folder=tmp_path / "cold", size=size)
        assert cold.status == made.status == "complete"
        assert contents(made.notebook) == contents(cold.notebook)
        assert made.notebook.parent.name == cold.notebook.parent.name


TENSORFLOW = """
from workbench.cnn.backend import keras, tensorflow
from tensorflow.python.eager import context
begun = context.context()._initialized
"""
TRAIN = """
import numpy as np
keras.utils.set_random_seed(size)
tensorflow.config.experimental.enable_op_determinism()
layers = keras.layers.Conv2D(4, 3), keras.layers.Flatten(), keras.layers.Dense(1)
model = keras.Sequential([keras.Input((8, 8, 1)), *layers])
model.compile("adam", "mse", jit_compile=False)
images = np.random.default_rng(size).normal(size=(32, 8, 8, 1)).astype("float32")
_ = model.fit(images, images.mean((1, 2)), epochs=2, verbose=0)
"""
WEIGHTS = """
from workbench import experiments
total = float(sum(np.abs(weights).sum(dtype=float) for weights in model.get_weights()))
experiments.record(begun=begun, total=total, digits=17)
"""


def test_kernels_are_forked_before_tensorflow_begins_and_train_the_same(make_notebook, tmp_path):
    path = make_notebook(TENSORFLOW, TRAIN, WEIGHTS)
    warm = sweep(path, grid(size=[3, 5]), folder=tmp_path / "warm", jobs=2, progress=False)
    cold = run(path, folder=tmp_path / "cold", size=3)
    assert [made.status for made in [*warm, cold]] == ["complete"] * 3, [made.failure for made in warm]
    assert contents(warm[0].notebook) == contents(cold.notebook)
    assert not results(tmp_path / "warm")["results.begun"].any()


@pytest.mark.parametrize("blow", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_sweep_is_finished_by_the_same_command(make_notebook, tmp_path, blow):
    path = make_notebook("import time\ntime.sleep(0.7)", RECORD)
    command = [
        sys.executable,
        "-m",
        "workbench",
        "sweep",
        str(path),
        "-g",
        "size=" + ",".join(map(str, range(1, 25, 2))),
    ]
    command += ["-j", "3", "-o", str(tmp_path / "out")]
    options = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True, "start_new_session": True}
    process = subprocess.Popen(command, **options, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))  # noqa: PLW1509
    deadline = time.monotonic() + 60
    while not any(path.stat().st_size > 3000 for path in tmp_path.glob("out/*/chapter.ipynb")):
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.1)
    time.sleep(1)
    below = psutil.Process(process.pid).children(recursive=True)
    os.killpg(process.pid, blow)
    _, told = process.communicate(timeout=60)
    assert process.returncode == (130 if blow == signal.SIGINT else -9)
    assert ("the same command does what is missing" in told) == (blow == signal.SIGINT)
    assert not psutil.wait_procs(below, timeout=20)[1]
    before = results(tmp_path / "out")
    assert set(before["status"]) <= {"complete", "interrupted"} and 0 < len(before) <= 12
    complete = {name: os.stat(name).st_mtime_ns for name in before.loc[before["status"] == "complete", "notebook"]}
    subprocess.run(command, capture_output=True, check=True)
    table = results(tmp_path / "out")
    assert table["status"].tolist() == ["complete"] * 12 and table["digest"].nunique() == 12
    assert all(os.stat(name).st_mtime_ns == stamp for name, stamp in complete.items())
    assert not list((tmp_path / "out").rglob(".*.ipynb"))


def test_fewer_run_while_memory_is_short(monkeypatch):
    pool = _Pool(None, 4, False, 0, None)
    assert pool._has_room()
    pool._memory, free = {"a": 3_000, "b": 1_000}, 5_100
    monkeypatch.setattr("workbench.experiments.pool.free_memory", lambda: free)
    assert pool._has_room()  # b may grow by 2,000, and the next one needs 3,000
    free = 4_900
    assert not pool._has_room()


def test_a_sweep_starts_from_a_script_on_standard_input(make_notebook, tmp_path):
    code = "from workbench.experiments import grid, sweep\n"
    code += f"print(*(run.status for run in sweep({str(make_notebook(RECORD))!r}, grid(size=[3, 5]), jobs=2,"
    code += f" folder={str(tmp_path / 'out')!r}, progress=False)))"
    done = subprocess.run([sys.executable, "-"], input=code, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["complete", "complete"]


@given(st.integers(0, 99), st.integers(1, 20))
@settings(max_examples=20, deadline=None)
def test_random_settings_are_repeatable_and_plain(seed, number):
    from scipy import stats

    asked = {"depth": [2, 3], "rate": stats.loguniform(1e-4, 1e-1), "width": stats.randint(1, 9)}
    drawn = random(number, seed=seed, **asked)
    assert drawn == random(number, seed=seed, **asked) and len(drawn) == number
    for setting in drawn:
        assert {name: type(value) for name, value in setting.items()} == {
            "depth": int,
            "rate": float,
            "width": int,
        }
        assert setting["depth"] in (2, 3) and 1e-4 <= setting["rate"] <= 1e-1 and 1 <= setting["width"] < 9
