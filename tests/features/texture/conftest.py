import numpy as np
import pytest


@pytest.fixture(scope="session")
def random_levels():
    """Levels in patches, so that runs and zones of every length occur, with voxels outside the region."""

    def make(seed, shape, levels=5, outside=0.3):
        rng = np.random.default_rng(seed)
        made = rng.integers(1, levels + 1, shape)
        previous = np.roll(made, 1, axis=-1)
        made = np.where(rng.random(shape) < 0.4, previous, made)
        made[rng.random(shape) < outside] = 0
        made.flat[:2] = (levels, 1)
        return made

    return make
