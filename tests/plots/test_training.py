import numpy as np
import pandas as pd
import pytest

from workbench import plots

TABLE = pd.DataFrame(
    {"loss": [2.0, 1.0, 0.5], "val_loss": [2.0, 1.5, 1.6], "dice": [0.1, 0.4, 0.8]}, index=[1, 2, 3]
)


def test_learning_curves_show_each_number_once():
    made = plots.show_learning(TABLE, best_epoch=2, alt="Falling.")
    loss, dice = made.axes
    np.testing.assert_array_equal(loss.lines[1].get_ydata(), TABLE["val_loss"])
    assert loss.get_legend().get_texts()[-1].get_text() == "kept: epoch 2"
    assert len(dice.lines) == 2


def test_learning_curves_need_a_loss():
    with pytest.raises(ValueError, match="'loss'"):
        plots.show_learning(TABLE[["dice"]], best_epoch=1, alt="None.")


def test_a_split_has_a_band_for_each_run_of_slices():
    made = plots.show_split(
        np.zeros((20, 30)), {"training": [0, 1, 2, 17, 18], "test": [8, 9]}, title="Split", alt="Bands."
    )
    assert len(made.axes[0].patches) == 3
    assert [text.get_text() for text in made.legends[0].get_texts()] == ["training: 5", "test: 2"]
    with pytest.raises(ValueError, match="at least one part"):
        plots.show_split(np.zeros((2, 2)), {}, title="None", alt="None.")


def test_errors_are_counted():
    truth = np.array([[0, 1], [2, 2]])
    made = plots.show_errors(
        truth * 9.0, truth, {"a": truth, "b": truth * 0}, names=("x", "y", "z"), alt="Errors."
    )
    titles = [axes.get_title(loc="left") for axes in made.axes]
    assert titles == ["slice", "a", "b", "truth", "0 pixels wrong", "3 pixels wrong"]


def test_scores_have_an_axes_per_class_and_a_line_per_method():
    columns = pd.MultiIndex.from_product([["thresholds", "U-Net"], ["grey", "white"]])
    made = plots.show_slice_scores(pd.DataFrame(np.eye(4), columns=columns), alt="Scores.")
    assert [len(axes.lines) for axes in made.axes] == [2, 2]


def test_no_line_is_drawn_between_blocks_of_slices():
    columns = pd.MultiIndex.from_product([["a"], ["grey"]])
    made = plots.show_slice_scores(
        pd.DataFrame(np.ones((5, 1)), columns=columns, index=[3, 4, 5, 20, 21]), alt="Two blocks."
    )
    assert [line.get_xdata().tolist() for line in made.axes[0].lines] == [[3, 4, 5], [20, 21]]
    assert [text.get_text() for text in made.axes[0].get_legend().get_texts()] == ["a"]
