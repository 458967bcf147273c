"""The house stands as it was designed: floors, heavy imports, packaging."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "workbench"
FLOORS = [
    {"checks", "compiled", "files", "pseudonyms", "images", "__init__"},
    {"phantoms", "processing", "segmentation", "registration", "synthesis", "features", "detection", "evaluation"},
    {"cohorts", "privacy", "samples"},
    {"recognition", "cnn"},
    {"plots"},
    {"experiments", "explorers"},
    {"course", "reports", "studies"},
    {"cli"},
    {"__main__"},
]
FLOOR = {room: level for level, rooms in enumerate(FLOORS) for room in rooms}
MODULES = sorted(PACKAGE.rglob("*.py"))
ALONE_IN = {
    "tensorflow": {"cnn"},
    "keras": {"cnn"},
    "IPython": {"experiments", "explorers", "reports"},
    "anywidget": {"explorers"},
    "ipywidgets": {"explorers"},
    "papermill": {"experiments"},
    "pickle": set(),
}


def room(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path):
    package = ["workbench", *path.relative_to(PACKAGE).parts[:-1]]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_from_its_floor_and_below(path):
    assert room(path) in FLOOR, f"{room(path)} stands on no floor: add it to FLOORS"
    for name in imports(path):
        parts = name.split(".")
        if parts[0] == "workbench" and len(parts) > 1 and parts[1] in FLOOR:
            assert FLOOR[parts[1]] <= FLOOR[room(path)], f"{room(path)} imports {parts[1]} from a higher floor"


@pytest.mark.parametrize("library", ALONE_IN)
def test_a_heavy_library_stays_in_its_room(library):
    users = {room(path) for path in MODULES if any(name.split(".")[0] == library for name in imports(path))}
    assert users <= ALONE_IN[library]


def test_importing_the_workbench_loads_nothing_heavy():
    code = "import sys, workbench; print(*{name.split('.')[0] for name in sys.modules})"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"numpy", "pandas", "scipy", "sklearn", "skimage", "matplotlib", "tensorflow", "keras"} & set(
        loaded
    )


def requirements():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return project["requires-python"], set(project["dependencies"])


def test_conda_users_get_the_same_dependencies():
    python, dependencies = requirements()
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    plain = {entry for entry in environment if isinstance(entry, str)}
    by_pip = {entry for group in environment if isinstance(group, dict) for entry in group["pip"]}
    assert plain | by_pip == dependencies | {f"python{python}", "pip", "--editable ."}


def test_each_dependency_is_pinned_and_no_address_is_written():
    _, dependencies = requirements()
    text = (ROOT / "constraints.txt").read_text()
    pinned = set(re.findall(r"^([\w.-]+)(?:\[\w+\])?==", text, re.MULTILINE))
    assert {re.match(r"[\w.-]+", entry)[0] for entry in dependencies} <= pinned
    assert "://" not in text


def test_the_version_is_cited():
    import workbench

    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["version"] == workbench.__version__
    assert f"## {workbench.__version__}" in (ROOT / "CHANGELOG.md").read_text()


@pytest.mark.parametrize("name", ["README.md", "workbench/__init__.py"])
def test_a_reader_is_told_that_this_is_no_medical_device(name):
    assert "not a medical device" in (ROOT / name).read_text()
