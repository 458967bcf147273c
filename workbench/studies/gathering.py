"""Whatever a user has, as one table of cases, and every assumption that this took, in words."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from workbench import cohorts
from workbench.cohorts import Cohort, CohortError
from workbench.cohorts.folders import IMAGE_FOLDERS, INDEX, MASK_FOLDERS, SPLITS
from workbench.cohorts.locations import files_of, is_given, is_path
from workbench.cohorts.tables import NAMES
from workbench.files import nearest
from workbench.images.names import stem

from .listing import read_listing
from .patients import by_pattern, doubtful_pairs, patients_in_names, uniting
from .wording import code, counted_pairs

#: Names of classes without what is looked for.
NORMAL = re.compile(
    r"(0|no|non|not|without|normal|benign|healthy|control|negative|neg|none|well|absent|clear)\b.*", re.IGNORECASE
)


@dataclass(frozen=True)
class Gathered:
    """Cases of a study, and how they were understood.

    Parameters
    ----------
    cohort : Cohort
        The cases, under their own names.
    assumed : tuple of str
        What nobody said and was taken for granted, in sentences.
    named : bool
        Whether the names of cases were chosen for the purpose; names of files may tell who a patient is.
    examples : tuple of str
        Names of files that show how patients were told apart; for the user's eyes, not for a report.
    doubtful : tuple of (str, str)
        Patients taken for two who may be one.
    unite : str
        The expression that takes each such pair for one; empty where there is none.
    unfit : tuple of str
        Cases whose names do not fit the user's expression.
    """

    cohort: Cohort
    assumed: tuple[str, ...]
    named: bool = False
    examples: tuple[str, ...] = ()
    doubtful: tuple[tuple[str, str], ...] = ()
    unite: str = ""
    unfit: tuple[str, ...] = ()


def is_expression(patient: str | None) -> bool:
    """Tell an expression for names of files, or ``"image"``, from the name of a column.

    Parameters
    ----------
    patient : str or None
        See `gather`.

    Returns
    -------
    bool
        No column is called by an expression with a group.

    Examples
    --------
    >>> is_expression("(p[0-9]+)_.*"), is_expression("image"), is_expression("patient_id")
    (True, True, False)
    """
    return patient is not None and (patient == "image" or "(" in patient)


def gather(source: str | Path, *, label: str | None = None, patient: str | None = None) -> Gathered:
    """Understand a folder of images, a table or a set as a study.

    Parameters
    ----------
    source : str or Path
        A folder of pictures, volumes or DICOM files at any depth, with a folder for each class; a ``.csv`` with a
        column of files; whatever `cohorts.read` opens.
    label : str, optional
        Column of a table that says the class.
    patient : str, optional
        Column of a table that says the patient; or a regular expression for the names of files, whose group is
        the patient; or ``"image"``: each image is of another patient.

    Returns
    -------
    Gathered
        Columns as in `cohorts.read`.

    Raises
    ------
    CohortError
        If there are no images, or they contradict each other.
    ValueError
        If a column or expression does not fit.
    """
    # Found once, here or in a folder above, for all that follows asks what it is.
    path = nearest(source)
    tables = [path] if path.suffix.lower() == ".csv" else [path / NAMES[0]]
    if tables[0].is_file():
        pattern = patient if is_expression(patient) else None
        cohort, assumed = read_listing(tables[0], label=label, patient=None if pattern else patient)
        return with_patients(cohort, assumed, pattern, named="case" in pd.read_csv(tables[0], nrows=0))
    cohort = _read(path, str(path if path.exists() else source))
    if label is not None and label not in cohort.table:
        raise ValueError(f"no column {label!r}; there are {', '.join(map(str, cohort.table))}")
    assumed = []
    if label is not None:
        cohort = Cohort(cohort.table.assign(label=cohort.table[label]), root=cohort.root)
    elif "label" not in cohort.table and path.is_dir():
        cohort, assumed = _with_classes(cohort, path)
    elif path.is_dir() and _in_folders(cohort, path):
        assumed = [f"the folders {_listed(cohort.table['label'])} are the classes"]
    columns = _columns(path / INDEX) if (path / INDEX).is_file() else []
    if columns:
        assumed.append(f"the file {INDEX} says more about the images: {', '.join(columns)}")
    if "label" in columns and label in {None, "label"}:
        agree = "; the folders agree" if assumed[0].startswith("the folders") else ""
        assumed.append(f"classes: column label of {INDEX}{agree}")
    column = f"column patient of {INDEX}" if "patient" in columns else ""
    # In a file of arrays and a public set cases have numbers; whatever else names them may be a file.
    named = not path.exists() or path.suffix.lower() in {".npz", ".parquet"}
    return with_patients(cohort, assumed, patient, named=named, column=column)


def rarer_class(labels: pd.Series) -> str:
    """Guess which class is the one to be found.

    Parameters
    ----------
    labels : pandas.Series
        Of all cases.

    Returns
    -------
    str
        The rarest of those whose names do not say that nothing is there.

    Examples
    --------
    >>> rarer_class(pd.Series(["NORMAL", "PNEUMONIA", "PNEUMONIA"]))
    'PNEUMONIA'
    """
    counts = labels.dropna().astype(str).value_counts()
    ill = counts[[NORMAL.fullmatch(name) is None for name in counts.index]]
    chosen = ill if len(ill) else counts
    return str(min(chosen.index, key=lambda name: (chosen[name], name)))


def _read(path: Path, source: str) -> Cohort:
    cohort = cohorts.read(source)
    if not path.is_dir() or "label" in cohort.table or (path / INDEX).is_file():
        return cohort
    # What lies above all images says nothing of any of them.
    folders = [str(file.parent) for cell in cohort.table["image"] for file in files_of(cell)[:1]]
    common = Path(os.path.commonpath(folders)) if folders else path
    if common == path or not common.is_dir():
        return cohort
    try:
        return cohorts.read(common)
    except CohortError:
        return cohort


def _with_classes(cohort: Cohort, path: Path) -> tuple[Cohort, list[str]]:
    """Take the outermost folders for classes where volumes or DICOM files lie in a few."""
    parts = {case: _folders(cohort.table.at[case, "image"], cohort.root or path) for case in cohort}
    top = pd.Series({case: found[0] if found else "" for case, found in parts.items()})
    counts = top.value_counts()
    patients = cohort.table["patient"].where(cohort.table["patient"] != top, top.index.to_series())
    shared = top.groupby(patients).nunique().max() > 1
    if (cohort.table["patient"] == top).all():
        # ann/CT.nii.gz and bob/CT.nii.gz: one name in each folder is a series, and the folder a patient.
        shared = top.groupby(_names(cohort.table)).nunique().max() > 1
    if "" in counts.index or not 2 <= len(counts) <= 10 or counts.min() < 3 or shared:
        return cohort, []
    inner = {case: found[1] if len(found) > 1 else None for case, found in parts.items()}
    table = cohort.table.assign(label=top)
    if (table["patient"] == top).all():
        table["patient"] = [inner[case] or case for case in table.index]
    return Cohort(table, root=cohort.root), [f"the folders {_listed(top)} are the classes"]


def _folders(cell: object, root: Path) -> list[str]:
    files = files_of(cell)
    if not files or not files[0].is_relative_to(root):
        return []
    known = {*SPLITS, *IMAGE_FOLDERS, *MASK_FOLDERS}
    return [part for part in files[0].relative_to(root).parts[:-1] if part.lower() not in known]


def _in_folders(cohort: Cohort, path: Path) -> bool:
    cell = cohort.table["image"].iloc[0]
    return is_path(cell) and str(cohort.table["label"].iloc[0]) in Path(cell).parts


def with_patients(
    cohort: Cohort, assumed: Sequence[str], pattern: str | None, *, named: bool, column: str = ""
) -> Gathered:
    """Say whose the images are.

    Parameters
    ----------
    cohort : Cohort
        All cases of a study, those that will be left out included.
    assumed : sequence of str
        What else was taken for granted.
    pattern : str or None
        An expression for the names of files, or ``"image"``; the table's own patients, or what the names tell,
        where not given.
    named : bool
        See `Gathered`.
    column : str, optional
        Where the table's own patients come from.

    Returns
    -------
    Gathered
        The cases with their patients.
    """
    table = cohort.table
    unfit: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    doubtful: tuple[tuple[str, str], ...] = ()
    unite = ""
    instead = f", in place of the {column}" if column else ""
    unknown = (table["patient"].astype(str) == table.index.astype(str)).all() and not table["patient"].isna().any()
    if pattern == "image":
        table, said = table.assign(patient=table.index), f"each image is of another patient, as you say{instead}"
    elif pattern is not None:
        names = _names(table)
        typed = by_pattern(names, pattern)
        table = table.assign(patient=typed)
        count = typed.nunique()
        said = f"by the names of the files and your expression {code(pattern)} there are {count} patients{instead}"
        odd = names[[re.fullmatch(pattern, name) is None for name in names]]
        unfit = tuple(map(str, odd.index))
        if unfit:
            said += f"; {len(odd)} of {len(names)} names do not fit it, and each is a patient of its own"
            examples = (f"a name that does not fit: {odd.iloc[0]}",)
        doubtful, decided = _decided(names, typed, set(odd))
        said += f"; decided by your expression: {decided}" if decided else ""
        examples += _in_doubt(names, typed, doubtful)
    elif not unknown:
        count = table["patient"].nunique()
        assumed = [*assumed, f"patients: {column} ({count})"] if column else list(assumed)
        return Gathered(cohort, tuple(assumed), named)
    elif (found := patients_in_names(_names(table), table["label"] if "label" in table else None)) is not None:
        table, counts = table.assign(patient=found), found.value_counts()
        said = (
            f"by the names of the files there are {len(counts)} patients, {int((counts > 1).sum())} of them with "
            "several images (if not, add --patient image or --patient 'EXPRESSION', or give a table with a column "
            "patient)"
        )
        doubtful = doubtful_pairs(found)
        examples = _examples(_names(table), found, doubtful)
        unite = (uniting(_names(table), found, doubtful) if doubtful else None) or ""
    else:
        said = (
            "nothing says whose the images are, so each is taken for a patient of its own: results are too good "
            "if some show the same person (a column patient in the table, or --patient 'EXPRESSION', mends it)"
        )
    told = (*assumed, f"patients: {said}")
    return Gathered(Cohort(table, root=cohort.root), told, named, examples, doubtful, unite, unfit)


def _decided(names: pd.Series, found: pd.Series, unfit: set[str]) -> tuple[tuple[tuple[str, str], ...], str]:
    """Tell the pairs that an expression leaves in doubt, and say what it decided."""
    of = names.groupby(found).agg(set)
    pairs = doubtful_pairs(found)
    open_still = tuple(pair for pair in pairs if (of[pair[0]] | of[pair[1]]) & unfit)
    said = [counted_pairs(len(pairs) - len(open_still), "two patients")]
    guessed = patients_in_names(names)
    if guessed is not None:
        before = found.groupby(guessed).agg(set)
        one = sum(len(before[longer] | before[shorter]) == 1 for longer, shorter in doubtful_pairs(guessed))
        said.append(counted_pairs(one, "one patient"))
    return open_still, " and ".join(filter(None, said))


def _examples(names: pd.Series, patients: pd.Series, doubtful: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    counts = patients.value_counts()
    # The patient whose names differ most in their words shows best what the rule does.
    kinds = names.str.replace(r"\d+", "", regex=True).groupby(patients).nunique()
    chosen = max(counts.index, key=lambda patient: (kinds[patient], counts[patient]))
    one = names[patients == chosen].sort_values()
    told = [f"taken for ONE patient, who has {len(one)} images: {one.iloc[0]} and {one.iloc[-1]}"]
    # The names most alike of two patients are the neighbours in order.
    ordered = patients[names.sort_values().index]
    alike = next((n for n in range(1, len(ordered)) if ordered.iloc[n] != ordered.iloc[n - 1]), None)
    if alike is not None:
        pair = names[ordered.index[[alike - 1, alike]]]
        told.append(f"taken for two of {len(counts)} patients: {pair.iloc[0]} and {pair.iloc[1]}")
    return (*told, *_in_doubt(names, patients, doubtful))


def _in_doubt(names: pd.Series, patients: pd.Series, doubtful: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    if not doubtful:
        return ()
    longer, shorter = (names[patients == patient].iloc[0] for patient in doubtful[0])
    return (f"IN DOUBT, and taken for two, as {len(doubtful)} such pairs are: {shorter} and {longer}",)


def _names(table: pd.DataFrame) -> pd.Series:
    return pd.Series(
        [
            stem(Path(cell)) if is_path(cell) and is_given(cell) else str(case)
            for case, cell in table["image"].items()
        ],
        index=table.index,
    )


def _columns(index: Path) -> list[str]:
    return [str(name) for name in pd.read_csv(index, nrows=0) if name != "file"]


def _listed(values: pd.Series) -> str:
    return cohorts.listed(sorted(map(str, values.dropna().unique())))
