"""Commands for teachers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .common import fail

course = typer.Typer(help="Make the notebooks of a class from the chapters.", no_args_is_help=True)
Target = Annotated[Path, typer.Argument(help="A folder, made if it is not there.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace files that are there and differ.")]


@course.command()
def student(folder: Target, overwrite: Overwrite = False) -> None:
    """Write the chapters with exercises to be solved: `...` in place of each solution, and its check."""
    _write("student", folder, overwrite)


@course.command()
def teacher(folder: Target, overwrite: Overwrite = False) -> None:
    """Write the chapters with their solutions open."""
    _write("teacher", folder, overwrite)


def _write(kind: str, folder: Path, overwrite: bool) -> None:
    from workbench.course import CourseError, write
    from workbench.experiments import ChapterError

    try:
        typer.echo(write(kind, folder, overwrite=overwrite))
    except (ChapterError, CourseError) as error:
        fail(str(error))
    except FileExistsError as error:
        fail(f"{error} (--overwrite)")
