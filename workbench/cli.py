"""The `workbench` command."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="Run, tabulate and report the chapters. For research and teaching; not a medical device.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
CORES = os.cpu_count() or 1
Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, help="How many run at a time.")]


@app.command()
def run(
    chapters: Annotated[
        list[str] | None, typer.Argument(help="Chapters or notebooks; all chapters if none.")
    ] = None,
    parameter: Annotated[
        list[str] | None,
        typer.Option("-p", "--parameter", metavar="NAME=VALUE", help="A parameter of the chapter."),
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("-o", "--output", help="A new folder; in runs/ by default.")
    ] = None,
    jobs: Jobs = CORES,
) -> None:
    """Run chapters headless and write their report."""
    from workbench.experiments.chapters import ChapterError, available
    from workbench.experiments.parameters import ParameterError

    given = dict(_pair(text) for text in parameter or [])
    try:
        # Checked before the slow imports, so that a typo is told at once.
        paths = _checked(chapters or [path.stem for path in available()], given)
        from workbench.experiments import run_all
        from workbench.privacy import PrivacyError
        from workbench.reports import write_report

        runs = run_all(paths, folder=folder, parameters=given, jobs=jobs)
    except (ChapterError, ParameterError, FileExistsError) as error:
        _fail(str(error))
    written = [run.notebook for run in runs if run.notebook.exists()]
    for run in runs:
        if run.status != "complete":
            typer.echo(f"{run.notebook.stem}: {run.status}: {run.failure}", err=True)
            typer.echo(f"  partial notebook: {run.notebook}", err=True)
    if written:
        try:
            typer.echo(write_report(written, written[0].parent))
        except PrivacyError as error:
            typer.echo(f"workbench: {error}", err=True)
            raise typer.Exit(1) from None
    if any(run.status != "complete" for run in runs):
        raise typer.Exit(1)


@app.command()
def results(
    folder: Annotated[Path, typer.Argument(help="Searched with its subfolders.")] = Path("runs"),
    output: Annotated[Path | None, typer.Option("-o", "--output", help="A .csv file to write.")] = None,
) -> None:
    """Tabulate the recorded results of all runs."""
    from workbench.experiments import results as tabulate
    from workbench.files import replacing

    try:
        table = tabulate(folder)
    except FileNotFoundError as error:
        _fail(str(error))
    if output is None:
        # A long table with one result per line reads better in a terminal than a hundred columns.
        for _, row in table.iterrows():
            typer.echo(f"{row['notebook']}  {row['status']}")
            for name, value in row.dropna().items():
                if str(name).startswith(("parameters.", "results.")):
                    typer.echo(f"  {name} = {value}")
        return
    with replacing(output) as temporary:
        table.to_csv(temporary, index=False)
    typer.echo(output)


@app.command()
def report(
    runs: Annotated[list[Path], typer.Argument(help="Executed notebooks, or folders of them.")],
    folder: Annotated[Path, typer.Option("-o", "--output", help="Where the HTML files go.")] = Path("report"),
) -> None:
    """Write the report of executed notebooks."""
    from workbench.experiments.chapters import ChapterError, below
    from workbench.reports import write_report

    notebooks = [found for run in runs for found in (below(run) if run.is_dir() else [run])]
    try:
        typer.echo(write_report(notebooks, folder))
    except (ChapterError, ValueError, OSError) as error:
        _fail(str(error))


@app.command()
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
        _fail(str(error))


@app.command()
def audit(
    folder: Annotated[str, typer.Argument(help="A study: a folder, a table of cases, a file of arrays.")],
    jobs: Jobs = CORES,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="A .csv file to write.")] = None,
) -> None:
    """Look for what is wrong with a study; exit 1 if that would make results wrong."""
    from workbench import cohorts
    from workbench.files import replacing

    try:
        cohort = cohorts.read(folder)
        findings = cohort.audit(jobs=jobs, progress=sys.stderr.isatty())
    except cohorts.CohortError as error:
        _fail(str(error))
    for severity, kind, cases, detail in findings.itertuples(index=False):
        named = f" [{cohorts.listed(list(map(str, cases)))}]" if cases else ""
        typer.echo(f"{severity}: {kind}: {detail}{named}")
    errors = int((findings["severity"] == "error").sum())
    typer.echo(f"{len(cohort)} cases: {errors} errors, {len(findings) - errors} warnings")
    if output is not None:
        with replacing(output) as temporary:
            findings.assign(cases=findings["cases"].map(" ".join)).to_csv(temporary, index=False)
    if errors:
        raise typer.Exit(1)


@app.command()
def predict(
    model: Annotated[Path, typer.Argument(help="A .skops file that recognition.save wrote.")],
    cases: Annotated[str, typer.Argument(help="A .csv of features, or a study: a folder, a table of images.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The .csv file to write.")],
    sha256: Annotated[str | None, typer.Option(help="Of the model's file; a changed one is refused.")] = None,
    jobs: Jobs = CORES,
) -> None:
    """Write the probabilities that a saved model gives to new cases."""
    from workbench import cohorts, recognition
    from workbench.files import replacing

    try:
        trained = recognition.load(model, sha256=sha256)
        of_table = trained.card["recipe"] is None
        data = recognition.read_features(cases) if of_table else cohorts.read(cases)
        table = trained.predict(data, jobs=jobs, progress=sys.stderr.isatty())
    except (cohorts.CohortError, FileNotFoundError, ValueError) as error:
        _fail(str(error))
    with replacing(output) as temporary:
        table.to_csv(temporary)
    typer.echo(f"{trained.card['use']} {trained.card['notice']}.", err=True)
    typer.echo(output)


@app.command()
def example_study(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.")],
    seed: Annotated[int, typer.Option(min=0, help="Another seed gives other images.")] = 0,
) -> None:
    """Write a small simulated study in the layout to copy for your own."""
    from workbench.samples import write_example_study

    try:
        typer.echo(write_example_study(folder, seed=seed))
    except FileExistsError as error:
        _fail(str(error))


@app.command()
def lab() -> None:
    """Open the chapters in JupyterLab."""
    from workbench.experiments.chapters import folder

    os.execv(sys.executable, [sys.executable, "-m", "jupyterlab", str(folder())])  # noqa: S606 (our own Python)


def _checked(chapters: list[str], given: dict[str, str]) -> list[Path]:
    from workbench.experiments.chapters import find
    from workbench.experiments.parameters import check

    paths = [find(chapter) for chapter in chapters]
    for path in paths:
        check(path, given)
    return paths


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        _fail(f"expected -p NAME=VALUE, received {text!r}")
    return name, value


def _fail(message: str) -> None:
    typer.echo(f"workbench: {message}", err=True)
    raise typer.Exit(2)
