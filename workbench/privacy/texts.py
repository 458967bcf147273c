"""Texts that a file holds, whatever its format: where each stands, and what it says."""

from __future__ import annotations

import base64
import binascii
import gzip
import html
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .trees import load

Text = tuple[str, str]
DEEPEST = 6
LARGEST = 2**28
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{60,80}\s){4,}[A-Za-z0-9+/]{0,3}={0,2}")
_PRINTABLE = re.compile(rb"[\x20-\x7e\xa0-\xff]{6,}")
_PRINTABLE_16 = re.compile(rb"(?:[\x20-\x7e]\0){6,}")
_PRINTABLE_16_BIG = re.compile(rb"(?:\0[\x20-\x7e]){6,}")
_PNG_TEXT = {b"tEXt", b"zTXt", b"iTXt", b"eXIf"}


def texts_of(path: Path) -> Iterator[Text]:
    """Give the texts of a file.

    Parameters
    ----------
    path : Path
        Notebook, page, table, picture, array, image, archive or anything else.

    Yields
    ------
    where : str
        Such as ``"cell 3, output"``; empty where there is only one place.
    text : str
        What stands there.
    """
    content = path.read_bytes()
    if content[128:132] == b"DICM":
        yield from _dicom(path)
    if content.startswith(b"PAR1"):
        yield from _parquet(content)
    else:
        yield from _texts(content, "", 0)


def _texts(content: bytes, where: str, depth: int) -> Iterator[Text]:
    if depth > DEEPEST or len(content) > LARGEST:
        yield from _strings(content, where)
    elif content.startswith(b"\x89PNG\r\n\x1a\n"):
        yield from _png(content, where, depth)
    elif content.startswith(b"\xff\xd8\xff"):
        yield from _strings(content.split(b"\xff\xda")[0], f"{where} JPEG header".strip())
    elif content.startswith(b"\x1f\x8b"):
        yield from _unpacked(content, where, depth, lambda data: gzip.GzipFile(fileobj=io.BytesIO(data)).read())
    elif content.startswith(b"PK\x03\x04"):
        yield from _zip(content, where, depth)
    elif content[:1] == b"\x78" and content[1:2] in {b"\x01", b"\x5e", b"\x9c", b"\xda"}:
        yield from _unpacked(content, where, depth, zlib.decompress)
    elif content.startswith(b"\x93NUMPY"):
        yield from _numpy(content, where)
    elif content[344:348] in {b"n+1\0", b"ni1\0"}:
        # The voxels behind the header are numbers.
        import struct

        end = max(
            (
                int(struct.unpack(f"{order}f", content[108:112])[0])
                for order in "<>"
                if 348 <= struct.unpack(f"{order}f", content[108:112])[0] < 2**24
            ),
            default=352,
        )
        yield from _strings(content[:end], f"{where} NIfTI header".strip())
    else:
        text = _decoded(content)
        if text is None:
            yield from _strings(content, where)
        else:
            yield from _text(text, where, depth)


def _decoded(content: bytes) -> str | None:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in content[:4096]:
        return None
    else:
        encodings = ["utf-8-sig"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    # Text in an old encoding has hardly any control characters; what is not text has many.
    controls = sum(byte < 9 or 13 < byte < 32 for byte in content[:4096])
    return content.decode("latin-1") if content and controls < len(content[:4096]) / 100 else None


def _text(text: str, where: str, depth: int) -> Iterator[Text]:
    if text.lstrip()[:1] in {"{", "["}:
        try:
            document = json.loads(text)
        except ValueError:
            pass
        else:
            yield from _json(document, where, depth)
            return
    yield from _plain(text, where, depth)


def _plain(text: str, where: str, depth: int) -> Iterator[Text]:
    rest, last = [], 0
    for run in _BASE64.finditer(text) if depth <= DEEPEST else ():
        if len(run[0]) < 24 and not run[0].endswith("="):
            continue  # an ordinary word or number
        packed = _unpacked_base64(run[0])
        if packed:
            yield from _texts(packed, f"{where} base64".strip(), depth + 1)
        if len(run[0]) >= 200:
            # Random letters long enough to spell anything; shorter ones may be names.
            rest.append(text[last : run.start()])
            last = run.end()
    remaining = " ".join([*rest, text[last:]])
    yield where, remaining
    if "&" in remaining or "<" in remaining:
        yield where, html.unescape(re.sub(r"<[^>]*>", " ", remaining))
        joined = html.unescape(re.sub(r"</?(?:b|i|em|strong|span|u|mark|wbr)\b[^>]*>", "", remaining))
        yield where, joined
    if "%" in remaining:
        from urllib.parse import unquote

        yield where, unquote(remaining)


def _unpacked_base64(run: str) -> bytes:
    compact = "".join(run.split()).rstrip("=")
    try:
        return base64.b64decode(compact + "=" * (-len(compact) % 4))
    except (binascii.Error, ValueError):
        return b""


def _json(document: Any, where: str, depth: int) -> Iterator[Text]:
    if isinstance(document, dict) and isinstance(document.get("cells"), list):
        for number, cell in enumerate(document["cells"], start=1):
            content = dict(cell) if isinstance(cell, dict) else {"source": cell}
            outputs = content.pop("outputs", [])
            yield from _leaves(content, f"{where} cell {number}".strip(), depth)
            yield from _leaves(outputs, f"{where} cell {number}, output".strip(), depth)
        yield from _leaves({k: v for k, v in document.items() if k != "cells"}, f"{where} metadata".strip(), depth)
    else:
        yield from _leaves(document, where, depth)


def _leaves(document: Any, where: str, depth: int) -> Iterator[Text]:
    if isinstance(document, dict):
        for name, value in document.items():
            yield where, str(name)
            yield from _leaves(value, where, depth)
    elif isinstance(document, list):
        lines = all(isinstance(entry, str) for entry in document)
        if lines and any(entry.endswith("\n") for entry in document):
            yield from _leaves("".join(document), where, depth)
        else:
            # Words in separate entries are words in a row.
            plain = [str(entry) for entry in document if isinstance(entry, str | int)]
            yield where, " ".join(plain)
            for entry in document:
                yield from _leaves(entry, where, depth)
    elif isinstance(document, str):
        yield from _text(document, where, depth + 1) if depth <= DEEPEST else [(where, document)]
    elif document is not None:
        yield where, str(document)


def _png(content: bytes, where: str, depth: int) -> Iterator[Text]:
    position, where = 8, f"{where} PNG".strip()
    while position + 8 <= len(content):
        length, kind = int.from_bytes(content[position : position + 4]), content[position + 4 : position + 8]
        chunk = content[position + 8 : position + 8 + length]
        if kind in _PNG_TEXT:
            yield where, chunk.replace(b"\0", b" ").decode("utf-8", errors="replace")
            packed = chunk.find(b"\x78")
            while kind in {b"zTXt", b"iTXt"} and packed >= 0:
                try:
                    yield where, zlib.decompress(chunk[packed:]).decode("utf-8", errors="replace")
                    break
                except zlib.error:
                    packed = chunk.find(b"\x78", packed + 1)
        elif kind not in {b"IDAT", b"IHDR", b"PLTE"}:
            yield from _strings(chunk, where)
        position += 12 + length
        if kind == b"IEND":
            break
    yield from _strings(content[position:], where)


def _unpacked(content: bytes, where: str, depth: int, unpack: Any) -> Iterator[Text]:
    try:
        unpacked = unpack(content)
    except (OSError, EOFError, zlib.error):
        yield from _strings(content, where)
    else:
        if content.startswith(b"\x1f\x8b"):
            yield from _strings(content[:200], where)  # gzip keeps the original file's name
        yield from _texts(unpacked, where, depth + 1)


def _zip(content: bytes, where: str, depth: int) -> Iterator[Text]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield where, archive.comment.decode("latin-1")
            for member in archive.infolist():
                yield where, member.filename
                if member.file_size <= LARGEST:
                    yield from _texts(archive.read(member), f"{where} {member.filename}".strip(), depth + 1)
    except (OSError, RuntimeError, zipfile.BadZipFile, zlib.error):
        yield from _strings(content, where)


def _numpy(content: bytes, where: str) -> Iterator[Text]:
    import numpy as np

    try:
        array = np.load(io.BytesIO(content), allow_pickle=False)
    except (ValueError, OSError, EOFError):
        yield from _strings(content, where)
        return
    yield where, str(array.dtype)
    if array.dtype.kind in "US":
        for entry in array.ravel():
            yield where, entry.decode("utf-8", errors="replace") if isinstance(entry, bytes) else str(entry)
    elif array.dtype.names or array.dtype == np.uint8:
        yield from _strings(array.tobytes(), where)
    elif array.dtype.kind in "iu" and array.size <= 10_000:
        yield where, " ".join(map(str, array.ravel().tolist()))


def _parquet(content: bytes) -> Iterator[Text]:
    import pyarrow.parquet

    try:
        table = pyarrow.parquet.read_table(io.BytesIO(content))
    except Exception:
        yield from _strings(content, "")
        return
    yield "schema", str(table.schema)
    for name, value in (table.schema.metadata or {}).items():
        yield "schema", f"{name.decode('latin-1')} {value.decode('latin-1')}"
    for name in table.column_names:
        for value in table.column(name).to_pylist():
            yield f"column {name}", value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _dicom(path: Path) -> Iterator[Text]:
    try:
        dataset = load(path, stop_before_pixels=True)
        if dataset is None:
            return
        for element in [*dataset.file_meta, *dataset.iterall()]:
            if element.VR != "SQ":
                name = element.keyword or str(element.tag)
                value = element.value
                yield name, value.decode("latin-1") if isinstance(value, bytes) else str(value)
    except Exception:
        return  # what cannot be understood as DICOM is searched as bytes all the same


def _strings(content: bytes, where: str) -> Iterator[Text]:
    for pattern, encoding in (
        (_PRINTABLE, "latin-1"),
        (_PRINTABLE_16, "utf-16-le"),
        (_PRINTABLE_16_BIG, "utf-16-be"),
    ):
        runs = [run[0].decode(encoding) for run in pattern.finditer(content)]
        if runs:
            yield where, "\n".join(runs)
