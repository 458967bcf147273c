"""Training of a classifier beside hand-written loops and PyTorch, and its memory beside the number of images.

Each rival is a process of its own, as two libraries in one process fight over the cores; one works while the
others wait, an epoch each in turn, and the medians of their epochs are compared. All have the same layers,
optimizer, batches and images in memory; the number of weights is compared first, and that the loss falls.

``python benchmarks/cnn.py`` writes the tables into benchmarks/README.md; ``python benchmarks/cnn.py speed`` or
``memory`` prints one of them. Cores are those the process is given (``taskset``).
"""

from __future__ import annotations

import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

SIDE, BATCH, COUNT, EPOCHS, RATE = 28, 64, 2048, 7, 1e-3
WIDTH = 16
CORES = len(os.sched_getaffinity(0))
RIVALS = {
    "cnn.fit": "ours",
    "hand-written step, Python loop": "step",
    "hand-written epoch, one graph": "epoch",
    "Keras fit, jit_compile=False": "keras",
    "Keras fit, default": "keras_auto",
    "PyTorch, channels last": "torch",
}
COUNTS = (1_000, 10_000, 100_000)


def images() -> tuple[np.ndarray, np.ndarray]:
    """Return noise with a brighter corner in every other image."""
    rng = np.random.default_rng(0)
    pixels, labels = rng.normal(size=(COUNT, SIDE, SIDE, 1)).astype(np.float32), np.arange(COUNT) % 2
    pixels[labels == 1, :9, :9] += 1
    return pixels, labels.astype(np.int32)


def answer(epoch: Callable[[], float], weights: int) -> None:
    """Run an epoch whenever a line comes, and print its seconds, loss and the number of weights."""
    for _ in sys.stdin:
        start = time.perf_counter()
        loss = epoch()
        print(json.dumps([time.perf_counter() - start, loss, weights]), flush=True)


def ours() -> None:
    """Train by `cnn.fit`, stopping after each epoch to be told to go on."""
    from workbench import cnn

    pixels, labels = images()
    model = cnn.classifier((SIDE, SIDE), 2, width=WIDTH, depth=3)
    sys.stdin.readline()
    started = [time.perf_counter()]

    def watch(table: Any) -> bool:
        spent = time.perf_counter() - started[0]
        print(json.dumps([spent, float(table["loss"].iloc[-1]), trainable(model)]), flush=True)
        more = bool(sys.stdin.readline())
        started[0] = time.perf_counter()
        return more

    cnn.fit(
        model, pixels, labels, epochs=EPOCHS + 9, batch_size=BATCH, learning_rate=RATE, progress=False, watch=watch
    )


def trainable(model: Any) -> int:
    """Count the weights that are learned."""
    return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)


def hand_written(whole: bool) -> None:
    """Train by a gradient tape: each step called from Python, or a whole epoch as one graph."""
    from workbench import cnn
    from workbench.cnn.backend import keras
    from workbench.cnn.backend import tensorflow as tf

    pixels, labels = map(tf.constant, images())
    model = cnn.classifier((SIDE, SIDE), 2, width=WIDTH, depth=3)
    optimizer = keras.optimizers.Adam(RATE)
    optimizer.build(model.trainable_variables)
    loss_of = keras.losses.SparseCategoricalCrossentropy()

    def step(image: Any, label: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = loss_of(label, model(image, training=True))
        optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
        return loss

    data = tf.data.Dataset.from_tensor_slices((pixels, labels)).shuffle(COUNT).batch(BATCH).prefetch(2)
    if whole:

        @tf.function(jit_compile=False)
        def epoch() -> Any:
            total = 0.0
            for image, label in data:
                total += step(image, label)
            return total

        answer(lambda: float(epoch()) / (COUNT // BATCH), trainable(model))
    compiled = tf.function(step, jit_compile=False, reduce_retracing=True)
    answer(lambda: float(np.mean([compiled(*batch) for batch in data])), trainable(model))


def keras_fit(auto: bool) -> None:
    """Train by Keras's own loop."""
    from workbench import cnn

    pixels, labels = images()
    model = cnn.classifier((SIDE, SIDE), 2, width=WIDTH, depth=3)
    model.compile("adam", "sparse_categorical_crossentropy", jit_compile="auto" if auto else False)

    def epoch() -> float:
        return float(model.fit(pixels, labels, batch_size=BATCH, verbose=0).history["loss"][0])

    answer(epoch, trainable(model))


def torch_loop() -> None:
    """Train the same layers by PyTorch."""
    import torch
    from torch import nn

    class Level(nn.Module):
        def __init__(self, before: int, after: int) -> None:
            super().__init__()
            self.shortcut = nn.Conv2d(before, after, 1)
            self.first, self.second = nn.Conv2d(before, after, 3, padding=1), nn.Conv2d(after, after, 3, padding=1)
            self.norm, self.pool = nn.BatchNorm2d(after), nn.MaxPool2d(2)

        def forward(self, maps: Any) -> Any:
            inner = self.norm(self.second(torch.relu(self.first(maps))))
            return self.pool(torch.relu(self.shortcut(maps) + inner))

    torch.set_num_threads(CORES)
    widths = [1, WIDTH, 2 * WIDTH, 4 * WIDTH]
    levels = [Level(before, after) for before, after in itertools.pairwise(widths)]
    model = nn.Sequential(*levels, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(widths[-1], 2))
    model = model.to(memory_format=torch.channels_last)
    optimizer, loss_of = torch.optim.Adam(model.parameters(), RATE), nn.CrossEntropyLoss()
    pixels, labels = (torch.from_numpy(array) for array in images())
    pixels, labels = pixels.permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last), labels.long()

    def epoch() -> float:
        total = 0.0
        for rows in torch.randperm(COUNT).split(BATCH):
            optimizer.zero_grad()
            loss = loss_of(model(pixels[rows]), labels[rows])
            loss.backward()
            optimizer.step()
            total += float(loss.detach())
        return total / (COUNT // BATCH)

    answer(epoch, sum(weight.numel() for weight in model.parameters()))


def speed() -> str:
    """Let the rivals take turns, and write a table of images per second."""
    environment = os.environ | {
        "OMP_NUM_THREADS": str(CORES),
        "TF_NUM_INTRAOP_THREADS": str(CORES),
        "TF_NUM_INTEROP_THREADS": str(CORES),
        # PyTorch's threads would go on spinning while another rival works.
        "OMP_WAIT_POLICY": "passive",
    }
    workers = {}
    for name, key in RIVALS.items():
        command = [sys.executable, __file__, key]
        workers[name] = subprocess.Popen(  # noqa: S603 of this file alone
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
        )
    found: dict[str, list[list[float]]] = {name: [] for name in workers}
    for _ in range(EPOCHS):
        for name in list(workers):
            worker = workers[name]
            try:
                worker.stdin.write("go\n")
                worker.stdin.flush()
                found[name].append(json.loads(worker.stdout.readline()))
            except (OSError, ValueError):
                del workers[name], found[name]
    for worker in workers.values():
        worker.kill()
    weights = {int(times[0][2]) for times in found.values()}
    if len(weights) != 1:
        raise SystemExit(f"the rivals differ in their number of weights: {weights}")
    if not all(times[-1][1] < times[0][1] for times in found.values()):
        raise SystemExit(f"a rival has learned nothing: {found}")
    # The first epochs hold compilation.
    medians = {name: statistics.median(each[0] for each in times[2:]) for name, times in found.items()}
    mine = medians["cnn.fit"]
    fastest = min(medians[name] for name in medians if name.startswith("hand"))
    lines = [
        f"{COUNT} images of {SIDE} x {SIDE}, batches of {BATCH}, {weights.pop():,} weights in 3 residual levels, "
        f"{CORES} cores; medians of {EPOCHS - 2} epochs in turn.",
        "",
        "| loop | images/s | cnn.fit ÷ it |",
        "|---|---|---|",
    ]
    lines += [f"| {name} | {COUNT / spent:,.0f} | {spent / mine:.2f} |" for name, spent in medians.items()]
    lines += ["", f"Overhead of cnn.fit over the fastest hand-written loop: {100 * (mine / fastest - 1):+.1f} %."]
    lines += [
        f"Not installed: {', '.join(absent)}." for absent in [[n for n in RIVALS if n not in medians]] if absent
    ]
    return "\n".join(lines)


def write_images(folder: Path, count: int) -> None:
    """Write small pictures with two labels."""
    import cv2

    rng = np.random.default_rng(0)
    for row in range(count):
        cv2.imwrite(str(folder / f"{row}.png"), rng.integers(0, 256, (SIDE, SIDE), np.uint8))


def train_cohort(folder: str, count: int) -> None:
    """Train an epoch on a cohort of files, and print the greatest memory before and after."""
    import resource

    import pandas as pd

    from workbench import cnn
    from workbench.cohorts import Cohort

    def peak() -> float:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    names = [f"c{row}" for row in range(count)]
    table = pd.DataFrame(
        {
            "patient": names,
            "image": [f"{folder}/{row}.png" for row in range(count)],
            "label": np.arange(count) % 2,
        },
        index=pd.Index(names, name="case"),
    )
    model = cnn.classifier((SIDE, SIDE), 2, width=2, depth=1)
    options: dict[str, Any] = {"epochs": 1, "batch_size": 64, "progress": False, "augment": cnn.Augmentation()}
    # What TensorFlow itself takes when it first trains is not the cohort's.
    cohort = Cohort(table)
    cnn.fit(model, cohort.select(names[:500]), **options)
    before, start = peak(), time.perf_counter()
    cnn.fit(model, cohort, cache=folder, **options)
    print(json.dumps([before, peak(), count / (time.perf_counter() - start)]))


def memory() -> str:
    """Train on ever more images, each time in a new process, and write a table of peak memory."""
    lines = ["| images | MB before | MB at most | images/s |", "|---|---|---|---|"]
    with tempfile.TemporaryDirectory() as folder:
        write_images(Path(folder), max(COUNTS))
        for count in COUNTS:
            command = [sys.executable, __file__, "cohort", folder, str(count)]
            before, most, rate = json.loads(
                subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout  # noqa: S603 of this file alone
            )
            lines.append(f"| {count:,} | {before:,.0f} | {most:,.0f} | {rate:,.0f} |")
    told = (
        "Peak memory of training one epoch on a cohort of PNG files, read, cached in a scratch file and augmented."
    )
    return f"{told}\n\n" + "\n".join(lines)


def main() -> None:
    """Run what the command line names."""
    jobs: dict[str, Callable[[], None]] = {
        "ours": ours,
        "step": lambda: hand_written(whole=False),
        "epoch": lambda: hand_written(whole=True),
        "keras": lambda: keras_fit(auto=False),
        "keras_auto": lambda: keras_fit(auto=True),
        "torch": torch_loop,
        "cohort": lambda: train_cohort(sys.argv[2], int(sys.argv[3])),
        "speed": lambda: print(speed()),
        "memory": lambda: print(memory()),
    }
    if len(sys.argv) > 1:
        jobs[sys.argv[1]]()
        return
    from timing import write_section

    write_section("cnn", f"{speed()}\n\n{memory()}")


if __name__ == "__main__":
    main()
