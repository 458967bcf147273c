"""What a record knows about its run: parameters, results with their intervals, environment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from workbench.experiments import ParameterError
from workbench.experiments.parameters import declared
from workbench.experiments.recording import RESULTS

from .intervals import with_intervals
from .record import Record


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
    help: str
    changed: bool


class Result(NamedTuple):
    """A recorded result.

    Parameters
    ----------
    value : str
        Rounded.
    interval : str, optional
        How sure it is.
    """

    value: str
    interval: str = ""

    def __str__(self) -> str:
        return f"{self.value} ({self.interval})" if self.interval else self.value


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
        Setting(name, str(given.get(name, parameter.default)), parameter.help, name in given)
        for name, parameter in known.items()
    ]


def results(notebook: dict[str, Any]) -> dict[str, Result]:
    """Return the recorded results as they are to be read.

    Parameters
    ----------
    notebook : dict
        Content of an executed notebook.

    Returns
    -------
    dict
        Name to result, rounded as the notebook rounds it.
    """
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    recorded = [printed(output) for output in outputs if RESULTS in output.get("metadata", {})]
    return joined({name: value for one in recorded for name, value in one.items()}, intervals(notebook))


def intervals(notebook: dict[str, Any]) -> dict[str, str]:
    """Return the intervals that a run computed for what it recorded.

    Parameters
    ----------
    notebook : dict
        Content of an executed notebook.

    Returns
    -------
    dict
        Name of a result to text.
    """
    found = with_intervals(Record(notebook)) if _run(notebook) else {}
    return {name: f"{one.low:.3g} to {one.high:.3g}, {one.percent} %" for name, one in found.items()}


def printed(output: dict[str, Any]) -> dict[str, str]:
    """Return recorded results as they were printed.

    Parameters
    ----------
    output : dict
        That `experiments.record` made.

    Returns
    -------
    dict
        Name to text.

    Examples
    --------
    >>> values = {"auc": 0.987, "alike": True}
    >>> printed({"data": {"text/plain": "auc 0.99"}, "metadata": {RESULTS: values}})
    {'auc': '0.99', 'alike': 'yes'}
    """
    text = output["data"].get("text/plain", "")
    lines = (text if isinstance(text, str) else "".join(text)).splitlines()
    rounded = {name: value.strip() for name, _, value in (line.partition(" ") for line in lines)}
    values = output["metadata"][RESULTS]
    # In the order of the lines, because a notebook's file has its metadata sorted.
    names = [name for name in rounded if name in values] + [name for name in values if name not in rounded]
    return {n: told(values[n]) if isinstance(values[n], bool) else rounded.get(n, told(values[n])) for n in names}


def joined(values: dict[str, str], intervals: dict[str, str]) -> dict[str, Result]:
    """Join results with their intervals.

    Parameters
    ----------
    values : dict
        As printed; ``auc``, ``auc_low`` and ``auc_high`` belong together.
    intervals : dict
        From `intervals`.

    Returns
    -------
    dict
        Name to result.

    Examples
    --------
    >>> values = {"auc": "0.99", "auc_low": "0.97", "auc_high": "1", "cases": "12"}
    >>> {name: str(result) for name, result in joined(values, {}).items()}
    {'auc': '0.99 (0.97 to 1)', 'cases': '12'}
    """
    recorded = {
        name: f"{values[f'{name}_low']} to {values[f'{name}_high']}"
        for name in values
        if {f"{name}_low", f"{name}_high"} <= values.keys()
    }
    ends = {f"{name}_{end}" for name in recorded for end in ("low", "high")}
    known = intervals | recorded
    return {name: Result(value, known.get(name, "")) for name, value in values.items() if name not in ends}


def told(value: Any) -> str:
    """Write a recorded value.

    Parameters
    ----------
    value : float, int, str or bool
        As recorded.

    Returns
    -------
    str
        With four significant digits.

    Examples
    --------
    >>> told(0.98765), told(True)
    ('0.9877', 'yes')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


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
    seconds = f"{run['seconds']:.1f} s" if "seconds" in run else ""
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
        "source revision": str(run.get("revision", "")),
        "digest of the run": str(run.get("digest", "")),
    }
    return [(fact, value) for fact, value in facts.items() if value]


def _run(notebook: dict[str, Any]) -> dict[str, Any]:
    return notebook.get("metadata", {}).get("workbench", {}).get("run", {})
