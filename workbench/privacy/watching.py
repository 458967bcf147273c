"""Watching over what is written about a study."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from .identifiers import Identifiers, identifiers_of
from .scanning import scan_for
from .trees import files_of

Stamp = tuple[str, int]


def leak(written: str | Path, *, cohort: str | Path) -> str:
    """Say whether a written file tells who the patients of a cohort are.

    Parameters
    ----------
    written : str or Path
        A notebook, page or table.
    cohort : str or Path
        The cohort that it is about: a folder with DICOM files, or a table of cases that names such files.

    Returns
    -------
    str
        What was found and where, without the identifiers; empty if nothing was, or if the cohort holds no DICOM.

    Examples
    --------
    >>> leak(__file__, cohort="samples")
    ''
    """
    places = _places(Path(cohort).expanduser())
    known = _identifiers(
        tuple((str(file), file.stat().st_mtime_ns) for place in places for file in files_of(place))
    )
    if not known.phrases:
        return ""
    findings = scan_for(written, known)
    if findings.empty:
        return ""
    shown = [f"{kind} ({element}) in {where or 'its text'}" for _, where, kind, element, _ in findings.values[:3]]
    more = f" and {len(findings) - 3} more" if len(findings) > 3 else ""
    return (
        f"tells who the patients are: {'; '.join(shown)}{more}. Do not pass it on; "
        "list all findings with privacy.scan, and de-identify the study first (privacy.deidentify)"
    )


@lru_cache(maxsize=1)
def _identifiers(files: tuple[Stamp, ...]) -> Identifiers:
    # The times are part of the key, so that a study that was changed is read again.
    return identifiers_of(*(name for name, _ in files))


def _places(cohort: Path) -> list[Path]:
    if cohort.suffix.lower() not in {".csv", ".parquet"}:
        return [cohort] if cohort.exists() else []
    import pandas as pd

    try:
        table = pd.read_csv(cohort, dtype=str) if cohort.suffix.lower() == ".csv" else pd.read_parquet(cohort)
    except (OSError, ValueError):
        return []
    cells = {str(cell) for column in table.columns for cell in table[column].dropna()}
    # Any cell that names a file or folder beside the table is an image, mask or contour of the study.
    return [place for cell in sorted(cells) if 0 < len(cell) < 1000 and (place := cohort.parent / cell).exists()]
