"""The `workbench` command: one file for each kind of command."""

import typer

from .notebooks import check, lab, store
from .predicting import predict
from .reporting import report
from .running import diff, results, run
from .studies import audit, example_study, fetch, new
from .sweeping import sweep
from .teaching import course

app = typer.Typer(
    help="Run, tabulate and report the chapters. For research and teaching; not a medical device.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
for command in (run, sweep, results, diff, report, store, check, audit, predict, example_study, fetch, new, lab):
    app.command()(command)
app.add_typer(course, name="course")
