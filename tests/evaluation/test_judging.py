import numpy as np
import pandas as pd
import pytest

from workbench import evaluation

CLASSES = ["a", "b", "c"]


def table(seed=0, patients=40):
    rng = np.random.default_rng(seed)
    owner = np.repeat(np.arange(patients), 2)
    ill = rng.random(2 * patients) < 0.3
    said = 1 / (1 + np.exp(-rng.normal(2 * ill - 1.5)))
    label = np.where(ill, "ill", "well")
    return pd.DataFrame({"patient": owner, "label": label, "p_ill": said, "p_well": 1 - said}).rename_axis("case")


def judged(frame, **options):
    return evaluation.classification(
        frame["label"], frame["p_ill"], groups=frame["patient"], positive="ill", resamples=100, **options
    )


def test_values_are_those_of_the_single_functions():
    frame = table()
    found = judged(frame)
    said = np.where(frame["p_ill"] >= 0.5, "ill", "well")
    for name in ("recall", "precision", "specificity", "f1"):
        assert found[name].value == pytest.approx(getattr(evaluation, name)(frame["label"], said, positive="ill"))
    assert found["accuracy"].value == pytest.approx(evaluation.accuracy(frame["label"], said))
    for name in ("auc", "brier"):
        expected = getattr(evaluation, name)(frame["label"], frame["p_ill"], positive="ill")
        assert found[name].value == pytest.approx(expected)
    assert (found.table["low"] < found.table["value"]).all()
    assert (found.table["value"] <= found.table["high"]).all()
    assert (found.cases, found.patients) == (80, 40)
    assert "80 cases of 40 patients" in repr(found)


def test_the_majority_is_right_as_often_as_it_is_large():
    frame = table()
    majority = judged(frame).table["majority"]
    share = np.mean(frame["label"] == "ill")
    assert majority["accuracy"] == pytest.approx(1 - share)
    assert majority[["recall", "specificity", "auc"]].tolist() == [0, 1, 0.5]
    assert majority["brier"] == pytest.approx(share * (1 - share))
    assert majority["average_precision"] == pytest.approx(share)
    assert np.isnan(majority[["precision", "mcc", "calibration_slope"]].astype(float)).all()


def test_what_counts_classes_alike_is_as_uncertain_as_the_smallest_class():
    rng = np.random.default_rng(0)
    ill = np.arange(400) < 8
    said = 1 / (1 + np.exp(-rng.normal(1.5 * ill - 1)))
    found = evaluation.classification(ill, said, groups=None, positive=True, resamples=400)
    counts = evaluation.drawn_patients(400, resamples=400, seed=0)
    areas = evaluation.resampled_auc(ill, said, counts, np.arange(400))
    assert found["auc"] == pytest.approx(evaluation.spread_interval(areas[0], areas[1:], patients=8))
    assert found["auc"].low < evaluation.spread_interval(areas[0], areas[1:], patients=400).low
    alone = evaluation.classification(np.arange(400) < 1, said, groups=None, positive=True, resamples=50)
    assert np.isnan(alone["auc"].low)
    assert not np.isnan(alone["accuracy"].low)


def test_a_table_is_judged_as_its_arrays_are():
    frame = table()
    pd.testing.assert_frame_equal(
        evaluation.evaluate(frame, positive="ill", resamples=100).table, judged(frame).table
    )


def test_each_fold_may_have_its_own_threshold():
    frame = table().assign(threshold=lambda rows: np.where(rows["patient"] < 20, 0.2, 0.7))
    found = evaluation.evaluate(frame, positive="ill", resamples=20)
    said = np.where(frame["p_ill"] >= frame["threshold"], "ill", "well")
    assert found["recall"].value == pytest.approx(evaluation.recall(frame["label"], said, positive="ill"))
    pd.testing.assert_frame_equal(found.table, judged(frame, threshold=frame["threshold"]).table.assign(
        **evaluation.evaluate(frame, positive="ill", resamples=20).table[["low", "high"]]))  # fmt: skip


def test_repeats_are_averaged_and_add_no_patients():
    first, second = table(0), table(0).assign(p_ill=lambda rows: rows["p_ill"] ** 2)
    second["p_well"] = 1 - second["p_ill"]
    both = pd.concat([first.assign(repeat=0), second.assign(repeat=1)])
    found = evaluation.evaluate(both, positive="ill", resamples=100)
    single = [judged(part) for part in (first, second)]
    for name in ("auc", "brier", "recall"):
        assert found[name].value == pytest.approx(np.mean([one[name].value for one in single]))
    assert found["auc"] == pytest.approx(single[0]["auc"])
    assert (found.cases, found.patients) == (80, 40)
    with pytest.raises(ValueError, match="repeat 1 lacks some"):
        evaluation.evaluate(both.iloc[:-2], positive="ill")


def test_copies_of_cases_add_no_certainty():
    frame = table()
    once = judged(frame)
    copied = judged(pd.concat([frame, frame, frame]))
    pd.testing.assert_frame_equal(once.table, copied.table)


def test_many_classes_are_judged_together_or_one_against_the_rest():
    rng = np.random.default_rng(1)
    truth = np.array(CLASSES * 20)
    said = rng.dirichlet([1, 1, 1], size=60) + 0.5 * (truth[:, None] == CLASSES)
    said /= said.sum(axis=1, keepdims=True)
    options = {"groups": None, "classes": CLASSES, "resamples": 20}
    whole = evaluation.classification(truth, said, **options)
    each = [evaluation.classification(truth, said, positive=name, **options) for name in CLASSES]
    for name in ("auc", "average_precision", "calibration_slope"):
        assert whole[name].value == pytest.approx(np.mean([one[name].value for one in each]))
    assert whole["auc"].value == pytest.approx(evaluation.auc(truth, said, classes=CLASSES))
    assert whole.classes == ("a", "b", "c")
    assert "mean of 3 classes" in repr(whole)


def test_labels_that_are_no_text_are_found_in_a_table():
    frame = table().assign(label=lambda rows: (rows["label"] == "ill").astype(int))
    frame = frame.rename(columns={"p_ill": "p_1", "p_well": "p_0"})
    expected = judged(table()).table
    pd.testing.assert_frame_equal(evaluation.evaluate(frame, positive=1, resamples=100).table, expected)
    assert evaluation.probability_columns([0, 1]) == ["p_0", "p_1"]


def test_subgroups_are_judged_alone_and_all_last():
    frame = table()
    scanner = np.where(frame["patient"] < 15, "old", "new")
    found = evaluation.subgroups(frame, scanner, positive="ill", resamples=50)
    assert found.index.get_level_values("subgroup").unique().tolist() == ["new", "old", "all"]
    alone = evaluation.evaluate(frame[scanner == "old"], positive="ill", resamples=50)
    assert found.loc[("old", "auc"), "value"] == alone["auc"].value
    assert found.loc[("old", "auc"), "patients"] == 15
    with pytest.raises(ValueError, match="subgroup of each of 80 rows"):
        evaluation.subgroups(frame, ["old"], positive="ill")


def test_a_subgroup_without_ill_has_no_auc_and_says_nan():
    frame = table()
    found = evaluation.subgroups(frame, frame["label"], positive="ill", resamples=20)
    assert np.isnan(found.loc[("well", "auc"), ["value", "low", "high"]].astype(float)).all()


def test_four_times_the_patients_for_half_the_width():
    found = judged(table())
    needed = [evaluation.patients_needed(found, half_width=width)["patients"] for width in (0.01, 0.005)]
    assert (needed[1] / needed[0]).to_numpy() == pytest.approx(np.full(12, 4.0), rel=0.03)
    row = evaluation.patients_needed(found, half_width=0.05).loc["auc"]
    assert row["patients"] == np.ceil(40 * (row["half_width"] / 0.05) ** 2)
    with pytest.raises(ValueError, match="half_width must be positive"):
        evaluation.patients_needed(found, half_width=0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"probabilities": [0.1, 1.2]}, "from 0 to 1, received 0.1 to 1.2"),
        ({"probabilities": [0.1, np.nan]}, "must be finite"),
        ({"probabilities": [0.1]}, "one length"),
        ({"positive": "Ill"}, "positive must be one of .* received 'Ill'"),
        ({"positive": None}, "expected positive"),
        ({"groups": ["p"]}, "patient of each of 2 cases"),
        ({"level": 95}, "level must be between 0 and 1"),
        ({"resamples": 0}, "resamples"),
        ({"probabilities": [[0.1, 0.9], [0.5, 0.5]]}, "classes must name each of 2 columns"),
        ({"probabilities": [[0.1, 0.8], [0.5, 0.5]], "classes": ["ill", "well"]}, "must sum to 1"),
        ({"probabilities": [[0.1, 0.9], [0.5, 0.5]], "classes": ["ill", "sick"]}, "add 'well'"),
    ],
)
def test_bad_input_is_refused_in_words(options, message):
    given = {"labels": ["ill", "well"], "probabilities": [0.9, 0.1], "groups": None, "positive": "ill"} | options
    with pytest.raises(ValueError, match=message):
        evaluation.classification(given.pop("labels"), given.pop("probabilities"), **given)


def test_a_table_without_its_columns_is_refused():
    with pytest.raises(ValueError, match="expected rows with patient, label and p_<class>"):
        evaluation.evaluate(table().drop(columns="patient"), positive="ill")
