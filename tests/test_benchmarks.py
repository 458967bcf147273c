"""The harness of the benchmarks: equal results first, fair ratios, sections that are replaced."""

import importlib.util
import sys
import time
from pathlib import Path

import numpy as np
import pytest


@pytest.fixture
def timing(tmp_path, monkeypatch):
    path = Path(__file__).parents[1] / "benchmarks" / "timing.py"
    spec = importlib.util.spec_from_file_location("timing", path)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "timing", module)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "README", tmp_path / "README.md")
    monkeypatch.setattr(module, "SECONDS", 0.01)
    monkeypatch.setattr(sys, "argv", ["benchmark"])
    return module


def after(seconds, result):
    def call():
        time.sleep(seconds)
        return result

    return call


def absent():
    import a_peer_that_nobody_has  # noqa: F401


def rows(timing):
    image = np.arange(9.0).reshape(3, 3)
    yield timing.Row("fast", "3 x 3", {"ours": after(0.001, image), "slow peer": after(0.004, image)})
    yield timing.Row(
        "missed",
        "3 x 3",
        {
            "ours": after(0.004, image),
            "fast peer": after(0.001, image + 1e-9),
            "wrong": after(0, image + 1),
            "smaller": after(0, image[1:]),
            "absent": absent,
        },
        tolerance=1e-6,
    )


def test_a_table_names_ratios_differences_and_what_is_missed(timing, capsys):
    timing.main("smoothing", rows(timing))
    page = timing.README.read_text()
    lines = page.splitlines()
    assert page.startswith("# Benchmarks\n\n## Smoothing\n\n<!-- smoothing -->")
    header = next(line for line in lines if line.startswith("| task"))
    peers = [f"{name} ÷ ours" for name in ("slow peer", "fast peer", "wrong", "smaller", "absent")]
    assert [cell.strip() for cell in header.split("|")[1:-1]] == ["task", "data", "ours", *peers]
    missed = next(line for line in lines if line.startswith("| missed"))
    assert missed.count("differs") == 2
    assert "not installed" in missed
    assert "Rows slower than 1.1 times the fastest peer: 1." in page
    assert "- missed, 3 x 3:" in page
    timing.main("smoothing", rows(timing))
    assert timing.README.read_text().count("<!-- smoothing -->") == 1


def test_sections_stand_side_by_side_and_some_rows_alone_write_nothing(timing, monkeypatch):
    timing.write_section("one", "first")
    timing.write_section("two", "second")
    timing.write_section("one", "third")
    page = timing.README.read_text()
    assert "first" not in page
    assert page.index("third") < page.index("<!-- end of one -->") < page.index("second")
    monkeypatch.setattr(sys, "argv", ["benchmark", "fast"])
    timing.main("one", rows(timing))
    assert timing.README.read_text() == page
    monkeypatch.setattr(sys, "argv", ["benchmark", "nothing"])
    with pytest.raises(SystemExit, match="no row of one contains nothing"):
        timing.main("one", rows(timing))


def test_durations_and_means(timing):
    assert [timing.duration(seconds) for seconds in (3.21, 0.0123, 4.56e-5)] == ["3.21 s", "12.3 ms", "45.6 µs"]
    assert timing.geometric_mean([1, 100]) == pytest.approx(10)
