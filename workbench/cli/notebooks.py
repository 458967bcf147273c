"""Commands for the stored notebooks."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from .common import CORES, Jobs, fail


def store(
    chapters: Annotated[list[str] | None, typer.Argument(help="Chapters or notebooks; all if none.")] = None,
    jobs: Jobs = CORES,
) -> None:
    """Execute stored notebooks with their default parameters and clean them for git."""
    from workbench.experiments.chapters import ChapterError, available
    from workbench.experiments.storing import StoringError
    from workbench.experiments.storing import store as store_notebooks

    try:
        store_notebooks(chapters or available(), jobs=jobs)
    except (ChapterError, StoringError) as error:
        fail(str(error))


def check(
    notebooks: Annotated[list[Path] | None, typer.Argument(help="Notebooks; all chapters if none.")] = None,
    largest: Annotated[int, typer.Option(min=1, help="Kilobytes that a notebook may have.")] = 600,
) -> None:
    """Look for what a notebook that is passed on must not have; exit 1 if anything is wrong."""
    from workbench.experiments import available, check_notebook

    wrong = 0
    for path in notebooks or available():
        for problem in check_notebook(path, largest=1000 * largest):
            typer.echo(f"{path}: {problem}")
            wrong += 1
    if wrong:
        raise typer.Exit(1)


def lab() -> None:
    """Open the chapters in JupyterLab."""
    from workbench.experiments.chapters import folder

    os.execv(sys.executable, [sys.executable, "-m", "jupyterlab", str(folder())])  # noqa: S606 (our own Python)
