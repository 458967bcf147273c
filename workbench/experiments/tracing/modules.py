"""Modules whose functions a notebook sees through wrappers that note each call."""

from __future__ import annotations

import importlib.machinery
import pkgutil
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import update_wrapper, wraps
from types import FunctionType, MethodType, ModuleType
from typing import Any

from .notes import METHODS, Notes

WATCHED = tuple(
    f"workbench.{name}"
    for name in (
        "cnn cohorts detection evaluation explorers features phantoms processing recognition registration samples "
        "segmentation synthesis"
    ).split()
)
# Classes whose making is a choice of method, and methods that are one.
CLASSES = {
    "Augmentation": ("__init__",),
    "Cohort": ("split",),
    "CrossValidation": ("compare", "decide", "summary"),
    "FeatureExtractor": ("__init__",),
    "FixedBinNumber": ("__init__",),
    "FixedBinSize": ("__init__",),
    "PixelClassifier": ("__init__",),
    "Recognizer": ("__init__",),
}


class Watched:
    """A function that notes its calls.

    Parameters
    ----------
    function : callable
        What it is.
    name : str
        As the notebook calls it.
    notes : Notes
        Where its calls go.
    """

    def __init__(self, function: Callable, name: str, notes: Notes) -> None:
        update_wrapper(self, function)
        self.workbench_name = name
        self._function = function
        self._notes = notes

    def __call__(self, *given: Any, **options: Any) -> Any:
        """Call the function, and note it once it has returned."""
        result = self._function(*given, **options)
        self._notes.add(self.workbench_name, self._function, given, options, result)
        return result

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self if instance is None else MethodType(self, instance)

    def __reduce__(self) -> Any:
        # A worker process gets the function itself.
        return pkgutil.resolve_name, (f"{self._function.__module__}:{self._function.__qualname__}",)

    def __eq__(self, other: object) -> bool:
        return self._function is getattr(other, "_function", other)

    def __hash__(self) -> int:
        return hash(self._function)

    def __repr__(self) -> str:
        return repr(self._function)


class WatchedModule(ModuleType):
    """A module that shows its functions to a notebook, and to nobody else, as `Watched` ones."""

    def __getattribute__(self, name: str) -> Any:
        value = ModuleType.__getattribute__(self, name)
        if type(value) is not FunctionType or sys._getframe(1).f_globals.get("__name__") != "__main__":
            return value
        about = ModuleType.__getattribute__(self, "__dict__")
        watched = about["__watched__"]
        if name not in watched:
            full = f"{about['__name__']}.{name}".removeprefix("workbench.")
            watched[name] = Watched(value, full, about["__notes__"])
        return watched[name]


class Finder:
    """Watches the modules that are imported from now on.

    Parameters
    ----------
    notes : Notes
        Where their calls go.
    """

    def __init__(self, notes: Notes) -> None:
        self._notes = notes

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """Find a module as Python does, and watch it once it is executed.

        Parameters
        ----------
        name, path, target
            See `importlib.abc.MetaPathFinder`.

        Returns
        -------
        ModuleSpec or None
            None for what is not watched.
        """
        spec = importlib.machinery.PathFinder.find_spec(name, path, target) if _is_watched(name) else None
        if spec and spec.loader:
            execute = spec.loader.exec_module

            def execute_and_watch(module: ModuleType) -> None:
                execute(module)
                watch(module, self._notes)

            spec.loader.exec_module = execute_and_watch  # type: ignore[method-assign]
        return spec


def watch(module: ModuleType, notes: Notes) -> None:
    """Note what a notebook calls of a module.

    Parameters
    ----------
    module : module
        Loaded.
    notes : Notes
        Where its calls go.
    """
    if type(module) is not ModuleType:
        return
    for name, methods in CLASSES.items():
        owner = vars(module).get(name)
        if isinstance(owner, type) and owner.__module__ == module.__name__:
            called = f"{module.__name__.split('.')[1]}.{name}"
            for method in methods:
                full = called if method == "__init__" else f"{called}.{method}"
                if isinstance(function := vars(owner).get(method), FunctionType):
                    setattr(owner, method, _noting(function, full, notes))
    vars(module).update(__watched__={}, __notes__=notes)
    module.__class__ = WatchedModule


def start(shell: Any) -> None:
    """Begin to note what the notebook calls, and to tell it after each cell that called something.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
        Of the kernel.
    """
    notes = Notes()

    def count(*_: Any) -> None:
        notes.cell += 1

    def tell(*_: Any) -> None:
        if notes.changed:
            notes.changed = False
            with suppress(Exception):  # a cell is never to fail for a note
                shell.display_pub.publish({METHODS: notes.told()})

    for name, module in list(sys.modules.items()):
        if _is_watched(name):
            watch(module, notes)
    sys.meta_path.insert(0, Finder(notes))
    shell.events.register("pre_run_cell", count)
    shell.events.register("post_run_cell", tell)


def _is_watched(name: str) -> bool:
    return ".".join(name.split(".")[:2]) in WATCHED


def _noting(function: Callable, name: str, notes: Notes) -> Callable:
    @wraps(function)
    def noted(self: Any, *given: Any, **options: Any) -> Any:
        result = function(self, *given, **options)
        if sys._getframe(1).f_globals.get("__name__") == "__main__":
            notes.add(name, function, (self, *given), options, result)
        return result

    return noted
