"""A program that decodes JPEG by GDCM, in a process of its own: GDCM aborts on damaged streams.

Tasks come on standard input, each a line of JSON and then the stream; answers go to standard output, each a length
of eight bytes and then the samples, a length of -1 where there are none.
"""

import json
import os
import sys


def decode(
    source: bytes, *, syntax: str, colors: str, size: list[int], pixel_format: list[int], planar: int
) -> bytes:
    """Decode one frame.

    Parameters
    ----------
    source : bytes
        The JPEG stream.
    syntax : str
        UID of the transfer syntax.
    colors : str
        Photometric interpretation.
    size : list of 2 int
        Columns and rows.
    pixel_format : list of 5 int
        Samples, bits allocated, bits stored, high bit, pixel representation.
    planar : int
        Planar configuration.

    Returns
    -------
    bytes
        Little-endian samples.
    """
    import gdcm

    fragment = gdcm.Fragment()
    fragment.SetByteStringValue(source)
    fragments = gdcm.SequenceOfFragments.New()
    fragments.AddFragment(fragment)
    element = gdcm.DataElement(gdcm.Tag(0x7FE0, 0x0010))
    element.SetValue(fragments.__ref__())
    image = gdcm.Image()
    image.SetNumberOfDimensions(2)
    image.SetDimensions((*size, 1))
    image.SetDataElement(element)
    image.SetPhotometricInterpretation(
        gdcm.PhotometricInterpretation(gdcm.PhotometricInterpretation.GetPIType(colors))
    )
    if pixel_format[0] > 1:
        image.SetPlanarConfiguration(planar)
    image.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.GetTSType(syntax)))
    image.SetPixelFormat(gdcm.PixelFormat(*pixel_format))
    # GDCM gives bytes as text.
    return image.GetBuffer().encode("utf-8", "surrogateescape")


def main() -> None:
    """Decode until there are no more tasks."""
    tasks = sys.stdin.buffer
    answers = os.fdopen(os.dup(1), "wb")
    # What GDCM itself prints would be taken for an answer.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    while line := tasks.readline():
        task = json.loads(line)
        source = tasks.read(task.pop("length"))
        try:
            samples = decode(source, **task)
            answers.write(len(samples).to_bytes(8, "little", signed=True) + samples)
        except Exception:
            answers.write((-1).to_bytes(8, "little", signed=True))
        answers.flush()


if __name__ == "__main__":
    main()
