"""The features against their formulas written out, and what leaves them unchanged."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.features import texture
from workbench.features.texture import AGGREGATIONS, TEXTURE_FAMILIES, texture_features

SEEDS = st.integers(0, 10**6)
# In the order of the standard: emphases, non-uniformities, percentage, variances, entropy.
SIXTEEN = {
    "glrlm": (
        "short_runs_emphasis long_runs_emphasis low_grey_level_run_emphasis high_grey_level_run_emphasis "
        "short_run_low_grey_level_emphasis short_run_high_grey_level_emphasis "
        "long_run_low_grey_level_emphasis long_run_high_grey_level_emphasis "
        "grey_level_non_uniformity normalised_grey_level_non_uniformity "
        "run_length_non_uniformity normalised_run_length_non_uniformity "
        "run_percentage grey_level_variance run_length_variance run_entropy"
    ),
    "glszm": (
        "small_zone_emphasis large_zone_emphasis low_grey_level_zone_emphasis high_grey_level_zone_emphasis "
        "small_zone_low_grey_level_emphasis small_zone_high_grey_level_emphasis "
        "large_zone_low_grey_level_emphasis large_zone_high_grey_level_emphasis "
        "grey_level_non_uniformity normalised_grey_level_non_uniformity "
        "zone_size_non_uniformity normalised_zone_size_non_uniformity "
        "zone_percentage grey_level_variance zone_size_variance zone_size_entropy"
    ),
    "gldzm": (
        "small_distance_emphasis large_distance_emphasis "
        "low_grey_level_zone_emphasis high_grey_level_zone_emphasis "
        "small_distance_low_grey_level_emphasis small_distance_high_grey_level_emphasis "
        "large_distance_low_grey_level_emphasis large_distance_high_grey_level_emphasis "
        "grey_level_non_uniformity normalised_grey_level_non_uniformity "
        "zone_distance_non_uniformity normalised_zone_distance_non_uniformity "
        "zone_percentage grey_level_variance zone_distance_variance zone_distance_entropy"
    ),
    "ngldm": (
        "low_dependence_emphasis high_dependence_emphasis "
        "low_grey_level_count_emphasis high_grey_level_count_emphasis "
        "low_dependence_low_grey_level_emphasis low_dependence_high_grey_level_emphasis "
        "high_dependence_low_grey_level_emphasis high_dependence_high_grey_level_emphasis "
        "grey_level_non_uniformity normalised_grey_level_non_uniformity "
        "dependence_count_non_uniformity normalised_dependence_count_non_uniformity "
        "dependence_count_percentage grey_level_variance dependence_count_variance dependence_count_entropy"
    ),
}


def sixteen_by_definition(counts, amounts, voxels):
    """The IBSI's sums, written out."""
    triples = [
        (i + 1, int(amount), int(n))
        for i, row in enumerate(counts)
        for amount, n in zip(amounts, row, strict=True)
        if n
    ]
    total = sum(n for _, _, n in triples)

    def mean(value):
        return sum(value(i, j) * n for i, j, n in triples) / total

    def unevenness(which):
        shares = {}
        for triple in triples:
            shares[triple[which]] = shares.get(triple[which], 0) + triple[2]
        return sum(n**2 for n in shares.values())

    level_mean, amount_mean = mean(lambda i, j: i), mean(lambda i, j: j)
    return [
        mean(lambda i, j: 1 / j**2),
        mean(lambda i, j: j**2),
        mean(lambda i, j: 1 / i**2),
        mean(lambda i, j: i**2),
        mean(lambda i, j: 1 / (i**2 * j**2)),
        mean(lambda i, j: i**2 / j**2),
        mean(lambda i, j: j**2 / i**2),
        mean(lambda i, j: i**2 * j**2),
        unevenness(0) / total,
        unevenness(0) / total**2,
        unevenness(1) / total,
        unevenness(1) / total**2,
        total / voxels,
        mean(lambda i, j: (i - level_mean) ** 2),
        mean(lambda i, j: (j - amount_mean) ** 2),
        -sum(n / total * np.log2(n / total) for _, _, n in triples),
    ]


def matrices(levels, family, aggregation):
    """Each matrix of a family with the amounts its columns stand for, from the public matrices."""
    found = getattr(texture, family)(levels, aggregation=aggregation)
    counts, amounts = found if family == "glszm" else (found, np.arange(1, found.shape[2] + 1))
    return [(one, amounts) for one in counts]


@settings(deadline=None, max_examples=30)
@given(SEEDS, st.sampled_from(AGGREGATIONS), st.sampled_from([(6, 7), (3, 4, 5)]))
def test_features_equal_their_sums(random_levels, seed, aggregation, shape):
    levels = random_levels(seed, shape)
    found = texture_features(levels, aggregation=aggregation)
    flat = aggregation.startswith("2d") and levels.ndim == 3
    planes = [plane for plane in levels if plane.any()] if flat else [levels]
    for family, names in SIXTEEN.items():
        each = matrices(levels, family, aggregation)
        # Runs start anew in each direction, so that there could be as many as voxels times merged directions.
        directions = (13 if levels.ndim == 3 and aggregation.startswith("3d") else 4) if family == "glrlm" else 1
        voxels = np.repeat([(plane > 0).sum() for plane in planes], len(each) // len(planes))
        voxels = voxels * directions * len(planes) // len(each)
        expected = np.mean(
            [sixteen_by_definition(*one, most) for one, most in zip(each, voxels, strict=True)],
            axis=0,
        )
        for name, value in zip(names.split(), expected, strict=True):
            assert found[f"{family}_{name}"] == pytest.approx(value, rel=1e-9, abs=1e-12), (family, name)


@settings(deadline=None, max_examples=30)
@given(SEEDS, st.integers(1, 6))
def test_grey_tone_differences_equal_their_sums(random_levels, seed, count):
    levels = random_levels(seed, (6, 7), count)
    voxels, differences = (found[0] for found in texture.ngtdm(levels))
    total = voxels.sum()
    present = [(i + 1, voxels[i] / total, differences[i]) for i in range(len(voxels)) if voxels[i]]
    summed, weighted = sum(s for _, _, s in present), sum(p * s for _, p, s in present)
    pairs = [(*a, *b) for a in present for b in present]
    busy = sum(abs(i * p - j * q) for i, p, _, j, q, _ in pairs)
    levels_present = len(present)
    expected = {
        "coarseness": 1 / weighted if weighted else 10**6,
        "contrast": sum(p * q * (i - j) ** 2 for i, p, _, j, q, _ in pairs)
        / (levels_present * (levels_present - 1))
        * summed
        / total
        if levels_present > 1
        else 0,
        "busyness": weighted / busy if busy else 0,
        "complexity": sum(abs(i - j) * (p * s + q * t) / (p + q) for i, p, s, j, q, t in pairs) / total,
        "strength": sum((p + q) * (i - j) ** 2 for i, p, _, j, q, _ in pairs) / summed if summed else 0,
    }
    found = texture_features(levels, families=["ngtdm"])
    for name, value in expected.items():
        assert found[f"ngtdm_{name}"] == pytest.approx(value, rel=1e-9), name


def test_energy_of_dependence(random_levels):
    levels = random_levels(2, (6, 7))
    p = texture.ngldm(levels)[0] / (levels > 0).sum()
    assert texture_features(levels)["ngldm_dependence_count_energy"] == pytest.approx((p**2).sum())


@settings(deadline=None, max_examples=20)
@given(SEEDS, st.sampled_from(AGGREGATIONS))
def test_rotation_and_flip_change_nothing(random_levels, seed, aggregation):
    levels = random_levels(seed, (4, 5, 6))
    before = texture_features(levels, aggregation=aggregation)
    moved = [np.rot90(levels, axes=(1, 2)), levels[::-1], levels[:, :, ::-1]]
    if aggregation.startswith("3d"):
        moved.append(np.rot90(levels, axes=(0, 2)))
    for array in moved:
        assert texture_features(array, aggregation=aggregation) == pytest.approx(before, rel=1e-9, abs=1e-9)


@settings(deadline=None, max_examples=20)
@given(SEEDS, st.integers(1, 20))
def test_a_shift_of_levels_changes_only_what_depends_on_level(random_levels, seed, shift):
    levels = random_levels(seed, (6, 7))
    before = texture_features(levels)
    after = texture_features(np.where(levels, levels + shift, 0))
    depends = ("low_grey", "high_grey", "joint_average", "sum_average", "autocorrelation", "normalised_inverse")
    kept = [name for name in before if not any(part in name for part in (*depends, "busyness"))]
    assert len(kept) > 60
    assert {name: after[name] for name in kept} == pytest.approx({name: before[name] for name in kept}, rel=1e-7)


def test_space_around_the_region_changes_nothing(random_levels):
    levels = random_levels(4, (4, 5, 6))
    wide = np.pad(levels, [(3, 0), (1, 4), (0, 2)])
    for aggregation in AGGREGATIONS:
        assert texture_features(wide, aggregation=aggregation) == texture_features(levels, aggregation=aggregation)


def test_each_family_alone_gives_the_same(random_levels):
    levels = random_levels(4, (4, 5, 6))
    mask = np.ones(levels.shape)
    together = texture_features(levels, mask=mask, aggregation="2.5d_merged")
    assert list(together) == [
        name
        for family in TEXTURE_FAMILIES
        for name in texture_features(levels, families=[family], aggregation="2.5d_merged")
    ]
    alone = {}
    for family in TEXTURE_FAMILIES:
        options = {"mask": mask} if family == "gldzm" else {}
        alone |= getattr(texture, f"{family}_features")(levels, aggregation="2.5d_merged", **options)
    assert alone == together
    assert len(together) == 25 + 4 * 16 + 1 + 5


@pytest.mark.parametrize("aggregation", AGGREGATIONS)
@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.int64])
def test_inputs_are_not_changed_and_any_whole_numbers_do(random_levels, aggregation, dtype):
    levels = random_levels(9, (4, 5, 6)).astype(dtype)
    levels.flags.writeable = False
    expected = texture_features(levels.astype(int).copy(order="F"), aggregation=aggregation)
    assert texture_features(levels, aggregation=aggregation) == expected


def test_a_constant_region():
    found = texture_features(np.full((3, 3, 3), 4))
    assert found["ngtdm_coarseness"] == 1e6
    assert found["ngtdm_contrast"] == found["ngtdm_busyness"] == 0
    assert found["ngtdm_complexity"] == found["ngtdm_strength"] == 0
    assert found["glszm_zone_percentage"] == pytest.approx(1 / 27)
    assert found["glszm_zone_size_entropy"] == found["gldzm_zone_distance_variance"] == 0
    assert found["gldzm_large_distance_emphasis"] == 1
    assert found["glrlm_normalised_grey_level_non_uniformity"] == 1
    # 8 corners with 7 neighbours, 12 edges with 11, 6 faces with 17, the centre with 26; all alike.
    assert found["ngldm_high_dependence_emphasis"] == pytest.approx(
        (8 * 8**2 + 12 * 12**2 + 6 * 18**2 + 27**2) / 27
    )


def test_one_voxel_has_runs_and_zones_but_no_neighbours():
    counted = ["glrlm", "glszm", "gldzm", "ngldm"]
    found = texture_features([[[0, 3]]], families=counted)
    assert found["glszm_high_grey_level_zone_emphasis"] == 9
    assert found["glrlm_run_percentage"] == found["glszm_zone_percentage"] == 1
    assert found["ngldm_dependence_count_energy"] == 1
    for family in ("glcm", "ngtdm"):
        with pytest.raises(ValueError, match="no two touching voxels"):
            texture_features([[[0, 3]]], families=[family])


def test_a_slice_without_neighbours_is_left_out_of_averages():
    levels = np.zeros((2, 3, 3), int)
    levels[0] = [[1, 2, 1], [2, 1, 2], [1, 1, 2]]
    levels[1, 1, 1] = 2
    for family in ("glcm", "ngtdm"):
        found = texture_features(levels, families=[family], aggregation="2d_averaged")
        first = texture_features(levels[0], families=[family], aggregation="2d_averaged")
        assert found == pytest.approx(first, rel=1e-12)


def test_an_unknown_family_raises():
    with pytest.raises(ValueError, match="family must be one of"):
        texture_features([[1, 2]], families=["haralick"])
