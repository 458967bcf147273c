import numpy as np
import pytest

from workbench import cnn


def test_heat_at_the_border_is_a_share():
    centre = np.zeros((20, 10))
    centre[10, 5] = -3
    corner = np.zeros((20, 10))
    corner[1, 0] = 2
    shares = cnn.heat_at_border([centre, corner, (centre + corner), np.zeros((20, 10))])
    np.testing.assert_allclose(shares, [0, 1, 0.4, 0])
    with pytest.raises(ValueError, match="n x M x N"):
        cnn.heat_at_border(centre)
    with pytest.raises(ValueError, match="margin"):
        cnn.heat_at_border([centre], margin=0.5)


def test_heat_at_the_border_is_warned_of_where_there_is_heat():
    corner = np.pad([[1.0]], ((0, 9), (0, 9)))
    centre = np.pad([[1.0]], ((5, 4), (5, 4)))
    maps = {"occlusion": [centre, corner], "Grad-CAM": [corner, corner]}
    said = cnn.border_in_words(maps, ["ill", "well"]).splitlines()
    assert [line.partition(" of the heat in the outer tenth")[::2] for line in said] == [
        ("occlusion, ill: 0%", "."),
        ("occlusion, well: 100%", ": WARNING; see below."),
        ("Grad-CAM, ill: 100%", ": WARNING of Grad-CAM alone, which weighs less; see below."),
        ("Grad-CAM, well: 100%", ": WARNING; see below."),
    ]
    dark = cnn.border_in_words({"Grad-CAM": [centre, corner / 10]}, ["ill", "well"]).splitlines()[1]
    assert dark == "Grad-CAM, well: hardly any heat (10% of that of the hottest map), so its place says nothing."
