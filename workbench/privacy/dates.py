"""Dates of DICOM, shifted by whole days."""

import re
from datetime import date, timedelta

from workbench.pseudonyms import digest

_DATE = re.compile(r"(\d{4})[.\-/]?(\d{2})[.\-/]?(\d{2})")
_CLOCK = re.compile(r"([01]\d|2[0-3])(:?[0-5]\d(:?([0-5]\d|60)(\.\d{1,6})?)?)?")
_ZONE = re.compile(r"[+-]\d{4}")
SHORTEST_SHIFT = 3653  # ten years: shifted dates keep clear of the study's own
SHIFTS = 3653


def days_of(patient: str, *, key: bytes) -> int:
    """Return by how many days a patient's dates are shifted.

    Parameters
    ----------
    patient : str
        The patient's identifier.
    key : bytes
        A secret of at least 16 bytes.

    Returns
    -------
    int
        Between ten and twenty years into the past; the same for all dates of the patient.

    Examples
    --------
    >>> -7306 < days_of("12345", key=b"sixteen bytes or more") <= -3653
    True
    """
    return -(SHORTEST_SHIFT + int.from_bytes(digest(f"days {patient}", key=key)[:8]) % SHIFTS)


def as_date(text: str) -> date | None:
    """Return the date with which a DICOM date or date-time begins.

    Parameters
    ----------
    text : str
        ``YYYYMMDD``, also with dots, dashes or slashes.

    Returns
    -------
    date or None
        ``None`` where it does not begin with a date.

    Examples
    --------
    >>> as_date("20200310143000")
    datetime.date(2020, 3, 10)
    """
    found = _DATE.match(text.strip(" \0"))
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def shifted(text: str, vr: str, days: int) -> str:
    """Shift a date or date-time; leave a time of day as it is.

    Parameters
    ----------
    text : str
        The element's value.
    vr : str
        ``"DA"``, ``"DT"`` or ``"TM"``.
    days : int
        Added to it.

    Returns
    -------
    str
        Empty where the value is not of its kind: what cannot be shifted cannot stay.

    Examples
    --------
    >>> shifted("20200310", "DA", -10)
    '20200229'
    >>> shifted("20200310143000.5", "DT", -10)
    '20200229143000.5'
    >>> shifted("March 2020", "DA", -10)
    ''
    """
    text = text.strip(" \0")
    if vr == "TM":
        return text if _CLOCK.fullmatch(text) else ""
    found, day = _DATE.match(text), as_date(text)
    if found is None or day is None:
        return ""
    rest = text[found.end() :]
    clock = _ZONE.sub("", rest)
    if (vr == "DA" and rest) or (clock and not _CLOCK.fullmatch(clock)):
        return ""
    try:
        return f"{day + timedelta(days=days):%Y%m%d}".rjust(8, "0") + rest
    except OverflowError:
        return ""
