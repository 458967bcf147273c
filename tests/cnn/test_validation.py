import numpy as np
import pandas as pd
import pytest
from sklearn.naive_bayes import GaussianNB

from workbench import cnn, evaluation, recognition

RNG = np.random.default_rng(0)
CASES = [f"case {number}" for number in range(48)]
LABELS = pd.Series(np.array(["dark", "light"])[np.arange(48) % 2], index=CASES)
PATIENTS = pd.Series(np.arange(48) // 2 % 12 + 12 * (np.arange(48) % 2), index=CASES).to_numpy()
IMAGES = RNG.normal(size=(48, 8, 8)) + 0.2 * (np.arange(48) % 2)[:, None, None]


def make(seed):
    return cnn.classifier((8, 8), 2, width=4, depth=1, seed=seed)


@pytest.fixture(scope="module")
def networks():
    return cnn.cross_validate(
        IMAGES, LABELS, PATIENTS, {"cnn": make, "other": make}, outer=3, inner=3, seed=4, epochs=3, batch_size=4
    )


@pytest.fixture(scope="module")
def classical():
    table = pd.DataFrame({"mean": IMAGES.mean(axis=(1, 2)), "sd": IMAGES.std(axis=(1, 2))}, index=CASES)
    return recognition.cross_validate(table, LABELS, PATIENTS, {"bayes": GaussianNB()}, outer=3, inner=2, seed=4)


def test_folds_and_table_are_those_of_classical_models(networks, classical):
    one, other = networks.of("cnn"), classical.of("bayes")
    assert one.columns.tolist() == other.columns.tolist()
    shared = ["patient", "label", "repeat", "fold"]
    pd.testing.assert_frame_equal(one[shared], other[shared], check_dtype=False)
    np.testing.assert_allclose(one[["p_dark", "p_light"]].sum(axis=1), 1, atol=1e-12)


def test_one_call_compares_networks_with_classical_models(networks, classical):
    table = evaluation.compare_predictions(
        networks.of("cnn"), classical.of("bayes"), positive="light", resamples=100, seed=0
    ).table
    assert np.isfinite(table.loc["auc", ["difference", "low", "high"]].astype(float)).all()


def test_given_folds_are_used(classical):
    folds = classical.of("bayes")["fold"].loc[CASES].to_numpy()
    result = cnn.cross_validate(IMAGES, LABELS, PATIENTS, {"cnn": make}, outer=folds, inner=3, epochs=1)
    np.testing.assert_array_equal(result.of("cnn")["fold"].loc[CASES], folds)


def test_what_chooses_is_neither_trained_nor_tested_on(networks):
    for fold, tested in networks.of("cnn").groupby("fold"):
        table = networks.training
        chosen = table[(table["model"] == "cnn") & (table["fold"] == fold)]
        assert set(chosen["patient"]).isdisjoint(tested["patient"])
        assert 0 < chosen["patient"].nunique() < 24 - tested["patient"].nunique()
    decided = networks.decide("cnn", positive="light", recall=0.9)
    assert decided["threshold"].between(0, 1).all()


def test_settings_say_what_was_chosen(networks):
    assert networks.settings["model"].tolist() == ["cnn"] * 3 + ["other"] * 3
    for chosen in networks.settings["settings"]:
        assert 1 <= chosen["epoch"] <= 3
        assert chosen["temperature"] > 0
    assert networks.models == ("cnn", "other")
    assert "48 cases of 24 patients" in repr(networks)


def test_easy_classes_are_told_apart_on_patients_not_seen():
    images = IMAGES + 4 * (np.arange(48) % 2)[:, None, None]
    result = cnn.cross_validate(
        images, LABELS, PATIENTS, {"cnn": make}, outer=3, inner=3, epochs=6, batch_size=4, learning_rate=1e-2
    )
    table = result.of("cnn")
    assert evaluation.auc(table["label"], table["p_light"], positive="light") > 0.95


def test_an_image_of_two_patients_is_refused_unless_allowed():
    twice = IMAGES.copy()
    twice[3] = twice[1]
    with pytest.raises(ValueError, match="1 images belong to two patients each"):
        cnn.cross_validate(twice, LABELS, PATIENTS, {"cnn": make}, outer=3, epochs=1)
    result = cnn.cross_validate(
        twice, LABELS, PATIENTS, {"cnn": make}, outer=2, inner=2, epochs=1, allow_leak=True
    )
    assert len(result.of("cnn")) == 48


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"labels": LABELS.to_numpy()}, "labels must be a Series"),
        ({"labels": LABELS.iloc[:40]}, "one label for each image"),
        ({"models": {}}, "at least one model"),
        ({"outer": np.zeros(5)}, "fold of each of 48 cases"),
        ({"outer": np.arange(48) % 2, "groups": np.arange(48) // 4}, "each patient must be in one fold"),
        ({"outer": 40}, "fewer than the 40 folds"),
        ({"labels": LABELS.where(LABELS == "dark")}, "must not be missing"),
    ],
)
def test_bad_input_is_refused(change, message):
    given = {"images": IMAGES, "labels": LABELS, "groups": PATIENTS, "models": {"cnn": make}, **change}
    with pytest.raises(ValueError, match=message):
        cnn.cross_validate(**given, epochs=1)
