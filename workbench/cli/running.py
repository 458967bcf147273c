"""Commands that run chapters, tabulate and report what they recorded."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from .common import CORES, Jobs, fail, pair
from .reporting import report_of

if TYPE_CHECKING:
    import pandas as pd

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
        list[str] | None, typer.Argument(help="Chapters, notebooks or folders of studies; all chapters if none.")
    ] = None,
    parameter: Parameters = None,
    output: Annotated[
        str | None,
        typer.Option(
            "-o",
            "--output",
            help="Holds a folder for each run; runs by default, of a study's folder its own runs.",
        ),
    ] = None,
    jobs: Jobs = CORES,
    force: Force = False,
    timeout: Timeout = None,
    threads: Threads = None,
) -> None:
    """Run chapters headless, unless the very same run was done before, and write their report."""
    from workbench.experiments.chapters import ChapterError, available
    from workbench.experiments.parameters import ParameterError

    given = dict(pair(text) for text in parameter or [])
    folder = output or _usual(chapters or [])
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
        stopped(folder)
    if "cohort" not in given and any(run.status == "failed" for run in runs):
        _told_moved(paths)
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
    from workbench.experiments.comparing import PARAMETERS, RESULTS, rule
    from workbench.experiments.places import standing
    from workbench.reports.content.intervals import ends_of

    try:
        table = tabulate(folder)
        differ = metric is not None and _several_data(table)
        if metric is not None:
            table = compare(table, recorded_name(table, metric), largest=not smallest)
        if output is not None:
            typer.echo(export(table, output))
            return
    except (FileNotFoundError, ValueError) as error:
        fail(str(error))
    if metric is not None:
        typer.echo(_ranked(table))
        if len(table) > 1:
            typer.echo(f"rule: {rule(table)}", err=True)
        if differ:
            typer.echo("workbench: these runs are not of the same data (workbench diff tells which)", err=True)
        return
    # A long table with one result per line reads better in a terminal than a hundred columns.
    for _, row in table.iterrows():
        typer.echo(f"{row['notebook']}  {standing(row['status'], Path(row['notebook']).parent)}")
        known = {str(name): value for name, value in row.dropna().items()}
        ends = ends_of(name for name in known if name.startswith(RESULTS))
        ends_alone = {end for pair in ends.values() for end in pair}
        for name, value in known.items():
            if name in ends:
                low, high = (known[end] for end in ends[name])
                typer.echo(f"  {name} = {value:.3f} ({low:.3f} to {high:.3f})")
            elif name.startswith((PARAMETERS, RESULTS)) and name not in ends_alone:
                shown = f"{value:.4g}" if isinstance(value, float) and name.startswith(RESULTS) else value
                typer.echo(f"  {name} = {shown}")


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
        typer.echo(f"{kind} {name}: {' -> '.join(told(one, other))}")
    if len(table):
        raise typer.Exit(1)


def recorded_name(table: pd.DataFrame, metric: str) -> str:
    """Find a result by its name or by what a page calls it.

    Parameters
    ----------
    table : pandas.DataFrame
        As from `experiments.results`.
    metric : str
        Such as ``"cnn_auc"`` or ``"AUC of the CNN"``.

    Returns
    -------
    str
        As recorded; `metric` itself where nothing is called so.
    """
    from workbench.experiments.comparing import RESULTS
    from workbench.reports.content.naming import result_name

    names = [str(name).removeprefix(RESULTS) for name in table if str(name).startswith(RESULTS)]
    called = {result_name(name).lower(): name for name in names}
    return metric if metric in names else called.get(metric.lower(), metric)


def _ranked(table: pd.DataFrame) -> str:
    import numpy as np

    shown = table.dropna(axis="columns", how="all")
    if (shown["runs"] == 1).all():
        shown = shown.rename(columns={"mean": "value"})
    if "p" in shown:
        shown["p"] = shown["p"].map("{:.2g}".format, na_action="ignore")
    # Four digits of the largest, and of all others as many decimals.
    largest = float(np.nanmax(shown.select_dtypes(float).abs().to_numpy()))
    decimals = len(f"{largest:#.4g}".partition(".")[2])
    written = f"{{:.{decimals}f}}" if 1e-4 < largest < 1e4 else "{:.4g}"
    return shown.to_string(float_format=written.format, na_rep="")


def _several_data(table: pd.DataFrame) -> bool:
    return len(table) > 0 and bool((table.groupby("chapter")["data"].nunique() > 1).any())


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


def _told_moved(notebooks: list[Path]) -> None:
    from workbench import cohorts
    from workbench.studies.choosing import is_study
    from workbench.studies.usable import moved, not_found

    for folder in {path.parent: None for path in notebooks if is_study(path.parent)}:
        with suppress(cohorts.CohortError, OSError):  # what is wrong with the table, the run says
            if lost := not_found(cohorts.read(folder)):
                typer.echo(f"{folder}: {moved(lost)}", err=True)


def stopped(folder: str | Path = "") -> NoReturn:
    """End a command that the user interrupted.

    Parameters
    ----------
    folder : str or Path, optional
        Of the runs, whose unfinished ones are named.
    """
    from workbench.experiments.chapters import ChapterError, below, load
    from workbench.experiments.status import status

    typer.echo("workbench: stopped; the same command does what is missing", err=True)
    for path in below(Path(folder)) if folder and Path(folder).is_dir() else []:
        with suppress(ChapterError):
            if status(load(path)) == "interrupted":
                typer.echo(f"unfinished, and to be deleted if you do not go on: {path.parent}", err=True)
    raise typer.Exit(130)


def _usual(chapters: list[str]) -> str:
    from workbench.experiments.chapters import STUDY

    # So that `run my_study` leaves its runs where the study's other commands look for them.
    own = [Path(chapter) for chapter in chapters if (Path(chapter) / STUDY).is_file()]
    return str(own[0] / "runs") if len(own) == len(chapters) == 1 else "runs"


def _checked(chapters: list[str], given: dict[str, str]) -> list[Path]:
    from workbench.experiments.chapters import find
    from workbench.experiments.parameters import check

    paths = [find(chapter) for chapter in chapters]
    for path in paths:
        check(path, given)
    return paths
