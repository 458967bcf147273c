"""Identifiers: what a study says of whom, when and where, in a form that any text can be compared with."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from .cleaning import values_of
from .dates import as_date
from .profile import BIRTH, NEEDED_IN_PET, actions
from .trees import datasets_of, silently
from .words import TERMS, spellings, words

if TYPE_CHECKING:
    from pydicom import Dataset

MONTHS = "january february march april may june july august september october november december".split()
SHORTEST_NAME, SHORTEST_NUMBER, SHORTEST_PHRASE = 3, 4, 8
# What stands in names' places without naming anyone, and words that a page about any study holds.
NEVER = frozenset(
    """
    and anonymised anonymized anonymous enter first here last mid middle name none observer of patient removed
    test text the unknown who
    """.split()
)
COMMON = {"TimezoneOffsetFromUTC", "InstanceCreatorUID"}  # of a region, of a program: not of a person


@dataclass(frozen=True)
class Identifiers:
    """Words of a study's identifying elements, and what each of them is.

    Parameters
    ----------
    phrases : dict
        Words in a row to what they are, such as ``("smith", "john")`` to ``("name", "PatientName")``.
    lengths : dict
        First word to the numbers of words of the phrases that begin with it.
    """

    phrases: dict[tuple[str, ...], tuple[str, str]] = field(default_factory=dict)
    lengths: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def add(self, phrase: tuple[str, ...], kind: str, element: str) -> None:
        """Add words in a row; the first meaning of the same words stays."""
        if phrase and phrase not in self.phrases:
            self.phrases[phrase] = kind, element
            self.lengths[phrase[0]].add(len(phrase))

    def found_in(self, tokens: list[str]) -> dict[tuple[str, str], int]:
        """Count identifiers among the words of a text, the longest at each place."""
        found: dict[tuple[str, str], int] = defaultdict(int)
        position = 0
        while position < len(tokens):
            step = 1
            for length in sorted(self.lengths.get(tokens[position], ()), reverse=True):
                meaning = self.phrases.get(tuple(tokens[position : position + length]))
                if meaning is not None:
                    found[meaning] += 1
                    step = length
                    break
            position += step
        return dict(found)


def identifiers_of(*sources: str | Path) -> Identifiers:
    """Collect the identifiers of a DICOM study.

    Parameters
    ----------
    *sources : str or Path
        Folders with DICOM files at any depth, or single files. Those with PatientIdentityRemoved YES have none.

    Returns
    -------
    Identifiers
        Of every element that the basic profile of DICOM PS3.15 Annex E removes or replaces, nested ones included;
        numbers below four digits, names below three letters and terms of radiology are too common to look for.

    Raises
    ------
    FileNotFoundError
        If there is no such source.
    """
    known = Identifiers()
    with silently():
        for source in sources:
            for _, dataset in datasets_of(Path(source).expanduser(), stop_before_pixels=True):
                if str(dataset.get("PatientIdentityRemoved") or "").strip().upper() != "YES":
                    _collect(dataset, known)
    return known


def _collect(dataset: Dataset, known: Identifiers) -> None:
    for tag in list(dataset.keys()):
        try:
            element = dataset[tag]
            value, vr = element.value, element.VR
        except Exception:  # noqa: S112 (what cannot be understood cannot have been printed as text)
            continue
        if vr == "SQ":
            for item in value:
                _collect(item, known)
            continue
        keyword = element.keyword or str(tag)
        if value and (vr in {"PN", "DA", "DT", "UI"} or (tag.group, tag.element) in actions()):
            for one in values_of(element):
                _add(known, str(one).strip(" \0"), vr, keyword)


def _add(known: Identifiers, text: str, vr: str, keyword: str) -> None:
    if keyword in NEEDED_IN_PET | COMMON or vr in {"OB", "OW", "UN", "US", "DS", "IS", "TM", "CS"}:
        return
    if vr in {"DA", "DT"}:
        day = as_date(text)
        if day is not None:
            kind = "birth date" if keyword in BIRTH else "date"
            for phrase in written_dates(day):
                known.add(phrase, kind, keyword)
    elif vr == "UI":
        _add_uid(known, text, keyword)
    elif vr == "PN" or keyword.startswith("Institution"):
        _add_name(known, text, keyword, parts=vr == "PN")
    else:
        _add_text(known, text, keyword)


def written_dates(day: date) -> set[tuple[str, ...]]:
    """Return the words of the ways in which a date is written.

    Parameters
    ----------
    day : date
        Any.

    Returns
    -------
    set of tuple of str
        Year first, day first, month first, with and without leading zeros, with the month's name.

    Examples
    --------
    >>> ("10", "mar", "2020") in written_dates(date(2020, 3, 10))
    True
    """
    year, months, days = (
        f"{day:%Y}".rjust(4, "0"),
        {f"{day.month:02}", str(day.month)},
        {f"{day.day:02}", str(day.day)},
    )
    name = MONTHS[day.month - 1]
    written: set[tuple[str, ...]] = {(f"{year}{day:%m%d}",), (f"{day:%d%m}{year}",)}
    for number in days:
        written |= {order for month in months for order in _orders(year, month, number)}
        written |= {order for month in (name, name[:3]) for order in _orders(year, month, number)}
    return written


def _orders(year: str, month: str, day: str) -> set[tuple[str, ...]]:
    return {(year, month, day), (day, month, year), (month, day, year)}


def _add_uid(known: Identifiers, text: str, keyword: str) -> None:
    from pydicom._uid_dict import UID_dictionary

    phrase = tuple(words(text))
    if (
        text not in UID_dictionary
        and "Class" not in keyword
        and "ransferSyntax" not in keyword
        and len(phrase) > 3
    ):
        known.add(phrase, "UID", keyword)


def _add_name(known: Identifiers, text: str, keyword: str, *, parts: bool) -> None:
    for group in text.split("="):
        for spelling in spellings(group):
            telling = [word for word in spelling if _tells(word)]
            if not telling:
                continue
            if len(spelling) > 1:
                for phrase in (spelling, spelling[::-1]):
                    known.add(phrase, "name", keyword)
                for joined in ("".join(spelling[:2]), "".join(spelling[1::-1])):
                    if len(joined) > 2 * SHORTEST_NAME:
                        known.add((joined,), "name", keyword)
            for word in telling if parts or len(spelling) == 1 else ():
                known.add((word,), "part of a name", keyword)


def _tells(word: str) -> bool:
    return len(word) >= SHORTEST_NAME and not word.isdigit() and word not in TERMS | NEVER


def _add_text(known: Identifiers, text: str, keyword: str) -> None:
    phrase = tuple(words(text))
    joined = "".join(phrase)
    if set(phrase) <= TERMS | NEVER:
        return
    number = any(letter.isdigit() for letter in joined)
    if len(joined) >= (SHORTEST_NUMBER if number else SHORTEST_PHRASE):
        kind = "identifier" if number and len(phrase) < 5 else "text"
        known.add(phrase, kind, keyword)
        known.add((joined,), kind, keyword)
