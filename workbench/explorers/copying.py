"""A line of code with a button that copies it."""

from __future__ import annotations

from pathlib import Path

import anywidget
import traitlets

FOLDER = Path(__file__).parent


class CodeLine(anywidget.AnyWidget):
    """A line of code and ``Copy code``.

    Parameters
    ----------
    text : str, optional
        The line.

    Examples
    --------
    >>> CodeLine(text="processing.median(image)").text
    'processing.median(image)'
    """

    _esm = FOLDER / "javascript" / "copying.js"
    _css = FOLDER / "copying.css"
    text = traitlets.Unicode("").tag(sync=True)
