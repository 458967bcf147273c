"""Calls: functions with their options, applied, and written as the line of code that does the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Call:
    """A public function of the package and its options.

    Parameters
    ----------
    function : callable
        Takes the image first and its options by keyword.
    options : dict, optional
        By name.

    Examples
    --------
    >>> from workbench import processing
    >>> call = Call(processing.median, {"size": 5})
    >>> call.on("image")
    'processing.median(image, size=5)'
    >>> call([[1, 1, 1, 9, 1]]).tolist()
    [[1, 1, 1, 1, 1]]
    """

    function: Callable[..., Any]
    options: dict[str, Any] = field(default_factory=dict)

    def __call__(self, image: ArrayLike) -> NDArray:
        """Apply it to pixels."""
        return np.asarray(self.function(np.asarray(image), **self.options))

    @property
    def name(self) -> str:
        """The function's name as a reader of the package knows it: ``processing.median``."""
        package = self.function.__module__.split(".")[1:-1]
        return ".".join((*package, self.function.__name__))

    @property
    def arguments(self) -> str:
        """The options as they are written."""
        return ", ".join(f"{name}={value!r}" for name, value in self.options.items())

    def on(self, image: str) -> str:
        """Return the code that applies it to what is called so."""
        return f"{self.name}({', '.join(filter(None, (image, self.arguments)))})"

    def mapped(self, image: str) -> str:
        """Return the code that maps an Image with it, so that geometry and history are kept."""
        return f"{image}.map({', '.join(filter(None, (self.name, self.arguments)))})"
