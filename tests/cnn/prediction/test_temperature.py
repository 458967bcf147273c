import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

from workbench import cnn


def cases(seed, true_temperature, n=400, classes=3):
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=(n, classes)) * 3
    honest = softmax(logits / true_temperature, axis=-1)
    targets = np.array([rng.choice(classes, p=row) for row in honest])
    return softmax(logits, axis=-1), targets, logits


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10**6), true_temperature=st.floats(0.5, 3.0))
def test_the_temperature_is_that_of_a_general_optimizer(seed, true_temperature):
    probabilities, targets, logits = cases(seed, true_temperature)

    def loss(log_t):
        return -log_softmax(logits / np.exp(log_t[0]), axis=-1)[np.arange(len(targets)), targets].mean()

    best = minimize(loss, [0.0], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-14})
    np.testing.assert_allclose(cnn.fit_temperature(probabilities, targets), np.exp(best.x[0]), rtol=1e-4)


def test_calibration_error_falls_on_other_cases():
    probabilities, targets, _ = cases(1, 2.5, n=4000)
    temperature = cnn.fit_temperature(probabilities[:2000], targets[:2000])
    before = cnn.calibration_error(probabilities[2000:], targets[2000:])
    after = cnn.calibration_error(cnn.apply_temperature(probabilities[2000:], temperature), targets[2000:])
    assert temperature == pytest.approx(2.5, rel=0.1)
    assert before > 0.1
    assert after < before / 3


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10**6), temperature=st.floats(0.1, 10))
def test_a_temperature_keeps_the_most_probable_class_and_is_undone_by_its_inverse(seed, temperature):
    probabilities, _, logits = cases(seed, 1.0, n=50)
    changed = cnn.apply_temperature(probabilities, temperature)
    np.testing.assert_allclose(changed, softmax(logits / temperature, axis=-1), atol=1e-9)
    np.testing.assert_array_equal(changed.argmax(axis=-1), probabilities.argmax(axis=-1))
    if temperature >= 1:
        np.testing.assert_allclose(cnn.apply_temperature(changed, 1 / temperature), probabilities, atol=1e-7)


def test_pixels_are_cases():
    probabilities, targets, _ = cases(2, 1.7)
    pixels = cnn.fit_temperature(probabilities.reshape(4, 10, 10, 3), targets.reshape(4, 10, 10))
    assert pixels == pytest.approx(cnn.fit_temperature(probabilities, targets))


def test_bounds_are_given_where_there_is_no_best():
    assert cnn.fit_temperature([[0.6, 0.4]] * 5, [0] * 5) == pytest.approx(0.01)
    assert cnn.fit_temperature([[0.6, 0.4]] * 5, [1] * 5) == pytest.approx(100)


def test_certain_probabilities_do_not_overflow():
    assert np.isfinite(cnn.apply_temperature(np.array([[1.0, 0.0]], np.float32), 0.01)).all()
    assert cnn.fit_temperature([[1.0, 0.0], [0.0, 1.0]], [0, 0]) == pytest.approx(100, rel=1)


def test_dtype_is_kept():
    assert cnn.apply_temperature(np.array([[0.9, 0.1]], np.float32), 2.0).dtype == np.float32


def test_the_calibration_error_is_that_of_its_definition():
    probabilities, targets, _ = cases(3, 2.0)
    sure, hit = probabilities.max(axis=1), probabilities.argmax(axis=1) == targets
    expected = 0.0
    for low in np.arange(10) / 10:
        inside = (sure >= low) & (sure < low + 0.1 if low < 0.9 else sure <= 1)
        if inside.any():
            expected += inside.mean() * abs(sure[inside].mean() - hit[inside].mean())
    assert cnn.calibration_error(probabilities, targets, bins=10) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (([[0.5, 0.5]], [2]), ValueError, "classes from 0 to 1"),
        (([[0.5, 0.5]], [0.0]), TypeError, "whole numbers"),
        (([[0.5, 0.5]], [0, 1]), ValueError, r"shape \(1,\)"),
        (([[-0.5, 1.5]], [0]), ValueError, "not be negative"),
        (([0.5, 0.5], [0, 1]), ValueError, "classes"),
    ],
)
def test_bad_input_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        cnn.fit_temperature(*arguments)


def test_options_are_checked():
    with pytest.raises(ValueError, match="temperature must be positive"):
        cnn.apply_temperature([[0.5, 0.5]], 0.0)
    with pytest.raises(ValueError, match="bins must be"):
        cnn.calibration_error([[0.5, 0.5]], [0], bins=0)
