"""What a registration that failed raises."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .alignment import Alignment


class RegistrationError(RuntimeError):
    """The images could not be aligned, or the result cannot be trusted.

    Parameters
    ----------
    message : str
        What was expected, what was found, what to try.
    alignment : Alignment, optional
        The best that was found, for looking at what went wrong; its `converged` is False.
    """

    def __init__(self, message: str, *, alignment: Alignment | None = None) -> None:
        super().__init__(message)
        self.alignment = alignment
