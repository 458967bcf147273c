"""The command that writes reports."""

from __future__ import annotations

import shlex
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from .common import fail

if TYPE_CHECKING:
    from workbench.experiments import Run

FILES = (".html", ".htm", ".pdf")
PAGES = ("report.html", "summary.html")  # as the commands of a study name them
SHOWN = 12  # names in a folder
HEADLINES = 8  # results that are told after a run
LARGEST = 5_000_000  # bytes of a file that opens at once anywhere and goes by mail


def report(  # noqa: PLR0917 (options, which the command line takes by name)
    runs: Annotated[list[Path], typer.Argument(help="Executed notebooks, or folders of them.")],
    output: Annotated[
        Path,
        typer.Option("-o", "--output", help="A .html or .pdf file, or a folder for an index and a page each."),
    ] = Path("report.html"),
    title: Annotated[str, typer.Option(help="The notebook's own if there is one.")] = "",
    code: Annotated[bool, typer.Option("--code", help="Show the code, too.")] = False,
    pdf: Annotated[bool, typer.Option("--pdf", help="Print it too, with the Chromium that is installed.")] = False,
    summary: Annotated[bool, typer.Option("--summary", help="One page in plain words instead.")] = False,
) -> None:
    """Write the report of executed notebooks: HTML that opens offline, a site of several, or a PDF."""
    from workbench.experiments.chapters import ChapterError
    from workbench.privacy import PrivacyError
    from workbench.reports import PrintingError, run_of

    if output.suffix.lower() not in FILES and (pdf or summary):
        fail(f"expected a .html or .pdf file as -o with --pdf or --summary, received the folder {output}")
    try:
        paged = output.suffix.lower() in FILES
        notebooks = [found for run in runs for found in _executed(run, paged=paged, summary=summary)]
        if summary and len(notebooks) > 1:
            newest = max(notebooks, key=lambda path: path.stat().st_mtime)
            told = f"name the one; the newest is {newest}"
            fail(f"expected one executed notebook with --summary, received {len(notebooks)}: {told}")
        before = run_of(output)
        for path in _written(notebooks, output, title=title, code=code, pdf=pdf, summary=summary):
            typer.echo(path)
            size = path.stat().st_size
            if path.suffix == ".html" and size > LARGEST:
                message = f"{size / 1e6:.0f} MB in one file; a folder as -o makes a page of each run"
                typer.echo(message, err=True)
        if before and before != run_of(output):
            typer.echo(f"{output} was the page of another run, and is replaced: {before}", err=True)
        for path in notebooks:
            _told_unfinished(path)
        _next(notebooks, runs[0], output.parent, given="summary" if summary else "report")
    except (ChapterError, PrintingError, ValueError, OSError) as error:
        fail(str(error))
    except PrivacyError as error:
        typer.echo(f"workbench: {error}", err=True)
        raise typer.Exit(1) from None


def _executed(place: Path, *, paged: bool, summary: bool) -> list[Path]:
    from workbench.experiments.chapters import below, load
    from workbench.experiments.status import is_untouched
    from workbench.reports.overview import in_order
    from workbench.studies.choosing import chosen, is_study

    if not place.exists():
        _missing(place)
    found = below(place) if place.is_dir() else [place]
    run = [path for path in found if not is_untouched(load(path))]
    if found and not run:  # a notebook that waits to be run is no record
        typer.echo(f"workbench: {found[0]} was never run: workbench run {shlex.quote(str(found[0]))}", err=True)
        raise typer.Exit(1)
    if not place.is_dir():
        return run
    alike = len(run) > 1 and len({path.stem for path in run}) == 1
    if alike and paged and (summary or is_study(place)):
        path, told = chosen(run)
        typer.echo(f"{told}; a folder as -o makes a page of each", err=True)
        return [path]
    return in_order(run)


def _missing(place: Path) -> NoReturn:
    from workbench.files import meant, not_there

    if meant(place):
        fail(not_there(place))
    above = next(folder for folder in place.absolute().parents if folder.is_dir())
    there = sorted(one.name for one in above.iterdir() if not one.name.startswith("."))
    more = f" and {len(there) - SHOWN} more" if len(there) > SHOWN else ""
    fail(f"{place} is not there; in {above} there is {', '.join(there[:SHOWN]) or 'nothing'}{more}")


def _told_unfinished(path: Path) -> None:
    from workbench.experiments import failure, status
    from workbench.experiments.chapters import load
    from workbench.experiments.places import standing
    from workbench.experiments.status import under_way

    record = load(path)
    state = standing(status(record), path.parent)
    if state == "running":
        typer.echo(f"unfinished: {path} is still running ({under_way(record) or 'just begun'})", err=True)
        typer.echo("the page says so, and holds what was done so far; report again when it is done", err=True)
    elif state in {"failed", "interrupted"}:
        typer.echo(f"unfinished: {path} is {state}: {failure(record)}", err=True)


def _next(notebooks: list[Path], runs: Path, folder: Path, *, given: str) -> None:
    from workbench.experiments import status
    from workbench.experiments.chapters import load
    from workbench.studies.steps import reporting

    # Beside standard output, whose last line is the path alone, for scripts.
    typer.echo("next: open it in a browser; it needs no network", err=True)
    if len(notebooks) == 1 and given != "summary":
        mark = _mark(notebooks[0], folder)
        stopped = status(load(notebooks[0])) in {"failed", "interrupted"}
        for step in reporting(notebooks[0].parent if mark else runs, folder, mark=mark, stopped=stopped):
            if "--summary" in step.command or given == "run":
                typer.echo(f"next: {step}", err=True)


def _comparing(notebook: Path, folder: Path) -> None:
    from workbench.experiments import recorded, status
    from workbench.experiments.chapters import below, load
    from workbench.reports.content.naming import MODELS
    from workbench.studies.steps import comparing

    runs = [load(path) for path in below(folder) if path.name == notebook.name]
    if sum(status(run) == "complete" for run in runs) > 1:
        found = recorded(load(notebook))
        for step in comparing(folder, [name for name in MODELS if f"{name.lower()}_auc" in found]):
            typer.echo(f"next: {step}", err=True)


def _mark(notebook: Path, folder: Path) -> str:
    # So that what is suggested replaces no page of another run.
    from workbench.experiments.chapters import load
    from workbench.reports import run_of
    from workbench.reports.content.facts import digest

    own = digest(load(notebook))
    pages = [page for name in PAGES if (page := folder / name).exists()]
    return "" if all(own in run_of(page) for page in pages) else own[:4]


def _written(
    notebooks: list[Path], output: Path, *, title: str, code: bool, pdf: bool, summary: bool
) -> Iterator[Path]:
    from workbench.reports import write_page, write_pdf, write_site

    kind = output.suffix.lower()
    if kind not in FILES:
        yield write_site(notebooks, output, title=title, code=code)
    elif kind == ".pdf":
        with tempfile.TemporaryDirectory() as folder:
            page = write_page(notebooks, Path(folder) / "page.html", title=title, code=code, summary=summary)
            yield write_pdf(page, output)
    else:
        yield write_page(notebooks, output, title=title, code=code, summary=summary)
        if pdf:
            yield write_pdf(output, output.with_suffix(".pdf"))


def report_of(runs: list[Run], folder: Path) -> None:
    """Write the report of runs and print its path.

    Parameters
    ----------
    runs : list of Run
        The report of one stands beside its record, of several in ``report``.
    folder : Path
        Of the runs.
    """
    from workbench.experiments.chapters import below
    from workbench.privacy import PrivacyError
    from workbench.reports import write_page, write_site

    written = [run.notebook for run in runs if isinstance(run.notebook, Path) and run.notebook.exists()]
    if not written:
        return  # none, or under a URL, where no report can be written
    one = len(runs) == 1
    if one and runs[0].status == "complete":
        with _told("the results could not be told", written[0]):
            _results(written[0])
    try:
        with _told("the report could not be written", written[0] if one else folder):
            page = write_page(written[0], written[0].with_suffix(".html")) if one else None
            shown = page or write_site(written, folder / "report")
            typer.echo("report:", err=True)
            typer.echo(shown)
            _next(written, folder if len(below(folder)) == 1 else written[0].parent, folder.parent, given="run")
            if one and runs[0].status == "complete":
                _comparing(written[0], folder)
    except PrivacyError as error:
        typer.echo(f"workbench: {error}", err=True)
        raise typer.Exit(1) from None


@contextmanager
def _told(what: str, record: Path) -> Iterator[None]:
    # A run of hours must not end in a traceback of its report.
    from workbench.privacy import PrivacyError

    try:
        yield
    except PrivacyError:
        raise
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
        typer.echo(f"workbench: {what} ({said}); the record of the run is whole: {record}", err=True)


def _results(notebook: Path) -> None:
    from workbench.experiments.chapters import load
    from workbench.reports.content.naming import result_name
    from workbench.reports.content.remaining import doubts
    from workbench.reports.content.results import interval_name, results

    found = {result_name(name): result for name, result in results(load(notebook)).items()}
    # Those with an interval are what a study is about; of others the first.
    headlines = {name: result for name, result in found.items() if result.interval} or found
    shown = list(headlines.items())[:HEADLINES]
    if shown:
        interval = interval_name(result for _, result in shown)
        sure = f"in brackets {interval}s" if interval else ""
        more = "all are in the report" if len(shown) < len(found) else ""
        said = "; ".join(filter(None, (sure, more)))
        typer.echo(f"results ({said}):" if said else "results:", err=True)
    width = max((len(name) for name, _ in shown), default=0)
    for name, result in shown:
        typer.echo(f"  {name:{width}}  {result}", err=True)
    for one in doubts(load(notebook)):
        typer.echo(f"in doubt: {one}", err=True)
