"""Small classification studies, ready to be trained on, and the one table that all predictions go into."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from workbench import cohorts, samples
from workbench.checks import real_array
from workbench.cohorts import Cohort, CohortError
from workbench.evaluation import probability_columns
from workbench.images import Image
from workbench.phantoms import ANATOMIES
from workbench.processing import grayscale, resize

from .candidates import candidates

CANDIDATES = "candidates"
TEST, VALIDATION = 0.3, 0.15


def classification_study(
    source: str,
    *,
    labels: tuple[str, str],
    patients: int = 120,
    size: int = 48,
    seed: int = 0,
    allow_leak: bool = False,
) -> Cohort:
    """Open a study of two classes: grey images of one size, patients divided, nothing shared between the parts.

    Parameters
    ----------
    source : str
        ``"candidates"``: simulated squares about vessels and nodules, see `candidates`; an anatomy of
        `workbench.phantoms`, simulated with two images per patient; or a study as for `workbench.cohorts.read`,
        with a column ``label``.
    labels : (str, str)
        The classes; other cases are left out.
    patients : int, optional
        Of a simulated study.
    size : int, optional
        Rows and columns that images are brought to.
    seed : int, optional
        Of simulation and split.
    allow_leak : bool, optional
        Whether to go on although parts share a patient or an image.

    Returns
    -------
    Cohort
        Images in memory, labels as text, and ``split``: as the study has it, or 15 % for validation and 30 % for
        test, by patient. Where it has a validation part and no test, that part is the test.

    Raises
    ------
    CohortError
        If a label does not occur, or an image cannot be read.
    LeakError
        If parts share a patient or an image, unless that is allowed.
    ValueError
        If a number is out of range.

    Examples
    --------
    >>> study = classification_study("limb", labels=("no fracture", "fracture"), patients=20, size=32)
    >>> study.table["split"].value_counts().to_dict(), study.image("limb-0000-0").shape
    ({'train': 22, 'test': 12, 'validation': 6}, (32, 32))
    """
    if source == CANDIDATES:
        whole = candidates(patients=patients, size=size, seed=seed)
    elif source in ANATOMIES:
        whole = samples.study(source, patients=patients, images_per_patient=2, size=size, seed=seed)
    else:
        whole = cohorts.read(source)
    if "label" not in whole.table:
        raise CohortError(f"the study has no column label; it has {', '.join(map(str, whole.table))}")
    known = whole.table["label"].astype(str)
    for label in labels:
        if label not in set(known):
            raise CohortError(f"no case is labelled {label!r}; there are {', '.join(sorted(set(known)))}")
    chosen = whole.select(known.index[known.isin(labels)])
    cohorts.check_leak(chosen, allow_leak=allow_leak)
    grey = chosen.map(_Grey(size))
    kept = [name for name in ("patient", "split") if name in chosen.table]
    study = Cohort(chosen.table[kept].assign(image=pd.Series(grey), label=known[chosen.table.index]))
    return _divided(study, seed)


def prediction_table(cohort: Cohort, probabilities: ArrayLike, *, classes: Sequence[str]) -> pd.DataFrame:
    """Put probabilities of a cohort's cases into the table that `evaluation.evaluate` takes.

    Parameters
    ----------
    cohort : Cohort
        The cases, with patient and label.
    probabilities : (n, classes) array_like
        In the order of the cases, from whatever model they are.
    classes : sequence of str
        In the order of the columns.

    Returns
    -------
    pandas.DataFrame
        Indexed by case: patient, label, one column ``p_<class>`` each, prediction.

    Raises
    ------
    ValueError
        If the shapes differ.

    Examples
    --------
    >>> table = pd.DataFrame({"patient": ["a"], "image": ["a.png"], "label": ["ill"]}, index=["c"])
    >>> prediction_table(Cohort(table), [[0.2, 0.8]], classes=["well", "ill"]).loc["c", "prediction"]
    'ill'
    """
    found = real_array(probabilities, name="probabilities").astype(np.float64)
    if found.shape != (len(cohort), len(classes)):
        raise ValueError(f"expected probabilities {(len(cohort), len(classes))}, received shape {found.shape}")
    table = cohort.table[["patient", "label"]].rename_axis("case")
    table[probability_columns(classes)] = found
    return table.assign(prediction=np.asarray(classes, dtype=object)[found.argmax(axis=1)])


class _Grey:
    def __init__(self, size: int) -> None:
        self.size = size

    def __call__(self, image: Image) -> Image:
        grey = image if image.channel_axis is None else grayscale(image)
        pixels = np.asarray(grey, dtype=np.float32)
        if pixels.ndim != 2:
            raise ValueError(f"expected a slice, received an image of shape {pixels.shape}")
        shape = (self.size, self.size)
        return grey if pixels.shape == shape else Image(resize(pixels, shape=shape))


def _divided(study: Cohort, seed: int) -> Cohort:
    if "split" not in study.table:
        return study.split(test=TEST, validation=VALIDATION, seed=seed)
    table = study.table.copy()
    if "test" not in set(table["split"]):
        table["split"] = table["split"].replace("validation", "test")
    if "validation" not in set(table["split"]):
        learning = study.select(table.index[table["split"] == "train"])
        again = learning.split(test=VALIDATION, seed=seed).table["split"]
        table.loc[again.index[again == "test"], "split"] = "validation"
    return Cohort(table)
