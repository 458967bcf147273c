"""The commands of a study, as every page and message gives them."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

#: What becomes of the two pages that show the same.
PAGES = (
    "`run` leaves a page beside its record, to look at; `report` writes the same page under a name of its own, "
    "to keep and to send"
)


class Step(NamedTuple):
    """A command, and what it gives.

    Parameters
    ----------
    command : str
        To be typed.
    gives : str
        In a few words.
    """

    command: str
    gives: str

    def __str__(self) -> str:
        return f"{self.command}  # {self.gives}"


def commands(folder: str | Path, images: str | Path) -> list[Step]:
    """List the commands from a folder of images to a report.

    Parameters
    ----------
    folder : str or Path
        Of the study.
    images : str or Path
        Where the images are.

    Returns
    -------
    list of Step
        To start the study, run its notebook, and report it at length and in short.

    Examples
    --------
    >>> for step in commands("my_study", "my images"):
    ...     print(step.command)
    workbench new my_study 'my images'
    workbench run my_study/study.ipynb -o my_study/runs
    workbench report my_study/runs -o my_study/report.html
    workbench report my_study/runs -o my_study/summary.html --summary
    """
    place = Path(folder)
    return [
        Step(_typed("new", place, images), "a table of cases, an audit, a notebook; about a minute"),
        Step(
            _typed("run", place / "study.ipynb", "-o", place / "runs"),
            "features, classifiers, a network; some minutes",
        ),
        *reporting(place / "runs", place),
    ]


def again(folder: str | Path) -> str:
    """Write the command that takes up what the user has changed.

    Parameters
    ----------
    folder : str or Path
        Of the study.

    Returns
    -------
    str
        The command.

    Examples
    --------
    >>> again("my_study")
    'workbench new my_study'
    """
    return _typed("new", Path(folder))


def saying_patients(folder: str | Path, pattern: str, *, command: str = "new") -> str:
    """Write the command that says who the patients are.

    Parameters
    ----------
    folder : str or Path
        Of the study.
    pattern : str
        An expression for the names of files.
    command : str, optional
        ``"audit"`` where the folder is of images, and no study.

    Returns
    -------
    str
        The command.

    Examples
    --------
    >>> saying_patients("my_study", "(p[0-9]+)_.*")
    "workbench new my_study --patient '(p[0-9]+)_.*'"
    """
    return _typed(command, Path(folder), "--patient", pattern)


def reporting(runs: str | Path, folder: str | Path, *, mark: str = "", stopped: bool = False) -> list[Step]:
    """List the commands that report a run.

    Parameters
    ----------
    runs : str or Path
        A record, or a folder with one.
    folder : str or Path
        Where the pages go.
    mark : str, optional
        In the names of the pages, where there are pages of another run.
    stopped : bool, optional
        Whether the run did not come to its end: its page is not one to send.

    Returns
    -------
    list of Step
        At length, and in short; of a run that stopped, where it did.

    Examples
    --------
    >>> reporting("runs", ".")[1].command
    'workbench report runs -o summary.html --summary'
    >>> reporting("runs/study-58763442906b", ".", mark="5876")[0].command
    'workbench report runs/study-58763442906b -o report-5876.html'
    >>> [str(step) for step in reporting("runs", ".", stopped=True)]
    ['workbench report runs -o report.html  # where it stopped']
    """
    end = f"-{mark}.html" if mark else ".html"
    report, summary = (Path(folder) / f"{name}{end}" for name in ("report", "summary"))
    if stopped:
        return [Step(_typed("report", runs, "-o", report), "where it stopped")]
    return [
        Step(_typed("report", runs, "-o", report), "the page of the run, to keep and to send; --pdf prints it"),
        Step(_typed("report", runs, "-o", summary, "--summary"), "one page in plain words"),
    ]


def comparing(runs: str | Path, models: Iterable[str]) -> list[Step]:
    """List the commands that compare the runs of a study.

    Parameters
    ----------
    runs : str or Path
        The folder with all of them.
    models : iterable of str
        Such as ``"CNN"``.

    Returns
    -------
    list of Step
        One for each model.

    Examples
    --------
    >>> print(*comparing("runs", ["CNN"]))
    workbench results runs --compare cnn_auc  # which run has the better AUC of CNN, and whether that can be told
    """
    gives = "which run has the better AUC of {}, and whether that can be told"
    return [
        Step(_typed("results", runs, "--compare", f"{model.lower()}_auc"), gives.format(model)) for model in models
    ]


def _typed(*words: str | Path) -> str:
    plain = [word.as_posix() if isinstance(word, Path) else word for word in words]
    return shlex.join(["workbench", *plain])
