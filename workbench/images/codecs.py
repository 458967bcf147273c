"""Which library decodes which compression, for pydicom: the safest, not the first that pydicom knows.

GDCM ends its whole process when a stream is damaged or larger than its dataset says. It decodes only what no other
permissive library does, lossless JPEG and JPEG of 12 bits, in a process of its own, and only once the stream's own
header agrees with the dataset.
"""

from typing import TYPE_CHECKING, Any

from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    HTJ2KLossless,
    HTJ2KLosslessRPCL,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
)

if TYPE_CHECKING:
    from pydicom import Dataset

OURS = "workbench"
BY_GDCM = (JPEGLossless, JPEGLosslessSV1, JPEGExtended12Bit)
BY_OPENJPEG = (JPEG2000, JPEG2000Lossless, HTJ2K, HTJ2KLossless, HTJ2KLosslessRPCL)
PLUGINS = {
    JPEGBaseline8Bit: "pillow",
    JPEGLSLossless: "pyjpegls",
    JPEGLSNearLossless: "pyjpegls",
    **dict.fromkeys((*BY_GDCM, *BY_OPENJPEG), OURS),
}
DECODER_DEPENDENCIES = {
    **dict.fromkeys(BY_GDCM, ("gdcm>=3.0.10",)),
    **dict.fromkeys(BY_OPENJPEG, ("pylibjpeg-openjpeg>=2.0",)),
}
START_OF_SCAN = 0xDA
START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xDA)})


def plugin_for(dataset: "Dataset") -> str:
    """Name the plugin of pydicom that is to decode a dataset.

    Parameters
    ----------
    dataset : pydicom.Dataset
        With its file meta information.

    Returns
    -------
    str
        Empty where pydicom's own choice will do.

    Examples
    --------
    >>> from pydicom.dataset import Dataset, FileMetaDataset
    >>> dataset = Dataset()
    >>> dataset.file_meta = FileMetaDataset()
    >>> dataset.file_meta.TransferSyntaxUID = JPEGLSLossless
    >>> plugin_for(dataset)
    'pyjpegls'
    """
    from pydicom.pixels import get_decoder

    syntax = dataset.file_meta.TransferSyntaxUID
    if syntax == JPEGExtended12Bit and dataset.get("BitsStored") == 8:
        return "pillow"
    plugin = PLUGINS.get(syntax, "")
    if plugin == OURS and OURS not in get_decoder(syntax).available_plugins:
        get_decoder(syntax).add_plugin(OURS, (__name__, "decode"))
    return plugin


def is_available(uid: str) -> bool:
    """Tell pydicom which transfer syntaxes `decode` knows.

    Parameters
    ----------
    uid : str
        Of a transfer syntax.

    Returns
    -------
    bool
        True for JPEG 2000, lossless JPEG and JPEG of 12 bits.

    Examples
    --------
    >>> is_available("1.2.840.10008.1.2.4.51"), is_available("1.2.840.10008.1.2.4.50")
    (True, False)
    """
    return uid in DECODER_DEPENDENCIES


def decode(source: bytes, runner: Any) -> bytes | bytearray:
    """Decode one frame.

    Parameters
    ----------
    source : bytes
        Its stream.
    runner : pydicom.pixels.decoders.base.DecodeRunner
        What the dataset says of it.

    Returns
    -------
    bytes or bytearray
        Little-endian samples.

    Raises
    ------
    ValueError
        If the stream is damaged, or its header disagrees with the dataset.
    """
    return _openjpeg(source, runner) if runner.transfer_syntax in BY_OPENJPEG else _gdcm(source, runner)


def _openjpeg(source: bytes, runner: Any) -> bytearray:
    import openjpeg

    header = openjpeg.get_parameters(source)
    rows, columns, samples, precision = (
        int(header[name]) for name in ("rows", "columns", "samples_per_pixel", "precision")
    )
    _agree((rows, columns, samples), runner)
    frame = bytearray(openjpeg.decode_pixel_data(source, version=2))
    # It converts the colours of JPEG 2000, and its samples are as wide as the stream's precision needs.
    if runner.photometric_interpretation in {"YBR_ICT", "YBR_RCT"}:
        runner.set_option("photometric_interpretation", "RGB")
    runner.set_option("bits_allocated", 8 if precision <= 8 else 16 if precision <= 16 else 32)
    return frame


def _gdcm(source: bytes, runner: Any) -> bytes:
    from . import gdcm_process

    kind, precision, shape = _frame_header(source)
    _agree(shape, runner)
    if not 0 < precision <= runner.bits_allocated or runner.bits_allocated not in {8, 16}:
        raise ValueError(
            f"the stream has {precision} bits a sample, the dataset allocates {runner.bits_allocated}"
        )
    if runner.transfer_syntax == JPEGExtended12Bit and (kind not in {0xC0, 0xC1} or runner.samples_per_pixel != 1):
        raise ValueError("only grey sequential JPEG of 12 bits can be decoded")
    bits = max(precision, runner.bits_stored) if runner.bits_stored <= runner.bits_allocated else precision
    return gdcm_process.decode(
        source,
        syntax=str.__str__(runner.transfer_syntax),
        colors=str(runner.photometric_interpretation),
        size=[runner.columns, runner.rows],
        pixel_format=[
            runner.samples_per_pixel,
            runner.bits_allocated,
            bits,
            bits - 1,
            runner.pixel_representation,
        ],
        planar=runner.planar_configuration if runner.samples_per_pixel > 1 else 0,
    )


def _agree(shape: tuple[int, int, int], runner: Any) -> None:
    stated = runner.rows, runner.columns, runner.samples_per_pixel
    if shape != stated:
        raise ValueError(f"the stream has rows, columns and samples {shape}, but the dataset says {stated}")


def _frame_header(source: bytes) -> tuple[int, int, tuple[int, int, int]]:
    """Return the kind of a JPEG stream, its bits a sample, and its rows, columns and samples."""
    found = None
    at = 2
    while at + 4 <= len(source) and source[at] == 0xFF:
        marker, length = source[at + 1], int.from_bytes(source[at + 2 : at + 4], "big")
        if marker == 0xFF or marker in WITHOUT_LENGTH:
            at += 1 if marker == 0xFF else 2
            continue
        segment = source[at + 4 : at + 2 + length]
        if marker in START_OF_FRAME and len(segment) >= 6:
            if found is not None:
                raise ValueError("the stream holds two pictures")
            rows, columns = int.from_bytes(segment[1:3], "big"), int.from_bytes(segment[3:5], "big")
            found = marker, segment[0], (rows, columns, segment[5])
        if marker == START_OF_SCAN:
            sequential = found is not None and found[0] in {0xC0, 0xC1}
            if sequential and segment[-3:-1] != b"\x00\x3f":
                raise ValueError("the scan header is not that of a sequential JPEG")
            if found is not None:
                return found
            break
        at += 2 + length
    raise ValueError("not a JPEG stream, for its markers are damaged")
