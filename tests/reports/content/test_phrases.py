import ast
import importlib
import inspect
from pathlib import Path
from string import Formatter

import pytest

import workbench
from workbench.experiments.tracing.modules import CLASSES, WATCHED
from workbench.reports.content.applied import table

OWN = {"silent", "studied"}
CNN = Path(workbench.__file__).parent / "cnn" / "__init__.py"


@pytest.fixture(scope="module")
def functions():
    """Public functions, and classes whose making is noted; not those of cnn and explorers, which load slowly."""
    found = {}
    for name in (*WATCHED, "workbench.processing.responses"):
        if name in {"workbench.cnn", "workbench.explorers"}:
            continue
        module = importlib.import_module(name)
        for one in module.__all__:
            function = getattr(module, one)
            if inspect.isfunction(function) or (inspect.isclass(function) and "__init__" in CLASSES.get(one, ())):
                found[f"{name.removeprefix('workbench.')}.{one}"] = function
    return found


@pytest.fixture(scope="module")
def of_cnn():
    lines = ast.parse(CNN.read_text(encoding="utf-8")).body
    names = [
        alias.asname or alias.name for line in lines if isinstance(line, ast.ImportFrom) for alias in line.names
    ]
    return {f"cnn.{name}" for name in names if name[0].islower() or name in CLASSES}


def test_phrases_are_of_functions_that_exist(functions, of_cnn):
    owners = (("cohorts", "Cohort"), ("recognition", "CrossValidation"))
    methods = {f"{top}.{name}.{one}" for top, name in owners for one in CLASSES[name]}
    assert not set(table()["functions"]) - set(functions) - of_cnn - methods - {"explorers.train"}


def test_clauses_name_options_that_exist(functions):
    for name, (group, _, *clauses) in table()["functions"].items():
        assert group in OWN or group in table()["leads"], name
        parameters = inspect.signature(functions[name]).parameters if name in functions else {}
        handed_on = not parameters or any(one.kind is one.VAR_KEYWORD for one in parameters.values())
        for clause in clauses:
            named = {field for _, field, _, _ in Formatter().parse(clause) if field}
            assert handed_on or named <= {*parameters, "unit"}, (name, clause)


def test_nearly_every_public_function_has_a_phrase(functions, of_cnn):
    every = set(functions) | of_cnn
    without = every - set(table()["functions"])
    assert len(without) < 0.15 * len(every), sorted(without)
