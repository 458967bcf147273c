"""The command that hands new cases to a saved model."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .common import CORES, Jobs, fail

if TYPE_CHECKING:
    import pandas as pd

KERAS, SKOPS = ".keras", ".skops"


def predict(
    model: Annotated[
        Path, typer.Argument(help="A .skops or .keras file that recognition.save or cnn.save wrote.")
    ],
    cases: Annotated[str, typer.Argument(help="A study: a folder, a table of images; or a .csv of features.")],
    output: Annotated[
        Path,
        typer.Option("-o", "--output", help="The .csv file to write; for masks, a folder, gone on with if there."),
    ],
    sha256: Annotated[str | None, typer.Option(help="Of the model's file; a changed one is refused.")] = None,
    jobs: Jobs = CORES,
) -> None:
    """Write what a saved model says of new cases: probabilities, boxes or masks."""
    from workbench.cohorts import CohortError
    from workbench.images import ImageReadError

    try:
        card, written = _predicted(model, cases, output, sha256, jobs)
    except (CohortError, ImageReadError, FileNotFoundError, NotADirectoryError, ValueError) as error:
        fail(str(error))
    typer.echo(f"{card['use']} {card['notice']}.", err=True)
    typer.echo(written)


def _predicted(
    model: Path, cases: str, output: Path, sha256: str | None, jobs: int
) -> tuple[dict[str, Any], Path]:
    from workbench import cohorts, recognition

    if model.suffix == KERAS:
        from workbench import cnn

        trained: Any = cnn.load_network(model, sha256=sha256)
    elif model.suffix == SKOPS:
        trained = recognition.load(model, sha256=sha256)
    else:
        raise ValueError(f"a model's file ends in {SKOPS} or {KERAS}, received {model.name!r}")
    task = trained.card.get("task")
    if task == "segmentation":
        _must_be(output, folder=True)
        cohort = cohorts.read(cases)
        trained.refuse(cohort, jobs=jobs)
        recognition.write_masks(
            trained.segment,
            cohort,
            output,
            classes=trained.card["classes"],
            model=hashlib.sha256(model.read_bytes()).hexdigest(),
            progress=sys.stderr.isatty(),
        )
        return trained.card, output
    _must_be(output, folder=False)
    if task == "detection":
        table = trained.detect(cohorts.read(cases), jobs=jobs).set_index("case")
    elif model.suffix == KERAS:
        table = trained.predict(cohorts.read(cases), jobs=jobs)
    else:
        of_table = trained.card["recipe"] is None
        data = recognition.read_features(cases) if of_table else cohorts.read(cases)
        table = trained.predict(data, jobs=jobs, progress=sys.stderr.isatty())
    _write(table, output)
    return trained.card, output


def _must_be(output: Path, *, folder: bool) -> None:
    if folder and output.suffix == ".csv":
        raise ValueError(f"this model makes masks: name a folder for them, received {output.name!r}")
    if not folder and output.suffix != ".csv":
        raise ValueError(f"this model makes a table: name a .csv file for it, received {output.name!r}")


def _write(table: pd.DataFrame, output: Path) -> None:
    from workbench.files import replacing

    with replacing(output) as temporary:
        table.to_csv(temporary)
