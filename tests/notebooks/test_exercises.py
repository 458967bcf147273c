"""The exercises of the stored chapters, as `workbench course` makes them; their solutions are run by nbval."""

import ast
from pathlib import Path

import pytest

from workbench.course import student
from workbench.course.names import bound, read_later
from workbench.experiments.chapters import load, source

CHAPTERS = sorted((Path(__file__).parents[2] / "notebooks").glob("[0-9][0-9]_*.ipynb"))


@pytest.fixture(scope="module", params=CHAPTERS, ids=lambda path: path.stem)
def notebook(request):
    return load(request.param)


def tags(cell):
    return cell["metadata"].get("tags", [])


def code(notebook):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def solutions(notebook):
    return [(number, cell) for number, cell in enumerate(code(notebook)) if "solution" in tags(cell)]


def test_the_students_copy_asks_for_each_answer_and_holds_none(notebook):
    made = code(student(notebook))
    for number, solution in solutions(notebook):
        asked = made[number]
        assert "..." in source(asked) or "raise NotImplementedError" in source(asked)
        assert not asked["outputs"]
        assert not made[number + 1]["outputs"]
        assert source(solution) not in source(asked)


def test_without_an_answer_the_check_says_so_first(notebook):
    made = code(student(notebook))
    for number, _ in solutions(notebook):
        answers = compile(source(made[number]), "answer", "exec")
        check = ast.parse(source(made[number + 1]))
        if not isinstance(check.body[0], ast.Assert):
            continue  # asks for a function, which raises by itself
        names = {}
        exec(answers, names)  # noqa: S102 (our own chapters)
        with pytest.raises(AssertionError):
            exec(compile(check, "check", "exec"), names)  # noqa: S102


def test_nothing_after_the_check_needs_the_answer(notebook):
    cells = code(notebook)
    for number, solution in solutions(notebook):
        plain = [
            name
            for name, how in bound(source(solution)).items()
            if not isinstance(how, ast.Import | ast.ImportFrom)
        ]
        assert read_later(plain, map(source, cells[number + 2 :])) == set()


def test_every_check_says_what_to_look_at(notebook):
    for number, _ in solutions(notebook):
        check = ast.parse(source(code(notebook)[number + 1]))
        asserts = [node for node in ast.walk(check) if isinstance(node, ast.Assert)]
        assert asserts
        for node in asserts:
            assert node.msg is not None, ast.unparse(node)
            told = "".join(
                part.value
                for part in ast.walk(node.msg)
                if isinstance(part, ast.Constant) and isinstance(part.value, str)
            )
            assert len(told.split()) >= 3, ast.unparse(node)
