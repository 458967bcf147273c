import io

import numpy as np
import pytest
from PIL import Image as Picture

from workbench import cohorts, samples
from workbench.cohorts import CohortError
from workbench.explorers import view
from workbench.explorers.viewer import histogram
from workbench.images import Image, affine_from_spacing


def test_controls_move_the_picture():
    image = samples.load("head_ct")
    viewer = view(image, image.pixels > 200)
    assert list(viewer.canvas.controls) == ["level", "width", "opacity", "outline"]
    before = viewer.canvas.picture()
    viewer.canvas.level, viewer.canvas.width, viewer.canvas.opacity = 300.0, 1500.0, 0.0
    np.testing.assert_array_equal(viewer.canvas.picture(), view(image, window=(300, 1500)).canvas.picture())
    assert (before != viewer.canvas.picture()).any()


def test_a_volume_shows_three_planes_through_the_crosshair():
    volume = Image(np.arange(60.0).reshape(3, 4, 5), affine=affine_from_spacing((5, 1, 1)))
    viewer = view(volume)
    assert viewer.canvas.panes == [0, 1, 2]
    assert viewer.canvas.show_crosshair
    viewer.planes.value = (1,)
    assert viewer.canvas.panes == [1]
    assert view(np.zeros((3, 4, 5))).canvas.panes == [0]


@pytest.mark.parametrize("case", [name for name in samples.SAMPLES])
def test_every_sample_can_be_looked_at(case):
    viewer = view(samples.load(case))
    data, _ = viewer._repr_mimebundle_()
    assert len(data["image/png"]) < 100_000
    assert np.asarray(Picture.open(io.BytesIO(data["image/png"]))).std() > 10
    assert case in data["text/plain"]
    assert set(data) == {"image/png", "text/plain"}


def test_a_cohort_is_turned_over_case_by_case():
    cohort = samples.study("chest", patients=4, images_per_patient=1, size=64)
    viewer = view(cohort)
    for case in cohort:
        viewer.case.value = case
        np.testing.assert_array_equal(viewer.canvas.mask, cohort.mask(case).pixels)
        assert len(viewer.canvas.boxes) == len(cohort.boxes(case))
        assert viewer.canvas.title == case
        fresh = view(cohort.image(case), cohort.mask(case))
        np.testing.assert_array_equal(viewer.canvas.picture(), fresh.canvas.picture())
    previous, following = [one for one in viewer.box.children[0].children if hasattr(one, "click")]
    following.click()
    assert viewer.case.value == next(iter(cohort))
    previous.click()
    assert viewer.case.value == list(cohort)[-1]


def test_images_of_all_kinds_follow_each_other():
    viewer = view(cohorts.read("samples"))
    for case in viewer.case.options:
        viewer.case.value = case
        assert viewer.canvas.picture().std() > 5
        assert case in viewer.alt
        for trait in ("level", "width"):
            about = viewer.canvas.controls[trait]
            assert about["low"] <= getattr(viewer.canvas, trait) <= about["high"]


def test_facts_are_said_and_no_more():
    viewer = view(samples.load("head_ct"))
    assert "0.431 x 0.431" in viewer.facts.value
    assert "HU" in viewer.facts.value
    assert "shown to within" not in viewer.facts.value
    assert "shown to within" in view(samples.load("mni152_grey")).facts.value


def test_nothing_to_see_is_an_error():
    with pytest.raises(CohortError, match="at least one case"):
        view(samples.study("chest", patients=1).select([]))
    with pytest.raises(ValueError, match="shape"):
        view(np.zeros((4, 4)), np.zeros((5, 5)))


def test_a_histogram_counts_every_value_of_a_small_image():
    values = np.random.default_rng(0).normal(size=(50, 60))
    counts = histogram(values, bins=16)
    assert counts == np.histogram(values, 16)[0].tolist()
    assert histogram(np.ones((3, 3))) == []
    assert 3.5e6 < sum(histogram(np.arange(10_000_000) % 1000)) < 6e6
