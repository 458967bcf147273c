from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.feature import graycomatrix, graycoprops

from workbench.features import AGGREGATIONS, glcm, glcm_features

SEEDS = st.integers(0, 10**6)
# scikit-image's names of the same quantities
PROPERTIES = {
    "contrast": "contrast",
    "dissimilarity": "dissimilarity",
    "homogeneity": "inverse_difference_moment",
    "ASM": "angular_second_moment",
    "correlation": "correlation",
    "mean": "joint_average",
    "variance": "joint_variance",
    "entropy": "joint_entropy",
}


def skimage_glcm(levels, **options):
    angles = [0, np.pi / 4, np.pi / 2, 3 * np.pi / 4]
    # Rows of a matrix stand for levels from 0, so that a level 0 is added and cut away.
    counts = graycomatrix(levels.astype(np.uint8), [1], angles, levels=levels.max() + 1, symmetric=True, **options)
    return counts[:, :, 0]


@settings(deadline=None, max_examples=40)
@given(SEEDS, st.integers(2, 12), st.integers(2, 12), st.integers(2, 9))
def test_equals_skimage_on_rectangles(random_levels, seed, rows, columns, count):
    levels = random_levels(seed, (rows, columns), count, outside=0)
    reference = skimage_glcm(levels)[1:, 1:]
    averaged = reference / reference.sum(axis=(0, 1))
    found = glcm(levels, aggregation="2d_averaged")
    np.testing.assert_allclose(
        sorted(found.reshape(4, -1).tolist()), sorted(np.moveaxis(averaged, 2, 0).reshape(4, -1).tolist())
    )
    merged = reference.sum(axis=2) / reference.sum()
    np.testing.assert_allclose(glcm(levels, aggregation="2d_slice_merged")[0], merged)
    features = glcm_features(levels)
    padded = np.pad(merged, (1, 0))[:, :, None, None]
    for name, ours in PROPERTIES.items():
        expected = graycoprops(padded, name)[0, 0]
        if name == "entropy":
            expected /= np.log(2)
        assert features[f"glcm_{ours}"] == pytest.approx(expected, rel=1e-9, abs=1e-12), name


def counted_by_definition(levels):
    count = levels.max()
    cells = np.zeros((count, count))
    for place in np.argwhere(levels):
        for step in product((-1, 0, 1), repeat=levels.ndim):
            other = place + step
            if any(step) and (other >= 0).all() and (other < levels.shape).all() and levels[tuple(other)]:
                cells[levels[tuple(place)] - 1, levels[tuple(other)] - 1] += 1
    return cells / cells.sum()


@settings(deadline=None, max_examples=25)
@given(SEEDS, st.sampled_from([(5, 6), (3, 4, 5), (1, 4, 4)]))
def test_merged_matrix_equals_its_definition(random_levels, seed, shape):
    levels = random_levels(seed, shape)
    levels.flat[1] = 1
    np.testing.assert_allclose(glcm(levels)[0], counted_by_definition(levels))


def features_by_definition(p):
    """The IBSI's double sums, written out."""
    count = len(p)
    cells = [(i, j, p[i - 1, j - 1]) for i in range(1, count + 1) for j in range(1, count + 1)]
    mean = sum(i * q for i, _, q in cells)
    variance = sum((i - mean) ** 2 * q for i, _, q in cells)
    px = p.sum(axis=1)
    log = {q: np.log2(q) for q in p[p > 0]}
    hxy = -sum(q * log[q] for _, _, q in cells if q)
    hx = -sum(q * np.log2(q) for q in px if q)
    pairs = [(q, px[i - 1] * px[j - 1]) for i, j, q in cells if px[i - 1] * px[j - 1]]
    hxy1 = -sum(q * np.log2(both) for q, both in pairs)
    hxy2 = -sum(both * np.log2(both) for _, both in pairs)
    return {
        "inverse_difference": sum(q / (1 + abs(i - j)) for i, j, q in cells),
        "normalised_inverse_difference": sum(q / (1 + abs(i - j) / count) for i, j, q in cells),
        "normalised_inverse_difference_moment": sum(q / (1 + (i - j) ** 2 / count**2) for i, j, q in cells),
        "inverse_variance": 2 * sum(q / (i - j) ** 2 for i, j, q in cells if i < j),
        "correlation": sum((i - mean) * (j - mean) * q for i, j, q in cells) / variance,
        "autocorrelation": sum(i * j * q for i, j, q in cells),
        "cluster_tendency": sum((i + j - 2 * mean) ** 2 * q for i, j, q in cells),
        "cluster_shade": sum((i + j - 2 * mean) ** 3 * q for i, j, q in cells),
        "cluster_prominence": sum((i + j - 2 * mean) ** 4 * q for i, j, q in cells),
        "information_correlation_1": (hxy - hxy1) / hx,
        "information_correlation_2": np.sqrt(max(1 - np.exp(-2 * (hxy2 - hxy)), 0)),
    }


@settings(deadline=None, max_examples=25)
@given(SEEDS)
def test_features_equal_their_double_sums(random_levels, seed):
    levels = random_levels(seed, (6, 7))
    found = glcm_features(levels)
    for name, value in features_by_definition(glcm(levels)[0]).items():
        assert found[f"glcm_{name}"] == pytest.approx(value, rel=1e-7, abs=1e-7), name


@settings(deadline=None, max_examples=20)
@given(SEEDS, st.sampled_from(["3d_merged", "3d_averaged"]))
def test_rotation_and_flip_change_nothing(random_levels, seed, aggregation):
    levels = random_levels(seed, (4, 5, 6))
    before = glcm_features(levels, aggregation=aggregation)
    for moved in (np.rot90(levels, axes=(1, 2)), np.rot90(levels, axes=(0, 2)), levels[::-1], levels[:, :, ::-1]):
        assert glcm_features(moved, aggregation=aggregation) == pytest.approx(before, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("aggregation", AGGREGATIONS)
def test_matrices_are_symmetric_probabilities(random_levels, aggregation):
    matrices = glcm(random_levels(3, (4, 5, 6)), aggregation=aggregation)
    np.testing.assert_allclose(matrices.sum(axis=(1, 2)), 1)
    np.testing.assert_array_equal(matrices, matrices.swapaxes(1, 2))
    expected = {"3d_averaged": 13, "2.5d_direction_merged": 4, "2d_slice_merged": 4, "2d_averaged": 16}
    assert len(matrices) == expected.get(aggregation, 1)


def test_slices_alone_do_not_see_their_neighbours():
    levels = np.ones((2, 3, 3), int)
    levels[1] = 2
    assert glcm_features(levels, aggregation="2.5d_merged")["glcm_contrast"] == 0
    assert glcm_features(levels, aggregation="3d_merged")["glcm_contrast"] > 0


def test_constant_region_is_wholly_ordered():
    found = glcm_features(np.full((3, 3), 4))
    assert found["glcm_joint_maximum"] == found["glcm_angular_second_moment"] == 1
    assert found["glcm_joint_entropy"] == found["glcm_contrast"] == found["glcm_information_correlation_2"] == 0
    assert np.isnan(found["glcm_correlation"])
    assert np.isnan(found["glcm_information_correlation_1"])


def test_a_slice_of_one_level_does_not_hide_the_others():
    levels = np.ones((2, 3, 3), int)
    levels[1, 1, 1] = 2
    found = glcm_features(levels, aggregation="2d_slice_merged")
    assert found["glcm_correlation"] == glcm_features(levels[1])["glcm_correlation"]


def test_bad_levels_raise():
    with pytest.raises(TypeError, match="whole numbers"):
        glcm([[1.0, 2.0]])
    with pytest.raises(ValueError, match="1 or more"):
        glcm([[-1, 2]])
    with pytest.raises(ValueError, match="1 or more"):
        glcm([[0, 0]])
    with pytest.raises(ValueError, match="at most 1024"):
        glcm([[1, 5000]])
    with pytest.raises(ValueError, match="touching"):
        glcm([[1, 0, 1]])
    with pytest.raises(ValueError, match="slice or a volume"):
        glcm([1, 2])
    with pytest.raises(ValueError, match="aggregation"):
        glcm_features([[1, 2]], aggregation="4d")
