"""The detector on real blood cells and simulated nodules, trained on a processor within half an hour.

``python benchmarks/detector.py cells 0 a.json`` trains on the training list of the BCCD set at 240 x 320 pixels
(shared/data/blood_bccd) and judges once on its validation list; nothing is chosen there. The score from which a
cell counts is chosen on the training pictures. ``... nodules 0 b.json`` trains on a simulated chest study of 150
patients (the cohort of the U-Net's figures), judged on a quarter of the patients.
``... summary a.json c.json`` prints each figure, and over several seeds the mean with its interval (Student's t).
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import numpy as np
from scipy import stats

DATA = Path(os.environ.get("WORKBENCH_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
EPOCHS = {"cells": 42, "nodules": 30}


def parts(task: str) -> tuple:
    """Return training, choosing and test images."""
    from workbench import cnn, cohorts, samples

    if task == "cells":
        study = cohorts.read(DATA / "blood_bccd")
        split = study.table["split"]
        train = cnn.boxed_images(study.select(study.table.index[split == "train"]), shape=(240, 320))
        test = study.select(study.table.index[split == "validation"])
        return train, None, cnn.boxed_images(test, shape=(240, 320), classes=train.classes)
    study = samples.study("chest", patients=150, images_per_patient=2, size=128, seed=5)
    data, patients = cnn.boxed_images(study), study.table["patient"].to_numpy()
    outer = cnn.split_patients(patients, test_fraction=0.25, seed=0)
    inner = cnn.split_patients(patients[outer.train], test_fraction=0.15, seed=0)
    return (
        data.select(outer.train[inner.train]),
        data.select(outer.train[inner.test]),
        data.select(outer.test),
    )


def train(task: str, seed: int, path: Path) -> None:
    """Train, choose, judge, and write what was found."""
    from workbench import cnn, detection

    learn, choose, test = parts(task)
    shape, cells = learn.images.shape[1:3], task == "cells"
    model = cnn.detector((None, None), len(learn.classes), channels=3 if cells else 1, width=16, seed=seed)
    augment = (
        cnn.Augmentation(flip=(0, 1), rotation=0, scale=0.2, shift=0.12, contrast=0.2, brightness=0.2, gamma=0.2)
        if cells
        else cnn.Augmentation(rotation=0, scale=0.15, shift=0.08)
    )
    wall, cpu = time.perf_counter(), time.process_time()
    cnn.fit(
        model,
        learn.images,
        learn.targets,
        validation=None if choose is None else (choose.images, choose.targets),
        encode=cnn.box_encoder(shape, len(learn.classes)),
        loss=cnn.detection_loss,
        augment=augment,
        epochs=EPOCHS[task],
        learning_rate=4e-3,
        warm_up=0.05,
        weight_decay=1e-3,
        average=0.98,
        seed=seed,
        progress=False,
    )
    spent = {"seconds": time.perf_counter() - wall, "cpu seconds": time.process_time() - cpu}
    found, chosen = (
        cnn.detect(model, data.images, classes=data.classes, cases=data.patients.index, flips=cells, score=0.02)
        for data in (test, choose or learn)
    )
    table = detection.evaluate(found, test.truths, cases=test.patients)
    scores = cnn.counting_scores(chosen, (choose or learn).truths, cases=(choose or learn).patients)
    counts = detection.counting_error(cnn.at_scores(found, scores), test.truths, cases=test.patients, score=0)
    figures = {f"AP 0.5 {kind}": value for kind, value in table["ap50"].items()}
    figures |= {f"sensitivity at 1 false positive, {kind}": value for kind, value in table["sensitivity"].items()}
    figures |= {f"counted exactly, {kind}": value for kind, value in counts["exact"].items()}
    curves = detection.precision_recall(found, test.truths)
    for kind, curve in curves.groupby("class"):
        for recall in (0.5, 0.7, 0.8, 0.9, 0.95):
            figures[f"precision at recall {recall}, {kind}"] = float(
                curve[curve["recall"] >= recall]["precision"].max()
            )
    path.write_text(json.dumps(figures | spent, indent=1) + "\n", encoding="utf-8")
    print(table.round(3).to_string(), counts.round(3).to_string(), sep="\n")


def summary(paths: list[Path]) -> None:
    """Print the mean of each figure and, of several seeds, its interval."""
    runs = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    for name in runs[0]:
        values = np.array([run[name] for run in runs])
        text = f"{values.mean():.3f}"
        if len(values) > 1:
            reach = stats.t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values))
            text += f" ({values.mean() - reach:.3f} to {values.mean() + reach:.3f}, {len(values)} seeds)"
        print(f"{name}: {text}")


if __name__ == "__main__":
    if sys.argv[1] == "summary":
        summary([Path(name) for name in sys.argv[2:]])
    else:
        train(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
