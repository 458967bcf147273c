import xml.etree.ElementTree as ET

import numpy as np
import pytest

from workbench.explorers.curves import curves


def drawn(*args, **options):
    options = {"across": "x [mm]", "up": "y <HU>", "title": "A & B.", **options}
    text = curves(*args, **options)
    return ET.fromstring(text.replace("&nbsp;", " ")).find("svg")  # noqa: S314 (our own text)


def points(line):
    return np.array([pair.split(",") for pair in line.get("points").split()], float)


def test_points_lie_where_their_values_say():
    svg = drawn({"a": ([0, 5, 10], [0, 10, 0]), "b": ([0, 10], [10, 0])})
    first, second = (points(line) for line in svg.iter("polyline"))
    assert first[0, 0] == second[0, 0] < first[1, 0] < first[2, 0] == second[1, 0]
    np.testing.assert_allclose(np.diff(first[:, 0]), np.diff(first[:, 0])[0], atol=0.11)
    assert first[1, 1] == second[0, 1] < first[0, 1] == second[1, 1]


def test_ticks_are_round_numbers():
    svg = drawn({"a": ([0, 97.3], [-1000, 833])})
    texts = [text.text for text in svg.iter("text")]
    assert {"0", "20", "40", "60", "80"} <= set(texts)
    assert "\N{MINUS SIGN}500" in texts
    assert {"x [mm]", "y <HU>"} <= set(texts)


@pytest.mark.parametrize("y", [[3, 3, 3], [0, 0, 0], [1e-9, 2e-9, 0], [-5e7, 5e7, 0]])
def test_any_range_is_drawn_inside(y):
    svg = drawn({"a": ([0, 1, 2], y)}, mark=(1, y[1]))
    (line,) = svg.iter("polyline")
    _, _, width, height = map(float, svg.get("viewBox").split())
    assert (points(line) >= 0).all()
    assert (points(line) <= [width, height]).all()
    assert svg.get("aria-label") == "A & B."
    assert len([*svg.iter("circle")]) == 1


def test_a_single_point_is_drawn_and_none_is_refused():
    assert [*drawn({"a": ([0], [1])}).iter("polyline")]
    with pytest.raises(ValueError, match="points"):
        curves({}, across="x", up="y", title="")
    with pytest.raises(ValueError, match="points"):
        curves({"a": ([], [])}, across="x", up="y", title="")
