"""The card of a network: what it is for, and what images it knows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from workbench.checks import one_of
from workbench.cohorts import Cohort
from workbench.recognition.cards import NOTICE, fingerprint, plain_metrics, versions
from workbench.recognition.fitness import image_facts, summarized

from .backend import keras

CLASSIFICATION, SEGMENTATION, DETECTION = TASKS = ("classification", "segmentation", "detection")


def describe(
    model: keras.Model,
    cohort: Cohort,
    *,
    use: str,
    classes: Sequence[str],
    task: str = "",
    resize: Sequence[int] | None = None,
    tile: int | None = None,
    even: bool = False,
    reach: int = 0,
    score: float = 0.05,
    temperature: float = 1.0,
    mirror: Sequence[int] = (),
    metrics: pd.DataFrame | None = None,
) -> dict[str, Any]:
    """Write the card of a network.

    Parameters
    ----------
    model : keras.Model
        Trained.
    cohort : Cohort
        The training images; others must be like them.
    use : str
        One or two sentences: what the network is for, and for whom it is not.
    classes : sequence of str
        In the order of the model's outputs; of pixels, background first.
    task : {"classification", "segmentation", "detection"}, optional
        By default classification or segmentation, as the shape of the output says.
    resize : sequence of int, optional
        Shape that images are resized to before the network sees them.
    tile : int, optional
        As for `predict_tiles`.
    even, reach : optional
        Whether volumes go through `even_out` first, and how many neighbours their slices get by `with_neighbours`.
    score : float, optional
        As for `detect`.
    temperature, mirror : optional
        As for `predict`; a detector that may mirror does so along both axes.
    metrics : pandas.DataFrame, optional
        One row per metric with the columns value, low and high.

    Returns
    -------
    dict
        For `save`.

    Raises
    ------
    ValueError
        If `use` says nothing, `classes` does not name each output, or images of another task than classification
        are to be resized.

    References
    ----------
    Mitchell M, et al. Model cards for model reporting. FAT* (2019) 220-229.

    Examples
    --------
    >>> import numpy as np
    >>> from workbench.cnn import classifier
    >>> from workbench.images import Image
    >>> table = pd.DataFrame({"patient": ["p"], "image": [Image(np.eye(8))]}, index=["a"])
    >>> model = classifier((8, 8), 2, width=2, depth=1)
    >>> card = describe(model, Cohort(table), use="To try it.", classes=["normal", "pneumonia"])
    >>> card["task"], card["images"]["intensity"]
    ('classification', [0.0, 1.0])
    """
    if not use.strip():
        raise ValueError("use must say what the model is for, received an empty text")
    task = task or (CLASSIFICATION if len(model.output_shape) == 2 else SEGMENTATION)
    one_of(task, TASKS, name="task")
    names = [str(name) for name in classes]
    # The last four maps of a detector are distances to the edges of a box.
    outputs = model.output_shape[-1] - 4 * (task == DETECTION)
    if len(names) != outputs or len(set(names)) < len(names):
        raise ValueError(f"classes must name {outputs} different outputs, received {names}")
    if resize is not None and task != CLASSIFICATION:
        raise ValueError("only images to classify are resized: masks must lie on the pixels of their image")
    columns = [
        column for column in (*cohort.images, *cohort.masks) if task == SEGMENTATION or column in cohort.images
    ]
    card = {
        "notice": NOTICE,
        "task": task,
        "use": use,
        "classes": names,
        "cases": len(cohort),
        "patients": int(cohort.table["patient"].nunique()),
        "data_sha256": fingerprint(
            cohort.image(case, column) if column in cohort.images else cohort.mask(case, column)
            for case in cohort
            for column in columns
        ),
        "resize": None if resize is None else [int(side) for side in resize],
        "tile": tile,
        "even": bool(even),
        "reach": int(reach),
        "score": float(score),
        "temperature": float(temperature),
        "mirror": [int(axis) for axis in mirror],
        "metrics": plain_metrics(metrics),
        "images": summarized(image_facts(cohort)),
        "versions": versions("keras", "numpy", "tensorflow"),
    }
    if task == CLASSIFICATION and "label" in cohort.table:
        card["cases_of_class"] = {str(name): int(n) for name, n in cohort.table["label"].value_counts().items()}
    return card
