"""Patients who may be one, with the names of their files side by side, for the user's eyes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from .tables import DOUBTS, write_table


def write_doubts(cases: pd.DataFrame, doubtful: Sequence[tuple[str, str]], folder: Path) -> None:
    """Write the images of each pair in doubt, or take away what an earlier start wrote.

    Parameters
    ----------
    cases : pandas.DataFrame
        All cases as ``cases.csv`` tells them.
    doubtful : sequence of (str, str)
        Patients taken for two who may be one; those who are no longer two are passed over.
    folder : Path
        The study's, where ``doubts.csv`` gets a row for each pair.
    """
    of = dict(list(cases.assign(patient=cases["patient"].astype(str)).groupby("patient")))
    rows = [
        {
            "patient": shorter,
            "images": " ".join(map(str, of[shorter]["image"])),
            "other_patient": longer,
            "other_images": " ".join(map(str, of[longer]["image"])),
        }
        for longer, shorter in doubtful
        if longer in of and shorter in of
    ]
    path = folder / DOUBTS
    if not rows:
        path.unlink(missing_ok=True)
        return
    write_table(pd.DataFrame(rows), path)
