"""DICOM files and series: units applied, slices in order of position."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .decoding import colored, decode, in_units, inverted, is_inverted, units_of
from .errors import ImageReadError
from .frames import Frame, frames_of
from .history import Step
from .image import Image
from .planes import Arrangement, arrange, in_plane_spacing, plane_affine
from .suv import suv_factor
from .tiles import laid_out

if TYPE_CHECKING:
    from pydicom import Dataset

READ = "images.read"


def is_dicom(path: Path) -> bool:
    """Tell whether a file begins as DICOM files do.

    Parameters
    ----------
    path : Path
        Any file.

    Returns
    -------
    bool
        True where bytes 128 to 132 are ``DICM``.

    Examples
    --------
    >>> is_dicom(Path(__file__))
    False
    """
    with path.open("rb") as file:
        return file.read(132)[128:] == b"DICM"


def load(path: Path, **options: Any) -> "Dataset":
    """Read a DICOM object.

    Parameters
    ----------
    path : Path
        The file.
    **options
        Of `pydicom.dcmread`.

    Returns
    -------
    pydicom.Dataset
        For the moment of reading only.

    Raises
    ------
    ImageReadError
        If it is not DICOM, or cut short.
    """
    import pydicom

    try:
        return pydicom.dcmread(path, **options)
    except pydicom.errors.InvalidDicomError as error:
        raise ImageReadError(f"{path}: not a DICOM file, for it does not begin as one; copy it again") from error
    except (OSError, EOFError) as error:
        raise ImageReadError(f"{path}: not a DICOM file, or cut short ({error}); copy it again") from error


def read_dicom_file(path: Path) -> Image:
    """Read one DICOM object: a slice, or the frames of a multi-frame object.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    Image
        CT in HU, PET in SUV where the tags allow; colour as RGB; MONOCHROME1 inverted so that high is bright,
        unless its values have units. Frames with positions are a volume in order of position; those without (an
        ultrasound cine) are stacked along the first axis, without affine; tiles of a slide are laid side by side.

    Raises
    ------
    ImageReadError
        If it is not DICOM, holds no image, or cannot be decoded.
    """
    dataset = load(path)
    frames = frames_of(dataset, path)
    if len(frames) == 1:
        problems = pet_problems(frames)
        pixels, steps = _converted(dataset, frames, suv=not problems)
        affine = plane_affine(frames[0])
        return _image(
            pixels[0],
            frames[0],
            [*steps, *_told([*stated_problems(frames), *problems])],
            affine=affine,
            spacing=None if affine is not None else in_plane_spacing(frames[0]),
            channel_axis=-1 if pixels.ndim == 4 else None,
            suv=not problems,
        )
    pixels, steps = _converted(dataset, frames, suv=not pet_problems(frames))
    size = (int(dataset.get("TotalPixelMatrixRows") or 0), int(dataset.get("TotalPixelMatrixColumns") or 0))
    if all(size) and dataset.get("Modality") != "SEG":
        full = dataset.get("DimensionOrganizationType") == "TILED_FULL"
        return _image(
            laid_out(pixels, frames, size, full=full),
            frames[0],
            [*steps, Step(READ, {"tiles": len(frames)})],
            spacing=in_plane_spacing(frames[0]),
            channel_axis=-1 if pixels.ndim == 4 else None,
        )
    try:
        arrangement = arrange(frames)
        if arrangement.channels and pixels.ndim == 4:
            raise ImageReadError(f"{path}: several colour frames at each position")
    except ImageReadError as error:
        reason = str(error).removeprefix(f"{path.parent}: ").removeprefix(str(path)).lstrip(": ")
        problem = f"frames are stacked in the order of the file, without affine: {reason}"
        arrangement = Arrangement(np.arange(len(frames)), None, (problem,))
    return _arranged(pixels, frames, arrangement, steps)


def read_dicom_series(paths: list[Path], frames: list[Frame], folder: Path) -> Image:
    """Read the slices of one series as a volume, in order of position.

    Parameters
    ----------
    paths : list of Path
        Its files.
    frames : list of Frame
        Of their headers, in the same order.
    folder : Path
        For messages.

    Returns
    -------
    Image
        As of `read_dicom_file`.

    Raises
    ------
    ImageReadError
        If they are not one volume; the message names the slice that does not belong.
    """
    if len(paths) == 1:
        return read_dicom_file(paths[0])
    several = next((frame for frame in frames if frame.count > 1), None)
    if several is not None:
        raise ImageReadError(f"{folder}: {several.path.name} holds {several.count} frames; read it by itself")
    arrangement = arrange(frames)
    if arrangement.affine is None and not arrangement.problems:
        raise ImageReadError(
            f"{frames[0]}: no position, orientation or spacing; its place in the series is unknown, "
            f"so read each of the {len(frames)} files by itself"
        )
    suv = not pet_problems(frames)
    decoded = [_converted(load(path), [frame], suv=suv) for path, frame in zip(paths, frames, strict=True)]
    kinds = {pixels.ndim for pixels, _ in decoded}
    if len(kinds) > 1 or (arrangement.channels and 4 in kinds):
        raise ImageReadError(f"{folder}: colours beside grey slices or at one position; read each file by itself")
    steps = list({str(step): step for _, found in decoded for step in found}.values())
    return _arranged(np.concatenate([pixels for pixels, _ in decoded]), frames, arrangement, steps)


def _arranged(pixels: NDArray, frames: list[Frame], arrangement: Arrangement, steps: list[Step]) -> Image:
    channel_axis = -1 if pixels.ndim == 4 or arrangement.channels else None
    pixels = pixels[arrangement.order]
    if arrangement.channels:
        pixels = np.moveaxis(pixels, 1, -1)
        pixels = pixels[0] if len(pixels) == 1 else pixels
        steps.append(Step(READ, {"channels": arrangement.channels}))
    if arrangement.affine is None:
        steps.append(Step(READ, {"axis_0": "frames", "in_plane_spacing": in_plane_spacing(frames[0])}))
    pet = pet_problems(frames)
    return _image(
        pixels,
        frames[int(arrangement.order.flat[0])],
        [*steps, *_told([*stated_problems(frames), *arrangement.problems, *pet])],
        affine=arrangement.affine,
        channel_axis=channel_axis,
        suv=not pet,
    )


def _converted(dataset: "Dataset", frames: list[Frame], *, suv: bool) -> tuple[NDArray, list[Step]]:
    pixels, remarks = decode(dataset, frames[0].path)
    steps = [Step(READ, {"remark": remark}) for remark in remarks]
    pixels = colored(pixels, dataset)
    if pixels.ndim == 4:
        return pixels, steps
    facts = frames[0].facts
    suv = suv and _is_pet(facts)
    if is_inverted(dataset, units_of(facts, suv=suv)):
        pixels = inverted(pixels, dataset)
        steps.append(Step(READ, {"inverted": True}))
    return in_units(pixels, frames, dataset, suv=suv), steps


def _is_pet(facts: dict[str, Any]) -> bool:
    return facts.get("Modality") == "PT"


def pet_problems(frames: list[Frame]) -> list[str]:
    """Say why PET frames cannot be scaled to SUV.

    Parameters
    ----------
    frames : list of Frame
        Of one object or series.

    Returns
    -------
    list of str
        Empty for other modalities, and where all can.
    """
    if not _is_pet(frames[0].facts):
        return []
    return list(dict.fromkeys(problem for frame in frames if (problem := suv_factor(frame.facts)[1])))


def stated_problems(frames: list[Frame]) -> list[str]:
    """Return what was found wrong with frames while their tags were read.

    Parameters
    ----------
    frames : list of Frame
        Of one object or series.

    Returns
    -------
    list of str
        Each once.
    """
    return list(dict.fromkeys(frame.facts["problem"] for frame in frames if "problem" in frame.facts))


def _told(problems: list[str]) -> list[Step]:
    return [Step(READ, {"problem": problem}) for problem in problems]


def _image(
    pixels: NDArray,
    frame: Frame,
    steps: list[Step],
    *,
    affine: NDArray | None = None,
    spacing: tuple[float, float] | None = None,
    channel_axis: int | None = None,
    suv: bool = False,
) -> Image:
    return Image(
        pixels,
        affine=affine,
        spacing=spacing,
        modality=str(frame.facts.get("Modality") or "OT"),
        units=units_of(frame.facts, suv=suv and _is_pet(frame.facts)),
        channel_axis=channel_axis,
        history=tuple(steps),
    )
