"""Simulated studies: cohorts of patients who do not exist."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from workbench import phantoms

from .locations import phantom_location, resolve

if TYPE_CHECKING:
    from workbench.cohorts import Cohort


def study(
    anatomy: str, *, patients: int = 40, images_per_patient: int = 3, size: int = 128, seed: int = 0
) -> Cohort:
    """Simulate a study: a cohort whose images are made when asked for.

    Parameters
    ----------
    anatomy : str
        ``"chest"``, ``"head"``, ``"limb"`` or ``"breast"``; see `catalog`.
    patients, images_per_patient : int, optional
        How many, 1 or more. A patient's images stay the same however many patients there are.
    size : int, optional
        Pixels along each side, 32 to 1024.
    seed : int, optional
        Of all that is drawn, 0 or more; of another seed than 0, patients bear it in their names.

    Returns
    -------
    Cohort
        Columns patient, image, mask, label, boxes (JSON: top, left, bottom, right) and simulated (always True).

    Raises
    ------
    ValueError
        If there is no such anatomy, or a number is out of range.

    Examples
    --------
    >>> cohort = study("chest", patients=4, images_per_patient=2, size=64)
    >>> len(cohort), cohort.table["label"].value_counts().to_dict()
    (8, {'no nodule': 4, 'nodule': 4})
    >>> cohort.image("chest-0001-0").units
    'HU'
    """
    import pandas as pd

    from workbench.cohorts import Cohort

    for name, number in (("patients", patients), ("images_per_patient", images_per_patient)):
        if number < 1:
            raise ValueError(f"{name} must be 1 or more, received {number}")
    rows = {}
    for patient in range(patients):
        name = patient_name(anatomy, patient, seed=seed)
        label = phantoms.label_of(anatomy, patient=patient, seed=seed)
        for image in range(images_per_patient):
            where = phantom_location(anatomy, seed=seed, patient=patient, image=image, size=size)
            mask = phantom_location(anatomy, seed=seed, patient=patient, image=image, size=size, mask=True)
            rows[f"{name}-{image}"] = {
                "patient": name,
                "image": where,
                "mask": mask,
                "label": label,
                "boxes": json.dumps(phantoms.boxes_of(resolve(mask).pixels)),
                "simulated": True,
            }
    return Cohort(pd.DataFrame.from_dict(rows, orient="index").rename_axis("case"))


def patient_name(anatomy: str, patient: int, *, seed: int) -> str:
    """Name a simulated patient.

    Parameters
    ----------
    anatomy : str
        See `study`.
    patient : int
        The number.
    seed : int
        Patients of another seed than 0 bear it in their names, so that two studies share none.

    Returns
    -------
    str
        To which a case adds the number of its image.

    Examples
    --------
    >>> patient_name("chest", 7, seed=0), patient_name("chest", 7, seed=3)
    ('chest-0007', 'chest-3-0007')
    """
    return f"{anatomy if seed == 0 else f'{anatomy}-{seed}'}-{patient:04}"
