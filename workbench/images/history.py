"""What was done to an image: a step for each function applied."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from .errors import ImageReadWarning


@dataclass(frozen=True)
class Step:
    """One function that was applied to an image, with its options.

    Parameters
    ----------
    function : str
        Its name, such as ``"processing.smoothing.median"``.
    options : dict
        Its keyword arguments.

    Examples
    --------
    >>> print(Step("processing.smoothing.median", {"size": 5}))
    processing.smoothing.median(size=5)
    """

    function: str
    options: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.function}({', '.join(f'{name}={_brief(v)}' for name, v in self.options.items())})"


def function_name(function: Callable) -> str:
    """Return a function's name for the history, without the package's.

    Parameters
    ----------
    function : callable
        A function, or a `functools.partial` of one.

    Returns
    -------
    str
        Module and qualified name.

    Examples
    --------
    >>> function_name(math.sqrt)
    'math.sqrt'
    """
    if isinstance(function, partial):
        return function_name(function.func)
    module = (getattr(function, "__module__", None) or type(function).__module__).removeprefix("workbench.")
    name = getattr(function, "__qualname__", None) or getattr(function, "__name__", type(function).__name__)
    return f"{module}.{name}"


def warn_of_problems(history: tuple[Step, ...], place: Path) -> None:
    """Say what was not as it should be when an image was read, where its reader was called.

    Parameters
    ----------
    history : tuple of Step
        Of the image; a reader leaves a problem as an option of its step.
    place : Path
        What was read.
    """
    for step in history:
        if "problem" in step.options:
            warnings.warn(f"{place}: {step.options['problem']}", ImageReadWarning, stacklevel=3)


def _brief(value: Any) -> str:
    shape = getattr(value, "shape", ())
    # A type such as numpy.float32 has a shape too, which is none.
    return (
        repr(value)
        if not isinstance(shape, tuple) or math.prod(shape) <= 9
        else f"<{'x'.join(map(str, shape))} array>"
    )
