"""A user's own table of images, whatever its columns are called."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from workbench import cohorts
from workbench.cohorts import Cohort, CohortError
from workbench.images.names import SUFFIXES, stem

LABELS = ("label", "class", "diagnosis", "target", "category", "finding")
PATIENTS = ("patient", "patient_id", "patientid", "subject", "subject_id", "person", "participant_id")
SETS = ("split", "set", "subset", "fold")
MASKS = ("mask", "mask_file", "segmentation")


def read_listing(path: Path, *, label: str | None = None, patient: str | None = None) -> tuple[Cohort, list[str]]:
    """Read a table that has a column of image files.

    Parameters
    ----------
    path : Path
        A ``.csv`` file.
    label, patient : str, optional
        Columns of the class and the patient, where their names do not say it.

    Returns
    -------
    cohort : Cohort
        Columns patient, image, label, mask, split and the others.
    assumed : list of str
        Which columns were taken for what.

    Raises
    ------
    CohortError
        If no column names files that exist, or a column is missing.
    """
    table = _text(path)
    if {"case", "patient", "image", "label"} <= set(table) and label is None and patient is None:
        return cohorts.read(path), []
    image = _files(table, path)
    named = {name.lower().replace(" ", "_"): name for name in _names(table)}
    chosen = {
        "image": image,
        "label": _column(table, named, label, LABELS),
        "mask": _column(table, named, None, MASKS),
    }
    chosen |= {"patient": _column(table, named, patient, PATIENTS), "split": _column(table, named, None, SETS)}
    known = {role: name for role, name in chosen.items() if name is not None}
    made = table.drop(columns=list(known.values())).assign(**{role: table[name] for role, name in known.items()})
    places = _Places(path)
    for role in {"image", "mask"} & set(known):
        made[role] = [str(places(cell)) if cell else None for cell in made[role]]
    names = (
        made["case"] if "case" in made else made["image"].map(lambda cell: stem(Path(cell)), na_action="ignore")
    )
    if names.isna().any() or names.duplicated().any():
        names = pd.Series([f"row-{number:05}" for number in range(2, len(made) + 2)])
    made["case"] = names.to_list()
    if "patient" not in made:
        made["patient"] = made["case"]
    cohort = Cohort(made.set_index("case").replace("", None), root=path.parent)
    roles = ", ".join(f"{name} is the {role}" for role, name in known.items() if role != name)
    told = [f"of the table's columns, {roles}"] if roles else []
    if "patient" in known:
        told.append(f"patients: column {known['patient']} of {path.name} ({made['patient'].nunique()})")
    return cohort, told


def _text(path: Path) -> pd.DataFrame:
    try:
        # Half of the world's spreadsheets separate columns by semicolons and begin with a mark.
        return pd.read_csv(path, dtype=str, keep_default_na=False, sep=None, engine="python", encoding="utf-8-sig")
    except (ValueError, pd.errors.ParserError) as error:
        raise CohortError(f"{path}: not a table of comma-separated values in UTF-8 ({error})") from error


def _column(table: pd.DataFrame, named: dict[str, str], asked: str | None, usual: tuple[str, ...]) -> str | None:
    if asked is not None:
        if asked not in table:
            hint = "; a regular expression needs the patient in parentheses: '(case[0-9]+)_.*'"
            told = hint if set("[*+\\") & set(asked) else ""
            raise CohortError(f"the table has no column {asked!r}; it has {', '.join(_names(table))}{told}")
        return asked
    return next((named[name] for name in usual if name in named), None)


def _files(table: pd.DataFrame, path: Path) -> str:
    places = _Places(path)
    for name in _names(table):
        cells = [cell for cell in table[name].head(50) if cell]
        if not cells or "mask" in name.lower():
            continue
        there = [places(cell).is_file() or places(cell).is_dir() for cell in cells]
        if any(there) and (
            len(set(cells)) == len(cells) or any(cell.lower().endswith(SUFFIXES) for cell in cells)
        ):
            return name
        if any(cell.lower().endswith(SUFFIXES) for cell in cells):
            raise CohortError(
                f"{path.name}: column {name!r} names files, but {cells[0]!r} is neither beside the table nor in a "
                f"folder below it; correct the paths, which count from {path.parent}"
            )
    raise CohortError(
        f"{path.name}: expected a column of image files, with paths from the table's folder; received "
        f"{', '.join(_names(table))}"
    )


def _names(table: pd.DataFrame) -> list[str]:
    return [str(name) for name in table]


class _Places:
    """Where a cell's file is: beside the table, or anywhere below it where its name is unique.

    The name may lack the suffix, as numbers of images do.
    """

    def __init__(self, table: Path) -> None:
        self.folder = table.parent
        self._below: dict[str, list[Path]] | None = None

    def __call__(self, cell: str) -> Path:
        place = self.folder / cell.replace("\\", "/")
        if place.exists():
            return place
        if self._below is None:
            self._below = {}
            for file in sorted(self.folder.rglob("*")):
                if file.name.lower().endswith(SUFFIXES):
                    for name in (file.name, stem(file)):
                        self._below.setdefault(name, []).append(file)
        found = self._below.get(Path(cell).name, [])
        return found[0] if len(found) == 1 else place
