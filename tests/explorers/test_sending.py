import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from workbench.explorers import Canvas
from workbench.explorers.sending import FOLDER, SCRIPTS, parts, script


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
