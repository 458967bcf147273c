"""Whose the images of a study are, in its table and in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from workbench.cohorts import Cohort
from workbench.cohorts.locations import is_given, is_path
from workbench.images.names import stem

from .gathered import Gathered
from .patients import by_pattern, doubtful_pairs, patients_in_names, uniting
from .wording import code, counted_pairs


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
    alike: tuple[tuple[str, ...], ...] = ()
    decided: tuple[tuple[str, ...], ...] = ()
    instead = f", in place of the {column}" if column else ""
    unknown = (table["patient"].astype(str) == table.index.astype(str)).all() and not table["patient"].isna().any()
    if pattern == "image":
        said = f"each image is of another patient, as you say{instead}"
        alike, decided = _against(table)
        table = table.assign(patient=table.index)
    elif pattern is not None:
        names = names_of(table)
        typed = by_pattern(names, pattern)
        table = table.assign(patient=typed)
        count = typed.nunique()
        said = f"by the names of the files and your expression {code(pattern)} there are {count} patients{instead}"
        odd = names[[re.fullmatch(pattern, name) is None for name in names]]
        unfit = tuple(map(str, odd.index))
        if unfit:
            said += f"; {len(odd)} of {len(names)} names do not fit it, and each is a patient of its own"
            examples = (f"a name that does not fit: {odd.iloc[0]}",)
        doubtful, decided, told_so = _decided(names, typed, set(odd))
        said += f"; decided by your expression: {told_so}" if told_so else ""
        examples += _in_doubt(names, typed, doubtful)
    elif not unknown:
        count = table["patient"].nunique()
        assumed = [*assumed, f"patients: {column} ({count})"] if column else list(assumed)
        return Gathered(cohort, tuple(assumed), named)
    elif (found := patients_in_names(names_of(table), table["label"] if "label" in table else None)) is not None:
        table, counts = table.assign(patient=found), found.value_counts()
        said = (
            f"by the names of the files there are {len(counts)} patients, {int((counts > 1).sum())} of them with "
            "several images (if not, add --patient image or --patient 'EXPRESSION', or give a table with a column "
            "patient)"
        )
        doubtful = doubtful_pairs(found)
        examples = _examples(names_of(table), found, doubtful)
        unite = (uniting(names_of(table), found, doubtful) if doubtful else None) or ""
    else:
        said = (
            "nothing says whose the images are, so each is taken for a patient of its own: results are too good "
            "if some show the same person (a column patient in the table, or --patient 'EXPRESSION', mends it)"
        )
    told = (*assumed, f"patients: {said}")
    return Gathered(Cohort(table, root=cohort.root), told, named, examples, doubtful, unite, unfit, alike, decided)


def _against(table: pd.DataFrame) -> tuple[tuple[tuple[str, ...], ...], tuple[tuple[str, ...], ...]]:
    """Tell cases by whose names several images are of one patient, and those of pairs in doubt."""
    found = patients_in_names(names_of(table), table.get("label"))
    if found is None:
        return (), ()
    several = found[found.duplicated(keep=False)].unique()
    pairs = doubtful_pairs(found)
    return tuple(_cases_of(found, name) for name in several), tuple(_cases_of(found, *pair) for pair in pairs)


def _decided(
    names: pd.Series, found: pd.Series, unfit: set[str]
) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, ...], ...], str]:
    """Tell the pairs that an expression leaves in doubt, the cases of those that it decided, and how it did."""
    of = names.groupby(found).agg(set)
    pairs = doubtful_pairs(found)
    open_still = tuple(pair for pair in pairs if (of[pair[0]] | of[pair[1]]) & unfit)
    apart = [_cases_of(found, *pair) for pair in pairs if pair not in open_still]
    guessed = patients_in_names(names)
    both = [] if guessed is None else [_cases_of(guessed, *pair) for pair in doubtful_pairs(guessed)]
    one = [cases for cases in both if found[found.index.astype(str).isin(cases)].nunique() == 1]
    said = [counted_pairs(len(apart), "two patients"), counted_pairs(len(one), "one patient")]
    return open_still, (*apart, *one), " and ".join(filter(None, said))


def _cases_of(patients: pd.Series, *names: str) -> tuple[str, ...]:
    return tuple(map(str, patients.index[patients.isin(names)]))


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


def names_of(table: pd.DataFrame) -> pd.Series:
    """Take the names of the images' files, and of others those of the cases.

    Parameters
    ----------
    table : pandas.DataFrame
        With a column ``image``.

    Returns
    -------
    pandas.Series
        Of each case.
    """
    return pd.Series(
        [
            stem(Path(cell)) if is_path(cell) and is_given(cell) else str(case)
            for case, cell in table["image"].items()
        ],
        index=table.index,
    )
