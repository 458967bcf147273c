import numpy as np
import pytest

from workbench.features.texture import AGGREGATIONS, texture_features, texture_map
from workbench.features.texture.families import NAMES

SOME = [name for names in NAMES.values() for name in (names[0], names[4], names[-1])]


def one_by_one(levels, feature, radius, aggregation):
    """Each window cut out and measured alone."""
    found = np.full(levels.shape, np.nan)
    family = feature.split("_")[0]
    for place in np.argwhere(levels):
        window = levels[tuple(slice(max(n - radius, 0), n + radius + 1) for n in place)]
        try:
            features = texture_features(window, families=[family], aggregation=aggregation)
        except ValueError:  # no two touching voxels
            continue
        found[tuple(place)] = features[feature]
    return found


@pytest.mark.parametrize("aggregation", AGGREGATIONS)
@pytest.mark.parametrize("feature", SOME)
def test_equals_windows_measured_one_by_one(random_levels, feature, aggregation):
    for levels in (random_levels(3, (4, 5, 6), outside=0.5), random_levels(4, (7, 8))):
        expected = one_by_one(levels, feature, 1, aggregation)
        found = texture_map(levels, feature, radius=1, aggregation=aggregation)
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


def test_a_wider_window(random_levels):
    levels = random_levels(5, (12, 13))
    expected = one_by_one(levels, "glrlm_run_entropy", 3, "3d_averaged")
    found = texture_map(levels, "glrlm_run_entropy", radius=3, aggregation="3d_averaged")
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_is_the_same_on_one_thread_and_many(random_levels, monkeypatch):
    import numba

    levels = random_levels(6, (40, 40))
    many = texture_map(levels, "glszm_zone_percentage")
    monkeypatch.setattr(numba, "get_num_threads", lambda: 1)
    np.testing.assert_array_equal(texture_map(levels, "glszm_zone_percentage"), many)


def test_bad_input_raises():
    with pytest.raises(ValueError, match="texture feature"):
        texture_map([[1, 2]], "intensity_mean")
    with pytest.raises(ValueError, match="radius"):
        texture_map([[1, 2]], "glcm_contrast", radius=0)
    with pytest.raises(ValueError, match="aggregation"):
        texture_map([[1, 2]], "glcm_contrast", aggregation="4d")
    with pytest.raises(TypeError, match="whole numbers"):
        texture_map([[1.0, 2.0]], "glcm_contrast")
