"""Patients whom nobody listed, but who stand in the names of the files."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

#: A part of a name, between signs, with a digit.
NUMBERED = r"[^ _.()\[\]-]*\d[^ _.()\[\]-]*"
#: A name that ends with a short number and has no other: what stands before it may be a person's.
WORDS = r"([^\d]+?)(?:[ _.-]+\d{1,3}|[ _.-]*\(\d{1,3}\))"
#: Signs between the parts of a name.
SIGNS = r"[ _.()\[\]-]"
#: So many kinds of names still make an expression that can be read.
MOST_KINDS = 4
#: A patient has a small part of the images, and most have few.
LARGEST_SHARE, LARGEST_COUNT, ALWAYS_ALLOWED = 0.1, 40, 4


def patients_in_names(names: pd.Series, labels: Sequence | pd.Series | None = None) -> pd.Series | None:
    r"""Find what may stand for a patient in names such as ``person12_bacteria_3``.

    A patient is the beginning of a name up to a part with a number: the first such part if it can be, whatever
    follows, or else the second, and so on. All names with the same leading word are cut at the same part. A cut
    can be if no patient gets more than a tenth of all names (four are always allowed), and fewer than half of
    those with several images have images of two classes. The coarsest such cut is taken, for two patients taken
    for one cost little, and one taken for two makes results too good.

    Parameters
    ----------
    names : pandas.Series of str
        Names of files without suffix, in the order of the cases.
    labels : sequence, optional
        Their classes.

    Returns
    -------
    pandas.Series or None
        A patient for each name; None if no two names share one: then nobody knows whose the images are.

    Examples
    --------
    >>> names = [f"person{n}_{kind}_{n}{view}" for n in range(20) for view, kind in enumerate(("virus", "other"))]
    >>> patients_in_names(pd.Series(names)).unique()[:2].tolist()
    ['person0', 'person1']
    >>> patients_in_names(pd.Series([f"NORMAL_{number}" for number in range(40)])) is None
    True
    """
    classes = None if labels is None else pd.Series(list(labels), index=names.index)
    words = names.str.extract(f"^{WORDS}$", expand=False)
    if len(names) and words.notna().all() and words.duplicated().any() and _can_be(words, classes, len(names)):
        return words
    found = names.copy()
    for _, family in names.groupby(names.str.extract(r"^(\D*)", expand=False)):
        found[family.index] = _cut(family, classes, len(names))
    return found if found.duplicated().any() else None


def _cut(family: pd.Series, labels: pd.Series | None, total: int) -> pd.Series:
    ends = [[found.end() for found in re.finditer(NUMBERED, name)] for name in family]
    for depth in range(max(map(len, ends), default=0)):
        cut = pd.Series(
            [
                name[: found[min(depth, len(found) - 1)]] if found else name
                for name, found in zip(family, ends, strict=True)
            ],
            index=family.index,
        )
        if _can_be(cut, labels, total):
            return cut
    return family + pd.Series([f" ({place})" for place in family.index], index=family.index)


def _can_be(found: pd.Series, labels: pd.Series | None, total: int) -> bool:
    sizes = found.value_counts()
    if sizes.max() > max(ALWAYS_ALLOWED, min(LARGEST_SHARE * total, LARGEST_COUNT)):
        return False
    several = found[found.duplicated(keep=False)]
    if labels is None or several.empty:
        return True
    return bool((labels[several.index].groupby(several).nunique() > 1).mean() < 0.5)


def doubtful_pairs(patients: pd.Series) -> tuple[tuple[str, str], ...]:
    """Find patients who may be one, because the name of one stands whole within the other's.

    Parameters
    ----------
    patients : pandas.Series of str
        As from `patients_in_names`.

    Returns
    -------
    tuple of (str, str)
        The longer and the shorter name of each pair, in order.

    Examples
    --------
    >>> doubtful_pairs(pd.Series(["IM-0391", "IM-0392", "NORMAL2-IM-0391", "person391"]))
    (('NORMAL2-IM-0391', 'IM-0391'),)
    """
    known = {name for name in patients if re.search(r"\d", name)}
    pairs = []
    for name in sorted(known):
        parts = [part.span() for part in re.finditer(f"(?:(?!{SIGNS}).)+", name)]
        inner = (name[first[0] : last[1]] for place, first in enumerate(parts) for last in parts[place:])
        pairs += [(name, found) for found in inner if found != name and found in known]
    return tuple(pairs)


def uniting(names: pd.Series, patients: pd.Series, pairs: tuple[tuple[str, str], ...]) -> str | None:
    """Write the expression that takes doubtful pairs for one patient each, and leaves all others as they are.

    Parameters
    ----------
    names, patients : pandas.Series of str
        Names of files, and the patient of each.
    pairs : tuple of (str, str)
        As from `doubtful_pairs`.

    Returns
    -------
    str or None
        For `by_pattern`; None where no short one does that.

    Examples
    --------
    >>> names = pd.Series(["IM-0391-01", "NORMAL2-IM-0391-01", "person7_1"])
    >>> patients = pd.Series(["IM-0391", "NORMAL2-IM-0391", "person7"])
    >>> uniting(names, patients, doubtful_pairs(patients))
    '(?:.*[ _.-])?(person[0-9]+|IM-[0-9]+)(?:[ _.(-].*)?'
    """
    united = patients.replace(dict(pairs))
    kinds = {re.sub(r"\d+", "[0-9]+", re.sub(r"([.^$*+?{}|()\[\]\\])", r"\\\1", name)) for name in united}
    least = [kind for kind in kinds if not any(kind != other and kind.endswith(other) for other in kinds)]
    if len(least) > MOST_KINDS:
        return None
    pattern = f"(?:.*[ _.-])?({'|'.join(sorted(least, key=lambda kind: (-len(kind), kind)))})(?:[ _.(-].*)?"
    found = by_pattern(names, pattern)
    same = (found.groupby(united).nunique() == 1).all() and (united.groupby(found).nunique() == 1).all()
    return pattern if same else None


def by_pattern(names: pd.Series, pattern: str) -> pd.Series:
    r"""Take the part of each name that a regular expression names as the patient.

    Parameters
    ----------
    names : pandas.Series of str
        Names of files without suffix.
    pattern : str
        A regular expression for the whole name, with one group for the patient.

    Returns
    -------
    pandas.Series
        The group; the whole name where it does not fit.

    Raises
    ------
    ValueError
        If it is no regular expression, has no group, or fits no name.

    Examples
    --------
    >>> by_pattern(pd.Series(["p1_a", "p1_b", "x"]), r"(p\d+)_.*").tolist()
    ['p1', 'p1', 'x']
    """
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}") from None
    if compiled.groups < 1:
        raise ValueError(f"{pattern!r} needs a group in parentheses for the patient, such as '(person[0-9]+)_.*'")
    matches = [compiled.fullmatch(name) for name in names]
    if not any(matches):
        raise ValueError(f"{pattern!r} fits no name, such as {names.iloc[0]!r}; it must fit the whole of it")
    return pd.Series(
        [match.group(1) if match and match.group(1) else name for match, name in zip(matches, names, strict=True)],
        index=names.index,
    )
