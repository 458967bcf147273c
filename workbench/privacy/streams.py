"""Pixel data without what travels beside the pixels: padding, overlay bits, comments of compressed streams."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pydicom import Dataset

JPEG, JPEG_2000 = b"\xff\xd8\xff", b"\xff\x4f\xff\x51"
START_OF_SCAN, START_OF_TILE = 0xDA, 0x90
COMMENT, COMMENT_2000 = 0xFE, 0x64
# Application segments that decoders need: colour transform (Adobe) and density (JFIF), JPEG-LS colour (SPIFF).
NEEDED_SEGMENTS = (b"Adobe", b"JFIF\0", b"SPIFF", b"mrfx")


def clean_pixels(dataset: Dataset, overlay_bits: int) -> None:
    """Remove in place what pixel data hold beside their pixels.

    Parameters
    ----------
    dataset : pydicom.Dataset
        With its meta information.
    overlay_bits : int
        Mask of the bits in which overlays are stored, see `overlay_bits_of`.
    """
    if "PixelData" not in dataset or not dataset.PixelData:
        return
    if not isinstance(dataset.PixelData, bytes):
        raise TypeError("pixel data must be bytes")
    if dataset.file_meta.TransferSyntaxUID.is_encapsulated:
        _clean_frames(dataset)
        return
    content = dataset.PixelData
    length = _length(dataset)
    if length:
        content = content[: length + length % 2]
    if overlay_bits:
        order = "<" if dataset.file_meta.TransferSyntaxUID.is_little_endian else ">"
        cells = np.frombuffer(content, f"{order}u{dataset.BitsAllocated // 8}")
        content = (cells & cells.dtype.type(~overlay_bits & (2**dataset.BitsAllocated - 1))).tobytes()
    dataset["PixelData"].value = content


def overlay_bits_of(dataset: Dataset) -> int:
    """Say which bits of the pixel cells hold overlays; to be asked before overlays are removed.

    Parameters
    ----------
    dataset : pydicom.Dataset
        With overlays or without.

    Returns
    -------
    int
        Mask of bits that belong to an overlay and not to the pixels.
    """
    bits = 0
    try:
        low = int(dataset.HighBit) + 1 - int(dataset.BitsStored)
        own = range(low, int(dataset.HighBit) + 1)
        for group in range(0x6000, 0x6020, 2):
            position = dataset.get((group, 0x0102))
            if position is not None and (group, 0x3000) not in dataset and int(position.value) not in own:
                bits |= 1 << int(position.value)
        return bits & (2 ** int(dataset.BitsAllocated) - 1)
    except (AttributeError, TypeError, ValueError):
        return 0


def without_comments(stream: bytes) -> bytes:
    r"""Remove comments and application segments from the head of a JPEG, JPEG-LS or JPEG 2000 stream.

    Parameters
    ----------
    stream : bytes
        One compressed frame.

    Returns
    -------
    bytes
        The same pixels; a stream of another kind, or one that breaks off, as it is.

    Examples
    --------
    >>> without_comments(b"\xff\xd8\xff\xfe\x00\x06Anna\xff\xda\x00\x02...")
    b'\xff\xd8\xff\xda\x00\x02...'
    """
    if stream.startswith(JPEG):
        last, drop = START_OF_SCAN, _is_jpeg_comment
    elif stream.startswith(JPEG_2000):
        last, drop = START_OF_TILE, _is_jpeg_2000_comment
    else:
        return stream
    kept, position = [stream[:2]], 2
    while position + 4 <= len(stream) and stream[position] == 0xFF:
        marker = stream[position + 1]
        if marker == last:
            return b"".join([*kept, stream[position:]])
        end = position + 2 + int.from_bytes(stream[position + 2 : position + 4])
        if not drop(marker, stream[position + 4 : end]):
            kept.append(stream[position:end])
        position = end
    return stream


def _is_jpeg_comment(marker: int, content: bytes) -> bool:
    return marker == COMMENT or (0xE0 <= marker <= 0xEF and not content.startswith(NEEDED_SEGMENTS))


def _is_jpeg_2000_comment(marker: int, content: bytes) -> bool:
    return marker == COMMENT_2000


def _clean_frames(dataset: Dataset) -> None:
    from pydicom.encaps import encapsulate, generate_frames

    count = int(dataset.get("NumberOfFrames") or 1)
    try:
        frames = list(generate_frames(dataset.PixelData, number_of_frames=count))
    except Exception:
        # Damaged streams, which decode no better without their comments, are told by the reader.
        return
    cleaned = [without_comments(frame) for frame in frames]
    if any(len(after) < len(before) for before, after in zip(frames, cleaned, strict=True)):
        # Offsets of the old frames would lie; the offset table is optional.
        for keyword in ("ExtendedOffsetTable", "ExtendedOffsetTableLengths"):
            if keyword in dataset:
                del dataset[keyword]
        dataset["PixelData"].value = encapsulate(cleaned, has_bot=False)


def _length(dataset: Dataset) -> int:
    from pydicom.pixels.utils import get_expected_length

    try:
        return get_expected_length(dataset)
    except Exception:
        return 0
