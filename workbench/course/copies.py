"""A student's copy and a teacher's copy of a notebook."""

from __future__ import annotations

import ast
from copy import deepcopy
from typing import Any

from workbench.experiments.chapters import source

from .names import Definition, bound, read_later

SOLUTION, CHECK, ANSWER = "solution", "check", "answer"


class CourseError(Exception):
    """An exercise cannot be made of a notebook; the message names the notebook and the cell."""


def teacher(notebook: dict[str, Any], name: str = "notebook") -> dict[str, Any]:
    """Make the teacher's copy: all stays, and the solutions stand open.

    Parameters
    ----------
    notebook : dict
        Content of a notebook; not changed.
    name : str, optional
        For messages.

    Returns
    -------
    dict
        The copy.

    Examples
    --------
    >>> cell = {"cell_type": "code", "metadata": {"jupyter": {"source_hidden": True}, "tags": ["solution"]}}
    >>> teacher({"cells": [cell | {"source": "best = 5", "outputs": []}]})["cells"][0]["metadata"]
    {'tags': ['solution']}
    """
    made = deepcopy(notebook)
    for cell in _tagged(made["cells"], SOLUTION):
        cell["metadata"].pop("jupyter", None)
    return made


def student(notebook: dict[str, Any], name: str = "notebook") -> dict[str, Any]:
    r"""Make the student's copy: each solution gives way to the names that its check reads.

    Parameters
    ----------
    notebook : dict
        Content of a notebook whose solutions are cells tagged ``solution``, each followed by a cell tagged
        ``check``; not changed.
    name : str, optional
        For messages.

    Returns
    -------
    dict
        The copy. In a solution's place stands ``name = ...`` for each name that later cells read; a function keeps
        its signature. The check first asks for the answer, if it does not by itself. Outputs of both are gone, and
        so are worked solutions in prose.

    Raises
    ------
    CourseError
        If the check of a solution is missing, or reads nothing of it.

    Examples
    --------
    >>> cells = [("solution", "sizes = [3, 5]\nbest = max(sizes)"), ("check", "assert best == 5, 'too narrow'")]
    >>> cells = [{"cell_type": "code", "metadata": {"tags": [tag]}, "source": text} for tag, text in cells]
    >>> for cell in student({"cells": cells})["cells"]:
    ...     print(cell["source"])
    # Your answer, in place of the dots
    best = ...
    assert best is not ..., "write your answer in the cell above, in place of the dots"
    assert best == 5, 'too narrow'
    """
    made = deepcopy(notebook)
    made["cells"] = [cell for cell in made["cells"] if cell["cell_type"] == "code" or SOLUTION not in _tags(cell)]
    code = [cell for cell in made["cells"] if cell["cell_type"] == "code"]
    for number, cell in enumerate(code):
        if SOLUTION not in _tags(cell):
            continue
        after = code[number + 1 : number + 2]
        if not after or CHECK not in _tags(after[0]):
            raise CourseError(f"{name}: expected a cell tagged 'check' after the solution {_start(cell)}")
        try:
            answers = _answers(cell, code[number + 1 :])
        except SyntaxError as error:
            raise CourseError(f"{name}: not Python near the solution {_start(cell)}: {error}") from error
        if not read_later(answers, [source(after[0])]):
            raise CourseError(f"{name}: the check reads nothing of the solution {_start(cell)}")
        _make_exercise(cell, after[0], answers)
    return made


def _answers(solution: dict[str, Any], later: list[dict[str, Any]]) -> dict[str, ast.stmt]:
    names = bound(source(solution))
    read = read_later(names, map(source, later))
    return {name: statement for name, statement in names.items() if name in read}


def _make_exercise(solution: dict[str, Any], check: dict[str, Any], answers: dict[str, ast.stmt]) -> None:
    lines = dict.fromkeys(_asked(name, statement) for name, statement in answers.items())
    solution["source"] = "\n".join(["# Your answer, in place of the dots", *lines])
    solution["metadata"] = {"tags": [ANSWER if tag == SOLUTION else tag for tag in _tags(solution)]}
    missing = [name for name in answers if f"{name} = ..." in lines and f"{name} is not ..." not in source(check)]
    told = "write your answer in the cell above, in place of the dots"
    check["source"] = "\n".join([*(f'assert {name} is not ..., "{told}"' for name in missing), source(check)])
    for cell in (solution, check):
        cell["outputs"], cell["execution_count"] = [], None


def _asked(name: str, statement: ast.stmt) -> str:
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return ast.unparse(statement)
    if isinstance(statement, Definition):
        statement = deepcopy(statement)
        dots = ast.parse('raise NotImplementedError("write your answer here")').body
        statement.body = [*statement.body[: ast.get_docstring(statement) is not None], *dots]
        return ast.unparse(statement)
    return f"{name} = ..."


def _tagged(cells: list[dict[str, Any]], tag: str) -> list[dict[str, Any]]:
    return [cell for cell in cells if tag in _tags(cell)]


def _tags(cell: dict[str, Any]) -> list[str]:
    return list(cell.get("metadata", {}).get("tags", []))


def _start(cell: dict[str, Any]) -> str:
    return repr(source(cell).partition("\n")[0])
