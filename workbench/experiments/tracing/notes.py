"""The calls that were noted."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from .found import found_by
from .settings import documented, plain, settings

METHODS = "application/vnd.workbench.methods+json"
SETTINGS_AT_MOST = 20  # of one function
CELLS_AT_MOST = 20  # of one setting
FOUND_AT_MOST = 40  # of one setting


class Notes:
    """Functions, their settings, and how often each was called in which code cells, the first being number 1."""

    def __init__(self) -> None:
        self.changed = True
        self.cell = 0
        self._calls: dict[tuple[str, str], dict[str, Any]] = {}
        self._functions: dict[str, Callable] = {}
        self._others: dict[str, int] = {}

    def add(self, name: str, function: Callable, given: tuple, options: dict[str, Any], result: Any) -> None:
        """Note a call that has returned.

        Parameters
        ----------
        name : str
            Of the function.
        function : callable
            What was called.
        given, options : tuple, dict
            Its arguments.
        result : object
            What it returned.
        """
        with suppress(Exception):  # a note is never worth a run
            self.changed = True
            self._functions[name] = function
            places = tuple((place, v) for place, value in enumerate(given) if (v := plain(value)) is not None)
            named = tuple((key, plain(value)) for key, value in options.items() if value is not None)
            # As text, because 1 and True are equal and yet not the same setting.
            key = name, repr((places, named))
            if key not in self._calls:
                if sum(one == name for one, _ in self._calls) == SETTINGS_AT_MOST:
                    self._others[name] = self._others.get(name, 0) + 1
                    return
                self._calls[key] = {"given": (places, named), "calls": 0, "cells": [], "found": []}
            note = self._calls[key]
            note["calls"] += 1
            if self.cell not in note["cells"] and len(note["cells"]) < CELLS_AT_MOST:
                note["cells"].append(self.cell)
            if len(note["found"]) < FOUND_AT_MOST and (found := found_by(result)) and found not in note["found"]:
                note["found"].append(found)

    def told(self) -> dict[str, Any]:
        """Return the notes as a record keeps them.

        Returns
        -------
        dict
            ``calls``: function, options given, further options by default, how often, in which code cells, and
            what was found; ``functions``: each one's summary and references, from its documentation; ``others``:
            calls with more settings than are kept.
        """
        calls = [
            {"function": name, **settings(self._functions[name], *note["given"])}
            | {part: note[part] for part in ("calls", "cells", "found") if note[part]}
            for (name, _), note in self._calls.items()
        ]
        functions = {
            name: documented(inspect.getdoc(function) or "") for name, function in self._functions.items()
        }
        return {"calls": calls, "functions": functions} | ({"others": self._others} if self._others else {})
