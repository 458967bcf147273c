"""PET: standardized uptake values by body weight, where the tags allow them."""

import re
from datetime import datetime, timedelta
from typing import Any

import numpy as np

DAY = timedelta(days=1)


def suv_factor(facts: dict[str, Any]) -> tuple[float | None, str]:
    r"""Return what PET pixels must be multiplied by to be SUV, in g/ml of body weight.

    The injected activity decays until the time for which the pixels are corrected:
    :math:`\mathrm{SUV} = c \, w / (A \, 2^{-t/T})`.

    Parameters
    ----------
    facts : dict
        Values of a PET image's tags by keyword.

    Returns
    -------
    factor : float or None
        ``None`` where the tags do not allow it.
    problem : str
        What is missing; empty where nothing is.

    References
    ----------
    Quantitative Imaging Biomarkers Alliance (2016), FDG-PET/CT profile, appendix G: vendor-neutral SUV.

    Examples
    --------
    >>> facts = {"Units": "BQML", "CorrectedImage": ["ATTN", "DECY"], "DecayCorrection": "START"}
    >>> facts |= {"PatientWeight": 70.0, "RadionuclideTotalDose": 2e8, "RadionuclideHalfLife": 3600.0}
    >>> facts |= {"SeriesDate": "20200101", "SeriesTime": "110000", "RadiopharmaceuticalStartTime": "100000"}
    >>> suv_factor(facts | {"AcquisitionTime": "110500", "AcquisitionDate": "20200101"})
    (0.0007, '')
    """
    units = facts.get("Units")
    if units == "GML" and facts.get("SUVType", "BW") == "BW":
        return 1.0, ""
    if units != "BQML":
        return None, f"PET stays in {units or 'units that are not stated'}: SUV needs BQML"
    corrected = facts.get("CorrectedImage") or ()
    missing = [f"{name} in CorrectedImage" for name in ("ATTN", "DECY") if name not in corrected]
    needed = ("PatientWeight", "RadionuclideTotalDose", "RadionuclideHalfLife")
    missing += [name for name in needed if not _positive(facts.get(name))]
    if missing:
        return None, f"PET stays in BQML, for SUV lacks: {', '.join(missing)}"
    activity, weight = float(facts["RadionuclideTotalDose"]), 1000 * float(facts["PatientWeight"])
    decay, problem = _decay_time(facts)
    if decay is None:
        return None, f"PET stays in BQML: {problem}"
    return weight / (activity * 2 ** (-decay / float(facts["RadionuclideHalfLife"]))), ""


def _decay_time(facts: dict[str, Any]) -> tuple[float | None, str]:
    if facts.get("DecayCorrection") == "ADMIN":
        return 0.0, ""
    if facts.get("DecayCorrection") != "START":
        return None, "SUV lacks DecayCorrection to START or ADMIN"
    series = _moment(facts.get("SeriesDate"), facts.get("SeriesTime"))
    acquired = _moment(facts.get("AcquisitionDate"), facts.get("AcquisitionTime"))
    if series is None or acquired is None or series > acquired:
        # A series made again later has a new time, to which its pixels are not corrected.
        return None, "SUV lacks a date and time of the series no later than those of the acquisition"
    stated = str(facts.get("RadiopharmaceuticalStartDateTime") or "")
    injected = _moment(stated[:8], stated[8:])
    if injected is None:
        injected = _moment(facts.get("SeriesDate"), facts.get("RadiopharmaceuticalStartTime"))
        if injected is not None and injected > series:
            injected -= DAY
    if injected is None or not timedelta(0) <= series - injected < DAY:
        return None, "SUV lacks a time of injection in the day before the series"
    return (series - injected).total_seconds(), ""


def _moment(date: Any, time: Any) -> datetime | None:
    day = re.fullmatch(r"(\d{4})\.?(\d{2})\.?(\d{2})", str(date or "").strip())
    clock = re.match(r"(\d{2}):?(\d{2}):?(\d{2})(\.\d{1,6})?", str(time or "").strip())
    if not day or not clock:
        return None
    try:
        moment = datetime(*map(int, day.groups()), *map(int, clock.groups()[:3]))  # type: ignore[arg-type]
    except ValueError:
        return None
    return moment + timedelta(seconds=float(clock[4] or 0))


def _positive(value: Any) -> bool:
    return isinstance(value, int | float) and bool(np.isfinite(value)) and value > 0
