import numpy as np
import pandas as pd
import pytest

from workbench import plots
from workbench.features import redundancy, stability


def drawn(figure):
    return figure._repr_mimebundle_()[0]["image/png"].startswith(b"\x89PNG")


def test_feature_table_shows_standard_scores():
    table = pd.DataFrame({"mean": [1.0, 3.0], "constant": [2.0, 2.0], "chosen": [0.0, 1.0]}, index=["a", "b"])
    shown = plots.show_feature_table(table, columns=["mean", "constant"], alt="").axes[0].images[0].get_array()
    np.testing.assert_array_equal(np.ma.filled(shown, np.nan), [[-1, 1], [np.nan, np.nan]])
    rows = table.set_axis(pd.MultiIndex.from_tuples([("case", "liver"), ("case", "spleen")]))
    made = plots.show_feature_table(rows, alt="")
    assert [label.get_text() for label in made.axes[0].get_xticklabels()] == ["liver", "spleen"]
    assert drawn(made)
    with pytest.raises(ValueError, match="two regions"):
        plots.show_feature_table(table[:1], alt="")


def test_changes_are_written_in_per_cent():
    shares = pd.DataFrame({"brighter": [0, 0.254], "shuffled": [1, np.nan]}, index=["morphology", "glcm"])
    made = plots.show_changes(shares, xlabel="change", alt="Four shares.")
    assert [text.get_text() for text in made.axes[0].texts] == ["0", "100", "25"]
    assert made.axes[0].get_xlabel() == "change"
    assert drawn(made)
    with pytest.raises(ValueError, match="from 0 to 1"):
        plots.show_changes(shares * 2, alt="")


def tables():
    rng = np.random.default_rng(0)
    names = ["glcm_contrast", "glcm_correlation", "intensity_mean", "log_intensity_mean"]
    first = pd.DataFrame(rng.normal(size=(12, 4)), columns=names).assign(constant=1.0)
    first["glcm_correlation"] = -first["glcm_contrast"]
    return first, first + rng.normal(0, 0.3, (12, 1))


def test_stability_shows_each_feature_that_has_a_family():
    first, second = tables()
    families = pd.Series({"glcm_contrast": "glcm", "glcm_correlation": "glcm", "intensity_mean": "statistics"})
    found = stability(first, second)
    made = plots.show_stability(found, families, title="two outlines", alt="Three features.")
    points = [line.get_ydata() for line in made.axes[0].lines if line.get_marker() == "."]
    assert [len(values) for values in points] == [2, 1]
    assert points[1] == pytest.approx(found.loc["intensity_mean", "icc"])
    assert (np.diff(points[0]) <= 0).all()
    assert drawn(made)
    with pytest.raises(ValueError, match="at least one feature"):
        plots.show_stability(found, pd.Series({"unknown": "glcm"}), alt="")


def test_redundancy_frames_each_cluster():
    first, _ = tables()
    found = redundancy(first)
    made = plots.show_redundancy(first, found, alt="Four features.")
    shown = made.axes[0].images[0].get_array()
    assert shown.shape == (4, 4)
    assert shown[0, 1] == pytest.approx(-1)
    (frame,) = made.axes[0].patches
    assert (frame.get_width(), frame.get_height()) == (2, 2)
    assert drawn(made)
    with pytest.raises(ValueError, match="in a cluster"):
        plots.show_redundancy(first, found.assign(cluster=0), alt="")
