from types import SimpleNamespace

import gdcm
import numpy as np
import pydicom
import pytest
from pydicom.encaps import generate_frames
from pydicom.uid import JPEGLosslessSV1

from workbench.images import codecs, gdcm_process, read

PIXELS = np.add.outer(np.arange(32), np.arange(40)).astype(np.uint16)


@pytest.fixture
def path(tmp_path, write_dicom, recoded):
    plain = write_dicom(tmp_path / "plain", PIXELS)
    return recoded(plain, tmp_path / "a.dcm", gdcm.TransferSyntax.JPEGLosslessProcess14_1)


@pytest.fixture
def stream(path):
    return next(generate_frames(pydicom.dcmread(path).PixelData, number_of_frames=1))


def runner(**changes):
    facts = {"rows": 32, "columns": 40, "samples_per_pixel": 1, "bits_allocated": 16, "bits_stored": 16}
    facts |= {"pixel_representation": 0, "photometric_interpretation": "MONOCHROME2"}
    return SimpleNamespace(transfer_syntax=JPEGLosslessSV1, **facts | changes)


def test_a_stream_that_agrees_is_decoded(stream):
    samples = np.frombuffer(codecs.decode(stream, runner()), "<u2").reshape(32, 40)
    np.testing.assert_array_equal(samples, PIXELS)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rows": 33}, "but the dataset says"),
        ({"columns": 39}, "but the dataset says"),
        ({"samples_per_pixel": 3}, "but the dataset says"),
        ({"bits_allocated": 8}, "16 bits a sample, the dataset allocates 8"),
    ],
)
def test_a_stream_that_disagrees_is_refused(stream, changes, message):
    with pytest.raises(ValueError, match=message):
        codecs.decode(stream, runner(**changes))


def test_damaged_markers_are_refused(stream):
    with pytest.raises(ValueError, match="two pictures"):
        codecs.decode(stream[:2] + stream[2:15] + stream[2:], runner())
    for damaged in (b"", stream[:30], stream.replace(b"\xff\xc4", b"\x00\xc4")):
        with pytest.raises(ValueError, match="its markers are damaged"):
            codecs.decode(damaged, runner())


def test_a_stream_that_ends_gdcm_is_an_error_and_the_next_is_decoded(path, stream):
    task = {"syntax": str(JPEGLosslessSV1), "colors": "MONOCHROME2", "size": [40, 999], "planar": 0}
    for _ in range(2):
        with pytest.raises(ValueError, match="GDCM"):
            gdcm_process.decode(stream, pixel_format=[1, 16, 16, 15, 0], **task)
        np.testing.assert_array_equal(read(path), PIXELS)


def test_a_decoder_that_hangs_is_ended(path, monkeypatch, tmp_path):
    idle = tmp_path / "idle.py"
    idle.write_text("import time\ntime.sleep(60)")
    gdcm_process.stop()
    monkeypatch.setattr(gdcm_process, "WORKER", idle)
    monkeypatch.setattr(gdcm_process, "LONGEST", 0.5)
    with pytest.raises(ValueError, match="no answer"):
        gdcm_process.decode(b"")
    monkeypatch.undo()
    np.testing.assert_array_equal(read(path), PIXELS)
