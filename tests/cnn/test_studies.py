import numpy as np
import pandas as pd
import pytest

from workbench import cnn, evaluation, images
from workbench.cohorts import CohortError, LeakError

LABELS = ("no fracture", "fracture")


def test_a_simulated_study_is_divided_by_patient():
    study = cnn.classification_study("limb", labels=LABELS, patients=20, size=32, seed=3)
    table = study.table
    assert set(table["label"]) == set(LABELS)
    assert table.groupby("patient")["split"].nunique().max() == 1
    assert {study.image(case).shape for case in study} == {(32, 32)}


def test_other_classes_are_left_out():
    study = cnn.classification_study("head", labels=("no lesion", "haemorrhage"), patients=24, size=32)
    assert set(study.table["label"]) == {"no lesion", "haemorrhage"}
    with pytest.raises(CohortError, match="no case is labelled 'tumour'; there are haemorrhage"):
        cnn.classification_study("head", labels=("no lesion", "tumour"), patients=24, size=32)


def write_study(folder, splits, *, shared=False):
    rng = np.random.default_rng(0)
    rows = []
    for number, split in enumerate(splits):
        pixels = rng.integers(0, 255, (40, 50, 3) if number % 3 else (40, 50)).astype(np.uint8)
        if shared and number == len(splits) - 1:
            (folder / f"{number}.png").write_bytes((folder / "0.png").read_bytes())
        else:
            images.write(
                images.Image(pixels, channel_axis=2 if pixels.ndim == 3 else None), folder / f"{number}.png"
            )
        rows.append({"case": f"c{number}", "patient": f"p{number}", "image": f"{number}.png", "label": number % 2})
        if split:
            rows[-1]["split"] = split
    pd.DataFrame(rows).to_csv(folder / "study.csv", index=False)
    return str(folder / "study.csv")


def test_a_study_of_ones_own_keeps_its_test(tmp_path):
    source = write_study(tmp_path, ["train"] * 16 + ["test"] * 8)
    study = cnn.classification_study(source, labels=("0", "1"), size=32)
    counts = study.table["split"].value_counts()
    assert counts["test"] == 8
    assert counts["train"] + counts["validation"] == 16
    assert counts["validation"] >= 2
    assert {study.image(case).shape for case in study} == {(32, 32)}


def test_without_a_test_the_validation_is_the_test(tmp_path):
    source = write_study(tmp_path, ["train"] * 16 + ["validation"] * 8)
    table = cnn.classification_study(source, labels=("0", "1"), size=32).table
    assert list(table.index[table["split"] == "test"]) == [f"c{number}" for number in range(16, 24)]


def test_an_image_in_two_parts_is_refused(tmp_path):
    source = write_study(tmp_path, ["train"] * 16 + ["test"] * 8, shared=True)
    with pytest.raises(LeakError):
        cnn.classification_study(source, labels=("0", "1"), size=32)
    assert len(cnn.classification_study(source, labels=("0", "1"), size=32, allow_leak=True)) == 24


def test_the_table_of_predictions_is_what_evaluation_takes():
    study = cnn.classification_study("limb", labels=LABELS, patients=12, size=32)
    said = np.random.default_rng(0).dirichlet([1, 1], len(study))
    table = cnn.prediction_table(study, said, classes=LABELS)
    truth = (study.table["label"] == "fracture").to_numpy()
    found = evaluation.evaluate(table, positive="fracture", resamples=20)
    assert found["auc"].value == pytest.approx(evaluation.auc(truth, said[:, 1], positive=True))
    assert list(table["prediction"]) == [LABELS[k] for k in said.argmax(axis=1)]
    with pytest.raises(ValueError, match="expected probabilities"):
        cnn.prediction_table(study, said[:3], classes=LABELS)


def test_candidates_are_nodules_or_vessels_of_one_brightness():
    study = cnn.classification_study("candidates", labels=("vessel", "nodule"), patients=10, size=32, seed=1)
    table = study.table
    assert table["label"].value_counts().to_dict() == {"vessel": 30, "nodule": 30}
    assert table.groupby("patient")["label"].nunique().max() == 1
    middle = np.array([np.asarray(study.image(case))[13:19, 13:19].max() for case in study])
    assert (middle > -500).all()
    assert {study.image(case).shape for case in study} == {(32, 32)}


@pytest.mark.parametrize("size", [15, 65])
def test_candidates_of_impossible_size_are_refused(size):
    with pytest.raises(ValueError, match="size must be from 16 to 64"):
        cnn.candidates(patients=2, size=size)
