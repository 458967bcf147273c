"""The command that runs one chapter with many settings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from .common import CORES, Jobs, fail, pair
from .running import Folder, Force, Parameters, Threads, Timeout, stopped, told


def sweep(  # noqa: PLR0917 (options, which the command line takes by name)
    chapter: Annotated[str, typer.Argument(help="A chapter or a notebook.")],
    grid: Annotated[
        list[str] | None,
        typer.Option("-g", "--grid", metavar="NAME=A,B,C", help="Values, combined with all others."),
    ] = None,
    random: Annotated[
        list[str] | None,
        typer.Option(
            "-r",
            "--random",
            metavar="NAME=LOW:HIGH[:log]",
            help="Draw between two numbers, or from values A,B,C; 'log' draws magnitudes evenly.",
        ),
    ] = None,
    samples: Annotated[int, typer.Option(min=1, help="How many settings --random draws.")] = 20,
    seed: Annotated[int, typer.Option(min=0, help="Of --random.")] = 0,
    table: Annotated[
        Path | None, typer.Option(help="A .csv with a column for each parameter, a row for each run.")
    ] = None,
    parameter: Parameters = None,
    folder: Folder = "runs",
    jobs: Jobs = CORES,
    scheduler: Annotated[
        str | None, typer.Option(metavar="tcp://HOST:PORT", help="Of a Dask cluster that does the runs.")
    ] = None,
    force: Force = False,
    timeout: Timeout = None,
    retries: Annotated[int, typer.Option(min=0, help="How often a killed kernel is begun anew.")] = 2,
    threads: Threads = None,
) -> None:
    """Run a chapter with many settings; the same command again does what is missing."""
    from workbench.experiments.chapters import ChapterError, find
    from workbench.experiments.parameters import ParameterError, parameters

    try:
        path = find(chapter)
        kinds = {name: known.type for name, known in parameters(path).items()}
        settings = _settings(grid or [], random or [], table, samples=samples, seed=seed, kinds=kinds)
        from workbench.experiments import sweep as run_sweep

        fixed = dict(pair(text) for text in parameter or [])
        runs = run_sweep(
            path,
            [fixed | setting for setting in settings],
            folder=folder,
            jobs=jobs,
            scheduler=scheduler,
            force=force,
            timeout=timeout,
            retries=retries,
            threads=threads,
        )
    except (ChapterError, ParameterError, RuntimeError) as error:
        fail(str(error))
    except KeyboardInterrupt:
        stopped()
    told(runs)
    complete = sum(run.status == "complete" for run in runs)
    typer.echo(f"{complete} of {len(runs)} runs complete in {folder}", err=True)
    typer.echo(folder)
    if complete < len(runs):
        raise typer.Exit(1)


def _settings(
    grids: list[str], draws: list[str], table: Path | None, *, samples: int, seed: int, kinds: dict[str, type]
) -> list[dict[str, Any]]:
    if bool(grids) + bool(draws) + (table is not None) != 1:
        fail("expected one way to choose settings: -g NAME=A,B,C, -r NAME=LOW:HIGH or --table FILE")
    if table is not None:
        import csv

        try:
            with table.open(newline="", encoding="utf-8") as file:
                return list(csv.DictReader(file))
        except OSError as error:
            fail(f"{table}: {error.strerror}")
    from workbench.experiments import sweeps

    if grids:
        values = {name: text.split(",") for name, text in (pair(entry, "-g") for entry in grids)}
        return sweeps.grid(**values)
    drawn = {name: _distribution(name, text, kinds.get(name)) for name, text in (pair(d, "-r") for d in draws)}
    return sweeps.random(samples, seed=seed, **drawn)


def _distribution(name: str, text: str, kind: type | None) -> Any:
    if ":" not in text:
        return text.split(",")
    from scipy import stats

    low, high, *scale = text.split(":")
    try:
        first, last = float(low), float(high)
    except ValueError:
        fail(f"expected -r {name}=LOW:HIGH with two numbers, received {text!r}")
    if first >= last or scale not in ([], ["log"]) or (scale and first <= 0):
        fail(f"expected -r {name}=LOW:HIGH[:log] with LOW below HIGH (above 0 with log), received {text!r}")
    if scale:
        return stats.loguniform(first, last)
    return stats.randint(int(first), int(last) + 1) if kind is int else stats.uniform(first, last - first)
