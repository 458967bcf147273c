"""Sending: the JavaScript as one text; pixels in parts, so that a large volume is seen early."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

FOLDER = Path(__file__).parent
SCRIPTS = (
    "colours", "measuring", "layers", "pane", "histogram", "inputs", "toolbar", "controls", "keyboard", "hand",
    "saving", "canvas",
)  # fmt: skip
PART = 8_000_000


def script(*names: str) -> str:
    """Return JavaScript as one module.

    Parameters
    ----------
    *names : str
        Files of ``javascript/``; those of the canvas where none is given.

    Returns
    -------
    str
        The files in order, without the lines that import one from another.

    Examples
    --------
    >>> "export default" in script()
    True
    """
    parts = [(FOLDER / "javascript" / f"{name}.js").read_text(encoding="utf-8") for name in names or SCRIPTS]
    text = re.sub(r"^import .*\n", "", "\n".join(parts), flags=re.MULTILINE)
    return re.sub(r"^export (?!default)", "", text, flags=re.MULTILINE)


def style(*names: str) -> str:
    """Return style sheets as one text.

    Parameters
    ----------
    *names : str
        Of files, without their ending.

    Returns
    -------
    str

    Examples
    --------
    >>> ".wb-slider" in style("controls")
    True
    """
    return "\n".join((FOLDER / f"{name}.css").read_text(encoding="utf-8") for name in names)


def parts(volume: NDArray, *, near: int = 0, largest: int = PART) -> Iterator[tuple[int, Any]]:
    """Cut a volume into runs of slices, those first that are looked at.

    Parameters
    ----------
    volume : (P, M, N[, C]) ndarray
        Contiguous.
    near : int, optional
        The slice that is looked at.
    largest : int, optional
        Bytes in a part, or one slice where that is more.

    Yields
    ------
    begin : int
        The part's first slice.
    data : memoryview
        Its bytes, not copied.

    Examples
    --------
    >>> import numpy as np
    >>> [begin for begin, _ in parts(np.zeros((9, 2, 2), np.uint8), near=4, largest=12)]
    [3, 0, 6]
    """
    many = max(largest // volume[0].nbytes, 1)
    begins = range(0, len(volume), many)
    for begin in sorted(begins, key=lambda begin: abs(begin + (many - 1) / 2 - near)):
        yield begin, volume[begin : begin + many].data
