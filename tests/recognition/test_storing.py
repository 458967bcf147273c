import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.linear_model import RidgeClassifier
from typer.testing import CliRunner

from workbench import cohorts, recognition
from workbench.cli import app
from workbench.images import Image

RNG = np.random.default_rng(0)
LABELS = np.array(["benign", "malignant"])[np.arange(60) % 2]
TABLE = pd.DataFrame(RNG.normal(size=(60, 4)) + (np.arange(60) % 2)[:, None], columns=list("abcd"))
TABLE.index = pd.Index([f"case {number}" for number in range(60)], name="case")
FRESH = """
import sys, numpy as np, pandas as pd
from workbench import recognition
model, table, out = sys.argv[1:]
np.save(out, recognition.load(model).model.predict_proba(pd.read_csv(table, index_col="case")))
"""


def trained(name="logistic", **options):
    return recognition.train(TABLE, LABELS, None, recognition.models(name)[name], use="To test.", **options)


@pytest.mark.parametrize("name", list(recognition.models()))
def test_a_saved_model_is_loaded_and_gives_identical_probabilities(name, tmp_path):
    model = trained(name)
    digest = recognition.save(model, tmp_path / "m.skops")
    loaded = recognition.load(tmp_path / "m.skops", sha256=digest)
    assert (loaded.model.predict_proba(TABLE) == model.model.predict_proba(TABLE)).all()
    assert loaded.card == json.loads(json.dumps(model.card))


@pytest.mark.parametrize("name", ["svm", "forest", "boosting"])
def test_a_fresh_process_gives_identical_probabilities(name, tmp_path):
    model = trained(name)
    recognition.save(model, tmp_path / "m.skops")
    TABLE.to_csv(tmp_path / "t.csv")
    command = [sys.executable, "-c", FRESH, tmp_path / "m.skops", tmp_path / "t.csv", tmp_path / "p.npy"]
    subprocess.run(list(map(str, command)), check=True)
    again = pd.read_csv(tmp_path / "t.csv", index_col="case")
    assert (np.load(tmp_path / "p.npy") == model.model.predict_proba(again)).all()


def test_the_card_says_what_the_model_is(tmp_path):
    metrics = pd.DataFrame({"value": [0.8], "low": [0.7], "high": [0.9]}, index=["auc"])
    recognition.save(trained(metrics=metrics, positive="malignant", recall=0.9), tmp_path / "m.skops")
    card = json.loads((tmp_path / "m.json").read_text())
    assert card["notice"] == "For research and teaching; not a medical device"
    assert card["metrics"] == {"auc": {"value": 0.8, "low": 0.7, "high": 0.9}}
    assert card["features"]["a"] == [TABLE["a"].min(), TABLE["a"].max()]
    assert card["cases_of_class"] == {"benign": 30, "malignant": 30}
    assert card["use"] == "To test."
    assert not card["patients_named"]
    assert {"workbench", "python", "scikit-learn"} <= set(card["versions"])
    assert len(card["sha256"]) == len(card["data_sha256"]) == 64


def test_another_table_has_another_fingerprint():
    other = recognition.train(
        TABLE.assign(a=TABLE["a"] + 1e-9), LABELS, None, recognition.models("lda")["lda"], use="To test."
    )
    assert trained("lda").card["data_sha256"] == trained("logistic").card["data_sha256"]
    assert other.card["data_sha256"] != trained("lda").card["data_sha256"]


def test_nothing_that_was_said_of_single_patients_is_saved():
    assert trained().model.held_out_ is None


def test_a_changed_file_is_refused(tmp_path):
    path = tmp_path / "m.skops"
    digest = recognition.save(trained(), path)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(recognition.ModelError, match="not the file that was saved"):
        recognition.load(path, sha256=digest)


def test_types_outside_our_list_are_refused(tmp_path):
    path = tmp_path / "evil.skops"
    skops.io.dump({"model": RidgeClassifier().fit(TABLE, LABELS), "card": "{}"}, path)
    with pytest.raises(recognition.ModelError, match=r"types that no model of ours has: .*RidgeClassifier"):
        recognition.load(path)
    skops.io.dump({"model": np.load, "card": "{}"}, path)
    with pytest.raises(recognition.ModelError, match=r"no model of ours has: .*load"):
        recognition.load(path)


def test_what_could_not_be_loaded_is_not_saved(tmp_path):
    model = recognition.train(TABLE, LABELS, None, RidgeClassifier(), use="To test.")
    with pytest.raises(recognition.ModelError, match=r"cannot be saved safely: .*RidgeClassifier"):
        recognition.save(model, tmp_path / "m.skops")
    assert not list(tmp_path.iterdir())


def test_what_is_no_model_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="no model at"):
        recognition.load(tmp_path / "none.skops")
    with pytest.raises(ValueError, match=r"must end in \.skops, received 'm\.pkl'"):
        recognition.load(tmp_path / "m.pkl")
    (tmp_path / "text.skops").write_text("hello")
    with pytest.raises(recognition.ModelError, match=r"expected a model of recognition\.save"):
        recognition.load(tmp_path / "text.skops")
    skops.io.dump([1.0], tmp_path / "list.skops")
    with pytest.raises(recognition.ModelError, match="received list"):
        recognition.load(tmp_path / "list.skops")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (TABLE.drop(columns=["a", "c"]), "2 of its 4 features are missing, such as 'a', 'c'"),
        (TABLE * 100, r"case 'case \d+' is unlike all training cases in \d of 4 features"),
        (TABLE.assign(a="x"), "no numbers in 'a'"),
        (TABLE.assign(a=np.nan), "'a' is empty in all cases"),
        (TABLE.assign(a=np.inf), "'a' is infinite"),
        (TABLE.iloc[[0, 0]], "comes more than once"),
        (TABLE.iloc[:0], "at least one case"),
    ],
)
def test_a_table_that_does_not_fit_is_refused_with_reasons(table, message):
    with pytest.raises(recognition.ModelError, match=message):
        trained("lda").predict(table)


def test_a_threshold_decides():
    model = trained(positive="malignant", recall=0.95)
    said = model.predict(TABLE.assign(patient="p", more=1.0)[["more", "d", "c", "b", "a", "patient"]])
    assert list(said.columns) == ["patient", "p_benign", "p_malignant", "prediction"]
    assert ((said["prediction"] == "malignant") == (said["p_malignant"] >= model.card["threshold"]["value"])).all()
    assert (said["prediction"][LABELS == "malignant"] == "malignant").mean() >= 0.9


def pictures(count=12, **facts):
    rng = np.random.default_rng(1)
    facts = {"modality": "CR", "spacing": (1.0, 1.0)} | facts
    rows = {
        f"c{number}": Image(rng.normal(100 + 40 * (number % 2), 20, size=(20, 20)), **facts)
        for number in range(count)
    }
    return cohorts.Cohort(pd.DataFrame({"patient": list(rows), "image": list(rows.values())}, index=list(rows)))


def of_images():
    cohort = pictures()
    recipe = {"recipe": "whole_image", "grid": 2, "gradients": 0}
    features = recognition.measure(cohort, **recipe)
    return recognition.train(
        features,
        np.arange(12) % 2,
        None,
        recognition.models("lda")["lda"],
        use="To test.",
        recipe=recipe,
        images=cohort,
    )


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"modality": "MR"}, "case 'c0': modality MR, trained on CR"),
        ({"spacing": (3.0, 1.0)}, "case 'c0': spacing 3 x 1 mm, trained on 0.8 to 1.25 mm"),
        ({"spacing": None}, "case 'c0': spacing unknown"),
        ({"units": "HU"}, "case 'c0': units HU, trained on unknown"),
    ],
)
def test_images_unlike_the_training_are_refused(facts, message):
    model = of_images()
    assert model.predict(pictures()).shape == (12, 4)
    with pytest.raises(recognition.ModelError, match=message):
        model.predict(pictures(**facts))


def test_intensities_of_another_scale_are_refused():
    cohort = pictures()
    brighter = {case: cohort.image(case).replace(pixels=cohort.image(case).pixels * 50) for case in cohort}
    cohort.table["image"] = pd.Series(brighter)
    with pytest.raises(recognition.ModelError, match="intensities"):
        of_images().predict(cohort)


def test_a_model_of_tables_has_no_use_for_images():
    with pytest.raises(recognition.ModelError, match="no recipe for images"):
        trained().predict(pictures())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"use": " "}, "what the model is for"),
        ({"recipe": {"recipe": "whole_image"}}, "belong together"),
        ({"positive": "bad", "recall": 0.9}, "positive must be one of 'benign', 'malignant'"),
    ],
)
def test_bad_training_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        recognition.train(TABLE, LABELS, None, recognition.models("lda")["lda"], **({"use": "x"} | options))


def test_the_command_writes_probabilities(tmp_path):
    model = trained()
    digest = recognition.save(model, tmp_path / "m.skops")
    TABLE.assign(patient="007").to_csv(tmp_path / "new.csv")
    out = tmp_path / "said.csv"
    arguments = [
        "predict",
        str(tmp_path / "m.skops"),
        str(tmp_path / "new.csv"),
        "-o",
        str(out),
        "--sha256",
        digest,
    ]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert "not a medical device" in result.output
    said = pd.read_csv(out, index_col="case", dtype={"patient": str})
    assert list(said.columns) == ["patient", "p_benign", "p_malignant", "prediction"]
    assert said["p_benign"].to_numpy() == pytest.approx(model.predict(TABLE)["p_benign"].to_numpy(), abs=1e-12)


def test_the_command_refuses_and_leaves_what_was_there(tmp_path):
    recognition.save(trained(), tmp_path / "m.skops")
    TABLE.drop(columns="b").to_csv(tmp_path / "new.csv")
    out = tmp_path / "said.csv"
    out.write_text("before")
    for arguments, message in (
        ([str(tmp_path / "new.csv")], "features are missing"),
        ([str(tmp_path / "new.csv"), "--sha256", "00"], "not the file that was saved"),
        ([str(tmp_path / "none.csv")], "there is no such file"),
    ):
        result = CliRunner().invoke(app, ["predict", str(tmp_path / "m.skops"), *arguments, "-o", str(out)])
        assert result.exit_code == 2
        assert message in result.output
        assert out.read_text() == "before"
