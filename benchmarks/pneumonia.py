"""Pneumonia on 28 x 28 chest X-rays (PneumoniaMNIST), trained on a processor within ten minutes.

Three networks, each without another third of the training cases; of what each says about its third, temperature
and threshold are chosen. The eight images that the set has in training and in validation are left out of training.
Validation cases have no say in anything; then they are judged as they are, and with another look (darker, flatter,
noisier, less sharp, displaced) and another prevalence, to see what would break.

``python benchmarks/pneumonia.py 0 result.json`` trains with seed 0, and goes on where it was killed; ``... summary
a.json b.json c.json`` prints the mean over seeds with its interval (Student's t), as benchmarks/README.md has it.
"""

from __future__ import annotations

import json
import math
import os
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from scipy import ndimage, stats
from sklearn.model_selection import StratifiedKFold

DATA = Path(os.environ.get("WORKBENCH_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
MEMBERS, EPOCHS = 3, 14
#: Of the published test split.
TEST_PREVALENCE = 0.625

LOOKS = {
    "as it is": lambda image: image,
    "darker (gamma 1.4)": lambda image: 255 * (image / 255) ** 1.4,
    "brighter (gamma 0.7)": lambda image: 255 * (image / 255) ** 0.7,
    "flatter (contrast 0.6)": lambda image: 128 + 0.6 * (image - 128),
    "noisier (sd 12 of 255)": lambda image: image + np.random.default_rng(0).normal(0, 12, image.shape),
    "less sharp (sigma 0.8)": lambda image: ndimage.gaussian_filter(image, (0, 0.8, 0.8)),
    "displaced (2, 2)": lambda image: ndimage.shift(image, (0, 2, 2), order=1, mode="nearest"),
}


def arrays() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return training images and labels without what is in validation too, and the validation's."""
    with np.load(next((DATA / "pneumoniamnist").glob("*.npz"))) as archive:
        parts = [archive[f"{name}_{what}"] for name in ("train", "val") for what in ("images", "labels")]
    images, labels, held_out, truth = parts
    known = {image.tobytes() for image in held_out}
    own = np.array([image.tobytes() not in known for image in images])
    return images[own], labels[own].ravel().astype(int), held_out, truth.ravel().astype(int)


def judged(probability: np.ndarray, truth: np.ndarray, threshold: float) -> dict[str, float]:
    """Return what a probability of pneumonia is worth."""
    from workbench import evaluation

    said = (probability >= threshold).astype(int)
    recall = evaluation.recall(truth, said, positive=1)
    specificity = evaluation.specificity(truth, said, positive=1)
    return {
        "auc": evaluation.auc(truth, probability, positive=1),
        "accuracy": evaluation.accuracy(truth, said),
        "recall": recall,
        "specificity": specificity,
        "accuracy at the test's prevalence": TEST_PREVALENCE * recall + (1 - TEST_PREVALENCE) * specificity,
    }


def train(seed: int, path: Path) -> None:
    """Train, choose, judge, and write what was found."""
    from workbench import cnn

    images, labels, held_out, truth = arrays()
    make = partial(cnn.classifier, (28, 28), 2, width=16)
    augment = cnn.Augmentation(contrast=0.25, brightness=0.25, gamma=0.3, noise=0.1, rotation=8, shift=0.06)
    models, apart, spent = [], np.zeros((len(labels), 2)), 0.0
    folds = StratifiedKFold(MEMBERS, shuffle=True, random_state=seed).split(images, labels)
    for number, (learn, choose) in enumerate(folds):
        model = make(seed=MEMBERS * seed + number)
        state = path.with_suffix("") / str(number)
        kept = state / "seconds"
        before, started = float(kept.read_text()) if kept.exists() else 0.0, time.process_time()

        def note(_: Any, kept: Path = kept, before: float = before, started: float = started) -> None:
            kept.write_text(str(before + time.process_time() - started))

        cnn.fit(
            model,
            images[learn],
            labels[learn],
            epochs=EPOCHS,
            batch_size=32,
            learning_rate=3e-3,
            warm_up=0.1,
            weight_decay=0.01,
            average=0.995,
            augment=augment,
            seed=MEMBERS * seed + number,
            checkpoint=state,
            progress=False,
            watch=note,
        )
        spent += float(kept.read_text())
        apart[choose] = cnn.predict(model, images[choose], batch_size=256)
        models.append(model)
        print(
            number,
            f"{spent:.0f} s",
            judged(apart[choose][:, 1], labels[choose], 0.5),
            flush=True,
        )
    temperature = cnn.fit_temperature(apart, labels)
    honest = cnn.apply_temperature(apart, temperature)[:, 1]
    grid = np.linspace(0.05, 0.95, 181)
    threshold = float(
        grid[np.argmax(ndimage.uniform_filter1d([((honest >= t) == labels).mean() for t in grid], 9))]
    )
    both = cnn.join(models)

    def said(pictures: np.ndarray) -> np.ndarray:
        return cnn.apply_temperature(cnn.predict(both, pictures, batch_size=256), temperature)[:, 1]

    result: dict[str, Any] = {
        "seed": seed, "processor_seconds": spent, "temperature": temperature, "threshold": threshold,
        "out of fold": judged(honest, labels, threshold),
        "one network": judged(cnn.predict(models[0], held_out, batch_size=256)[:, 1], truth, 0.5),
        "looks": {
            name: judged(said(look(held_out.astype(float))), truth, threshold) for name, look in LOOKS.items()
        },
    }  # fmt: skip
    path.write_text(json.dumps(result, indent=1))
    print(json.dumps(result, indent=1))


def summary(paths: list[str]) -> str:
    """Write the mean over seeds with its interval."""
    found = [json.loads(Path(path).read_text()) for path in paths]

    def mean(values: list[float]) -> str:
        half = stats.t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / math.sqrt(len(values))
        return f"{np.mean(values):.4f} ± {half:.4f}" if len(values) > 1 else f"{values[0]:.4f} (one seed)"

    names = ["auc", "accuracy", "recall", "specificity", "accuracy at the test's prevalence"]
    rows = {f"validation, {look}": [each["looks"][look] for each in found] for look in LOOKS}
    rows = {
        "out of fold": [each["out of fold"] for each in found],
        "validation, one network": [each["one network"] for each in found],
    } | rows
    minutes = np.mean([each["processor_seconds"] for each in found]) / 60
    lines = [
        f"{MEMBERS} networks, together {minutes:.1f} minutes of processor time, summed over all cores; "
        f"{len(found)} seeds.",
        "",
        f"| | {' | '.join(names)} |",
        "|" + "---|" * (len(names) + 1),
    ]
    lines += [
        f"| {row} | {' | '.join(mean([v[name] for v in values]) for name in names)} |"
        for row, values in rows.items()
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    if sys.argv[1] == "summary":
        print(summary(sys.argv[2:]))
    else:
        train(int(sys.argv[1]), Path(sys.argv[2]))
