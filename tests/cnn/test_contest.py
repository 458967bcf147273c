import numpy as np
import pandas as pd
import pytest

from workbench import recognition
from workbench.cnn import classifier, contest, cross_validate

RNG = np.random.default_rng(0)
IMAGES = RNG.normal(size=(24, 8, 8)).astype(np.float32)
LABELS = pd.Series(np.tile(["ill", "ill", "well", "well"], 6), index=[f"c{n}" for n in range(24)])
PATIENTS = np.repeat([f"p{n}" for n in range(12)], 2)
FEATURES = pd.DataFrame({"a": IMAGES.mean(axis=(1, 2)), "b": IMAGES.std(axis=(1, 2))}, index=LABELS.index)
OPTIONS = {"outer": 2, "inner": 2, "seed": 4}


def network(seed):
    return classifier((8, 8), 2, width=2, depth=1, seed=seed)


@pytest.fixture(scope="module")
def found():
    return contest(IMAGES, FEATURES, LABELS, PATIENTS, network=network, epochs=1, **OPTIONS)


def test_it_is_what_the_two_cross_validations_say_by_themselves(found):
    known = recognition.cross_validate(
        FEATURES, LABELS, groups=PATIENTS, models=recognition.models("logistic", inner=2, seed=4), outer=2, seed=4
    )
    pd.testing.assert_frame_equal(found.of("logistic"), known.of("logistic"))
    seen = cross_validate(IMAGES, LABELS, PATIENTS, {"CNN": network}, epochs=1, **OPTIONS)
    pd.testing.assert_frame_equal(found.of("CNN"), seen.of("CNN"))


def test_both_are_judged_on_the_same_folds_of_whole_patients(found):
    assert found.models == ("CNN", "logistic")
    network_said, classical = found.of("CNN"), found.of("logistic")
    pd.testing.assert_series_equal(network_said["fold"], classical["fold"])
    assert (network_said.groupby("patient")["fold"].nunique() == 1).all()
    assert len(found.decide("CNN", positive="ill", recall=0.9)) == 24


def test_what_does_not_belong_together_is_refused():
    with pytest.raises(ValueError, match="same cases in the same order"):
        contest(IMAGES, FEATURES.iloc[::-1], LABELS, PATIENTS, network=network)
    with pytest.raises(ValueError, match="must not be called 'CNN'"):
        models = {"CNN": recognition.models("logistic")["logistic"]}
        contest(IMAGES, FEATURES, LABELS, PATIENTS, network=network, classical=models)
