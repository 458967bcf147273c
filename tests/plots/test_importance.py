import pandas as pd

from workbench import plots


def test_the_first_rows_are_shown_with_their_intervals():
    table = pd.DataFrame(
        {"value": [0.3, 0.2, 0.1], "low": [0.2, 0.1, -0.1], "high": [0.4, 0.3, 0.2]}, index=[*"abc"]
    )
    axes = plots.show_importance(table, alt="Two dots.", count=2).axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a", "b"]
    assert axes.lines[0].get_xdata().tolist() == [0.3, 0.2]
    assert [segment[:, 0].tolist() for segment in axes.collections[0].get_segments()] == [[0.2, 0.4], [0.1, 0.3]]
