import numpy as np
import pandas as pd
import pytest

from workbench import evaluation
from workbench.cohorts import Cohort
from workbench.explorers import classify
from workbench.images import Image

CASES = 60


@pytest.fixture(scope="module")
def study():
    rng = np.random.default_rng(0)
    names = [f"c{number:02}" for number in range(CASES)]
    labels = np.where(rng.random(CASES) < 0.4, "ill", "well")
    said = np.clip(rng.normal(np.where(labels == "ill", 0.6, 0.4), 0.2), 0, 1)
    table = pd.DataFrame({"label": labels, "p_well": 1 - said, "p_ill": said}, index=pd.Index(names, name="case"))
    images = pd.Series({name: Image(rng.normal(size=(16, 16)).astype(np.float32)) for name in names})
    cohort = Cohort(pd.DataFrame({"image": images, "patient": names, "label": labels}))
    return table, cohort


@pytest.mark.parametrize("limit", [0.0, 0.31, 0.5, 0.77, 1.0])
@pytest.mark.parametrize("positive", ["ill", "well"])
def test_the_threshold_is_that_of_evaluation(study, limit, positive):
    table, _ = study
    judged = classify(table, positive=positive)
    judged.threshold.threshold = limit
    rival = {"ill": "well", "well": "ill"}[positive]
    called = np.where(table[f"p_{positive}"] >= limit, positive, rival)
    expected = evaluation.confusion(table["label"], called, classes=[positive, rival])
    pd.testing.assert_frame_equal(judged.threshold.table, expected)
    ill = np.frombuffer(judged.threshold.ill)
    assert np.count_nonzero(ill >= limit) == expected.loc[positive, positive]
    assert (np.diff(ill) >= 0).all()


def test_worst_cases_follow_the_order_and_the_threshold(study):
    table, cohort = study
    judged = classify(table, cohort, positive="ill")
    own = np.where(table["label"] == "ill", table["p_ill"], table["p_well"])
    assert judged.shown == table.index[np.argsort(own, kind="stable")][:12].tolist()
    judged.order.value = "missed"
    judged.threshold.threshold = 0.7
    missed = table[(table["label"] == "ill") & (table["p_ill"] < 0.7)].sort_values("p_ill")
    assert judged.shown == missed.index[:12].tolist()
    assert [caption.partition("\n")[0] for caption in judged.sheet.captions] == judged.shown
    judged.order.value = "false alarms"
    assert all(table.loc[case, "label"] == "well" and table.loc[case, "p_ill"] >= 0.7 for case in judged.shown)
    judged.threshold.threshold = 1.0
    assert judged.shown == judged.sheet.captions == []
    judged.order.value = "least sure"
    judged.sheet.chosen = 2
    image = cohort.image(judged.shown[2])
    direct = classify(table, cohort).canvas
    direct.change(image)
    np.testing.assert_array_equal(judged.canvas.picture(), direct.picture())


def test_grad_cam_is_that_of_cnn_on_the_grid_of_the_image(study):
    from workbench import cnn, processing

    table, cohort = study
    model = cnn.classifier((8, 8), 2, width=2, depth=1)

    def prepare(image):
        return processing.resize(np.asarray(image), shape=(8, 8))

    judged = classify(table, cohort, model, positive="ill", prepare=prepare)
    judged.sheet.chosen = 1
    case = judged.shown[1]
    small = np.asarray(prepare(cohort.image(case)), np.float32)
    heat = cnn.grad_cam(model, small[np.newaxis], classes=1)[0]
    np.testing.assert_allclose(judged.explained(case), processing.resize(heat, shape=(16, 16)), rtol=1e-5)
    assert judged.canvas.mode == "blend"
    judged.canvas.mix = 0.0
    plain = classify(table, cohort)
    plain.canvas.change(cohort.image(case))
    np.testing.assert_array_equal(judged.canvas.picture(), plain.canvas.picture())


def test_of_several_classes_one_stands_against_the_others():
    said = pd.DataFrame(np.eye(3)[[0, 1, 2, 0]] * 0.7 + 0.1, columns=["p_a", "p_b", "p_c"], index=list("wxyz"))
    judged = classify(said.assign(label=list("abca")), positive="a")
    assert judged.threshold.table.to_numpy().tolist() == [[2, 0], [0, 2]]
    judged.positive.value = "b"
    assert judged.threshold.negative == "not b"
    assert judged.threshold.table.to_numpy().tolist() == [[1, 0], [0, 3]]


def test_still_and_sentence(study):
    table, cohort = study
    judged = classify(table, cohort)
    area = evaluation.auc(table["label"], table["p_ill"], positive="well")
    assert f"AUC {1 - area:.3f}" in judged.alt
    for one in (judged, classify(table)):
        assert len(one.still()) < 100_000


def test_a_model_that_does_not_fit_is_told_in_words(study):
    from workbench import cnn

    judged = classify(*study, cnn.classifier((8, 8), 2, width=2, depth=1))
    assert "role='alert'" in judged.message.value
    assert len(judged.still()) < 100_000


def test_bad_input(study):
    table, _ = study
    with pytest.raises(ValueError, match="label and p_<class>"):
        classify(table.drop(columns="label"))
    with pytest.raises(ValueError, match="several"):
        classify(table.assign(model=["a", "b"] * (CASES // 2)))
    with pytest.raises(ValueError, match="at least two classes"):
        classify(table[table["label"] == "ill"])
    with pytest.raises(ValueError, match="positive must be one of"):
        classify(table, positive="dead")
