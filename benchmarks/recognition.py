"""What recognition reaches: labels shuffled, the Wisconsin table, chest X-rays of children.

``python benchmarks/recognition.py`` prints one line per figure and writes them into benchmarks/README.md; with a
word after it, it runs the parts of that name and writes nothing.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from timing import machine, write_section

from workbench import cohorts, evaluation, recognition, samples

DATA = Path(os.environ.get("WORKBENCH_SHARED_DATA", Path(__file__).parents[2] / "shared/data"))
JOBS = 4


def shuffled(studies: int = 50) -> Iterator[str]:
    """Mean over folds and studies of the AUC where the labels are shuffled: 0.50 within 0.02 is wanted."""
    features, labels, _ = wisconsin_table()
    for name in recognition.models():
        means = []
        for seed in range(studies):
            tossed = np.random.default_rng(seed).permutation(labels)
            chosen = recognition.models(name, seed=seed)
            rows = recognition.cross_validate(features, tossed, None, chosen, seed=seed, jobs=JOBS).of(name)
            areas = [
                evaluation.auc(fold["label"], fold["p_malignant"], positive="malignant")
                for _, fold in rows.groupby("fold")
            ]
            means.append(np.mean(areas))
        error = np.std(means, ddof=1) / np.sqrt(studies)
        yield f"{name}: mean fold AUC of {studies} shuffles {np.mean(means):.3f}, standard error {error:.3f}"


def wisconsin() -> Iterator[str]:
    """Nested cross-validation of all models: 0.99 is wanted of the best."""
    features, labels, patients = wisconsin_table()
    found = recognition.cross_validate(features, labels, patients, jobs=JOBS)
    for name in found.models:
        yield f"{name}: AUC {evaluation.evaluate(found.of(name), positive='malignant')['auc']}"


def pneumonia() -> Iterator[str]:
    """28 x 28 pixels, training to validation without the shared images: 0.97 in under 5 minutes is wanted."""
    with np.load(DATA / "pneumoniamnist/pneumoniamnist_train_val.npz") as stored:
        pixels = {part: stored[f"{part}_images"] for part in ("train", "val")}
        labels = {part: stored[f"{part}_labels"].ravel() for part in ("train", "val")}
    shared = {image.tobytes() for image in pixels["val"]}
    kept = [number for number, image in enumerate(pixels["train"]) if image.tobytes() not in shared]
    images = {f"train {number}": pixels["train"][number] for number in kept}
    images |= {f"val {number}": image for number, image in enumerate(pixels["val"])}
    table = recognition.describe_images(images, jobs=JOBS, progress=False)
    yield f"{len(pixels['train']) - len(kept)} training images left out, {table.shape[1]} features"
    for name in ("lda", "logistic", "linear_svm", "svm"):
        start = time.perf_counter()
        model = recognition.models(name)[name].fit(table.iloc[: len(kept)], labels["train"][kept])
        said = model.predict_proba(table.iloc[len(kept) :])[:, 1]
        judged = evaluation.classification(labels["val"], said, groups=None, positive=1)
        yield f"{name}: AUC {judged['auc']}, accuracy {judged['accuracy']}, {time.perf_counter() - start:.0f} s"


def kermany() -> Iterator[str]:
    """224 x 224 pixels, cross-validated by patient."""
    root = DATA / "cxr_kermany224"
    index = pd.read_csv(root / "index.csv")
    index.index = pd.Index(index["file"], name="case")
    index["image"] = [
        str(root / "train" / label / file) for label, file in zip(index["label"], index["file"], strict=True)
    ]
    study = cohorts.Cohort(index, root=root)
    table = recognition.describe_images(study, jobs=JOBS, progress=False)
    copies = table.duplicated(keep=False)
    yield f"{len(table)} images of {index['patient'].nunique()} patients, {int(copies.sum())} rows with a twin"
    chosen = recognition.models("lda, logistic, svm")
    found = recognition.cross_validate(table, index["label"], index["patient"], chosen, jobs=JOBS)
    for name in found.models:
        yield f"{name}: AUC {evaluation.evaluate(found.of(name), positive='PNEUMONIA')['auc']}"


def wisconsin_table() -> tuple[pd.DataFrame, pd.Series, pd.Series]:
    """Return features, labels and patients."""
    table = samples.wisconsin()
    return table.drop(columns=["patient", "label"]), table["label"], table["patient"]


if __name__ == "__main__":
    word = sys.argv[1] if len(sys.argv) > 1 else ""
    told = [machine(), ""]
    for part in (wisconsin, pneumonia, kermany, shuffled):
        if word not in part.__name__:
            continue
        start = time.perf_counter()
        for line in part():
            print(f"{part.__name__}: {line}", flush=True)
            told.append(f"- {part.__name__}: {line}")
        print(f"{part.__name__}: {time.perf_counter() - start:.0f} s")
    if not word:
        write_section("recognition", "\n".join(told))
