import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB

from workbench.recognition.calibrating import Calibrator, scores_of


def scored(seed=0, count=400, shift=1.5):
    rng = np.random.default_rng(seed)
    codes = (rng.random(count) < 0.3).astype(int)
    return rng.normal(size=(count, 1)) + shift * codes[:, None], codes


def test_the_sigmoid_is_scikit_learns():
    features, codes = scored()
    model = LogisticRegression().fit(features[:100], codes[:100])
    theirs = CalibratedClassifierCV(FrozenEstimator(model), method="sigmoid").fit(features[100:], codes[100:])
    expected = theirs.predict_proba(features)
    ours = Calibrator().fit(scores_of(model, features[100:]), codes[100:])
    # Both stop at an optimum; the penalty and theirs' tolerance leave this.
    assert ours.predict_proba(scores_of(model, features)) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("factor", [1e-6, 1e6])
def test_the_scale_of_the_scores_does_not_matter(factor):
    scores, codes = scored()
    plain, scaled = Calibrator().fit(scores, codes), Calibrator().fit(scores * factor + factor, codes)
    expected = plain.predict_proba(scores)
    assert scaled.predict_proba(scores * factor + factor) == pytest.approx(expected, abs=1e-6)


def test_scores_that_point_the_wrong_way_say_nothing():
    scores, codes = scored()
    said = Calibrator().fit(-scores, codes).predict_proba(-scores)
    assert np.ptp(said[:, 1]) == 0
    # Platt's targets draw the share a little towards one half.
    assert said[0, 1] == pytest.approx(codes.mean(), abs=0.005)


def test_many_classes_sum_to_one_and_keep_their_shares():
    rng = np.random.default_rng(0)
    codes = rng.choice(3, size=600, p=[0.6, 0.3, 0.1])
    scores = rng.normal(size=(600, 3)) + 2 * np.eye(3)[codes]
    said = Calibrator().fit(scores, codes).predict_proba(scores)
    assert said.sum(axis=1) == pytest.approx(1)
    assert said.mean(axis=0) == pytest.approx(np.bincount(codes) / 600, abs=0.02)


def test_log_odds_of_certain_models_stay_finite_and_in_order():
    features, codes = scored(shift=60)
    scores = scores_of(GaussianNB().fit(features, codes), features)
    assert np.isfinite(scores).all()
    assert scores[codes == 1].min() > scores[codes == 0].max()
