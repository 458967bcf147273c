"""What the commands share."""

import os
from typing import Annotated, NoReturn

import typer

CORES = os.cpu_count() or 1
Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, help="How many run at a time.")]


def pair(text: str, option: str = "-p") -> tuple[str, str]:
    """Split NAME=VALUE.

    Parameters
    ----------
    text : str
        As typed.
    option : str, optional
        Where it was typed, for the message.

    Returns
    -------
    tuple of str
        Name and value.

    Examples
    --------
    >>> pair("size=7")
    ('size', '7')
    """
    name, equals, value = text.partition("=")
    if not equals or not name:
        fail(f"expected {option} NAME=VALUE, received {text!r}")
    return name, value


def fail(message: str) -> NoReturn:
    """End the command with one line instead of a traceback.

    Parameters
    ----------
    message : str
        What was expected, what was received, what to do.
    """
    typer.echo(f"workbench: {message}", err=True)
    raise typer.Exit(2)
