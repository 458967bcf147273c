"""Sweeps: kills survived, start-up saved, records tabulated. Name the parts wanted: kills cluster cnn table."""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import nbformat
import psutil
from nbformat.v4 import new_code_cell, new_notebook

from workbench.experiments import results
from workbench.experiments.recording import RESULTS
from workbench.experiments.storing import clean

PYTHON = sys.executable
SHORT = (
    "size: int = 3  # 1 to 1000\nseed: int = 0  # any whole number",
    "import numpy as np\n\nfrom workbench import experiments",
    "values = np.random.default_rng([seed, size]).normal(size=(100, 100))\nvalues[:3, :3].round(2)",
    "import time\n\ntime.sleep(0.5)",
    "experiments.record(double=2 * size, mean=values.mean(), norm=np.linalg.norm(values, 2))",
)
CNN = (
    "width: int = 8  # 1 to 64\nrate: float = 0.001  # above 0\nseed: int = 0  # any whole number",
    "import numpy as np\n\nfrom workbench import experiments\nfrom workbench.cnn.backend import keras, tensorflow",
    "keras.utils.set_random_seed(seed)\ntensorflow.config.experimental.enable_op_determinism()\n"
    "images = np.random.default_rng(seed).normal(size=(256, 32, 32, 1)).astype('float32')\n"
    "targets = images[:, 8:24, 8:24].mean((1, 2)) > 0",
    "layers = keras.layers\nmodel = keras.Sequential([keras.Input((32, 32, 1)),"
    "layers.Conv2D(width, 3, activation='relu'), layers.Conv2D(2 * width, 3, activation='relu'),"
    "layers.GlobalAveragePooling2D(), layers.Dense(1, activation='sigmoid')])\n"
    "model.compile(keras.optimizers.Adam(rate), 'binary_crossentropy', jit_compile=False)",
    "history = model.fit(images, targets, epochs=2, batch_size=32, verbose=0).history",
    "experiments.record(loss=history['loss'][-1], weights=float(sum(abs(w).sum() for w in model.get_weights())))",
)


def notebook(sources, path):
    cells = [new_code_cell(source, id=f"cell-{number}") for number, source in enumerate(sources)]
    cells[0].metadata["tags"] = ["parameters"]
    about = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(new_notebook(cells=cells, metadata=about), path)
    return path


def contents(folder):
    """Each record without what may differ: timings, machine, memory."""
    found = {}
    for path in sorted(folder.rglob("[!.]*.ipynb")):
        record = nbformat.read(path, as_version=4)
        for cell in record.cells:
            cell.pop("id")
        found[path.parent.name] = json.dumps(clean(record), sort_keys=True)
    return found


def expect(true, otherwise):
    if not true:
        raise SystemExit(otherwise)


def sweep(path, folder, *options):
    return [PYTHON, "-m", "workbench", "sweep", str(path), "-o", str(folder), *map(str, options)]


def quietly(command):
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 (ours)


def finished(command):
    process = quietly(command)
    expect(process.wait() == 0, f"{command} failed")


def kill_one(parent, generator, workers=()):
    """Kill a kernel, a worker (the process that forks kernels, or Dask's) or the parent; say which."""
    below = psutil.Process(parent.pid).children(recursive=True)
    nurseries = [process for process in below if process.ppid() == parent.pid]
    kernels = [process for process in below if process.ppid() != parent.pid]
    kernels += [child for worker in workers for child in psutil.Process(worker.pid).children()]
    kind = generator.choice(["kernel", "kernel", "worker", "parent"])
    chosen = {"kernel": kernels, "worker": nurseries + list(workers), "parent": [parent]}[kind]
    if not chosen:
        return None
    os.kill(generator.choice(chosen).pid, signal.SIGKILL)
    return kind


def survive(command, folder, *, kills, seed, revive=lambda: ()):
    """Run a command again until it succeeds, while its processes are killed."""
    generator = random.Random(seed)  # noqa: S311 (chooses victims)
    counted, starts, before = [], 0, {}
    while True:
        for path, stamp in before.items():
            expect(path.stat().st_mtime_ns == stamp, f"{path} was done twice")
        parent = quietly(command)
        starts += 1
        while parent.poll() is None:
            deadline = time.monotonic() + generator.uniform(1.5, 4)
            while parent.poll() is None and time.monotonic() < deadline:
                time.sleep(0.1)
            workers = revive()
            if len(counted) < kills and parent.poll() is None:
                with suppress(psutil.Error, ProcessLookupError):
                    counted += [kind] if (kind := kill_one(parent, generator, workers)) else []
        if parent.returncode == 0:
            return {kind: counted.count(kind) for kind in ("kernel", "worker", "parent")}, starts
        table = results(folder) if folder.is_dir() else None
        if table is not None and len(table):
            complete = table.loc[table["status"] == "complete", "notebook"]
            before = {Path(path): Path(path).stat().st_mtime_ns for path in complete}


def settings(folder, number):
    path = folder / "settings.csv"
    path.write_text("size,seed\n" + "".join(f"{n + 1},{n % 7}\n" for n in range(number)))
    return path


def kills(number=200, blows=20):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path, table = notebook(SHORT, folder / "short.ipynb"), settings(folder, number)
        options = ("--table", table, "-j", 4)
        clock = time.monotonic()
        finished(sweep(path, folder / "calm", *options))
        calm = time.monotonic() - clock
        survived = survive(sweep(path, folder / "killed", *options), folder / "killed", kills=blows, seed=1)
        judge("this machine", folder, number, survived, calm)


def judge(where, folder, number, survived, calm):
    killed, starts = survived
    table, expected, found = results(folder / "killed"), contents(folder / "calm"), contents(folder / "killed")
    expect(len(table) == number == table["digest"].nunique(), "a record is missing or twice there")
    expect(set(table["status"]) == {"complete"}, "a record is not complete")
    left = list((folder / "killed").rglob(".*.ipynb"))
    print(
        f"{where}: {number} runs, killed {killed}, started {starts} times; {table['digest'].nunique()} distinct "
        f"complete records, {sum(found[k] == expected[k] for k in expected)} equal to the uninterrupted run's "
        f"({calm:.0f} s), {len(left)} half-written"
    )


def cluster(number=200, blows=20):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path, table = notebook(SHORT, folder / "short.ipynb"), settings(folder, number)
        clock = time.monotonic()
        finished(sweep(path, folder / "calm", "--table", table, "-j", 4))
        calm = time.monotonic() - clock
        address = folder / "scheduler.json"
        options = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(address)]
        scheduler = quietly([PYTHON, "-m", "dask", "scheduler", *options])
        while not address.exists() or not address.read_text():
            time.sleep(0.2)
        url = json.loads(address.read_text())["address"]
        workers = []

        def revive():
            workers[:] = [worker for worker in workers if worker.poll() is None]
            while len(workers) < 2:
                options = ["--nthreads", "2", "--no-nanny", "--no-dashboard", "--local-directory", name]
                workers.append(quietly([PYTHON, "-m", "dask", "worker", url, *options]))
            return workers

        revive()
        try:
            command = sweep(path, folder / "killed", "--table", table, "--scheduler", url)
            survived = survive(command, folder / "killed", kills=blows, seed=2, revive=revive)
            judge("two Dask workers", folder, number, survived, calm)
        finally:
            for process in [*workers, scheduler]:
                process.kill()
                process.wait()


def cnn(number=16, jobs=4):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = notebook(CNN, folder / "cnn.ipynb")

        def plain(seed):
            target = folder / "plain" / str(seed) / "cnn.ipynb"
            target.parent.mkdir(parents=True)
            command = [PYTHON, "-m", "papermill", str(path), str(target), "-p", "seed", str(seed)]
            finished(command)

        times = {"papermill": [], "sweep": []}
        for repeat in range(2):
            clock = time.monotonic()
            seeds = ",".join(map(str, range(number)))
            command = sweep(path, folder / f"warm{repeat}", "-g", f"seed={seeds}", "-j", jobs)
            finished(command)
            times["sweep"].append(time.monotonic() - clock)
            clock = time.monotonic()
            with ThreadPoolExecutor(jobs) as pool:
                list(pool.map(plain, range(100 * repeat, 100 * repeat + number)))
            times["papermill"].append(time.monotonic() - clock)
            print(f"  papermill {times['papermill'][-1]:.1f} s, sweep {times['sweep'][-1]:.1f} s", flush=True)
        for seed in range(number):
            command = [PYTHON, "-m", "workbench", "run", str(path), "-p", f"seed={seed}"]
            finished([*command, "-o", str(folder / "cold")])
        cold, warm = contents(folder / "cold"), contents(folder / "warm0")
        ratio = sum(times["sweep"]) / sum(times["papermill"])
        print(f"{number} short CNN runs, {jobs} at a time: sweep / papermill = {ratio:.2f}")
        print(f"equal to cold runs: {sum(warm[k] == cold[k] for k in cold)} of {len(cold)}")


def table(number=5000):
    with tempfile.TemporaryDirectory() as name:
        record = {"output_type": "display_data", "data": {"text/plain": "dice 0.9"}, "metadata": {}}
        figure = {"output_type": "display_data", "data": {"image/png": "A" * 97_000}, "metadata": {}}
        for n in range(number):
            outputs = ([], [figure], [{**record, "metadata": {RESULTS: {"dice": n / number, "distance": 3.1}}}])
            cells = [
                {"cell_type": "code", "source": source, "outputs": output, "execution_count": 1}
                | {"metadata": {"execution": {"shell.execute_reply": "2026"}}}
                for source, output in zip((SHORT[0], "show()", "record()"), outputs, strict=True)
            ]
            cells[0]["metadata"]["tags"] = ["parameters"]
            run = {"digest": f"{n:064d}", "parameters": {"size": n % 1000 + 1}, "started": "2026", "seconds": 1.0}
            content = {"cells": cells, "metadata": {"workbench": {"run": run}}, "nbformat": 4, "nbformat_minor": 4}
            path = Path(name) / f"short-{n:012d}" / "short.ipynb"
            path.parent.mkdir()
            path.write_text(json.dumps(content))
        seconds = []
        for _ in range(2):
            clock = time.perf_counter()
            found = results(name)
            seconds.append(time.perf_counter() - clock)
        expect(len(found) == number == found["results.dice"].nunique(), "a record is missing")
        size = path.stat().st_size / 1e3
        print(f"{number} records of {size:.0f} kB: {seconds[0]:.1f} s cold, {seconds[1]:.2f} s warm")


if __name__ == "__main__":
    parts = {"kills": kills, "cluster": cluster, "cnn": cnn, "table": table}
    for part in sys.argv[1:] or parts:
        parts[part]()
