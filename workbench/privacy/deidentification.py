"""De-identification of whole studies."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.pseudonyms import pseudonym, session_key

from .cleaning import clean, new_uid, subject_of
from .streams import clean_pixels, overlay_bits_of
from .trees import PrivacyError, files_of, load, silently
from .words import words

if TYPE_CHECKING:
    import pandas as pd
    from pydicom import Dataset

DIRECTORY = "1.2.840.10008.1.3.10"
# Where words are often burned into the pixels and the tag that tells of it is often missing.
OFTEN_BURNED_IN = {"US", "ES", "XC", "OT", "SC", "XA", "RF", "DX", "CR", "ECG"}
REFUSED = "refused"


def deidentify(
    source: str | Path,
    destination: str | Path,
    *,
    key: bytes | None = None,
    jobs: int = 1,
    progress: bool = True,
) -> pd.DataFrame:
    """Write a copy of a DICOM study in which no element names a person, a place or a day.

    Every file becomes ``destination/patient/series/instance.dcm``, named by pseudonyms. Pixels and geometry stay.
    What was written before is skipped, so that an interrupted call can be repeated. The source is only read.

    Parameters
    ----------
    source : str or Path
        A folder with DICOM files at any depth.
    destination : str or Path
        Another folder, not within `source`.
    key : bytes, optional
        At least 16 secret bytes on which all pseudonyms, UIDs and date shifts depend; `session_key` by default.
    jobs : int, optional
        How many files are treated at a time.
    progress : bool, optional
        Show a progress bar.

    Returns
    -------
    pandas.DataFrame
        One row per file of the source: ``file`` (relative to it; words that name a patient as ``***``),
        ``status`` (``"done"``, ``"skipped"`` as done before, ``"refused"``), ``reason``, ``written`` (relative to
        `destination`), ``remarks`` (what to look at).

    Raises
    ------
    PrivacyError
        If one folder lies in the other, or the source is empty.
    FileNotFoundError
        If there is no such source.

    Notes
    -----
    The basic profile of DICOM PS3.15 Annex E with the options: clean graphics, clean structured content, clean
    descriptors (only known terms of radiology stay), retain longitudinal temporal information with modified dates
    (by patient, whole days, ten to twenty years back; times of day stay). Files are refused, not written, when
    they declare burned-in annotations, hold a document, index other files, or are not DICOM. The pixels themselves
    are not searched for words or faces: `remarks` says where that is advisable.

    References
    ----------
    DICOM PS3.15, Annex E, Attribute Confidentiality Profiles.
    """
    import pandas as pd
    from joblib import Parallel, delayed
    from tqdm.auto import tqdm

    source, destination = Path(source).expanduser().resolve(), Path(destination).expanduser().resolve()
    if source == destination or source in destination.parents or destination in source.parents:
        raise PrivacyError("source and destination must be separate folders, received one within the other")
    paths, key = files_of(source), session_key() if key is None else key
    root = source if source.is_dir() else source.parent
    if not paths:
        raise PrivacyError("the source folder holds no files; name the folder of the study")
    results = Parallel(n_jobs=jobs, return_as="generator")(
        delayed(_deidentify_file)(path, root, destination, key) for path in paths
    )
    rows = list(tqdm(results, total=len(paths), unit="file", disable=not progress))
    telling = frozenset(word for _, found in rows for word in found)
    table = pd.DataFrame([row for row, _ in rows], columns=["status", "reason", "written", "remarks"])
    table.insert(0, "file", [_masked(path.relative_to(root).as_posix(), telling) for path in paths])
    return table


def _masked(name: str, telling: frozenset[str]) -> str:
    return re.sub(r"[^\W_]+", lambda word: "***" if telling & set(words(word[0])) else word[0], name)


def _deidentify_file(
    path: Path, root: Path, destination: Path, key: bytes
) -> tuple[tuple[str, ...], frozenset[str]]:
    relative = path.relative_to(root)
    telling: frozenset[str] = frozenset()
    try:
        with silently():
            dataset = load(path)
            if dataset is None:
                return (REFUSED, "not a DICOM file", "", ""), telling
            subject = subject_of(dataset, key)
            telling = subject.words & set(words(str(relative)))
            reason = _refusal(dataset)
            if reason:
                return (REFUSED, reason, "", ""), telling
            series = new_uid(str(dataset.get("SeriesInstanceUID") or "none"), key=key)
            folder = destination / subject.name / pseudonym(series, key=key)
            target = folder / f"{pseudonym(relative.as_posix(), key=key)}.dcm"
            written = target.relative_to(destination).as_posix()
            if target.exists() and target.stat().st_mtime >= path.stat().st_mtime:
                return ("skipped", "", written, ""), telling
            remarks = _looking(dataset)
            overlay_bits = overlay_bits_of(dataset)
            _settle_meta(dataset)
            remarks += clean(dataset, subject)
            clean_pixels(dataset, overlay_bits)
            _write(dataset, target)
        return ("done", "", written, "; ".join(remarks)), telling
    except Exception as error:
        # Damaged files raise anything, and what they say may quote the file: only the kind of trouble is told.
        return (REFUSED, f"damaged, or not to be written again ({type(error).__name__})", "", ""), telling


def _refusal(dataset: Dataset) -> str:
    if str(dataset.get("SOPClassUID") or dataset.file_meta.get("MediaStorageSOPClassUID") or "") == DIRECTORY:
        return "an index of other files (DICOMDIR), which has no meaning for their copies"
    if str(dataset.get("BurnedInAnnotation") or "").strip().upper() == "YES":
        return "BurnedInAnnotation is YES: its pixels show words; blank them first"
    if "EncapsulatedDocument" in dataset:
        return "holds a document, which cannot be cleaned"
    if not dataset.get("SOPInstanceUID") or not dataset.get("SOPClassUID"):
        return "has no SOPInstanceUID or no SOPClassUID; it is no complete DICOM object"
    return ""


def _looking(dataset: Dataset) -> list[str]:
    remarks = []
    if not dataset.get("BurnedInAnnotation") and dataset.get("Modality") in OFTEN_BURNED_IN:
        remarks.append(f"BurnedInAnnotation is not given: look for words in its pixels ({dataset.Modality})")
    if str(dataset.get("RecognizableVisualFeatures") or "").strip().upper() == "YES":
        remarks.append("RecognizableVisualFeatures is YES: a face may be recognized")
    return remarks


def _settle_meta(dataset: Dataset) -> None:
    from pydicom.dataset import FileMetaDataset
    from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

    syntax = dataset.file_meta.get("TransferSyntaxUID") if hasattr(dataset, "file_meta") else None
    if not syntax:
        implicit, little = dataset.original_encoding
        explicit = ExplicitVRLittleEndian if little else ExplicitVRBigEndian
        syntax = ImplicitVRLittleEndian if implicit else explicit
    # All else in the old meta information tells where a file comes from.
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.preamble = b"\0" * 128


def _write(dataset: Dataset, target: Path) -> None:
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    target.parent.mkdir(parents=True, exist_ok=True)
    # A name of its own, so that what a killed call leaves is overwritten by the next.
    temporary = target.with_suffix(".part")
    dataset.save_as(temporary, enforce_file_format=True)
    temporary.replace(target)
