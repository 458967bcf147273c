import numpy as np
import pandas as pd
import pytest

from workbench import plots
from workbench.cnn import SanityCheck

RNG = np.random.default_rng(0)
IMAGES = RNG.normal(size=(2, 6, 5))


def pictures(made):
    return [axes.get_images()[0] for axes in made.axes if axes.get_images()]


def test_signed_maps_have_white_at_zero_and_one_scale_for_all_images():
    signed, positive = RNG.normal(size=(2, 6, 5)), RNG.uniform(size=(2, 6, 5))
    made = plots.show_explanations(
        IMAGES, {"signed": signed, "positive": positive}, titles=["a", "b"], alt="Noise."
    )
    drawn = pictures(made)
    assert len(drawn) == 6
    np.testing.assert_array_equal(drawn[4].get_array(), signed[1])
    limits = [each.get_clim() for each in drawn]
    assert limits[1] == limits[4]
    assert limits[1][0] == -limits[1][1]
    assert limits[2][0] == 0
    labels = [axes.get_title(loc="left") for axes in made.axes][:6]
    assert labels == ["a", "signed", "positive", "b", "", ""]


def test_colour_images_and_empty_maps_can_be_shown():
    made = plots.show_explanations(
        RNG.integers(0, 255, (1, 4, 4, 3)), {"none": np.zeros((1, 4, 4))}, alt="Colours."
    )
    assert pictures(made)[1].get_clim() == (0, 1)


@pytest.mark.parametrize("maps", [{}, {"small": np.zeros((2, 3, 3))}])
def test_maps_must_fit(maps):
    with pytest.raises(ValueError, match="maps must have the images' shape"):
        plots.show_explanations(IMAGES, maps, alt="Nothing.")


def test_the_scales_say_what_colours_mean():
    made = plots.show_explanations(
        IMAGES, {"signed": IMAGES, "positive": np.abs(IMAGES)}, alt="Noise with two scales."
    )
    labels = [axes.get_xlabel() for axes in made.axes if axes.get_xlabel()]
    assert labels == ["logits\nblue against, red for", "logits\nbright: for"]


def check(stages):
    table = pd.DataFrame(RNG.uniform(-1, 1, (len(stages), 2)), index=pd.Index(stages, name="layer"))
    return SanityCheck(table, {stage: RNG.normal(size=(2, 4, 4)) for stage in stages})


def test_a_sanity_check_shows_maps_and_correlations():
    checks = {"first": check(["trained", "dense"]), "second": check(["trained", "dense"])}
    made = plots.show_sanity(checks, image=1, alt="Maps and lines.")
    assert len(pictures(made)) == 4
    np.testing.assert_array_equal(pictures(made)[3].get_array(), checks["second"].maps["dense"][1])
    lines = [line for line in made.axes[-1].lines if line.get_label() == "second"]
    np.testing.assert_allclose(lines[0].get_ydata(), checks["second"].table.mean(axis=1))
    with pytest.raises(ValueError, match="same stages"):
        plots.show_sanity(checks | {"third": check(["trained"])}, alt="Unequal.")
