"""The series in a folder tree of DICOM files: which there are, and which one is meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from .dicom import is_dicom, load, pet_problems, read_dicom_series, stated_problems
from .errors import ImageReadError
from .frames import ALLOWED, GROUPS, NESTED, Frame, frames_of
from .history import Step, warn_of_problems
from .image import Image
from .planes import arrange, plane_affine
from .silence import quiet

if TYPE_CHECKING:
    import pandas as pd

IDENTIFYING = ("PatientID", "StudyInstanceUID", "SeriesInstanceUID", "SeriesDescription")
SIZE = ("Rows", "Columns", "NumberOfFrames", "GridFrameOffsetVector", "TotalPixelMatrixColumns", "Modality")
HEADER = [*IDENTIFYING, *SIZE, *NESTED, *GROUPS, *sorted(ALLOWED)]


@dataclass
class Series:
    """The files of one series, by their headers.

    Parameters
    ----------
    uid, patient, study : str
        Identifiers as stored: to find a series, never to show.
    description, modality : str
        As stored.
    paths : list of Path
        Its files.
    frames : list of Frame
        Those of its images.
    syntaxes : set of str
        Transfer syntaxes of its images.
    problems : list of str
        Why it has no frames.
    """

    uid: str = field(repr=False)
    patient: str = field(repr=False)
    study: str = field(repr=False)
    description: str
    modality: str
    paths: list[Path] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    syntaxes: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)


def scan(folder: Path) -> tuple[list[Series], list[str]]:
    """Find the series in a folder and the folders below it.

    Parameters
    ----------
    folder : Path
        Files that are not DICOM are passed over.

    Returns
    -------
    series : list of Series
        In order of their first files.
    unreadable : list of str
        A message for each DICOM file whose header cannot be read.
    """
    found: dict[tuple[str, str], Series] = {}
    unreadable = []
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and is_dicom(path)]
    for path in paths:
        try:
            with quiet():
                _add(path, found)
        except ImageReadError as error:
            unreadable.append(str(error))
        except Exception as error:
            # Headers hold nearly anything, and pydicom raises nearly anything.
            unreadable.append(f"{path}: its header cannot be read ({type(error).__name__}: {error})")
    return list(found.values()), unreadable


def _add(path: Path, found: dict[tuple[str, str], Series]) -> None:
    from pydicom.uid import MediaStorageDirectoryStorage

    header = load(path, stop_before_pixels=True, specific_tags=HEADER)
    if header.file_meta.get("MediaStorageSOPClassUID") == MediaStorageDirectoryStorage:
        return
    patient, study, uid, description = (str(header.get(keyword) or "") for keyword in IDENTIFYING)
    modality = str(header.get("Modality") or "OT")
    frames = frames_of(header, path) if header.get("Rows") else []
    # What cannot be stacked with images of its series (a report, a registration) is listed by itself.
    kind = "" if frames else modality
    series = found.setdefault((uid, kind), Series(uid, patient, study, description, modality))
    series.paths.append(path)
    series.frames += frames
    if frames:
        series.syntaxes.add(str(header.file_meta.get("TransferSyntaxUID") or ""))


def list_series(folder: str | Path) -> pd.DataFrame:
    """List the DICOM series in a folder tree, from headers alone.

    Parameters
    ----------
    folder : str or Path
        Files that are not DICOM are passed over.

    Returns
    -------
    pandas.DataFrame
        A row per series, indexed by ``series``: columns ``patient``, ``study``, ``modality``, ``description``,
        ``slices`` (or frames), ``spacing`` in mm (slice, row, column) and ``problems``. Patients, studies and
        series are named by keyed pseudonyms, which `read` accepts as ``series=``.

    Raises
    ------
    ImageReadError
        If it is not a folder.

    Examples
    --------
    >>> import tempfile
    >>> list(list_series(tempfile.mkdtemp()).columns)
    ['patient', 'study', 'modality', 'description', 'slices', 'spacing', 'problems']
    """
    import pandas as pd

    folder = Path(folder)
    if not folder.is_dir():
        raise ImageReadError(f"{folder}: no such folder")
    found, unreadable = scan(folder)
    rows = [_row(series, folder) for series in found]
    rows += [_row(Series("", "", "", "", "", problems=[problem]), folder) for problem in unreadable]
    columns = ["series", "patient", "study", "modality", "description", "slices", "spacing", "problems"]
    return pd.DataFrame(rows, columns=columns).set_index("series")


def read_dicom_folder(folder: Path, *, series: str | None = None) -> Image:
    """Read one DICOM series of a folder tree as a volume, slices in order of position.

    Parameters
    ----------
    folder : Path
        Files that are not DICOM are passed over.
    series : str, optional
        UID, pseudonym or description of the series; needed where there are several.

    Returns
    -------
    Image
        A volume, or a 2-D image if the series has one slice.

    Raises
    ------
    ImageReadError
        If there is no such series or several, or its slices are not one volume.
    """
    found, unreadable = scan(folder)
    images = [one for one in found if one.frames]
    if not images and not unreadable:
        raise ImageReadError(f"{folder}: no DICOM images in this folder; name the folder that holds the files")
    if not images:
        raise ImageReadError(f"{folder}: no DICOM image can be read; {unreadable[0]}")
    chosen = [one for one in images if series is None or _is_named(one, series)]
    if len(chosen) != 1:
        listed = "; ".join(f"{one.modality} {one.description!r} ({len(one.frames)} slices)" for one in images[:8])
        wanted = "one series" if series is None else f"one series that is named {series!r}"
        raise ImageReadError(
            f"{folder}: expected {wanted}, received {len(chosen)} of {len(images)}: {listed}; "
            "say which by read(folder, series=...) with a name that images.list_series(folder) gives"
        )
    image = read_dicom_series(chosen[0].paths, chosen[0].frames, folder)
    told = [Step("images.read", {"problem": f"left out: {problem}"}) for problem in unreadable]
    return image.replace(history=(*image.history, *told)) if told else image


def read_series(paths: Sequence[Path]) -> Image:
    """Read the files of one DICOM series, wherever they lie.

    Parameters
    ----------
    paths : sequence of Path
        At least one.

    Returns
    -------
    Image
        As of `read_dicom_folder`.

    Raises
    ------
    ImageReadError
        If a file cannot be read, or they are not one volume.
    """
    found: dict[tuple[str, str], Series] = {}
    folder = paths[0].parent
    try:
        with quiet():
            for path in paths:
                _add(path, found)
            if len(found) != 1:
                raise ImageReadError(f"{folder}: expected the files of one series, received {len(found)}")
            (series,) = found.values()
            image = read_dicom_series(series.paths, series.frames, folder)
    except ImageReadError:
        raise
    except Exception as error:
        # Headers hold nearly anything, and pydicom raises nearly anything.
        raise ImageReadError(f"{folder}: its series cannot be read ({type(error).__name__}: {error})") from error
    warn_of_problems(image.history, folder)
    return image


def _is_named(series: Series, name: str) -> bool:
    # The pseudonym last: it needs a key, which not every reader has or wants.
    return name in {series.uid, series.description} or name == _name(series.uid, "S-")


def _name(identifier: str, prefix: str) -> str:
    from workbench.pseudonyms import pseudonym, session_key

    return pseudonym(identifier, key=session_key(), prefix=prefix) if identifier.strip(" \0") else ""


def _row(series: Series, folder: Path) -> list[object]:
    with quiet():
        problems = [problem.replace(f"{folder}: ", "").replace(f"{folder}/", "") for problem in _problems(series)]
    return [
        _name(series.uid, "S-"),
        _name(series.patient, "P-"),
        _name(series.study, "E-"),
        series.modality,
        series.description,
        len(series.frames),
        _spacing(series),
        "; ".join(problems),
    ]


def _spacing(series: Series) -> tuple[float, ...] | None:
    from .geometry import spacing_of

    try:
        affine = arrange(series.frames).affine if len(series.frames) > 1 else plane_affine(series.frames[0])
    except (ImageReadError, IndexError):
        return None
    return None if affine is None else tuple(round(mm, 4) for mm in spacing_of(affine)[-3:])


def _problems(series: Series) -> list[str]:
    if series.problems or not series.frames:
        return series.problems or ["no images"]
    problems = [
        f"compressed as {syntax}, which cannot be decoded here"
        for syntax in series.syntaxes
        if not _is_known(syntax)
    ]
    several = len(series.paths) > 1
    if several and any(frame.count > 1 for frame in series.frames):
        problems.append("several multi-frame objects: read each file by itself")
    else:
        try:
            arrangement = arrange(series.frames)
            problems += arrangement.problems
            if arrangement.affine is None and not arrangement.problems and len(series.frames) > 1:
                problems.append("no positions" + (": read each file by itself" if several else ""))
        except ImageReadError as error:
            problems.append(str(error))
    return [*stated_problems(series.frames), *problems, *pet_problems(series.frames)]


def _is_known(syntax: str) -> bool:
    from pydicom.pixels import get_decoder

    from .codecs import PLUGINS

    try:
        return syntax in PLUGINS or bool(get_decoder(syntax).is_available)
    except NotImplementedError:
        return False
