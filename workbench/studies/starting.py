"""Starting a study: a table of cases, what is wrong with them, and a notebook that analyses them."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from workbench import cohorts
from workbench.cohorts import Cohort, CohortError
from workbench.cohorts.parts import BETWEEN, to_text
from workbench.files import replacing

from .doubts import write_doubts
from .findings import REMAINS, with_doubts, with_unfit, with_what_was_done
from .gathering import Gathered, gather, is_expression, rarer_class, with_patients
from .notebook import standard_size, write_notebook
from .readme import write_readme
from .remembering import (
    LEFT_OUT,
    Remembered,
    followed,
    other_than_patients,
    recall,
    remember,
    rows_left_out,
    seen_from_root,
)

CASES, AUDIT, NOTEBOOK = "cases.csv", "audit.csv", "study.ipynb"
#: Columns of the table of cases that come before all others.
FIRST = ("patient", "label", "split", "image", "mask")
#: What a case cannot be analysed with.
UNUSABLE = ("unreadable file", "missing image", "constant image", "identical images with different labels")
#: What all but one case are left out for.
COPIES = ("identical images", "identical images in two splits")
#: Images whose sizes are looked at.
LOOKED_AT = 50
#: Patients of each class that it takes to set some aside and divide the others twice.
FEWEST = 6


@dataclass(frozen=True)
class Started:
    """A study that was started.

    Parameters
    ----------
    folder : Path
        Where its files are.
    cohort : Cohort
        The cases that will be analysed.
    left_out : pandas.DataFrame
        Indexed by case: image, reason.
    findings : pandas.DataFrame
        The audit of all cases, see `Cohort.audit`, with patients in doubt and a column ``done``.
    assumed : tuple of str
        What nobody said and was taken for granted.
    lacking : str
        What the study needs before it can be analysed; empty if nothing.
    positive : str
        The class to be found.
    examples : tuple of str
        See `Gathered`.
    unite : str
        See `Gathered`.
    notebook_kept : bool
        Whether a notebook that the user had changed was left as it is.
    """

    folder: Path
    cohort: Cohort
    left_out: pd.DataFrame
    findings: pd.DataFrame
    assumed: tuple[str, ...]
    lacking: str
    positive: str
    examples: tuple[str, ...] = ()
    unite: str = ""
    notebook_kept: bool = False

    @property
    def remaining(self) -> pd.DataFrame:
        """What was found and not mended by leaving cases out."""
        return self.findings[self.findings["done"] == REMAINS]


def start(
    folder: str | Path,
    source: str | Path | None = None,
    *,
    label: str | None = None,
    patient: str | None = None,
    positive: str | None = None,
    jobs: int = 1,
    progress: bool = False,
) -> Started:
    """Start a study of images, which stay where they are.

    Parameters
    ----------
    folder : str or Path
        Of the study: a new one, or one that was started before, whose audit and notebook are made anew.
    source : str or Path, optional
        See `gather`. Without it, the ``cases.csv`` of a study that was started before.
    label, patient : str, optional
        See `gather`.
    positive : str, optional
        The class to be found.
    jobs : int, optional
        Processes that read images for the audit; -1 for all cores.
    progress : bool, optional
        Whether to show how far the audit is.

    Returns
    -------
    Started
        What was written and what was assumed: ``cases.csv`` (the cases under numbers, so that no name of a file
        shows in a report), ``left_out.csv``, ``audit.csv``, ``study.ipynb`` and ``README.md``.

    Raises
    ------
    CohortError
        If there are no images, or they contradict each other.
    FileExistsError
        If the folder holds something else.
    ValueError
        If `label`, `patient` or `positive` does not fit.
    """
    folder = Path(folder).expanduser()
    table = folder / CASES
    if source is None and not table.is_file():
        raise CohortError(
            f"{folder} is no study yet: say where the images are, as in: workbench new {folder} FOLDER_OF_IMAGES"
        )
    if source is None:
        gathered, before, listed = _taken_up(folder, label=label, patient=patient)
    else:
        gathered, before, listed = gather(source, label=label, patient=patient), Remembered(), []
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            advice = (
                f"workbench new {folder} (without images) takes its {CASES}"
                if table.is_file()
                else "name a new one"
            )
            raise FileExistsError(f"{folder} is not empty; {advice}")
    gathered = _settled(gathered, anew=patient)
    cohort = gathered.cohort
    findings = cohort.audit(jobs=jobs, progress=progress)
    left = _unusable(cohort, findings)
    kept = cohort.select([case for case in cohort if case not in left.index])
    if not len(kept):
        raise CohortError(f"none of {len(cohort)} cases can be analysed: {left['reason'].value_counts().index[0]}")
    labels = kept.table.get("label", pd.Series(dtype=str)).dropna().astype(str)
    lacking = _lacking(kept.table, labels)
    positive = positive or (before.positive if before.positive in set(labels) else None)
    if positive is not None and positive not in set(labels):
        raise ValueError(f"no case is of class {positive!r}; there are {', '.join(sorted(set(labels)))}")
    chosen = positive or (rarer_class(labels) if len(labels) else "")
    root = before.root if source is None else _from(str(cohort.root), folder) if cohort.root else None
    memory = Remembered(
        before.joined(gathered.assumed),
        positive,
        root,
        gathered.doubtful,
        rows={str(case): place for place, case in enumerate(cohort) if case in left.index},
        patients={str(case): str(name) for case, name in cohort.table["patient"].items()},
        examples=gathered.examples,
        unite=gathered.unite,
        unfit=gathered.unfit,
    )
    found = with_doubts(findings, cohort.table["patient"], gathered.doubtful)
    found = with_unfit(found, gathered.unfit, len(cohort))
    findings = with_what_was_done(found, left, (*UNUSABLE, *COPIES))
    shapes = _shapes(kept)
    lacking = lacking or _mixed(shapes)
    guessed = [f"the class to be found is {chosen} (if not, add --positive CLASS)"]
    counted = _counted_among(kept, cohort, memory.assumed)
    assumed = (*counted, *_sizes(shapes), *(guessed if positive is None and not lacking else []))
    started = Started(folder, kept, left, findings, assumed, lacking, chosen, gathered.examples, gathered.unite)
    if source is not None or label or patient or list(kept) != listed:
        _write_cases(kept, folder)
    _write_left_out(cohort, left, folder)
    remember(memory, folder)
    _write(findings.assign(cases=findings["cases"].map(" ".join)), folder / AUDIT)
    write_doubts(_as_text(cohort, folder), gathered.doubtful, folder)
    if not lacking:
        started = replace(started, notebook_kept=not write_notebook(started, folder / NOTEBOOK))
    if source is not None:
        (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    write_readme(started, folder / "README.md")
    return started


def _taken_up(folder: Path, *, label: str | None, patient: str | None) -> tuple[Gathered, Remembered, list[str]]:
    """Take up a study that was started: all its cases, what was said of them, and those of the user's table."""
    # An expression is for the names of all files, those of the cases that were left out included.
    expression = patient if is_expression(patient) else None
    gathered = gather(folder / CASES, label=label, patient=None if expression else patient)
    before, listed = recall(folder), list(gathered.cohort)
    whole = rows_left_out(gathered.cohort, folder, before.rows, label=label, patient=patient)
    gathered = replace(gathered, cohort=seen_from_root(whole, folder, before.root), named=True)
    # What the study's own table says of patients was told when it was written, unless it is now said anew.
    others = other_than_patients(gathered.assumed)
    unsaid = replace(before, assumed=other_than_patients(before.assumed))
    if expression is not None:
        return with_patients(gathered.cohort, others, expression, named=True), unsaid, listed
    if patient is not None:
        return gathered, unsaid, listed
    gathered = before.told_again(replace(gathered, assumed=others))
    now = gathered.cohort.table.loc[listed, "patient"]
    if not before.edited(now):
        return gathered, before, listed
    said = f"patients: column patient of {CASES}, changed by you ({now.nunique()})"
    return followed(replace(gathered, assumed=(said, *others)), before, listed), unsaid, listed


def _settled(gathered: Gathered, *, anew: str | None) -> Gathered:
    table, assumed, doubtful = gathered.cohort.table, list(gathered.assumed), gathered.doubtful
    unfit = gathered.unfit
    if "split" in table and table["split"].nunique() < 2:
        table = table.drop(columns="split")
    elif "split" in table:
        assumed.append(
            f"the parts {', '.join(sorted(map(str, table['split'].dropna().unique())))} are not used: "
            "all patients are dealt anew into folds"
        )
    nameless = table["patient"].isna()
    if nameless.any():
        assumed.append(f"{int(nameless.sum())} cases name no patient: each is taken for a patient of its own")
        table = table.assign(patient=table["patient"].where(~nameless, table.index.to_series()))
    # An expression takes patients from names of files, whatever the table of cases calls them.
    if not gathered.named or is_expression(anew):
        numbers = {
            name: f"patient-{number:05}" for number, name in enumerate(pd.unique(table["patient"]), start=1)
        }
        table = table.assign(patient=table["patient"].map(numbers))
        doubtful = tuple((numbers[longer], numbers[shorter]) for longer, shorter in doubtful)
    if not gathered.named:
        cases = pd.Index([f"case-{number:05}" for number in range(1, len(table) + 1)], name="case")
        unfit = tuple(cases[table.index.isin(unfit)])
        table = table.set_axis(cases)
        assumed.append(
            f"names of files may tell who a patient is: cases and patients are numbered, and only {CASES} and "
            "what lies beside it say which file a case is"
        )
    first = [name for name in FIRST if name in table]
    table = table[first + [name for name in table if name not in first]]
    cohort = Cohort(table, root=gathered.cohort.root)
    return replace(gathered, cohort=cohort, assumed=tuple(assumed), doubtful=doubtful, unfit=unfit)


def _counted_among(kept: Cohort, cohort: Cohort, assumed: tuple[str, ...]) -> tuple[str, ...]:
    """Say how many of all patients have cases that are analysed, where some have none."""
    number = kept.table["patient"].nunique()
    if number == cohort.table["patient"].nunique():
        return assumed
    more = f"; {number} of them have cases that are analysed"
    told = (text.startswith("patients: ") and "changed by you" not in text for text in assumed)
    return tuple(text + more if patients else text for text, patients in zip(assumed, told, strict=True))


def _unusable(cohort: Cohort, findings: pd.DataFrame) -> pd.DataFrame:
    reasons: dict[str, str] = {}
    for kind in UNUSABLE:
        for cases in findings.loc[findings["kind"] == kind, "cases"]:
            reasons |= {case: kind for case in cases if case not in reasons}
    same = findings["kind"].isin(COPIES)
    classed = (
        cohort.table["label"].notna() if "label" in cohort.table else pd.Series(True, index=cohort.table.index)
    )
    for twins in findings.loc[same, "cases"]:
        first, *others = sorted(twins, key=lambda case: not classed[case])
        reasons |= {case: f"the same image as {first}" for case in others if case not in reasons}
    if "label" in cohort.table and cohort.table["label"].notna().any():
        unlabelled = cohort.table.index[cohort.table["label"].isna()]
        reasons |= {case: "no class" for case in unlabelled if case not in reasons}
    table = pd.DataFrame({"reason": reasons}, dtype=object).rename_axis("case")
    images: list[Any] = [cohort.table.at[case, cohort.images[0]] for case in table.index]
    table.insert(0, "image", images)
    return table


def _lacking(table: pd.DataFrame, labels: pd.Series) -> str:
    if not len(labels):
        return f"classes: fill in a column label in {CASES}, or put the images into a folder for each class"
    if labels.nunique() == 1:
        return f"a second class: all {len(labels)} cases are {labels.iloc[0]!r}; add images of those without it"
    patients = table.loc[labels.index].groupby(labels)["patient"].nunique()
    few = patients[patients < FEWEST]
    if len(few) and len(patients) - len(few) < 2:
        return f"more patients: {few.index[0]!r} has {few.iloc[0]}, and {FEWEST} of each class are the least"
    return ""


def _shapes(cohort: Cohort) -> list[tuple[int, ...]]:
    some = list(cohort)[:: max(1, len(cohort) // LOOKED_AT)]
    shapes = []
    for case in some:
        image = cohort.image(case)
        shapes.append(tuple(side for axis, side in enumerate(image.shape) if axis != image.channel_axis))
    return sorted(set(shapes), key=lambda shape: (len(shape), shape))


def _mixed(shapes: list[tuple[int, ...]]) -> str:
    dimensions = {len(shape) for shape in shapes}
    if dimensions <= {2} or dimensions <= {3}:
        return ""
    named = " and ".join(_by(shape) for shape in (shapes[0], shapes[-1]))
    return f"one kind of image: there are {named}; make a study of slices and one of volumes"


def _sizes(shapes: list[tuple[int, ...]]) -> list[str]:
    named = _by(shapes[0]) if len(shapes) == 1 else f"{len(shapes)} sizes, {_by(shapes[0])} to {_by(shapes[-1])}"
    dimensions, size = len(shapes[0]) if shapes else 2, standard_size()
    told = f"images of {named} are brought to {_by((size,) * dimensions)} for a first look"
    stretched = (
        ", which stretches those that are not square" if any(len(set(shape)) > 1 for shape in shapes) else ""
    )
    return [f"{told}{stretched} (the notebook's parameter size)"]


def _by(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape)) + " pixels"


def _write_cases(cohort: Cohort, folder: Path) -> None:
    _write(_as_text(cohort, folder), folder / CASES)


def _write_left_out(cohort: Cohort, left: pd.DataFrame, folder: Path) -> None:
    rows = _as_text(cohort, folder).set_index("case").loc[left.index]
    rows.insert(0, "reason", left["reason"])
    _write(rows.reset_index(names="case"), folder / LEFT_OUT)


def _as_text(cohort: Cohort, folder: Path) -> pd.DataFrame:
    table = cohort.table.copy()
    for column in (*cohort.images, *cohort.masks):
        table[column] = [_from(cell, folder) for cell in table[column]]
        unsaid = table.index[table[column].isna() & cohort.table[column].notna()]
        if len(unsaid) and column in cohort.images:
            raise CohortError(
                f"case {unsaid[0]!r}: its files lie in several folders; put those of a series in one"
            )
    return table.reset_index(names="case")


def _from(cell: object, folder: Path) -> str | None:
    """Write a place as seen from the study's folder."""
    text = to_text(cell)
    if text is None or not cohorts.locations.is_path(text):
        return text
    path, between, part = text.partition(BETWEEN)
    try:
        return Path(os.path.relpath(Path(path).resolve(), folder.resolve())).as_posix() + between + part
    except ValueError:  # on another drive
        return Path(path).resolve().as_posix() + between + part


def _write(table: pd.DataFrame, path: Path) -> None:
    with replacing(path) as temporary:
        table.to_csv(temporary, index=False, lineterminator="\n")
