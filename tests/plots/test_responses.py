"""Each response is drawn on a scale of its own, signed ones around 0."""

import numpy as np
import pytest

from workbench import plots
from workbench.images import Image

SIGNED = np.linspace(-1, 3, 24).reshape(4, 6)


def test_signed_responses_are_centred_on_0_and_others_are_grey():
    made = plots.show_responses({"signed": SIGNED, "energy": np.abs(SIGNED)}, image=SIGNED, alt="Three maps.")
    image, signed, energy = (axes.images[0] for axes in made.axes[:3])
    assert [axes.get_title(loc="left") for axes in made.axes[:3]] == ["image", "signed", "energy"]
    assert signed.cmap.name == "RdBu_r"
    assert sum(signed.get_clim()) == pytest.approx(0)
    assert image.cmap.name == energy.cmap.name == "gray"
    assert image.get_clim()[0] < 0 < energy.get_clim()[0]
    assert made.alt == "Three maps."
    assert len(made.axes) == 6, "a colour bar for each"


def test_voxels_have_their_true_aspect():
    made = plots.show_responses({"thick": Image(SIGNED, spacing=(3, 1))}, alt="One map.")
    assert made.axes[0].get_aspect() == 3


def test_a_constant_map_and_a_last_row_that_is_not_full():
    maps = {str(index): np.zeros((3, 3)) for index in range(5)}
    made = plots.show_responses(maps, alt="Nothing, five times.", columns=2)
    assert len(made.axes) == 10
    assert made._repr_mimebundle_()[0]["image/png"]


def test_what_is_refused():
    with pytest.raises(ValueError, match="at least one response"):
        plots.show_responses({}, alt="")
    with pytest.raises(ValueError, match="'volume'; choose a slice"):
        plots.show_responses({"volume": np.zeros((2, 3, 4))}, alt="")
