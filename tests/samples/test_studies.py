import json

import numpy as np
import pandas as pd
import pytest

from workbench import phantoms, samples
from workbench.samples.locations import phantom_location


@pytest.mark.parametrize("anatomy", phantoms.ANATOMIES)
def test_a_study_is_a_cohort(anatomy):
    cohort = samples.study(anatomy, patients=3, images_per_patient=2, size=64, seed=4)
    assert len(cohort) == 6
    assert cohort.table["patient"].nunique() == 3
    assert cohort.table["simulated"].all()
    for case, row in cohort.table.iterrows():
        image, mask = cohort.image(case), cohort.mask(case)
        assert image.shape == mask.shape == (64, 64)
        assert image.modality == phantoms.ANATOMIES[anatomy].modality
        assert json.loads(row["boxes"]) == [list(box) for box in phantoms.boxes_of(np.asarray(mask.pixels, bool))]


def test_patients_stay_the_same_however_many_there_are():
    few = samples.study("head", patients=2, size=64).table
    many = samples.study("head", patients=5, size=64).table
    pd.testing.assert_frame_equal(few, many.iloc[: len(few)])


def test_locations():
    where = {"seed": 3, "patient": 7, "image": 2, "size": 64}
    image = samples.resolve(phantom_location("limb", **where))
    np.testing.assert_array_equal(image.pixels, phantoms.simulate("limb", **where).image.pixels)
    mask = samples.resolve(phantom_location("limb", mask=True, **where))
    np.testing.assert_array_equal(mask.pixels, phantoms.simulate("limb", **where).mask.pixels)
    assert samples.resolve("sample:head_ct").modality == "CT"


@pytest.mark.parametrize(
    "location",
    ["chest.png", "phantom:chest:0:1:2", "phantom:chest:0:x:2:64", "phantom:chest:0:-1:2:64", "other:cell"],
)
def test_bad_locations(location):
    with pytest.raises(ValueError, match="a location must be sample:NAME"):
        samples.resolve(location)


@pytest.mark.parametrize("option", ["patients", "images_per_patient"])
def test_an_empty_study(option):
    with pytest.raises(ValueError, match=f"{option} must be 1 or more, received 0"):
        samples.study("chest", **{option: 0})
