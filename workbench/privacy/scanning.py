"""Finding a study's identifiers in what was written about it."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from .identifiers import Identifiers, identifiers_of
from .texts import texts_of
from .trees import files_of, silently
from .words import folded, words

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ["file", "where", "kind", "element", "times"]
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_STAMP = re.compile(r"\d{14}")


def scan(path: str | Path, *, source: str | Path) -> pd.DataFrame:
    """Look for the identifiers of a DICOM study in anything that was written.

    Parameters
    ----------
    path : str or Path
        A file, or a folder that is searched with its subfolders: notebooks with their outputs, pages, tables (CSV,
        Parquet), JSON, headers of pictures and images, arrays, archives, and the names of all files and folders.
    source : str or Path
        The original study: a folder with DICOM files at any depth.

    Returns
    -------
    pandas.DataFrame
        One row per finding, empty if there are none: ``file`` (relative to `path`), ``where`` in it, ``kind``
        (name, part of a name, identifier, date, birth date, UID, text), ``element`` that holds it in the source,
        ``times`` it was found. The identifiers themselves are not repeated.

    Raises
    ------
    FileNotFoundError
        If there is no such path or source.

    Notes
    -----
    Names are found in any order, case and punctuation, with and without accents; dates in the usual formats. Words
    in pictures are not read.
    """
    return scan_for(path, identifiers_of(source))


def scan_for(path: str | Path, known: Identifiers) -> pd.DataFrame:
    """Look for identifiers that were collected before, see `scan`.

    Parameters
    ----------
    path : str or Path
        File or folder.
    known : Identifiers
        From `identifiers_of`.

    Returns
    -------
    pandas.DataFrame
        As of `scan`.
    """
    import pandas as pd

    path = Path(path).expanduser()
    root = path if path.is_dir() else path.parent
    findings: Counter[tuple[str, str, str, str]] = Counter()
    for number, file in enumerate(files_of(path), start=1):
        relative = file.relative_to(root).as_posix()
        in_name = _find(relative, known)
        # A name that tells would tell again in the table.
        shown = f"file {number} (its name tells)" if in_name else relative
        for meaning, times in in_name.items():
            findings[shown, "file or folder name", *meaning] += times
        with silently():
            for where, text in texts_of(file):
                for meaning, times in _find(text, known).items():
                    place = "a place named by it" if _find(where, known) else where
                    findings[shown, place, *meaning] += times
    return pd.DataFrame([(*finding, times) for finding, times in findings.items()], columns=COLUMNS)


def _find(text: str, known: Identifiers) -> dict[tuple[str, str], int]:
    found = Counter(known.found_in(words(re.sub(r"(?<=\d)[Tt](?=\d)", " ", text))))
    for meaning, times in known.found_in([stamp[:8] for stamp in _STAMP.findall(text)]).items():
        found[meaning] += times
    # Words written together, such as SmithJohn2 or pat123456.
    together = [folded(part) for part in _CAMEL.findall(text) if len(part) > 3]
    for meaning, times in known.found_in(together).items():
        if meaning not in found and meaning[0] in {"name", "part of a name", "identifier"}:
            found[meaning] += times
    return dict(found)
