import numpy as np
import pytest

from workbench.compiled.spheres import sphere_means


@pytest.mark.parametrize("spacing", [(1, 1, 1), (3, 1, 2), (9, 9, 9)])
def test_equals_the_mean_of_the_voxels_within_the_radius(spacing):
    rng = np.random.default_rng(0)
    volume = rng.normal(1e6, 10, (5, 7, 6))
    places = np.argwhere(rng.random(volume.shape) < 0.3)
    found = sphere_means(volume, places, radius=3.3, spacing=spacing)
    every = np.argwhere(np.ones(volume.shape)) * spacing
    for place, mean in zip(places, found, strict=True):
        near = ((every - place * spacing) ** 2).sum(axis=1) <= 3.3**2
        assert mean == pytest.approx(volume.ravel()[near].mean(), rel=1e-12)
