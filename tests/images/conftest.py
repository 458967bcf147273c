import gdcm
import numpy as np
import pytest
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

SERIES = generate_uid(entropy_srcs=["one"])
STRAIGHT = (1, 0, 0, 0, 1, 0)
OBLIQUE = (0.8, 0.6, 0, -0.36, 0.48, 0.8)


def _write_dicom(path, pixels, *, syntax=ExplicitVRLittleEndian, leave_out=(), **tags):
    pixels = np.asarray(pixels)
    frame = pixels[0] if "NumberOfFrames" in tags else pixels
    colored = frame.ndim == 3
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=[str(path)])
    meta.TransferSyntaxUID = syntax
    dataset = FileDataset(
        str(path),
        {},
        file_meta=meta,
        preamble=b"\0" * 128,
        is_implicit_VR=False,
        is_little_endian=syntax.is_little_endian,
    )
    dataset.SOPClassUID = CTImageStorage
    dataset.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
    defaults = {
        "Modality": "CT",
        "SeriesInstanceUID": SERIES,
        "Rows": frame.shape[0],
        "Columns": frame.shape[1],
        "SamplesPerPixel": 3 if colored else 1,
        "PhotometricInterpretation": "RGB" if colored else "MONOCHROME2",
        "BitsAllocated": 8 * pixels.itemsize,
        "BitsStored": 8 * pixels.itemsize,
        "HighBit": 8 * pixels.itemsize - 1,
        "PixelRepresentation": int(pixels.dtype.kind == "i"),
        "PixelSpacing": [0.5, 0.25],
        "SliceThickness": 2,
        "ImageOrientationPatient": list(STRAIGHT),
        "ImagePositionPatient": [-10, -20, 30],
        "RescaleSlope": 1,
        "RescaleIntercept": 0,
    }
    if colored:
        defaults["PlanarConfiguration"] = 0
    for name, value in (defaults | tags).items():
        if name not in leave_out:
            setattr(dataset, name, value)
    order = "<" if syntax.is_little_endian else ">"
    dataset.PixelData = pixels.astype(pixels.dtype.newbyteorder(order)).tobytes()
    dataset["PixelData"].VR = "OW" if pixels.itemsize > 1 else "OB"
    path.parent.mkdir(parents=True, exist_ok=True)
    dataset.save_as(path, enforce_file_format=True)
    return path


def _write_series(folder, *, count=5, orientation=STRAIGHT, step=2.0, order=None, **tags):
    rng = np.random.default_rng(7)
    volume = rng.integers(0, 4000, size=(count, 4, 6)).astype(np.int16)
    normal = np.cross(orientation[:3], orientation[3:])
    for file, index in enumerate(order or range(count)):
        position = [float(f"{x:.6f}") for x in np.array([-10, -20, 30]) + normal * step * index]
        _write_dicom(
            folder / f"{file:03d}.dcm",
            volume[index],
            ImagePositionPatient=position,
            ImageOrientationPatient=list(orientation),
            InstanceNumber=file,
            **tags,
        )
    return volume


def _recoded(source, path, kind):
    reader, change, writer = gdcm.ImageReader(), gdcm.ImageChangeTransferSyntax(), gdcm.ImageWriter()
    reader.SetFileName(str(source))
    assert reader.Read()
    change.SetTransferSyntax(gdcm.TransferSyntax(kind))
    change.SetInput(reader.GetImage())
    assert change.Change()
    writer.SetFileName(str(path))
    writer.SetFile(reader.GetFile())
    writer.SetImage(change.GetOutput())
    assert writer.Write()
    return path


@pytest.fixture
def write_dicom():
    """Write one DICOM object with tags that may be replaced or left out."""
    return _write_dicom


@pytest.fixture
def write_series():
    """Write a series of slices and return the volume that they are."""
    return _write_series


@pytest.fixture
def recoded():
    """Compress a DICOM file by GDCM."""
    return _recoded
