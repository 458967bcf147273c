"""Adam in one operation is Keras' Adam."""

import numpy as np
import pytest

from workbench.cnn.backend import keras
from workbench.cnn.training.optimizing import Adam


def steps(optimizer, start, gradients):
    weights = [keras.Variable(value, name=name) for name, value in start.items()]
    optimizer.build(weights)
    for number in range(len(gradients["kernel"])):
        optimizer.apply([keras.ops.convert_to_tensor(gradients[name][number]) for name in start], weights)
    return [weight.numpy() for weight in weights]


@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_it_goes_the_way_of_the_stock_one(decay):
    rng = np.random.default_rng(0)
    start = {
        name: rng.normal(size=shape).astype(np.float32) for name, shape in (("kernel", (3, 2)), ("bias", (2,)))
    }
    gradients = {name: rng.normal(size=(10, *value.shape)).astype(np.float32) for name, value in start.items()}
    schedule = keras.optimizers.schedules.CosineDecay(0.0, 8, warmup_target=0.1, warmup_steps=2)
    stock = keras.optimizers.Adam(schedule, weight_decay=decay or None)
    stock.exclude_from_weight_decay(var_names=["bias"])
    ours = Adam(0.1, 0.2, decay, 10)
    expected = steps(stock, start, gradients)
    for found, wanted in zip(steps(ours, start, gradients), expected, strict=True):
        assert not np.allclose(wanted, start["kernel" if wanted.ndim == 2 else "bias"])
        np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-6)


def test_it_begins_anew_unless_its_graph_would_not_do():
    rng = np.random.default_rng(1)
    start = {"kernel": np.ones((2, 2), np.float32)}
    gradients = {"kernel": rng.normal(size=(4, 2, 2)).astype(np.float32)}
    used, fresh = Adam(0.1, 0.5, 0.0, 10), Adam(0.1, 0.5, 0.0, 4)
    weight = keras.Variable(start["kernel"], name="kernel")
    used.build([weight])
    used.apply([keras.ops.ones((2, 2))], [weight])
    assert used.restart(4)
    weight.assign(start["kernel"])
    for gradient in gradients["kernel"]:
        used.apply([keras.ops.convert_to_tensor(gradient)], [weight])
    np.testing.assert_array_equal(weight.numpy(), steps(fresh, start, gradients)[0])
    assert not Adam(0.1, 0.1, 0.0, 100).restart(2)
