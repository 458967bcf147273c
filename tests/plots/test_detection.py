import numpy as np
import pandas as pd
import pytest

from workbench import detection, plots

CELL = {"case": "a", "class": "cell", "top": 2, "left": 3, "bottom": 6, "right": 9}
TRUTHS = pd.DataFrame([CELL, CELL | {"top": 10, "bottom": 14}])
FOUND = pd.DataFrame([CELL | {"score": 0.9}, CELL | {"top": 9, "bottom": 14, "class": "other", "score": 0.4}])


def test_boxes_are_drawn_at_the_edges_of_pixels_with_scores():
    made = plots.show_boxes(np.zeros((20, 30)), FOUND, truths=TRUTHS, title="Cells", alt="Boxes.")
    (axes,) = made.axes
    corners = [patch.get_bbox().extents.tolist() for patch in axes.patches]
    assert corners[:2] == [[2.5, 1.5, 8.5, 5.5], [2.5, 9.5, 8.5, 13.5]]
    assert [text.get_text() for text in axes.texts] == ["0.40", "0.90"]
    assert [text.get_text() for text in made.legends[0].get_texts()] == ["cell", "other", "truth (white)"]
    assert axes.patches[0].get_linestyle() != axes.patches[2].get_linestyle()


def test_no_box_is_a_picture():
    made = plots.show_boxes(np.zeros((20, 30, 3), np.uint8), FOUND.iloc[:0], title="None", alt="Nothing.")
    assert not made.axes[0].patches
    assert not made.legends


def test_froc_goes_on_level_and_shows_intervals():
    curve = detection.froc(FOUND, TRUTHS, cases=["a", "b"])
    points = detection.sensitivity_at(FOUND, TRUTHS, cases=["a", "b"], resamples=10)
    made = plots.show_froc({"net": curve}, points={"net": points}, title="Simulated", alt="A curve.")
    line = made.axes[0].lines[0].get_xydata()
    assert line[-1].tolist() == [16, 0.5]
    assert len(made.axes[0].containers) == 1
    with pytest.raises(ValueError, match="expected curves"):
        plots.show_froc({}, title="None", alt="Nothing.")


def test_precision_recall_draws_each_class_with_truth():
    curves = detection.precision_recall(FOUND, TRUTHS)
    made = plots.show_box_precision(curves, title="Simulated", alt="A line.")
    assert [line.get_label() for line in made.axes[0].lines] == ["cell"]
    assert made.axes[0].lines[0].get_xydata().tolist() == [[0.5, 1.0]]
