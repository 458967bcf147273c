"""Commands that run chapters, tabulate and report what they recorded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from .common import CORES, Jobs, fail, pair
from .reporting import report_of

if TYPE_CHECKING:
    from workbench.experiments import Run


Parameters = Annotated[
    list[str] | None,
    typer.Option("-p", "--parameter", metavar="NAME=VALUE", help="A parameter of the chapter."),
]
Folder = Annotated[str, typer.Option("-o", "--output", help="Holds a folder for each run.")]
Force = Annotated[bool, typer.Option("--force", help="Run also what was done before.")]
Timeout = Annotated[float | None, typer.Option(min=0.1, help="Seconds after which a run is stopped.")]
Threads = Annotated[int | None, typer.Option(min=1, help="Of the libraries in each run; changes the last digits.")]


def run(  # noqa: PLR0917 (options, which the command line takes by name)
    chapters: Annotated[
        list[str] | None, typer.Argument(help="Chapters or notebooks; all chapters if none.")
    ] = None,
    parameter: Parameters = None,
    folder: Folder = "runs",
    jobs: Jobs = CORES,
    force: Force = False,
    timeout: Timeout = None,
    threads: Threads = None,
) -> None:
    """Run chapters headless, unless the very same run was done before, and write their report."""
    from workbench.experiments.chapters import ChapterError, available
    from workbench.experiments.parameters import ParameterError

    given = dict(pair(text) for text in parameter or [])
    try:
        # Checked before the slow imports, so that a typo is told at once.
        paths = _checked(chapters or [path.stem for path in available()], given)
        from workbench.experiments import run_all

        runs = run_all(
            paths,
            folder=folder,
            parameters=given,
            jobs=jobs,
            force=force,
            timeout=timeout,
            threads=threads,
        )
    except (ChapterError, ParameterError) as error:
        fail(str(error))
    except KeyboardInterrupt:
        stopped()
    told(runs)
    report_of(runs, Path(folder))
    if any(run.status != "complete" for run in runs):
        raise typer.Exit(1)


def results(
    folder: Annotated[str, typer.Argument(help="Searched with its subfolders.")] = "runs",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="A .csv, .parquet or .tex file to write.")
    ] = None,
    metric: Annotated[
        str | None, typer.Option("--compare", metavar="RESULT", help="Rank the settings by this result.")
    ] = None,
    smallest: Annotated[bool, typer.Option("--smallest", help="Less is better.")] = False,
) -> None:
    """Tabulate the recorded results of all runs, or rank their settings."""
    from workbench.experiments import compare, export
    from workbench.experiments import results as tabulate

    try:
        table = tabulate(folder)
        if metric is not None:
            table = compare(table, metric, largest=not smallest)
        if output is not None:
            typer.echo(export(table, output))
            return
    except (FileNotFoundError, ValueError) as error:
        fail(str(error))
    if metric is not None:
        typer.echo(table.to_string(float_format="{:.4g}".format, na_rep=""))
        return
    # A long table with one result per line reads better in a terminal than a hundred columns.
    for _, row in table.iterrows():
        typer.echo(f"{row['notebook']}  {row['status']}")
        for name, value in row.dropna().items():
            if str(name).startswith(("parameters.", "results.")):
                typer.echo(f"  {name} = {value}")


def diff(
    first: Annotated[Path, typer.Argument(help="A record: an executed notebook, or its folder.")],
    second: Annotated[Path, typer.Argument(help="Another.")],
) -> None:
    """Tell how two records differ: parameters, results, figures, source and versions; exit 1 if they do."""
    from workbench.experiments import ChapterError
    from workbench.experiments import diff as differences
    from workbench.experiments.differences import told

    try:
        table = differences(first, second)
    except ChapterError as error:
        fail(str(error))
    for kind, name, one, other in table.itertuples(index=False):
        typer.echo(f"{kind} {name}: {told(one)} -> {told(other)}")
    if len(table):
        raise typer.Exit(1)


def told(runs: list[Run]) -> None:
    """Say what was not run because it was done before, and what failed.

    Parameters
    ----------
    runs : list of Run
        Of one command.
    """
    known = sum(not run.fresh for run in runs)
    if known:
        typer.echo(f"{known} of {len(runs)} runs were done before; --force runs them again", err=True)
    for run in runs:
        if run.status != "complete":
            typer.echo(f"{Path(run.notebook).stem}: {run.status}: {run.failure}", err=True)
            typer.echo(f"  partial notebook: {run.notebook}", err=True)


def stopped() -> NoReturn:
    """End a command that the user interrupted."""
    typer.echo("workbench: stopped; the same command does what is missing", err=True)
    raise typer.Exit(130)


def _checked(chapters: list[str], given: dict[str, str]) -> list[Path]:
    from workbench.experiments.chapters import find
    from workbench.experiments.parameters import check

    paths = [find(chapter) for chapter in chapters]
    for path in paths:
        check(path, given)
    return paths
