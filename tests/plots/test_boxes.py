"""Figures of boxes: what is drawn is what was given."""

import numpy as np
import pandas as pd
import pytest

from workbench import plots

BOX = {"class": "cell", "score": 0.9, "outcome": "hit", "top": 1, "left": 2, "bottom": 5, "right": 8}


def test_panels_draw_each_box_at_its_edges():
    pictures = {"one": np.zeros((10, 12)), "two": np.zeros((10, 12, 3), np.uint8)}
    tables = {"one": pd.DataFrame([BOX]), "two": pd.DataFrame([BOX, BOX | {"outcome": "missed"}])}
    made = plots.show_box_panels(pictures, tables, by="outcome", scores=True, alt="Boxes.")
    first, second = made.axes
    (box,) = first.patches
    assert (box.get_x(), box.get_y(), box.get_width(), box.get_height()) == (1.5, 0.5, 6, 4)
    assert [text.get_text() for text in first.texts] == ["0.90"]
    assert [patch.get_linestyle() for patch in second.patches] == ["-", "--"]
    assert [text.get_text() for text in made.legends[0].get_texts()] == ["hit", "missed"]


def test_panels_without_tables_or_boxes():
    with pytest.raises(ValueError, match="a table for each picture"):
        plots.show_box_panels({"one": np.zeros((4, 4))}, {}, alt="Nothing.")
    empty = plots.show_box_panels({"one": np.zeros((4, 4))}, {"one": pd.DataFrame(columns=list(BOX))}, alt="None.")
    assert not empty.axes[0].patches and not empty.legends


def test_overlap_fills_what_is_shared():
    made = plots.show_overlap([0, 0, 4, 4], {"some": [0, 1, 4, 5], "none": [5, 5, 6, 6]}, alt="Boxes.")
    shared, *_ = made.axes[0].patches
    assert (shared.get_x(), shared.get_width(), shared.get_height()) == (1, 3, 4)
    assert len(made.axes[1].patches) == 2


def test_heat_has_a_panel_for_each_class():
    made = plots.show_heat(np.zeros((8, 8)), np.zeros((2, 2, 2)), ["a", "b"], title="Simulated", alt="Heat.")
    assert [axes.get_title(loc="left") for axes in made.axes[:3]] == ["Simulated", "heat: a", "heat: b"]
    with pytest.raises(ValueError, match="each of 1 names"):
        plots.show_heat(np.zeros((8, 8)), np.zeros((2, 2, 2)), ["a"], title="", alt="Heat.")


def test_counts_say_how_many_are_exact():
    made = plots.show_counts({"cell": ([1, 1, 2, 3], [1, 1, 2, 5])}, title="Simulated", alt="Discs.")
    (axes,) = made.axes
    assert axes.get_title(loc="left") == "cell: 75% exact"
    places = axes.collections[0].get_offsets()
    assert sorted(map(tuple, np.asarray(places).tolist())) == [(1, 1), (2, 2), (3, 5)]
