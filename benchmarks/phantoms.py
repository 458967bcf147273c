"""Phantoms: how fast they are made, and that their lesions must be seen, not counted.

First-order features of the whole image go to two classifiers; a small network sees the image in the modality's
usual window. Both learn from the same patients and are tested on others.
Run: python benchmarks/phantoms.py [ANATOMY ...]
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workbench import phantoms
from workbench.features import intensity_features

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
PATIENTS, IMAGES, TEST = 400, 3, 0.25
SECONDS = 60.0
WINDOWS = {"chest": (-1350.0, 150.0), "head": (0.0, 80.0)}


def cases(anatomy: str) -> tuple[NDArray, NDArray, NDArray]:
    labels = phantoms.ANATOMIES[anatomy].labels
    made = [
        (phantoms.simulate(anatomy, patient=patient, image=image), patient)
        for patient in range(PATIENTS)
        for image in range(IMAGES)
    ]
    images = np.stack([phantom.image.pixels for phantom, _ in made]).astype(np.float32)
    return images, np.array([labels.index(p.label) for p, _ in made]), np.array([patient for _, patient in made])


def areas(truth: NDArray, probabilities: NDArray) -> list[float]:
    """Return the area under the curve of each label against the others."""
    from sklearn.metrics import roc_auc_score

    labels = range(1, 2) if probabilities.shape[1] == 2 else range(probabilities.shape[1])
    return [float(roc_auc_score(truth == label, probabilities[:, label])) for label in labels]


def first_order(images: NDArray, labels: NDArray, test: NDArray) -> dict[str, list[float]]:
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    whole = np.ones(images.shape[1:], bool)
    table = np.nan_to_num([list(intensity_features(image, whole).values()) for image in images])
    models = {
        "logistic regression": make_pipeline(StandardScaler(), LogisticRegression(max_iter=5000)),
        "random forest": RandomForestClassifier(300, min_samples_leaf=3, random_state=0),
    }
    return {
        name: areas(labels[test], model.fit(table[~test], labels[~test]).predict_proba(table[test]))
        for name, model in models.items()
    }


def network(anatomy: str, images: NDArray, labels: NDArray, test: NDArray) -> tuple[list[float], int, float]:
    import keras

    layers = keras.layers
    keras.utils.set_random_seed(0)
    low, high = WINDOWS.get(anatomy, (images.min(), images.max()))
    images = np.clip(images, low, high)
    if anatomy not in WINDOWS:
        images = images - np.median(images, axis=(1, 2), keepdims=True)
    images = ((images - images[~test].mean()) / images[~test].std())[..., None]
    maps = entry = keras.Input(images.shape[1:])
    for width, size, stride, pool in ((16, 5, 2, True), (32, 3, 1, False), (32, 3, 1, True), (64, 3, 1, False)):
        maps = layers.Conv2D(width, size, strides=stride, padding="same", use_bias=False)(maps)
        maps = layers.Activation("relu")(layers.BatchNormalization(momentum=0.9)(maps))
        maps = layers.MaxPooling2D()(maps) if pool else maps
    summary = layers.Concatenate()([layers.GlobalMaxPooling2D()(maps), layers.GlobalAveragePooling2D()(maps)])
    model = keras.Model(entry, layers.Dense(int(labels.max()) + 1, activation="softmax")(summary))
    model.compile(keras.optimizers.Adam(3e-3), "sparse_categorical_crossentropy")
    start, longest, epochs = time.perf_counter(), 0.0, 0
    while (before := time.perf_counter()) - start + longest < SECONDS:
        # Small steps for the last third of the time.
        model.optimizer.learning_rate = 3e-3 if before - start < SECONDS * 2 / 3 else 6e-4
        model.fit(images[~test], labels[~test], batch_size=32, verbose=0)
        longest, epochs = max(longest, time.perf_counter() - before), epochs + 1
    taken = time.perf_counter() - start
    return areas(labels[test], model.predict(images[test], verbose=0)), epochs, taken


def main(anatomies: Sequence[str]) -> None:
    for anatomy in anatomies:
        start = time.perf_counter()
        images, labels, patients = cases(anatomy)
        each = (time.perf_counter() - start) / len(images)
        print(f"{anatomy}: 300 images of 128x128 in {300 * each:.1f} s")
        test = patients >= PATIENTS * (1 - TEST)
        for name, found in first_order(images, labels, test).items():
            print(f"  first order, {name}: AUC {np.round(found, 3)}")
        found, epochs, taken = network(anatomy, images, labels, test)
        print(f"  network, {epochs} epochs in {taken:.0f} s: AUC {np.round(found, 3)}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:] or list(phantoms.ANATOMIES))
