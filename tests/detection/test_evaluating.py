import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench import detection

SETTINGS = settings(deadline=None, max_examples=15)
EDGES = ["top", "left", "bottom", "right"]
CASES = range(12)
CELL = {"case": 0, "class": "a", "top": 0, "left": 0, "bottom": 4, "right": 4}


def scene(seed, *, cases=12, classes=3, digits=6, ignore=0.0):
    rng = np.random.default_rng(seed)
    count = 8 * cases
    corner, size = rng.integers(0, 60, (count, 2)), rng.integers(6, 20, (count, 2))
    truths = pd.DataFrame(np.hstack([corner, corner + size]), columns=EDGES)
    truths["case"] = rng.integers(cases, size=count)
    truths["class"] = rng.choice(list("abcdef")[:classes], count)
    truths["ignore"] = rng.random(count) < ignore
    found = truths.loc[rng.integers(count, size=2 * count), ["case", "class", *EDGES]].reset_index(drop=True)
    found[EDGES] += rng.integers(-2, 3, (2 * count, 4))
    wrong = rng.random(2 * count) < 0.2
    found.loc[wrong, "case"] = rng.integers(cases, size=wrong.sum())
    found["score"] = rng.random(2 * count).round(digits)
    return found, truths


def outcomes(found, truths, iou):
    """The definition, box by box: greedy by score, the best free truth, duplicates false."""
    taken, told = set(), []
    for _, box in found.sort_values("score", ascending=False).iterrows():
        best, most = None, iou
        for row, truth in truths[(truths["case"] == box["case"]) & (truths["class"] == box["class"])].iterrows():
            height = min(box.bottom, truth.bottom) - max(box.top, truth.top)
            width = min(box.right, truth.right) - max(box.left, truth.left)
            shared = max(height, 0) * max(width, 0)
            areas = [(one.bottom - one.top) * (one.right - one.left) for one in (box, truth)]
            overlap = shared / (sum(areas) - shared)
            if row not in taken and overlap >= most:
                best, most = row, overlap
        taken.add(best)
        told.append(best is not None)
    return np.array(told, bool)


def area(hit, total):
    precision, recall = np.cumsum(hit) / np.arange(1, len(hit) + 1), np.cumsum(hit) / total
    return np.mean([max(precision[recall >= level], default=0) for level in np.linspace(0, 1, 101)])


@pytest.mark.parametrize(
    ("options", "half", "mean"),
    [
        (
            {},
            [0.5724429141771097, 0.5272244129502748, 0.44020468385841005],
            [0.2349397798682074, 0.25191847163000225, 0.18201148941729606],
        ),
        (
            {"digits": 1, "ignore": 0.3, "cases": 3},
            [0.2623762376237625, 0.7311802608832311, 0.6774077407740761],
            [0.19900990099009908, 0.3205104026886203, 0.27663253825382506],
        ),
    ],
    ids=["plain", "equal scores and crowds"],
)
def test_average_precision_is_what_pycocotools_2_0_11_says(options, half, mean):
    found, truths = scene(0, **options)
    assert detection.average_precision(found, truths, iou=0.5).tolist() == pytest.approx(half, abs=1e-12)
    assert detection.average_precision(found, truths).tolist() == pytest.approx(mean, abs=1e-12)


@SETTINGS
@given(st.integers(0, 10**6), st.sampled_from([0.3, 0.5, 0.75]))
def test_average_precision_is_the_written_out_definition_in_any_order(seed, iou):
    found, truths = scene(seed, cases=4, digits=12)
    # Overlaps that are all different, so that no order decides.
    found[EDGES] += np.random.default_rng(seed).uniform(0, 0.1, (len(found), 4))
    areas = detection.average_precision(found, truths, iou=iou)
    for kind, value in areas.items():
        mine, true = found[found["class"] == kind], truths[truths["class"] == kind]
        assert value == pytest.approx(area(outcomes(mine, true, iou), len(true)))
    shuffled = detection.average_precision(
        found.sample(frac=1, random_state=1), truths.sample(frac=1, random_state=2), iou=iou
    )
    assert shuffled.tolist() == pytest.approx(areas.tolist())


@SETTINGS
@given(st.integers(0, 10**6))
def test_perfect_predictions_are_perfect_and_none_find_nothing(seed):
    _, truths = scene(seed)
    truths = truths.drop_duplicates(["case", "class", *EDGES]).drop(columns="ignore")
    table = detection.evaluate(truths.assign(score=0.9), truths, cases=CASES, resamples=5)
    assert table[["ap50", "ap", "sensitivity", "exact"]].to_numpy() == pytest.approx(1)
    assert (table["absolute_error"] == 0).all()
    nothing = detection.evaluate(truths.assign(score=0.9).iloc[:0], truths, cases=CASES, resamples=5)
    assert (nothing[["ap50", "ap", "sensitivity"]] == 0).all(axis=None)


def test_matches_stand_beside_the_predictions_in_their_order():
    truths = pd.DataFrame([CELL, CELL | {"left": 20, "right": 30, "bottom": 10, "ignore": True}], index=["x", "y"])
    truths["ignore"] = truths["ignore"].eq(True)
    found = pd.DataFrame(
        [
            CELL | {"score": 0.5},
            CELL | {"left": 21, "right": 25, "score": 0.6},
            CELL | {"score": 0.9, "right": 5},
            CELL | {"class": "b", "score": 0.7},
            CELL | {"left": 22, "right": 26, "score": 0.1},
        ],
        index=list("pqrst"),
    )
    told = detection.match(found, truths)
    assert told["outcome"].to_dict() == {"p": "false", "q": "ignored", "r": "hit", "s": "false", "t": "ignored"}
    assert told["truth"].tolist() == [None, "y", "x", None, "y"]
    assert "truth" not in found


def test_volumes_are_matched_too():
    ball = {"case": 0, "class": "a", "front": 0, "top": 0, "left": 0, "back": 4, "bottom": 4, "right": 4}
    found = pd.DataFrame([ball | {"score": 0.9}, ball | {"front": 3, "back": 7, "score": 0.8}])
    assert detection.match(found, pd.DataFrame([ball]))["outcome"].tolist() == ["hit", "false"]


def test_precision_and_recall_are_counted_at_each_threshold():
    found, truths = scene(3)
    curves = detection.precision_recall(found, truths)
    told = detection.match(found, truths)
    for _, row in curves.sample(30, random_state=0).iterrows():
        shown = told[(told["class"] == row["class"]) & (told["score"] >= row["threshold"])]
        hits = (shown["outcome"] == "hit").sum()
        assert row["precision"] == pytest.approx(hits / len(shown))
        assert row["recall"] == pytest.approx(hits / (truths["class"] == row["class"]).sum())


def test_froc_counts_marks_of_equal_score_together_and_images_without_anything():
    found, truths = scene(4, digits=1)
    curve = detection.froc(found, truths, cases=range(24))
    told = detection.match(found, truths)
    assert curve["threshold"].tolist() == [np.inf, *sorted(set(found["score"]), reverse=True)]
    for _, row in curve.iterrows():
        shown = told[told["score"] >= row["threshold"]]["outcome"]
        assert row["false_positives"] == (shown == "false").sum() / 24
        assert row["sensitivity"] == (shown == "hit").sum() / len(truths)
    table = detection.sensitivity_at(found, truths, cases=range(24), resamples=50)
    for rate in table.index.drop("mean"):
        allowed = curve[curve["false_positives"] <= rate]
        assert table.loc[rate, "sensitivity"] == allowed["sensitivity"].max()
    assert table.loc["mean", "sensitivity"] == pytest.approx(table["sensitivity"].iloc[:7].mean())
    assert (table["low"] <= table["sensitivity"]).all()
    assert (table["sensitivity"] <= table["high"]).all()


def test_an_image_drawn_twice_is_an_image_copied():
    found, truths = scene(5)
    twice = [pd.concat([boxes, boxes.assign(case=boxes["case"] + 12)]) for boxes in (found, truths)]
    once = detection.evaluate(found, truths, cases=CASES, resamples=100)
    patients = pd.Series([*CASES, *CASES], index=range(24))
    copied = detection.evaluate(*twice, cases=patients, resamples=100)
    numbers = ["truths", "predictions"]
    assert (copied[numbers] == 2 * once[numbers]).all(axis=None)
    assert copied.drop(columns=numbers).to_numpy() == pytest.approx(
        once.drop(columns=numbers).to_numpy(), nan_ok=True
    )
    assert (once["ap50_low"] < once["ap50"]).all()


def test_counts_are_compared_image_by_image():
    found, truths = scene(6)
    table = detection.counting_error(found, truths, cases=range(14), score=0.4, resamples=10)
    shown = found[found["score"] >= 0.4]
    for kind in "abc":
        counted, true = (
            boxes[boxes["class"] == kind].groupby("case").size().reindex(range(14), fill_value=0)
            for boxes in (shown, truths)
        )
        off = counted - true
        assert table.loc[kind, ["exact", "absolute_error", "bias"]].tolist() == pytest.approx(
            [(off == 0).mean(), off.abs().mean(), off.mean()]
        )


def test_a_class_without_truth_has_no_precision():
    found = pd.DataFrame([CELL | {"score": 0.9}, CELL | {"class": "b", "score": 0.9}])
    table = detection.evaluate(found, pd.DataFrame([CELL]), cases=[0], resamples=5)
    assert table.loc["b", ["ap50", "ap", "sensitivity"]].isna().all()
    assert table.loc["all", ["ap50", "ap", "sensitivity"]].tolist() == [1, 1, 1]
    assert table.loc["b", "exact"] == 0


@pytest.mark.parametrize(
    ("found", "truths", "options", "message"),
    [
        ({}, None, {}, "at least one truth"),
        ({}, {"bottom": 0}, {}, "must have an area"),
        ({"right": 0}, {}, {}, "must have an area"),
        ({"score": np.nan}, {}, {}, "no gaps"),
        ({"score": np.inf}, {}, {}, "finite"),
        ({"case": 7}, {}, {}, "received case 7"),
        ({}, {"case": 7}, {}, "received case 7"),
        ({}, {"class": "all"}, {}, "may be called"),
        ({}, {}, {"cases": []}, "each case once"),
        ({}, {}, {"cases": [0, 0]}, "each case once"),
        ({}, {}, {"false_positives": -1.0}, "at least 0"),
    ],
)
def test_bad_tables_are_refused_in_words(found, truths, options, message):
    predictions = pd.DataFrame([CELL | {"score": 0.9} | found])
    true = pd.DataFrame([CELL | (truths or {})]).iloc[: 0 if truths is None else 1]
    with pytest.raises(ValueError, match=message):
        detection.evaluate(predictions, true, **{"cases": [0], "resamples": 5} | options)


def test_bad_options_are_refused_in_words():
    found, truths = scene(0)
    with pytest.raises(ValueError, match="missing: score"):
        detection.match(truths, truths)
    with pytest.raises(ValueError, match="iou must be"):
        detection.match(found, truths, iou=0)
    with pytest.raises(ValueError, match="most must be"):
        detection.average_precision(found, truths, most=0)


def test_real_boxes_of_blood_cells(shared_data):
    from workbench import cohorts

    cohort = cohorts.read(shared_data / "blood_bccd")
    truths = detection.truth_table(cohort)
    with pytest.raises(ValueError, match="must have an area"):
        detection.match(truths.assign(score=1.0), truths)
    solid = truths[(truths["bottom"] > truths["top"]) & (truths["right"] > truths["left"])]
    assert len(truths) - len(solid) == 2
    table = detection.evaluate(solid.assign(score=1.0), solid, cases=cohort.table["patient"], resamples=5)
    assert table["exact"].to_numpy() == pytest.approx(1)
