import re
import zlib
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pydicom
import pytest
from pydicom.data import get_testdata_file
from pydicom.datadict import DicomDictionary
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.encaps import encapsulate
from pydicom.tag import Tag

from workbench.privacy.profile import HARMLESS, actions

FILES = [
    "CT_small.dcm",
    "MR_small.dcm",
    "MR_small_implicit.dcm",
    "MR_small_bigendian.dcm",
    "MR_small_padded.dcm",
    "MR_small_RLE.dcm",
    "MR_small_jp2klossless.dcm",
    "MR_small_jpeg_ls_lossless.dcm",
    "SC_rgb_jpeg_dcmtk.dcm",
    "image_dfl.dcm",
    "rtdose_1frame.dcm",
    "liver_1frame.dcm",
    "SC_rgb_small_odd.dcm",
    "examples_palette.dcm",
    "examples_overlay.dcm",
    "reportsi.dcm",
]
TEXT = {"PN", "LO", "SH", "ST", "LT", "UT", "UC", "UR", "AE"}
# What the tests cannot change without making another image of the file.
SHAPES = [
    re.compile(shape) for shape in (rb"CANARY\d{6}", rb"1\.3\.6\.1\.4\.1\.99999\.7\.\d{6}\.1", rb"98\.76\d{6}")
]
SHAPES += [re.compile(rb"(?<![\d.])199\d[01]\d[0-3]\d(?=\D|123456)")]
STRUCTURAL = {"SpecificCharacterSet", "SOPClassUID", "Modality", "BurnedInAnnotation", "EncapsulatedDocument"}


@dataclass
class Canaries:
    """Strings that must not come out, and what each was put into."""

    planted: dict[bytes, str] = field(default_factory=dict)

    def text(self, where: str) -> str:
        return self._plant(f"CANARY{len(self.planted):06}", where)

    def uid(self, where: str) -> str:
        return self._plant(f"1.3.6.1.4.1.99999.7.{len(self.planted):06}.1", where)

    def day(self, where: str) -> str:
        # All within ten years, so that no shifted date of one is the date of another.
        return self._plant(f"{date(1990, 1, 1) + timedelta(days=len(self.planted) % 3650):%Y%m%d}", where)

    def number(self, where: str) -> str:
        return self._plant(f"98.76{len(self.planted):06}", where)

    def value(self, vr: str, where: str):
        if vr in TEXT | {"CS"}:
            return self.text(where)
        if vr in {"UI", "DA", "DS"}:
            return {"UI": self.uid, "DA": self.day, "DS": self.number}[vr](where)
        if vr == "DT":
            return f"{self.day(where)}123456.5"
        return self.text(where).encode() if vr in {"OB", "UN"} else None

    def _plant(self, canary: str, where: str) -> str:
        self.planted[canary.encode()] = where
        return canary

    def found_in(self, content: bytes) -> list[str]:
        wide = [content[first::2] for first in (0, 1)]  # UTF-16, either order: every other byte
        tokens = {token for view in (content, *wide) for shape in SHAPES for token in shape.findall(view)}
        return [f"{self.planted[token]} ({token.decode()})" for token in tokens & self.planted.keys()]

    def in_tree(self, folder: Path) -> list[str]:
        found = []
        for path in folder.rglob("*"):
            found += [f"name of {path}"] * bool(self.found_in(str(path.relative_to(folder)).encode()))
            if path.is_file():
                found += [f"{path.name}: {where}" for where in self.found_in(unpacked(path))]
        return found


def unpacked(path: Path) -> bytes:
    content = path.read_bytes()
    dataset = pydicom.dcmread(path)
    if not dataset.file_meta.TransferSyntaxUID.is_deflated:
        return content
    start = 144 + int.from_bytes(content[140:144], "little")  # behind the meta information
    return content[:start] + zlib.decompress(content[start:], -zlib.MAX_WBITS)


def plant(dataset: pydicom.Dataset, canaries: Canaries, where: str, *, everywhere: bool = True) -> None:
    """Put a canary into each element of the profile's table, and each free text beyond it."""
    for number, (vr, _, _, _, keyword) in DicomDictionary.items():
        tag = Tag(number)
        listed = (tag.group, tag.element) in actions()
        free = vr in {"PN", "LT", "ST", "UT", "UC", "UR", "LO", "SH"} and keyword not in HARMLESS
        if tag.group < 8 or keyword in STRUCTURAL or not (listed or (free and everywhere)):
            continue
        value = canaries.value(vr, f"{where} {keyword}")
        if value is not None and keyword:
            dataset.add_new(tag, vr, value)


def nested(canaries: Canaries, where: str, depth: int) -> pydicom.Sequence:
    item = pydicom.Dataset()
    plant(item, canaries, f"{where} depth {depth}", everywhere=depth == 1)
    if depth < 3:
        item.ReferencedSeriesSequence = nested(canaries, where, depth + 1)
        item.ContentSequence = nested(canaries, where, depth + 1)
    private(item, canaries, where)
    return pydicom.Sequence([item])


def private(dataset: pydicom.Dataset, canaries: Canaries, where: str) -> None:
    block = dataset.private_block(0x0099, canaries.text(f"{where} private creator"), create=True)
    block.add_new(0x01, "LO", canaries.text(f"{where} private"))
    block.add_new(0x02, "UN", canaries.text(f"{where} private UN").encode())
    inner = pydicom.Dataset()
    inner.PatientName = canaries.text(f"{where} private sequence")
    block.add_new(0x03, "SQ", [inner])


def unknown(dataset: pydicom.Dataset, canaries: Canaries, where: str) -> None:
    # A public element of the standard, of no standard, and one that is in the profile's table, all as UN.
    for tag in (0x00080080, 0x00091002, 0x00144076, 0x7FE10010, 0x00104567):
        content = canaries.text(f"{where} UN {tag:08x}").encode()
        little = dataset.is_little_endian if hasattr(dataset, "is_little_endian") else True
        dataset[tag] = RawDataElement(Tag(tag), "UN", len(content), content, 0, False, little)
    dataset.add(DataElement(0x60000022, "LO", canaries.text(f"{where} overlay description")))
    dataset.add(DataElement(0x60001500, "LO", canaries.text(f"{where} overlay label")))
    dataset.add(DataElement(0x60024000, "LT", canaries.text(f"{where} overlay comments")))
    dataset.add(DataElement(0x60023000, "OB", canaries.text(f"{where} overlay data").encode()))
    dataset.add(DataElement(0x50000020, "CS", canaries.text(f"{where} curve type")))
    dataset.add(DataElement(0x50003000, "OB", canaries.text(f"{where} curve data").encode()))
    dataset.add(DataElement(0xFFFCFFFC, "OB", canaries.text(f"{where} trailing padding").encode()))


def commented(dataset: pydicom.Dataset, canaries: Canaries, where: str) -> None:
    from pydicom.encaps import generate_frames

    frame = next(generate_frames(dataset.PixelData, number_of_frames=1))
    marker = {b"\xff\xd8\xff": b"\xff\xfe", b"\xff\x4f\xff": b"\xff\x64"}.get(frame[:3])
    if marker:
        text = canaries.text(f"{where} comment of the compressed stream").encode()
        segment = marker + (len(text) + 2).to_bytes(2) + text
        after = 2 if frame[:2] == b"\xff\xd8" else 4 + int.from_bytes(frame[4:6])
        dataset.PixelData = encapsulate([frame[:after] + segment + frame[after:]])


@pytest.fixture(scope="session")
def canary_study(tmp_path_factory):
    import warnings

    folder, canaries = tmp_path_factory.mktemp("original"), Canaries()
    pydicom.config.settings.writing_validation_mode = pydicom.config.IGNORE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in FILES:
            dataset = pydicom.dcmread(get_testdata_file(name, download=False) or _zoo(name))
            plant(dataset, canaries, name)
            dataset.StudyInstanceUID = canaries.uid(f"{name} study")
            dataset.ReferencedSeriesSequence = nested(canaries, name, 1)
            private(dataset, canaries, name)
            unknown(dataset, canaries, name)
            if dataset.file_meta.TransferSyntaxUID.is_encapsulated:
                commented(dataset, canaries, name)
            elif "PixelData" in dataset:
                dataset["PixelData"].value += canaries.text(f"{name} behind the pixels").encode()
            dataset.preamble = canaries.text(f"{name} preamble").encode().ljust(128, b"\0")
            dataset.file_meta.SourceApplicationEntityTitle = canaries.text(f"{name} meta")
            dataset.file_meta.PrivateInformationCreatorUID = canaries.uid(f"{name} meta")
            dataset.file_meta.PrivateInformation = canaries.text(f"{name} meta").encode()
            path = folder / canaries.text("folder name") / f"{canaries.text('file name')}_{name}"
            path.parent.mkdir()
            dataset.save_as(path, enforce_file_format=True)
    pydicom.config.settings.writing_validation_mode = None
    return folder, canaries


def _zoo(name: str) -> Path:
    import os

    beside = Path(__file__).parents[3] / "shared" / "data"
    path = Path(os.environ.get("WORKBENCH_SHARED_DATA", beside)) / "dicom_zoo" / "pydicom_test_files" / name
    if not path.is_file():
        pytest.skip("no shared data: set WORKBENCH_SHARED_DATA to its folder to run this test")
    return path
