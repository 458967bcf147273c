"""Starting a study: a table of cases, what is wrong with them, and a notebook that analyses them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from workbench.cohorts import Cohort, CohortError
from workbench.experiments.chapters import STUDY

from .doubts import write_doubts
from .findings import REMAINS, with_decided, with_doubts, with_look_alikes, with_unfit, with_what_was_done
from .gathered import Gathered
from .gathering import gather, rarer_class
from .notebook import write_notebook
from .readme import write_readme
from .remembering import (
    Remembered,
    followed,
    other_than_patients,
    recall,
    remember,
    rows_left_out,
    seen_from_root,
)
from .sizes import mixed, shapes_of, sizes_in_words
from .tables import AUDIT, CASES, LEFT_OUT, as_text, seen_from, write_table
from .usable import COPIES, UNUSABLE, lacking_in, moved, not_found, unusable
from .whose import is_expression, with_patients

#: Columns of the table of cases that come before all others.
FIRST = ("patient", "label", "split", "image", "mask")


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
    left = unusable(cohort, findings)
    kept = cohort.select([case for case in cohort if case not in left.index])
    if not len(kept):
        why = _why_none(cohort, left, CASES if source is None else Path(source).name)
        raise CohortError(f"none of {len(cohort)} cases can be analysed: {why}")
    labels = kept.table.get("label", pd.Series(dtype=str)).dropna().astype(str)
    lacking = lacking_in(kept.table, labels)
    positive = positive or (before.positive if before.positive in set(labels) else None)
    if positive is not None and positive not in set(labels):
        raise ValueError(f"no case is of class {positive!r}; there are {', '.join(sorted(set(labels)))}")
    chosen = positive or (rarer_class(labels) if len(labels) else "")
    root = before.root if source is None else seen_from(str(cohort.root), folder) if cohort.root else None
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
        alike=gathered.alike,
        decided=gathered.decided,
    )
    findings = _all_told(findings, gathered, left)
    shapes = shapes_of(kept)
    lacking = lacking or mixed(shapes)
    guessed = [f"the class to be found is {chosen} (if not, add --positive CLASS)"]
    counted = _counted_among(kept, cohort, memory.assumed)
    assumed = (*counted, *sizes_in_words(shapes), *(guessed if positive is None and not lacking else []))
    started = Started(folder, kept, left, findings, assumed, lacking, chosen, gathered.examples, gathered.unite)
    if source is not None or label or patient or list(kept) != listed:
        write_table(as_text(kept, folder), folder / CASES)
    everything = as_text(cohort, folder)
    rows = everything.set_index("case").loc[left.index].reset_index(names="case")
    rows.insert(1, "reason", left["reason"].to_numpy())
    write_table(rows, folder / LEFT_OUT)
    remember(memory, folder)
    write_table(findings.assign(cases=findings["cases"].map(" ".join)), folder / AUDIT)
    write_doubts(everything, gathered.doubtful, folder)
    if not lacking:
        started = replace(started, notebook_kept=not write_notebook(started, folder / STUDY))
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
    unfit, alike, decided = gathered.unfit, gathered.alike, gathered.decided
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
        number = dict(zip(map(str, table.index), cases, strict=True))
        unfit = tuple(number[case] for case in unfit)
        alike, decided = (tuple(tuple(number[case] for case in one) for one in all_) for all_ in (alike, decided))
        table = table.set_axis(cases)
        assumed.append(
            f"names of files may tell who a patient is: cases and patients are numbered, and only {CASES} and "
            "what lies beside it say which file a case is"
        )
    first = [name for name in FIRST if name in table]
    table = table[first + [name for name in table if name not in first]]
    cohort = Cohort(table, root=gathered.cohort.root)
    return replace(
        gathered,
        cohort=cohort,
        assumed=tuple(assumed),
        doubtful=doubtful,
        unfit=unfit,
        alike=alike,
        decided=decided,
    )


def _why_none(cohort: Cohort, left: pd.DataFrame, table: str) -> str:
    lost = not_found(cohort)
    return moved(lost, table) if len(lost) == len(cohort) else str(left["reason"].value_counts().index[0])


def _all_told(findings: pd.DataFrame, gathered: Gathered, left: pd.DataFrame) -> pd.DataFrame:
    """Add what names of files tell of patients, and what was done about each finding."""
    patients = gathered.cohort.table["patient"]
    found = with_doubts(findings, patients, gathered.doubtful)
    found = with_look_alikes(found, patients, gathered.alike)
    found = with_unfit(found, gathered.unfit, len(patients))
    return with_decided(with_what_was_done(found, left, (*UNUSABLE, *COPIES)), patients, gathered.decided)


def _counted_among(kept: Cohort, cohort: Cohort, assumed: tuple[str, ...]) -> tuple[str, ...]:
    """Say how many of all patients have cases that are analysed, where some have none."""
    number, total = (study.table["patient"].nunique() for study in (kept, cohort))
    if number == total:
        return assumed
    more = f"; {number} of these {total} patients have cases that are analysed"
    told = (text.startswith("patients: ") and "changed by you" not in text for text in assumed)
    return tuple(text + more if patients else text for text, patients in zip(assumed, told, strict=True))
