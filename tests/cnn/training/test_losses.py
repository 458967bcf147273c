import numpy as np
import pytest

from workbench import cnn
from workbench.evaluation import dice

RNG = np.random.default_rng(0)
TRUTH = RNG.integers(0, 3, (2, 6, 6))
PROBABILITIES = RNG.dirichlet(np.ones(3), (2, 6, 6)).astype(np.float32)


def test_the_loss_is_the_written_out_sum():
    wanted = np.eye(3)[TRUTH]
    surprise = -np.log((wanted * PROBABILITIES).sum(-1)).mean()
    overlap = [(wanted[..., k] * PROBABILITIES[..., k]).sum() for k in range(3)]
    total = [(wanted[..., k] + PROBABILITIES[..., k]).sum() for k in range(3)]
    soft = np.mean([(2 * o + 1) / (t + 1) for o, t in zip(overlap, total, strict=True)])
    assert float(cnn.cross_entropy_dice(TRUTH, PROBABILITIES)) == pytest.approx(surprise + 1 - soft, rel=1e-5)


def test_the_metric_is_the_mean_dice_over_batches_without_background():
    metric = cnn.MeanDice(3)
    for truth, probabilities in zip(TRUTH, PROBABILITIES, strict=True):
        metric.update_state(truth, probabilities)
    labels = PROBABILITIES.argmax(-1)
    expected = np.mean([dice(labels == k, TRUTH == k) for k in (1, 2)])
    assert float(metric.result()) == pytest.approx(expected, rel=1e-6)
    metric.reset_state()
    assert float(metric.result()) == 1


def test_a_metric_can_be_made_again_from_its_configuration():
    assert cnn.MeanDice.from_config(cnn.MeanDice(4).get_config()).classes == 4
