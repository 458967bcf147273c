"""A simulated study of lesions: small squares, benign or malignant, two or more of each patient."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench import phantoms
from workbench.phantoms.lesions import LABELS

if TYPE_CHECKING:
    from workbench.cohorts import Cohort


def lesion_study(
    kind: str, *, patients: int = 100, images_per_patient: int = 2, size: int = 48, seed: int = 0
) -> Cohort:
    """Simulate a study of lesions that somebody has already found, to be told benign from malignant.

    Parameters
    ----------
    kind : str
        ``"nodule"``: of the lung, on CT; ``"mass"``: of the breast, on a mammogram.
    patients, images_per_patient : int, optional
        How many, 1 or more; of each two patients one has a malignant lesion. A patient's images stay the same
        however many patients there are.
    size : int, optional
        Pixels along each side, 24 to 256.
    seed : int, optional
        Of all that is drawn, 0 or more.

    Returns
    -------
    Cohort
        Columns patient, image, mask, label (``benign`` or ``malignant``) and simulated (always True), with the
        images in memory. Patients of another seed have other names.

    Raises
    ------
    ValueError
        If there is no such kind, or a number is out of range.

    Examples
    --------
    >>> cohort = lesion_study("nodule", patients=4, size=32)
    >>> cohort.table["label"].value_counts().sort_index().to_dict(), cohort.image("nodule-0-0001-1").shape
    ({'benign': 4, 'malignant': 4}, (32, 32))
    """
    import numpy as np
    import pandas as pd

    from workbench.cohorts import Cohort

    for name, number in (("patients", patients), ("images_per_patient", images_per_patient)):
        if number < 1:
            raise ValueError(f"{name} must be 1 or more, received {number}")
    rows = {}
    for patient in range(patients):
        pair, place = divmod(patient, 2)
        first = int(np.random.default_rng([seed, pair]).integers(2))
        label = LABELS[(first + place) % 2]
        for number in range(images_per_patient):
            image, mask = phantoms.simulate_lesion(
                kind, label, patient=patient, image=number, size=size, seed=seed
            )
            rows[f"{kind}-{seed}-{patient:04}-{number}"] = {
                "patient": f"{kind}-{seed}-{patient:04}",
                "image": image,
                "mask": mask,
                "label": label,
                "simulated": True,
            }
    return Cohort(pd.DataFrame.from_dict(rows, orient="index").rename_axis("case"))
