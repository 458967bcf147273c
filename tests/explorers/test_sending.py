import re
import tomllib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.explorers import Canvas
from workbench.explorers.sending import FOLDER, SCRIPTS, parts, script

ROOT = Path(__file__).parents[2]
FILES = sorted((FOLDER / "javascript").glob("*.js"))


@given(st.integers(1, 20), st.integers(0, 19), st.integers(1, 200))
def test_parts_are_the_whole_and_begin_where_one_looks(slices, near, largest):
    volume = np.arange(slices * 12, dtype=np.uint16).reshape(slices, 3, 4)
    near = min(near, slices - 1)
    together = np.zeros_like(volume)
    cut = list(parts(volume, near=near, largest=largest))
    for begin, data in cut:
        piece = np.asarray(data)
        together[begin : begin + len(piece)] = piece
        assert piece.nbytes <= max(largest, volume[0].nbytes)
    np.testing.assert_array_equal(together, volume)
    begin, data = cut[0]
    assert begin <= near < begin + len(data)


def test_a_small_image_is_one_part_and_not_copied():
    volume = np.zeros((1, 512, 512), np.uint16)
    ((begin, data),) = parts(volume)
    assert begin == 0
    assert np.shares_memory(np.asarray(data), volume)


def test_the_script_is_all_modules_and_imports_nothing():
    text = script()
    assert not re.search(r"^import ", text, re.MULTILINE)
    assert text.count("export ") == 1
    used = {path.stem for path in (FOLDER / "javascript").glob("*.js")}
    assert set(SCRIPTS) <= used
    names = re.findall(r"^(?:async )?(?:function|class|const) (\w+)", text, re.MULTILINE)
    assert len(names) == len(set(names))


def test_each_module_imports_what_it_uses_from_one_that_exports_it():
    for name in SCRIPTS:
        text = (FOLDER / "javascript" / f"{name}.js").read_text(encoding="utf-8")
        for imported, source in re.findall(r'^import \{ (.+) \} from "\./(\w+)\.js";', text, re.MULTILINE):
            exported = (FOLDER / "javascript" / f"{source}.js").read_text(encoding="utf-8")
            assert SCRIPTS.index(source) < SCRIPTS.index(name)
            for word in imported.split(", "):
                assert re.search(rf"^export (async )?(function|class|const) {word}\b", exported, re.MULTILINE), (
                    word
                )


def test_saved_state_stays_small():
    state = Canvas(np.zeros((8, 300, 300))).get_state()
    assert sum(len(str(value)) for value in state.values()) < 90_000


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_a_script_takes_from_another_is_there(path):
    for names, other in re.findall(r'^import \{(.*)\} from "\./(\w+)\.js";$', path.read_text(), re.MULTILINE):
        given = re.findall(r"^export (?:async )?(?:function|const|class) (\w+)", script_of(other), re.MULTILINE)
        assert {name.strip() for name in names.split(",")} <= set(given), other


def script_of(name):
    return (FOLDER / "javascript" / f"{name}.js").read_text()


def test_scripts_and_styles_go_with_the_package():
    build = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]
    assert build["targets"]["wheel"]["packages"] == ["workbench"]
    assert not {"exclude", "only-include", "artifacts"} & (build.keys() | build["targets"]["wheel"].keys())
    ignored = (ROOT / ".gitignore").read_text()
    assert not re.search(r"\.(js|css)\b|javascript", ignored)
    assert {path.suffix for path in FOLDER.iterdir() if path.is_file()} == {".py", ".css"}
