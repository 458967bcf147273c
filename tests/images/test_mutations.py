"""Ten thousand damaged headers: each gives an image or a documented error, and nothing else."""

import gzip
import shutil
import warnings

import gdcm
import nibabel
import numpy as np
import pydicom
import pytest
from pydicom.uid import JPEGLSLossless, RLELossless

from workbench.images import Image, ImageReadError, ImageReadWarning, read

HOSTILE = [b"\x00", b"\xff", b"\x7f", b"\x80", b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"-1", b"1e400", b"nan"]
# Whole numbers as text and as little-endian bytes, near the ends of their types
HOSTILE += [np.array(x, "<u4").tobytes() for x in (1, 2**15, 2**31 - 1, 2**31)]


def mutated(content, rng, *, header):
    """Change some bytes of the header: overwrite, insert, delete, swap, or cut short."""
    changed = bytearray(content)
    for _ in range(rng.integers(1, 5)):
        at = int(rng.integers(0, min(header, max(len(changed), 1))))
        kind = rng.integers(0, 12)
        if kind < 5:
            changed[at : at + 1] = bytes([rng.integers(0, 256)])
        elif kind < 9:
            piece = HOSTILE[rng.integers(len(HOSTILE))]
            changed[at : at + len(piece)] = piece
        elif kind == 9:
            del changed[at : at + int(rng.integers(1, 9))]
        elif kind == 10:
            other = int(rng.integers(0, header))
            changed[at : at + 4], changed[other : other + 4] = changed[other : other + 4], changed[at : at + 4]
        elif rng.integers(0, 4) == 0:
            del changed[at:]
    return bytes(changed)


def outcome(path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", ImageReadWarning)
        try:
            image = read(path)
        except ImageReadError as error:
            assert str(path) in str(error)
            return "error"
    assert isinstance(image, Image)
    assert image.pixels.nbytes < 2**27
    if image.affine is not None:
        assert np.isfinite(image.affine).all()
    return "image"


@pytest.fixture(scope="module")
def nifti_seeds():
    small = np.arange(24, dtype=np.int16).reshape(2, 3, 4)
    kinds = [nibabel.Nifti1Image(small, np.diag([1.0, 2, 3, 1])), nibabel.Nifti2Image(small, np.eye(4))]
    kinds += [nibabel.Nifti1Image(small[..., None].astype(np.float32), np.eye(4))]
    return [kind.to_bytes() for kind in kinds]


@pytest.fixture
def dicom_seeds(tmp_path, write_dicom, recoded):
    from pydicom import Dataset
    from pydicom.sequence import Sequence

    def saved(name, change, pixels, **tags):
        path = write_dicom(tmp_path / name, pixels, **tags)
        dataset = pydicom.dcmread(path)
        change(dataset)
        dataset.save_as(path)
        return path.read_bytes()

    small = np.arange(24, dtype=np.uint16).reshape(4, 6)
    frames = Sequence()
    for z in range(2):
        frame = Dataset()
        frame.PlanePositionSequence = Sequence([Dataset()])
        frame.PlanePositionSequence[0].ImagePositionPatient = [0, 0, z]
        frames.append(frame)
    pet = {"Modality": "PT", "Units": "BQML", "DecayCorrection": "START", "CorrectedImage": ["ATTN", "DECY"]}
    pet |= {"SeriesDate": "20240101", "SeriesTime": "100000", "PatientWeight": 70}
    several = {"NumberOfFrames": 2}

    def by_gdcm(kind):
        saved("plain", lambda d: None, np.add.outer(np.arange(32), np.arange(40)).astype(np.uint16))
        return recoded(tmp_path / "plain", tmp_path / "recoded", kind).read_bytes()

    return [
        by_gdcm(gdcm.TransferSyntax.JPEGLosslessProcess14_1),
        by_gdcm(gdcm.TransferSyntax.JPEG2000Lossless),
        saved("native", lambda d: None, small),
        saved("rle", lambda d: d.compress(RLELossless), small),
        saved("jpegls", lambda d: d.compress(JPEGLSLossless), small),
        saved(
            "frames", lambda d: None, np.stack([small, small]), PerFrameFunctionalGroupsSequence=frames, **several
        ),
        saved("pet", lambda d: None, small, **pet),
        saved("colours", lambda d: None, np.zeros((3, 4, 3), np.uint8), Modality="US"),
    ]


def count_outcomes(seeds, path, *, count, seed, header):
    rng = np.random.default_rng(seed)
    outcomes = {"error": 0, "image": 0}
    for _ in range(count):
        content = seeds[rng.integers(len(seeds))]
        path.write_bytes(mutated(content, rng, header=min(header, len(content))))
        outcomes[outcome(path)] += 1
    return outcomes


def test_mutated_nifti_headers(tmp_path, nifti_seeds, capfd):
    found = count_outcomes(nifti_seeds, tmp_path / "a.nii", count=4000, seed=1, header=352)
    assert sum(found.values()) == 4000
    assert min(found.values()) > 400
    assert capfd.readouterr().err == ""


def test_mutated_dicom_headers(tmp_path, dicom_seeds, capfd):
    found = count_outcomes(dicom_seeds, tmp_path / "a.dcm", count=6000, seed=2, header=4000)
    assert sum(found.values()) == 6000
    assert min(found.values()) > 600
    assert capfd.readouterr().err == ""


def test_mutated_packed_nifti(tmp_path, nifti_seeds, capfd):
    packed = [gzip.compress(content, mtime=0) for content in nifti_seeds]
    found = count_outcomes(packed, tmp_path / "a.nii.gz", count=300, seed=3, header=10**6)
    assert found["error"] > 100
    assert capfd.readouterr().err == ""


def test_a_mutated_file_in_a_series(tmp_path, write_series, capfd):
    rng = np.random.default_rng(4)
    write_series(tmp_path / "whole", count=4)
    content = (tmp_path / "whole" / "002.dcm").read_bytes()
    shutil.copytree(tmp_path / "whole", tmp_path / "series")
    for _ in range(150):
        (tmp_path / "series" / "002.dcm").write_bytes(mutated(content, rng, header=len(content)))
        outcome(tmp_path / "series")
    assert capfd.readouterr().err == ""
