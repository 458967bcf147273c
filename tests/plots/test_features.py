import numpy as np
import pandas as pd
import pytest

from workbench import plots


def drawn(figure):
    return figure._repr_mimebundle_()[0]["image/png"].startswith(b"\x89PNG")


def test_distributions_have_area_one_each():
    rng = np.random.default_rng(0)
    made = plots.show_distributions(
        {"small": rng.normal(0, 1, 50), "large": rng.normal(5, 2, 5000)}, xlabel="HU", alt="Two regions."
    )
    outlines = [patch for patch in made.axes[0].patches if not patch.get_fill()]
    assert len(outlines) == 2
    for outline in outlines:
        heights, edges, _ = outline.get_data()
        assert heights @ np.diff(edges) == pytest.approx(1)
    assert drawn(made)


def test_distributions_of_nothing_raise():
    with pytest.raises(ValueError, match="at least one region"):
        plots.show_distributions({}, xlabel="HU", alt="")


def test_glcm_panels_share_one_scale():
    made = plots.show_glcm({"a": [[0.5, 0.25], [0.25, 0]], "b": [[0.1, 0.4], [0.4, 0.1]]}, alt="Two matrices.")
    first, second = (axes.images[0] for axes in made.axes[:2])
    assert first.norm is second.norm
    assert np.isnan(np.ma.filled(first.get_array(), np.nan)[1, 1])
    assert drawn(made)


def test_glcm_must_be_square_with_pairs():
    for matrix in ([[0.5, 0.5]], [[0.0]]):
        with pytest.raises(ValueError, match="a: expected a square matrix"):
            plots.show_glcm({"a": matrix}, alt="")


def test_curves_draw_each_column():
    table = pd.DataFrame({"liver": [1.0, 2.0, 4.0], "spleen": [3.0, 2.0, 1.0]}, index=[8, 16, 32])
    made = plots.show_curves(
        {"entropy": table, "contrast": table}, xlabel="bins", alt="", logarithmic=True, mark=16
    )
    for axes in made.axes:
        np.testing.assert_array_equal(axes.lines[1].get_xydata(), [[8, 3], [16, 2], [32, 1]])
        assert [label.get_text() for label in axes.get_xticklabels()] == ["8", "16", "32"]
    assert drawn(made)


def test_surfaces_share_one_scale():
    solids = {"small": (np.ones((2, 2, 2)), (1, 1, 1)), "large": (np.ones((3, 4, 5)), (4, 2, 2))}
    made = plots.show_surfaces(solids, alt="Two boxes.")
    assert made.axes[0].get_xlim() == made.axes[1].get_xlim() == pytest.approx((-6, 6))
    assert drawn(made)


def test_surfaces_need_volumes():
    with pytest.raises(ValueError, match="flat: expected a volume"):
        plots.show_surfaces({"flat": (np.ones((2, 2)), (1, 1))}, alt="")
    with pytest.raises(ValueError, match="empty: expected a volume"):
        plots.show_surfaces({"empty": (np.zeros((2, 2, 2)), (1, 1, 1))}, alt="")
