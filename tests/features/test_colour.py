import numpy as np
import pytest
from scipy import stats

from workbench.features import colour_features


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_equals_scipy_on_any_channel_axis(axis):
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (6, 7, 3), dtype=np.uint8)
    mask = rng.random((6, 7)) < 0.5
    found = colour_features(np.moveaxis(image, -1, axis), mask, channel_axis=axis)
    assert len(found) == 9
    for channel, name in enumerate(("red", "green", "blue")):
        x = image[mask][:, channel].astype(float)
        assert found[f"colour_{name}_mean"] == pytest.approx(x.mean())
        assert found[f"colour_{name}_standard_deviation"] == pytest.approx(x.std())
        assert found[f"colour_{name}_skewness"] == pytest.approx(stats.skew(x))


def test_only_three_channels_are_colours():
    for image, axis in ((np.ones((4, 4, 4)), -1), (np.ones((4, 4)), 5)):
        with pytest.raises(ValueError, match="red, green and blue"):
            colour_features(image, np.ones((4, 4)), channel_axis=axis)
