"""Parameters of a chapter: read from its cell, checked before any kernel starts."""

import ast
import io
import math
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from .chapters import find, load, source, tagged
from .ranges import Rule, rules

TYPES = {"int": int, "float": float, "str": str, "bool": bool}
Value = int | float | str | bool


class ParameterError(ValueError):
    """A parameter has an unknown name, a wrong type or a value out of range; the message says what is expected."""


@dataclass(frozen=True)
class Parameter:
    """One line of a chapter's ``parameters`` cell.

    Parameters
    ----------
    name : str
        The variable.
    type : type
        `int`, `float`, `str` or `bool`.
    default : int, float, str or bool
        What the chapter uses unless told otherwise.
    help : str
        The comment behind it, which states the range: see `ranges.rules`.
    """

    name: str
    type: type
    default: Value
    help: str

    @property
    def rules(self) -> list[Rule]:
        """What the comment asks of a value, such as ``3 or more``."""
        return rules(self.help, self.type)

    def __str__(self) -> str:
        return f"{self.name}: {self.type.__name__} = {self.default!r}" + (f"  # {self.help}" if self.help else "")


def parameters(chapter: str | Path) -> dict[str, Parameter]:
    """Read the parameters of a chapter from the cell tagged ``parameters``.

    Parameters
    ----------
    chapter : str or Path
        Its name, or the path of a notebook.

    Returns
    -------
    dict of str to Parameter
        In the order of the cell; empty if there is no such cell.

    Raises
    ------
    ParameterError
        If a line of the cell is not ``name: type = literal``.
    ChapterError
        If there is no such notebook.

    Examples
    --------
    >>> parameters("02_processing")["filter_size"].type
    <class 'int'>
    """
    path = find(chapter)
    return declared(load(path), path)


def declared(notebook: dict[str, Any], path: str | Path) -> dict[str, Parameter]:
    """Read the parameters of a notebook that is loaded already.

    Parameters
    ----------
    notebook : dict
        Its content.
    path : str or Path
        Where it came from, for the message.

    Returns
    -------
    dict of str to Parameter
        See `parameters`.

    Raises
    ------
    ParameterError
        See `parameters`.

    Examples
    --------
    >>> cell = {"source": "size: int = 3  # odd", "metadata": {"tags": ["parameters"]}}
    >>> print(*declared({"cells": [cell]}, "x.ipynb").values())
    size: int = 3  # odd
    """
    cells = tagged(notebook, "parameters")
    return {name: parameter for cell in cells for name, parameter in _parse(source(cell), path).items()}


def check(chapter: str | Path, given: Mapping[str, Any]) -> dict[str, Value]:
    """Check values for a chapter's parameters.

    Parameters
    ----------
    chapter : str or Path
        Its name, or the path of a notebook.
    given : mapping of str to object
        Name to value. Text is read as the parameter's type, as it comes from a command line.

    Returns
    -------
    dict
        The values in the parameters' types.

    Raises
    ------
    ParameterError
        If a name is unknown, or a value has the wrong type or is out of the range that the comment states.

    Examples
    --------
    >>> check("02_processing", {"filter_size": "7"})
    {'filter_size': 7}
    """
    return check_against(parameters(chapter), given, chapter=Path(chapter).stem)


def check_against(known: Mapping[str, Parameter], given: Mapping[str, Any], *, chapter: str) -> dict[str, Value]:
    """Check values for parameters that were read already.

    Parameters
    ----------
    known : mapping of str to Parameter
        See `parameters`.
    given : mapping of str to object
        See `check`.
    chapter : str
        Its name, for the message.

    Returns
    -------
    dict
        The values in the parameters' types.

    Raises
    ------
    ParameterError
        See `check`.
    """
    unknown = [name for name in given if name not in known]
    if unknown:
        raise ParameterError(_unknown(chapter, unknown, known))
    return {name: _value(known[name], value) for name, value in given.items()}


def _unknown(chapter: str, unknown: list[str], known: Mapping[str, Parameter]) -> str:
    guesses = [guess for name in unknown for guess in get_close_matches(name, known, n=1)]
    question = f"; did you mean {', '.join(guesses)}?" if guesses else ""
    listed = "".join(f"\n  {parameter}" for parameter in known.values()) or "\n  (none)"
    return f"{chapter} has no parameter {', '.join(unknown)}{question} Its parameters are:{listed}"


def _value(parameter: Parameter, value: Any) -> Any:
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, str) and parameter.type is not str:
        try:
            value = ast.literal_eval(value.capitalize() if value in {"true", "false"} else value)
        except (ValueError, SyntaxError):
            pass
    if parameter.type is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if type(value) is not parameter.type:
        raise ParameterError(f"{parameter.name} must be of type {parameter.type.__name__}, received {value!r}")
    if isinstance(value, float) and math.isnan(value):
        raise ParameterError(f"{parameter.name} must be a number, received nan")
    for rule in parameter.rules:
        if isinstance(value, int | float | str) and not rule.allows(value):
            raise ParameterError(f"{parameter.name} must be {rule.text}, received {value!r}")
    return value


def _parse(text: str, path: str | Path) -> dict[str, Parameter]:
    try:
        lines = ast.parse(text).body
    except SyntaxError as error:
        raise ParameterError(f"{path}: its parameters cell is no Python: {error.msg}") from None
    comments = {
        token.start[0]: token.string.lstrip("# ").strip()
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT
    }
    found = {}
    for line in lines:
        if (
            not isinstance(line, ast.AnnAssign)
            or not isinstance(line.target, ast.Name)
            or not isinstance(line.annotation, ast.Name)
            or line.annotation.id not in TYPES
            or line.value is None
        ):
            raise ParameterError(
                f"{path}: expected 'name: type = value  # help' with type {', '.join(TYPES)}, "
                f"received {ast.unparse(line)!r} in its parameters cell"
            )
        name, kind = line.target.id, TYPES[line.annotation.id]
        found[name] = Parameter(name, kind, ast.literal_eval(line.value), comments.get(line.lineno, ""))
        try:
            _value(found[name], found[name].default)
        except ParameterError as error:
            raise ParameterError(f"{path}: the default breaks its own rule: {error}") from None
    return found
