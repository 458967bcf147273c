import numpy as np
import pandas as pd
import pytest

from workbench.cohorts import Cohort, CohortError
from workbench.images import Image
from workbench.plots import contact_sheet


def cohort(**columns):
    ramp = Image(np.arange(48.0).reshape(6, 8), spacing=(1, 1))
    table = pd.DataFrame({"patient": range(30), "image": [ramp] * 30}, index=[f"c{n:02}" for n in range(30)])
    return Cohort(table.assign(**columns))


def titles(made):
    return [axes.get_title(loc="left") for axes in made.axes]


def test_cases_from_all_over_the_table():
    assert titles(contact_sheet(cohort(), most=4)) == ["c00", "c10", "c19", "c29"]
    assert len(contact_sheet(cohort()).axes) == 24
    assert titles(contact_sheet(cohort(), cases=["c05", "c02"])) == ["c05", "c02"]


def test_a_caption_says_what_the_cases_are_or_how_many():
    assert contact_sheet(cohort(), most=4).alt == "4 of 30 cases in small."
    assert contact_sheet(cohort(), most=4, alt="Pairs.").alt == "Pairs."


def test_titles_tell_label_and_split():
    made = contact_sheet(cohort(label="ill", split=["train", None] * 15), cases=["c00", "c01"])
    assert titles(made) == ["c00\nill, train", "c01\nill"]


def test_masks_and_boxes_are_drawn():
    mask = Image(np.pad(np.ones((2, 2), bool), ((2, 2), (3, 3))), spacing=(1, 1))
    boxes = '[{"top": 1, "left": 2, "bottom": 4, "right": 7, "label": "x"}, [0, 0, 1, 1]]'
    made = contact_sheet(cohort(mask=[mask] * 30, boxes=boxes), cases=["c00"])
    (axes,) = made.axes
    assert axes.patches[0].get_bbox().bounds == (1.5, 0.5, 5, 3)
    assert [text.get_text() for text in made.legends[0].get_texts()] == ["", "x"]
    assert len(axes.collections) > 0
    bare = contact_sheet(cohort(mask=[mask] * 30, boxes=boxes), cases=["c00"], masks=False, boxes=False)
    assert not bare.axes[0].patches
    assert not bare.axes[0].collections


def test_a_volume_shows_the_slice_with_most_of_its_mask():
    volume = np.arange(4)[:, None, None] * np.ones((1, 6, 8))
    mask = np.zeros((4, 6, 8), bool)
    mask[2, 1:3, 1:3] = True
    made = contact_sheet(cohort(image=[Image(volume, spacing=(3, 1, 1))] * 30), cases=["c00"])
    assert (made.axes[0].images[0].get_array() == 2).all()
    marked = [Image(np.roll(mask, 1, axis=0), spacing=(3, 1, 1))] * 30
    made = contact_sheet(cohort(image=[Image(volume, spacing=(3, 1, 1))] * 30, mask=marked), cases=["c00"])
    assert (made.axes[0].images[0].get_array() == 3).all()


def test_what_cannot_be_read_is_told():
    made = contact_sheet(cohort(image="gone.png"), cases=["c00"])
    assert [text.get_text() for text in made.axes[0].texts] == ["unreadable"]


def test_errors():
    with pytest.raises(ValueError, match="at least one case"):
        contact_sheet(cohort(), cases=[])
    with pytest.raises(CohortError, match="no case 'x'"):
        contact_sheet(cohort(), cases=["x"])
