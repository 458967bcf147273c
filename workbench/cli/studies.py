"""Commands for studies."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from .common import CORES, Jobs, fail

Patient = Annotated[
    str | None,
    typer.Option(
        help="Column of the table with the patient; or 'image': each is of another; or a regular expression "
        "for the whole names of files, with the patient in parentheses: '(case[0-9]+)_.*' for case07_left.png."
    ),
]


def audit(
    folder: Annotated[str, typer.Argument(help="A study: a folder, a table of cases, a file of arrays.")],
    patient: Patient = None,
    jobs: Jobs = CORES,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="A .csv file to write.")] = None,
) -> None:
    """Look for what is wrong with a study; exit 1 if that would make results wrong."""
    from workbench import cohorts
    from workbench.files import replacing
    from workbench.studies.findings import ALIKE, DOUBT, with_doubts, with_look_alikes
    from workbench.studies.gathering import gather, gather_as_listed
    from workbench.studies.steps import saying_patients
    from workbench.studies.telling import doubt, look_alike

    try:
        gathered = gather_as_listed(folder) if patient is None else gather(folder, patient=patient)
        cohort = gathered.cohort
        findings = cohort.audit(jobs=jobs, progress=sys.stderr.isatty())
    except (cohorts.CohortError, ValueError) as error:
        fail(str(error))
    findings = with_doubts(findings, cohort.table["patient"], gathered.doubtful)
    findings = with_look_alikes(findings, cohort.table["patient"], gathered.alike)
    for text in gathered.assumed:
        typer.echo(f"assumed: {text}")
    for text in gathered.examples:
        typer.echo(f"example: {text}")
    for severity, kind, cases, detail in findings[~findings["kind"].isin([DOUBT, ALIKE])].itertuples(index=False):
        named = f" [{cohorts.listed(list(map(str, cases)))}]" if cases else ""
        typer.echo(f"{severity}: {kind}: {detail}{named}")
    if pairs := int((findings["kind"] == DOUBT).sum()):
        typer.echo(f"warning: {doubt(pairs)}")
    if len(alike := findings.loc[findings["kind"] == ALIKE, "cases"]):
        typer.echo(f"warning: {look_alike(alike, len(cohort))}")
    if gathered.unite:
        united = saying_patients(folder, gathered.unite, command="audit")
        typer.echo(f"if each pair in doubt is one patient: {united}")
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


def fetch(
    name: Annotated[str | None, typer.Argument(help="A public set; all are listed if none.")] = None,
    folder: Annotated[
        Path | None, typer.Option("-o", "--output", help="Where it is kept; data/downloads by default.")
    ] = None,
) -> None:
    """Download a public data set, checked by its digest; a study then takes its name as cohort."""
    from workbench import samples

    sets = samples.public_sets()
    if name is None:
        typer.echo(sets[["task", "classes", "train", "validation", "test", "licence"]].to_string())
        return
    try:
        path = samples.fetch(name, folder=folder, progress=sys.stderr.isatty())
    except (samples.DownloadError, ValueError) as error:
        fail(str(error))
    typer.echo(f"licence {sets['licence'][name]}; cite Yang et al., Scientific Data 10 (2023) 41", err=True)
    typer.echo(path)


def new(  # noqa: PLR0917 (options, which the command line takes by name)
    folder: Annotated[
        Path, typer.Argument(help="Of the study: a new folder, or a study that was started before.")
    ],
    images: Annotated[
        str | None,
        typer.Argument(
            help="A folder of images, a .csv with a column of files, an .npz, or fetch:NAME. Not changed."
        ),
    ] = None,
    label: Annotated[str | None, typer.Option(help="Column of the table with the class.")] = None,
    patient: Patient = None,
    positive: Annotated[str | None, typer.Option(help="The class to be found.")] = None,
    jobs: Jobs = CORES,
) -> None:
    """Start a study of your own images: a table of cases, an audit and a notebook that analyses them."""
    from workbench import cohorts, studies
    from workbench.files import nearest
    from workbench.images import ImageReadError
    from workbench.studies.doubts import DOUBTS
    from workbench.studies.steps import saying_patients

    found = nearest(images) if images is not None else None
    if images is not None and found is not None and found.exists() and not Path(images).expanduser().exists():
        typer.echo(f"images: there is no {images} here; a folder above has it: {found}")

    try:
        started = studies.start(
            folder,
            images,
            label=label,
            patient=patient,
            positive=positive,
            jobs=jobs,
            progress=sys.stderr.isatty(),
        )
    except (cohorts.CohortError, ImageReadError, FileExistsError, ValueError) as error:
        fail(str(error))
    for line in studies.told(started):
        typer.echo(line)
    again = studies.again(folder)
    if started.unite:
        typer.echo(f"if each pair in doubt is one patient: {saying_patients(folder, started.unite)}")
    kept = " (changed by you, and kept)" if started.notebook_kept else ""
    notebook = "" if started.lacking else f", study.ipynb{kept}"
    doubts = ", doubts.csv" if (folder / DOUBTS).exists() else ""
    typer.echo(f"{folder}: cases.csv, audit.csv, left_out.csv{doubts}, README.md{notebook}")
    if images is None and any((folder / "runs").glob("*/*.ipynb")):
        typer.echo("runs and pages that were made before are of the study as it was: run and report it again")
    if started.lacking:
        typer.echo(f"the study lacks {started.lacking}; then:", err=True)
        typer.echo(f"next: {again}")
        raise typer.Exit(1)
    for step in studies.next_steps(started):
        typer.echo(f"next: {step}")
