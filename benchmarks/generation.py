"""What the generative network reaches: stable at 64 px, CNN against GAN, training with and without made images.

``python benchmarks/generation.py`` prints its figures and writes them into benchmarks/README.md; with a word after
it (stable, against, helping), it runs the parts of that name and writes nothing. Each part takes some 10 minutes
on 2 cores.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from timing import machine, table_lines, write_section

from workbench import cnn, images, processing

DATA = Path(os.environ.get("WORKBENCH_SHARED_DATA", Path(__file__).parents[2] / "shared/data"))
STEPS = 4000
SIDE = 64


def stable(steps: int = STEPS, *, minutes: float = 12) -> Iterator[str]:
    """Chest X-rays of children at 64 x 64: the Frechet distance falls, and no loss leaves its range."""
    pixels, labels, patients = radiographs()
    parts = cnn.split_patients(patients, test_fraction=0.3)
    known, unseen = pixels[parts.train], pixels[parts.test]
    judge = cnn.classifier((SIDE, SIDE), 2, width=8)
    cnn.fit(judge, known, labels[parts.train], epochs=4, batch_size=16, learning_rate=3e-3, progress=False)
    real = cnn.embed(judge, unseen)
    rng = np.random.default_rng(0)
    # As many of each class as among the unseen ones: the distance would else be that between the classes.
    of_class = {kind: rng.permutation(np.flatnonzero(labels[parts.train] == kind)) for kind in (0, 1)}
    drawn = known[np.concatenate([of_class[kind][: (labels[parts.test] == kind).sum()] for kind in (0, 1)])]
    network = cnn.gan((SIDE, SIDE), 2)
    rows: list[list[str]] = []
    begun = time.perf_counter()

    def watch(table: pd.DataFrame) -> bool:
        if table.index[-1] % 250 == 0:
            made = cnn.generate(network, len(unseen), classes=labels[parts.test])
            distance = cnn.frechet_distance(cnn.embed(judge, made), real)
            close = cnn.nearest_training(made, known, unseen).suspicious
            last = table.iloc[-1]
            rows.append([str(table.index[-1]), f"{distance:.2f}", f"{last['real_score']:.2f}",
                         f"{last['generated_score']:.2f}", f"{close:.2f}"])  # fmt: skip
            print(rows[-1], f"{time.perf_counter() - begun:.0f} s", flush=True)
        return time.perf_counter() - begun < 60 * minutes

    training = cnn.fit_gan(network, known, labels[parts.train], steps=steps, progress=False, watch=watch)
    usual = cnn.frechet_distance(cnn.embed(judge, drawn), real)
    yield f"{len(known)} training images of {len(np.unique(patients[parts.train]))} patients, {len(unseen)} unseen"
    yield f"{training.table.index[-1]} steps in {time.perf_counter() - begun:.0f} s"
    yield f"Frechet distance of real training images to unseen ones {usual:.2f}"
    yield "\n" + "\n".join(table_lines(["step", "Frechet", "score real", "score made", "too close"], rows)) + "\n"


def against(seed: int = 0) -> Iterator[str]:
    """CNN against GAN on 28 x 28 chest radiographs."""
    pixels, labels = pneumonia()
    table = cnn.cnn_against_gan(
        pixels, labels, None, classifier, network, cases=(100, 400, 1600), epochs=8, unseen=1 / 3,
        batch_size=32, learning_rate=3e-3, adversarial={"steps": 800}, seed=seed,
    )  # fmt: skip
    header = ["cases", *table.columns]
    cells = [[str(row.Index), *(f"{value:.3g}" for value in row[1:])] for row in table.itertuples()]
    yield "\n" + "\n".join(table_lines(header, cells)) + "\n"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    yield f"peak memory of the whole process {peak:.0f} MB"


def helping(count: int = 400, seed: int = 0) -> Iterator[str]:
    """The same folds of 400 radiographs, with and without made images in the training."""
    pixels, labels = pneumonia()
    rows = np.random.default_rng(0).permutation(len(pixels))[:count]
    found = cnn.with_synthetic(
        pixels[rows], pd.Series(labels[rows], index=rows), None, classifier, network, outer=3, epochs=16,
        positive="pneumonia", batch_size=32, learning_rate=3e-3, adversarial={"steps": 800}, seed=seed,
    )  # fmt: skip
    for metric in ("auc", "accuracy", "brier"):
        row = found.comparison.table.loc[metric]
        yield (
            f"{count} cases, {metric}: {row['second']:.3f} without, {row['first']:.3f} with made images, "
            f"difference {row['difference']:+.3f} ({row['low']:+.3f} to {row['high']:+.3f})"
        )


def classifier(seed: int) -> Any:
    """Return a small classifier."""
    return cnn.classifier((28, 28), 2, seed=seed)


def network(seed: int) -> cnn.Gan:
    """Return a small pair of networks."""
    return cnn.gan((28, 28), 2, seed=seed)


def pneumonia() -> tuple[np.ndarray, np.ndarray]:
    """Return the training images of PneumoniaMNIST and their classes; patients are not known."""
    with np.load(DATA / "pneumoniamnist/pneumoniamnist_train_val.npz") as stored:
        labels = np.where(stored["train_labels"].ravel() == 1, "pneumonia", "normal")
        return stored["train_images"].astype(np.float32), labels


def radiographs() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the chest X-rays at 64 x 64, their classes and patients."""
    root = DATA / "cxr_kermany224"
    index = pd.read_csv(root / "index.csv")
    read = [
        np.asarray(images.read(root / "train" / label / file))
        for label, file in zip(index["label"], index["file"], strict=True)
    ]
    grey = [pixels if pixels.ndim == 2 else pixels.mean(axis=-1) for pixels in read]
    pixels = [processing.resize(each, shape=(SIDE, SIDE)) for each in grey]
    ill = (index["label"] == "PNEUMONIA").to_numpy(int)
    return np.stack(pixels).astype(np.float32), ill, index["patient"].to_numpy()


if __name__ == "__main__":
    word = sys.argv[1] if len(sys.argv) > 1 else ""
    told = [machine(), ""]
    for part in (stable, against, helping):
        if word not in part.__name__:
            continue
        start = time.perf_counter()
        for line in part():
            print(f"{part.__name__}: {line}", flush=True)
            told.append(f"- {part.__name__}: {line}" if not line.startswith("\n") else line)
        print(f"{part.__name__}: {time.perf_counter() - start:.0f} s")
    if not word:
        write_section("generation", "\n".join(told))
