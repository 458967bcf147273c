"""The record of a run as reports read it: parameters, results, and the calls that were the method."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from workbench.experiments import ParameterError, recorded
from workbench.experiments.chapters import source
from workbench.experiments.parameters import declared

# Cells of exercises and of what is only shown are no part of the method.
ASIDE = frozenset({"aside", "check", "solution"})


@dataclass(frozen=True)
class Call:
    """One function with one setting.

    Parameters
    ----------
    function : str
        Its name, such as ``"processing.median"``.
    options : dict
        As given.
    defaults : dict
        Further options that were left as they are.
    withheld : tuple of str
        Names of options whose values are not kept.
    found : tuple of dict
        Facts of the results.
    source : str
        Its place in the record.
    times : int, optional
        How often it was called.
    """

    function: str
    options: dict[str, Any]
    defaults: dict[str, Any] = field(default_factory=dict)
    withheld: tuple[str, ...] = ()
    found: tuple[dict[str, Any], ...] = ()
    source: str = ""
    times: int = 1

    @property
    def settings(self) -> dict[str, Any]:
        """All options, given or not."""
        return self.defaults | self.options

    @property
    def name(self) -> str:
        """The function's name without the modules between package and function."""
        parts = self.function.split(".")
        kept = [part for part in parts[1:-1] if part == "responses" or part[0].isupper()]
        return ".".join([parts[0], *kept, parts[-1]])


@dataclass(frozen=True)
class Record:
    """What an executed notebook says about its run.

    Parameters
    ----------
    notebook : dict
        Its content.
    """

    notebook: dict[str, Any]

    @cached_property
    def run(self) -> dict[str, Any]:
        """The run as `experiments` noted it; empty for a stored notebook."""
        return dict(self.notebook.get("metadata", {}).get("workbench", {}).get("run", {}))

    @cached_property
    def results(self) -> dict[str, Any]:
        """Recorded results in full precision."""
        return recorded(self.notebook)

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """All parameters, defaults included."""
        try:
            known = {name: one.default for name, one in declared(self.notebook, "the notebook").items()}
        except ParameterError:
            known = {}
        return known | dict(self.run.get("parameters", {}))

    @cached_property
    def traced(self) -> bool:
        """Whether the calls were noted."""
        return "methods" in self.run

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """The calls in order of their first, without those of exercises alone."""
        executed = [
            cell for cell in self.notebook["cells"] if cell["cell_type"] == "code" and source(cell).strip()
        ]
        aside = {
            number
            for number, cell in enumerate(executed, start=1)
            if ASIDE & set(cell.get("metadata", {}).get("tags", []))
        }
        noted = self.run.get("methods", {}).get("calls", [])
        return tuple(
            Call(
                call["function"],
                dict(call.get("options", {})),
                dict(call.get("defaults", {})),
                tuple(call.get("withheld", ())),
                tuple(call.get("found", ())),
                f"run.methods.calls[{number}]",
                call.get("calls", 1),
            )
            for number, call in enumerate(noted)
            if not call.get("cells") or not set(call["cells"]) <= aside
        )

    def of(self, *names: str) -> list[Call]:
        """Return the calls of some functions.

        Parameters
        ----------
        *names : str
            Such as ``"cnn.fit"``.

        Returns
        -------
        list of Call
            In order.
        """
        return [call for call in self.calls if call.name in names]

    def documented(self, function: str) -> dict[str, Any]:
        """Return what a function's documentation said when it was called.

        Parameters
        ----------
        function : str
            Its name in the record.

        Returns
        -------
        dict
            ``summary`` and ``references``.
        """
        return dict(self.run.get("methods", {}).get("functions", {}).get(function, {}))
