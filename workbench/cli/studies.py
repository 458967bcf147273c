"""Commands for studies."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from .common import CORES, Jobs, fail


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
        fail(str(error))
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


def example_study(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.")],
    seed: Annotated[int, typer.Option(min=0, help="Another seed gives other images.")] = 0,
) -> None:
    """Write a small simulated study in the layout to copy for your own."""
    from workbench.samples import write_example_study

    try:
        typer.echo(write_example_study(folder, seed=seed))
    except FileExistsError as error:
        fail(str(error))
