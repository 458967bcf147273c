"""What a record knows about its run: parameters and environment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from workbench.experiments import ParameterError
from workbench.experiments.identity import DATA
from workbench.experiments.parameters import declared


@dataclass(frozen=True)
class Setting:
    """A parameter of a run.

    Parameters
    ----------
    name, value, help : str
        As in the notebook.
    changed : bool
        Whether the value was given to this run.
    """

    name: str
    value: str
    default: str
    help: str
    changed: bool


def settings(notebook: dict[str, Any]) -> list[Setting]:
    """List the parameters of a run with their values.

    Parameters
    ----------
    notebook : dict
        Content of an executed notebook.

    Returns
    -------
    list of Setting
        In the order of the notebook; empty if it declares none.
    """
    given = _run(notebook).get("parameters", {})
    try:
        known = declared(notebook, "the notebook")
    except ParameterError:
        return []
    return [
        Setting(
            name,
            str(given.get(name, parameter.default)),
            str(parameter.default),
            parameter.help,
            name in given and not _the_same_file(name, given[name], parameter.default),
        )
        for name, parameter in known.items()
    ]


def _the_same_file(name: str, given: Any, default: Any) -> bool:
    # A file beside the notebook is named from where the run was typed.
    return name in DATA and bool(default) and str(given).endswith(f"/{default}")


def environment(notebook: dict[str, Any]) -> list[tuple[str, str]]:
    """List where, when and with what a run was made.

    Parameters
    ----------
    notebook : dict
        Content of an executed notebook.

    Returns
    -------
    list of tuple of str
        Fact and value; empty for a stored notebook, which is no run.
    """
    run = _run(notebook)
    if not run:
        return []
    machine = run.get("machine", {})
    versions = ", ".join(f"{name} {version}" for name, version in run.get("versions", {}).items())
    seconds = _lasting(run["seconds"]) if "seconds" in run else ""
    facts = {
        "started": str(run.get("started", "")).replace("T", " ").replace("+00:00", " UTC"),
        "took": seconds + (f", at most {run['peak_mb']} MB of memory" if "peak_mb" in run else ""),
        "machine": ", ".join(
            [
                *([f"{machine['cores']} cores"] if machine.get("cores") else []),
                *([f"{machine['memory_gb']:.0f} GB"] if machine.get("memory_gb") else []),
                *(str(machine[key]) for key in ("processor", "gpu") if machine.get(key)),
                str(run.get("platform", "")),
            ]
        ),
        "software": f"Python {run.get('python', '?')}, {versions}",
        "seed": str(run.get("seed", "")),
        "data fingerprint": str(run.get("data", "")),
        "revision of the repository": str(run.get("revision", "")),
        "digest of the run": str(run.get("digest", "")),
    }
    return [(fact, value) for fact, value in facts.items() if value]


def identity(notebook: dict[str, Any]) -> str:
    """Say in one line which run a record is of.

    Parameters
    ----------
    notebook : dict
        Content of an executed notebook.

    Returns
    -------
    str
        Study, day and hour, and the first digits of the run's digest, as far as they were noted.

    Examples
    --------
    >>> run = {"started": "2026-01-02T03:04:05+00:00", "digest": "0123456789abcdef"}
    >>> identity({"cells": [], "metadata": {"workbench": {"run": run}}})
    'run of 2026-01-02 03:04 UTC · digest 0123456789ab'
    """
    run = _run(notebook)
    named = {one.name: one.value for one in settings(notebook)} | run.get("parameters", {})
    table = PurePath(str(named.get("cohort", "")))
    started = hour(run)
    told = (
        f"study {table.parent.name}" if table.name == "cases.csv" and table.parent.name else "",
        f"run of {started}{' UTC' if '+00:00' in run['started'] else ''}" if started else "",
        f"digest {digest(notebook)}" if digest(notebook) else "",
    )
    return " · ".join(filter(None, told))


def digest(notebook: dict[str, Any]) -> str:
    """Return the first digits of a run's digest, which its folder is named by, too.

    Parameters
    ----------
    notebook : dict
        Content of an executed notebook.

    Returns
    -------
    str
        Twelve digits; empty where it was not noted.

    Examples
    --------
    >>> digest({"metadata": {"workbench": {"run": {"digest": "0123456789abcdef"}}}})
    '0123456789ab'
    """
    return str(_run(notebook).get("digest", ""))[:12]


def hour(run: dict[str, Any]) -> str:
    """Say when a run was begun, to the minute.

    Parameters
    ----------
    run : dict
        As `experiments` noted it.

    Returns
    -------
    str
        Day and hour; empty where that was not noted.

    Examples
    --------
    >>> hour({"started": "2026-01-02T03:04:05+00:00"})
    '2026-01-02 03:04'
    """
    return str(run.get("started", ""))[:16].replace("T", " ")


def _lasting(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes >= 2 else f"{seconds:.1f} s"


def _run(notebook: dict[str, Any]) -> dict[str, Any]:
    return notebook.get("metadata", {}).get("workbench", {}).get("run", {})
