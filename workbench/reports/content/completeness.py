"""What a record lacks, for the top of its report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workbench.experiments import failure, status

from .opened import comes_with_workbench
from .record import Record


@dataclass(frozen=True)
class Gap:
    """Something that a record lacks.

    Parameters
    ----------
    what : str
        Begins a sentence.
    why : str
        What follows from it.
    """

    what: str
    why: str

    def __str__(self) -> str:
        return f"{self.what}: {self.why}."


def gaps(notebook: dict[str, Any]) -> tuple[Gap, ...]:
    """List what a record lacks.

    Parameters
    ----------
    notebook : dict
        Content of an executed notebook.

    Returns
    -------
    tuple of Gap
        What makes the numbers doubtful or keeps others from computing them again, the gravest first; empty for a
        complete record. What is only worth knowing is told by `remarks`.

    Examples
    --------
    >>> [gap.what for gap in gaps({"cells": [], "metadata": {"workbench": {"run": {"started": "2026"}}}})][:2]
    ['No versions of the software', 'No fingerprint of the workbench’s source']
    """
    record = Record(notebook)
    return (*_outcome(record), *(_contents(record) if record.run else ()))


def remarks(notebook: dict[str, Any]) -> tuple[Gap, ...]:
    """List what a reader may want to know about a record that lacks nothing.

    Parameters
    ----------
    notebook : dict
        Content of an executed notebook.

    Returns
    -------
    tuple of Gap
        Often there are some: a study of one's own seldom lies in a repository.

    Examples
    --------
    >>> run = {"revision": "1234+changes"}
    >>> [gap.what for gap in remarks({"cells": [], "metadata": {"workbench": {"run": run}}})]
    ['Changes that were not committed']
    """
    run = Record(notebook).run
    if not run:
        return ()
    if "revision" not in run:
        return (Gap("No revision", "the notebook is not in version control, or git was not found"),)
    if run["revision"].endswith("+changes"):
        return (Gap("Changes that were not committed", "the revision that is named is not all that was run"),)
    return ()


def _outcome(record: Record) -> list[Gap]:
    state, why = status(record.notebook), failure(record.notebook).rstrip(".")
    if state == "leaking":
        return [Gap("Patients can be told from it", why)]
    if state == "stored" or not record.run:
        return [
            Gap(
                "Not the record of a run",
                "a stored notebook keeps no versions, data, seed or methods; run it to have them",
            )
        ]
    if state == "failed":
        return [Gap("The run failed", f"{why}; what follows that cell is missing")]
    if state == "interrupted":
        return [Gap("The run was interrupted", f"{why}; what follows that cell is missing")]
    return []


def _contents(record: Record) -> list[Gap]:
    run, found = record.run, []
    if not run.get("versions"):
        found.append(Gap("No versions of the software", "nobody can compute it again with the same"))
    if not run.get("source"):
        found.append(
            Gap(
                "No fingerprint of the workbench’s source",
                "its code may have been another than that of its version",
            )
        )
    if not record.parameters:
        found.append(
            Gap("No parameters", "the notebook has no cell tagged so, and what was chosen cannot be told")
        )
    if not record.results:
        found.append(Gap("No recorded results", "numbers stand in the text and figures alone"))
    if not run.get("data") and not comes_with_workbench(record):
        found.append(Gap("No fingerprint of the data", "whether another run had the same data cannot be told"))
    if "seed" in record.parameters and run.get("seed") is None:
        found.append(Gap("No seed", "what was drawn at random cannot be drawn again"))
    if not record.traced:
        found.append(Gap("No methods", "which functions were applied was not noted"))
    elif run["methods"].get("others"):
        named = ", ".join(run["methods"]["others"])
        found.append(Gap("Not all settings", f"of {named} there were more than are kept"))
    return found
