"""Cleaning of one DICOM data set, sequences included."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.pseudonyms import digest, pseudonym

from .dates import days_of, shifted
from .profile import BIRTH, CLEANED_SEQUENCES, CODES, DESCRIPTORS, EDITION, HARMLESS, NEEDED_IN_PET, actions
from .words import known_terms, words

if TYPE_CHECKING:
    from pydicom import DataElement, Dataset

DUMMY = "REMOVED"
TEXT = {"LO", "SH", "ST", "LT", "UT", "UC"}
DATES = {"DA", "DT", "TM"}
REPEATING = {0x5000, 0x6000}
NUMBERS = {"ROIName": "ROINumber", "SegmentLabel": "SegmentNumber"}


@dataclass(frozen=True)
class Subject:
    """Whom a data set is about, and what stands for them.

    Parameters
    ----------
    name : str
        The patient's pseudonym.
    days : int
        Added to the patient's dates.
    words : frozenset of str
        Words of the patient's names and identifiers, which stay nowhere.
    key : bytes
        The secret.
    pet : bool
        Whether weight, height and sex are kept.
    """

    name: str
    days: int
    words: frozenset[str]
    key: bytes
    pet: bool


def subject_of(dataset: Dataset, key: bytes) -> Subject:
    """Say whom a data set is about.

    Parameters
    ----------
    dataset : pydicom.Dataset
        A whole file's.
    key : bytes
        The secret.

    Returns
    -------
    Subject
        By PatientID; without one by PatientName; without that the study is taken for a patient of its own.
    """
    named = [_text(dataset, keyword) for keyword in ("PatientID", "PatientName")]
    study = _text(dataset, "StudyInstanceUID") or _text(dataset, "SOPInstanceUID") or "nobody"
    identity = next((text for text in named if text), f"study {study}")
    own = [*named, _text(dataset, "AccessionNumber"), _text(dataset, "OtherPatientIDs")]
    return Subject(
        name=pseudonym(identity, key=key),
        days=days_of(identity, key=key),
        words=frozenset(word for text in own for word in words(text) if len(word) > 2),
        key=key,
        pet=_text(dataset, "Modality") == "PT",
    )


def clean(dataset: Dataset, subject: Subject) -> list[str]:
    """Clean a data set in place, as the profile and the options in `profile.CODES` demand.

    Parameters
    ----------
    dataset : pydicom.Dataset
        A whole file's, without its meta information.
    subject : Subject
        Whom it is about.

    Returns
    -------
    list of str
        Remarks on what a person should look at.
    """
    remarks = _clean(dataset, subject)
    dataset.PatientID = dataset.PatientName = subject.name
    dataset.PatientIdentityRemoved = "YES"
    dataset.LongitudinalTemporalInformationModified = "MODIFIED"
    method = [f"workbench: DICOM PS3.15 {EDITION} Annex E basic profile", "dates shifted by patient"]
    if subject.pet:
        method.append("weight, size and sex kept for uptake values")
    dataset.DeidentificationMethod = method
    dataset.DeidentificationMethodCodeSequence = [_code(*code) for code in CODES.items()]
    return remarks


def new_uid(uid: str, *, key: bytes) -> str:
    """Return the UID that stands for a UID under a key.

    Parameters
    ----------
    uid : str
        Of an instance, series, study, frame of reference...
    key : bytes
        The secret.

    Returns
    -------
    str
        In the standard's root ``2.25.`` for random numbers of 128 bits.

    References
    ----------
    DICOM PS3.5, Annex B.2.

    Examples
    --------
    >>> new_uid("1.2.3", key=b"sixteen bytes or more")[:5]
    '2.25.'
    """
    return f"2.25.{int.from_bytes(digest(f'uid {uid.strip(chr(0) + chr(32))}', key=key)[:16])}"


def values_of(element: DataElement) -> list[Any]:
    """Return an element's values, one or several.

    Parameters
    ----------
    element : pydicom.DataElement
        No sequence.

    Returns
    -------
    list
        Of one entry where the element has one value or none.
    """
    from pydicom.multival import MultiValue

    value = element.value
    return list(value) if isinstance(value, MultiValue | list) else [value]


def _clean(dataset: Dataset, subject: Subject) -> list[str]:
    remarks = []
    for tag in list(dataset.keys()):
        if tag.is_private or tag.element == 0 or tag.group & 0xFF00 in REPEATING or tag.group < 8:
            del dataset[tag]
            continue
        try:
            element = dataset[tag]
            element.value  # noqa: B018 (converts, and fails on what cannot be)
        except Exception:
            # A value that is not of its kind may be anything.
            del dataset[tag]
            remarks.append(f"({tag.group:04x},{tag.element:04x}) could not be understood and was removed")
            continue
        if element.VR == "UN" or not element.keyword:
            del dataset[tag]
            continue
        remarks += _clean_element(dataset, element, subject)
    return remarks


def _clean_element(dataset: Dataset, element: DataElement, subject: Subject) -> list[str]:
    keyword, vr = element.keyword, element.VR
    action = actions().get((element.tag.group, element.tag.element))
    if vr == "SQ":
        return _clean_sequence(dataset, element, action, subject)
    if subject.pet and keyword in NEEDED_IN_PET:
        _guard(element, subject)
    elif keyword in {"PatientID", "PatientName"}:
        element.value = subject.name
    elif keyword == "AccessionNumber":
        element.value = pseudonym(text, key=subject.key) if (text := str(element.value).strip(" \0")) else ""
    elif vr in DATES and keyword not in BIRTH:
        _each(element, lambda text: shifted(text, vr, subject.days))
    elif vr == "UI":
        kept = action is None and ("SOPClass" in keyword or "TransferSyntax" in keyword)
        _each(element, lambda uid: uid if kept or _is_registered(uid) else new_uid(uid, key=subject.key))
    elif keyword in DESCRIPTORS or (action is None and vr in TEXT and keyword not in HARMLESS):
        _each(element, lambda text: known_terms(text, without=subject.words))
        if not any(values_of(element)):
            element.value = f"{DUMMY} {dataset.get(NUMBERS.get(keyword, ''), '')}".strip()
    elif action is None and vr not in {"PN", "AE", "UR"}:
        _guard(element, subject)
    else:
        _act(dataset, element, action or "X")
    return []


def _clean_sequence(dataset: Dataset, element: DataElement, action: str | None, subject: Subject) -> list[str]:
    if action in {None, "C"} or element.keyword in CLEANED_SEQUENCES:
        return [remark for item in element.value for remark in _clean(item, subject)]
    if action == "Z":
        element.value = []
    elif element.keyword == "PersonIdentificationCodeSequence":
        element.value = [_code(DUMMY, DUMMY, scheme=f"99{DUMMY}")]
    else:
        del dataset[element.tag]
    return []


def _act(dataset: Dataset, element: DataElement, action: str) -> None:
    if action == "Z":
        element.value = None
    elif action == "D" and element.VR in TEXT | {"PN", "AE", "CS"}:
        element.value = DUMMY
    elif action == "D" and element.VR in {"OB", "OW"}:
        element.value = b"\0\0"
    else:
        del dataset[element.tag]


def _guard(element: DataElement, subject: Subject) -> None:
    # What the table lets pass still must not hold what names this patient.
    if any(isinstance(value, str) and subject.words & set(words(value)) for value in values_of(element)):
        element.value = DUMMY if element.VR in TEXT else None


def _is_registered(uid: str) -> bool:
    from pydicom.uid import UID

    return not uid or UID(uid).name != uid


def _each(element: DataElement, change: Callable[[str], str]) -> None:
    changed = [change(str(value)) if value is not None else "" for value in values_of(element)]
    element.value = changed if len(changed) > 1 else changed[0] if changed else None


def _code(value: str, meaning: str, *, scheme: str = "DCM") -> Dataset:
    from pydicom import Dataset

    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item


def _text(dataset: Dataset, keyword: str) -> str:
    try:
        return str(dataset.get(keyword) or "").strip(" \0")
    except Exception:
        return ""
