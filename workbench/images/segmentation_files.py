"""Masks written as DICOM SEG that belongs to the study of their images."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.checks import real_array
from workbench.files import replacing

from .errors import ImageReadError
from .grids import matched
from .image import Image
from .reading import read
from .silence import quiet, unlogged

if TYPE_CHECKING:
    from pydicom import Dataset

MAY_BE_EMPTY = (
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "PatientSex",
    "StudyDate",
    "StudyTime",
    "StudyID",
    "AccessionNumber",
    "ReferringPhysicianName",
    "PositionReferenceIndicator",
)
DISCLAIMER = "for research and teaching; not a medical device"


def save_segmentation(
    mask: ArrayLike,
    path: str | Path,
    *,
    source: str | Path | None = None,
    names: Sequence[str] | None = None,
    algorithm: str = "",
) -> Path:
    """Write a mask as DICOM SEG that belongs to the study of its images.

    Parameters
    ----------
    mask : Image or (P, M, N) or (M, N) array_like
        Booleans, or whole numbers where 0 is the background and 1, 2, ... are segments. With geometry it must
        be that of the source, in any order of axes; without, it must have the shape of the source.
    path : str or Path
        The file to write, with suffix ``.dcm``.
    source : str or Path
        The DICOM file, or the folder with the DICOM series, on which the mask was made. Patient, study and frame
        of reference are taken from it when the mask is written.
    names : sequence of str, optional
        What label 1, 2, ... is called; ``"label 1"`` and so on by default.
    algorithm : str, optional
        The method that made the mask; empty (default) where a person drew it.

    Returns
    -------
    Path
        Where it was written. An older file there is replaced only once the new one is complete.

    Raises
    ------
    ValueError
        If there is no source, the mask is empty, is no mask or does not fit the source, a label lacks a name, or
        the source lacks tags that its study needs.
    ImageReadError
        If the source cannot be read.

    See Also
    --------
    read_mask : Reads the segments again.
    """
    path = Path(path)
    if source is None:
        raise ValueError(
            f"{path}: a DICOM SEG needs the patient and study of its images: pass source=, the folder with their "
            "DICOM series; without one save the mask as NIfTI, as in mask.save('mask.nii.gz')"
        )
    if path.suffix.lower() != ".dcm":
        raise ValueError(f"{path}: expected suffix .dcm for a DICOM SEG, received {path.suffix!r}")
    labels = _labels(mask)
    segments = _segment_names(names, int(labels.max()))
    with quiet(), unlogged("pydicom"):
        datasets = _datasets(Path(source))
    image = read(source, series=_series(datasets, source) if Path(source).is_dir() else None)
    fitted = _fitted(mask, labels, image)
    with quiet(), unlogged("pydicom"):
        try:
            segmentation = _encoded(fitted, image, datasets, segments, algorithm)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{source}: a DICOM SEG cannot be made from its tags: {error}") from error
        with replacing(path) as temporary:
            segmentation.save_as(temporary)
    return path


def _labels(mask: ArrayLike) -> NDArray:
    labels = real_array(mask, name="mask")
    if not (labels == np.rint(labels)).all() or labels.min() < 0 or labels.max() > 2**16 - 1:
        raise ValueError(
            f"mask must hold whole numbers from 0 to 65535, received {labels.dtype} from {labels.min()} to "
            f"{labels.max()}; threshold it first"
        )
    if not labels.any():
        raise ValueError("mask is empty: a DICOM SEG needs at least one voxel; save it as NIfTI to keep it")
    return labels.astype(np.min_scalar_type(int(labels.max())))


def _segment_names(names: Sequence[str] | None, count: int) -> list[str]:
    if names is None:
        return [f"label {label}" for label in range(1, count + 1)]
    if isinstance(names, str) or not all(isinstance(name, str) and 0 < len(name) <= 64 for name in names):
        raise ValueError(f"names must be a sequence of texts of 1 to 64 characters, received {names!r}")
    if len(names) < count or len(set(names)) < len(names):
        raise ValueError(
            f"names must hold a different name for each label from 1 to {count}, received {list(names)}"
        )
    return list(names)


def _series(datasets: list["Dataset"], source: str | Path) -> str:
    found = {str(dataset.get("SeriesInstanceUID", "")) for dataset in datasets}
    if len(found) > 1:
        raise ValueError(f"{source}: expected one series of images, received {len(found)}; name the folder of one")
    return found.pop()


def _datasets(source: Path) -> list["Dataset"]:
    import pydicom

    if not source.exists():
        raise ImageReadError(f"{source}: no such file or folder")
    found = []
    for path in sorted(source.rglob("*")) if source.is_dir() else [source]:
        try:
            dataset = pydicom.dcmread(path, stop_before_pixels=True)
        except (pydicom.errors.InvalidDicomError, OSError):
            continue
        # A mask saved beside its images is not one of them.
        if "Rows" in dataset and dataset.get("Modality") != "SEG":
            found.append(_completed(dataset))
    if not found:
        raise ImageReadError(f"{source}: not DICOM, so no patient and study are known; save the mask as NIfTI")
    return found


def _completed(dataset: "Dataset") -> "Dataset":
    # Tags that may be empty are often left out when data are anonymised.
    for keyword in MAY_BE_EMPTY:
        dataset.setdefault(keyword, None)
    if not dataset.get("SpecificCharacterSet", "ISO_IR 6"):
        del dataset.SpecificCharacterSet
    return dataset


def _fitted(mask: ArrayLike, labels: NDArray, image: Image) -> NDArray:
    grid = _volume_shape(image.shape if image.channel_axis is None else image.shape[: image.ndim])
    volume = labels.reshape(_volume_shape(labels.shape))
    if isinstance(mask, Image) and mask.affine is not None and image.affine is not None:
        try:
            return matched(volume, mask.affine, image.affine, grid)
        except ValueError as error:
            raise ValueError(
                f"mask does not fit the source: {error}".replace("of like", "of the source")
            ) from error
    if volume.shape != grid:
        raise ValueError(f"mask has shape {labels.shape}, but the source has {image.shape}; name its own series")
    return volume


def _volume_shape(shape: tuple[int, ...]) -> tuple[int, ...]:
    return (1,) * (3 - len(shape)) + tuple(shape)


def _in_slice_order(datasets: list["Dataset"], image: Image) -> list["Dataset"]:
    if image.affine is None:
        cosines = np.array(datasets[0].ImageOrientationPatient, dtype=float).reshape(2, 3)
        along = np.cross(cosines[0], cosines[1])
    else:
        along = np.linalg.inv(image.affine)[0, :3]
    return sorted(datasets, key=lambda dataset: float(along @ np.array(dataset.ImagePositionPatient, dtype=float)))


def _encoded(labels: NDArray, image: Image, datasets: list["Dataset"], segments: list[str], algorithm: str) -> Any:
    import highdicom as hd
    from pydicom.sr.codedict import codes

    import workbench

    tissue = codes.SCT.Tissue
    method: dict[str, Any] = {"algorithm_type": "MANUAL"}
    if algorithm:
        # The standard's families are narrow; a wrong one would be a false statement.
        family = hd.sr.CodedConcept("image-analysis", "99WORKBENCH", "Image analysis")
        identification = hd.AlgorithmIdentificationSequence(algorithm, family, workbench.__version__)
        method = {"algorithm_type": "AUTOMATIC", "algorithm_identification": identification}
    descriptions = [
        hd.seg.SegmentDescription(number, name, tissue, tissue, **method)
        for number, name in enumerate(segments, start=1)
    ]
    pixels: Any = labels
    if len(datasets) > 1:
        datasets = _in_slice_order(datasets, image)
    elif len(labels) > 1 and image.affine is not None:
        # The frames of a multi-frame object may be in any order.
        reference = datasets[0].get("FrameOfReferenceUID")
        pixels = hd.Volume(labels, image.affine, "PATIENT", frame_of_reference_uid=reference)
    return hd.seg.Segmentation(
        source_images=datasets,
        pixel_array=pixels,
        segmentation_type="BINARY",
        segment_descriptions=descriptions,
        series_instance_uid=hd.UID(),
        series_number=900,
        sop_instance_uid=hd.UID(),
        instance_number=1,
        manufacturer="medical-imaging workbench",
        manufacturer_model_name="workbench.images",
        software_versions=workbench.__version__,
        device_serial_number="0",
        content_description=DISCLAIMER,
        series_description=f"Segmentation, {DISCLAIMER}",
    )
