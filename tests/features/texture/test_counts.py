"""The matrices against written-out definitions, and against scipy's labels and distances."""

from collections import Counter, defaultdict
from itertools import groupby, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from workbench.features.texture import glcm, gldzm, glrlm, glszm, ngldm, ngtdm

SEEDS = st.integers(0, 10**6)
SHAPES = st.sampled_from([(5, 7), (1, 6), (3, 4, 5), (1, 4, 4), (4, 1, 1)])


def steps(ndim):
    return [step for step in product((0, 1, -1), repeat=ndim) if step > (0,) * ndim]


def lines(levels, step):
    """All voxels, grouped into the lines along a direction."""
    found = defaultdict(list)
    for place in np.ndindex(levels.shape):
        back = place
        while all(0 <= n < size for n, size in zip(np.subtract(back, step), levels.shape, strict=True)):
            back = tuple(np.subtract(back, step))
        found[back].append((sum(np.abs(np.subtract(place, back))), levels[place]))
    return [[level for _, level in sorted(line)] for line in found.values()]


def cells(counts):
    """A matrix as a mapping of (row + 1, column + 1) to count."""
    return Counter({(int(i) + 1, int(j) + 1): int(counts[i, j]) for i, j in np.argwhere(counts)})


@settings(deadline=None, max_examples=30)
@given(SEEDS, SHAPES)
def test_runs_equal_those_of_each_line(random_levels, seed, shape):
    levels = random_levels(seed, shape, levels=3)
    found = glrlm(levels, aggregation="3d_averaged")
    directions = steps(levels.ndim)
    assert len(found) == len(directions)
    merged = Counter()
    for counts, step in zip(found, directions, strict=True):
        expected = Counter()
        for line in lines(levels, step):
            expected.update((int(level), len(list(run))) for level, run in groupby(line) if level)
        assert cells(counts) == expected, step
        merged += expected
    assert cells(glrlm(levels, aggregation="3d_merged")[0]) == merged


def labelled(levels, depth):
    connected = np.ones((3,) * levels.ndim)
    for level in np.unique(levels[levels > 0]):
        zones, count = ndimage.label(levels == level, connected)
        for zone in range(1, count + 1):
            yield int(level), int((zones == zone).sum()), int(depth[zones == zone].min())


def depth_of(mask):
    padded = ndimage.distance_transform_cdt(np.pad(mask, 1), metric="taxicab")
    return padded[(slice(1, -1),) * mask.ndim]


@settings(deadline=None, max_examples=40)
@given(SEEDS, st.sampled_from([(9, 11), (1, 6), (5, 6, 7)]), st.floats(0, 0.5), st.integers(1, 4))
def test_zones_equal_scipys(random_levels, seed, shape, outside, count):
    levels = random_levels(seed, shape, count, outside)
    zones = list(labelled(levels, depth_of(levels > 0)))
    counts, sizes = glszm(levels)
    assert Counter({(i, int(sizes[j - 1])): n for (i, j), n in cells(counts[0]).items()}) == Counter(
        (level, size) for level, size, _ in zones
    )
    assert cells(gldzm(levels)[0]) == Counter((level, depth) for level, _, depth in zones)


@settings(deadline=None, max_examples=20)
@given(SEEDS, st.sampled_from([(9, 11), (5, 6, 7)]))
def test_distances_are_those_of_the_mask_given(random_levels, seed, shape):
    mask = random_levels(seed, shape, outside=0.1) > 0
    levels = np.where(mask, random_levels(seed + 1, shape, 3), 0)
    if not levels.any():
        return
    expected = Counter((level, depth) for level, _, depth in labelled(levels, depth_of(mask)))
    assert cells(gldzm(levels, mask=mask)[0]) == expected


@settings(deadline=None, max_examples=30)
@given(SEEDS, SHAPES)
def test_neighbourhoods_equal_their_definition(random_levels, seed, shape):
    levels = random_levels(seed, shape)
    alike, with_neighbours, differences = Counter(), Counter(), Counter()
    for place in np.argwhere(levels):
        around = [place + step for step in product((-1, 0, 1), repeat=levels.ndim) if any(step)]
        around = [tuple(p) for p in around if (p >= 0).all() and (p < levels.shape).all()]
        neighbours = [int(levels[p]) for p in around if levels[p]]
        level = int(levels[tuple(place)])
        alike[level, neighbours.count(level) + 1] += 1
        if neighbours:
            with_neighbours[level] += 1
            differences[level] += abs(level - np.mean(neighbours))
    assert cells(ngldm(levels)[0]) == alike
    voxels, summed = (found[0] for found in ngtdm(levels))
    np.testing.assert_array_equal(voxels, [with_neighbours[level + 1] for level in range(levels.max())])
    np.testing.assert_allclose(summed, [differences[level + 1] for level in range(levels.max())], atol=1e-12)


@pytest.mark.parametrize("aggregation", ["2d_averaged", "2d_slice_merged", "2.5d_merged", "2.5d_direction_merged"])
def test_slices_are_counted_alone_and_then_pooled(random_levels, aggregation):
    volume = random_levels(5, (4, 6, 7))
    volume[:, 0, 0] = volume.max()
    volume[2] = 0
    planes = [plane for plane in volume if plane.any()]
    pooled = aggregation.startswith("2.5d")

    def together(matrices):
        return np.sum(matrices, axis=0) if pooled else np.concatenate(matrices)

    for matrix in (gldzm, ngldm):
        each = [matrix(plane, aggregation=aggregation) for plane in planes]
        width = max(one.shape[2] for one in each)
        each = [np.pad(one, [(0, 0), (0, 0), (0, width - one.shape[2])]) for one in each]
        np.testing.assert_array_equal(matrix(volume, aggregation=aggregation), together(each))
    np.testing.assert_allclose(
        ngtdm(volume, aggregation=aggregation)[1],
        together([ngtdm(plane, aggregation=aggregation)[1] for plane in planes]),
    )
    lengths = [glrlm(plane, aggregation=aggregation) for plane in planes]
    longest = max(one.shape[2] for one in lengths)
    lengths = [np.pad(one, [(0, 0), (0, 0), (0, longest - one.shape[2])]) for one in lengths]
    np.testing.assert_array_equal(glrlm(volume, aggregation=aggregation), together(lengths))
    counts, sizes = glszm(volume, aggregation=aggregation)
    assert len(counts) == (1 if pooled else len(planes))
    assert (counts @ sizes).sum() == (volume > 0).sum()


def test_every_voxel_is_counted_once(random_levels):
    levels = random_levels(11, (6, 7, 8))
    voxels = np.bincount(levels[levels > 0])[1:]
    counts, sizes = glszm(levels)
    np.testing.assert_array_equal(counts[0] @ sizes, voxels)
    np.testing.assert_array_equal(ngldm(levels)[0].sum(axis=1), voxels)
    runs = glrlm(levels, aggregation="3d_averaged")
    np.testing.assert_array_equal(runs @ np.arange(1, runs.shape[2] + 1), np.tile(voxels, (13, 1)))
    assert len(glcm(levels, aggregation="3d_averaged")) == 13


def test_distances_within_slices_do_not_see_the_next_slice():
    levels = np.ones((3, 5, 5), int)
    levels[:, 2, 2] = 2
    assert cells(gldzm(levels, aggregation="2.5d_merged")[0])[2, 3] == 3
    assert cells(gldzm(levels, aggregation="3d_merged")[0]) == Counter({(1, 1): 1, (2, 1): 1})


def test_a_mask_that_lacks_a_level_raises():
    with pytest.raises(ValueError, match="every voxel that has a level"):
        gldzm([[1, 2]], mask=[[1, 0]])
    with pytest.raises(ValueError, match="shape"):
        gldzm([[1, 2]], mask=[[1]])
